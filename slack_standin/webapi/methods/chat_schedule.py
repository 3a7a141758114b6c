"""Scheduled messages. They are posted by real time and do not outlive the process."""

import asyncio

from slack_standin.acts import posting
from slack_standin.acts.services import Call
from slack_standin.state.entities import Channel
from slack_standin.state.ids import random_id
from slack_standin.state.refusal import Json, Refusal
from slack_standin.webapi.methods.chat import destination, draft_of

_FARTHEST = 120 * 24 * 3600


def schedule(call: Call) -> Json:
    channel = destination(call)
    draft = draft_of(call, channel)
    post_at = int(call.args["post_at"])
    wait = post_at - call.services.clock.seconds()
    if wait <= 0:
        raise Refusal("time_in_past")
    if wait > _FARTHEST:
        raise Refusal("time_too_far")
    scheduled_id = random_id("Q")
    entry: Json = {"id": scheduled_id, "channel_id": channel.id, "post_at": post_at}
    entry["text"] = draft.text
    call.services.scheduled[scheduled_id] = entry
    call.services.courier.spawn(_post_later(call, channel, draft, scheduled_id, wait))
    return {"channel": channel.id, "scheduled_message_id": scheduled_id, "post_at": post_at}


async def _post_later(
    call: Call, channel: Channel, draft: posting.Draft, scheduled_id: str, wait: float
) -> None:
    await asyncio.sleep(wait)
    if call.services.scheduled.pop(scheduled_id, None) is not None and not channel.is_archived:
        posting.post_as_app(call.ws, channel, call.app, draft)


def delete(call: Call) -> Json:
    if call.services.scheduled.pop(call.text("scheduled_message_id"), None) is None:
        raise Refusal("invalid_scheduled_message_id")
    return {}


def listing(call: Call) -> Json:
    wanted = call.text("channel")
    entries = [
        entry
        for entry in call.services.scheduled.values()
        if not wanted or entry["channel_id"] == wanted
    ]
    return {"scheduled_messages": entries, "response_metadata": {"next_cursor": ""}}


METHODS = {
    "chat.deleteScheduledMessage": delete,
    "chat.scheduleMessage": schedule,
    "chat.scheduledMessages.list": listing,
}
