"""`/conn rotate`: new addresses for what calls us. They are shown to the one who asked, and are
neither logged nor put into a notification. `/conn retract`: what was told there is over."""

import logging

from bot.flows.estate import ping_addresses
from bot.flows.incidents import open_incident
from bot.language.errors import Invalid
from bot.slack import find_connection
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage, message, section
from bot.slack.request import Request, done
from bot.slack.text import escape

log = logging.getLogger(__name__)


async def rotate(handler: Handler, request: Request) -> SlackMessage:
    """The old addresses stop at once. Raises Invalid where others would read the answer."""
    if not request.private:
        raise Invalid("The answer would be read by everybody here. Write /conn rotate instead.")
    connection = find_connection.find(handler, request.words, "rotate")
    made = await handler.runtime.do(ping_addresses.rotate, connection, request.by)
    log.info("addresses_rotated connection=%s by=%s", connection.id, request.by)
    title = f"{escape(connection.name)} has new addresses. The old ones stop now."
    rows = [f"`{escape(one.check)}`  `{escape(handler.address(one.path))}`" for one in made]
    return message(title, [section(f"*{title}*"), *map(section, rows)])


async def retract(handler: Handler, request: Request) -> SlackMessage:
    """Failures that were reported, and that nobody takes back, end by a person's word."""
    connection, runtime = find_connection.find(handler, request.words, "retract"), handler.runtime
    over = await runtime.do(open_incident.retract, connection, by=request.by)
    listed = ", ".join(f"“{escape(one)}”" for one in over[:5])
    more = f" and {len(over) - 5} more" if len(over) > 5 else ""
    return done(
        f"Taken back for {escape(connection.name)}: {listed}{more}. It is looked at now; what is"
        " reported from here on counts as before."
    )
