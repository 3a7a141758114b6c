"""Teaching the playbook: its button, the owner's buttons, and the forms behind them."""

from bot.core.catalogue import Lane, Layer
from bot.core.playbook import ErrorClass, Retry
from bot.core.teaching import Lesson
from bot.flows import teaching
from bot.slack import gates, ids
from bot.slack.blocks import lessons as blocks
from bot.slack.blocks.parts import Block
from bot.slack.desk import Body, Desk, clicked
from bot.slack.ids import Action, Modal
from bot.slack.submitted import given, number_of


async def ask(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    number = ids.incident_number(clicked(body))
    draft = await runtime.store.run(teaching.draft, runtime.knowledge(), number)
    await gates.open_form(desk, body, blocks.teach(draft))


async def offer(desk: Desk, number: int) -> Block | None:
    """The form to go on with when an incident with an unknown error is over."""
    runtime = desk.runtime
    draft = await runtime.store.run(teaching.wanted, runtime.knowledge(), number)
    return blocks.teach(draft) if draft else None


async def approve(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        teaching.decide,
        runtime.knowledge(),
        ids.incident_number(clicked(body)),
        approve=True,
        by=await desk.actor(body),
        why="",
        now=runtime.clock(),
    )


async def ask_edit(desk: Desk, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await desk.runtime.store.run(teaching.open_proposal, number)
    await gates.open_form(desk, body, blocks.edit(found))


async def ask_reject(desk: Desk, body: Body) -> None:
    number = ids.incident_number(clicked(body))
    found = await desk.runtime.store.run(teaching.open_proposal, number)
    await gates.open_form(desk, body, blocks.reject(found))


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
        teaching.propose, runtime.knowledge(), number_of(body), _lesson(body), by, runtime.clock()
    )


async def edited(desk: Desk, body: Body, by: str) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        teaching.edit, runtime.knowledge(), number_of(body), _lesson(body), by, runtime.clock()
    )


async def rejected(desk: Desk, body: Body, by: str) -> None:
    runtime = desk.runtime
    await runtime.store.run(
        teaching.decide,
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
