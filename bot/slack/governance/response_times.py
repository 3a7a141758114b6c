"""`/conn sla`: what was agreed with each party and how often it was not kept."""

from bot.flows.governance import response_times
from bot.slack import find_connection
from bot.slack.governance import response_time_words as sla_blocks
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage
from bot.slack.request import Request


async def sla(handler: Handler, request: Request) -> SlackMessage:
    """What was agreed with each party and how often it was not kept."""
    runtime = handler.runtime
    connection = (
        find_connection.find(handler, request.words, "sla") if request.words.strip() else None
    )
    rows = await runtime.do(response_times.sla, connection)
    return sla_blocks.table(rows, connection, await handler.writer())
