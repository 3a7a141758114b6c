"""`/conn pause` and `/conn resume`."""

import re
from contextlib import suppress

from bot.core.estate.catalogue import Connection
from bot.core.people.permissions import Deed
from bot.flows.monitoring import pauses
from bot.flows.people import permitted
from bot.flows.work import open_for
from bot.language.errors import Invalid, NotFound
from bot.language.marks import when
from bot.language.typed_times import SPAN, read_until
from bot.slack import find_connection
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage
from bot.slack.monitoring import words as pause_blocks
from bot.slack.request import Request, done
from bot.slack.text import escape

_FOR = re.compile(rf"(?P<name>.+?)\s+(?:for\s+)?(?P<span>{SPAN})(?P<why>.*)", re.I | re.S)
_UNTIL = re.compile(r"(?P<name>.+?)\s+until\s+(?P<span>.+?)\s*[:,]\s+(?P<why>.+)", re.I | re.S)
_HOW = (
    "Write for example: /conn pause web shop orders 2h the ERP is updated,"
    " or … until Friday: the ERP is updated. /conn pause lists them."
)


async def pause(handler: Handler, request: Request) -> SlackMessage:
    """Without words the list; else a pause begins."""
    runtime, words = handler.runtime, request.words.strip()
    if not words or words.casefold() == "list":
        current = await runtime.do(pauses.listed)
        return pause_blocks.listing(current, await handler.writer())
    form = _UNTIL.fullmatch(words) or _FOR.fullmatch(words)
    if form is None:
        with suppress(NotFound, find_connection.Unclear):
            await _must(handler, find_connection.find(handler, words, "pause"), request.by)
        raise Invalid(_HOW)
    connection = find_connection.find(handler, form["name"], "pause")
    await _must(handler, connection, request.by)
    zone = runtime.knowledge().catalogue.timezone
    until = read_until(form["span"], runtime.clock(), zone)
    if until is None:
        raise Invalid("A pause needs an end. " + _HOW)
    entered = await runtime.do(
        pauses.pause, connection, until=until, why=form["why"], by=request.by
    )
    writer = await handler.writer()
    ends = writer.say(when(entered.until))
    live = await runtime.do(open_for, connection.id)
    stays = f" {live.key} stays open." if live else ""
    return done(f"⏸ {escape(connection.name)} is paused until {ends}. It is still watched.{stays}")


async def _must(handler: Handler, connection: Connection, by: str) -> None:
    """Raises NotAllowed, naming who may: before anybody is told what their words lack."""
    runtime = handler.runtime
    await runtime.do(permitted.must_for, Deed.PAUSE, connection, by)


async def resume(handler: Handler, request: Request) -> SlackMessage:
    connection = find_connection.find(handler, request.words, "resume")
    runtime = handler.runtime
    await runtime.do(pauses.resume, connection, by=request.by)
    return done(f"▶️ {escape(connection.name)} is not paused any more.")
