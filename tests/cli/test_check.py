"""`firstlane check` says what the bot would say, and ends with a code that can be relied upon."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.store.store import Store
from tests.cli.small_estate import ONE_CONNECTION


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("FIRSTLANE_COMMANDS", "FIRSTLANE_CATALOGUE", "FIRSTLANE_STATE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def estate(folder: Path, *checks: str) -> None:
    text = ONE_CONNECTION + "".join(f"      - {check}\n" for check in checks)
    (folder / "connections.yaml").write_text(text)


def test_a_program_may_be_started_that_the_settings_name_as_in_the_bot(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = folder / "check_queue"
    program.write_text("#!/bin/sh\necho 'OK - all is well'\n")
    program.chmod(0o755)
    estate(folder, f"{{id: queue, kind: nagios, command: [{program}]}}")

    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("unknown")
    assert "1 check could not look: a finding" in err
    monkeypatch.setenv("FIRSTLANE_COMMANDS", str(program))
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("ok")
    assert err == ""


def test_what_is_told_to_the_bot_is_no_finding_where_its_database_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate(folder, "{id: nightly, kind: heartbeat, period: 1h}", "{id: news, kind: webhook}")

    assert main(["check"]) == 0

    out, err = capsys.readouterr()
    assert out.count("/conn status in Slack knows") == 2
    assert err == ""


def test_a_message_that_nobody_understood_is_named_and_the_check_waits(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate(folder, "{id: news, kind: webhook}")
    ping = hook_ping("generic", {"status": "lukewarm"}, datetime.now(UTC))
    assert ping is not None
    asyncio.run(kept(folder, "orders/news", ping))

    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("unknown")
    assert "taken for neither success nor failure" in said
    assert main(["check", "--explain"]) == 0
    assert "waiting" in capsys.readouterr().out


async def kept(folder: Path, check: str, ping: Ping) -> None:
    state = folder / ".firstlane"
    state.mkdir()
    store = await Store.open(state / "firstlane.sqlite3")
    await store.run(lambda tx: tx.save_ping(check, ping))
    await store.close()


def test_where_the_bots_database_is_what_it_was_told_is_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate(folder, "{id: nightly, kind: heartbeat, period: 1h}", "{id: news, kind: webhook}")

    bad = Ping(at=datetime.now(UTC), kind=PingKind.FAIL, note="disk full")
    asyncio.run(kept(folder, "orders/nightly", bad))

    assert main(["check"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("failing")
    assert "disk full" in lines[0]
    assert lines[1].startswith("unknown")
    assert "no message has come yet" in lines[1]


_PLURAL = re.compile(r"(?<![\d.,:/-])1 (?:connection|row|release|check|system)s\b")


def test_one_of_anything_is_no_plural(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate(folder, "{id: nightly, kind: heartbeat, period: 1h}")
    (folder / "list.csv").write_text("Name,From,To\nOrders,Shop,ERP\n")
    (folder / "wave.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nSUMMARY:ERP wave\n"
        f"DTSTART:{datetime.now(UTC):%Y%m%d}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    state = folder / ".firstlane"
    state.mkdir()

    async def made() -> None:
        await (await Store.open(state / "firstlane.sqlite3")).close()

    asyncio.run(made())
    for words in (
        *("validate", "doctor", "handbook --format md --out book.md", "audit"),
        *("inventory merge list.csv --yes --out new.yaml", "releases import wave.ics"),
    ):
        main(words.split())
        said = capsys.readouterr().out
        assert said, words
        assert _PLURAL.findall(said) == [], words
