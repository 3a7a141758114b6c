"""Heartbeats in the URL forms of Healthchecks, so that existing jobs need no new client.

A ping is never refused for its payload: what cannot be read is cut, replaced or left out, because
a lost ping makes a healthy job look dead.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from aiohttp import StreamReader, web

from bot.core.monitoring.heartbeat import HEARTBEATS, Kinds, Ping, PingKind
from bot.core.monitoring.webhook_complaints import read_count, read_failed
from bot.language.errors import BotError
from bot.language.marks import cleaned, outside
from bot.web.bodies import Unpacked, inflated, json_of

KEPT_BYTES = 100_000
# What is sent beyond the kept part is read and dropped, so that the sender sees our answer
# instead of a broken pipe; a sender that does not stop is cut off.
DROPPED_BYTES = 64 * 1024 * 1024
_NOTE, _ID = 1000, 60
_READ = 4 * _NOTE  # of a text, before secrets are taken out of it
TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)
_KINDS = {"": PingKind.SUCCESS, **{kind.value: kind for kind in PingKind if kind != "success"}}


Clean = Callable[[Any], Any]


class Mailbox(Protocol):
    """Where pings go. A token belongs to a check of one kind, and is unknown to a route that takes
    other `kinds`. A BotError means that it cannot be known, or that the ping was not kept."""

    async def knows(self, token: str, kinds: Kinds) -> bool: ...
    async def take(self, token: str, ping: Ping, kinds: Kinds) -> bool:
        """False for an unknown token."""
        ...


def ping_routes(
    mailbox: Mailbox, now: Callable[[], datetime], clean: Clean = cleaned
) -> list[web.RouteDef]:
    """Routes for pings. `clean` takes secrets out of what they say, before it is cut."""

    async def receive(request: web.Request) -> web.Response:
        token, rid = request.match_info["token"], request.query.get("rid", "")
        meant = _meaning(request.match_info.get("what", "").rstrip("/"))
        # Clients append /fail to the address they were given, also where it ends with ?rid=….
        own, slash, appended = rid.rpartition("/")
        if slash and (said := _meaning(appended)) is not None:
            rid, meant = own, said
        if meant is None or not TOKEN.fullmatch(token):
            return not_found()
        # Before the body: whoever knows no token makes us read and unpack nothing.
        if refused := await stranger(mailbox, token, HEARTBEATS):
            return refused
        said = clean([rid, *_said(await head_of(request))])
        ping = _ping(meant, said, now())
        return await answer(partial(mailbox.take, token, ping, HEARTBEATS), request.content)

    paths = ("/ping/{token}", "/ping/{token}/{what:[^/]*/?}")
    # GET brings HEAD with it.
    return [make(path, receive) for path in paths for make in (web.get, web.post)]


async def stranger(mailbox: Mailbox, token: str, kinds: Kinds) -> web.Response | None:
    """What to answer where the token is not known here: nothing of the body is read then."""
    try:
        return None if await mailbox.knows(token, kinds) else not_found()
    except BotError as error:
        return web.Response(status=503, text=str(error))


async def answer(take: Callable[[], Awaitable[bool]], body: StreamReader) -> web.Response:
    """Hand the ping on and say what became of it; 503 asks the sender to try again."""
    try:
        known = await take()
    except BotError as error:
        return web.Response(status=503, text=str(error))
    finally:
        await drop_rest(body)
    return web.Response(text="OK") if known else not_found()


def not_found() -> web.Response:
    return web.Response(status=404, text="not found")


def _meaning(what: str) -> tuple[PingKind, int | None] | None:
    """(kind, exit status) of the last part of the path; None when it is none of the forms."""
    if what.lower() in _KINDS:
        return _KINDS[what.lower()], None
    # Windows counts to 2^32, and what a signal ends comes as a negative number.
    if not re.fullmatch(r"-?\d{1,10}", what, re.ASCII):
        return None
    return (PingKind.FAIL if int(what) else PingKind.SUCCESS), int(what)


async def head_of(request: web.Request, most: int = KEPT_BYTES) -> Unpacked:
    """At most `most` bytes of the body. An aborted body is a head. It is unpacked here, since our
    server unpacks nothing."""
    raw, ended = await _raw_head(request.content, most)
    return inflated(raw, request.headers.get("content-encoding", ""), most, ended=ended)


async def _raw_head(content: StreamReader, most: int) -> tuple[bytes, bool]:
    kept = bytearray()
    try:
        while len(kept) <= most:
            chunk = await content.readany()
            if not chunk:
                return bytes(kept), True
            kept += chunk
    except (OSError, ValueError, web.HTTPException):
        pass
    return bytes(kept[:most]), False


async def drop_rest(content: StreamReader) -> None:
    """Read what is left, within bounds, so that the sender waits for our answer."""
    dropped = 0
    try:
        while dropped < DROPPED_BYTES and (chunk := await content.readany()):
            dropped += len(chunk)
    except (OSError, ValueError, web.HTTPException):
        return


def _said(body: Unpacked) -> tuple[dict[str, Any], str]:
    """The fields of a body and its text. One that was understood is not kept once more as text."""
    # A half of a body can still be JSON by chance, with other counts than were sent.
    value = json_of(body.plain) if body.whole else None
    if isinstance(value, dict) and value:
        return value, ""
    return {}, outside(body.plain.decode("utf-8", errors="replace"), _READ)


def _ping(meant: tuple[PingKind, int | None], said: list[Any], at: datetime) -> Ping:
    rid, counts, note = said
    return Ping(
        at=at,
        kind=meant[0],
        exit=meant[1],
        rid=outside(rid, _ID),
        processed=read_count(counts.get("processed")),
        failed=tuple(read_failed(counts.get("failed"))),
        note=outside(note, _NOTE),
    )
