"""What people did is on record before Slack hears that we have it, and takes effect once."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import HookOutcome
from bot.flows.incidents import open_incident, respond
from bot.slack.forms.sending import submitted
from bot.slack.handler import Body, Handler
from bot.slack.kit import message, section
from bot.slack.platform.users import Users
from tests.builders import MINUTE, a_connection
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


class Process:
    """One life of the bot at the desk; a second one has the same database."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.handler = Handler(
            bench.runtime,
            bench.gateway,
            Users(bench.runtime, bench.gateway),
            wake=lambda: None,
            check_now=self._look,
            address="{}".format,
            call_hook=self._call,
        )
        self.worked: list[Body] = []
        self.note = self.handler.durable("note", self._note)
        self.ask = self.handler.durable("ask", self._answer)

    async def _look(self, connection: str) -> None:
        raise AssertionError(f"nobody asked to look at {connection}")

    async def _call(self, hook: Webhook, values: Mapping[str, str]) -> HookOutcome:
        raise AssertionError(f"nobody asked to call {hook.id}")

    async def _note(self, body: Body) -> None:
        self.worked.append(body)
        now = self.bench.runtime.clock()
        await self.handler.runtime.do_at(now, respond.note, 1, "alice", "called the vendor")

    async def _answer(self, body: Body) -> None:
        self.worked.append(body)
        event = body["event"]
        said = message("Alice owns it", [section("Alice owns it")])
        await self.handler.say(event["channel"], said, thread=event["ts"])


async def acknowledged(**_: Any) -> None:
    """Slack hears that we have it."""


async def never_acknowledged(**_: Any) -> None:
    raise ConnectionError("the process died here")


def dies_before_the_end(tx: Any, body: Body) -> None:
    """As if the process had died before it could note that nothing is left to do."""
    tx.change("update inbox set answered = 0, body = ?", json.dumps(body))


