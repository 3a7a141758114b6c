"""Whatever is asked for in Slack, times and people are written out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.core.estate.catalogue import Credential
from bot.core.incidents.severity import Severity
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult
from bot.flows import handle_absence, looks, views
from bot.flows.incidents import open_incident, respond
from bot.flows.monitoring import pauses
from bot.language.errors import BotError
from bot.slack import commands
from bot.slack.handler import Handler
from bot.slack.incidents import card
from bot.slack.request import Request
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from tests.builders import DAY, HOUR, a_check, a_connection, an_estate, knowledge_of, saw
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at
from tests.unmarked import raw_marks

pytestmark = pytest.mark.anyio
RULES = {
    "checks": (a_check(), a_check(id="nightly", kind="heartbeat", settings={"period": HOUR})),
    "credentials": (
        Credential(
            id="key", name="Shop key", kind="api key", expires=date(2027, 3, 9), owner="bob"
        ),
    ),
}
ESTATE = an_estate(
    a_connection(id="orders", name="Orders", **RULES),
    a_connection(id="stock", name="Stock"),
    a_connection(id="bills", name="Bills"),
)


async def busy(bench: Bench) -> Handler:
    """One fails and is held, one is declared, one is paused, and somebody covers."""
    knowledge = knowledge_of(ESTATE)
    handler = handler_at(
        replace(bench, runtime=replace(bench.runtime, knowledge=lambda: knowledge))
    )
    runtime, now = handler.runtime, handler.runtime.clock()

    for verdict in (Verdict.OK, Verdict.FAILING, Verdict.FAILING):
        seen = CheckResult(
            check="orders/api", observation=saw(verdict, now, last_success=now - DAY)
        )
        await runtime.do_at(now, looks.record, [seen])
    await runtime.do(respond.acknowledge, 1, "bob")
    stock, bills = ESTATE.connections["stock"], ESTATE.connections["bills"]
    await runtime.do(
        open_incident.declare,
        stock,
        open_incident.Report(by="alice", why="it is down", severity=Severity.SEV1),
    )
    await runtime.do(pauses.pause, bills, until=now + HOUR, why="the ERP is updated", by="alice")
    await runtime.do(
        handle_absence.enter, person="alice", stand_in="bob", until=now + DAY, by="alice"
    )

    async def look(connection: str) -> None:
        """Nothing new is seen."""

    handler.check_now = look
    return handler


WORDS = (
    *(f"{word} {name}" for word in commands.COMMANDS for name in ("orders", "stock", "bills")),
    *commands.COMMANDS,
    *(f"{word} INC-1" for word in ("ack", "reopen", "runbook", "note", "handover vendor")),
    *(f"{word} INC-2 because it is so" for word in ("ack", "reopen", "merge", "resolve", "hold")),
    "who owned orders on 1 March?", "cover @bob by @alice until tomorrow", "explain HTTP 401",
)  # fmt: skip


@pytest.mark.parametrize("by", ["alice", "bob", "charlie"])
async def test_no_command_shows_a_mark(bench: Bench, by: str) -> None:
    handler = await busy(bench)
    writer = await handler.writer()
    for words in WORDS:
        assert (
            raw_marks(await _said(handler, writer, Request(by=by, channel="C1", words=words))) == []
        )


async def _said(handler: Handler, writer: Writer, request: Request) -> Any:
    try:
        said = await commands.answer(handler, request)
    except BotError as error:
        return writer.say(str(error))
    return [said.text, said.blocks]


async def test_no_card_shows_a_mark(bench: Bench) -> None:
    handler = await busy(bench)
    knowledge, now = handler.runtime.knowledge(), handler.runtime.clock()
    writer = Writer(catalogue=knowledge.catalogue)
    for number in (1, 2):
        view = await handler.runtime.do_at(now, views.incident_view, number)
        assert view is not None
        shown = [
            card.card(view, writer),
            *(step_posts.step(view, one, writer) for one in view.steps),
        ]
        for message in shown:
            assert raw_marks([message.text, message.blocks]) == []
