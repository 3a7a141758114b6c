"""Messages kept on the timeline: by a reaction, by the message shortcut, and as they change.

A reaction event only says that something changed: what counts is who has the reaction on the
message when it is read again, so that redeliveries and events out of order do no harm.
"""

import html
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.core.incidents.incident import Incident
from bot.flows import views
from bot.flows.incidents import channels
from bot.flows.incidents.channels import PinnedMessage
from bot.language.errors import NotAllowed
from bot.slack.estate import words as estate
from bot.slack.handler import Body, Handler, channel_of
from bot.slack.kit import message as said
from bot.slack.kit import section
from bot.slack.platform.gateway import Refusal

_MARKUP = re.compile(r"<([@#!]?)([^>|]*)(?:\|([^>]*))?>")


async def reacted(handler: Handler, body: Body) -> None:
    """A reaction was added or taken back."""
    event, item = body["event"], body["event"].get("item") or {}
    if event.get("reaction") != handler.timeline_emoji or item.get("type") != "message":
        return
    channel, ts = str(item["channel"]), str(item["ts"])
    incident = await handler.runtime.do(views.incident_here, channel)
    if incident is None:
        return
    # One at a time: of two events about one message the later read must win.
    async with handler.reading:
        raw = await _read(handler, channel, ts)
        if raw is None or _ours(handler, raw):
            return  # what we say ourselves is on the timeline already
        people = await _people(handler, raw)
        found = await _message(handler, channel, raw)
        changed = await handler.runtime.do(channels.follow_reactions, incident, found, people)
    if changed:
        await _tell(handler, incident, channel, str(event["user"]), on=bool(people))


async def _people(handler: Handler, raw: dict[str, Any]) -> list[str]:
    """Whoever keeps the message; what an app does counts for nothing."""
    found = []
    for one in raw.get("reactions", ()):
        for user in one.get("users", ()) if one["name"] == handler.timeline_emoji else ():
            with suppress(NotAllowed):
                found.append(await handler.people.actor(str(user)))
    return found


async def _tell(handler: Handler, incident: Incident, channel: str, user: str, *, on: bool) -> None:
    text = f"📌 {'Kept on' if on else 'Struck from'} the timeline of {incident.key}."
    try:
        await handler.gateway.call(
            "chat.postEphemeral", channel=channel, user=user, text=text, blocks=[section(text)]
        )
    except Refusal:
        return  # they left the channel, or it was archived: it is kept all the same


async def by_shortcut(handler: Handler, body: Body) -> None:
    """The message shortcut, in an incident's channel."""
    channel = channel_of(body)
    incident = await handler.runtime.do(views.incident_here, channel)
    if incident is None:
        live = await handler.runtime.do(views.live_incidents)
        why = "Use this on a message in an incident's channel."
        await handler.reply(body, estate.incidents(live, why, await handler.writer()))
        return
    found = await _message(handler, channel, body["message"])
    by = await handler.actor(body)
    fresh = await handler.runtime.do(channels.keep, incident, found, by)
    text = f"📌 {'Kept' if fresh else 'It is already'} on the timeline of {incident.key}."
    await handler.reply(body, said(text, [section(text)]))


async def followed(handler: Handler, body: Body) -> None:
    """A message in a channel was edited or deleted by its author."""
    event = body["event"]
    channel, kind = str(event["channel"]), event.get("subtype")
    if kind not in ("message_changed", "message_deleted"):
        return
    incident = await handler.runtime.do(views.incident_here, channel)
    if incident is None:
        return
    if kind == "message_deleted":
        source = _source(channel, str(event["deleted_ts"]))
        await handler.runtime.do(channels.deleted, incident, source)
        return
    changed = event.get("message") or {}
    if not _ours(handler, changed):
        text = await _words(handler, changed)
        source = _source(channel, str(changed.get("ts", "")))
        await handler.runtime.do(channels.edited, incident, source, text)


async def _read(handler: Handler, channel: str, ts: str) -> dict[str, Any] | None:
    """The message as it is now, in the channel or in a thread; None when it is gone."""
    # The event does not say whether the message stands in a thread.
    for method in ("conversations.history", "conversations.replies"):
        parent = ts if method == "conversations.replies" else None
        try:
            answer = await handler.gateway.call(
                method, channel=channel, ts=parent, oldest=ts, latest=ts, inclusive=True, limit=1
            )
        except Refusal as error:
            if error.error == "thread_not_found":
                continue
            raise
        for raw in answer.get("messages", ()):
            if raw.get("ts") == ts:
                return dict(raw)
    return None


async def _message(handler: Handler, channel: str, raw: dict[str, Any]) -> PinnedMessage:
    ts = str(raw["ts"])
    try:
        answer = await handler.gateway.call("chat.getPermalink", channel=channel, message_ts=ts)
        link = str(answer.get("permalink", ""))
    except Refusal:
        link = ""
    user = str(raw.get("user") or "")
    # An app's message carries the user who installed it, who wrote none of it.
    written = user and not raw.get("bot_id")
    return PinnedMessage(
        source=_source(channel, ts),
        at=datetime.fromtimestamp(float(ts), UTC),
        text=await _words(handler, raw),
        by=await handler.people.person(user) if written else None,
        permalink=link if link.startswith("https://") or link.startswith("http://") else "",
    )


def _ours(handler: Handler, raw: dict[str, Any]) -> bool:
    return bool(handler.bot_user) and raw.get("user") == handler.bot_user


def _source(channel: str, ts: str) -> str:
    return f"{channel}|{ts}"


async def _words(handler: Handler, raw: dict[str, Any]) -> str:
    """The message's text without Slack's markup: names for mentions, words for links."""
    names: dict[str, str] = {}
    text = str(raw.get("text") or "")
    writer = await handler.writer()
    for kind, target, _ in _MARKUP.findall(text):
        if kind == "@":
            names[target] = writer.plain_name(await handler.people.person(target))

    def plain(match: re.Match[str]) -> str:
        kind, target, label = match.groups()
        if kind == "@":
            return f"@{names[target]}"
        return f"{kind}{label or target}"

    words = handler.clean(html.unescape(_MARKUP.sub(plain, text)))
    app = (raw.get("bot_profile") or {}).get("name") or raw.get("username")
    return f"{app}: {words}" if raw.get("bot_id") and app else words
