"""Buttons and modals about the counter-party's side and the review."""

from bot.core.estate.lane import Lane
from bot.core.incidents.evidence_packet import Packet
from bot.core.incidents.incident import Incident
from bot.core.incidents.review import CauseClass
from bot.flows import work
from bot.flows.incidents import counterparty
from bot.flows.incidents.ending import review
from bot.language.errors import NotFound
from bot.ports import Tx
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.incidents.counterparty import counterparty_forms


async def ask_ticket(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.store.run(work.load, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.ticket(incident))


async def copy_packet(handler: Handler, body: Body) -> None:
    """The evidence as it is now, for pasting into the counter-party's portal."""
    number, _, word = clicked(body).partition("|")
    runtime = handler.runtime
    incident = await runtime.store.run(work.load, ids.incident_number(number))
    lane = Lane(word) if word in set(Lane) else incident.lane

    def write(tx: Tx) -> Packet | None:
        if lane is None:
            return None
        return counterparty.evidence_for(tx, runtime.knowledge(), incident, lane, runtime.clock())

    found = await runtime.store.run(write)
    if found is None:
        raise NotFound("The catalogue names nobody for this lane, so there is nothing to send.")
    await handler.open_view(body, counterparty_forms.packet(incident, found))


async def they_answered(handler: Handler, body: Body) -> None:
    await stop_clock(handler, ids.incident_number(clicked(body)), await handler.actor(body))


async def stop_clock(handler: Handler, number: int, by: str) -> Incident:
    """The counter-party answered."""
    runtime = handler.runtime
    return await runtime.store.run(
        counterparty.answered, runtime.knowledge(), number, by, runtime.clock()
    )


async def ask_joint_note(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.store.run(work.load, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.joint_held(incident))


async def ask_review(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.store.run(work.load, ids.incident_number(clicked(body)))
    await may_open.open_form(handler, body, counterparty_forms.review(incident))


async def ticket(handler: Handler, body: Body, by: str) -> None:
    runtime, said = handler.runtime, given(body, "ticket")
    await runtime.store.run(
        counterparty.give_ticket, runtime.knowledge(), number_of(body), said, by, runtime.clock()
    )


async def joint_held(handler: Handler, body: Body, by: str) -> None:
    runtime, said = handler.runtime, given(body, "note")
    await runtime.store.run(
        counterparty.joint_call_held,
        runtime.knowledge(),
        number_of(body),
        said,
        by,
        runtime.clock(),
    )


async def reviewed(handler: Handler, body: Body, by: str) -> None:
    await handler.runtime.store.run(
        review.review,
        handler.runtime.knowledge(),
        number_of(body),
        cause=CauseClass(given(body, "cause")),
        helped=given(body, "helped"),
        follow_ups=given(body, "follow_ups"),
        by=by,
        now=handler.runtime.clock(),
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
