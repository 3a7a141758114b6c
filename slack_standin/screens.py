"""What a member's browser shows: the JSON shapes of the UI contract. Reads, never changes."""

from slack_standin.acts import modals
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.posting import unread_of
from slack_standin.state.entities import Channel, Message, User
from slack_standin.state.refusal import Json
from slack_standin.state.shapes import channel_shape, message_shape, user_shape
from slack_standin.state.workspace import Change, Workspace


def state(ws: Workspace, member: User) -> Json:
    mine = [c for c in ws.channels.values() if member.id in c.members]
    return {
        "team": {"id": ws.team.id, "name": ws.team.name, "domain": ws.team.domain},
        "me": user_shape(ws, member),
        "users": [user_shape(ws, user) for user in ws.users.values()],
        "channels": [channel_view(ws, channel, member.id) for channel in mine],
        # Who is in none of them reads the name of a public one all the same.
        "names": {c.id: c.name for c in ws.channels.values() if c.type == "channel"},
        "apps": [_app(ws, app_id) for app_id in ws.apps],
        "commands": _features(ws, "commands"),
        "shortcuts": _features(ws, "shortcuts"),
        "views": [modals.shown(view) for view in modals.stack_of(ws, member.id)],
    }


def _app(ws: Workspace, app_id: str) -> Json:
    app = ws.apps[app_id]
    manifest = read_manifest(app.manifest)
    return {
        "id": app.id,
        "name": app.name,
        "bot_user_id": app.bot_user,
        "home_tab_enabled": manifest.home_tab,
        "messages_tab_enabled": manifest.messages_tab,
    }


def _features(ws: Workspace, kind: str) -> list[Json]:
    defaults = {"description": "", **({"usage_hint": ""} if kind == "commands" else {})}
    found = []
    for app in ws.apps.values():
        manifest = read_manifest(app.manifest)
        entries = manifest.commands if kind == "commands" else manifest.shortcuts
        found += [{**defaults, **entry, "app_id": app.id} for entry in entries]
    return found


def channel_view(ws: Workspace, channel: Channel, member: str) -> Json:
    unread, mentions = unread_of(ws, channel, member) if member in channel.members else (0, 0)
    latest = next(
        (m.ts for m in reversed(ws.messages.get(channel.id, {}).values()) if m.viewer is None), None
    )
    return {
        **channel_shape(ws, channel, viewer=member),
        "name": channel.name,
        "members": channel.members,
        "unread_count": unread,
        "mention_count": mentions,
        "latest_ts": latest,
        "bookmarks": channel.bookmarks,
        "pins": [pin["ts"] for pin in channel.pins],
    }


def browse(ws: Workspace, member: User) -> Json:
    public = [c for c in ws.channels.values() if c.type == "channel"]
    return {"channels": [channel_view(ws, channel, member.id) for channel in public]}


def messages(ws: Workspace, member: User, channel: str, thread_ts: str | None) -> Json:
    found = [
        m
        for m in ws.messages.get(channel, {}).values()
        if m.viewer in (None, member.id) and _belongs(m, thread_ts)
    ]
    return {"messages": [message_shape(ws, m, viewer=member.id) for m in found]}


def _belongs(message: Message, thread_ts: str | None) -> bool:
    if thread_ts:
        return thread_ts in (message.ts, message.body.get("thread_ts"))
    return message.in_channel


def home(ws: Workspace, member: User, app_id: str) -> Json:
    view = modals.home_of(ws, app_id, member.id)
    return {"view": modals.shown(view) if view is not None else None}


def frame(ws: Workspace, change: Change, member: str) -> Json | None:
    """The WebSocket frame of a change for this member, None if it is not theirs to see."""
    if change.member is not None and change.member != member:
        return None
    channel = ws.channels.get(change.channel or "")
    if change.type == "unread" and channel is not None:
        return _unread(ws, channel, member)
    if change.type == "channel_gone":
        return {"type": "channel_gone", "channel": change.channel}
    if channel is None:
        return {"type": change.type, **change.body}
    if channel.is_private and member not in channel.members:
        return None
    if change.type == "channel":
        return {"type": "channel", "channel": channel_view(ws, channel, member)}
    if member not in channel.members and change.member is None:
        return None
    return {"type": change.type, "channel": channel.id, **change.body}


def _unread(ws: Workspace, channel: Channel, member: str) -> Json:
    unread, mentions = unread_of(ws, channel, member)
    return {
        "type": "unread",
        "channel": channel.id,
        "unread_count": unread,
        "mention_count": mentions,
        "last_read": channel.last_read.get(member, "0"),
    }
