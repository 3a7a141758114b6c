"""Posting, editing and deleting messages as a bot."""

from collections.abc import Iterable

from slack_standin.acts import channels, posting
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.services import Call
from slack_standin.blockkit import check_blocks, weight_of
from slack_standin.state.entities import Channel, Message
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import message_shape
from slack_standin.state.text import split_text, stored_text
from slack_standin.webapi.methods.lookup import message_of

MAX_BLOCK_WEIGHT = 13_200
_MAX_METADATA = 16_384


def post_message(call: Call) -> Json:
    channel = destination(call)
    draft = draft_of(call, channel)
    call.services.limiter.post(call.app.id, channel.id, now=call.services.clock.seconds())
    parts = split_text(draft.text) if not draft.blocks else [draft.text[:40_000]]
    sent = [
        posting.post_as_app(call.ws, channel, call.app, with_text(draft, part)) for part in parts
    ]
    first = sent[0]
    shape = message_shape(call.ws, first, metadata=True)
    return {"channel": channel.id, "ts": first.ts, "message": shape}


def with_text(draft: posting.Draft, text: str) -> posting.Draft:
    return posting.Draft(
        text=text,
        blocks=draft.blocks,
        attachments=draft.attachments,
        thread_ts=draft.thread_ts,
        broadcast=draft.broadcast,
        metadata=draft.metadata,
        subtype=draft.subtype,
        extra=draft.extra,
    )


def destination(call: Call) -> Channel:
    """Where `channel` points: an id, a `#name` or a member for the DM with the app."""
    wanted = call.text("channel")
    ws = call.ws
    if wanted in ws.users:
        return _direct_with(call, wanted)
    channel = ws.channels.get(wanted) or ws.channel_named(wanted)
    if channel is None or (channel.is_private and call.bot not in channel.members):
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.bot not in channel.members and "chat:write.public" not in call.scopes:
        raise Refusal("not_in_channel")
    if channel.type == "im" and not _accepts_dm(call):
        raise Refusal("messages_tab_disabled")
    return channel


def _accepts_dm(call: Call) -> bool:
    return read_manifest(call.app.manifest).messages_tab


def _direct_with(call: Call, user_id: str) -> Channel:
    user = call.ws.users[user_id]
    if user.deleted or user.is_bot:
        raise Refusal("channel_not_found")
    if not _accepts_dm(call):
        raise Refusal("messages_tab_disabled")
    return channels.app_dm(call.ws, call.app, user_id)


def draft_of(call: Call, channel: Channel) -> posting.Draft:
    """The message a call describes; raises Slack's refusal for content it would not take."""
    text = _text_of(call)
    blocks = blocks_of(call)
    attachments = attachments_of(call)
    if not text.strip() and not blocks and not attachments:
        raise Refusal("no_text")
    if any(name in call.args for name in ("username", "icon_emoji", "icon_url")):
        call.need("chat:write.customize")
    extra = {
        name: call.args[name]
        for name in ("username", "icon_emoji", "icon_url")
        if call.args.get(name)
    }
    return posting.Draft(
        text=text,
        blocks=tuple(blocks or ()),
        attachments=tuple(attachments or ()),
        thread_ts=_thread_of(call, channel),
        broadcast=call.flag("reply_broadcast"),
        metadata=metadata_of(call),
        subtype="bot_message" if "username" in extra else None,
        extra=extra,
    )


def _text_of(call: Call) -> str:
    markdown = call.args.get("markdown_text")
    if markdown:
        if call.args.get("text") or call.args.get("blocks"):
            raise Refusal("markdown_text_conflict")
        if len(markdown) > 12_000:
            raise Refusal("msg_too_long")
        return str(markdown)
    return stored_text(call.text("text"))


