"""Being spoken to: a mention is answered in its thread, a direct message where it was written."""

import re

from bot.language.errors import BotError, Unsure
from bot.slack import commands
from bot.slack.handler import Body, Handler
from bot.slack.kit import SlackMessage, message, question, section
from bot.slack.request import Request

# A reply that is also sent to the conversation, and a message with a file, are still messages.
_SPOKEN = frozenset({None, "", "thread_broadcast", "file_share"})


async def mentioned(handler: Handler, body: Body) -> None:
    """Answer a mention in a thread under it, for everybody in the channel."""
    event = body["event"]
    if event.get("bot_id") or not event.get("user"):
        return
    answer = await _answer(handler, event)
    await handler.say(event["channel"], answer, thread=event.get("thread_ts") or event["ts"])


async def direct(handler: Handler, body: Body) -> None:
    """Answer a direct message; edits, joins and other bots are not for us."""
    event = body["event"]
    spoken = event.get("channel_type") == "im" and event.get("subtype") in _SPOKEN
    if not spoken or event.get("bot_id") or not event.get("user"):
        return
    answer = await _answer(handler, event)
    await handler.say(event["channel"], answer, thread=event.get("thread_ts"))


async def _answer(handler: Handler, event: Body) -> SlackMessage:
    # Only the bot's own name is dropped; whoever else is named is meant.
    own = re.compile(rf"<@{re.escape(handler.bot_user)}(?:\|[^>]*)?>") if handler.bot_user else None
    text = str(event.get("text") or "")
    words = (own.sub(" ", text) if own else text).strip()
    request = Request(
        by=await handler.people.actor(str(event["user"])),
        channel=str(event["channel"]),
        words=words.removeprefix("/conn").strip(),
        private=event.get("channel_type") == "im",
        spoken=True,
    )
    try:
        return await commands.answer(handler, request)
    except Unsure as unsure:
        return question(unsure, await handler.writer())
    except BotError as error:
        text = (await handler.writer()).say(str(error))
        return message(text, [section(text)])
