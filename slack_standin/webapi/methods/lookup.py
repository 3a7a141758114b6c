"""Finding what a call names, with Slack's refusals when it is not there or not for this bot."""

import base64
from collections.abc import Sequence

from slack_standin.acts.services import Call
from slack_standin.state.entities import Channel, Message, User
from slack_standin.state.refusal import Json, Refusal


def channel_of(call: Call, name: str = "channel") -> Channel:
    """The channel the bot can see; a private one it is not in does not exist for it."""
    channel = call.ws.channels.get(call.text(name))
    if channel is None or (channel.is_private and call.bot not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def joined_channel_of(call: Call, name: str = "channel") -> Channel:
    channel = channel_of(call, name)
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def open_channel_of(call: Call, name: str = "channel") -> Channel:
    """A joined channel that is not archived."""
    channel = channel_of(call, name)
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def room_of(call: Call) -> Channel:
    """An open channel that is no direct message."""
    channel = open_channel_of(call)
    if channel.is_direct:
        raise Refusal("method_not_supported_for_channel_type")
    return channel


def need_for(call: Call, channel: Channel, action: str) -> None:
    """Raise `missing_scope` unless the app may `read` or `history` this type of channel."""
    prefix = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
    call.need(f"{prefix[channel.type]}:{action}")


def need_manage(call: Call, channel_type: str) -> None:
    scopes = {
        "channel": ("channels:manage", "channels:write"),
        "group": ("groups:write",),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    }
    call.need(*scopes[channel_type])


def need_narrow(call: Call, channel: Channel, what: str) -> None:
    """Raise `missing_scope` unless the app may `invites` or `topic` here, or manage the channel."""
    if channel.type == "channel":
        call.need("channels:manage", f"channels:write.{what}")
    else:
        call.need("groups:write", f"groups:write.{what}")


def message_of(call: Call, channel: Channel, name: str) -> Message:
    message = call.ws.message(channel.id, call.text(name))
    if message is None or message.viewer is not None:
        raise Refusal("message_not_found")
    return message


def user_of(call: Call, name: str = "user", error: str = "user_not_found") -> User:
    user = call.ws.users.get(call.text(name))
    if user is None:
        raise Refusal(error)
    return user


def page(call: Call, items: Sequence[Json], *, key: str, default: int, most: int) -> Json:
    """One page under `key`, with the cursor of the next one; raises on a bad cursor or limit."""
    limit = int(call.args.get("limit", default)) or default
    if limit < 0 or limit > most:
        raise Refusal("invalid_limit")
    start = _start(call.text("cursor"), key)
    chosen = list(items[start : start + limit])
    following = start + limit
    cursor = _cursor(key, following) if following < len(items) else ""
    return {key: chosen, "response_metadata": {"next_cursor": cursor}}


def _cursor(key: str, start: int) -> str:
    return base64.b64encode(f"{key}:{start}".encode()).decode()


def _start(cursor: str, key: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError as problem:
        raise Refusal("invalid_cursor") from problem
    if name != key or not start.isdigit():
        raise Refusal("invalid_cursor")
    return int(start)
