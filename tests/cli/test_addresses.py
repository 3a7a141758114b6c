"""`firstlane addresses` prints those in force, and the demo's jobs are soon missed."""

import asyncio
from pathlib import Path

import pytest

from bot.checks.probes.heartbeat import HeartbeatSettings
from bot.cli import main
from bot.cli.demo import with_quick_jobs
from bot.core.estate.pacing import paced
from bot.flows.estate import ping_addresses
from bot.store.store import Store
from tests.builders import MINUTE, a_check, a_connection, an_estate, runtime_of
from tests.cli.small_estate import ONE_CONNECTION

ESTATE = f"""\
{ONE_CONNECTION}      - {{id: nightly, kind: heartbeat, period: 1d}}
      - {{id: news, kind: webhook}}
"""


@pytest.fixture(autouse=True)
def _an_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connections.yaml").write_text(ESTATE)
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", str(tmp_path / "connections.yaml"))
    monkeypatch.setenv("FIRSTLANE_STATE", str(tmp_path))


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Check to address."""
    assert main(["addresses"]) == 0
    return dict(line.split() for line in capsys.readouterr().out.splitlines())


async def rotated(state: Path) -> set[str]:
    kinds = {"nightly": "heartbeat", "news": "webhook"}
    connection = a_connection(checks=tuple(a_check(id=id, kind=kind) for id, kind in kinds.items()))
    store = await Store.open(state / "firstlane.sqlite3")
    made = await runtime_of(store).do(ping_addresses.rotate, connection, "alice")
    await store.close()
    return {one.path for one in made}


def test_after_a_rotation_the_new_addresses_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = printed(capsys)

    made = asyncio.run(rotated(tmp_path))

    after = printed(capsys)
    assert set(before) == set(after) == {"orders/nightly", "orders/news"}
    assert not set(before.values()) & set(after.values())
    assert {address.removeprefix("http://127.0.0.1:8080/") for address in after.values()} == made


def test_the_demo_misses_a_nightly_job_within_three_minutes() -> None:
    nightly = a_check(kind="heartbeat", settings={"period": "1d", "grace": "2h"})
    often = a_check(id="often", kind="heartbeat", settings={"period": "10m"})

    shown = paced(with_quick_jobs(an_estate(a_connection(checks=(nightly, often)))), 30)

    first, second = map(HeartbeatSettings.of, shown.connections["orders"].checks)
    assert first.period + first.grace < 3 * MINUTE
    assert (second.period, second.grace) == (10 * MINUTE / 30, 10 * MINUTE / 30)
