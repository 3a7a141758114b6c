"""Being spoken to: a mention is answered in its thread, a direct message where it was written."""

import re

from bot.core.errors import BotError
from bot.slack import commands
from bot.slack.blocks.parts import Message, message, section
from bot.slack.desk import Body, Desk
from bot.slack.incident_commands import Request

_MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")


async def mentioned(desk: Desk, body: Body) -> None:
    """Answer a mention in a thread under it, for everybody in the channel."""
    event = body["event"]
    if event.get("bot_id") or not event.get("user"):
        return
    answer = await _answer(desk, event)
    await desk.say(event["channel"], answer, thread=event.get("thread_ts") or event["ts"])


async def direct(desk: Desk, body: Body) -> None:
    """Answer a direct message; edits, joins and other bots are not for us."""
    event = body["event"]
    spoken = event.get("channel_type") == "im" and not event.get("subtype")
    if not spoken or event.get("bot_id") or not event.get("user"):
        return
    answer = await _answer(desk, event)
    await desk.say(event["channel"], answer, thread=event.get("thread_ts"))


async def _answer(desk: Desk, event: Body) -> Message:
    words = _MENTION.sub(" ", str(event.get("text", ""))).strip()
    request = Request(
        by=await desk.people.person(str(event["user"])),
        channel=str(event["channel"]),
        words=words.removeprefix("/conn").strip(),
        private=event.get("channel_type") == "im",
    )
    try:
        return await commands.answer(desk, request)
    except BotError as error:
        text = (await desk.face()).say(str(error))
        return message(text, [section(text)])
