"""`/conn change`, `/conn changes` and `/conn releases`."""

from bot.core.errors import Invalid
from bot.flows import changes as flow
from bot.flows import releases as calendar
from bot.slack import asking, gates
from bot.slack.blocks import changes as blocks
from bot.slack.blocks import releases as release_blocks
from bot.slack.blocks.parts import Message, actions, button, message, section
from bot.slack.change_actions import form
from bot.slack.desk import Desk
from bot.slack.ids import Action
from bot.slack.incident_commands import Request
from bot.slack.text import escape


async def propose(desk: Desk, request: Request) -> Message:
    """Open the form. What was typed in a message has no way to open one, and gets a button."""
    if not request.words:
        raise Invalid("Say which connection, for example: /conn change web shop orders")
    connection = asking.find(desk, request.words, "change")
    if request.trigger:
        shown = await form(desk, connection)
        await gates.open_form(desk, {"trigger_id": request.trigger}, shown, request.by)
    text = f"A change of *{escape(connection.name)}*: fill in the form."
    again = button("Open the form", Action.CHANGE_NEW, connection.id)
    return message(
        f"A change of {connection.name}: fill in the form", [section(text), actions([again], "new")]
    )


async def changes(desk: Desk, request: Request) -> Message:
    connection = asking.find(desk, request.words, "changes") if request.words else None
    catalogue = desk.runtime.knowledge().catalogue
    view = await desk.runtime.store.run(flow.listed, catalogue, connection)
    return blocks.listing(view, await desk.face())


async def releases(desk: Desk, request: Request) -> Message:
    catalogue, now = desk.runtime.knowledge().catalogue, desk.runtime.clock()
    view = await desk.runtime.store.run(calendar.listed, catalogue, now)
    return release_blocks.calendar(view, await desk.face())
