"""Messages that other systems push to us, at /hooks/<source>/<token>.

As with pings, a known token is never refused for its payload: what cannot be read is a note.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.core.hooks import SOURCES, hook_ping
from bot.web.pings import TakePing, answer, drop_rest, head_of

_log = logging.getLogger(__name__)
_TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)


def hook_routes(take: TakePing, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """Routes for messages. `take` gets the token and the ping that the message stands for; False
    means an unknown token."""

    async def receive(request: web.Request) -> web.Response:
        source, token = request.match_info["source"], request.match_info["token"]
        if source not in SOURCES or not _TOKEN.fullmatch(token):
            return web.Response(status=404, text="not found")
        head, whole = await head_of(request.content)
        ping = hook_ping(source, _decoded(head) if whole else None, now())
        if ping is None:
            await drop_rest(request.content)
            return web.Response(status=404, text="not found")
        answered = await answer(take, token, ping, request.content)
        if ping.unread and answered.status == 200:
            _log.warning("hook_status_unknown source=%s status=%r", source, ping.unread)
        return answered

    return [web.post("/hooks/{source}/{token}", receive)]


def _decoded(body: bytes) -> Any:
    text = body.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
