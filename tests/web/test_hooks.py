"""Messages at /hooks/<source>/<token>, over a real socket."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web

from bot.core.heartbeat import Ping, PingKind
from bot.web.hooks import hook_routes

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
async def desk(anyio_backend: str) -> AsyncIterator[tuple[httpx.AsyncClient, list[Ping]]]:
    taken: list[Ping] = []

    async def take(token: str, ping: Ping) -> bool:
        if token != "t0ken":
            return False
        taken.append(ping)
        return True

    app = web.Application()
    app.add_routes(hook_routes(take, lambda: NOW))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        yield client, taken
    await runner.cleanup()


async def test_a_message_is_taken_as_the_ping_it_stands_for(
    desk: tuple[httpx.AsyncClient, list[Ping]],
) -> None:
    client, taken = desk

    answer = await client.post("/hooks/airbyte/t0ken", json={"data": {"success": True}})

    assert answer.status_code == 200
    assert taken == [Ping(at=NOW, kind=PingKind.SUCCESS, about="airbyte:")]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{", b"[" * 50_000, json.dumps({"status": "x" * 300_000}).encode()],
    ids=["empty", "not text", "half", "deep", "large"],
)
async def test_no_body_is_a_reason_to_refuse_a_message(
    desk: tuple[httpx.AsyncClient, list[Ping]], body: bytes
) -> None:
    client, taken = desk

    answer = await client.post("/hooks/generic/t0ken", content=body)

    assert answer.status_code == 200
    assert [ping.kind for ping in taken] == [PingKind.LOG]


@pytest.mark.parametrize(
    "path", ["/hooks/generic/wrong", "/hooks/nobody/t0ken", "/hooks/generic/a%20b"]
)
async def test_an_unknown_source_or_token_finds_nothing(
    desk: tuple[httpx.AsyncClient, list[Ping]], path: str
) -> None:
    client, taken = desk

    answer = await client.post(path, json={"status": "ok"})

    assert answer.status_code == 404
    assert taken == []
