"""From looks to incidents: what opens one, what ends it, and what must not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows import looks as checks
from bot.flows.incidents import open_incident, respond
from bot.flows.triage.briefing import brief
from tests.builders import (
    HOUR,
    MINUTE,
    NOW,
    a_check,
    a_connection,
    an_estate,
    knowledge_of,
    saw,
)
from tests.flows.scene import Scene

OK, DEGRADED, FAILING, UNKNOWN = Verdict.OK, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNKNOWN
pytestmark = pytest.mark.anyio


async def test_a_confirmed_failure_opens_one_incident_and_pings_the_first_responder() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, FAILING, FAILING)

        live = await scene.live()

        assert live is not None
        assert live.state is State.OPEN
        assert live.failing_since == NOW + MINUTE
        assert live.escalate_at is not None
        assert (await scene.said())[0] == ("person:bob", What.PING)


async def test_more_bad_looks_open_nothing_more() -> None:
    async with await Scene.open() as scene:
        await scene.sees(*[FAILING] * 6)

        assert len(await scene.lives()) == 1
        assert await scene.pinged() == ["bob"]


async def test_two_results_of_one_check_in_one_batch_are_two_looks() -> None:
    async with await Scene.open() as scene:
        flipped = await scene.records(saw(FAILING), saw(FAILING))

        assert flipped == ("orders",)
        assert await scene.live() is not None


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        pytest.param([FAILING], [], id="doubt about a new check"),
        pytest.param([UNKNOWN], [], id="one blind look"),
        pytest.param([UNKNOWN, UNKNOWN], [What.BLIND], id="blindness"),
        pytest.param([DEGRADED, DEGRADED], [What.DEGRADED], id="degraded"),
        pytest.param([DEGRADED, DEGRADED, OK, OK], [What.DEGRADED, What.HEALTHY], id="and fine"),
        pytest.param([OK, OK], [], id="a good start is no news"),
        pytest.param([OK, UNKNOWN, UNKNOWN, OK], [What.BLIND, What.HEALTHY], id="seeing again"),
    ],
)
async def test_without_an_incident_only_the_technical_owner_hears(
    looks: list[Verdict], told: list[What]
) -> None:
    async with await Scene.open() as scene:
        await scene.sees(*looks)

        assert await scene.live() is None
        assert await scene.said() == [("person:alice", what) for what in told]


async def test_blindness_neither_ends_an_incident_nor_eases_its_end() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING, UNKNOWN, UNKNOWN, UNKNOWN, OK)

        still = await scene.live()
        await scene.sees(OK)
        after = await scene.live()

        assert still is not None
        assert still.state is State.OPEN
        assert after is not None
        assert after.state is State.VERIFYING


async def test_going_blind_during_an_incident_is_told_and_written_down() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        await scene.post()

        await scene.sees(UNKNOWN, UNKNOWN)

        assert "blind" in await scene.kinds()
        assert ("person:alice", What.BLIND) in await scene.said()


async def test_an_outage_seen_between_blind_looks_is_found() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, FAILING, UNKNOWN, FAILING)

        assert await scene.live() is not None


class TestRecovery:
    @pytest.mark.parametrize("before", [State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER], ids=str)
    async def test_it_waits_for_the_functional_owner_whoever_has_it(self, before: State) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            if before is not State.OPEN:
                await scene.do(respond.acknowledge, 1, "bob")
            if before is State.HANDED_OVER:
                await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
            await scene.post()

            await scene.sees(OK, OK)

            live = await scene.live()
            assert live is not None
            assert live.state is State.VERIFYING
            assert live.holder == (None if before is State.OPEN else "bob")
            assert ("person:data-owner", What.CONFIRM_DATA) in await scene.said()

    async def test_a_relapse_before_the_word_goes_on_where_the_ladder_was(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            await scene.tick(15 * MINUTE)
            await scene.sees(OK, OK)
            await scene.post()

            await scene.sees(FAILING, FAILING)

            live = await scene.live()
            assert live is not None
            assert (live.id, live.state, live.rung) == (1, State.OPEN, 1)
            said = await scene.said()
            assert ("person:alice", What.RELAPSED) in said
            assert What.PING not in [what for _, what in said]

    async def test_one_that_only_runs_badly_says_so(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING, DEGRADED, DEGRADED)

            recovered = next(e for e in await scene.timeline() if e.kind == "recovered")

            assert "degraded" in recovered.text

    async def test_what_the_checks_never_saw_failing_they_cannot_end(self) -> None:
        connection = a_connection()
        async with await Scene.open(an_estate(connection)) as scene:
            await scene.sees(OK)
            await scene.do(
                open_incident.declare,
                connection,
                open_incident.Report(by="alice", why="orders are missing"),
            )

            await scene.sees(DEGRADED, DEGRADED, OK, OK, UNKNOWN, UNKNOWN, OK)

            live = await scene.live()
            assert live is not None
            assert live.state is State.OPEN

    async def test_what_was_declared_and_then_seen_failing_they_can_end(self) -> None:
        connection = a_connection()
        async with await Scene.open(an_estate(connection)) as scene:
            await scene.sees(OK)
            await scene.do(
                open_incident.declare, connection, open_incident.Report(by="alice", why="")
            )

            await scene.sees(FAILING, FAILING, OK, OK)

            live = await scene.live()
            assert live is not None
            assert live.state is State.VERIFYING
            assert "seen" in await scene.kinds()

    async def test_rejected_data_is_not_waved_through_by_green_checks(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING, OK, OK)
            await scene.do(respond.reject_data, 1, "data-owner", "half is missing")

            await scene.sees(UNKNOWN, UNKNOWN, OK, DEGRADED, DEGRADED, OK, OK)

            assert (await scene.incident()).state is State.OPEN


class TestClosedByAPersonWhileItStillFails:
    async def test_within_the_lease_their_word_stands(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(respond.resolve, 1, "bob", "known, ignore")

            await scene.sees(*[FAILING] * 5)

            assert await scene.live() is None

    async def test_after_the_lease_it_is_a_new_incident(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(respond.resolve, 1, "bob", "known, ignore")
            await scene.post()

            scene.later(HOUR)
            await scene.sees(FAILING)

            live = await scene.live()
            assert live is not None
            assert live.id == 2
            assert "but it never stopped failing." in live.reasons[0]
            assert await scene.pinged() == ["bob"]

    async def test_its_recovery_is_told_to_the_owner(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(respond.resolve, 1, "bob", "known, ignore")
            await scene.post()

            await scene.sees(OK, OK)

            assert await scene.said() == [("person:alice", What.HEALTHY)]


class TestACheckThatLeftTheCatalogue:
    async def test_it_holds_nothing_back_any_more(self) -> None:
        both = a_connection(checks=(a_check(), a_check(id="queue")))
        async with await Scene.open(an_estate(both)) as scene:
            await scene.sees(OK, check="orders/queue")
            await scene.sees(FAILING, FAILING)
            scene.knowledge = knowledge_of(an_estate(replace(both, checks=(a_check(id="queue"),))))

            await scene.sees(OK, check="orders/queue")

            live = await scene.live()
            assert live is not None
            assert live.state is State.VERIFYING

    async def test_its_last_errors_are_no_evidence(self) -> None:
        both = a_connection(checks=(a_check(), a_check(id="queue")))
        async with await Scene.open(an_estate(both)) as scene:
            down = Reading(at=NOW, signals={Signal.REACHABLE: False}, error="TLS is gone")
            await scene.records(down, down)
            left = replace(both, checks=(a_check(id="queue"),))
            scene.knowledge = knowledge_of(an_estate(left))

            facts = (await scene.do(brief, left)).facts

            assert facts.check_errors == ()
            assert Signal.REACHABLE not in facts.signals

    async def test_its_late_result_is_dropped(self) -> None:
        async with await Scene.open(an_estate(a_connection(checks=()))) as scene:
            flipped = await scene.records(saw(FAILING), saw(FAILING))

            assert flipped == ()
            assert await scene.live() is None


class TestVersions:
    async def changes(self, scene: Scene) -> list[str]:
        found = await scene.run(lambda tx: tx.observed("orders", NOW - HOUR))
        return [what for _, what in found]

    async def test_an_update_is_noticed_once(self) -> None:
        async with await Scene.open() as scene:
            for version in ("25.0", "25.0", "25.1", "25.1"):
                await scene.sees(OK, version=version)

            assert await self.changes(scene) == ["the served version changed from 25.0 to 25.1"]

    async def test_also_when_an_answer_without_a_version_lies_between(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(OK, version="25.0")
            await scene.sees(FAILING)
            await scene.records(Reading(at=scene.now, signals={Signal.REACHABLE: False}))
            await scene.sees(OK, version="25.1")

            assert len(await self.changes(scene)) == 1

    @pytest.mark.parametrize("seen_at", [0, 1], ids=["first bad look", "second bad look"])
    async def test_it_is_evidence_also_when_it_is_seen_as_late_as_the_failure(
        self, seen_at: int
    ) -> None:
        async with await Scene.open() as scene:
            await scene.sees(OK, version="25.0")
            for look in range(2):
                await scene.sees(FAILING, version="25.1" if look >= seen_at else "25.0")

            live = await scene.incident()

            assert any("25.1" in reason for reason in live.lane_reasons)


class TestClaims:
    async def claim(self, scene: Scene) -> list[str]:
        due = await scene.do(checks.claim_due)
        return [spec.key for spec in due]

    async def test_a_due_check_is_handed_to_one_caller_only(self) -> None:
        async with await Scene.open() as scene:
            first, second = await self.claim(scene), await self.claim(scene)

            assert (first, second) == (["orders/api"], [])

    async def test_a_claim_whose_result_never_came_is_due_again(self) -> None:
        async with await Scene.open() as scene:
            await self.claim(scene)

            scene.later(3 * MINUTE + timedelta(seconds=10))

            assert await self.claim(scene) == ["orders/api"]

    async def test_a_ping_makes_its_check_due_at_once(self) -> None:
        async with await Scene.open() as scene:
            await self.claim(scene)
            await scene.sees(OK)

            ping = Ping(at=scene.now, kind=PingKind.SUCCESS)
            arrived = [("orders/api", ping)]
            await scene.do(checks.receive_pings, arrived)

            assert await self.claim(scene) == ["orders/api"]

    async def test_a_ping_that_comes_while_its_check_is_looked_at_is_seen_at_once(self) -> None:
        job = a_check(kind="heartbeat")
        async with await Scene.open(an_estate(a_connection(checks=(job,)))) as scene:
            await self.claim(scene)
            ping = Ping(at=scene.now, kind=PingKind.FAIL)
            await scene.do(checks.receive_pings, [("orders/api", ping)])

            await scene.sees(OK)  # of the look that was under way

            assert await self.claim(scene) == ["orders/api"]

    async def test_without_a_ping_the_next_look_at_a_job_waits_for_its_time(self) -> None:
        job = a_check(kind="heartbeat")
        async with await Scene.open(an_estate(a_connection(checks=(job,)))) as scene:
            await self.claim(scene)

            await scene.sees(OK)

            assert await self.claim(scene) == []

    async def test_a_check_that_left_is_never_due(self) -> None:
        async with await Scene.open() as scene:
            await self.claim(scene)
            scene.knowledge = knowledge_of(an_estate(a_connection(checks=())))

            scene.later(HOUR)

            assert await self.claim(scene) == []

    async def test_asking_for_a_look_claims_every_check_of_the_connection(self) -> None:
        both = a_connection(checks=(a_check(), a_check(id="queue")))
        async with await Scene.open(an_estate(both)) as scene:
            due = await scene.do(checks.look_now, both)

            assert due == both.checks
            assert await self.claim(scene) == []


async def test_results_of_many_connections_are_one_transaction() -> None:
    estate = an_estate(*(a_connection(id=f"c{n}") for n in range(20)))
    async with await Scene.open(estate) as scene:
        results = [
            CheckResult(check=f"c{n}/api", observation=saw(FAILING))
            for n in range(20)
            for _ in range(2)
        ]

        flipped = await scene.do(checks.record, results, now=NOW)

        whole = await scene.live("c0")
        assert whole is not None
        child_states = await scene.run(lambda tx: tx.recovered_of(whole.id))
        assert len(flipped) == len(await scene.lives()) + len(child_states) == 20
