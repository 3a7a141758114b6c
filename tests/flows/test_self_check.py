"""The bot watches its own work: it finds, mends, tells once, and says when it is over."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.incidents.incident import State
from bot.core.incidents.self_check import Fault, FaultKind, next_turn
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import Say, What
from bot.flows import self_check
from bot.flows.incidents import respond
from bot.store.tx import Tx
from tests.builders import HOUR, MINUTE, a_connection, an_estate, saw
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
OK, FAILING = Verdict.OK, Verdict.FAILING


async def audit(scene: Scene) -> tuple[Fault, ...]:
    return await scene.do(self_check.tick)


async def told(scene: Scene) -> list[tuple[str, What]]:
    watched = {What.FAULT_FOUND, What.FAULT_OVER}
    return [(to, what) for to, what in await scene.said() if what in watched]


async def broken(scene: Scene) -> None:
    await scene.sees(FAILING, FAILING)
    await scene.post()


async def lost(scene: Scene) -> None:
    """An incident that no deadline moves any more, as only a mistake of ours could leave it."""
    incident = await scene.incident()
    still = replace(incident, escalate_at=None, lease_until=None, remind_at=None)
    await scene.run(lambda tx: tx.save_incident(still))


async def test_a_day_without_trouble_says_nothing() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, OK, OK)

        assert await audit(scene) == ()
        assert await told(scene) == []


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.VERIFYING])
async def test_an_incident_without_a_next_deadline_gets_one(state: State) -> None:
    async with await Scene.open() as scene:
        await broken(scene)
        if state is State.ACKNOWLEDGED:
            await scene.do(respond.acknowledge, 1, by="bob")
        if state is State.VERIFYING:
            await scene.sees(OK, OK)
        await lost(scene)

        found = await audit(scene)

        assert [fault.kind for fault in found] == [FaultKind.NO_DEADLINE]
        mended = await scene.incident()
        assert mended.state is state
        assert next_turn(mended) is not None
        assert "auditor" in await scene.kinds()


async def test_what_was_mended_is_told_once_and_pings_again() -> None:
    async with await Scene.open() as scene:
        await broken(scene)
        await lost(scene)
        await audit(scene)
        first = await told(scene)

        await scene.tick()
        again = [letter.what for letter in await scene.post()]
        await audit(scene)

        assert first == [("person:architect", What.FAULT_FOUND)]
        assert What.PING in again
        assert await told(scene) == []


async def test_a_ping_that_waits_is_told_once_and_once_more_when_it_is_out() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        scene.later(6 * MINUTE)

        found = [fault.kind for fault in await audit(scene)]
        await audit(scene)
        first = await told(scene)
        await audit(scene)
        after = await told(scene)

        assert FaultKind.PING in found
        assert first.count(("person:architect", What.FAULT_FOUND)) == found.count(FaultKind.PING)
        assert ("person:architect", What.FAULT_OVER) in after
        assert ("person:architect", What.FAULT_FOUND) not in after


async def test_what_holds_up_many_pings_is_told_once_and_again_only_when_it_is_something_else() -> (
    None
):
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        tried = await scene.run(scene.claim)
        ping = next(one for one in tried if one.what is What.PING)
        told_of = []
        for error in ("ratelimited", "ratelimited", "TimeoutError", "ServerDisconnectedError"):
            again = scene.now

            def put_off(tx: Tx, error: str = error, again: datetime = again) -> None:
                tx.letter_postponed(ping.id, again, error)
                tx.stream_refused(ping.stream, again)
                tx.queue(
                    Say(subject=ping.subject, to=ping.to, what=What.PING, facts=ping.facts),
                    again,
                )

            await scene.run(put_off)
            scene.later(6 * MINUTE)
            found = [one for one in await audit(scene) if one.kind is FaultKind.PING]
            told_of.append(found[0].key)
            assert len(found) == 1
            await scene.run(scene.claim)

        assert told_of[0] == told_of[1] != told_of[2] == told_of[3]
        assert found[0].words.endswith("; so do 4 others.")


async def test_a_deadline_that_nobody_acts_on_is_found() -> None:
    async with await Scene.open() as scene:
        await broken(scene)
        due = (await scene.incident()).escalate_at
        assert due is not None
        scene.now = due + 6 * MINUTE

        assert FaultKind.OVERDUE in [fault.kind for fault in await audit(scene)]


async def test_letters_that_wait_long_are_counted_in_one_finding() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        scene.later(16 * MINUTE)

        found = [fault for fault in await audit(scene) if fault.kind is FaultKind.OUTBOX]

        assert len(found) == 1
        assert "messages wait to be sent" in found[0].words


async def test_checks_that_nobody_looks_at_are_found_and_named() -> None:
    async with await Scene.open(an_estate(a_connection())) as scene:
        await scene.records(saw(OK, scene.now))
        scene.later(HOUR)

        found = await audit(scene)

        assert [fault.kind for fault in found] == [FaultKind.RUNNER]
        assert "orders/api" in found[0].words
        await scene.records(saw(OK, scene.now))
        assert await audit(scene) == ()


async def test_with_a_channel_for_notices_it_is_told_there_too() -> None:
    estate = replace(an_estate(), announce_channel="integrations")
    async with await Scene.open(estate) as scene:
        await broken(scene)
        await lost(scene)

        await audit(scene)

        assert ("announce", What.FAULT_FOUND) in await told(scene)


async def test_findings_outlive_a_restart_and_are_not_told_again() -> None:
    async with await Scene.open() as scene:
        await scene.records(saw(OK, scene.now))
        scene.later(HOUR)
        await audit(scene)
        await scene.said()

        scene.later(timedelta(minutes=1))
        await audit(scene)

        assert await told(scene) == []
