"""Buttons and modals about the counter-party's side and the review."""

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident
from bot.core.incidents.review import CauseClass
from bot.flows.incidents import counterparty
from bot.flows.incidents.ending import review
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.incidents.counterparty import counterparty_forms


async def ask_ticket(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.do(Work.incident, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.ticket(incident))


async def copy_packet(handler: Handler, body: Body) -> None:
    """The evidence as it is now, for pasting into the counter-party's portal."""
    number, _, word = clicked(body).partition("|")
    runtime = handler.runtime
    incident = await runtime.do(Work.incident, ids.incident_number(number))
    lane = Lane(word) if word in set(Lane) else incident.lane

    found = await runtime.do(counterparty.evidence_for, incident, lane) if lane else None
    if found is None:
        raise NotFound("The catalogue names nobody for this lane, so there is nothing to send.")
    await handler.open_view(body, counterparty_forms.packet(incident, found))


async def they_answered(handler: Handler, body: Body) -> None:
    await stop_clock(handler, ids.incident_number(clicked(body)), await handler.actor(body))


async def stop_clock(handler: Handler, number: int, by: str) -> Incident:
    """The counter-party answered."""
    runtime = handler.runtime
    return await runtime.do(counterparty.answered, number, by)


async def ask_joint_note(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.do(Work.incident, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.joint_held(incident))


async def ask_review(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.do(Work.incident, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.review(incident))


async def ticket(handler: Handler, body: Body, by: str) -> None:
    runtime, said = handler.runtime, given(body, "ticket")
    await runtime.do(counterparty.give_ticket, number_of(body), said, by)


async def joint_held(handler: Handler, body: Body, by: str) -> None:
    runtime, said = handler.runtime, given(body, "note")
    await runtime.do(counterparty.joint_call_held, number_of(body), said, by)


async def reviewed(handler: Handler, body: Body, by: str) -> None:
    await handler.runtime.do(
        review.review,
        number_of(body),
        cause=CauseClass(given(body, "cause")),
        helped=given(body, "helped"),
        follow_ups=given(body, "follow_ups"),
        by=by,
    )


ACTIONS = {
    Action.TICKET: ask_ticket,
    Action.ANSWERED: they_answered,
    Action.PACKET: copy_packet,
    Action.JOINT_HELD: ask_joint_note,
    Action.REVIEW: ask_review,
}
SUBMISSIONS = {
    Modal.TICKET: (ticket, "ticket"),
    Modal.JOINT_HELD: (joint_held, "note"),
    Modal.REVIEW: (reviewed, "helped"),
}
