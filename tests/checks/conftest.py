"""A far end on a real socket, and a spec that points to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel

from bot.checks import settings_models
from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import Ping

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FarEnd:
    """Answers everything with `handler`, and remembers the requests."""

    url: str = ""
    handler: Handler | None = None
    requests: list[web.Request] = field(default_factory=list)

    def answers(self, body: Any = None, *, status: int = 200, **more: Any) -> None:
        async def handler(_: web.Request) -> web.Response:
            if isinstance(body, (str, bytes)):
                data = body.encode() if isinstance(body, str) else body
                return web.Response(body=data, status=status, **more)
            return web.json_response(body, status=status, **more)

        self.handler = handler


@pytest.fixture
async def far_end(anyio_backend: str) -> AsyncIterator[FarEnd]:
    far = FarEnd()

    async def route(request: web.Request) -> web.StreamResponse:
        far.requests.append(request)
        assert far.handler is not None
        return await far.handler(request)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", route)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    far.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield far
    await runner.cleanup()


@dataclass
class Memory:
    """Pings and first sights by check key, as the store would know them."""

    pings: dict[str, Ping] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)

    async def last_ping(self, key: str) -> Ping | None:
        return self.pings.get(key)

    async def first_seen(self, key: str) -> datetime:
        return self.seen.get(key, NOW)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def tools(anyio_backend: str, memory: Memory) -> AsyncIterator[Tools]:
    clients = Clients()
    yield Tools(http=clients, last_ping=memory.last_ping, first_seen=memory.first_seen)
    await clients.close()


def spec(
    kind: str = "http",
    *,
    id: str = "status",
    timeout: float = 60,
    model: type[BaseModel] | None = None,
    **settings: Any,
) -> CheckSpec:
    """A check with these settings; `model` reads them for a kind that is not among ours."""
    return CheckSpec(
        id=id,
        connection="shop-orders",
        kind=kind,
        every=timedelta(minutes=1),
        timeout=timedelta(seconds=timeout),
        confirm=2,
        recover=2,
        settings=(model or settings_models()[kind]).model_validate(settings),
    )
