"""Whether what was signed is a request of Slack's kinds: whoever has the secret may still send
what no handler can read, and that is theirs to mend and no fault of ours."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.language.nesting import TooNested, bounded, json_rows

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
