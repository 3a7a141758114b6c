"""The HTTP session to Slack, which lets nothing through but Slack's own answers.

A proxy, a captive portal or a broken load balancer may answer in Slack's place, with any status and
any body. Slack's own word is a JSON object with a boolean `ok` and, when it refuses, with the name
of the error; it sends nobody elsewhere. Whatever else arrives says nothing of what became of the
call.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

_SHOWN = 60  # characters of a content type
LARGEST = 8 * 1024 * 1024  # bytes of an answer, unpacked; a page of a busy channel has about one MB
_PART = 64 * 1024


class NotSlack(aiohttp.ClientError):
    """Somebody else answered in Slack's place, or an answer of Slack's came broken. The call may
    have been carried out."""


def slack_session(patience_s: float) -> aiohttp.ClientSession:
    """A session whose calls raise NotSlack for every answer that is not Slack's own, and other
    `aiohttp.ClientError`s when there was none. `patience_s` is for one call as a whole."""
    timeout = aiohttp.ClientTimeout(total=patience_s)
    return aiohttp.ClientSession(timeout=timeout, middlewares=(_only_slack,))


async def _only_slack(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    response = await handler(request)
    try:
        body = await _read(response)
    except BaseException:
        response.close()  # also when the call is given up while the answer comes
        raise
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if response.content_type != "application/json" or not is_slacks(said, response.status):
        what = response.content_type[:_SHOWN] if said is None else "JSON of another kind"
        raise NotSlack(f"an answer that is not Slack's: HTTP {response.status}, {what}")
    return response


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole answer, kept for whoever asks for it next. Raises NotSlack for one without end."""
    whole = bytearray()
    async for part in response.content.iter_chunked(_PART):
        whole += part
        if len(whole) > LARGEST:
            raise NotSlack(f"an answer that is not Slack's: larger than {LARGEST >> 20} MB")
    # What `read` would have kept: aiohttp has no way of its own to read within bounds.
    response._body = bytes(whole)
    return await response.read()


def is_slacks(said: object, status: int) -> bool:
    """Whether `said`, a JSON value, is Slack's word under this HTTP status. Slack does not agree
    with an error status."""
    if not isinstance(said, Mapping) or not isinstance(said.get("ok"), bool):
        return False
    if said["ok"]:
        return status == HTTPStatus.OK
    return isinstance(said.get("error"), str) and bool(said["error"])


# What the answer of a method has to carry to be one.
_CARRIES: Mapping[str, tuple[str, ...]] = {
    "auth.test": ("user_id",),
    "bookmarks.list": ("bookmarks",),
    "chat.postMessage": ("ts",),
    "conversations.create": ("channel", "id"),
    "conversations.info": ("channel", "id"),
    "conversations.open": ("channel", "id"),
    "conversations.list": ("channels",),
    "conversations.history": ("messages",),
    "conversations.replies": ("messages",),
    "users.lookupByEmail": ("user", "id"),
    "users.info": ("user", "id"),
}


def carries_its_result(method: str, answer: object) -> bool:
    """Whether the answer has what the method promises, be it `ok` or not."""
    found: Any = answer
    for name in _CARRIES.get(method, ()):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found not in (None, "")
