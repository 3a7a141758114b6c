"""What breaks while the disk is full is looked at, and is on record as begun when it was seen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from bot.app import readiness
from bot.checks.clients import Clients
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import ProbeKind, Tools
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Observation
from bot.flows import looks as checks
from bot.jobs import CheckLoop, Timekeeper
from bot.language.errors import CannotStore
from bot.runtime import Runtime
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import NOW, a_check, a_connection, an_estate, knowledge_of, saw

pytestmark = pytest.mark.anyio
R = TypeVar("R")
OK, BAD, BLIND = Verdict.OK, Verdict.FAILING, Verdict.UNKNOWN
STEP = a_check().every


@dataclass
class Disk:
    """The real store on a disk that can be full: it is read, and takes nothing."""

    inner: Store
    full: bool = False

    async def run(self, flow: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        def work(tx: Tx) -> R:
            before = tx.db.conn.total_changes  # type: ignore[attr-defined]
            result = flow(tx, *args, **kwargs)
            if self.full and tx.db.conn.total_changes != before:  # type: ignore[attr-defined]
                raise CannotStore("the disk is full")
            return result

        return await self.inner.run(work)


@dataclass(frozen=True, kw_only=True)
class Judging(Runtime):
    """Says when looks were judged."""

    judged: asyncio.Event = field(default_factory=asyncio.Event)

    async def do_at(self, now: datetime, flow: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().do_at(now, flow, *args, **kwargs)
        finally:
            if flow is checks.record:
                self.judged.set()


@dataclass
class World:
    disk: Disk
    runtime: Judging = field(init=False)
    watch: CheckLoop = field(init=False)
    now: datetime = NOW
    passed: float = 0.0
    sees: Verdict = OK
    looks: int = 0

    async def probe(self, spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        self.looks += 1
        return saw(self.sees, now)

    def later(self, span: timedelta) -> None:
        self.now += span
        self.passed += span.total_seconds()

    async def lives(self, verdicts: Sequence[Verdict], *, full: bool) -> None:
        self.disk.full = full
        for self.sees in verdicts:
            self.later(STEP)
            self.runtime.judged.clear()
            await self.watch.look()
            await self.runtime.judged.wait()

    async def believed(self) -> CheckHealth:
        found = await self.disk.run(lambda tx: tx.check_health("orders/api"))
        assert found is not None
        return found


async def _never(_: str) -> Ping | None:
    return None


async def _now(_: str) -> datetime:
    return NOW


@asynccontextmanager
async def a_world(**given: Any) -> AsyncIterator[World]:
    inner, clients = await Store.open(None), Clients()
    spec = a_check(settings={"url": "https://far.example"}, **given)
    knowledge = knowledge_of(an_estate(a_connection(checks=(spec,))))
    world = World(Disk(inner))
    runtime = world.runtime = Judging(
        store=world.disk,
        knowledge=lambda: knowledge,
        clock=lambda: world.now,
        steady=lambda: world.passed,
    )
    timekeeper = Timekeeper(runtime, wake=lambda: None)
    tools = Tools(http=clients, last_ping=_never, first_seen=_now)
    runner = Runner(tools, {"http": ProbeKind(HttpSettings, world.probe)})
    world.watch = CheckLoop(runtime, runner, timekeeper, wake=lambda: None)
    storing = asyncio.create_task(world.watch.record())
    try:
        yield world
    finally:
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)
        await world.watch.close()
        await clients.close()
        await inner.close()


@pytest.mark.parametrize("confirm", [{"confirm": 1}, {"confirm": 2}, {"confirm": 2, "within": 3}])
@pytest.mark.parametrize(
    ("meanwhile", "first"),
    [
        ([BAD], 0),
        ([OK, BAD, BAD], 1),
        ([BAD, OK, BAD], 2),
        ([BAD, BLIND, BAD], 0),
        ([BLIND, BLIND, BLIND], 0),
        ([BLIND, BAD], 1),
        ([BAD, BLIND], 1),
    ],
)
async def test_it_began_with_the_first_look_that_saw_the_like(
    confirm: dict[str, int], meanwhile: list[Verdict], first: int
) -> None:
    async with a_world(**confirm) as world:
        await world.lives([OK, OK], full=False)
        began = world.now + (first + 1) * STEP
        await world.lives(meanwhile, full=True)
        await world.lives([meanwhile[-1]] * 2, full=False)

        found = await world.believed()
        assert (found.verdict, found.since) == (meanwhile[-1], began)


async def test_what_was_bad_only_while_nothing_could_be_stored_dates_nothing() -> None:
    async with a_world(confirm=1) as world:
        await world.lives([OK], full=False)
        await world.lives([BAD], full=True)
        await world.lives([OK, BAD], full=False)

        assert (await world.believed()).since == world.now


async def test_what_is_looked_at_and_not_stored_is_not_said_to_stand_still() -> None:
    async with a_world(confirm=1) as world:
        look = readiness.looks_of(world.watch)
        await world.lives([OK], full=False)
        assert not look().wrong

        await world.lives([OK] * 9, full=True)
        said = look().wrong
        assert "cannot be stored" in said
        assert "not looked at" not in said

        world.later(9 * STEP)
        assert "not looked at" in look().wrong
        await world.lives([OK], full=False)
        assert not look().wrong


async def test_without_room_each_check_is_looked_at_no_more_often_than_with_it() -> None:
    async with a_world() as world:
        await world.lives([OK, OK], full=True)
        before = world.looks
        for _ in range(5):
            world.later(STEP / 10)
            await world.watch.look()

        assert world.looks == before == 2
