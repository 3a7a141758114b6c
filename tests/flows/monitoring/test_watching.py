"""Stories of windows, flapping, our own network and volume, through the real flows and store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.check_spec import VolumeRule
from bot.core.estate.windows import Once, Window
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Cause, CheckResult, Reading, Signal
from bot.core.monitoring.volume import KEEP
from bot.core.outbox.notice import What
from bot.flows import estate_views, looks
from bot.flows.incidents import open_incident
from tests.builders import DAY, HOUR, MINUTE, NOW, a_check, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

OK, BAD, BLIND = Verdict.OK, Verdict.FAILING, Verdict.UNKNOWN
UPDATE = Window(name="ERP update", when=Once(start=NOW, end=NOW + HOUR), systems=frozenset({"erp"}))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with await Scene.open() as stage:
        yield stage


@pytest.fixture
async def suppressed() -> AsyncIterator[Scene]:
    """The ERP is being updated for an hour."""
    async with await Scene.open(an_estate(windows=(UPDATE,))) as stage:
        yield stage


async def test_a_failure_in_a_window_opens_nothing_and_is_seen_all_the_same(
    suppressed: Scene,
) -> None:
    await suppressed.sees(OK, BAD, BAD, BAD)

    connection = suppressed.knowledge.catalogue.connections["orders"]
    line = await suppressed.do(estate_views.status_line, connection)
    assert await suppressed.live() is None
    assert await suppressed.said() == []
    assert line.health is not None
    assert line.health.verdict is BAD
    assert line.window.startswith("Maintenance “ERP update” until")


async def test_what_still_fails_when_its_window_ends_is_new_then(suppressed: Scene) -> None:
    await suppressed.sees(OK, BAD, BAD)

    before = await suppressed.tick(30 * MINUTE)
    after = await suppressed.tick(HOUR)

    opened = await suppressed.incident()
    assert (before, after) == (0, 1)
    assert opened.opened_at == suppressed.now
    assert opened.failing_since == NOW + MINUTE
    assert "still does" in opened.reasons[-1]
    assert await suppressed.pinged() == ["bob"]


async def test_what_recovered_within_its_window_opens_nothing_later(suppressed: Scene) -> None:
    await suppressed.sees(OK, BAD, BAD, OK, OK)

    touched = await suppressed.tick(2 * HOUR)

    assert touched == 0
    assert await suppressed.live() is None


async def test_an_incident_that_is_open_goes_on_and_closes_within_a_window(
    suppressed: Scene,
) -> None:
    connection = suppressed.knowledge.catalogue.connections["orders"]
    await suppressed.do(
        open_incident.declare,
        connection,
        open_incident.Report(by="alice", why="orders are missing"),
    )

    await suppressed.sees(OK, BAD, BAD, OK, OK)

    assert (await suppressed.incident()).state is State.VERIFYING


async def test_a_connection_that_comes_and_goes_keeps_one_incident_open(scene: Scene) -> None:
    await scene.sees(*(OK,) * 3, *(BAD, BAD, OK, OK) * 6)

    incident = await scene.incident()
    said = [what for to, what in await scene.said() if to == "channel"]
    assert len(await scene.lives()) == 1
    assert incident.state is State.OPEN
    assert said.count(What.RELAPSED) == 2


async def test_when_it_settles_the_data_is_asked_for(scene: Scene) -> None:
    await scene.sees(*(OK,) * 3, *(BAD, BAD, OK, OK) * 6)
    await scene.said()

    await scene.sees(*(OK,) * 21)
    await scene.tick()

    assert (await scene.incident()).state is State.VERIFYING
    assert ("person:data-owner", What.CONFIRM_NUDGE) in await scene.said()


def three_hosts() -> Catalogue:
    """Three connections to systems that have nothing in common."""
    connections = (
        a_connection(
            id=name,
            name=name,
            source=f"{name}-a",
            target=f"{name}-b",
            checks=(a_check(connection=name, settings={"url": f"https://{name}.example.com/"}),),
        )
        for name in ("orders", "stock", "bank")
    )
    return an_estate(*connections)


@pytest.fixture
async def hosts() -> AsyncIterator[Scene]:
    async with await Scene.open(three_hosts()) as stage:
        yield stage


async def everything(scene: Scene, *, no_answer: bool, hosts_answer: bool | None = None) -> None:
    """One look at each connection, a minute after the last."""
    signals = {Signal.REACHABLE: not no_answer, Signal.FAILED: 0.0}
    error = "ConnectTimeout: no answer within 10 s" if no_answer else ""
    cause = Cause.TIMEOUT if no_answer else None
    reading = Reading(at=scene.now, signals=signals, error=error, cause=cause)
    results = [
        CheckResult(check=f"{name}/api", observation=reading)
        for name in scene.knowledge.catalogue.connections
    ]
    await scene.do(looks.record, results, hosts_answer)
    scene.later(MINUTE)


async def test_when_everything_goes_dark_it_is_our_line_and_one_notice(hosts: Scene) -> None:
    await everything(hosts, no_answer=False)
    for _ in range(4):
        await everything(hosts, no_answer=True)

    healths = await hosts.run(lambda tx: tx.all_connection_health())
    said = await hosts.said()
    assert {health.verdict for health in healths.values()} == {BLIND}
    assert await hosts.lives() == ()
    assert said == [("person:architect", What.NETWORK_DOWN)]


async def test_when_our_line_is_back_that_is_said_once_and_nothing_else(hosts: Scene) -> None:
    await everything(hosts, no_answer=False)
    for _ in range(4):
        await everything(hosts, no_answer=True)
    await hosts.said()

    for _ in range(3):
        await everything(hosts, no_answer=False)

    healths = await hosts.run(lambda tx: tx.all_connection_health())
    assert {health.verdict for health in healths.values()} == {OK}
    assert await hosts.said() == [("person:architect", What.NETWORK_UP)]


async def test_when_a_canary_answers_it_is_they_who_are_down(hosts: Scene) -> None:
    await everything(hosts, no_answer=False)
    for _ in range(3):
        await everything(hosts, no_answer=True, hosts_answer=True)

    assert len(await hosts.lives()) >= 1
    assert What.NETWORK_DOWN not in [what for _, what in await hosts.said()]


async def test_one_dark_system_is_its_own_affair(hosts: Scene) -> None:
    await everything(hosts, no_answer=False)
    down = Reading(at=hosts.now, signals={Signal.REACHABLE: False}, cause=Cause.TIMEOUT)
    await hosts.records(down, check="bank/api")
    await hosts.records(down, check="bank/api")

    assert [incident.connection for incident in await hosts.lives()] == ["bank"]


async def test_what_stays_out_of_sight_is_told_once_however_often_another_check_fails() -> None:
    quiet = replace(a_check(), id="job")
    async with await Scene.open(an_estate(a_connection(checks=(a_check(), quiet)))) as scene:
        await scene.sees(OK)
        await scene.sees(BLIND, BLIND, BLIND, BLIND, check="orders/job")
        for _ in range(4):
            await scene.sees(BAD, BAD, BAD, OK, OK, OK)
        told = [what for _, what in await scene.said()]

    assert told.count(What.BLIND) == 1


async def test_a_refused_monitoring_login_is_told_once_and_so_is_its_end(scene: Scene) -> None:
    await scene.sees(OK, BLIND, BLIND, BLIND, BLIND, OK, OK)

    told = await scene.said()

    assert told == [("person:alice", What.BLIND), ("person:alice", What.HEALTHY)]


def counted() -> Catalogue:
    spec = a_check(rules=(), volume=VolumeRule(quiet_limit=HOUR), every=10 * MINUTE, confirm=1)
    return an_estate(a_connection(checks=(spec,)))


async def count(scene: Scene, span: timedelta, *, per_look: float) -> None:
    """A total that rises with every look, one each ten minutes."""
    health = await scene.run(lambda tx: tx.check_health("orders/api"))
    total = float(health.signals[Signal.PROCESSED]) if health else 0.0  # type: ignore[arg-type]
    results = []
    for _ in range(span // (10 * MINUTE)):
        scene.later(10 * MINUTE)
        total += per_look
        reading = Reading(at=scene.now, signals={Signal.PROCESSED: total})
        results.append((reading, scene.now))
    for reading, now in results:
        result = CheckResult(check="orders/api", observation=reading)
        await scene.do(looks.record, [result], now=now)


async def test_a_check_fails_by_volume_and_says_since_when_nothing_came() -> None:
    async with await Scene.open(counted()) as scene:
        await count(scene, 5 * HOUR, per_look=3)
        await count(scene, 2 * HOUR, per_look=0)

        incident = await scene.incident()
        assert incident.reasons[0].startswith("Nothing new since")


async def test_hours_become_rows_marked_while_something_is_wrong_and_old_ones_go() -> None:
    async with await Scene.open(counted()) as scene:
        await count(scene, 3 * HOUR, per_look=3)
        await count(scene, 3 * HOUR, per_look=0)
        rows = await scene.run(lambda tx: tx.hours("orders/api", NOW))

        scene.later(KEEP + DAY)
        await count(scene, 2 * HOUR, per_look=3)

        left = await scene.run(lambda tx: tx.hours("orders/api", NOW))
        assert [row.count for row in rows[:2]] == [12.0, 18.0]
        assert (rows[0].frozen, rows[-1].frozen) == (False, True)
        assert all(row.start > NOW + KEEP for row in left)


async def test_a_volume_state_survives_the_database() -> None:
    async with await Scene.open(counted()) as scene:
        await count(scene, 3 * HOUR, per_look=3)

        votes = await scene.run(lambda tx: tx.hour_count("orders/api"))

        assert votes is not None
        assert votes.looked_at == scene.now
        assert votes.quiet.since == scene.now
        assert len(votes.profile.surprise) == 168


async def test_three_systems_that_answer_of_unreachable_hosts_are_an_incident(
    hosts: Scene,
) -> None:
    await everything(hosts, no_answer=False)
    for _ in range(2):
        reading = Reading(
            at=hosts.now,
            signals={Signal.REACHABLE: False},
            error="GET shop: 503 Service Unavailable: upstream host unreachable, ConnectTimeout",
            cause=Cause.STATUS,
        )
        names = hosts.knowledge.catalogue.connections
        results = [CheckResult(check=f"{name}/api", observation=reading) for name in names]
        await hosts.do(looks.record, results)
        hosts.later(MINUTE)

    assert await hosts.lives() != ()
    assert not (await hosts.run(lambda tx: tx.network_state())).down
