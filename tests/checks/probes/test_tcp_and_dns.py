"""Ports and names, each with a real server on a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, cast

import dns.message
import dns.rcode
import dns.rrset
import pytest

from bot.checks.probe import Tools
from bot.checks.probes import dns as names
from bot.checks.probes import tcp
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.checks.conftest import NOW, spec

pytestmark = pytest.mark.anyio


@pytest.fixture
async def greeter(anyio_backend: str) -> AsyncIterator[int]:
    """The port of a server that greets, and repeats what it is told."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ready\r\n")
        with suppress(ConnectionError):
            writer.write(b"250 " + await reader.read(100))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize(
    ("settings", "reachable"),
    [
        ({}, True),
        ({"expect": "^220 "}, True),
        ({"send": "EHLO x\r\n", "expect": "250 EHLO"}, True),
        ({"send": "QUIT\r\n", "expect": "221 bye"}, False),
    ],
)
async def test_a_port_is_judged_by_what_it_says(
    greeter: int, tools: Tools, settings: dict[str, Any], reachable: bool
) -> None:
    seen = await tcp.probe(spec("tcp", host="127.0.0.1", port=greeter, **settings), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is reachable
    assert reachable or "220 mail.example.com ready" in seen.error


async def test_a_closed_port_is_a_failure(tools: Tools) -> None:
    seen = await tcp.probe(spec("tcp", host="127.0.0.1", port=1), tools, NOW)

    assert isinstance(seen, Reading)
    assert "Connection refused" in seen.error


class NameServer(asyncio.DatagramProtocol):
    """Knows shop.example.com, fails for broken.example.com, and knows no other name."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name.to_text()
        if name == "shop.example.com.":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.7", "192.0.2.5"))
        elif name == "broken.example.com.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


@pytest.fixture
async def nameserver(anyio_backend: str) -> AsyncIterator[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, ("127.0.0.1", 0))
    yield {"nameserver": "127.0.0.1", "port": transport.get_extra_info("sockname")[1]}
    transport.close()
    await server.closed.wait()


async def test_a_name_becomes_its_sorted_records(nameserver: dict[str, Any], tools: Tools) -> None:
    check = spec("dns", name="shop.example.com", expect=["192.0.2.7"], **nameserver)

    seen = await names.probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "192.0.2.5, 192.0.2.7"
    assert seen.signals[Signal.REACHABLE] is True


@pytest.mark.parametrize(
    ("name", "expect", "words"),
    [
        ("gone.example.com", [], "NXDOMAIN"),
        ("shop.example.com", ["192.0.2.9"], "lacks 192.0.2.9"),
    ],
)
async def test_a_name_that_is_gone_or_leads_elsewhere_is_a_failure(
    nameserver: dict[str, Any], tools: Tools, name: str, expect: list[str], words: str
) -> None:
    seen = await names.probe(spec("dns", name=name, expect=expect, **nameserver), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert words in seen.error


async def test_a_name_server_that_cannot_answer_makes_us_blind(
    nameserver: dict[str, Any], tools: Tools
) -> None:
    check = spec("dns", name="broken.example.com", timeout=1, **nameserver)

    seen = await names.probe(check, tools, NOW)

    assert isinstance(seen, Blind)
    assert "no name server answers us" in seen.reason
