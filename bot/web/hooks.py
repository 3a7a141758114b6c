"""Messages that other systems push to us, at /hooks/<source>/<token>.

A message that cannot be understood is a note, and is named in the log and to people by the names of
its fields: its values may be secrets. One that is too large to be read is refused, so that its
sender knows.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from aiohttp import web

from bot.core.hooks import SOURCES, TOO_LARGE, answer_to, hook_ping, kinds_taken, unread_ping
from bot.web.bodies import message_of
from bot.web.pings import Mailbox, answer, drop_rest, head_of, stranger

_log = logging.getLogger(__name__)
LARGEST = 1_000_000  # bytes of a message; real groups of alerts reach some hundred thousand
_TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)


def hook_routes(mailbox: Mailbox, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """Routes for messages, each of which stands for a ping."""

    async def receive(request: web.Request) -> web.Response:
        source, token = request.match_info["source"], request.match_info["token"]
        if source not in SOURCES or not _TOKEN.fullmatch(token):
            return web.Response(status=404, text="not found")
        kinds = kinds_taken(source)
        if refused := await stranger(mailbox, token, kinds):
            return refused
        head, whole = await head_of(request, LARGEST)
        body = message_of(head, request.content_type) if whole else None
        ping = hook_ping(source, body, now()) if whole else unread_ping(TOO_LARGE, now())
        if ping is None:
            await drop_rest(request.content)
            return web.Response(status=404, text="not found")
        answered = await answer(partial(mailbox.take, token, ping, kinds), request.content)
        if ping.unread and answered.status == 200:
            _log.warning("hook_not_understood source=%s said=%r", source, ping.unread)
        if answered.status != 200:
            return answered
        return web.Response(text=answer_to(ping)) if whole else _refused()

    return [web.post("/hooks/{source}/{token}", receive)]


def _refused() -> web.Response:
    return web.Response(status=413, text=f"a message of more than {LARGEST // 1000} kB is not read")
