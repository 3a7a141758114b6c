"""How records may be sent again never gets bolder while an incident lasts."""

from dataclasses import replace

import pytest

from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Cause, Reading, Signal
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.flows import views
from bot.flows.incidents import respond
from tests.builders import a_connection, an_estate, saw
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

LOST, REFUSED = "500 Internal Server Error", "ECONNREFUSED"


def _entry(id: str, pattern: str, retry: Retry) -> PlaybookEntry:
    return PlaybookEntry(
        id=id,
        systems=("transport",),
        pattern=Pattern(pattern),
        error_class=ErrorClass.CONNECTIVITY,
        meaning="Meaning.",
        first_check="Check.",
        fix="",
        retry=retry,
        lane=Lane.IT,
        layer=Layer.TECHNICAL,
        source="",
        grade="B",
        sample=pattern,
    )


async def scene() -> Scene:
    made = await Scene.open(an_estate(a_connection(entities=("invoices",))))
    entries = (
        _entry("lost", "500", Retry.LOOK_UP_FIRST),
        _entry("refused", "econnrefused", Retry.SAFE),
    )
    made.knowledge = replace(made.knowledge, playbook=Playbook(entries=entries))
    return made


def says(scene: Scene, error: str, cause: Cause | None) -> Reading:
    return Reading(at=scene.now, signals={Signal.REACHABLE: False}, error=error, cause=cause)


@pytest.mark.parametrize("causes", [(None, None), (Cause.STATUS, Cause.REFUSED)])
async def test_a_doubtful_first_attempt_stays_in_doubt_until_the_data_is_confirmed(causes):
    async with await scene() as stage:
        for error, cause in zip((LOST, REFUSED), causes, strict=True):
            await stage.records(*[says(stage, error, cause)] * 3)

        view = await stage.do(views.incident_view, 1)

        assert (await stage.incident()).doubt is Retry.LOOK_UP_FIRST
        assert "Look each record up" in view.retry
        assert "approves first" in view.retry
        assert "nothing was accepted" not in view.retry


async def test_confirmed_data_ends_the_doubt():
    async with await scene() as stage:
        await stage.records(*[says(stage, LOST, None)] * 3)
        await stage.records(*[saw(Verdict.OK, stage.now)] * 3)
        await stage.do(respond.confirm_data, 1, "data-owner")

        assert (await stage.incident()).doubt is None
