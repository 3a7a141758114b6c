"""A card says what is known when it is drawn, however often it was drawn before; for the same
evidence no error text is looked up again."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import cached_property

import pytest

from bot.core.changes.change_request import ChangeKind, ChangeRequest
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.triage.lesson import Lesson
from bot.core.triage.playbook import ErrorClass, Playbook, Retry
from bot.core.triage.required_words import Branch, WordIndex
from bot.flows.changes import change_requests
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.runbooks import walk
from bot.flows.triage import lessons
from bot.flows.views import shown
from bot.slack.incidents.card import card
from bot.slack.text import Writer
from tests.builders import HOUR, NOW
from tests.flows.scene import Scene
from tests.flows.triage.test_judged_anew import DOWN, MISSING, begin, entry, fails, runs
from tests.slack.governance.test_governance_blocks import text_of

pytestmark = pytest.mark.anyio

ODD = "loader stopped with code KX"  # what no entry knows
EARLIER = NOW - HOUR


class _Counted(WordIndex):
    """Counts how often a text was looked up."""

    asked = 0

    def wanted(self, lowered: str) -> Iterable[tuple[int, list[Branch]]]:
        self.asked += 1
        return super().wanted(lowered)


class _CountedBook(Playbook):
    @cached_property
    def index(self) -> _Counted:
        return _Counted([entry.pattern for entry in self.entries])


async def drawn(scene: Scene) -> str:
    """The card, as it is read now."""
    view = await scene.do(shown, 1)
    assert view is not None
    return text_of(card(view, Writer(catalogue=scene.knowledge.catalogue)))


@pytest.mark.parametrize("failing", [("shop",), ("shop", "bank", "edi")])
async def test_for_the_same_evidence_nothing_is_looked_up_again(failing: tuple[str, ...]) -> None:
    async with await begin("shop", "bank", "edi") as scene:
        book = _CountedBook(entries=scene.knowledge.playbook.entries)
        scene.knowledge = replace(scene.knowledge, playbook=book)
        for one in failing:
            await fails(scene, one, DOWN)
        first, asked = await drawn(scene), book.index.asked
        await scene.do(respond.acknowledge, 1, "bob")
        again = await drawn(scene)
        await fails(scene, "shop", DOWN, count=30)
        await drawn(scene)

        assert "Platform outage: outage." in first
        assert "Bob" in again
        assert 0 < asked == book.index.asked

        await fails(scene, "shop", MISSING)

        assert "Master data: master." in await drawn(scene)
        assert book.index.asked > asked


Happens = Callable[[Scene], Awaitable[object]]


async def another_error(scene: Scene) -> None:
    await fails(scene, "shop", MISSING)


async def a_neighbour_fails(scene: Scene) -> None:
    await fails(scene, "bank", ODD)


async def no_sign_of_life_comes(scene: Scene) -> None:
    """Nothing is read in the meantime: time alone says so."""
    failed = tuple(FailedRecords(text=text, count=20) for text in (ODD, "no route"))
    signals = {Signal.FAILED: 40.0, Signal.ENABLED: False, Signal.HEARTBEAT: scene.now}
    await scene.records(Reading(at=scene.now, signals=signals, failed=failed), check="shop/api")
    assert "no sign of life" not in await drawn(scene)
    scene.later(2 * HOUR)


async def a_change_comes_to_light(scene: Scene) -> None:
    request = ChangeRequest(
        connection="shop",
        kind=ChangeKind.EMERGENCY,
        what="The rounding was corrected",
        why="Cents were off",
        by="alice",
        proposed_at=scene.now,
        at=EARLIER,
        rollback="Switch it back",
    )
    await scene.do(change_requests.propose, request)


async def files_name_a_change(scene: Scene) -> None:
    change = Change(connection="shop", at=EARLIER, what="New tax code", by="alice")
    catalogue = replace(scene.knowledge.catalogue, changes=(change,))
    scene.knowledge = replace(scene.knowledge, catalogue=catalogue)


async def a_release_is_announced(scene: Scene) -> None:
    release = Release(system="erp", version="2027.1", at=EARLIER)
    await scene.run(lambda tx: tx.save_release(release, "calendar"))


async def a_new_version_is_seen(scene: Scene) -> None:
    await scene.run(lambda tx: tx.observe("shop", EARLIER, "Erp 26.1"))


async def a_lesson_is_learned(scene: Scene) -> None:
    lesson = Lesson(
        signature=ODD,
        error_class=ErrorClass.MASTER_DATA,
        meaning="The customer is blocked.",
        first_check="The credit tab.",
        fix="Finance lifts it.",
        retry=Retry.AFTER_FIX,
        lane=Lane.IT,
        layer=Layer.FUNCTIONAL,
    )
    await scene.do(lessons.propose, 1, lesson, "bob")
    await scene.do(lessons.decide, 1, approve=True, by="alice", why="")


async def the_playbook_is_loaded_anew(scene: Scene) -> None:
    known = entry("loader", "loader stopped", ErrorClass.CONCURRENCY, Lane.IT)
    book = Playbook(entries=(*scene.knowledge.playbook.entries, known))
    scene.knowledge = replace(scene.knowledge, playbook=book)


async def a_person_names_the_lane(scene: Scene) -> None:
    await scene.do(respond.set_lane, 1, Lane.PUBLISHER, "bob", "their hotline said so")


async def the_runbook_is_answered(scene: Scene) -> None:
    await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")


async def another_is_merged_into_it(scene: Scene) -> None:
    await fails(scene, "edi", MISSING)
    await scene.do(merge.merge, 2, into=1, by="bob")


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (another_error, "*Error:* Master data: master."),
        (a_neighbour_fails, "2 connections by 2 makers fail alike on Erp."),
        (no_sign_of_life_comes, "has given no sign of life since"),
        (a_change_comes_to_light, "internal IT / partner alike"),
        (files_name_a_change, "internal IT / partner alike"),
        (a_release_is_announced, "Erp 2027.1 came at"),
        (a_new_version_is_seen, "Erp 26.1 at"),
        (a_lesson_is_learned, "Master data: The customer is blocked."),
        (the_playbook_is_loaded_anew, "*Error:* Concurrency: loader."),
        (a_person_names_the_lane, "their hotline said so"),
        (the_runbook_is_answered, "The ERP is down."),
        (another_is_merged_into_it, "*Also:* Edi: Master data: master."),
    ],
)
async def test_each_kind_of_new_evidence_is_on_the_next_card(happens: Happens, said: str) -> None:
    async with await begin("shop", "bank", "edi") as scene:
        for one in ("bank", "edi"):
            await runs(scene, one)
        await fails(scene, "shop", ODD)
        before = [await drawn(scene) for _ in range(2)]
        await happens(scene)

        assert not any(said in card for card in before)
        assert said in await drawn(scene)
