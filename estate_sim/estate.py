"""The simulated estate as a running thing: a clock that ticks, a web server, heartbeats."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Self

from aiohttp import web

from estate_sim import switches
from estate_sim.failures import Failure
from estate_sim.heartbeats import Heartbeats
from estate_sim.server import estate_app
from estate_sim.world import EstateConnection, World

TICK_SECONDS = 0.5


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Estate:
    """Lives between `async with` and its end. Port 0 takes any free one; a taken one raises
    OSError. With `pace` 30, thirty simulated seconds of traffic pass in each real one; timestamps
    are those of `clock`. What is switched on is kept in the file `state`, where one is given."""

    def __init__(
        self,
        *,
        connections: Sequence[EstateConnection],
        host: str = "127.0.0.1",
        port: int = 8090,
        pace: float = 30.0,
        slack_url: str = "",
        erp: str = "business-central",
        clock: Callable[[], datetime] = _utc_now,
        state: Path | None = None,
    ) -> None:
        self._host, self._port, self._clock = host, port, clock
        self._world = World(connections, erp=erp, pace=pace, now=clock())
        self._heartbeats = Heartbeats(self._world, pace=pace)
        self._app = estate_app(self._world, clock=clock, pace=pace, slack_url=slack_url)
        self._open = AsyncExitStack()
        self._state = state
        if state is not None:
            self._world.restore(switches.kept(state), clock())
        self._kept = self._world.switched()

    @property
    def url(self) -> str:
        """Where it is served, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    def switch(self, failure: Failure, connection: str | None, on: bool) -> None:
        """Break or mend something. Raises UnknownSwitch when the two do not go together."""
        self._world.switch(failure, connection, on, self._clock())

    def reset(self) -> None:
        """Everything back to normal; backlogs drain over some seconds."""
        self._world.reset(self._clock())

    def push_to(self, connection: str, url: str) -> None:
        """Send the heartbeats of a connection to a ping address from now on."""
        self._heartbeats.push_to(connection, url)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            opening.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, self._host, self._port).start()
            self._port = runner.addresses[0][1]
            await opening.enter_async_context(self._heartbeats)
            ticking = asyncio.create_task(self._tick(), name="estate-tick")
            opening.push_async_callback(_stopped, ticking)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()
        self._keep()

    def _keep(self) -> None:
        now_on = self._world.switched()
        if self._state is not None and now_on != self._kept:
            switches.keep(self._state, now_on)
            self._kept = now_on

    async def _tick(self) -> None:
        last = monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = monotonic()
            self._world.advance(self._clock(), now - last)
            self._heartbeats.beat(self._clock())
            self._keep()
            last = now


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
