"""Far ends that try to use us up: bounded memory and time, a result by rule, the loop goes on."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from bot.checks import PROBES
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec
from tests.patience import never_late

pytestmark = pytest.mark.anyio
SIGNALS = {"queue_depth": "$.n"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def raw_end(
    speak: Callable[[asyncio.StreamWriter, asyncio.Event], Awaitable[None]],
) -> AsyncIterator[str]:
    """A host that says whatever `speak` writes, until the event that ends the test is set."""
    over = asyncio.Event()
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await reader.read(4096)
                await speak(writer, over)
        finally:  # also for whoever calls once the test is over
            writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()

    def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    over.set()
    server.close()
    await asyncio.gather(*talks)


async def flood(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(HEAD + b"Content-Length: 52428800\r\n\r\n[")
    for _ in range(800):
        writer.write(b" " * 65_536)
        await writer.drain()


async def endless(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        await writer.drain()


async def trickle(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    """A byte at a time, always within the limit of a single read."""
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n[")
    await drip(writer, over, b" ")


async def slow_headers(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(HEAD + b"X-Slow: ")
    await drip(writer, over, b"z")


async def drip(writer: asyncio.StreamWriter, over: asyncio.Event, byte: bytes) -> None:
    while not over.is_set():
        writer.write(byte)
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), 0.02)


async def many_headers(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        writer.write(b"X-Header: " + b"z" * 60_000 + b"\r\n")
        await writer.drain()


async def silence(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    await over.wait()


async def hang_up(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()


async def gibberish(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    writer.write(b"\x00\xff\x16\x03 not http at all\r\n\r\n" * 100)
    await writer.drain()


@pytest.mark.parametrize(
    "speak",
    [flood, endless, trickle, slow_headers, many_headers, silence, hang_up, gibberish],
    ids=lambda speak: speak.__name__,
)
async def test_a_hostile_end_costs_little_and_is_unreachable(
    tools: Tools, speak: Callable[..., Awaitable[None]]
) -> None:
    tools.http.trust()  # reading the trust store is not what is measured
    async with raw_end(speak) as url:
        check = spec(url=url, timeout=1, signals=SIGNALS)
        tracemalloc.start()

        seen = await Runner(tools, PROBES, never_late()).observe(check, NOW)

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(seen, Reading)
    assert seen.signals == {Signal.REACHABLE: False}
    assert evaluate(check, seen, NOW).verdict is Verdict.FAILING
    assert peak < 24_000_000


async def test_others_are_looked_at_while_one_hangs(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers({"n": 1})
    tools.http.trust()
    async with raw_end(silence) as url:
        checks = [spec(id=f"h{n}", url=url, timeout=600, signals=SIGNALS) for n in range(8)]
        good = spec(id="good", url=far_end.url, signals=SIGNALS)
        results = Runner(tools, PROBES, never_late()).run([*checks, good], NOW)

        first = await anext(aiter(results))
        await results.aclose()

    assert first.check == good.key


@pytest.mark.parametrize("jump", [timedelta(days=-4000), timedelta(days=4000)])
async def test_a_clock_that_jumps_breaks_no_probe(
    far_end: FarEnd, tools: Tools, jump: timedelta
) -> None:
    far_end.answers({"n": 1, "at": "2026-11-20T09:59:00Z"})
    signals = {"queue_depth": "$.n", "last_success": "$.at"}
    checks = [
        spec(id="page", url=far_end.url + "/{{now-1h}}", signals=signals),
        spec("heartbeat", id="job", period="1h"),
        spec("webhook", id="news", silence="1h"),
        spec("credential", id="key", expires="2027-03-31"),
    ]

    results = [r async for r in Runner(tools, PROBES, never_late()).run(checks, NOW + jump)]

    assert len(results) == 4
    reasons = [r.observation.reason for r in results if isinstance(r.observation, Blind)]
    assert not any("the probe itself failed" in reason for reason in reasons)


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"text"',
        '{"n": {"deep": [1, 2]}}',
        '{"n": 1e999}',
        '{"n": "' + "9" * 400 + '"}',
        '{"n": true}',
        "[" * 190 + "]" * 190,
    ],
)
async def test_a_value_that_is_none_leaves_the_signal_out_and_the_rule_failing(
    far_end: FarEnd, tools: Tools, body: str
) -> None:
    far_end.answers(body, content_type="application/json")

    seen = await Runner(tools, PROBES, never_late()).observe(
        spec(url=far_end.url, signals=SIGNALS), NOW
    )

    assert isinstance(seen, Reading)
    assert Signal.QUEUE_DEPTH not in seen.signals
    assert "queue_depth" in seen.error


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp037", "hex", "idna", "\x00", "x" * 500])
async def test_no_name_of_an_encoding_breaks_the_reading(
    far_end: FarEnd, tools: Tools, encoding: str
) -> None:
    async def speak(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
        kind = f"application/json; charset={encoding}".encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind)
        writer.write(b"\r\nContent-Length: 8\r\n\r\n" + b'{"n": 1}')
        await writer.drain()

    tools.http.trust()
    async with raw_end(speak) as url:
        seen: Any = await Runner(tools, PROBES, never_late()).observe(
            spec(url=url, signals=SIGNALS), NOW
        )

    assert isinstance(seen, Reading)
    assert "the probe itself failed" not in seen.error
