"""Forms and commands the tests share."""

import asyncio
from typing import Any

from slack_standin.driver import Driver
from tests.slack_standin.conftest import Wire, modal

Json = dict[str, Any]

SELECT: Json = {
    "type": "static_select",
    "action_id": "lane",
    "placeholder": {"type": "plain_text", "text": "Choose a lane"},
    "options": [
        {"text": {"type": "plain_text", "text": "Vendor"}, "value": "vendor"},
        {"text": {"type": "plain_text", "text": "Publisher"}, "value": "publisher"},
    ],
}


def field(name: str, element: Json | None = None, **extra: object) -> Json:
    """An input block whose label and block_id are `name`."""
    element = element or {"type": "plain_text_input", "action_id": "text"}
    label = {"type": "plain_text", "text": name}
    return {"type": "input", "block_id": name, "label": label, "element": element, **extra}


def form(*blocks: Json, **extra: object) -> Json:
    return modal(*blocks, submit={"type": "plain_text", "text": "Send"}, **extra)


async def commanded(slack: Driver, wire: Wire, text: str = "go") -> Json:
    """Let Bob run a command and acknowledge it; returns its payload."""
    bob = slack.member("Bob")
    typed = asyncio.create_task(bob.types("#general", f"/conn {text}"))
    frame = await wire.frame("slash_commands")
    await wire.ack(frame)
    await typed
    payload: Json = frame["payload"]
    return payload
