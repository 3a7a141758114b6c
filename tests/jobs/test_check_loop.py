"""Before a system is called dark, addresses that have nothing to do with it are asked."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot.app import readiness
from bot.checks.clients import Clients
from bot.checks.http import settings
from bot.checks.outcomes import unreachable
from bot.checks.probe import ProbeKind, Tools
from bot.checks.probes import http
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Cause, Observation
from bot.jobs import CheckLoop, Timekeeper
from bot.runtime import Runtime
from bot.store.store import Store
from tests.builders import MINUTE, NOW, a_check, a_connection, an_estate, knowledge_of

pytestmark = pytest.mark.anyio


@dataclass
class House:
    """Our own network, two reference hosts beyond it, and one system that is watched. All three are
    real servers; what cannot be reached ends as a look does that ran into its time limit."""

    reference_hosts: list[str] = field(default_factory=list)
    system: str = ""
    asked: list[str] = field(default_factory=list)
    dark: set[str] = field(default_factory=set)
    now: datetime = NOW
    failing: bool = False
    passed: float = 0.0
    jumps: timedelta = timedelta(0)  # of the clock, while a system answers
    watch: CheckLoop = field(init=False)
    store: Store = field(init=False)

    def line_goes_down(self) -> None:
        self.dark = {self.system, *self.reference_hosts}

    async def probe(self, spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        url = settings.HttpSettings.of(spec).url
        if url in self.dark:
            said = f"{url}: ConnectTimeout: no answer within 3 s"
            return unreachable(now, said, Cause.TIMEOUT)
        return await http.probe(spec, tools, now)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.now += self.jumps
        return web.json_response({}, status=503 if self.failing else 200)

    async def looks(self) -> Verdict:
        """Look at the system a minute later; what is then believed of it."""
        self.now += MINUTE
        self.passed += MINUTE.total_seconds()
        await self.watch.look_now("orders")
        found = await self.store.run(lambda tx: tx.check_health("orders/api"))
        assert found is not None
        return found.verdict

    async def line_is_down(self) -> bool:
        return (await self.store.run(lambda tx: tx.network_state())).down


async def _never(_: str) -> Ping | None:
    return None


async def _now(_: str) -> datetime:
    return NOW


async def _serve(stack: AsyncExitStack, house: House) -> str:
    app = web.Application()
    app.router.add_get("/{name}", house.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


@asynccontextmanager
async def a_house(*, with_reference_hosts: bool = True) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        house = House()
        url = await _serve(stack, house)
        house.system = f"{url}/system"
        house.reference_hosts = (
            [f"{url}/canary-{place}" for place in (1, 2)] if with_reference_hosts else []
        )
        spec = a_check(settings={"url": house.system}, confirm=1, recover=1, rules=())
        estate = an_estate(a_connection(checks=(spec,)), self_check=tuple(house.reference_hosts))
        knowledge = knowledge_of(estate)
        house.store = await Store.open(None)
        stack.push_async_callback(house.store.close)
        runtime = Runtime(
            store=house.store,
            knowledge=lambda: knowledge,
            clock=lambda: house.now,
            steady=lambda: house.passed,
        )
        clients = Clients()
        stack.push_async_callback(clients.close)
        tools = Tools(http=clients, last_ping=_never, first_seen=_now)
        probes = {"http": ProbeKind(settings.HttpSettings, house.probe)}
        timekeeper = Timekeeper(runtime, wake=lambda: None)
        await timekeeper.look()
        house.watch = CheckLoop(runtime, Runner(tools, probes), timekeeper, wake=lambda: None)
        stack.push_async_callback(house.watch.close)
        yield house


async def test_while_everything_answers_no_canary_is_asked() -> None:
    async with a_house() as house:
        verdict = await house.looks()

        assert verdict is Verdict.OK
        assert house.asked == ["/system"]


async def test_a_system_that_is_dark_while_a_canary_answers_is_broken_itself() -> None:
    async with a_house() as house:
        house.dark = {house.system, house.reference_hosts[0]}

        verdict = await house.looks()

        assert verdict is Verdict.FAILING
        assert not await house.line_is_down()
        assert house.asked == ["/canary-2"]


async def test_a_system_that_is_dark_with_every_canary_is_not_to_blame() -> None:
    async with a_house() as house:
        await house.looks()
        house.line_goes_down()

        verdict = await house.looks()

        assert verdict is Verdict.UNKNOWN
        assert await house.line_is_down()


async def test_canaries_are_asked_until_one_answers_again_and_then_no_more() -> None:
    async with a_house() as house:
        house.line_goes_down()
        await house.looks()

        house.dark = set()
        back = [await house.looks(), await house.looks()]

        assert back == [Verdict.OK, Verdict.OK]
        assert not await house.line_is_down()
        assert sorted(house.asked) == ["/canary-1", "/canary-2", "/system", "/system"]


async def test_without_canaries_one_dark_system_is_believed_to_be_broken() -> None:
    async with a_house(with_reference_hosts=False) as house:
        house.line_goes_down()

        verdict = await house.looks()

        assert verdict is Verdict.FAILING
        assert not await house.line_is_down()


@pytest.mark.parametrize("hours", [3, -3])
async def test_what_is_seen_while_the_clock_jumps_is_judged_once_it_is_believed(
    hours: int,
) -> None:
    async with a_house(with_reference_hosts=False) as house:
        await house.looks()
        house.jumps, house.failing = timedelta(hours=hours), True
        meanwhile = await house.looks()
        house.jumps = timedelta(0)
        await house.watch.look()  # starts nothing yet
        later = await house.looks()

        assert (meanwhile, later) == (Verdict.OK, Verdict.FAILING)
        assert len(house.asked) == 3


@pytest.mark.parametrize(("hours", "way"), [(3, "3 h forward"), (-3, "3 h back")])
async def test_that_checks_wait_for_the_clock_is_said_with_since_when_and_until_when(
    hours: int, way: str
) -> None:
    async with a_house(with_reference_hosts=False) as house:
        look = readiness.looks_of(house.watch)
        await house.looks()
        before = look()
        house.jumps = timedelta(hours=hours)
        await house.looks()
        jumped_at, house.jumps = house.now, timedelta(0)
        said = look()
        house.now += MINUTE / 2
        house.passed += MINUTE.total_seconds() / 2
        still = look()
        await house.looks()

        until = f"{jumped_at + MINUTE:%Y-%m-%d %H:%M:%S} UTC"
        why = f"checks wait until {until}, because the clock of this machine jumped {way}"
        assert (before.wrong, look().wrong) == ("", "")
        assert (said.wrong, said.since) == (why, jumped_at)
        assert still == replace(said, age_s=still.age_s)
