"""Messages: posting, editing, deleting, reacting, pinning. Each tells clients and apps itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from slack_standin.state.entities import App, Channel, Message
from slack_standin.state.refusal import Json
from slack_standin.state.shapes import bot_profile, message_shape
from slack_standin.state.text import (
    fill_block_ids,
    has_broadcast,
    mentioned_groups,
    mentioned_users,
    rich_text_of,
)
from slack_standin.state.workspace import Change, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it has a timestamp. Text is already in Slack's form."""

    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    subtype: str | None = None
    extra: Json = field(default_factory=dict)


def post_as_user(ws: Workspace, channel: Channel, user: str, draft: Draft) -> Message:
    ts = ws.next_ts()
    body: Json = {"user": user, "text": draft.text, "client_msg_id": f"local-{ts}"}
    if draft.subtype is None:
        body["blocks"] = rich_text_of(draft.text)
    message = _place(ws, channel, Message(channel=channel.id, ts=ts, body=body), draft)
    channel.last_read[user] = ts
    ws.save(channel)
    return message


def post_as_app(
    ws: Workspace, channel: Channel, app: App, draft: Draft, *, viewer: str | None = None
) -> Message:
    """Post as the app's bot; with `viewer`, an ephemeral message for that member only."""
    ts = ws.next_ts()
    body: Json = {
        "user": app.bot_user,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "bot_profile": bot_profile(ws, app),
        "text": draft.text,
    }
    if draft.blocks:
        body["blocks"] = fill_block_ids(draft.blocks, ts)
    if draft.attachments:
        body["attachments"] = _numbered(draft.attachments, ts)
    message = Message(
        channel=channel.id, ts=ts, body=body, metadata=draft.metadata, viewer=viewer, app_id=app.id
    )
    if viewer is None:
        channel.last_read[app.bot_user] = ts
    return _place(ws, channel, message, draft)


def _numbered(attachments: Iterable[Json], ts: str) -> list[Json]:
    numbered = []
    for number, attachment in enumerate(attachments, start=1):
        entry = {"id": number, **attachment}
        if entry.get("blocks"):
            entry["blocks"] = fill_block_ids(entry["blocks"], f"{ts}{number}")
        numbered.append(entry)
    return numbered


def post_system(
    ws: Workspace, channel: Channel, user: str, subtype: str, text: str, **extra: object
) -> Message:
    """A line Slack itself writes, such as "set the channel topic"."""
    ts = ws.next_ts()
    body: Json = {"user": user, "text": text, **extra}
    draft = Draft(text=text, subtype=subtype)
    return _place(ws, channel, Message(channel=channel.id, ts=ts, body=body), draft)


def _place(ws: Workspace, channel: Channel, message: Message, draft: Draft) -> Message:
    body = message.body
    body.update(draft.extra)
    if draft.thread_ts and draft.thread_ts != message.ts:
        body["thread_ts"] = draft.thread_ts
    if draft.subtype:
        body["subtype"] = draft.subtype
    if draft.broadcast and draft.thread_ts:
        body["subtype"] = "thread_broadcast"
    ws.save(message)
    shape = message_shape(ws, message)
    if message.viewer is not None:
        show(ws, "ephemeral", message)
        return message
    show(ws, "message", message)
    _refresh_parent(ws, message)
    _announce_unread(ws, channel, message)
    event = {**shape, "channel": channel.id, "channel_type": channel.type, "event_ts": message.ts}
    ws.emit({**event, **_metadata_of(message)}, channel=channel)
    _emit_mentions(ws, channel, message, event)
    return message


def _metadata_of(message: Message) -> Json:
    return {"metadata": message.metadata} if message.metadata else {}


def _emit_mentions(ws: Workspace, channel: Channel, message: Message, event: Json) -> None:
    if channel.type == "im" or message.body.get("subtype") not in (None, "thread_broadcast"):
        return
    for user in mentioned_users(str(message.body.get("text", ""))):
        app = ws.app_of(user)
        if app is not None and message.author != user:
            mention = {k: v for k, v in event.items() if k != "channel_type"}
            ws.emit({**mention, "type": "app_mention"}, channel=channel, app_id=app.id)


def _refresh_parent(ws: Workspace, message: Message) -> None:
    if message.is_reply:
        parent = ws.message(message.channel, message.body["thread_ts"])
        if parent is not None:
            show(ws, "message_changed", parent)


def _announce_unread(ws: Workspace, channel: Channel, message: Message) -> None:
    for member in channel.members:
        if member != message.author:
            ws.publish(Change(type="unread", member=member, channel=channel.id))


