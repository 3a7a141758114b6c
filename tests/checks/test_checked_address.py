"""A redirect leads to the address that was checked, and to no other one of that name."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from bot.checks import PROBES
from bot.checks.clients import Clients, public
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.monitoring.signals import Reading, Signal
from tests.checks.certificates import write_certificate
from tests.checks.conftest import NOW, FarEnd, Memory, spec

pytestmark = pytest.mark.anyio
PUBLIC, HERE = "93.184.216.34", "127.0.0.1"


class Rebinding(Clients):
    """A name server that says a public address once, and ours from then on. What the client would
    connect to is kept, and led to this machine so that nothing leaves it."""

    def __init__(self) -> None:
        super().__init__(lookup=self._look_up)
        self.answers = [PUBLIC]
        self.visited: list[tuple[str, ...]] = []

    async def _look_up(self, host: str, port: int) -> tuple[str, ...]:
        return (self.answers.pop(0) if self.answers else HERE,)

    def passing(self, addresses: tuple[str, ...]) -> httpx.AsyncClient:
        self.visited.append(addresses)
        return super().passing((HERE,))


@pytest.fixture
async def rebinding(anyio_backend: str) -> AsyncIterator[Rebinding]:
    clients = Rebinding()
    yield clients
    await clients.close()


async def test_the_name_is_looked_up_once_and_kept_for_the_host_header(
    far_end: FarEnd, rebinding: Rebinding, memory: Memory
) -> None:
    port = httpx.URL(far_end.url).port

    async def moved(request: web.Request) -> web.Response:
        if request.path == "/old":
            raise web.HTTPFound(f"http://rebinds.example:{port}/new")
        return web.json_response({"status": request.headers["host"]})

    far_end.handler = moved
    tools = Tools(http=rebinding, last_ping=memory.last_ping, first_seen=memory.first_seen)
    check = spec(url=f"{far_end.url}/old", signals={"status": "$.status"})

    seen = await Runner(tools, PROBES).observe(check, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == f"rebinds.example:{port}"
    assert (rebinding.visited, rebinding.answers) == ([(PUBLIC,)], [])


async def test_a_name_that_turned_private_is_not_visited(
    far_end: FarEnd, rebinding: Rebinding, memory: Memory
) -> None:
    far_end.answers("", status=302, headers={"location": "http://rebinds.example/new"})
    rebinding.answers = [HERE]
    tools = Tools(http=rebinding, last_ping=memory.last_ping, first_seen=memory.first_seen)

    seen = await Runner(tools, PROBES).observe(spec(url=far_end.url), NOW)

    assert isinstance(seen, Reading)
    assert "not a public address" in seen.error
    assert rebinding.visited == []


async def test_the_certificate_is_that_of_the_name_and_further_addresses_are_tried(
    anyio_backend: str, tmp_path: Path
) -> None:
    pem = write_certificate(tmp_path, datetime.now(UTC) + timedelta(days=30))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)

    async def status(request: web.Request) -> web.Response:
        return web.Response(text=request.host)

    app = web.Application()
    app.router.add_get("/", status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HERE, 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    clients = Clients(ssl_context=ssl.create_default_context(cafile=str(pem)))

    async with clients.passing(("127.0.0.2", HERE)) as client:
        answer = await client.get(f"https://localhost:{port}/")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://other.example:{port}/")

    await runner.cleanup()
    assert answer.text == f"localhost:{port}"


@pytest.mark.parametrize(
    ("addresses", "fine"),
    [
        ((PUBLIC,), True),
        ((PUBLIC, HERE), False),
        (("::ffff:127.0.0.1",), False),
        (("fe80::1%eth0",), False),
        (("169.254.169.254",), False),
        (("100.64.0.1",), False),
        ((), False),
    ],
)
def test_one_private_address_among_public_ones_is_too_many(
    addresses: tuple[str, ...], fine: bool
) -> None:
    assert public(addresses) is fine


async def test_what_we_show_ourselves_with_stays_on_its_origin(
    far_end: FarEnd, rebinding: Rebinding, memory: Memory
) -> None:
    port = httpx.URL(far_end.url).port

    async def moved(request: web.Request) -> web.Response:
        if request.path == "/old":
            raise web.HTTPFound(f"http://elsewhere.example:{port}/new")
        return web.json_response({})

    far_end.handler = moved
    tools = Tools(http=rebinding, last_ping=memory.last_ping, first_seen=memory.first_seen)
    for login in (
        {"bearer": "t0ken-of-ours"},
        {"basic": {"user": "probe", "password": "t0ken-of-ours"}},
        {"headers": {"X-Api-Key": "t0ken-of-ours", "Cookie": "s=t0ken-of-ours"}},
    ):
        far_end.requests.clear()
        await Runner(tools, PROBES).observe(spec(url=f"{far_end.url}/old", **login), NOW)

        ours, theirs = far_end.requests
        assert set(theirs.headers) <= {"Host", "User-Agent", "Accept", "Accept-Encoding"} | {
            "Connection"
        }
        assert len(ours.headers) > len(theirs.headers)
        rebinding.answers = [PUBLIC]
