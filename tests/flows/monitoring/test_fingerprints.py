"""The shape of the data changes: it is evidence, and a question when nobody approved it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Change, Owners
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Reading, Signal
from bot.core.outbox.notice import What
from tests.builders import DAY, HOUR, NOW, a_connection, an_estate
from tests.flows.scene import Scene

OK = Verdict.OK
pytestmark = pytest.mark.anyio

BOTH = [("person:alice", What.SUSPECTED), ("person:data-owner", What.SUSPECTED)]


def a_change(*, ago: timedelta, approved: bool = True, connection: str = "orders") -> Change:
    approver = "alice" if approved else None
    return Change(connection=connection, at=NOW - ago, what="a new field", approved_by=approver)


async def sees_shapes(scene: Scene, *shapes: str) -> list[tuple[str, What]]:
    for shape in shapes:
        await scene.sees(OK, fingerprint=shape)
    return await scene.said()


async def test_a_change_that_nobody_approved_is_evidence_and_asks_both_owners_once() -> None:
    async with await Scene.open() as scene:
        said = await sees_shapes(scene, "a", "a", "b", "b")

        observed = await scene.run(lambda tx: tx.observed("orders", NOW - HOUR))

        assert said == BOTH
        assert len(observed) == 1
        assert "orders/api" in observed[0][1]


async def test_each_owner_is_told_of_the_other_one() -> None:
    async with await Scene.open() as scene:
        for shape in ("a", "b"):
            await scene.sees(OK, fingerprint=shape)

        others = [letter.facts["others"] for letter in await scene.post() if letter.what]

        assert others == [["data-owner"], ["alice"]]


async def test_an_answer_without_a_fingerprint_hides_no_change() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, fingerprint="a")
        await scene.sees(OK)
        await scene.records(Reading(at=scene.now, signals={Signal.REACHABLE: False}))

        assert await sees_shapes(scene, "b") == BOTH


async def test_a_shape_that_goes_back_and_forth_asks_once_a_day() -> None:
    async with await Scene.open() as scene:
        first = await sees_shapes(scene, "a", "b", "a", "b")
        scene.later(2 * DAY)
        next_time = await sees_shapes(scene, "c")

        assert (first, next_time) == (BOTH, BOTH)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (a_change(ago=6 * DAY), False),
        (a_change(ago=8 * DAY), True),
        (a_change(ago=-DAY), True),
        (a_change(ago=DAY, approved=False), True),
        (a_change(ago=DAY, connection="other"), True),
    ],
    ids=["approved lately", "long ago", "still to come", "not approved", "elsewhere"],
)
async def test_only_an_approved_change_of_the_last_week_explains_it(
    change: Change, asked: bool
) -> None:
    async with await Scene.open(replace(an_estate(), changes=(change,))) as scene:
        said = await sees_shapes(scene, "a", "b")

        observed = await scene.run(lambda tx: tx.observed("orders", NOW - HOUR))

        assert said == (BOTH if asked else [])
        assert len(observed) == 1


async def test_somebody_who_owns_both_layers_is_asked_once() -> None:
    both = a_connection(owners=Owners(technical="alice", functional="alice"))
    async with await Scene.open(an_estate(both)) as scene:
        assert await sees_shapes(scene, "a", "b") == BOTH[:1]
