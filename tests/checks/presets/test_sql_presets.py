"""The presets that ask a database, against one."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.checks import PROBES
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Observation, Reading, Signal
from tests.checks.presets.estate import NOW, made

pytestmark = pytest.mark.anyio


def database(folder: Path, *rows: tuple[str, str | None]) -> str:
    connection = sqlite3.connect(folder / "erp.db")
    connection.execute("CREATE TABLE docs (made TEXT, acked TEXT)")
    connection.executemany("INSERT INTO docs VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    return f"sqlite:///{folder}/erp.db"


async def look(tools: Tools, preset: str, **values: Any) -> tuple[Observation, Verdict]:
    check: Mapping[str, Any] = {"preset": preset, "with": {"table": "docs", **values}}
    spec = made(check)
    seen = await Runner(tools, PROBES).observe(spec, NOW)
    return seen, evaluate(spec, seen, NOW).verdict


@pytest.mark.parametrize(
    ("newest", "verdict"),
    [("2026-11-20 09:30:00", Verdict.OK), ("2026-11-20 05:00:00", Verdict.FAILING)],
)
async def test_the_newest_row_says_whether_data_arrives(
    tmp_path: Path, tools: Tools, newest: str, verdict: Verdict
) -> None:
    url = database(tmp_path, ("2026-11-01 00:00:00", None), (newest, None))

    seen, judged = await look(tools, "sql-freshness", database=url, column="made")

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.PROCESSED] == 1
    assert judged is verdict


async def test_a_table_that_got_nothing_in_the_window_is_failing(
    tmp_path: Path, tools: Tools
) -> None:
    url = database(tmp_path, ("2026-11-01 00:00:00", None))

    _, judged = await look(tools, "sql-freshness", database=url, column="made")

    assert judged is Verdict.FAILING


@pytest.mark.parametrize(
    ("acked", "verdict"),
    [("2026-11-20 08:05:00", Verdict.OK), (None, Verdict.FAILING)],
)
async def test_documents_that_nobody_acknowledged_are_seen_by_their_age(
    tmp_path: Path, tools: Tools, acked: str | None, verdict: Verdict
) -> None:
    url = database(tmp_path, ("2026-11-20 08:00:00", acked), ("2026-11-20 09:50:00", None))

    _, judged = await look(tools, "sql-queue", database=url, waiting="acked IS NULL", since="made")

    assert judged is verdict
