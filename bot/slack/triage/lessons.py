"""Teaching the playbook: its button, the owner's buttons, and the forms behind them."""

from bot.core.estate.lane import Lane, Layer
from bot.core.triage.lesson import Lesson
from bot.core.triage.playbook import ErrorClass, Retry
from bot.flows.triage import lessons
from bot.slack import ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Desk, clicked
from bot.slack.ids import Action, Modal
from bot.slack.kit import Block
from bot.slack.triage import lesson_words as blocks


async def ask(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    number = ids.incident_number(clicked(body))
    draft = await runtime.store.run(lessons.draft, runtime.knowledge(), number)
    await may_open.open_form(desk, body, blocks.teach(draft))


async def offer(desk: Desk, number: int) -> Block | None:
    """The form to go on with when an incident with an unknown error is over."""
    runtime = desk.runtime
    draft = await runtime.store.run(lessons.wanted, runtime.knowledge(), number)
    return blocks.teach(draft) if draft else None


async def approve(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        lessons.decide,
        runtime.knowledge(),
        ids.incident_number(clicked(body)),
        approve=True,
        by=await desk.actor(body),
        why="",
        now=runtime.clock(),
    )


async def ask_edit(desk: Desk, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await desk.runtime.store.run(lessons.open_proposal, number)
    await may_open.open_form(desk, body, blocks.edit(found))


async def ask_reject(desk: Desk, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await desk.runtime.store.run(lessons.open_proposal, number)
    await may_open.open_form(desk, body, blocks.reject(found))


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


async def proposed(desk: Desk, body: Body, by: str) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        lessons.propose, runtime.knowledge(), number_of(body), _lesson(body), by, runtime.clock()
    )


async def edited(desk: Desk, body: Body, by: str) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        lessons.edit, runtime.knowledge(), number_of(body), _lesson(body), by, runtime.clock()
    )


async def rejected(desk: Desk, body: Body, by: str) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        lessons.decide,
        runtime.knowledge(),
        number_of(body),
        approve=False,
        by=by,
        why=given(body, "why"),
        now=runtime.clock(),
    )


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
