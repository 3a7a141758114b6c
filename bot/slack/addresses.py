"""`/conn rotate`: new addresses for what calls us. They are shown to the one who asked, and are
neither logged nor put into a notification."""

import logging

from bot.core.errors import Invalid
from bot.flows import estate
from bot.slack import asking
from bot.slack.blocks.parts import Message, message, section
from bot.slack.desk import Desk
from bot.slack.incident_commands import Request
from bot.slack.text import escape

log = logging.getLogger(__name__)


async def rotate(desk: Desk, request: Request) -> Message:
    """The old addresses stop at once. Raises Invalid where others would read the answer."""
    if not request.private:
        raise Invalid("The answer would be read by everybody here. Write /conn rotate instead.")
    connection = asking.find(desk, request.words, "rotate")
    made = await desk.runtime.store.run(estate.rotate, connection, request.by)
    log.info("addresses_rotated connection=%s by=%s", connection.id, request.by)
    title = f"{escape(connection.name)} has new addresses. The old ones stop now."
    rows = [f"`{escape(one.check)}`  `{escape(desk.address(one.path))}`" for one in made]
    return message(title, [section(f"*{title}*"), *map(section, rows)])
