"""What is shown of an incident is of one reading: its error, its lane, and the reasons for that."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.flows.incidents import respond
from bot.flows.runbooks import walk
from bot.flows.triage.briefing import brief_of
from bot.flows.views import shown
from bot.slack.incidents import current
from bot.slack.text import Writer
from tests.builders import MINUTE, a_connection, an_estate, knowledge_of
from tests.core.triage.test_suggest import entry
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
LOGIN, CODE = "secret-over", "no-such-code"
BOOK = Playbook(entries=(entry(LOGIN, ErrorClass.CREDENTIALS), entry(CODE, ErrorClass.MASTER_DATA)))


async def broken() -> Scene:
    estate = an_estate(
        a_connection(lanes={Lane.VENDOR: "vendor", Lane.IT: "vendor", Lane.PUBLISHER: "vendor"})
    )
    scene = await Scene.open(estate)
    scene.knowledge = replace(knowledge_of(estate), playbook=BOOK)
    for _ in range(2):
        await looks(scene, {LOGIN: 30, CODE: 2})
    return scene


async def looks(scene: Scene, counts: dict[str, int]) -> None:
    failed = tuple(FailedRecords(text=text, count=count) for text, count in counts.items())
    signals = {Signal.FAILED: float(sum(counts.values()))}
    await scene.records(Reading(at=scene.now, signals=signals, failed=failed))
    scene.later(MINUTE)


Turn = Callable[[Scene], Awaitable[object]]


async def other_counts(scene: Scene) -> None:
    """The same texts; another one is what most records fail with."""
    await looks(scene, {LOGIN: 2, CODE: 40})


async def one_less(scene: Scene) -> None:
    await looks(scene, {CODE: 2})


async def learned(scene: Scene) -> None:
    """Both texts are nobody's any more, or mean something else by now."""
    book = Playbook(entries=(entry(LOGIN, ErrorClass.PERIOD_CLOSED),))
    scene.knowledge = replace(scene.knowledge, playbook=book)


async def gone(scene: Scene) -> None:
    await looks(scene, {"": 30})


async def nobody(scene: Scene) -> None:
    """The lane is a suggestion."""


async def handed_over(scene: Scene) -> None:
    lane = (await scene.incident()).lane
    assert lane is not None
    await scene.do(respond.hand_over, 1, lane, "bob")


async def set_with_a_word(scene: Scene) -> None:
    await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "they told me so")


async def walked(scene: Scene) -> None:
    await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")


OWN_WORDS = ("they told me so", "The ERP is down.")


@pytest.mark.parametrize("change", [other_counts, one_less, learned, gone])
@pytest.mark.parametrize("setter", [nobody, handed_over, set_with_a_word, walked])
async def test_the_reasons_for_the_lane_are_of_the_error_that_is_shown(
    setter: Turn, change: Turn
) -> None:
    async with await broken() as scene:
        await setter(scene)
        await change(scene)
        view = await scene.do(shown, 1)
        assert view is not None
        said = await scene.do(brief_of, view.incident)
        assert said is not None

        writer, found = Writer(catalogue=scene.knowledge.catalogue), said.suggestion
        reasons = [one for one in current.lane(view, writer).splitlines() if one.startswith("•")]
        evidence = [one for one in reasons if not one.endswith(OWN_WORDS)]
        assert {one.removeprefix("• ") for one in evidence} <= {*map(writer.say, found.reasons)}
        assert not evidence or found.lane is view.incident.lane
        assert view.coming_back == (change is one_less)
        if setter is nobody and not view.coming_back:
            assert view.incident.lane_reasons == found.reasons
        if setter is set_with_a_word or (setter is walked and not view.coming_back):
            assert len(reasons) > len(evidence)


async def test_showing_it_again_changes_nothing_more() -> None:
    async with await broken() as scene:
        await other_counts(scene)
        await scene.do(shown, 1)
        assert ("channel", What.REJUDGED) in await scene.said()
        first = await scene.do(shown, 1)

        assert await scene.do(shown, 1) == first
        assert await scene.said() == []
