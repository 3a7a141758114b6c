"""The button with which an owner approves a proposed entry of the playbook."""

from bot.flows.triage import lessons
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, incident_number


async def approve(handler: Handler, body: Body) -> None:
    await handler.runtime.do(
        lessons.decide,
        incident_number(clicked(body)),
        approve=True,
        by=await handler.actor(body),
        why="",
    )


ACTIONS = {Action.LESSON_APPROVE: approve}
