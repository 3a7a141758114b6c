"""Messages that other systems push to us, at /hooks/<source>/<token>.

A message that cannot be understood is a note, and is named in the log and to people by the names of
its fields: its values may be secrets. One that is too large to be read, or packed so that it
cannot be, is refused, so that its sender knows.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from aiohttp import web

from bot.core.monitoring.webhook_bodies import (
    BROKEN,
    PACKED,
    SOURCES,
    TOO_LARGE,
    answer_to,
    hook_ping,
    kinds_taken,
    unread_ping,
)
from bot.language.marks import cleaned
from bot.web.bodies import DAMAGED, UNKNOWN, Unpacked, message_of
from bot.web.pings import TOKEN, Clean, Mailbox, answer, drop_rest, head_of, not_found, stranger

_log = logging.getLogger(__name__)
LARGEST = 1_000_000  # bytes of a message; real groups of alerts reach some hundred thousand


def hook_routes(
    mailbox: Mailbox, now: Callable[[], datetime], clean: Clean = cleaned
) -> list[web.RouteDef]:
    """Routes for messages, each of which stands for a ping. `clean` takes secrets out of a message,
    before anything of it is cut."""

    async def receive(request: web.Request) -> web.Response:
        source, token = request.match_info["source"], request.match_info["token"]
        if source not in SOURCES or not TOKEN.fullmatch(token):
            return not_found()
        kinds = kinds_taken(source)
        if refused := await stranger(mailbox, token, kinds):
            return refused
        head = await head_of(request, LARGEST)
        refusal = _refused(head)
        if refusal is None:
            # In a thread: a large message has many texts.
            body = await asyncio.to_thread(_read, head.plain, request.content_type, clean)
            ping = hook_ping(source, body, now())
        else:
            # Kept all the same: that something came which nobody could read is told to people.
            ping = unread_ping(refusal.why, now())
        if ping is None:
            await drop_rest(request.content)
            return not_found()
        answered = await answer(partial(mailbox.take, token, ping, kinds), request.content)
        # Only with a token that is known, so that strangers cannot fill the log.
        if ping.unread and answered.status == 200:
            _log.warning("hook_not_understood source=%s said=%r", source, ping.unread)
        if answered.status != 200:
            return answered
        if refusal:
            return web.Response(status=refusal.status, text=refusal.text)
        return web.Response(text=answer_to(ping))

    return [web.post("/hooks/{source}/{token}", receive)]


def _read(head: bytes, content_type: str, clean: Clean) -> Any:
    return clean(message_of(head, content_type))


class _Refusal(NamedTuple):
    status: int
    why: str  # as it is kept
    text: str


def _refused(head: Unpacked) -> _Refusal | None:
    """Why a body is not read; None for one that is."""
    if head.wrong == UNKNOWN:
        return _Refusal(415, PACKED, "only gzip and deflate are unpacked: send it as one of them")
    if head.wrong == DAMAGED:
        return _Refusal(400, BROKEN, "it cannot be unpacked: it is damaged, or packed otherwise")
    if head.whole:
        return None
    return _Refusal(413, TOO_LARGE, f"a message of more than {LARGEST // 1000} kB is not read")
