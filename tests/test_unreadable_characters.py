"""Characters that nobody can read, by every way in: they cut no text short, break no write and turn
nothing that stands around them."""

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.checks import with_plugins
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.checks.secrets.secrecy import redact_secrets
from bot.core.monitoring.webhook_bodies import SOURCES, hook_ping
from bot.core.outbox.notice import incident_subject
from bot.files.changes.ical import read_calendar
from bot.language.marks import blank, cleaned, outside
from bot.slack.app import build_app
from bot.slack.home import HomeTab
from bot.slack.incidents.forms import ChangeLane
from bot.store.codec import pack
from bot.store.tx import Tx
from bot.web.bodies import json_of, message_of
from tests.builders import NOW, an_incident
from tests.checks.conftest import FarEnd, far_end, memory, spec, tools
from tests.files.changes.test_ical import PLACE, calendar
from tests.slack.conftest import Bench, bench
from tests.slack.test_handler import handler_at

__all__ = ["bench", "far_end", "memory", "tools"]
pytestmark = pytest.mark.anyio

UNREADABLE = (
    *(
        "\x00",
        "\x07",
        "\x0b",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9f",
        "\ufeff",
        "\uffff",
        "\ud800",
        "\udfff",
    ),
    *("\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2028", "\u2066", "\u2069"),
)
ANY = re.compile(f"[{''.join(UNREADABLE)}]")
DIRTY = "orders" + "".join(f"{char}{place}" for place, char in enumerate(UNREADABLE)) + "missing"
WRITTEN = DIRTY.translate(dict.fromkeys((0xD800, 0xDFFF)))  # what can be sent as octets
SPOKEN = (*"أبج", "👩\u200d💻", "नमस्ते", "naïve — “x”\n\ty")  # what people write


def readable(text: str) -> bool:
    """All that can be read is there, and nothing else."""
    left = "".join(text.split()).replace("\\n", "")
    return "orders" in left and "missing" in left and not ANY.search(text)


def escaped(body: object) -> bytes:
    return json.dumps(body).encode()


BODIES: dict[str, Callable[[], object]] = {
    "escapes in JSON": lambda: json_of(escaped({"a": [DIRTY], DIRTY: 1})),
    "octets": lambda: json_of(json.dumps({"a": WRITTEN}, ensure_ascii=False).encode()),
    "plain text": lambda: json_of(WRITTEN.encode()),
    "JSON in a string": lambda: json_of(escaped(json.dumps({"a": DIRTY}))),
    "a form": lambda: message_of(
        b"a=orders%00%E2%80%AE%1bmissing", "application/x-www-form-urlencoded"
    ),
    "JSON in a form": lambda: json_of(b"payload=%7B%22a%22%3A%22orders%5Cu0000missing%22%7D"),
    "UTF-16": lambda: json_of(json.dumps({"a": WRITTEN}, ensure_ascii=False).encode("utf-16")),
    "one line": lambda: outside(DIRTY),
    "a calendar": lambda: read_calendar(
        calendar(f"UID:1\nSUMMARY:ERP {WRITTEN}\nDTSTART:20270401T060000Z"), PLACE
    )[0],
}


@pytest.mark.parametrize("way", BODIES)
def test_what_is_read_is_all_that_can_be_read(way: str) -> None:
    found = BODIES[way]()

    assert readable(str(found).replace("'", "")), ascii(found)


@pytest.mark.parametrize("source", SOURCES)
def test_a_message_of_any_source_can_be_stored(source: str) -> None:
    fields = ("status", "error", "message", "title", "about", "what", "who", "job", DIRTY)
    alerts = {"alerts": [{"status": "firing", "labels": {"alertname": DIRTY}}]}
    for body in (
        {**dict.fromkeys(fields, DIRTY), "level": "error"},
        {"status": "firing", **alerts},
    ):
        ping = hook_ping(source, json_of(escaped(body)), NOW)
        assert ping is None or not ANY.search(json.loads(pack(ping))["note"])


@pytest.mark.parametrize("text", SPOKEN)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert json_of(escaped({"a": text})) == {"a": text}


def test_a_secret_does_not_come_together_when_such_characters_are_taken_out() -> None:
    for char in UNREADABLE:
        assert "hunter2!" not in outside(
            redact_secrets(f"login with hun{char}ter2! refused", ["hunter2!"])
        )


