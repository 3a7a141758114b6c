"""The three-step upload. Sharing happens a moment after the answer, as in Slack."""

import asyncio
import base64

from slack_standin.acts import posting
from slack_standin.acts.services import Call, Services
from slack_standin.state.entities import Channel, StoredFile
from slack_standin.state.ids import random_id
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import file_shape
from slack_standin.state.text import stored_text


def upload_url(call: Call) -> Json:
    length = int(call.args["length"])
    if length <= 0:
        raise Refusal("missing_argument")
    if len(call.text("alt_txt")) > 1000:
        raise Refusal("alt_txt_too_large")
    if call.text("snippet_type") and length > 1_000_000:
        raise Refusal("snippet_too_large")
    file = StoredFile(
        id=random_id("F"),
        name=call.text("filename"),
        size=length,
        user=call.bot,
        created=call.ws.now(),
        alt_text=call.text("alt_txt"),
    )
    call.ws.save(file)
    return {"upload_url": f"{call.services.origin}/upload/v1/{file.id}", "file_id": file.id}


def receive(services: Services, file_id: str, content: bytes) -> str:
    """Take the bytes of step two; returns Slack's plain-text answer. Raises Refusal (HTTP 404)."""
    file = services.workspace.files.get(file_id)
    if file is None or file.complete:
        raise Refusal("file_not_found", status=404)
    file.data = base64.b64encode(content).decode()
    file.size = len(content)
    services.workspace.save(file)
    return f"OK - {len(content)}"


def complete(call: Call) -> Json:
    entries = call.args["files"]
    if not isinstance(entries, list) or not entries:
        raise Refusal("invalid_arguments")
    channels = _channels(call)
    files = [_finished(call, entry) for entry in entries]
    if channels:
        call.services.courier.spawn(_share(call, files, channels))
    return {"files": [file_shape(call.ws, f, origin=call.services.origin) for f in files]}


def _finished(call: Call, entry: object) -> StoredFile:
    file = call.ws.files.get(str(entry.get("id", ""))) if isinstance(entry, dict) else None
    if file is None or not file.data or not isinstance(entry, dict):
        raise Refusal("file_not_found")
    file.title = str(entry.get("title") or file.name)
    file.complete = True
    call.ws.save(file)
    return file


def _channels(call: Call) -> list[Channel]:
    wanted = [c for c in (call.text("channel_id") or call.text("channels")).split(",") if c]
    if len(wanted) > 100:
        raise Refusal("channels_limit_exceeded")
    channels = []
    for channel_id in wanted:
        channel = call.ws.channels.get(channel_id)
        if channel is None or (channel.is_private and call.bot not in channel.members):
            raise Refusal("channel_not_found")
        if call.bot not in channel.members:
            raise Refusal("not_in_channel")
        if channel.is_archived:
            raise Refusal("posting_to_channel_denied")
        channels.append(channel)
    return channels


async def _share(call: Call, files: list[StoredFile], channels: list[Channel]) -> None:
    await asyncio.sleep(call.services.timing.file_share)
    ws = call.ws
    for channel in channels:
        shapes = [file_shape(ws, f, origin=call.services.origin) for f in files]
        draft = posting.Draft(
            text=stored_text(call.text("initial_comment")),
            thread_ts=call.text("thread_ts") or None,
            subtype="file_share",
            extra={"files": shapes, "upload": False},
        )
        message = posting.post_as_app(ws, channel, call.app, draft)
        kind = "private" if channel.is_private else "public"
        for file in files:
            file.shares.setdefault(kind, {}).setdefault(channel.id, []).append({"ts": message.ts})
            ws.save(file)
            event = {"type": "file_shared", "file_id": file.id, "file": {"id": file.id}}
            ws.emit({**event, "user_id": call.bot, "channel_id": channel.id}, channel=channel)


def _file(call: Call) -> StoredFile:
    file = call.ws.files.get(call.text("file"))
    if file is None or file.deleted:
        raise Refusal("file_not_found")
    return file


def info(call: Call) -> Json:
    shape = file_shape(call.ws, _file(call), origin=call.services.origin)
    return {"file": shape, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(call: Call) -> Json:
    file = _file(call)
    file.deleted = True
    call.ws.save(file)
    return {}


def upload_old(call: Call) -> Json:
    raise Refusal("method_deprecated")


METHODS = {
    "files.completeUploadExternal": complete,
    "files.delete": delete,
    "files.getUploadURLExternal": upload_url,
    "files.info": info,
    "files.upload": upload_old,
}
