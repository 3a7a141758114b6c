"""`/conn change`, `/conn changes` and `/conn releases`."""

from bot.flows.changes import change_requests as flow
from bot.flows.changes import releases as calendar
from bot.language.errors import Invalid
from bot.slack import find_connection
from bot.slack.changes import release_words as release_blocks
from bot.slack.changes import words as blocks
from bot.slack.changes.forms import Propose
from bot.slack.forms.opening import open_form
from bot.slack.handler import Handler
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, actions, button, message, section
from bot.slack.request import Request
from bot.slack.text import escape


async def propose(handler: Handler, request: Request) -> SlackMessage:
    """Open the form. What was typed in a message has no way to open one, and gets a button."""
    if not request.words:
        raise Invalid("Say which connection, for example: /conn change web shop orders")
    connection = find_connection.find(handler, request.words, "change")
    if request.trigger:
        pressed = {"trigger_id": request.trigger}
        await open_form(handler, pressed, Propose.opened, connection.id, request.by)
    text = f"A change of *{escape(connection.name)}*: fill in the form."
    again = button("Open the form", Action.CHANGE_NEW, connection.id)
    return message(
        f"A change of {connection.name}: fill in the form", [section(text), actions([again], "new")]
    )


async def changes(handler: Handler, request: Request) -> SlackMessage:
    connection = find_connection.find(handler, request.words, "changes") if request.words else None
    view = await handler.runtime.do(flow.listed, connection)
    return blocks.listing(view, await handler.writer())


async def releases(handler: Handler, request: Request) -> SlackMessage:
    view = await handler.runtime.do(calendar.listed)
    return release_blocks.calendar(view, await handler.writer())
