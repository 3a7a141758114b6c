"""A shorter way is offered by the same reading as the error on the card, and only while something
fails."""

from dataclasses import replace

import pytest

from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents import respond
from tests.builders import MINUTE, a_runbook
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage, outage

pytestmark = pytest.mark.anyio
QUIET = replace(a_runbook(), id="quiet", name="Quiet", classes=(ErrorClass.UNKNOWN,))


async def broken(*texts: str) -> Outage:
    """One connection for each text that its records fail with, and the next looks at them."""
    scene = await outage([(20, 0)] * len(texts))
    books = {**scene.knowledge.runbooks, QUIET.id: QUIET}
    scene.knowledge = replace(scene.knowledge, runbooks=books)
    for place, text in enumerate(texts):
        await look(scene, place, text, failed=20)
    return scene


async def look(scene: Outage, place: int, text: str, *, failed: int) -> None:
    for _ in range(2):
        groups = (FailedRecords(text=text, count=failed),) if text else ()
        seen = Reading(at=scene.now, signals={Signal.FAILED: float(failed)}, failed=groups)
        await scene.records(seen, check=f"flow-{place}/api")
        scene.later(MINUTE)


async def shown(scene: Outage) -> tuple[str, list[str]]:
    """The error on the card, and why a shorter way is offered."""
    view = await scene.view()
    said = view.error.split(": ", 1)[-1] if view.children else view.error  # without whose it is
    return said, [step.narrower.why for step in view.steps if step.narrower]


@pytest.mark.parametrize(
    ("texts", "offered"),
    [
        (("",), ["no check shows an error text"]),
        (("", ""), ["no check shows an error text"]),
        ((ERROR,), []),
        (("", ERROR), []),
        ((ERROR, ""), []),
    ],
)
async def test_that_there_is_no_error_is_not_said_beside_one(
    texts: tuple[str, ...], offered: list[str]
) -> None:
    async with await broken(*texts) as scene:
        error, why = await shown(scene)

        assert why == offered
        assert error == next(filter(None, texts), "")


@pytest.mark.parametrize("texts", [("",), ("", "")])
async def test_none_is_offered_where_only_the_data_is_wrong(texts: tuple[str, ...]) -> None:
    async with await broken(*texts) as scene:
        for place in range(len(texts)):
            await look(scene, place, "", failed=0)
        await scene.do(respond.reject_data, 1, "owner-0", "came twice")

        assert (await scene.incident()).denied
        assert await shown(scene) == ("", [])
