"""Holding and releasing steps by command, and the button of a step that calls a webhook."""

from bot.core.people.permissions import Deed
from bot.core.runbooks.gate import Decision
from bot.flows.runbooks import gates, walk, webhook_calls
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.slack import ids
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action
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
    reason = gates.Reason(why=why, by=request.by)
    await handler.runtime.do(gates.hold, incident.id, step, title, reason)
    return done(f"⏸ “{escape(title)}” of {incident.key} waits until it is released.")


async def release(handler: Handler, request: Request) -> SlackMessage:
    """`/conn unhold [why]`: the step that is asked now."""
    incident, why = await target(handler, request)
    step = await _present(handler, incident.id)
    await handler.runtime.do(_release, incident.id, step, gates.Said(by=request.by, reason=why))
    title = await handler.runtime.do(walk.step_title, incident.id, step)
    return done(f"▶️ “{escape(title)}” of {incident.key} goes on.")


def _release(work: Work, number: int, step: str, said: gates.Said) -> None:
    gates.decide(work, gates.held(work, number, step), Decision.RELEASED, said)


async def _present(handler: Handler, number: int) -> str:
    runtime = handler.runtime
    step = await runtime.do(walk.present_step, number)
    if step is None:
        raise NotFound("No step of a runbook is asked here now.")
    return step


async def run_hook(handler: Handler, body: Body) -> None:
    """The person confirmed in Slack's dialog: write that down, then call, then write the outcome.
    When this process dies in between, the tick calls the outcome unknown."""
    click = ids.step_click(clicked(body))
    runtime = handler.runtime
    begun = await runtime.do(
        webhook_calls.begin,
        click.incident,
        step=click.step,
        seen=int(click.answer) if click.answer.isdecimal() else -1,
        by=await handler.actor(body),
    )
    handler.wake()
    outcome = await handler.call_hook(begun.hook, dict(begun.places))
    await runtime.do(webhook_calls.finish, begun.run.id, outcome)


ACTIONS = {Action.RUN_HOOK: run_hook}
