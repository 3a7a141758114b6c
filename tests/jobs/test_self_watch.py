"""The outbound heartbeat is beaten when the work is done, and silence is the alarm."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.core.monitoring.rules import Verdict
from bot.jobs import Timekeeper
from bot.jobs.self_watch import SelfWatch
from bot.language.redaction import Secret
from bot.runtime import Runtime
from tests.builders import MINUTE
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


class Outside:
    """The outside watcher: counts beats, and answers what it is told."""

    def __init__(self) -> None:
        self.beats, self.status, self.url = 0, 200, ""

    async def take(self, _: web.Request) -> web.Response:
        self.beats += 1
        return web.Response(status=self.status)


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    watcher = Outside()
    app = web.Application()
    app.router.add_get("/ping/secret-uuid", watcher.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    watcher.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/secret-uuid"
    try:
        yield watcher
    finally:
        await runner.cleanup()


def self_watch(scene: Scene, url: str, registry: CollectorRegistry) -> SelfWatch:
    runtime = Runtime(
        store=scene.store,
        knowledge=lambda: scene.knowledge,
        clock=lambda: scene.now,
        steady=lambda: scene.now.timestamp(),
    )
    return SelfWatch(
        runtime,
        Secret(url),
        timekeeper=Timekeeper(runtime, wake=lambda: None),
        dark=lambda: False,
        late=lambda: (),
        wake=lambda: None,
        metrics=registry,
    )


def counted(registry: CollectorRegistry, result: str) -> float | None:
    return registry.get_sample_value("firstlane_heartbeats_total", {"result": result})


async def test_it_is_beaten_after_the_deadlines_were_looked_at() -> None:
    registry = CollectorRegistry()
    async with outside() as watcher, await Scene.open() as scene:
        watch = self_watch(scene, watcher.url, registry)
        scene.later(2 * MINUTE)
        await watch.beat()
        before = watcher.beats
        watch.ticked()

        await watch.beat()

        assert (before, watcher.beats) == (0, 1)
        assert (counted(registry, "withheld"), counted(registry, "sent")) == (1, 1)


@pytest.mark.parametrize(("late_s", "errors"), [(0, 0), (30, 0), (61, 1)])
async def test_in_the_first_moments_of_a_start_it_is_silent_and_nothing_is_wrong(
    late_s: int, errors: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with outside() as watcher, await Scene.open() as scene:
        watch = self_watch(scene, watcher.url, CollectorRegistry())
        scene.later(timedelta(seconds=late_s))

        await watch.beat()

        assert watcher.beats == 0
        assert len([one for one in caplog.records if one.levelname == "ERROR"]) == errors


async def test_it_falls_silent_when_nobody_looks_at_the_deadlines_any_more() -> None:
    async with outside() as watcher, await Scene.open() as scene:
        watch = self_watch(scene, watcher.url, CollectorRegistry())
        watch.ticked()
        scene.later(2 * MINUTE)

        await watch.beat()

        assert watcher.beats == 0


async def test_it_falls_silent_when_nobody_knows_whether_a_ping_waits() -> None:
    async with outside() as watcher, await Scene.open() as scene:
        watch = self_watch(scene, watcher.url, CollectorRegistry())
        scene.later(6 * MINUTE)
        watch.ticked()
        await watch.beat()
        silent = watcher.beats
        await watch.audit()
        await watch.audit()

        await watch.beat()

        assert (silent, watcher.beats) == (0, 1)


async def test_it_falls_silent_while_a_ping_waits() -> None:
    async with outside() as watcher, await Scene.open() as scene:
        watch = self_watch(scene, watcher.url, CollectorRegistry())
        await watch.audit()
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        scene.later(6 * MINUTE)
        await watch.audit()
        watch.ticked()
        await watch.beat()
        silent = watcher.beats
        await scene.post()
        await watch.audit()

        await watch.beat()

        assert (silent, watcher.beats) == (0, 1)


async def test_it_falls_silent_when_the_store_does_not_write() -> None:
    async with outside() as watcher:
        scene = await Scene.open()
        watch = self_watch(scene, watcher.url, CollectorRegistry())
        watch.ticked()
        await scene.store.close()

        await watch.beat()

        assert watcher.beats == 0


async def test_a_watcher_that_fails_or_is_gone_stops_nothing_and_its_address_stays_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = CollectorRegistry()
    async with await Scene.open() as scene:
        async with outside() as watcher:
            watch = self_watch(scene, watcher.url, registry)
            watch.ticked()
            watcher.status = 500
            await watch.beat()

        await watch.beat()

        assert counted(registry, "failed") == 2
        assert "secret-uuid" not in caplog.text


async def test_without_an_address_nothing_is_beaten() -> None:
    registry = CollectorRegistry()
    async with await Scene.open() as scene:
        watch = self_watch(scene, "", registry)

        await watch.beat()

        assert counted(registry, "sent") is None


async def test_what_the_auditor_found_is_counted_and_said_without_names() -> None:
    registry = CollectorRegistry()
    async with await Scene.open() as scene:
        watch = self_watch(scene, "", registry)
        await watch.audit()
        fine = watch.ready
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        scene.later(timedelta(minutes=6))

        await watch.audit()

        assert fine is True
        assert watch.ready == "the auditor found: ping"
        assert registry.get_sample_value("firstlane_auditor_findings") == 1


async def test_what_the_auditor_found_is_not_said_any_more_soon_after_it_is_over() -> None:
    async with await Scene.open() as scene:
        watch = self_watch(scene, "", CollectorRegistry())
        await watch.audit()
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        scene.later(timedelta(minutes=6))
        await watch.audit()
        found = watch.ready
        await scene.post()

        await watch.turn_over()

        assert found == "the auditor found: ping"
        assert watch.ready is True
