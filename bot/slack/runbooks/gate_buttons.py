"""Buttons of steps that wait for an owner or call a webhook."""

from bot.flows.runbooks import gate_approvals, webhook_calls
from bot.language.errors import NotFound
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.runbooks import gate_words as blocks


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


async def ask_approval(handler: Handler, body: Body) -> None:
    await _ask(handler, body, approve=True)


async def ask_denial(handler: Handler, body: Body) -> None:
    await _ask(handler, body, approve=False)


async def _ask(handler: Handler, body: Body, *, approve: bool) -> None:
    number = ids.incident_number(clicked(body))
    found = await handler.runtime.store.run(lambda tx: tx.approval(number))
    if found is None:
        raise NotFound("This question is no longer on record.")
    await may_open.open_form(handler, body, blocks.ruling(found, approve=approve))


async def approved(handler: Handler, body: Body, by: str) -> None:
    await _decide(handler, body, by, approve=True)


async def denied(handler: Handler, body: Body, by: str) -> None:
    await _decide(handler, body, by, approve=False)


async def _decide(handler: Handler, body: Body, by: str, *, approve: bool) -> None:
    await handler.runtime.do(
        gate_approvals.decide, number_of(body), approve=approve, by=by, why=given(body, "why")
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
