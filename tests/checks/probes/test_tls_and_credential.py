"""End dates: of a certificate that is really presented, and of one that is only written down."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.checks.probes import credential, tls
from bot.core.monitoring.signals import Reading, Signal
from tests.checks.certificates import write_certificate
from tests.checks.conftest import NOW, Memory, spec

pytestmark = pytest.mark.anyio
ENDS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=35)


class Host:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.port = 0

    async def start(self) -> asyncio.Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)

        async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(close, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        return server


@pytest.fixture
async def host(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Host]:
    made = Host(write_certificate(tmp_path, ENDS))
    server = await made.start()
    yield made
    server.close()
    await server.wait_closed()


def tools_trusting(file: Path, memory: Memory) -> Tools:
    context = ssl.create_default_context(cafile=str(file))
    return Tools(
        http=Clients(ssl_context=context),
        last_ping=memory.last_ping,
        first_seen=memory.first_seen,
    )


async def test_a_trusted_certificate_gives_its_end_date(host: Host, memory: Memory) -> None:
    check = spec("tls", host="localhost", port=host.port)

    seen = await tls.probe(check, tools_trusting(host.file, memory), NOW)

    assert isinstance(seen, Reading)
    assert seen.signals == {Signal.REACHABLE: True, Signal.EXPIRES_AT: ENDS}


async def test_an_untrusted_certificate_still_gives_its_end_date(host: Host, tools: Tools) -> None:
    seen = await tls.probe(spec("tls", host="localhost", port=host.port), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals == {Signal.REACHABLE: False, Signal.EXPIRES_AT: ENDS}
    assert "certificate verify failed" in seen.error


async def test_verification_can_be_left_to_the_date_alone(host: Host, tools: Tools) -> None:
    check = spec("tls", host="localhost", port=host.port, verify=False)

    seen = await tls.probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is True


async def test_a_certificate_that_has_ended_says_so(tmp_path: Path, memory: Memory) -> None:
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    made = Host(write_certificate(tmp_path, ended))
    server = await made.start()

    seen = await tls.probe(
        spec("tls", host="localhost", port=made.port), tools_trusting(made.file, memory), NOW
    )
    server.close()
    await server.wait_closed()

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.EXPIRES_AT] == ended
    assert "certificate has expired" in seen.error


async def test_a_port_that_speaks_no_tls_is_unreachable(tools: Tools) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    seen = await tls.probe(spec("tls", host="127.0.0.1", port=port), tools, NOW)
    server.close()
    await server.wait_closed()

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "TLS failed" in seen.error


async def test_a_written_end_date_is_a_signal_without_any_call(tools: Tools) -> None:
    seen = await credential.probe(spec("credential", expires="2026-12-24"), tools, NOW)

    assert seen == Reading(at=NOW, signals={Signal.EXPIRES_AT: datetime(2026, 12, 24, tzinfo=UTC)})
