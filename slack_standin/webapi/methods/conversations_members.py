"""Who is in a channel: inviting, joining, leaving, kicking, listing."""

from slack_standin.acts import channels
from slack_standin.acts.services import Call
from slack_standin.state.entities import Channel
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import channel_shape
from slack_standin.webapi.methods.lookup import (
    channel_of,
    need_for,
    need_manage,
    need_narrow,
    page,
    room_of,
)


def invite(call: Call) -> Json:
    """All or nothing, unless `force`; `errors` names every id that cannot be invited."""
    channel = room_of(call)
    need_narrow(call, channel, "invites")
    wanted = list(dict.fromkeys(u for u in call.text("users").replace(" ", "").split(",") if u))
    if not wanted:
        raise Refusal("no_user")
    if len(wanted) > 100:
        raise Refusal("too_many_users")
    errors = [
        {"user": user, "ok": False, "error": error}
        for user in wanted
        if (error := _obstacle(call, channel, user)) is not None
    ]
    bad = {entry["user"] for entry in errors}
    fatal = [e for e in errors if e["error"] != "already_in_channel"]
    if len(bad) == len(wanted) or (fatal and not call.flag("force")):
        first = (fatal or errors)[0]["error"]
        raise Refusal(str(first), extra={"errors": errors})
    for user in wanted:
        if user not in bad:
            channels.add_member(call.ws, channel, user, inviter=call.bot)
    shape = {"channel": channel_shape(call.ws, channel, viewer=call.bot)}
    return {**shape, **({"errors": errors} if errors else {})}


def _obstacle(call: Call, channel: Channel, user_id: str) -> str | None:
    user = call.ws.users.get(user_id)
    if user is None or user.deleted:
        return "user_not_found"
    if user_id == call.bot:
        return "cant_invite_self"
    return "already_in_channel" if user_id in channel.members else None


def join(call: Call) -> Json:
    channel = channel_of(call)
    if channel.type != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.bot in channel.members:
        warning = "already_in_channel"
        return {
            "channel": channel_shape(call.ws, channel, viewer=call.bot),
            "warning": warning,
            "response_metadata": {"warnings": [warning]},
        }
    channels.add_member(call.ws, channel, call.bot)
    return {"channel": channel_shape(call.ws, channel, viewer=call.bot)}


def leave(call: Call) -> Json:
    channel = channel_of(call)
    need_manage(call, channel.type)
    if channel.is_general:
        raise Refusal("cant_leave_general")
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.bot not in channel.members:
        return {"not_in_channel": True}
    channels.remove_member(call.ws, channel, call.bot)
    return {}


def kick(call: Call) -> Json:
    channel = room_of(call)
    need_manage(call, channel.type)
    user = call.text("user")
    if user == call.bot:
        raise Refusal("cant_kick_self")
    if channel.is_general:
        raise Refusal("cant_kick_from_general")
    if user not in call.ws.users:
        raise Refusal("user_not_found")
    if user not in channel.members:
        raise Refusal("not_in_channel")
    channels.remove_member(call.ws, channel, user)
    return {}


def members(call: Call) -> Json:
    channel = channel_of(call)
    need_for(call, channel, "read")
    listed = [{"id": member} for member in channel.members]
    answer = page(call, listed, key="members", default=100, most=1000)
    return {**answer, "members": [entry["id"] for entry in answer["members"]]}


METHODS = {
    "conversations.invite": invite,
    "conversations.join": join,
    "conversations.kick": kick,
    "conversations.leave": leave,
    "conversations.members": members,
}