def rows(tx: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tx.all("select * from inbox")
    return found


async def notes(bench: Bench) -> int:
    lines = await bench.runtime.store.run(lambda tx: tx.timeline(1))
    return sum(entry.kind == "note" for entry in lines)


def a_click(bench: Bench, trigger: str = "1.2.abc") -> Body:
    bob = bench.slack.member("Bob")
    return {
        "trigger_id": trigger,
        "token": "verification-secret",
        "response_url": "https://hooks.example.com/secret",
        "user": {"id": bob.id},
        "channel": {"id": bench.general},
        "actions": [{"value": "1"}],
    }


@pytest.fixture
async def process(bench: Bench) -> Process:
    await bench.runtime.do_at(
        bench.clock.now(),
        open_incident.declare,
        a_connection(),
        open_incident.Report(by="bob", why=""),
    )
    return Process(bench)


async def test_a_click_that_had_no_effect_yet_is_done_after_the_restart(
    bench: Bench, process: Process
) -> None:
    with pytest.raises(ConnectionError):
        await process.note(never_acknowledged, a_click(bench))
    assert await notes(bench) == 0

    second = Process(bench)
    await second.handler.take_over()
    await second.handler.drain()

    assert await notes(bench) == 1
    third = Process(bench)
    await third.handler.take_over()
    assert third.worked == []


async def test_a_click_whose_effect_is_on_record_is_not_done_again(
    bench: Bench, process: Process
) -> None:
    await process.note(acknowledged, a_click(bench))
    await process.handler.drain()
    await bench.runtime.store.run(dies_before_the_end, a_click(bench))

    second = Process(bench)
    await second.handler.take_over()
    await second.handler.drain()

    assert second.worked == []
    assert await notes(bench) == 1


async def test_a_click_that_is_delivered_twice_acts_once(bench: Bench, process: Process) -> None:
    for _ in range(2):
        await process.note(acknowledged, a_click(bench))
    await process.handler.drain()

    assert await notes(bench) == 1


async def test_an_old_click_is_not_done_but_said_to_be_lost(bench: Bench, process: Process) -> None:
    with pytest.raises(ConnectionError):
        await process.note(never_acknowledged, a_click(bench))
    bench.clock.shift((20 * MINUTE).total_seconds())

    second = Process(bench)
    await second.handler.take_over()
    await second.handler.drain()

    assert await notes(bench) == 0
    told = await bench.slack.member("Bob").sees_ephemeral("was not done")
    assert "please ask again" in told.text


async def test_an_answer_that_already_stands_is_not_given_twice(
    bench: Bench, process: Process
) -> None:
    bob = bench.slack.member("Bob")
    asked = await bob.types("#general", "who owns it?")
    event = {"type": "app_mention", "channel": bench.general, "ts": asked.ts, "user": bob.id}
    body = {"event_id": "Ev1", "event": event}
    await process.ask(acknowledged, body)
    await process.handler.drain()
    await bench.runtime.store.run(dies_before_the_end, body)

    second = Process(bench)
    await second.handler.take_over()
    await second.handler.drain()

    assert len(second.worked) == 1
    pool = bench.standin.workspace.messages[bench.general].values()
    assert sum(one.body.get("thread_ts") == asked.ts for one in pool) == 1


async def test_keys_to_slack_are_not_stored(bench: Bench, process: Process) -> None:
    with pytest.raises(ConnectionError):
        await process.note(never_acknowledged, a_click(bench))

    kept = await bench.runtime.store.run(rows)

    assert len(kept) == 1
    assert "secret" not in str(kept)


async def test_a_form_that_is_sent_again_after_a_lost_acknowledgement_acts_once(
    bench: Bench, process: Process
) -> None:
    view = {
        "id": "V1",
        "callback_id": "modal:note",
        "private_metadata": "1",
        "blocks": [],
        "state": {"values": {"text": {"input": {"value": "called the vendor"}}}},
    }
    signed = bench.gateway.origin.view(view)
    body = {"view": signed, "user": {"id": bench.slack.member("Bob").id}}
    with pytest.raises(ConnectionError):
        await submitted(process.handler, never_acknowledged, body)

    await submitted(process.handler, acknowledged, body)

    assert await notes(bench) == 1


async def test_an_answer_in_a_busy_channel_waits_for_its_turn(
    bench: Bench, process: Process
) -> None:
    bob = bench.slack.member("Bob")
    asked = await bob.types("#general", "who owns it?")
    for number in range(4):
        post = {"channel": bench.general, "text": f"message {number}"}
        await bench.gateway.call("chat.postMessage", **post)
    event = {"type": "app_mention", "channel": bench.general, "ts": asked.ts, "user": bob.id}

    await process.ask(acknowledged, {"event_id": "Ev2", "event": event})

    await bob.sees_thread(asked, "Alice owns it")


async def test_what_cannot_be_stored_is_answered_so_and_not_accepted(
    bench: Bench, process: Process
) -> None:
    def limit(tx: Any) -> None:
        pages = tx.one("pragma page_count")["page_count"]
        tx.all(f"pragma max_page_count = {pages}")

    click = {**a_click(bench), "response_url": "", "state": {"values": "x" * 200_000}}
    mention = {"type": "app_mention", "channel": bench.general, "ts": "1.0", "user": "U1"}
    event = {"event_id": "Ev1", "event": {**mention, "user": click["user"]["id"]}, "padding": click}
    process.handler.durable("app_mention", process._answer)
    await bench.runtime.store.run(limit)

    await process.note(acknowledged, click)
    told = await bench.slack.member("Bob").sees_ephemeral("This could not be stored")
    context: Body = {}
    await process.handler.keep_event(event, context)
    await process.ask(acknowledged, event, context)

    assert "the disk is full. Nothing was changed; try again" in told.text
    assert await bench.slack.member("Bob").sees_ephemeral("This could not be stored", after=told)
    assert process.worked == []
