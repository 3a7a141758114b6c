"""The HTTP session to Slack, which lets nothing through but Slack's own answers.

A proxy, a captive portal or a broken load balancer may answer in Slack's place, with any status and
any body. Slack's own word is a JSON object with a boolean `ok` and, when it refuses, with the name
of the error; it sends nobody elsewhere. Whatever else arrives says nothing of what became of the
call.

Whether what was signed is a request of Slack's kinds: whoever has the secret may still send
what no handler can read, and that is theirs to mend and no fault of ours.

What people wrote, in a request of Slack: their words without the secrets of the estate, before
anything is done with them or kept. Ids, buttons and addresses to answer at stay as they came.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.language.scalars import TooNested, bounded, json_rows

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


# Fields that are objects wherever they stand in a request, if they are there at all.
_OBJECTS = ("event", "view", "message", "container", "user")
_TEXTS = ("type", "command", "callback_id")
_NO_REQUEST = (AttributeError, LookupError, TypeError, ValueError, RecursionError)


class NoRequest(ValueError):
    """It is nothing that Slack sends; the text says why."""


async def read(request: web.Request) -> AsyncBoltRequest:
    """Raises NoRequest."""
    try:
        found = await to_bolt_request(request)  # nothing of ours: it reads the JSON
        body: object = found.body
        if not isinstance(body, dict):
            raise NoRequest("no object")
        # Signed is not harmless: whoever has the secret could send what takes minutes to read.
        bounded(json_rows(body))
    except TooNested as error:
        raise NoRequest(str(error)) from None
    except _NO_REQUEST as error:
        raise NoRequest(f"it cannot be read ({type(error).__name__})") from None
    must_have_its_shape(found.body)
    return found


def must_have_its_shape(body: Mapping[str, Any]) -> None:
    for name in _OBJECTS:
        if body.get(name) is not None and not isinstance(body[name], Mapping):
            raise NoRequest(f"`{name}` is no object")
    event = body.get("event")
    kind = event.get("type") if isinstance(event, Mapping) else None
    if body.get("type") == "event_callback" and not isinstance(kind, str):
        raise NoRequest("an event of no kind")
    if any(not isinstance(body.get(name, ""), str) for name in _TEXTS):
        raise NoRequest("its kind is no text")
    if str(body.get("type", "")).startswith("view_") and not isinstance(body.get("view"), Mapping):
        raise NoRequest("a form without one")
    if "actions" in body and not _pressed(body["actions"]):
        raise NoRequest("`actions` names nothing that was pressed")


def _pressed(found: object) -> bool:
    if not isinstance(found, list) or not found:
        return False
    return all(isinstance(one, Mapping) and isinstance(one.get("action_id"), str) for one in found)


_WORDS = frozenset({"text", "url", "fallback", "pretext", "footer", "preview"})


def without_secrets(found: Any, clean: Callable[[str], str]) -> Any:
    """The same with every text in it made `clean`."""
    if isinstance(found, list):
        return [without_secrets(item, clean) for item in found]
    if not isinstance(found, dict):
        return found
    # What was pressed stands in a message of ours, which is clean; cards are long.
    ours = "message" if found.get("type") == "block_actions" else None
    # The value of a field that somebody filled in; that of a button is ours.
    filled_in = str(found.get("type", "")).endswith("_input")
    return {
        key: clean(item)
        if isinstance(item, str) and (key in _WORDS or (filled_in and key == "value"))
        else (item if key == ours else without_secrets(item, clean))
        for key, item in found.items()
    }
