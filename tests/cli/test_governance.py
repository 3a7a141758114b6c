"""`firstlane audit` and `firstlane handbook` as somebody at a terminal sees them."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks import settings_models
from bot.cli import main
from bot.core.governance.audit.finding import Score
from bot.files.content import example_catalogue
from bot.files.library import Library
from bot.flows.estate import ledger
from bot.settings import read
from bot.store.store import Store
from tests.builders import runtime_of

EXAMPLE = str(example_catalogue())
SMALL = """\
version: 1
company: {name: Small, timezone: Europe/Amsterdam}
systems: {shop: {name: Shop}, erp: {name: ERP}}
people: {ana: {name: Ana, email: ana@example.com}}
connections:
  orders: {name: Orders, from: shop, to: erp, owners: {technical: ana}}
"""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database of a bot that happens to run here."""
    monkeypatch.setenv("FIRSTLANE_STATE", str(tmp_path / "state"))


def test_the_audit_as_json_has_every_answer_with_its_evidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["audit", "--json", "--file", EXAMPLE])

    data = json.loads(capsys.readouterr().out)
    assert code == 1
    assert [one["question"] for one in data["questions"]] == [
        "owned",
        "counted",
        "changes",
        "documented",
        "ranked",
    ]
    assert all(one["evidence"] and "‹" not in one["evidence"] for one in data["questions"])
    assert data["connections"]["pricelist-script"]["verdict"] == "governance gap"
    assert "orphan/pricelist-script" in {one["key"] for one in data["findings"]}
    assert {one["who"] for one in data["findings"]} >= {"integration-owner", "partner-engineer"}
    assert [one["key"] for one in data["accepted"]] == ["rules-in-two-places/psp-settlement"]


def test_the_audit_as_json_has_the_risk_register_and_the_trend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(remember(tmp_path / "state", score=True))

    main(["audit", "--json", "--file", EXAMPLE])

    data = json.loads(capsys.readouterr().out)
    assert [one["day"] for one in data["trend"]] == ["2024-01-02"]
    assert all({"connection", "what", "owner", "review"} <= set(one) for one in data["risks"])
    assert len(data["risks"]) >= 1


def test_one_connection_without_findings_ends_with_nought(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "wms-3pl", "--file", EXAMPLE]) == 0
    assert "0 open" in capsys.readouterr().out


def test_one_connection_with_findings_names_what_to_do_and_whom_it_goes_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "mes-bridge", "--file", EXAMPLE]) == 1

    out = capsys.readouterr().out
    assert "key-person/mes-bridge" in out
    assert "Goes to Integration owner." in out


def test_a_connection_that_does_not_exist_is_bad_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "nothing", "--file", EXAMPLE]) == 2
    assert "no connection 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize("format", ["md", "html", "csv", "pdf"])
def test_the_handbook_is_written_where_it_is_wanted(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"handbook.{format}"

    code = main(["handbook", "--format", format, "--out", str(out), "--file", EXAMPLE])

    assert code == 0
    assert out.stat().st_size > 1000
    assert "12 connections" in capsys.readouterr().out


@pytest.mark.parametrize("format", ["md", "html", "csv", "pdf"])
def test_only_a_handbook_of_its_own_is_written_over_without_being_told_to(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, book, estate = (tmp_path / name for name in ("notes", "book", "connections.yaml"))
    notes.write_text("# Our notes\nid,name,from\n")
    estate.write_text(SMALL)
    to_notes, to_book = (
        ["handbook", "--format", format, "--out", str(out), "--file", str(estate)]
        for out in (notes, book)
    )

    assert (main(to_book), main(to_book), main(to_notes)) == (0, 0, 2)
    assert "add --force" in capsys.readouterr().err
    assert notes.read_text().startswith("# Our notes")
    assert main([*to_notes, "--force"]) == 0


def test_a_folder_that_is_not_there_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "missing" / "handbook.md"

    assert main(["handbook", "--out", str(out), "--file", EXAMPLE]) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_the_ledger_of_a_bot_on_this_machine_answers_questions_about_the_past(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "who owned the bank feed a year ago?"
    before = main(["ask", asked, "--file", EXAMPLE])
    without = capsys.readouterr().out
    asyncio.run(remember(tmp_path / "state"))

    after = main(["ask", asked, "--file", EXAMPLE])

    assert (before, after) == (0, 0)
    assert "Only the running bot knows" in without
    assert "Technical owner: ERP admin, from" in capsys.readouterr().out


async def remember(state: Path, *, score: bool = False) -> None:
    """A bot that read the example once, two years ago."""
    now = datetime(2024, 1, 2, tzinfo=UTC)
    library = Library(example_catalogue(), environ={}, kinds=settings_models())
    library.reload(now)
    settings = read({"FIRSTLANE_STATE": str(state)})
    store = await Store.open(settings.database)
    await runtime_of(store, library.knowledge(), now).do(ledger.record)
    if score:
        day = now.date()
        kept = Score(day=day, score=2, connections=12, yes=30, asked=60, findings=9, urgent=1)
        await store.run(lambda tx: tx.save_score(kept))
    await store.close()


def test_figures_need_the_database_of_a_bot(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kpi", "--file", EXAMPLE]) == 2
    assert "There is no database of a bot here" in capsys.readouterr().err


def test_figures_as_json_say_how_many_cases_they_come_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def begin() -> None:
        path = read(os.environ).database
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        await (await Store.open(path)).close()

    asyncio.run(begin())

    assert main(["kpi", "--json", "--days", "90", "--file", EXAMPLE]) == 0
    data = json.loads(capsys.readouterr().out)
    found = {one["id"]: one for one in data["measures"]}
    assert found["time_to_resolve"]["value"] is None
    assert found["owned"]["value"]["cases"] == 12
    assert main(["kpi", "--file", EXAMPLE]) == 0
    assert "who looks at it" in capsys.readouterr().out
