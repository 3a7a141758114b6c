"""A token is for its kind: every kind of token at every route."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.core.monitoring.webhook_bodies import SOURCES
from bot.flows.estate import ping_addresses
from bot.jobs import Intake
from bot.runtime import Runtime
from bot.store.store import Store
from bot.store.tx import Tx
from bot.web import web_app
from bot.web.app import set_up
from bot.web.webhooks import hook_routes
from slack_standin.state.clock import Clock
from tests.builders import NOW, a_check, a_connection, an_estate, knowledge_of

pytestmark = pytest.mark.anyio
KINDS = ("heartbeat", "webhook", "http")
HOOKS = sorted(f"/hooks/{source}" for source in SOURCES)
OPEN = {("heartbeat", "/ping"), ("heartbeat", "/hooks/audit")}
OPEN |= {("webhook", route) for route in HOOKS}

RunningIntake = tuple[httpx.AsyncClient, dict[str, str]]


@pytest.fixture
async def running(anyio_backend: str) -> AsyncIterator[RunningIntake]:
    """Our own server over a real database, and a token of each kind of check."""
    checks = {kind: a_check(id=kind, kind=kind) for kind in KINDS}
    knowledge = knowledge_of(an_estate(a_connection(checks=tuple(checks.values()))))
    store = await Store.open(None)
    runtime = Runtime(
        store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady
    )
    intake = Intake(runtime)
    storing = asyncio.create_task(intake.run())
    app = web_app(
        mailbox=intake,
        ready=tuple,
        metrics=CollectorRegistry(),
        now=lambda: NOW,
        routes=hook_routes(intake, lambda: NOW),
    )
    runner = await set_up(app, shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    def tokens(tx: Tx) -> dict[str, str]:
        return {kind: ping_addresses.ping_token(tx, check.key) for kind, check in checks.items()}

    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client, await store.run(tokens)
    await runner.cleanup()
    storing.cancel()
    await store.close()


@pytest.mark.parametrize("route", ["/ping", *HOOKS])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warm", [False, True], ids=["first", "after others"])
async def test_a_token_is_known_only_where_its_kind_is_told(
    running: RunningIntake, kind: str, route: str, warm: bool
) -> None:
    client, tokens = running
    if warm:
        await client.post(f"/ping/{tokens['heartbeat']}")

    answer = await client.post(f"{route}/{tokens[kind]}", json={"status": "ok"})

    assert answer.status_code == (200 if (kind, route) in OPEN else 404)
