"""Creating, naming and archiving channels as a bot."""

from slack_standin.acts import channels
from slack_standin.acts.services import Call
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import channel_shape
from slack_standin.webapi.methods.lookup import (
    channel_of,
    joined_channel_of,
    need_manage,
    need_narrow,
    room_of,
)


def create(call: Call) -> Json:
    private = call.flag("is_private")
    need_manage(call, "group" if private else "channel")
    name = call.text("name").removeprefix("#")
    channels.check_name(call.ws, name)
    channel = channels.create(call.ws, name, call.bot, private=private)
    return {"channel": channel_shape(call.ws, channel, viewer=call.bot)}


def rename(call: Call) -> Json:
    channel = room_of(call)
    need_manage(call, channel.type)
    if channel.is_general or channel.creator != call.bot:
        raise Refusal("not_authorized")
    name = call.text("name")
    channels.check_name(call.ws, name)
    channels.rename(call.ws, channel, name, by=call.bot)
    return {"channel": channel_shape(call.ws, channel, viewer=call.bot)}


def archive(call: Call) -> Json:
    channel = channel_of(call)
    need_manage(call, channel.type)
    if channel.is_archived:
        raise Refusal("already_archived")
    if channel.is_general:
        raise Refusal("cant_archive_general")
    if channel.is_direct:
        raise Refusal("method_not_supported_for_channel_type")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    channels.set_archived(call.ws, channel, True, by=call.bot)
    return {}


def unarchive(call: Call) -> Json:
    channel = channel_of(call)
    need_manage(call, channel.type)
    if not channel.is_archived:
        raise Refusal("not_archived")
    channels.set_archived(call.ws, channel, False, by=call.bot)
    return {}


def set_topic(call: Call) -> Json:
    return _describe(call, "topic")


def set_purpose(call: Call) -> Json:
    return _describe(call, "purpose")


def _describe(call: Call, what: str) -> Json:
    channel = room_of(call)
    need_narrow(call, channel, "topic")
    value = call.text(what)
    if len(value) > 250:
        raise Refusal("too_long")
    channels.describe(call.ws, channel, what, value, by=call.bot)
    return {"channel": channel_shape(call.ws, channel, viewer=call.bot), what: value}


def open_direct(call: Call) -> Json:
    """Open the DM with one member or the group DM with several; opening twice is the same DM."""
    if call.text("channel"):
        channel = joined_channel_of(call)
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    wanted = [u for u in call.text("users").replace(" ", "").split(",") if u]
    if not wanted:
        raise Refusal("users_list_not_supplied")
    if len(wanted) > 8:
        raise Refusal("too_many_users")
    call.need("im:write" if len(wanted) == 1 else "mpim:write")
    for user_id in wanted:
        user = call.ws.users.get(user_id)
        if user is None:
            raise Refusal("user_not_found")
        if user.deleted:
            raise Refusal("user_disabled")
    if call.bot in wanted and len(wanted) == 1:
        raise Refusal("invalid_user_combination")
    channel, known = channels.direct(call.ws, [call.bot, *wanted])
    shape: Json = {"id": channel.id}
    if call.flag("return_im"):
        shape = channel_shape(call.ws, channel, viewer=call.bot)
    return {"channel": shape, **({"no_op": True, "already_open": True} if known else {})}


def close_direct(call: Call) -> Json:
    channel = joined_channel_of(call)
    if not channel.is_direct:
        raise Refusal("method_not_supported_for_channel_type")
    return {}


METHODS = {
    "conversations.archive": archive,
    "conversations.close": close_direct,
    "conversations.create": create,
    "conversations.open": open_direct,
    "conversations.rename": rename,
    "conversations.setPurpose": set_purpose,
    "conversations.setTopic": set_topic,
    "conversations.unarchive": unarchive,
}
