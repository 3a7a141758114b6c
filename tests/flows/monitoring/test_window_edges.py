"""What opens at every edge of every kind of window, and of a pause: a failure before it, in it, at
its last moment, after it, and a recovery in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.core.estate.windows import Calendar, Close, Cron, Once, Weekly, When, Window
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import estate_views
from bot.flows.monitoring import pauses
from bot.language.errors import Invalid, NotAllowed, NotFound
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
OK, FAILING = Verdict.OK, Verdict.FAILING
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# kind, zone, start and end in UTC; the pause is entered at its start
EDGES = {
    "once": (Once(start=at("2027-03-02 10:00"), end=at("2027-03-02 12:00")), "UTC"),
    "weekly": (Weekly(days=(2,), start=time(10), end=time(12)), "UTC"),
    "cron": (Cron(expression="0 10 * * 2", length=2 * HOUR), "UTC"),
    "close": (Close(), "UTC"),
    "pause": (None, "UTC"),
    # The night in which 02:00 to 03:00 does not exist, and the one in which it exists twice.
    "spring": (Weekly(days=(7,), start=time(1), end=time(4)), "Europe/Amsterdam"),
    "autumn": (Weekly(days=(7,), start=time(1), end=time(4)), "Europe/Amsterdam"),
    "autumn cron": (Cron(expression="0 1 * * 0", length=4 * HOUR), "Europe/Amsterdam"),
}
TIMES = {
    "close": (at("2027-02-26 00:00"), at("2027-03-06 00:00")),
    "spring": (at("2027-03-28 00:00"), at("2027-03-28 02:00")),
    "autumn": (at("2027-10-30 23:00"), at("2027-10-31 03:00")),
    "autumn cron": (at("2027-10-30 23:00"), at("2027-10-31 03:00")),
}
USUAL = (at("2027-03-02 10:00"), at("2027-03-02 12:00"))


class Edge:
    """A scene shortly before a window opens."""

    def __init__(self, scene: Scene, kind: str) -> None:
        self.scene, self.kind = scene, kind
        self.start, self.end = TIMES.get(kind, USUAL)
        self.paused = False

    async def fails(self, moment: datetime) -> None:
        await self.to(moment - MINUTE)
        await self._looks(FAILING, moment)

    async def recovers(self, moment: datetime) -> None:
        await self.to(moment - MINUTE)
        await self._looks(OK, moment)

    async def _looks(self, verdict: Verdict, moment: datetime) -> None:
        """Two looks, the second and deciding one at `moment`."""
        await self.scene.sees(verdict)
        await self.to(moment)
        await self.scene.sees(verdict)

    async def to(self, moment: datetime) -> None:
        if self.kind == "pause" and not self.paused and moment >= self.start:
            self.paused = True
            self.scene.now = self.start
            await self.scene.do(
                pauses.pause, a_connection(), until=self.end, why="update", by="bob"
            )
        self.scene.now = moment
        await self.scene.tick()

    async def states(self) -> list[State]:
        await self.scene.tick()
        return [one.state for one in await self.scene.lives()]


@pytest.fixture(params=EDGES)
async def edge(request: pytest.FixtureRequest) -> AsyncIterator[Edge]:
    kind: str = request.param
    when, zone = EDGES[kind]
    windows = _windows(when, zone)
    async with await Scene.open(an_estate(windows=windows, calendar=Calendar())) as scene:
        found = Edge(scene, kind)
        scene.now = found.start - DAY
        await scene.sees(OK, OK)
        yield found


def _windows(when: When | None, zone: str) -> tuple[Window, ...]:
    return (Window(name="update", when=when, zone=zone),) if when else ()


async def test_what_fails_before_it_opens_and_stays_open(edge: Edge) -> None:
    await edge.fails(edge.start - SECOND)
    before = await edge.states()
    await edge.to(edge.start + HOUR)

    assert before == [State.OPEN]
    assert await edge.states() == [State.OPEN]


async def test_what_fails_at_its_first_moment_waits(edge: Edge) -> None:
    await edge.fails(edge.start)

    assert await edge.states() == []


async def test_what_fails_at_its_last_moment_waits_for_the_next(edge: Edge) -> None:
    await edge.fails(edge.end - SECOND)
    at_once = await edge.scene.lives()
    await edge.to(edge.end)

    assert at_once == ()
    assert await edge.states() == [State.OPEN]


async def test_what_still_fails_at_its_end_is_new_then(edge: Edge) -> None:
    await edge.fails(edge.start + HOUR)
    await edge.to(edge.end - SECOND)
    in_it = await edge.states()
    await edge.to(edge.end)

    after = await edge.states()
    opened = (await edge.scene.lives())[0]

    assert (in_it, after) == ([], [State.OPEN])
    assert opened.opened_at == edge.end
    assert ("while paused" in opened.reasons[-1]) == (edge.kind == "pause")
    assert "bob" in await edge.scene.pinged()


async def test_what_recovers_in_it_opens_nothing(edge: Edge) -> None:
    await edge.fails(edge.start + HOUR)
    await edge.recovers(edge.end - MINUTE)
    await edge.to(edge.end + HOUR)

    assert await edge.states() == []


async def test_an_incident_that_is_open_recovers_in_it(edge: Edge) -> None:
    await edge.fails(edge.start - SECOND)
    await edge.recovers(edge.start + HOUR)

    assert await edge.states() == [State.VERIFYING]


async def test_what_fails_at_its_end_or_after_it_opens_at_once(edge: Edge) -> None:
    await edge.fails(edge.end)

    assert await edge.states() == [State.OPEN]


async def test_it_opens_once_and_not_again_at_the_next_tick(edge: Edge) -> None:
    await edge.fails(edge.start + HOUR)
    await edge.to(edge.end)
    await edge.to(edge.end + MINUTE)

    assert len(await edge.scene.lives()) == 1


async def paused(scene: Scene, span: timedelta = 2 * HOUR, by: str = "bob") -> None:
    await scene.do(
        pauses.pause, a_connection(), until=scene.now + span, why="the ERP is updated", by=by
    )


class TestPause:
    async def test_status_says_who_paused_it_why_and_until_when(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(OK, OK)
            await paused(scene)

            line = await scene.do(estate_views.status_line, a_connection())

            assert line.window.startswith("Paused by ‹p:bob› until ‹t:")
            assert "the ERP is updated" in line.window

    async def test_the_owner_hears_of_it_and_of_its_end(self) -> None:
        async with await Scene.open() as scene:
            await paused(scene)
            begun = await scene.said()
            await scene.tick(2 * HOUR)

            assert begun == [("person:alice", What.PAUSED)]
            ended = [("person:alice", What.PAUSE_ENDED), ("person:bob", What.PAUSE_ENDED)]
            assert sorted(await scene.said()) == ended

    async def test_ended_by_hand_what_fails_opens_at_once(self) -> None:
        async with await Scene.open() as scene:
            await paused(scene)
            await scene.sees(FAILING, FAILING)
            before = await scene.lives()
            await scene.do(pauses.resume, a_connection(), by="alice")
            await scene.tick()

            assert before == ()
            assert len(await scene.lives()) == 1

    async def test_a_longer_one_replaces_the_shorter(self) -> None:
        async with await Scene.open() as scene:
            await paused(scene, HOUR)
            await paused(scene, 3 * HOUR, by="alice")
            await scene.tick(2 * HOUR)

            left = await scene.do(pauses.listed)

            assert [one.by for one in left] == ["alice"]

    async def test_who_paused_and_who_resumed_is_kept(self) -> None:
        async with await Scene.open() as scene:
            await paused(scene)
            await scene.do(pauses.resume, a_connection(), by="alice")

            kept = await scene.run(lambda tx: tx.pauses_of("orders", NOW - DAY))

            assert [(one.by, one.why, one.ended_by) for one in kept] == [
                ("bob", "the ERP is updated", "alice")
            ]

    async def test_only_those_named_for_it_may(self) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(NotAllowed, match="may pause or resume it: ‹p:bob›, ‹p:alice›"):
                await paused(scene, by="charlie")

    @pytest.mark.parametrize("span", [timedelta(0), -HOUR, timedelta(days=32)])
    async def test_times_that_make_no_sense_are_refused(self, span: timedelta) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(Invalid):
                await paused(scene, span)

    async def test_what_is_not_paused_cannot_be_resumed(self) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(NotFound, match="is not paused"):
                await scene.do(pauses.resume, a_connection(), by="bob")

    async def test_a_connection_that_left_the_file_does_not_keep_its_pause(self) -> None:
        async with await Scene.open() as scene:
            await paused(scene)
            scene.knowledge = knowledge_of(an_estate(a_connection(id="stock")))
            await scene.tick(3 * HOUR)

            assert await scene.run(lambda tx: tx.pauses()) == ()
