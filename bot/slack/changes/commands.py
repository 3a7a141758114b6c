"""`/conn change`, `/conn changes` and `/conn releases`.

Buttons about changes, releases, and changes that nobody announced.
"""

from bot.core.estate.history import ReleaseTrial
from bot.flows.changes import change_requests, unannounced
from bot.flows.changes import change_requests as flow
from bot.flows.changes import releases as calendar
from bot.language.errors import Invalid
from bot.slack import find_connection
from bot.slack.changes import release_words as release_blocks
from bot.slack.changes import words as blocks
from bot.slack.changes.forms import Propose, Trial, keep_trial, read_trial
from bot.slack.forms.sending import open_form, opens
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, incident_number
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


async def approve(handler: Handler, body: Body) -> None:
    number, by = incident_number(clicked(body)), await handler.actor(body)
    after = await handler.runtime.do(change_requests.approve, number, by)
    rest = len({one.person for one in after.missing})
    more = f" {rest} more to go." if rest else ""
    await _say(handler, body, f"You approved {after.key}.{more}")


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section(text)]))


async def withdraw(handler: Handler, body: Body) -> None:
    number, by = incident_number(clicked(body)), await handler.actor(body)
    await handler.runtime.do(change_requests.withdraw, number, by)


async def done(handler: Handler, body: Body) -> None:
    number, by = incident_number(clicked(body)), await handler.actor(body)
    await handler.runtime.do(change_requests.implement, number, by)


async def not_ours(handler: Handler, body: Body) -> None:
    number, by = incident_number(clicked(body)), await handler.actor(body)
    await handler.runtime.do(unannounced.not_ours, number, by)
    text = "Noted: it was not you. It stays a finding until a change on record explains it."
    await _say(handler, body, text)


async def trial(handler: Handler, body: Body) -> None:
    """Fine is kept at once; for anything else the reason is asked."""
    carried = clicked(body)
    if read_trial(carried)[0] is ReleaseTrial.FINE:
        await handler.runtime.do(keep_trial, carried, "", await handler.actor(body))
    else:
        await open_form(handler, body, Trial.opened)


ACTIONS = {
    Action.CHANGE_APPROVE: approve,
    Action.CHANGE_WITHDRAW: withdraw,
    Action.CHANGE_DONE: done,
    Action.UNANNOUNCED_OURS: opens(Propose.after_the_fact),
    Action.UNANNOUNCED_NOT: not_ours,
    Action.TRIAL: trial,
}
