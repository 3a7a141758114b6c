"""`/conn stuck` and the buttons of its groups."""

from bot.core.estate.lane import Layer
from bot.flows import views
from bot.flows.runbooks import failed_records as flows
from bot.language.errors import Invalid
from bot.slack import find_connection, ids
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, message, section
from bot.slack.request import Request
from bot.slack.runbooks import failed_record_posts as blocks


async def stuck(handler: Handler, request: Request) -> SlackMessage:
    """Of the connection named, or of the one whose incident this channel is."""
    runtime = handler.runtime
    here = await runtime.do(views.incident_here, request.channel)
    name = request.words or (here.connection if here else "")
    if not name:
        raise Invalid("Say of which connection, or use it in an incident's channel.")
    if here is not None and not request.words:
        shown = await runtime.do(views.incident_view, here.id)
        if shown is not None and shown.children:
            return blocks.of_which(shown, await handler.writer())
    connection = find_connection.find(handler, name, "stuck")
    view = await runtime.do(flows.view, connection)
    return blocks.stuck(view, await handler.writer())


async def give(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    click = ids.step_click(clicked(body))
    given = await runtime.do(
        flows.assign, click.incident, click.step, Layer(click.answer), await handler.actor(body)
    )
    await _say(handler, body, f"{(await handler.writer()).person(given.person)} is told.")


async def clear(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    number, _, key = clicked(body).partition("|")
    free, why = await runtime.do(
        flows.clear, ids.incident_number(number), key, await handler.actor(body)
    )
    head = "🔁 Noted. " if free else "✋ Not yet: "
    await _say(handler, body, head + (await handler.writer()).say(why))


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section(text)]))


ACTIONS = {Action.STUCK_GIVE: give, Action.STUCK_CLEAR: clear}
