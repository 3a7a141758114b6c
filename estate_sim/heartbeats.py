"""Sends the heartbeats of simulated jobs, as a real job would at the end of each run."""

import asyncio
from datetime import datetime, timedelta
from typing import Self

import aiohttp

from estate_sim.world import World

_TIMEOUT = aiohttp.ClientTimeout(total=5)
_MOST_ERRORS = 5


class Heartbeats:
    """`beat` is called at every tick and starts what is due; a bot that is not up yet is no
    reason to fail."""

    def __init__(self, world: World, *, pace: float) -> None:
        self._world = world
        self._pace = pace
        self._urls = {one.id: one.ping_url for one in world.connections.values() if one.ping_url}
        self._due: dict[str, datetime] = {}
        self._counted: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def push_to(self, connection: str, url: str) -> None:
        self._urls[connection] = url
        self._due.pop(connection, None)

    def beat(self, now: datetime) -> None:
        for connection in self._urls:
            if now >= self._due.get(connection, now):
                every = self._world.connections[connection].ping_every / self._pace
                self._due[connection] = now + max(every, timedelta(seconds=1))
                if not self._world.effects(connection, now).silent:
                    self._start(connection, now)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _start(self, connection: str, now: datetime) -> None:
        task = asyncio.create_task(self._send(connection, now))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, connection: str, now: datetime) -> None:
        if self._session is None:
            return
        effects, content = self._world.connector(connection, now)
        done = float(content["processed_today"])
        since = max(done - self._counted.get(connection, done), 0.0)
        self._counted[connection] = done
        body = {
            "processed": int(since),
            "failed": [
                {name: error[name] for name in ("text", "count", "ids")}
                for error in content["errors"][:_MOST_ERRORS]
            ],
        }
        url = self._urls[connection] + ("/fail" if effects.blocked_by else "")
        try:
            async with self._session.post(url, json=body) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError):
            return
