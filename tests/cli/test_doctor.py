"""`firstlane doctor` says what is missing and what stands still, and changes nothing."""

import asyncio
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from bot.cli import main
from bot.core.estate.catalogue import Criticality
from bot.core.incidents.incident import Incident
from bot.core.outbox.received import SlackUser
from bot.core.people.presence import Absence, AbsenceKind
from bot.flows import processes
from bot.flows.monitoring.health import ALIVE
from bot.flows.processes import Process
from bot.slack.platform import inbox
from bot.store.store import Store
from bot.store.tx import Tx
from tests.jobs.test_ask_vitals import spoil

NOW = datetime.now(UTC)
ESTATE = """\
version: 1
people:
  alice: {name: Alice, email: alice@example.com}
  bob: {name: Bob, email: bob@example.com}
systems: {shop: {name: Shop}, erp: {name: ERP}}
connections:
  orders:
    name: Orders
    from: shop
    to: erp
    owners: {technical: alice, functional: alice, architecture: alice}
    first_responder: bob
"""


class Slack(BaseHTTPRequestHandler):
    """Answers auth.test: well for the one token that it knows."""

    def do_POST(self) -> None:
        known = self.headers["authorization"] == "Bearer xoxb-1"
        said = {"ok": True, "user_id": "U0BOT"} if known else {"ok": False, "error": "invalid_auth"}
        body = b"please log in" if self.path.startswith("/portal") else json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def slack() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slack)
    with server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, slack: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    values = {
        "SLACK_API_URL": f"{slack}/api/",
        "FIRSTLANE_STATE": str(tmp_path),
        "FIRSTLANE_CATALOGUE": str(tmp_path / "connections.yaml"),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "FIRSTLANE_FALLBACK_URLS": "json://pager.example.com/hunter2",
        "FIRSTLANE_HEARTBEAT_URL": "",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "connections.yaml").write_text(ESTATE)
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

    keep(folder, add)


def keep(folder: Path, flow: Callable[[Tx], None], *, runs: bool = True) -> None:
    """What a bot would have stored, which lives unless said otherwise."""

    def both(tx: Tx) -> None:
        flow(tx)
        if runs:
            sign_of_life(tx, inbox.this_process())

    async def make() -> None:
        store = await Store.open(folder / "firstlane.sqlite3")
        await store.run(both)
        await store.close()

    asyncio.run(make())


def sign_of_life(tx: Tx, name: str) -> None:
    now = datetime.now(UTC)
    tx.remember(*ALIVE, now.isoformat())
    processes.sign(tx, Process(name=name, since=now), now, lambda _: False)


def said_of(what: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """State and words of one line."""
    line = looked_at(capsys)[what]
    return line["state"], line["words"]


def looked_at(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    main(["doctor", "--json"])
    return {line["what"]: line for line in json.loads(capsys.readouterr().out)}


def everybody() -> list[str]:
    return ["alice", "bob"]


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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FIRSTLANE_SMTP_URL", "hunter2@mail.example.com:587", "FIRSTLANE_SMTP_URL should look"),
        ("FIRSTLANE_PRIVATE_CHANNELS", "finance,orders", "names 'orders': write all, or of the"),
        ("FIRSTLANE_RUNBOOKS", "no/where", "no folder no/where: mend FIRSTLANE_RUNBOOKS"),
        ("FIRSTLANE_LOG", "loud", "FIRSTLANE_LOG should be one of debug, error, info, warning"),
        ("FIRSTLANE_FALLBACK_URLS", "mailto://hunter2@x.example?to={mail}", "only {person} and"),
    ],
)
def test_a_setting_that_no_start_could_use_is_named_with_what_to_write(
    name: str,
    value: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)

    code = main(["doctor"])

    said = capsys.readouterr()
    assert code in (1, 2)
    assert words in said.out + said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("changed", "state_of", "words"),
    [
        ({}, "ok", "answers, and takes the bot token"),
        ({"SLACK_BOT_TOKEN": "xoxb-2"}, "wrong", "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/"}, "wrong", "Slack cannot be reached"),
        ({"SLACK_API_URL": "{slack}/portal/"}, "wrong", "an answer that is not Slack's"),
        ({"SLACK_BOT_TOKEN": ""}, "advice", "not asked: there is no bot token"),
    ],
)
def test_slack_itself_is_asked_whether_it_takes_the_token(
    changed: dict[str, str],
    state_of: str,
    words: str,
    slack: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value.replace("{slack}", slack))

    found = said_of("Slack", capsys)

    assert found[0] == state_of
    assert words in found[1]
    assert "xoxb-" not in found[1]


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


