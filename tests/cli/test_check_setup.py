"""`firstlane check --explain` and `firstlane volume`, as a person in a terminal meets them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.monitoring.volume import Hour
from bot.store.store import Store
from bot.store.tx import Tx
from tests.cli.small_estate import ONE_CONNECTION

ESTATE = f"""\
{ONE_CONNECTION}      - id: api
        kind: http
        url: http://127.0.0.1:9/status
        timeout: 2s
        signals: {{processed: $.done}}
        rules: [{{signal: processed, warn: "< 1"}}]
        volume: {{signal: processed}}
      - id: secret
        kind: credential
        expires: 2020-01-01
        rules: [{{signal: expires_at, fail: "< 1d"}}]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "connections.yaml"
    path.write_text(ESTATE)
    return str(path)


def fill(state: Path, silent: range) -> None:
    """Seven weeks of hours of `orders/api`, up to now."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = now - timedelta(weeks=7)

    def add(tx: Tx) -> None:
        for place in range(7 * 168):
            quiet = place in silent
            row = Hour(
                start=start + timedelta(hours=place),
                count=0 if quiet else 60,
                hits=0 if quiet else 40,
                looks=60,
                watched=3600,
            )
            tx.add_hour("orders/api", row)

    async def work() -> None:
        store = await Store.open(state / "firstlane.sqlite3")
        await store.run(add)
        await store.close()

    asyncio.run(work())


def test_an_explanation_names_signals_rules_and_why(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "orders", "--explain", "--file", file]) == 1

    out = capsys.readouterr().out
    assert "orders/secret (credential): failing" in out
    assert "failing   expires_at: fail < 1d" in out
    assert "It does not answer: " in out
    assert "firstlane volume orders" in out


def test_the_explanation_is_there_as_json_too(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", "orders", "--explain", "--json", "--file", file])

    rows = {row["check"]: row for row in json.loads(capsys.readouterr().out)["checks"]}
    assert rows["orders/secret"]["rules"][0]["verdict"] == "failing"
    assert rows["orders/api"]["signals"] == {"reachable": "false"}


def test_the_worst_comes_first(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--file", file])

    verdicts = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert verdicts == ["failing", "failing"]


def test_volume_draws_the_week_and_replays_the_hours(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, range(0))

    assert main(["volume", "orders", "--state", str(tmp_path), "--file", file]) == 0

    out = capsys.readouterr().out
    assert "Mon   ████" in out
    assert "1,440" in out
    assert "the rules say nothing" in out


def test_before_anything_is_learnt_volume_shows_the_hours_there_are(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def add(tx: Tx) -> None:
        start = datetime(2026, 11, 20, 9, tzinfo=UTC)
        tx.add_hour("orders/api", Hour(start=start, count=1204, looks=30, watched=1800))

    async def work() -> None:
        store = await Store.open(tmp_path / "firstlane.sqlite3")
        await store.run(add)
        await store.close()

    asyncio.run(work())

    assert main(["volume", "orders", "--state", str(tmp_path), "--file", file]) == 0

    out = capsys.readouterr().out
    assert "Nothing is learnt yet" in out
    assert "1,204 records, watched for 30 min" in out
    assert "give it a `quiet_limit`" in out


def test_a_silence_in_the_kept_hours_is_a_finding(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, range(900, 906))

    assert main(["volume", "orders", "--json", "--state", str(tmp_path), "--file", file]) == 1

    heard = json.loads(capsys.readouterr().out)["checks"][0]["heard"]
    assert any(item["what"].startswith("Nothing new since") for item in heard)


def test_without_a_database_volume_says_so(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["volume", "orders", "--state", str(tmp_path / "none"), "--file", file]) == 2

    assert "the bot has not run here yet" in capsys.readouterr().err


def test_a_connection_without_a_volume_rule_is_told_how_to_get_one(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path(file).read_text()
    Path(file).write_text(text.replace("        volume: {signal: processed}\n", ""))

    assert main(["volume", "orders", "--file", file]) == 2

    assert "volume: {signal: processed}" in capsys.readouterr().err
