"""Holding, releasing and denying steps, from the step itself, from a letter and by command."""

from bot.core.people.permissions import Deed
from bot.core.runbooks.gate_hold import Decision, Hold
from bot.flows.runbooks import gate_holds, walk
from bot.language.errors import NotFound, Refused
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import OLDER_BUTTON, Action, Modal
from bot.slack.incidents.commands import must
from bot.slack.kit import SlackMessage
from bot.slack.request import Request, done, target
from bot.slack.runbooks import hold_words as forms
from bot.slack.text import escape


async def ask_hold(handler: Handler, body: Body, number: int, step: str) -> None:
    title = await _title(handler, number, step)
    await may_open.open_form(handler, body, forms.hold(number, step, title))


async def ask_release(handler: Handler, body: Body) -> None:
    number, step = _target(clicked(body))
    await may_open.open_form(handler, body, forms.release(await _standing(handler, number, step)))


async def ask_deny(handler: Handler, body: Body) -> None:
    number, step = _target(clicked(body))
    await may_open.open_form(handler, body, forms.deny(await _standing(handler, number, step)))


async def hold(handler: Handler, request: Request) -> SlackMessage:
    """`/conn hold <why>`: the step that is asked now."""
    incident, why = await target(handler, request)
    await must(handler, Deed.HOLD, incident, request.by)
    step = await _present(handler, incident.id)
    await _hold(handler, incident.id, step, request.by, why)
    title = escape(await _title(handler, incident.id, step))
    return done(f"⏸ “{title}” of {incident.key} waits until it is released.")


async def release(handler: Handler, request: Request) -> SlackMessage:
    """`/conn unhold [why]`: the step that is asked now."""
    incident, why = await target(handler, request)
    step = await _present(handler, incident.id)
    await _decide(handler, (incident.id, step, None), Decision.RELEASED, request.by, why)
    title = escape(await _title(handler, incident.id, step))
    return done(f"▶️ “{title}” of {incident.key} goes on.")


async def held(handler: Handler, body: Body, by: str) -> None:
    await _hold(handler, number_of(body), _step_of(body), by, given(body, "why"))


async def released(handler: Handler, body: Body, by: str) -> None:
    await _decide(handler, _held_of(body), Decision.RELEASED, by, given(body, "why"))


async def denied(handler: Handler, body: Body, by: str) -> None:
    await _decide(handler, _held_of(body), Decision.DENIED, by, given(body, "why"))


async def _hold(handler: Handler, number: int, step: str, by: str, why: str) -> None:
    runtime = handler.runtime
    await runtime.do(
        gate_holds.hold,
        number,
        step=step,
        title=await _title(handler, number, step),
        why=why,
        by=by,
    )


async def _decide(
    handler: Handler, held: tuple[int, str, int | None], decision: Decision, by: str, why: str
) -> None:
    """`held` are the incident, the step and, where a form was open, the hold that it showed."""
    runtime = handler.runtime
    number, step, seen = held
    await runtime.do(gate_holds.decide, number, decision, step=step, by=by, reason=why, seen=seen)


async def _standing(handler: Handler, number: int, step: str) -> Hold:
    found = await handler.runtime.store.run(lambda tx: tx.step_hold(number, step))
    if found is None:
        raise NotFound("Nothing is held here.")
    return found


async def _present(handler: Handler, number: int) -> str:
    runtime = handler.runtime
    step = await runtime.do(walk.present_step, number)
    if step is None:
        raise NotFound("No step of a runbook is asked here now.")
    return step


async def _title(handler: Handler, number: int, step: str) -> str:
    runtime = handler.runtime
    return await runtime.do(walk.step_title, number, step)


def _target(text: str) -> tuple[int, str]:
    number, _, step = text.partition("|")
    if not step:
        raise Refused(OLDER_BUTTON)
    return ids.incident_number(number), step


def _step_of(body: Body) -> str:
    return ids.carried(body).partition("|")[2]


def _held_of(body: Body) -> tuple[int, str, int | None]:
    shown = ids.step_click(ids.carried(body))
    return shown.incident, shown.step, ids.incident_number(shown.answer)


ACTIONS = {Action.RELEASE: ask_release, Action.HOLD_DENY: ask_deny}
SUBMISSIONS = {
    Modal.HOLD: (held, "why"),
    Modal.RELEASE: (released, "why"),
    Modal.HOLD_DENY: (denied, "why"),
}
