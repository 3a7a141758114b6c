"""`firstlane run` that cannot start ends with two and one line that says what to do."""

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from bot.cli import main
from bot.cli.standin import app_manifest
from bot.files.content import example_catalogue
from bot.store.store import Store
from slack_standin.server import Standin


@pytest.fixture(scope="module")
def slack() -> Iterator[Standin]:
    """A stand-in in a thread of its own, since `run` brings its own loop."""
    standin = Standin(manifest=app_manifest())
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with standin:
            ready.set()
            await anyio.to_thread.run_sync(done.wait)

    thread = threading.Thread(target=anyio.run, args=(serve,))
    thread.start()
    ready.wait()
    yield standin
    done.set()
    thread.join()


@pytest.fixture(autouse=True)
def _an_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, slack: Standin) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", str(example_catalogue()))
    monkeypatch.setenv("FIRSTLANE_STATE", str(tmp_path))
    monkeypatch.setenv("FIRSTLANE_HTTP", "127.0.0.1:0")
    monkeypatch.setenv("FIRSTLANE_LOG", "error")


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that `run` ends with."""
    code = main(["run"])
    lines = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert lines[-1].startswith("firstlane: ")
    assert "Traceback" not in "\n".join(lines)
    return lines[-1]


def test_a_missing_token_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")

    assert "SLACK_BOT_TOKEN is not set" in refusal(capsys)


def test_a_token_that_slack_refuses_is_named_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong-0000")

    line = refusal(capsys)

    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in line
    assert "xoxb-wrong" not in line


def test_a_wrong_app_token_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-wrong")

    assert "Slack refuses SLACK_APP_TOKEN" in refusal(capsys)


def test_tokens_in_each_others_place_are_noticed_before_slack_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slack: Standin
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.app_token)

    line = refusal(capsys)

    assert "SLACK_BOT_TOKEN does not look right: it should begin with xoxb-" in line
    assert slack.app_token not in line


def test_slack_that_cannot_be_reached_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")

    assert "127.0.0.1:9" in refusal(capsys)


def test_an_unknown_log_level_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLANE_LOG", "loud")

    assert "FIRSTLANE_LOG should be one of" in refusal(capsys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIRSTLANE_SMTP_URL", "smtp://me:hunter2@mail.example.com?from=f@example.com"),
        ("FIRSTLANE_SMTP_URL", "mail.example.com"),
        ("FIRSTLANE_FALLBACK_URLS", "nonsense://hunter2"),
    ],
)
def test_a_setting_is_refused_before_anything_is_stored(
    name: str,
    value: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)

    line = refusal(capsys)

    assert name in line
    assert "hunter2" not in line
    assert not list(tmp_path.glob("*.sqlite3*"))


def test_a_port_in_use_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("FIRSTLANE_HTTP", address)

        line = refusal(capsys)

    assert f"Cannot serve on {address}" in line
    assert "FIRSTLANE_HTTP" in line


def test_a_database_of_a_newer_version_is_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "firstlane.sqlite3"

    async def make() -> None:
        store = await Store.open(path)
        await store.close()

    asyncio.run(make())
    with sqlite3.connect(path) as db:
        table = next(
            name
            for (name,) in db.execute("select name from sqlite_master where type = 'table'")
            if "migration" in name
        )
        row = db.execute(f"select * from {table} limit 1")  # noqa: S608 - our own table's name
        columns = [item[0] for item in row.description]
        values = [
            "m999_future" if name == "name" else value
            for name, value in zip(columns, row.fetchone(), strict=True)
        ]
        if "id" in columns:
            values[columns.index("id")] = None
        marks = ", ".join("?" * len(values))
        db.execute(f"insert into {table} values ({marks})", values)  # noqa: S608
    db.close()
    before = path.read_bytes()

    line = refusal(capsys)

    assert "newer version of Firstlane" in line
    assert str(path) in line
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "firstlane.sqlite3"
    path.write_text("this is a shopping list, and a long one" * 100)

    assert str(path) in refusal(capsys)


def test_a_broken_estate_file_is_counted_and_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "connections.yaml"
    path.write_text("version: 1\nconections: {}\n")
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", str(path))

    assert f"{path} cannot be used: 1 to mend" in refusal(capsys)


def test_a_start_that_waits_ends_in_order_when_it_is_told_to(tmp_path: Path) -> None:
    held = sqlite3.connect(tmp_path / "firstlane.sqlite3", isolation_level=None)
    held.execute("begin exclusive")
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        waits = any("database_locked" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    held.close()

    assert waits
    assert process.returncode == 0
    assert "Traceback" not in rest
