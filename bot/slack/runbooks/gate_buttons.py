"""The button of a step that calls a webhook."""

from bot.flows.runbooks import webhook_calls
from bot.slack import ids
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action


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
