"""Teaching the playbook: its button, the owner's buttons, and the forms behind them."""

from bot.core.estate.lane import Lane, Layer
from bot.core.triage.lesson import Lesson
from bot.core.triage.playbook import ErrorClass, Retry
from bot.flows.triage import lessons
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.kit import Block
from bot.slack.triage import lesson_words as blocks


async def ask(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    number = ids.incident_number(clicked(body))
    draft = await runtime.do(lessons.draft, number)
    await may_open.open_form(handler, body, blocks.teach(draft))


async def offer(handler: Handler, number: int) -> Block | None:
    """The form to go on with when an incident with an unknown error is over."""
    runtime = handler.runtime
    draft = await runtime.do(lessons.wanted, number)
    return blocks.teach(draft) if draft else None


async def approve(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    await runtime.do(
        lessons.decide,
        ids.incident_number(clicked(body)),
        approve=True,
        by=await handler.actor(body),
        why="",
    )


async def ask_edit(handler: Handler, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await handler.runtime.do(lessons.open_proposal, number)
    await may_open.open_form(handler, body, blocks.edit(found))


async def ask_reject(handler: Handler, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await handler.runtime.do(lessons.open_proposal, number)
    await may_open.open_form(handler, body, blocks.reject(found))


def _lesson(body: Body) -> Lesson:
    return Lesson(
        signature=given(body, "signature"),
        error_class=ErrorClass(given(body, "class")),
        meaning=given(body, "meaning"),
        first_check=given(body, "first_check"),
        fix=given(body, "fix"),
        retry=Retry(given(body, "retry")),
        lane=Lane(given(body, "lane")),
        layer=Layer(given(body, "layer")),
    )


async def proposed(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(lessons.propose, number_of(body), _lesson(body), by)


async def edited(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(lessons.edit, number_of(body), _lesson(body), by)


async def rejected(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(lessons.decide, number_of(body), approve=False, by=by, why=given(body, "why"))


ACTIONS = {
    Action.TEACH: ask,
    Action.LESSON_APPROVE: approve,
    Action.LESSON_EDIT: ask_edit,
    Action.LESSON_REJECT: ask_reject,
}
SUBMISSIONS = {
    Modal.TEACH: (proposed, "signature"),
    Modal.LESSON_EDIT: (edited, "signature"),
    Modal.LESSON_REJECT: (rejected, "why"),
}
