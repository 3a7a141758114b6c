"""Steps that are more than a question: what is written, who may approve, and when a wait ends."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.estate.lane import Layer
from bot.core.monitoring.rules import Verdict
from bot.core.runbooks.runbook import Runbook, Step, StepAnswer
from bot.core.runbooks.step_kinds import Field, StepKind, Wait, WaitSignal
from bot.flows import views
from bot.flows.runbooks import walk
from bot.language.errors import Refused
from bot.language.marks import who
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

BOOK = Runbook(
    id="generic",
    name="Generic",
    summary="A form, an approval and a wait.",
    steps=(
        Step(
            id="note",
            title="Note",
            ask="Write it down.",
            why="",
            kind=StepKind.FORM,
            fields=(Field(id="count", label="How many"),),
            answers=(StepAnswer(id="written", label="Written", to="word"),),
        ),
        Step(
            id="word",
            title="Word",
            ask="May we?",
            why="",
            kind=StepKind.APPROVAL,
            approver=Layer.FUNCTIONAL,
            answers=(
                StepAnswer(id="yes", label="Yes", to="settle", approves=True),
                StepAnswer(id="no", label="No", because="Nobody may."),
            ),
        ),
        Step(
            id="settle",
            title="Settle",
            ask="Wait for it.",
            why="",
            kind=StepKind.WAIT,
            wait=Wait(span=HOUR, signal=WaitSignal.RECOVERED, then="over"),
            answers=(
                StepAnswer(id="over", label="The wait is over", because="It is over."),
                StepAnswer(id="stop", label="Stop waiting", because="Stopped."),
            ),
        ),
    ),
)


async def broken(**connection: Any) -> Scene:
    scene = await Scene.open(an_estate(a_connection(**connection)))
    scene.knowledge = replace(scene.knowledge, runbooks={"generic": BOOK})
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    return scene


async def answer(scene: Scene, step: str, choice: str, by: str, **values: str) -> bool:
    return await scene.do(walk.answer, 1, step=step, choice=choice, by=by, values=values)


async def asked(scene: Scene) -> str | None:
    """The id of the step that is being asked."""
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return next((shown.step.id for shown in view.steps if shown.done is None), None)


async def test_what_was_written_stands_in_the_timeline() -> None:
    async with await broken() as scene:
        await answer(scene, "note", "written", "bob", count="57 ‹p:alice›")

        told = " ".join(entry.text for entry in await scene.timeline())
        assert "How many: 57" in told
        assert "‹p:alice›" not in told


async def test_an_approval_waits_for_the_functional_owner() -> None:
    async with await broken() as scene:
        await answer(scene, "note", "written", "bob", count="57")

        with pytest.raises(Refused, match=who("data-owner")):
            await answer(scene, "word", "yes", "bob")

        assert await asked(scene) == "word"
        assert await answer(scene, "word", "yes", "data-owner")
        assert await asked(scene) == "settle"


async def test_a_wait_ends_by_itself_after_its_time_and_not_before() -> None:
    async with await broken() as scene:
        await answer(scene, "note", "written", "bob", count="57")
        await answer(scene, "word", "yes", "data-owner")

        scene.later(MINUTE)
        assert not await scene.do(walk.end_wait, 1)
        scene.later(HOUR)
        assert await scene.do(walk.end_wait, 1)

        assert await asked(scene) is None
        assert not await scene.do(walk.end_wait, 1)


async def test_a_wait_ends_when_the_checks_are_good_again() -> None:
    async with await broken() as scene:
        await answer(scene, "note", "written", "bob", count="57")
        await answer(scene, "word", "yes", "data-owner")
        await scene.sees(Verdict.OK, Verdict.OK)

        assert await scene.do(walk.end_wait, 1)

        told = " ".join(entry.text for entry in await scene.timeline())
        assert "the checks are good again" in told
