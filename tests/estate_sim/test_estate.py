"""The estate on a real socket: status pages, switches, heartbeats, and the page for people."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web

from bot.checks.clients import Clients
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.probes.http import probe
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from estate_sim import Estate, EstateConnection, Failure
from tests import chromium
from tests.estate_sim.conftest import CONNECTIONS
from tests.plain_http import client_of

pytestmark = pytest.mark.anyio


def small_estate(connections: tuple[EstateConnection, ...] = CONNECTIONS, port: int = 0) -> Estate:
    return Estate(
        connections=connections, port=port, pace=30, erp="erp", slack_url="http://127.0.0.1:8091/"
    )


@pytest.fixture
async def estate(anyio_backend: str) -> AsyncIterator[Estate]:
    async with small_estate() as made:
        yield made


@pytest.fixture
async def client(estate: Estate) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(estate.url) as made:
        yield made


async def looked(
    estate: Estate, connection: str = "shop-orders", *, seconds: float = 60
) -> Observation:
    """What the bot's own http probe sees."""

    async def nothing(_: str) -> None:
        return None

    async def now(_: str) -> datetime:
        return datetime.now(UTC)

    clients = Clients()
    spec = CheckSpec(
        id="status",
        connection=connection,
        kind="http",
        every=timedelta(minutes=1),
        timeout=timedelta(seconds=seconds),
        confirm=2,
        recover=2,
        settings=HttpSettings.model_validate(
            {
                "url": f"{estate.url}/connectors/{connection}/status",
                "signals": {
                    "status": "$.status",
                    "version": "$.version",
                    "last_success": "$.last_success_at",
                    "last_attempt": "$.last_attempt_at",
                    "queue_depth": "$.queue.depth",
                    "queue_oldest": "$.queue.oldest_at",
                    "processed": "$.processed_today",
                    "completeness": "$.completeness",
                },
                "failed": {
                    "path": "$.errors",
                    "count": "count",
                    "oldest": "oldest_at",
                    "ids": "ids",
                    "amount": "amount",
                    "currency": "currency",
                },
            }
        ),
    )
    try:
        return await probe(
            spec, Tools(http=clients, last_ping=nothing, first_seen=now), datetime.now(UTC)
        )
    finally:
        await clients.close()


async def test_the_bots_own_probe_reads_every_signal_of_a_status_page(estate: Estate) -> None:
    seen = await looked(estate)

    assert isinstance(seen, Reading)
    assert seen.error == ""
    assert set(seen.signals) == {
        *("reachable", "status", "version", "last_success", "last_attempt", "queue_depth"),
        *("queue_oldest", "processed", "completeness", "failed", "latency"),
    }


async def test_a_broken_or_hanging_status_page_is_unreachable(estate: Estate) -> None:
    estate.switch(Failure.STATUS_GONE, "shop-orders", True)
    estate.switch(Failure.STATUS_HANGS, "ap-invoices", True)

    gone, hanging = await looked(estate), await looked(estate, "ap-invoices", seconds=0.5)

    assert isinstance(gone, Reading)
    assert "500 Internal Server Error" in gone.error
    assert isinstance(hanging, Reading)
    assert hanging.signals[Signal.REACHABLE] is False
    assert "Timeout" in hanging.error


async def test_a_locked_out_monitor_is_blind(estate: Estate) -> None:
    estate.switch(Failure.LOCKED_OUT, "shop-orders", True)

    assert isinstance(await looked(estate), Blind)


async def test_an_unknown_connection_or_system_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/connectors/none/status")).status_code == 404
    assert (await client.get("/systems/none/status")).status_code == 404


async def test_the_status_of_a_system_follows_the_switch(
    estate: Estate, client: httpx.AsyncClient
) -> None:
    before = await client.get("/systems/erp/status")
    estate.switch(Failure.ERP_DOWN, None, True)
    after = await client.get("/systems/erp/status")

    assert (before.status_code, before.json()["status"]) == (200, "up")
    assert (after.status_code, after.json()["status"]) == (503, "down")


