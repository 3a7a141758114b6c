"""Bookmarks, pins and reactions."""

import re

from slack_standin.acts import channels, posting
from slack_standin.acts.services import Call
from slack_standin.state.entities import Channel, Message
from slack_standin.state.ids import random_id
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import message_shape
from slack_standin.webapi.methods.lookup import (
    channel_of,
    joined_channel_of,
    message_of,
    open_channel_of,
)

_MAX_PINS = 100
_MAX_BOOKMARKS = 100
_MAX_REACTIONS = 23
_EMOJI_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def bookmark_add(call: Call) -> Json:
    channel = joined_channel_of(call, "channel_id")
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.text("type") != "link":
        raise Refusal("invalid_bookmark_type")
    _check_link(call.text("link"))
    if len(channel.bookmarks) >= _MAX_BOOKMARKS:
        raise Refusal("too_many_bookmarks")
    bookmark: Json = {
        "id": random_id("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "icon_url": "",
        "type": "link",
        "date_created": call.ws.now(),
        "date_updated": 0,
        "rank": "U",
        "last_updated_by_user_id": call.bot,
        "app_id": call.app.id,
    }
    channel.bookmarks = [*channel.bookmarks, bookmark]
    _changed(call, channel)
    return {"bookmark": bookmark}


def _check_link(link: str) -> None:
    if not re.match(r"https?://", link):
        raise Refusal("invalid_link")


def _changed(call: Call, channel: Channel) -> None:
    call.ws.save(channel)
    channels.changed(call.ws, channel)


def bookmark_list(call: Call) -> Json:
    return {"bookmarks": joined_channel_of(call, "channel_id").bookmarks}


def _bookmark(call: Call, channel: Channel) -> Json:
    for bookmark in channel.bookmarks:
        if bookmark["id"] == call.text("bookmark_id"):
            return bookmark
    raise Refusal("not_found")


def bookmark_edit(call: Call) -> Json:
    channel = joined_channel_of(call, "channel_id")
    bookmark = _bookmark(call, channel)
    if call.text("link"):
        _check_link(call.text("link"))
    for name in ("title", "link", "emoji"):
        if name in call.args:
            bookmark[name] = call.args[name]
    bookmark["date_updated"] = call.ws.now()
    _changed(call, channel)
    return {"bookmark": bookmark}


def bookmark_remove(call: Call) -> Json:
    channel = joined_channel_of(call, "channel_id")
    bookmark = _bookmark(call, channel)
    channel.bookmarks = [b for b in channel.bookmarks if b is not bookmark]
    _changed(call, channel)
    return {}


def _pinnable(call: Call) -> tuple[Channel, Message]:
    channel = open_channel_of(call)
    stamp = call.text("timestamp")
    if not stamp:
        raise Refusal("no_item_specified")
    if not re.fullmatch(r"\d+\.\d+", stamp):
        raise Refusal("bad_timestamp")
    return channel, message_of(call, channel, "timestamp")


def pin_add(call: Call) -> Json:
    channel, message = _pinnable(call)
    if any(pin["ts"] == message.ts for pin in channel.pins):
        raise Refusal("already_pinned")
    if len(channel.pins) >= _MAX_PINS:
        raise Refusal("too_many_pins")
    channel.pins = [
        *channel.pins,
        {"ts": message.ts, "created": call.ws.now(), "created_by": call.bot},
    ]
    _changed(call, channel)
    posting.show(call.ws, "message_changed", message)
    _pin_event(call, channel, message, "pin_added")
    return {}


def pin_remove(call: Call) -> Json:
    channel, message = _pinnable(call)
    if all(pin["ts"] != message.ts for pin in channel.pins):
        raise Refusal("no_pin")
    channel.pins = [pin for pin in channel.pins if pin["ts"] != message.ts]
    _changed(call, channel)
    posting.show(call.ws, "message_changed", message)
    _pin_event(call, channel, message, "pin_removed")
    return {}


def _pin_event(call: Call, channel: Channel, message: Message, kind: str) -> None:
    item = {"type": "message", "channel": channel.id, "message": message_shape(call.ws, message)}
    event = {"type": kind, "user": call.bot, "channel_id": channel.id, "item": item}
    call.ws.emit(event, channel=channel)


def pin_list(call: Call) -> Json:
    channel = joined_channel_of(call)
    items = []
    for pin in channel.pins:
        message = call.ws.message(channel.id, pin["ts"])
        if message is not None:
            shape = message_shape(call.ws, message)
            items.append({"type": "message", "channel": channel.id, "message": shape, **pin})
    return {"items": items}


def _reacted(call: Call) -> Message:
    channel = channel_of(call)
    if channel.is_archived:
        raise Refusal("is_archived")
    if not call.text("timestamp"):
        raise Refusal("no_item_specified")
    if not re.fullmatch(r"\d+\.\d+", call.text("timestamp")):
        raise Refusal("bad_timestamp")
    return message_of(call, channel, "timestamp")


def reaction_add(call: Call) -> Json:
    message = _reacted(call)
    name = call.text("name").strip(":")
    if not _EMOJI_NAME.fullmatch(name):
        raise Refusal("invalid_name")
    names = {r["name"] for r in message.body.get("reactions", [])}
    if name not in names and len(names) >= _MAX_REACTIONS:
        raise Refusal("too_many_emoji")
    if not posting.react(call.ws, message, call.bot, name, add=True):
        raise Refusal("already_reacted")
    return {}


def reaction_remove(call: Call) -> Json:
    if not posting.react(
        call.ws, _reacted(call), call.bot, call.text("name").strip(":"), add=False
    ):
        raise Refusal("no_reaction")
    return {}


def reaction_get(call: Call) -> Json:
    message = _reacted(call)
    shape = message_shape(call.ws, message)
    return {"type": "message", "channel": message.channel, "message": shape}


METHODS = {
    "bookmarks.add": bookmark_add,
    "bookmarks.edit": bookmark_edit,
    "bookmarks.list": bookmark_list,
    "bookmarks.remove": bookmark_remove,
    "pins.add": pin_add,
    "pins.list": pin_list,
    "pins.remove": pin_remove,
    "reactions.add": reaction_add,
    "reactions.get": reaction_get,
    "reactions.remove": reaction_remove,
}
