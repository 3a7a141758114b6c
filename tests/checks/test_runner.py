"""Many checks at once: nobody waits for the one that hangs, and nothing is raised."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

import pytest

from bot.checks import PROBES, settings_models
from bot.checks.probe import ProbeKind, ProbeSettings, Tools
from bot.checks.runner import ALL_FAST, PER_ORIGIN, Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, CheckResult, Observation, Reading, Signal
from tests.checks.conftest import NOW, spec
from tests.loop_time import ahead

pytestmark = pytest.mark.anyio


class Settings(ProbeSettings):
    host: str = ""
    token: str = ""

    def origin(self) -> str:
        return self.host


odd = partial(spec, "odd", model=Settings)


def kinds(
    function: Callable[[CheckSpec, Tools, datetime], Awaitable[Observation]],
) -> Mapping[str, ProbeKind]:
    return {**PROBES, "odd": ProbeKind(Settings, function)}


async def fine(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    return Reading(at=now, signals={Signal.REACHABLE: True})


async def test_a_new_kind_of_probe_is_one_registered_line(tools: Tools) -> None:
    runner = Runner(tools, kinds(fine))

    results = [one async for one in runner.run([odd(id="a")], NOW)]

    assert results == [
        CheckResult(
            check="shop-orders/a", observation=Reading(at=NOW, signals={Signal.REACHABLE: True})
        )
    ]


async def test_a_check_that_hangs_delays_no_other_result(tools: Tools) -> None:
    never = asyncio.Event()

    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        if spec.id == "hangs":
            await never.wait()
        return await fine(spec, tools, now)

    specs = [odd(id=f"n{n}", host=f"h{n}") for n in range(20)]
    runner = Runner(tools, kinds(probe))
    results = runner.run([odd(id="hangs", host="slow", timeout=60), *specs], NOW)

    first = [(await anext(results)).check for _ in specs]
    await results.aclose()

    assert sorted(first) == sorted(one.key for one in specs)


async def test_hosts_that_hung_at_the_last_look_no_longer_stand_in_the_way(tools: Tools) -> None:
    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        if spec.id.startswith("hangs"):
            await asyncio.Event().wait()
        return await fine(spec, tools, now)

    runner = Runner(tools, kinds(probe))
    hung = [odd(id=f"hangs{n}", host=f"slow{n}", timeout=0.1) for n in range(ALL_FAST + 44)]
    healthy = [odd(id=f"n{n}", host=f"h{n}") for n in range(20)]
    async for _ in runner.run(hung, NOW):
        pass

    results = runner.run([*hung, *healthy], NOW)
    first = [(await anext(results)).check for _ in healthy]
    await results.aclose()

    assert sorted(first) == sorted(one.key for one in healthy)


async def test_a_check_ends_at_its_time_limit(tools: Tools) -> None:
    begun = asyncio.Semaphore(0)

    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        begun.release()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    runner = Runner(tools, kinds(probe))

    specs = [odd(host="https://erp:443"), odd()]
    looking = [asyncio.create_task(runner.observe(one, NOW)) for one in specs]
    await begun.acquire()
    await begun.acquire()

    with ahead(minutes=2):
        with_far_end, without = [await one for one in looking]

    assert isinstance(with_far_end, Reading)
    assert with_far_end.signals[Signal.REACHABLE] is False
    assert "https://erp:443" in with_far_end.error
    assert isinstance(without, Blind)


async def test_one_origin_is_asked_by_a_few_checks_at_a_time(tools: Tools) -> None:
    running = highest = 0
    full = asyncio.Barrier(PER_ORIGIN)

    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        nonlocal running, highest
        running += 1
        highest = max(highest, running)
        await full.wait()
        running -= 1
        return await fine(spec, tools, now)

    specs = [odd(id=f"n{n}", host="erp") for n in range(32)]

    results = [one async for one in Runner(tools, kinds(probe)).run(specs, NOW)]

    assert len(results) == 32
    assert highest == PER_ORIGIN


async def test_a_probe_that_breaks_makes_us_blind_and_its_secrets_stay_out_of_the_log(
    tools: Tools, caplog: pytest.LogCaptureFixture
) -> None:
    class Marked(str):
        pass

    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        raise KeyError(f"no entry for {Settings.of(spec).token}")

    with caplog.at_level(logging.ERROR):
        seen = await Runner(tools, kinds(probe)).observe(odd(token=Marked("S3CRET-value")), NOW)

    assert seen == Blind(at=NOW, reason="the probe itself failed: KeyError; see the log")
    assert "KeyError" in caplog.text
    assert "S3CRET" not in caplog.text


async def test_an_unknown_kind_makes_us_blind(tools: Tools) -> None:
    unknown = spec("carrier-pigeon", model=Settings)

    seen = await Runner(tools, PROBES).observe(unknown, NOW)

    assert isinstance(seen, Blind)
    assert "carrier-pigeon" in seen.reason


async def test_closing_the_results_early_cancels_what_still_runs(tools: Tools) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        if spec.id == "quick":
            await started.wait()
            return await fine(spec, tools, now)
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError("unreachable")

    results = Runner(tools, kinds(probe)).run([odd(id="hangs", timeout=60), odd(id="quick")], NOW)

    first = await anext(results)
    await results.aclose()

    assert first.check == "shop-orders/quick"
    assert cancelled.is_set()


def test_every_kind_offers_described_settings_for_files() -> None:
    for name, model in settings_models().items():
        for key, field in model.model_json_schema()["properties"].items():
            assert field.get("description"), f"{name}.{key} has no description"