async def test_failures_are_switched_and_reset_over_the_api(client: httpx.AsyncClient) -> None:
    async def switched_on() -> dict[str, list[str]]:
        failures = (await client.get("/api/state")).json()["failures"]
        return {failure["id"]: failure["on"] for failure in failures if failure["on"]}

    first = await switched_on()
    await client.post(
        "/api/failures",
        json={"failure": "silent_stall", "connection": "shop-orders", "on": True},
    )
    await client.post("/api/failures", json={"failure": "erp_down", "connection": None, "on": True})
    second = await switched_on()
    await client.post("/api/reset")

    assert first == {}
    assert second["silent_stall"] == ["shop-orders"]
    assert "crm-mail" not in second["erp_down"]
    assert len(second["erp_down"]) == 4
    assert await switched_on() == {}


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "{}",
        '{"failure":"flood","connection":"shop-orders","on":true}',
        '{"failure":"silent_stall","connection":"none","on":true}',
        '{"failure":"silent_stall","connection":["x"],"on":true}',
        '{"failure":"silent_stall","connection":"shop-orders","on":"yes"}',
    ],
)
async def test_a_switch_that_makes_no_sense_is_refused_with_a_reason(
    client: httpx.AsyncClient, body: str
) -> None:
    answer = await client.post("/api/failures", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_taken_port_is_an_error_at_once(estate: Estate) -> None:
    port = int(estate.url.rsplit(":", 1)[1])

    with pytest.raises(OSError, match="address already in use"):
        await small_estate(port=port).__aenter__()


async def test_a_job_pings_until_its_heartbeat_is_stopped(anyio_backend: str) -> None:
    pings: asyncio.Queue[tuple[str, dict[str, object]]] = asyncio.Queue()
    others: asyncio.Queue[str] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        if request.path.endswith("other"):
            await others.put(request.path)
        else:
            await pings.put((request.path, await request.json()))
        return web.Response(text="OK")

    app = web.Application()
    app.router.add_post("/{tail:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/t0ken"
    job = replace(CONNECTIONS[0], ping_url=url, ping_every=timedelta(seconds=30))
    other = replace(job, id="other", ping_url=f"{url}-other")
    async with small_estate((job, other)) as estate:
        path, body = await pings.get()
        estate.switch(Failure.CREDENTIAL_EXPIRED, job.id, True)
        while not path.endswith("/fail"):
            path, _ = await pings.get()
        estate.switch(Failure.HEARTBEAT_STOPS, job.id, True)
        await others.get()
        # What was under way has arrived with the next beat of the other one.
        for queue in (pings, others):
            while not queue.empty():
                queue.get_nowait()
        for _ in range(2):
            await others.get()
    await runner.cleanup()

    assert body == {"processed": 0, "failed": []}
    assert pings.empty()


async def test_the_page_and_its_parts_are_served_from_here_alone(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["content-type"].startswith("text/html")
    assert {"/style.css", "/page.js", "/icon.svg"} == set(named)
    for name in set(named):
        assert (await client.get(name)).status_code == 200


@pytest.mark.browser
async def test_a_person_breaks_a_connection_on_the_page_and_mends_everything(
    estate: Estate,
) -> None:
    from playwright.async_api import async_playwright, expect

    path = chromium.path()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=chromium.FLAGS)
        page = await browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(estate.url)
        card = page.locator('.card[data-id="shop-orders"]')
        await expect(card.locator(".badge")).to_have_text("Running")

        await page.get_by_role("switch", name="Credential expired").click()

        await expect(card.locator(".badge")).to_have_text("Broken")
        await expect(card.locator(".error")).to_contain_text("AADSTS7000222")
        await expect(page.get_by_role("link", name="Open Slack")).to_have_attribute(
            "href", "http://127.0.0.1:8091/"
        )

        await page.get_by_role("button", name="Everything back to normal").click()

        await expect(card.locator(".badge")).to_have_text("Running")
        assert problems == []
        await browser.close()
