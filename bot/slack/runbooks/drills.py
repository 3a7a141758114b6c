"""`/conn drill`."""

from bot.flows.runbooks import drills
from bot.language.errors import Invalid
from bot.slack import find_connection
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage, message, section
from bot.slack.request import Request
from bot.slack.text import escape


async def drill(handler: Handler, request: Request) -> SlackMessage:
    if not request.words:
        raise Invalid("Say of which connection, for example: /conn drill web shop orders")
    connection = find_connection.find(handler, request.words, "drill")
    runtime = handler.runtime
    begun = await runtime.do(drills.start, connection, request.by)
    responder = (await handler.writer()).person(connection.first_responder)
    text = (
        f"🎭 {begun.key} is a drill of {escape(connection.name)}: {responder} is pinged, and its"
        " channel opens. *Resolve…* on its card ends it."
    )
    return message(text, [section(text)])
