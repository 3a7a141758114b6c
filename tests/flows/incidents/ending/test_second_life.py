"""Merged by hand and split again, opened again by a person or by the same failure, written down
afterwards: nobody is lost on any of these ways."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.incidents.incident import State
from bot.core.incidents.review import CauseClass
from bot.core.incidents.severity import Severity
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import end, open_incident, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.language.errors import Invalid, NotAllowed, NotFound, Refused
from tests.builders import DAY, HOUR, MINUTE, a_connection, an_estate, knowledge_of
from tests.flows.incidents.test_respond import broken, running_again
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
OK, FAILING = Verdict.OK, Verdict.FAILING
STOCK = a_connection(
    id="stock", name="Stock", source="depot", target="bank", first_responder="charlie", ladder=()
)


async def two_broken() -> Scene:
    """Orders (INC-1) and stock (INC-2) fail for reasons that nothing in the file connects."""
    scene = await Scene.open(an_estate(a_connection(), STOCK))
    await scene.sees(FAILING, FAILING)
    await scene.sees(FAILING, FAILING, check="stock/api")
    await scene.post()
    return scene


async def merged() -> Scene:
    scene = await two_broken()
    await scene.do(merge.merge, 2, into=1, by="bob")
    return scene


class TestMerge:
    async def test_the_other_one_becomes_a_part_and_both_channels_hear_of_it(self) -> None:
        async with await merged() as scene:
            part, said = await scene.incident(2), await scene.said()

            assert (part.state, part.parent) == (State.MERGED, 1)
            assert await scene.live("stock") is None
            assert ("channel", What.MERGED) in said
            assert ("channel", What.JOINED) in said

    async def test_its_people_belong_into_the_other_channel(self) -> None:
        async with await two_broken() as scene:
            await scene.do(respond.acknowledge, 2, "charlie")
            await scene.do(merge.merge, 2, into=1, by="bob")

            view = await scene.do(views.incident_view, 1)

            assert "charlie" in view.members
            assert [part.name for part in view.children] == ["Shop orders", "Stock"]

    async def test_the_whole_runs_again_only_with_its_part(self) -> None:
        async with await merged() as scene:
            await scene.sees(OK, OK)
            waiting = (await scene.incident()).state
            await scene.sees(OK, OK, check="stock/api")

            assert waiting is State.OPEN
            assert (await scene.incident()).state is State.VERIFYING

    async def test_parts_of_the_merged_one_come_along(self) -> None:
        async with await merged() as scene:
            third = a_connection(id="bank", name="Bank", source="x", target="y")
            scene.knowledge = knowledge_of(an_estate(a_connection(), STOCK, third))
            await scene.sees(FAILING, FAILING, check="bank/api")
            number = (await scene.lives())[0].id
            await scene.do(merge.merge, 1, into=number, by="bob")

            parts = await scene.run(lambda tx: tx.children_of(number))

            assert [part.connection for part in parts] == ["orders", "stock"]

    @pytest.mark.parametrize(
        ("number", "into", "why"), [(1, 1, "already"), (1, 9, "no incident"), (9, 1, "no incident")]
    )
    async def test_what_makes_no_sense_is_refused(self, number: int, into: int, why: str) -> None:
        async with await two_broken() as scene:
            with pytest.raises((Refused, NotFound), match=why):
                await scene.do(merge.merge, number, into=into, by="bob")

    async def test_somebody_without_a_part_in_either_may_not(self) -> None:
        async with await two_broken() as scene:
            with pytest.raises(NotAllowed, match="named for one of the two"):
                await scene.do(merge.merge, 2, into=1, by="stranger")

    async def test_one_that_still_fails_cannot_join_one_that_runs(self) -> None:
        async with await two_broken() as scene:
            await scene.sees(OK, OK)

            with pytest.raises(Refused, match="still fails"):
                await scene.do(merge.merge, 2, into=1, by="bob")


class TestSplit:
    async def test_it_has_its_old_number_back_and_its_responder_is_pinged(self) -> None:
        async with await merged() as scene:
            await scene.post()

            alone = await scene.do(merge.split, STOCK, by="charlie")

            assert (alone.id, alone.state, alone.parent) == (2, State.OPEN, None)
            assert await scene.pinged() == ["charlie"]
            assert await scene.run(lambda tx: tx.children_of(1)) == ()

    async def test_a_part_that_was_born_as_one_gets_an_incident_of_its_own(self) -> None:
        other = a_connection(id="returns", name="Returns")
        async with await Scene.open(an_estate(a_connection(), other)) as scene:
            alike = (FailedRecords(text="posting group missing", count=20),)
            for id in ("orders", "returns"):
                await _fails_with(scene, id, alike)
            assert len(await scene.lives()) == 1

            alone = await scene.do(merge.split, other, by="alice")

            assert (alone.connection, alone.state) == ("returns", State.OPEN)
            assert len(await scene.lives()) == 2

    async def test_what_is_left_may_run_again_already(self) -> None:
        async with await merged() as scene:
            await scene.sees(OK, OK)

            await scene.do(merge.split, STOCK, by="bob")

            assert (await scene.incident(1)).state is State.VERIFYING
            assert (await scene.incident(2)).state is State.OPEN

    async def test_a_part_that_outlives_the_whole_goes_on_under_its_own_number(self) -> None:
        async with await merged() as scene:
            await scene.sees(OK, OK)
            await scene.sees(FAILING, check="stock/api")
            await scene.post()

            await scene.tick(5 * MINUTE)

            assert (await scene.incident(1)).state is State.VERIFYING
            assert (await scene.incident(2)).state is State.OPEN
            assert "charlie" in await scene.pinged()

    async def test_a_part_that_runs_again_stays(self) -> None:
        async with await merged() as scene:
            await scene.sees(OK, OK, check="stock/api")

            with pytest.raises(Refused, match="runs again"):
                await scene.do(merge.split, STOCK, by="bob")

    async def test_what_is_no_part_cannot_be_split(self) -> None:
        async with await merged() as scene:
            with pytest.raises(NotFound, match="INC-1 began with Shop orders"):
                await scene.do(merge.split, a_connection(), by="bob")


async def _fails_with(scene: Scene, id: str, groups: tuple[FailedRecords, ...]) -> None:
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=groups)
        await scene.records(seen, check=f"{id}/api")


async def resolved(**connection: Any) -> Scene:
    scene = await running_again(**connection)
    await scene.do(respond.confirm_data, 1, "data-owner")
    await scene.post()
    return scene


class TestReopen:
    async def test_it_has_its_number_back_and_the_first_responder_is_pinged(self) -> None:
        async with await resolved() as scene:
            after = await scene.do(reopen.reopen, 1, by="bob", why="two orders lack")

            assert (after.id, after.state, after.reopened) == (1, State.OPEN, 1)
            assert (after.resolved_at, after.review_at) == (None, None)
            assert await scene.pinged() == ["bob"]
            assert (await scene.kinds())[-2:] == ["reopened", "pinged"]

    async def test_also_after_its_review(self) -> None:
        async with await resolved() as scene:
            await scene.do(
                end.review, 1, cause=CauseClass.DATA, helped="x", follow_ups="", by="bob"
            )

            after = await scene.do(reopen.reopen, 1, by="bob", why="again")

            assert after.state is State.OPEN

    async def test_after_a_week_it_is_too_late(self) -> None:
        async with await resolved() as scene:
            scene.later(7 * DAY + MINUTE)

            with pytest.raises(Refused, match="more than a week ago"):
                await scene.do(reopen.reopen, 1, by="bob", why="again")

    async def test_without_a_reason_it_stays_closed(self) -> None:
        async with await resolved() as scene:
            with pytest.raises(Invalid, match="Say what you see"):
                await scene.do(reopen.reopen, 1, by="bob", why=" ")

    async def test_an_open_one_of_the_same_connection_is_pointed_to(self) -> None:
        async with await resolved() as scene:
            await scene.do(
                open_incident.declare, a_connection(), open_incident.Report(by="bob", why="x")
            )

            with pytest.raises(Refused, match="INC-2 is open"):
                await scene.do(reopen.reopen, 1, by="bob", why="again")

    async def test_the_same_failure_within_half_an_hour_is_the_same_incident(self) -> None:
        async with await resolved() as scene:
            scene.later(10 * MINUTE)
            await scene.sees(FAILING, FAILING)

            assert [one.id for one in await scene.lives()] == [1]
            assert "bob" in await scene.pinged()

    async def test_later_it_is_a_new_one(self) -> None:
        async with await resolved() as scene:
            scene.later(31 * MINUTE)
            await scene.sees(FAILING, FAILING)

            assert [one.id for one in await scene.lives()] == [2]

    async def test_another_failure_is_a_new_one(self) -> None:
        async with await resolved() as scene:
            await _fails_with(scene, "orders", (FailedRecords(text="HTTP 401", count=20),))

            assert [one.id for one in await scene.lives()] == [2]

    async def test_a_part_that_went_its_own_way_does_not_come_back_with_it(self) -> None:
        async with await merged() as scene:
            await scene.sees(OK, OK)
            await scene.sees(OK, OK, check="stock/api")
            await scene.do(respond.confirm_data, 1, "data-owner")
            scene.later(HOUR)
            await scene.sees(FAILING, FAILING, check="stock/api")

            await scene.do(reopen.reopen, 1, by="bob", why="again")

            lives = {one.connection: one.id for one in await scene.lives()}
            assert lives == {"orders": 1, "stock": 3}
            assert await scene.run(lambda tx: tx.children_of(1)) == ()


class TestByHand:
    async def test_since_when_and_how_grave_are_the_words_of_whoever_declares(self) -> None:
        async with await Scene.open() as scene:
            since = scene.now - 3 * HOUR
            opened = await scene.do(
                open_incident.declare,
                a_connection(),
                open_incident.Report(by="charlie", why="no orders", severity=Severity.SEV1),
                since=since,
            )

            assert (opened.failing_since, opened.severity) == (since, Severity.SEV1)
            assert opened.severity_reasons == ("‹p:charlie› said so",)

    async def test_what_people_wrote_stays_with_it_when_it_is_opened_again(self) -> None:
        async with await Scene.open() as scene:
            await scene.do(
                open_incident.declare,
                a_connection(),
                open_incident.Report(by="charlie", why="no orders"),
            )
            await scene.do(respond.resolve, 1, "bob", "restarted")
            await scene.do(reopen.reopen, 1, by="bob", why="none at all")

            assert (await scene.incident()).symptoms == ("no orders", "none at all")

    async def test_while_the_checks_see_nothing_only_people_end_it(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(OK, OK)
            await scene.do(
                open_incident.declare,
                a_connection(),
                open_incident.Report(by="charlie", why="no orders"),
            )
            await scene.sees(OK, OK, OK)

            assert (await scene.incident()).state is State.OPEN

    async def test_a_report_pings_nobody_and_waits_for_its_review(self) -> None:
        async with await Scene.open() as scene:
            now = scene.now
            written = await scene.do(
                open_incident.write_down,
                a_connection(),
                open_incident.Report(by="charlie", why="the queue was stuck"),
                since=now - 3 * HOUR,
                until=now - HOUR,
            )

            assert (written.state, written.report_only) == (State.RESOLVED, True)
            assert written.resolved_at == now - HOUR
            assert written.review_at is not None
            assert await scene.said() == []
            assert await scene.tick(timedelta(days=5)) == 1
            assert await scene.said() == [("person:charlie", What.REVIEW_WANTED)]

    @pytest.mark.parametrize(
        ("since", "until", "why"),
        [
            (-1 * HOUR, -2 * HOUR, "stuck"),
            (-1 * HOUR, HOUR, "stuck"),
            (-2 * HOUR, -1 * HOUR, " "),
        ],
    )
    async def test_times_that_cannot_be_and_empty_reports_are_refused(
        self, since: timedelta, until: timedelta, why: str
    ) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(Invalid):
                await scene.do(
                    open_incident.write_down,
                    a_connection(),
                    open_incident.Report(by="charlie", why=why),
                    since=scene.now + since,
                    until=scene.now + until,
                )

    async def test_a_report_is_never_opened_by_the_next_failure(self) -> None:
        async with await Scene.open() as scene:
            now = scene.now
            await scene.do(
                open_incident.write_down,
                a_connection(),
                open_incident.Report(by="bob", why="stuck"),
                since=now - HOUR,
                until=now - MINUTE,
            )
            await scene.sees(FAILING, FAILING)

            assert [one.id for one in await scene.lives()] == [2]


async def test_a_live_incident_is_returned_when_it_is_declared_again() -> None:
    async with await broken() as scene:
        again = await scene.do(
            open_incident.declare, a_connection(), open_incident.Report(by="charlie", why="x")
        )

        assert again.id == 1