async def test_a_cell_of_a_database_is_read_to_its_end(tools: Tools, tmp_path: Any) -> None:
    codes = ",".join(str(ord(char)) for char in UNREADABLE if not 0xD800 <= ord(char) < 0xE000)
    cell = f"'orders' || char({codes}) || 'missing'"
    sqlite3.connect(tmp_path / "erp.db").execute("create table orders (id)").connection.close()
    check = spec(
        "sql",
        url=f"sqlite:///{tmp_path / 'erp.db'}",
        failed=f"SELECT {cell} AS text, 2 AS count, {cell} AS ids",
    )

    seen = await Runner(tools, with_plugins()).observe(check, NOW)

    (group,) = seen.failed  # type: ignore[union-attr]
    assert readable(group.text)
    assert readable(group.sample_ids[0])
    pack(seen)


async def test_an_answer_of_a_far_end_is_read_to_its_end(tools: Tools, far_end: FarEnd) -> None:
    far_end.answers({"error": DIRTY, "version": DIRTY}, status=500)
    check = spec(url=far_end.url)
    versions = spec(url=far_end.url, signals={"version": "$.version"}, expect=[500])

    runner = Runner(tools, with_plugins())
    for seen in (await runner.observe(check, NOW), await runner.observe(versions, NOW)):
        assert not ANY.search(str(seen))
        pack(seen)


async def dispatched(bench: Bench, body: dict[str, Any]) -> None:
    handler = handler_at(bench)
    client = AsyncWebClient(token=bench.standin.bot_token, base_url=bench.proxy.api_url)
    app = build_app(
        client, handler, HomeTab(bench.runtime, bench.gateway, handler.people), signing_secret=None
    )
    who = {
        "user": {"id": bench.slack.member("Bob").id},
        "team": {"id": bench.standin.workspace.team.id},
    }
    await app.async_dispatch(AsyncBoltRequest(body={**who, **body}, mode="socket_mode"))
    await handler.drain()


def a_note(bench: Bench) -> dict[str, Any]:
    form = bench.gateway.origin.view({"blocks": [], "private_metadata": "1"})
    values = {"text": {"text": {"type": "plain_text_input", "value": DIRTY}}}
    named = {"type": "modal", "id": "V1", "callback_id": "modal:note"}
    view = {**named, "state": {"values": values}, **form}
    return {"type": "view_submission", "view": view}


def a_command(bench: Bench) -> dict[str, Any]:
    bob = bench.slack.member("Bob").id
    typed = {"command": "/conn", "text": f"note INC-1 {DIRTY}", "user_id": bob}
    return {**typed, "channel_id": bench.general, "trigger_id": "T1"}


@pytest.mark.parametrize("said", [a_note, a_command])
async def test_what_is_typed_in_slack_is_kept_to_its_end(
    bench: Bench, said: Callable[[Bench], dict[str, Any]]
) -> None:
    def open_one(tx: Tx) -> None:
        incident = tx.add_incident(an_incident())
        tx.save_channel(incident_subject(incident.id), bench.general)

    await bench.runtime.store.run(open_one)

    await dispatched(bench, said(bench))

    kept = await bench.runtime.store.run(lambda tx: tx.timeline(1))
    assert [readable(one.text) for one in kept if one.kind == "note"] == [True]


async def test_names_that_slack_gives_can_be_read(bench: Bench) -> None:
    user = bench.standin.workspace.users[bench.slack.member("Bob").id]
    user.real_name = WRITTEN

    answer = await bench.gateway.call("users.info", user=user.id)

    assert readable(str(answer["user"]["real_name"]))


UNSEEN = ("\u200b", "\u200d", "\u2060", "\u00ad", "\u00a0", "\u3000", "\u3164", "\u2800", "\ufe0f")


@pytest.mark.parametrize(
    "text", [*UNSEEN, "".join(UNSEEN), f" {UNSEEN[0]}\t{UNSEEN[1]}\n"], ids=ascii
)
def test_what_shows_nothing_is_blank_in_every_form_and_command(text: str) -> None:
    form = {"view": {"state": {"values": {"why": {"why": {"value": text}}}}}}

    assert blank(text)
    assert outside(text) == ""
    assert ChangeLane(cleaned(form)).why == ""


@pytest.mark.parametrize("text", [*SPOKEN, "👍\ufe0f", "-", "0"])
def test_what_shows_anything_is_not(text: str) -> None:
    assert not blank(text)
    assert outside(text) != ""
