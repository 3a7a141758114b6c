"""Looking at channels: info, lists, history, threads, read marks."""

from slack_standin.acts import posting
from slack_standin.acts.services import Call
from slack_standin.state.entities import Channel, Message
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import channel_shape, message_shape, replies_to
from slack_standin.webapi.methods.lookup import channel_of, joined_channel_of, need_for, page

_TYPES = {
    "public_channel": ("channel", "channels:read"),
    "private_channel": ("group", "groups:read"),
    "im": ("im", "im:read"),
    "mpim": ("mpim", "mpim:read"),
}


def info(call: Call) -> Json:
    channel = channel_of(call)
    need_for(call, channel, "read")
    shape = channel_shape(call.ws, channel, viewer=call.bot)
    if call.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


def _wanted(call: Call) -> list[Channel]:
    wanted: set[str] = set()
    for name in call.text("types", "public_channel").replace(" ", "").split(","):
        if name not in _TYPES:
            raise Refusal("invalid_types")
        kind, scope = _TYPES[name]
        call.need(scope)
        wanted.add(kind)
    archived = not call.flag("exclude_archived")
    return sorted(
        (
            channel
            for channel in call.ws.channels.values()
            if channel.type in wanted and (archived or not channel.is_archived)
        ),
        key=lambda channel: channel.name,
    )


def listing(call: Call) -> Json:
    visible = [c for c in _wanted(call) if not c.is_private or call.bot in c.members]
    shapes = [
        {**channel_shape(call.ws, c, viewer=call.bot), "num_members": len(c.members)}
        for c in visible
    ]
    return page(call, shapes, key="channels", default=100, most=999)


def of_user(call: Call) -> Json:
    """`users.conversations`: the channels of a member, as far as the bot may know them."""
    user = call.text("user", call.bot)
    if user not in call.ws.users:
        raise Refusal("user_not_found")
    joined = [
        c
        for c in _wanted(call)
        if user in c.members and (not c.is_private or call.bot in c.members)
    ]
    shapes = [channel_shape(call.ws, c, viewer=call.bot) for c in joined]
    return page(call, shapes, key="channels", default=100, most=999)


def history(call: Call) -> Json:
    channel = channel_of(call)
    need_for(call, channel, "history")
    if call.bot not in channel.members and channel.is_private:
        raise Refusal("channel_not_found")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    messages = [m for m in call.ws.visible(channel.id) if m.in_channel and _within(call, m)]
    answer = _messages_page(call, messages[::-1], most=999)
    return {**answer, "pin_count": len(channel.pins), "channel_actions_ts": None}


def _within(call: Call, message: Message) -> bool:
    oldest, latest = _moment(call, "oldest"), _moment(call, "latest")
    inclusive = call.flag("inclusive")
    stamp = float(message.ts)
    after = oldest is None or stamp > oldest or (inclusive and stamp == oldest)
    before = latest is None or stamp < latest or (inclusive and stamp == latest)
    return after and before


def _moment(call: Call, name: str) -> float | None:
    text = call.text(name)
    if not text or text == "0":
        return None
    try:
        return float(text)
    except ValueError as problem:
        raise Refusal(f"invalid_ts_{name}") from problem


def _messages_page(call: Call, messages: list[Message], *, most: int) -> Json:
    full = call.flag("include_all_metadata")
    shapes = [message_shape(call.ws, m, metadata=full, viewer=call.bot) for m in messages]
    answer = page(call, shapes, key="messages", default=100, most=most)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"])}


def replies(call: Call) -> Json:
    channel = joined_channel_of(call)
    need_for(call, channel, "history")
    parent = call.ws.message(channel.id, call.text("ts"))
    if parent is None or parent.viewer is not None:
        raise Refusal("thread_not_found")
    if parent.is_reply:
        return _messages_page(call, [parent], most=1000)
    return _messages_page(
        call, [parent, *(m for m in replies_to(call.ws, parent) if _within(call, m))], most=1000
    )


def mark(call: Call) -> Json:
    channel = joined_channel_of(call)
    posting.mark_read(call.ws, channel, call.bot, call.text("ts"))
    return {}


METHODS = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.list": listing,
    "conversations.mark": mark,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
