"""Buttons about changes, releases, and changes that nobody announced."""

from bot.core.estate.history import ReleaseTrial
from bot.flows.changes import change_requests, unannounced
from bot.slack.changes.forms import Propose, Trial, keep_trial, read_trial
from bot.slack.forms.opening import open_form, opens
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, incident_number
from bot.slack.kit import message, section


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
    Action.SUSPICION_OURS: opens(Propose.after_the_fact),
    Action.SUSPICION_NOT: not_ours,
    Action.TRIAL: trial,
}
