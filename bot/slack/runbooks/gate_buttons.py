"""Buttons of steps that wait for an owner or call a webhook."""

from bot.flows.runbooks import gate_approvals, webhook_calls
from bot.language.errors import NotFound
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Desk, clicked
from bot.slack.ids import Action, Modal
from bot.slack.runbooks import gate_words as blocks


async def run_hook(desk: Desk, body: Body) -> None:
    """The person confirmed in Slack's dialog: write that down, then call, then write the outcome.
    When this process dies in between, the tick calls the outcome unknown."""
    click = ids.step_click(clicked(body))
    runtime = desk.runtime
    begun = await runtime.store.run(
        webhook_calls.begin,
        runtime.knowledge(),
        click.incident,
        step=click.step,
        seen=int(click.answer) if click.answer.isdecimal() else -1,
        by=await desk.actor(body),
        now=runtime.clock(),
    )
    desk.wake()
    outcome = await desk.call_hook(begun.hook, dict(begun.places))
    await runtime.store.run(webhook_calls.finish, begun.run.id, outcome, runtime.clock())


async def ask_approval(desk: Desk, body: Body) -> None:
    await _ask(desk, body, approve=True)


async def ask_denial(desk: Desk, body: Body) -> None:
    await _ask(desk, body, approve=False)


async def _ask(desk: Desk, body: Body, *, approve: bool) -> None:
    number = ids.incident_number(clicked(body))
    found = await desk.runtime.store.run(lambda tx: tx.approval(number))
    if found is None:
        raise NotFound("This question is no longer on record.")
    await may_open.open_form(desk, body, blocks.ruling(found, approve=approve))


async def approved(desk: Desk, body: Body, by: str) -> None:
    await _decide(desk, body, by, approve=True)


async def denied(desk: Desk, body: Body, by: str) -> None:
    await _decide(desk, body, by, approve=False)


async def _decide(desk: Desk, body: Body, by: str, *, approve: bool) -> None:
    await desk.runtime.store.run(
        gate_approvals.decide,
        number_of(body),
        approve=approve,
        by=by,
        why=given(body, "why"),
        now=desk.runtime.clock(),
    )


ACTIONS = {
    Action.RUN_HOOK: run_hook,
    Action.APPROVE: ask_approval,
    Action.DENY: ask_denial,
}
SUBMISSIONS = {
    Modal.APPROVE: (approved, "why"),
    Modal.DENY: (denied, "why"),
}