def _thread_of(call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.ws.message(channel.id, thread_ts)
    if parent is not None and parent.viewer is not None:
        raise Refusal("cannot_reply_to_message")
    # A reply to a reply belongs to the parent's thread; a parent that is gone keeps its thread.
    return thread_ts if parent is None else str(parent.body.get("thread_ts", parent.ts))


def blocks_of(call: Call) -> list[Json] | None:
    """Checked blocks, None when the argument is absent."""
    blocks = call.args.get("blocks")
    if blocks is None:
        return None
    if isinstance(blocks, str) or not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    problems = check_blocks(blocks, surface="message")
    _check_slack_files(call, blocks)
    if problems:
        lines = [f"{p.message} [json-pointer:{p.pointer}]" for p in problems]
        metadata = {"messages": [f"[ERROR] {line}" for line in lines]}
        raise Refusal("invalid_blocks", extra={"errors": lines, "response_metadata": metadata})
    if weight_of(blocks) > MAX_BLOCK_WEIGHT:
        raise Refusal("msg_blocks_too_long")
    return blocks


def _check_slack_files(call: Call, blocks: Iterable[object]) -> None:
    for block in blocks:
        if isinstance(block, dict) and isinstance(block.get("slack_file"), dict):
            file = call.ws.files.get(str(block["slack_file"].get("id", "")))
            if "id" in block["slack_file"] and (file is None or not file.complete):
                raise Refusal("invalid_blocks", extra={"errors": ["invalid slack file"]})


def attachments_of(call: Call) -> list[Json] | None:
    attachments = call.args.get("attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list):
        raise Refusal("invalid_arguments")
    if len(attachments) > 100:
        raise Refusal("too_many_attachments")
    for attachment in attachments:
        if isinstance(attachment, dict) and "blocks" in attachment:
            problems = check_blocks(attachment["blocks"], surface="message")
            if problems:
                raise Refusal("invalid_attachments")
    return attachments


def metadata_of(call: Call) -> Json | None:
    metadata = call.args.get("metadata")
    if metadata is None or metadata == {}:
        return metadata
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_schema")
    if len(str(metadata)) > _MAX_METADATA:
        raise Refusal("metadata_too_large")
    return metadata


def update(call: Call) -> Json:
    channel = call.ws.channels.get(call.text("channel"))
    if channel is None or (channel.is_private and call.bot not in channel.members):
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_inactive")
    message = message_of(call, channel, "ts")
    if message.app_id != call.app.id:
        raise Refusal("cant_update_message")
    changes = _changes(call, message)
    metadata = metadata_of(call)
    if metadata is not None:
        message.metadata = metadata or None
    posting.edit(call.ws, message, changes, editor=call.bot)
    shape = message_shape(call.ws, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": shape["text"], "message": shape}


def _changes(call: Call, message: Message) -> Json:
    text, blocks, attachments = _text_of(call), blocks_of(call), attachments_of(call)
    if "text" not in call.args and blocks is None and attachments is None and not text:
        raise Refusal("no_text")
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    if len(text) > 4000:
        raise Refusal("msg_too_long")
    changes: Json = {}
    if "text" in call.args or text:
        changes["text"] = text
    if blocks is not None or "text" in call.args:
        # New text without blocks replaces the old blocks, as in Slack.
        changes["blocks"] = blocks or None
    if attachments is not None:
        changes["attachments"] = attachments or None
    return changes


def delete(call: Call) -> Json:
    channel = call.ws.channels.get(call.text("channel"))
    if channel is None:
        raise Refusal("channel_not_found")
    message = message_of(call, channel, "ts")
    if message.app_id != call.app.id or message.body.get("subtype") == "bot_message":
        raise Refusal("cant_delete_message")
    posting.delete(call.ws, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    channel = destination(call)
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    if call.text("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    draft = draft_of(call, channel)
    if len(draft.text) > 40_000:
        raise Refusal("msg_too_long")
    message = posting.post_as_app(call.ws, channel, call.app, draft, viewer=call.text("user"))
    return {"message_ts": message.ts}


def permalink(call: Call) -> Json:
    channel = call.ws.channels.get(call.text("channel"))
    if channel is None:
        raise Refusal("channel_not_found")
    message = message_of(call, channel, "message_ts")
    path = f"/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        path += f"?thread_ts={message.body['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": f"{call.services.origin}{path}"}


METHODS = {
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
