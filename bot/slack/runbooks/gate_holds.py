"""Holding and releasing steps by command."""

from bot.core.people.permissions import Deed
from bot.core.runbooks.gate_hold import Decision
from bot.flows.runbooks import gate_holds, walk
from bot.language.errors import NotFound
from bot.slack.handler import Handler
from bot.slack.incidents.commands import must
from bot.slack.kit import SlackMessage
from bot.slack.request import Request, done, target
from bot.slack.text import escape


async def hold(handler: Handler, request: Request) -> SlackMessage:
    """`/conn hold <why>`: the step that is asked now."""
    incident, why = await target(handler, request)
    await must(handler, Deed.HOLD, incident, request.by)
    step = await _present(handler, incident.id)
    title = await handler.runtime.do(walk.step_title, incident.id, step)
    await handler.runtime.do(
        gate_holds.hold, incident.id, step=step, title=title, why=why, by=request.by
    )
    return done(f"⏸ “{escape(title)}” of {incident.key} waits until it is released.")


async def release(handler: Handler, request: Request) -> SlackMessage:
    """`/conn unhold [why]`: the step that is asked now."""
    incident, why = await target(handler, request)
    step = await _present(handler, incident.id)
    await handler.runtime.do(
        gate_holds.decide, incident.id, Decision.RELEASED, step=step, by=request.by, reason=why
    )
    title = await handler.runtime.do(walk.step_title, incident.id, step)
    return done(f"▶️ “{escape(title)}” of {incident.key} goes on.")


async def _present(handler: Handler, number: int) -> str:
    runtime = handler.runtime
    step = await runtime.do(walk.present_step, number)
    if step is None:
        raise NotFound("No step of a runbook is asked here now.")
    return step
