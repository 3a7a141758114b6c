"""Channels: creating, joining, naming, archiving. Each tells clients and apps itself.

These functions do what they are told; who may is decided by their callers.
"""

import re

from slack_standin.acts.posting import post_system
from slack_standin.state.entities import App, Channel, User
from slack_standin.state.ids import ident
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import user_shape
from slack_standin.state.workspace import Change, Workspace


def check_name(ws: Workspace, name: str) -> None:
    """Raise the Refusal Slack gives for a bad or taken channel name."""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > 80:
        raise Refusal("invalid_name_maxlength")
    if re.fullmatch(r"[-_.,!?:;'\"]+", name):
        raise Refusal("invalid_name_punctuation")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise Refusal("invalid_name_specials")
    handles = {u.name for u in ws.users.values()} | {g.handle for g in ws.usergroups.values()}
    if ws.channel_named(name) is not None or name in handles:
        raise Refusal("name_taken")


def create(ws: Workspace, name: str, creator: str, *, private: bool = False) -> Channel:
    number = 0
    while (channel_id := ident("C", name, number)) in ws.channels:
        number += 1
    channel = Channel(
        id=channel_id,
        name=name,
        type="group" if private else "channel",
        created=ws.now(),
        creator=creator,
        members=[creator] if creator else [],
    )
    ws.save(channel)
    changed(ws, channel)
    if not private:
        facts = {"id": channel.id, "name": name, "created": channel.created, "creator": creator}
        ws.emit({"type": "channel_created", "channel": facts})
    if creator:
        join_event(ws, channel, creator, inviter="")
    return channel


def changed(ws: Workspace, channel: Channel) -> None:
    ws.publish(Change(type="channel", channel=channel.id))


def join_event(ws: Workspace, channel: Channel, user: str, *, inviter: str) -> None:
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.type == "channel" else "G",
        "team": ws.team.id,
    }
    if inviter:
        event["inviter"] = inviter
    ws.emit(event, channel=channel)


def add_member(ws: Workspace, channel: Channel, user: str, *, inviter: str = "") -> None:
    channel.members.append(user)
    history = list(ws.visible(channel.id))
    channel.last_read.setdefault(user, history[-1].ts if history else ws.next_ts())
    ws.save(channel)
    changed(ws, channel)
    kind = "group" if channel.type == "group" else "channel"
    extra = {"inviter": inviter} if inviter else {}
    post_system(ws, channel, user, f"{kind}_join", f"<@{user}> has joined the channel", **extra)
    join_event(ws, channel, user, inviter=inviter)


def remove_member(ws: Workspace, channel: Channel, user: str) -> None:
    channel.members.remove(user)
    ws.save(channel)
    kind = "group" if channel.type == "group" else "channel"
    post_system(ws, channel, user, f"{kind}_leave", f"<@{user}> has left the channel")
    app = ws.app_of(user)
    if app is not None:
        ws.emit({"type": f"{kind}_left", "channel": channel.id}, app_id=app.id)
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.type == "channel" else "G",
        "team": ws.team.id,
    }
    ws.emit(event, channel=channel)
    if channel.type != "channel":
        ws.publish(Change(type="channel_gone", member=user, channel=channel.id))
    changed(ws, channel)


def rename(ws: Workspace, channel: Channel, name: str, *, by: str) -> None:
    old = channel.name
    channel.previous_names = [old, *channel.previous_names]
    channel.name = name
    ws.save(channel)
    kind = "group" if channel.type == "group" else "channel"
    text = f'has renamed the channel from "{old}" to "{name}"'
    post_system(ws, channel, by, f"{kind}_name", text, old_name=old, name=name)
    facts = {"id": channel.id, "name": name, "created": channel.created}
    ws.emit({"type": f"{kind}_rename", "channel": facts}, channel=channel)
    changed(ws, channel)


def describe(ws: Workspace, channel: Channel, what: str, value: str, *, by: str) -> None:
    """Set the `topic` or the `purpose`; the channel shows a system line about it."""
    entry = {"value": value, "creator": by, "last_set": ws.now()}
    if what == "topic":
        channel.topic = entry
    else:
        channel.purpose = entry
    ws.save(channel)
    kind = "group" if channel.type == "group" else "channel"
    text = f"set the channel {what}: {value}" if value else f"cleared the channel {what}"
    post_system(ws, channel, by, f"{kind}_{what}", text, **{what: value})
    changed(ws, channel)


def set_archived(ws: Workspace, channel: Channel, archived: bool, *, by: str) -> None:
    kind = "group" if channel.type == "group" else "channel"
    verb = "archive" if archived else "unarchive"
    text = f"<@{by}> {verb}d the channel"
    if archived:
        post_system(ws, channel, by, f"{kind}_archive", text)
    channel.is_archived = archived
    if not archived:
        if by and by not in channel.members:
            channel.members.append(by)
        post_system(ws, channel, by, f"{kind}_unarchive", text)
    ws.save(channel)
    event = {"type": f"{kind}_{verb}", "channel": channel.id, "user": by, "is_moved": 0}
    ws.emit(event, channel=channel)
    changed(ws, channel)


def direct(ws: Workspace, members: list[str]) -> tuple[Channel, bool]:
    """The conversation of exactly these members, and whether it existed already."""
    people = sorted(set(members))
    kind = "im" if len(people) <= 2 else "mpim"
    prefix = "D" if kind == "im" else "G"
    channel_id = ident(prefix, *people)
    known = ws.channels.get(channel_id)
    if known is not None:
        return known, True
    names = [ws.users[p].name for p in people]
    name = f"mpdm-{'--'.join(names)}-1" if kind == "mpim" else f"dm-{channel_id}"
    channel = Channel(id=channel_id, name=name.lower(), type=kind, created=ws.now(), members=people)
    ws.save(channel)
    changed(ws, channel)
    return channel, False


def app_dm(ws: Workspace, app: App, user: str) -> Channel:
    return direct(ws, [app.bot_user, user])[0]


def user_changed(ws: Workspace, user: User) -> None:
    user.updated = ws.now()
    ws.save(user)
    shape = user_shape(ws, user)
    ws.emit({"type": "user_change", "user": shape, "cache_ts": user.updated})
    ws.publish(Change(type="user", body={"user": shape}))


def deactivate(ws: Workspace, user: User) -> None:
    """Deactivate a member: gone from all channels, kept in the user list as deleted."""
    user.deleted = True
    for channel in ws.channels.values():
        if user.id in channel.members and not channel.is_direct:
            channel.members.remove(user.id)
            ws.save(channel)
            changed(ws, channel)
    user_changed(ws, user)
