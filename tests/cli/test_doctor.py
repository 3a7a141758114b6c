"""`firstlane doctor` says what is missing and what stands still, and changes nothing."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.catalogue import Criticality
from bot.core.incident import Incident
from bot.files.content import example_catalogue
from bot.ports import Tx
from bot.store.sqlite import SqliteStore
from tests.jobs.test_vitals import spoil


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    values = {
        "FIRSTLANE_STATE": str(tmp_path),
        "FIRSTLANE_CATALOGUE": str(example_catalogue()),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "FIRSTLANE_FALLBACK_URLS": "json://pager.example.com/hunter2",
        "FIRSTLANE_HEARTBEAT_URL": "",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def keep_a_lost_incident(folder: Path) -> None:
    """An incident without any deadline, as only a mistake of ours could leave it."""
    now = datetime.now(UTC)
    lost = Incident(
        id=0,
        connection="gone",
        title="gone is failing",
        criticality=Criticality.CRITICAL,
        failing_since=now,
        opened_at=now,
        lease=timedelta(hours=1),
    )

    def add(tx: Tx) -> None:
        tx.add_incident(lost)

    async def make() -> None:
        store = await SqliteStore.open(folder / "firstlane.sqlite3")
        await store.run(add)
        await store.close()

    asyncio.run(make())


def test_before_the_first_run_it_says_what_is_set_and_advises_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["doctor"])

    said = capsys.readouterr().out
    assert code == 0
    assert "✓ fallback" in said
    assert "FIRSTLANE_HEARTBEAT_URL is not set" in said
    assert "hunter2" not in said


def test_a_setting_that_cannot_work_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    monkeypatch.setenv("FIRSTLANE_FALLBACK_URLS", "nonsense://hunter2")

    code = main(["doctor"])

    said = capsys.readouterr().out
    assert code == 1
    assert "SLACK_BOT_TOKEN is not set" in said
    assert "address 1 of 1" in said
    assert "hunter2" not in said


def test_what_stands_still_is_named_and_left_as_it_is(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_a_lost_incident(state)

    first = main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    second = main(["doctor", "--json"])

    wrong = [line["what"] for line in found if line["state"] == "wrong"]
    assert (first, second) == (1, 1)
    assert wrong == ["auditor: no_deadline"]


def test_damage_of_the_database_is_said_in_words(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_a_lost_incident(state)
    spoil(state / "firstlane.sqlite3")

    code = main(["doctor"])

    assert code == 1
    assert "is damaged: " in (said := capsys.readouterr().out)
    assert "Restore it from a backup" in said
