"""Failed records in groups: whose, cleared under which terms, closed by the checks."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.estate.lane import Layer
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.runbooks.failed_records import worth
from bot.flows.runbooks import failed_records
from bot.language.errors import NotAllowed, NotFound
from tests.builders import HOUR, NOW, a_connection, an_estate
from tests.flows import gates
from tests.flows.incidents.grouping.test_shared_lead import GRAVITY, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

ODD = FailedRecords(
    text="Glorp 10023 will not frob",
    count=7,
    oldest_at=NOW - 3 * HOUR,
    sample_ids=("A1", "A2"),
    amount=1250.0,
    currency="EUR",
)
EVEN = FailedRecords(text="Glorp 88 will not frob", count=5, amount=50.0, currency="EUR")
OTHER = FailedRecords(text="Widget is on fire today", count=8)


async def looks(scene: Scene, *failed: FailedRecords) -> None:
    total = float(sum(one.count for one in failed))
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: total}, failed=failed)
        await scene.records(seen)
        scene.later(timedelta(minutes=3))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with await Scene.open() as opened:
        await looks(opened, ODD, EVEN, OTHER)
        yield opened


async def viewed(scene: Scene) -> failed_records.StuckView:
    connection = scene.knowledge.catalogue.connections["orders"]
    return await scene.do(failed_records.view, connection)


async def test_records_that_differ_only_in_their_id_are_one_group(scene: Scene) -> None:
    view = await viewed(scene)

    first, second = view.groups
    assert (first.count, first.oldest, first.samples) == (12, NOW - 3 * HOUR, ("A1", "A2"))
    assert worth(first) == "1,300 EUR"
    assert second.label == "Widget is on fire today"


async def test_a_sensitive_connection_shows_neither_amount_nor_text() -> None:
    estate = an_estate(a_connection(compliance=("finance",)))
    async with await Scene.open(estate) as scene:
        await looks(scene, ODD, OTHER)
        view = await viewed(scene)

    assert [worth(group) for group in view.groups] == ["", ""]
    assert not any("frob" in group.label or "fire" in group.label for group in view.groups)


async def test_the_owner_of_a_group_is_told_and_reminded_with_growing_gaps(scene: Scene) -> None:
    key = (await viewed(scene)).groups[0].key
    await scene.post()
    await scene.do(failed_records.assign, 1, key, Layer.FUNCTIONAL, "bob")
    told = await scene.said()
    reminded = []
    for _ in range(4):
        await scene.tick(4 * HOUR)
        said = await scene.said()
        reminded.append(("person:data-owner", What.STUCK_REMINDER) in said)

    assert ("person:data-owner", What.STUCK_YOURS) in told
    assert reminded == [True, False, True, False]


async def test_a_group_closes_when_the_checks_see_none_of_it(scene: Scene) -> None:
    key = (await viewed(scene)).groups[0].key
    await scene.do(failed_records.assign, 1, key, Layer.TECHNICAL, "bob")
    await looks(scene, OTHER)
    await scene.tick()

    assert await scene.run(lambda tx: tx.open_assignments()) == ()
    assert "None left" in (await scene.timeline())[-1].text


async def test_an_unknown_outcome_needs_the_functional_owner_s_word_first(scene: Scene) -> None:
    key = (await viewed(scene)).groups[0].key
    first = await scene.do(failed_records.clear, 1, key, "bob")
    again = await scene.do(failed_records.clear, 1, key, "bob")
    await scene.do(gates.approve, 1, "data-owner")

    after = await scene.do(failed_records.clear, 1, key, "bob")

    assert (first[0], again[0], after[0]) == (False, False, True)
    assert len(await scene.do(gates.approvals, 1)) == 1
    assert (await viewed(scene)).given[key].cleared_by == "bob"


async def test_who_is_not_named_gives_nothing_to_anybody(scene: Scene) -> None:
    key = (await viewed(scene)).groups[0].key

    with pytest.raises(NotAllowed, match="Only somebody named"):
        await scene.do(failed_records.assign, 1, key, Layer.TECHNICAL, "charlie")


async def test_a_group_that_is_gone_cannot_be_given(scene: Scene) -> None:
    with pytest.raises(NotFound, match="gone"):
        await scene.do(failed_records.assign, 1, "other-none", Layer.TECHNICAL, "bob")


class TestEachOfSeveral:
    """A shared incident: each connection has records, groups and owners of its own."""

    @pytest.mark.parametrize("id", sorted(GRAVITY))
    async def test_its_groups_are_given_to_its_own_owner_and_cleared(self, id: str) -> None:
        async with await outage(sorted(GRAVITY)) as scene:
            await scene.post()
            view = await scene.do(failed_records.view, scene.knowledge.catalogue.connections[id])
            [group] = view.groups
            given = await scene.do(
                failed_records.assign, 1, group.ref, Layer.FUNCTIONAL, f"{id}-first"
            )
            told = await scene.said()
            free, why = await scene.do(failed_records.clear, 1, group.ref, f"{id}-owner")
            asked = (await scene.do(gates.approvals, 1))[-1]

            assert view.incident is not None
            assert (given.connection, given.person) == (id, f"{id}-owner")
            assert (f"person:{id}-owner", What.STUCK_YOURS) in told
            assert (free, asked.owner) == (False, f"{id}-owner")
            assert asked.refusal == why

    async def test_one_word_for_one_connection_clears_no_other(self) -> None:
        async with await outage(["payments", "stock"]) as scene:
            known = scene.knowledge.catalogue.connections
            ours, theirs = [
                (await scene.do(failed_records.view, known[id])).groups[0].ref
                for id in ("payments", "stock")
            ]
            await scene.do(failed_records.clear, 1, ours, "payments-first")
            asked = (await scene.do(gates.approvals, 1))[-1]
            await scene.do(gates.approve, asked.id, "payments-owner")

            assert (await scene.do(failed_records.clear, 1, ours, "payments-first"))[0]
            assert not (await scene.do(failed_records.clear, 1, theirs, "stock-first"))[0]