@pytest.mark.parametrize("ran", [True, False])
def test_a_bot_that_does_not_run_is_wrong_and_told_how_to_start(
    ran: bool, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def earlier(tx: Tx) -> None:
        if ran:
            tx.remember(*ALIVE, (NOW - timedelta(days=90)).isoformat())

    keep(state, earlier, runs=False)

    found, words = said_of("the bot", capsys)

    assert found == "wrong"
    assert ("last sign of life" if ran else "never ran here") in words
    assert "firstlane run" in words


def test_a_bot_that_runs_is_said_to(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(state, lambda tx: None)

    found, words = said_of("the bot", capsys)

    assert found == "ok"
    assert re.fullmatch(r"runs: it gave a sign of life \d+ s ago", words)


def test_a_process_of_this_machine_that_is_gone_runs_no_more_however_fresh_its_sign(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    name = f"{socket.gethostname()}:{child.pid}"
    keep(state, lambda tx: sign_of_life(tx, name), runs=False)

    found, words = said_of("the bot", capsys)

    assert found == "wrong"
    assert f"its process is gone ({name})" in words


def test_one_that_was_stopped_runs_no_more_either(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(state, lambda tx: tx.remember(*ALIVE, datetime.now(UTC).isoformat()), runs=False)

    found, words = said_of("the bot", capsys)

    assert found == "wrong"
    assert "it was stopped then" in words


def test_where_nobody_named_has_a_slack_account_it_says_whom_to_mend(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown(tx: Tx) -> None:
        for person in everybody():
            why = f"no Slack account has the e-mail address {person}@x.example"
            tx.save_slack_user(
                SlackUser(person=person, address=f"{person}@example.com", user=None, problem=why)
            )

    keep(state, unknown)

    found, words = said_of("people", capsys)

    assert found == "wrong"
    assert "nobody who is named for" in words
    assert "no Slack account has the e-mail address" in words
    assert "estate file" in words


def test_where_everybody_is_away_it_says_so_and_names_the_cover(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(tx: Tx) -> None:
        for person in everybody():
            why = "their Slack status says “vacation”"
            kind = AbsenceKind.STATUS
            tx.save_slack_user(
                SlackUser(person=person, address=f"{person}@example.com", user=f"U{person}")
            )
            tx.save_absence(Absence(person=person, kind=kind, why=why, since=NOW))

    keep(state, away)

    found, words = said_of("people", capsys)

    assert found == "wrong"
    assert "their Slack status says “vacation”" in words
    assert "/conn cover" in words


def test_one_who_is_missing_among_others_is_advice_and_all_there_is_fine(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = everybody()

    def known(tx: Tx) -> None:
        for person in people:
            tx.save_slack_user(
                SlackUser(person=person, address=f"{person}@example.com", user=f"U{person}")
            )

    keep(state, lambda tx: None)
    unknown = said_of("people", capsys)
    keep(state, known)
    there = said_of("people", capsys)
    lost = SlackUser(
        person="bob", address="bob@example.com", user=None, problem="Slack does not know them"
    )
    keep(state, lambda tx: tx.save_slack_user(lost))
    missing = said_of("people", capsys)

    assert unknown[0] == "advice"
    assert "not looked up yet" in unknown[1]
    assert there == ("ok", "everybody named is in Slack and there")
    assert missing[0] == "advice"
    assert "Slack does not know them" in missing[1]


def test_only_who_was_looked_up_by_the_address_of_now_is_said_to_be_there(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def met(tx: Tx) -> None:
        for person in everybody():
            user = SlackUser(person=person, address=f"{person}@example.com", user=f"U{person}")
            tx.save_slack_user(user)

    keep(state, met)
    said = {}
    for name, old, new in (
        ("as it was", "bob@example.com", "bob@example.com"),
        ("another address", "bob@example.com", "bosse@example.com"),
        ("a Slack id", "email: bob@example.com", "slack: U0BOB2"),
    ):
        (state / "connections.yaml").write_text(ESTATE.replace(old, new))
        said[name] = said_of("people", capsys)

    assert said.pop("as it was") == ("ok", "everybody named is in Slack and there")
    for state_of, words in said.values():
        assert state_of == "advice"
        assert re.search("not looked up yet .*: Bob", words)
        assert "Alice" not in words


DUTIES = {
    "technical": "owners: {technical: frank}",
    "functional": "owners: {functional: frank}",
    "architecture": "owners: {architecture: frank}",
    "approver": "roles: {approves_changes: frank}",
    "credential": "credentials: [{id: key, name: Key, owner: frank}]",
    "exceptions": "exceptions: {owner: frank}",
}


@pytest.mark.parametrize("duty", DUTIES)
def test_whoever_is_asked_and_not_in_slack_is_named_whatever_they_are_asked(
    duty: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frank = ESTATE.replace("systems:", "  frank: {name: Frank, email: frnak@example.com}\nsystems:")
    stock = f"  stock: {{name: Stock, from: shop, to: erp, first_responder: bob, {DUTIES[duty]}}}\n"
    (state / "connections.yaml").write_text(frank + stock)

    def misspelt(tx: Tx) -> None:
        for person in everybody():
            tx.save_slack_user(
                SlackUser(person=person, address=f"{person}@example.com", user=f"U{person}")
            )
        why = "no Slack account has the e-mail address frnak@example.com"
        tx.save_slack_user(
            SlackUser(person="frank", address="frnak@example.com", user=None, problem=why)
        )

    keep(state, misspelt)

    found, words = said_of("people", capsys)

    assert found == "wrong"
    assert "Frank (no Slack account has the e-mail address frnak@example.com)" in words
    assert "of Stock" in words


def test_a_database_that_cannot_be_written_is_wrong_with_what_to_do(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(state, lambda tx: None)
    file = state / "firstlane.sqlite3"
    content = bytearray(file.read_bytes())
    content[18] = 9  # a write version that SQLite does not know: it reads, and writes nothing
    file.write_bytes(content)

    found, words = said_of("database", capsys)

    assert found == "wrong"
    assert "cannot be written" in words
    assert "right to write the file and its folder" in words
    assert "backup" not in words


def test_a_folder_that_cannot_take_the_first_database_is_wrong(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "taken").write_text("a file, no folder")
    monkeypatch.setenv("FIRSTLANE_STATE", str(state / "taken" / "here"))

    found, words = said_of("database", capsys)

    assert found == "wrong"
    assert "cannot be written" in words


@pytest.mark.parametrize("room", [0, 1_000_000, 19_999_999, 20_000_000])
def test_little_room_is_advice_and_hides_no_cause(
    room: int, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=room))
    keep(state, lambda tx: sign_of_life(tx, "elsewhere:7"))

    lines = looked_at(capsys)

    assert ("disk" in lines) is (room < 20_000_000)
    assert lines.get("disk", {"state": "advice"})["state"] == "advice"
    assert lines["the bot"]["state"] == "ok"
    assert lines["database"]["state"] == "wrong"
    assert "elsewhere:7 since " in lines["database"]["words"]
    spoil(state / "firstlane.sqlite3")
    assert "is damaged: " in looked_at(capsys)["database"]["words"]


def test_one_bot_on_the_database_is_nothing_to_speak_of(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(state, lambda tx: None)

    assert "database" not in looked_at(capsys)


def test_a_broken_estate_file_does_not_hide_whether_the_bot_runs(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(state, lambda tx: None)
    (state / "connections.yaml").write_text("version: [")

    assert said_of("estate file", capsys)[0] == "wrong"
    assert said_of("the bot", capsys)[0] == "ok"


def test_a_file_that_is_no_database_is_damage_and_no_question_of_rights(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "firstlane.sqlite3").write_bytes(b"no database at all" * 100)

    found, words = said_of("database", capsys)

    assert found == "wrong"
    assert "is damaged: " in words
    assert "right to write" not in words
