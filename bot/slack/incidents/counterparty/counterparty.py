"""Buttons about the counter-party's side."""

from bot.core.incidents.incident import Incident
from bot.flows.incidents import counterparty
from bot.slack import ids
from bot.slack.forms.opening import opens
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action
from bot.slack.incidents.counterparty import forms


async def they_answered(handler: Handler, body: Body) -> None:
    await stop_clock(handler, ids.incident_number(clicked(body)), await handler.actor(body))


async def stop_clock(handler: Handler, number: int, by: str) -> Incident:
    """The counter-party answered."""
    return await handler.runtime.do(counterparty.answered, number, by)


ACTIONS = {
    Action.ANSWERED: they_answered,
    Action.PACKET: opens(forms.packet),
}