def show(ws: Workspace, kind: str, message: Message) -> None:
    """Publish a change of this message to whoever may see it."""
    ws.publish(
        Change(
            type=kind,
            channel=message.channel,
            member=message.viewer,
            body={"message": message_shape(ws, message)},
        )
    )


def edit(ws: Workspace, message: Message, changes: Json, *, editor: str) -> Message:
    """Replace fields of a message. `edited` is set when the words change, as in Slack."""
    before = message_shape(ws, message)
    text_changed = "text" in changes and changes["text"] != message.body.get("text")
    message.body.update(_with_ids(changes, message.ts))
    for key in [k for k, v in message.body.items() if v is None]:
        del message.body[key]
    if text_changed and message.viewer is None:
        message.body["edited"] = {"user": editor, "ts": ws.next_ts()}
    ws.save(message)
    if message.viewer is not None:
        show(ws, "ephemeral_changed", message)
        return message
    show(ws, "message_changed", message)
    channel = ws.channels[message.channel]
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": message_shape(ws, message),
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.type,
        "hidden": True,
        "ts": ws.next_ts(),
    }
    ws.emit(event, channel=channel)
    return message


def _with_ids(changes: Json, ts: str) -> Json:
    changes = dict(changes)
    if changes.get("blocks"):
        changes["blocks"] = fill_block_ids(changes["blocks"], ts)
    if changes.get("attachments"):
        changes["attachments"] = _numbered(changes["attachments"], ts)
    return changes


def delete(ws: Workspace, message: Message) -> None:
    shape = message_shape(ws, message)
    channel = ws.channels[message.channel]
    ws.forget(message)
    channel.pins = [p for p in channel.pins if p["ts"] != message.ts]
    ws.save(channel)
    kind = "ephemeral_deleted" if message.viewer is not None else "message_deleted"
    ws.publish(
        Change(type=kind, channel=channel.id, member=message.viewer, body={"ts": message.ts})
    )
    if message.viewer is not None:
        return
    _refresh_parent(ws, message)
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": shape,
        "channel": channel.id,
        "channel_type": channel.type,
        "hidden": True,
        "ts": ws.next_ts(),
    }
    ws.emit(event, channel=channel)


def react(ws: Workspace, message: Message, user: str, name: str, *, add: bool) -> bool:
    """Add or remove a reaction; False when it was already so."""
    reactions: list[Json] = message.body.setdefault("reactions", [])
    entry = next((r for r in reactions if r["name"] == name), None)
    has = entry is not None and user in entry["users"]
    if has == add:
        return False
    if entry is None:
        entry = {"name": name, "users": [], "count": 0}
        reactions.append(entry)
    entry["users"] = [*entry["users"], user] if add else [u for u in entry["users"] if u != user]
    entry["count"] = len(entry["users"])
    message.body["reactions"] = [r for r in reactions if r["count"]]
    if not message.body["reactions"]:
        del message.body["reactions"]
    ws.save(message)
    show(ws, "message_changed", message)
    event = {
        "type": "reaction_added" if add else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.author,
    }
    ws.emit(event, channel=ws.channels[message.channel])
    return True


def unread_of(ws: Workspace, channel: Channel, member: str) -> tuple[int, int]:
    """(messages, mentions) after the member's read mark."""
    mark = channel.last_read.get(member, "0")
    unread = mentions = 0
    for message in reversed(ws.messages.get(channel.id, {}).values()):
        if message.ts <= mark:
            break
        if message.viewer is not None or message.author == member or not message.in_channel:
            continue
        unread += 1
        mentions += channel.is_direct or pings(ws, message, member)
    return unread, mentions


def pings(ws: Workspace, message: Message, member: str) -> bool:
    """Whether the message mentions the member, a group of theirs or everybody."""
    text = searchable(message.body)
    groups = (ws.usergroups.get(g) for g in mentioned_groups(text))
    return (
        has_broadcast(text)
        or member in mentioned_users(text)
        or any(group is not None and member in group.users for group in groups)
    )


def searchable(item: object) -> str:
    """All mrkdwn text of a message body, in one string; plain text cannot mention anybody."""
    if isinstance(item, dict):
        if item.get("type") == "plain_text":
            return ""
        return " ".join(
            searchable(v) if isinstance(v, dict | list) else str(v)
            for k, v in item.items()
            if isinstance(v, dict | list) or k == "text"
        )
    if isinstance(item, list):
        return " ".join(searchable(v) for v in item)
    return ""


def mark_read(ws: Workspace, channel: Channel, member: str, ts: str) -> None:
    channel.last_read[member] = ts
    ws.save(channel)
    ws.publish(Change(type="unread", member=member, channel=channel.id))
