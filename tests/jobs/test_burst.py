"""Hundreds of jobs end on the same second: each is answered, and each answer is true."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.cli.run import allow_many_files
from bot.flows import looks
from bot.flows.estate import ping_addresses
from bot.jobs import Intake
from bot.ports import Runtime, Tx
from bot.store.sqlite import SqliteStore
from bot.web import web_app
from bot.web.app import set_up
from slack_standin.state.clock import Clock
from tests.builders import NOW, a_check, a_connection, an_estate, knowledge_of

pytestmark = pytest.mark.anyio
JOBS = 400


async def send(port: int, token: str, rid: str) -> bytes:
    """Ping over a connection of its own; the status line of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b'{"processed": 3}'
    head = f"POST /ping/{token}?rid={rid} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.partition(b"\r\n")[0]


async def test_of_hundreds_of_pings_sent_at_once_none_is_lost(tmp_path: Path) -> None:
    allow_many_files()
    jobs = tuple(a_check(id=f"job-{n}", kind="heartbeat") for n in range(JOBS))
    knowledge = knowledge_of(an_estate(a_connection(checks=jobs)))
    file = tmp_path / "firstlane.sqlite3"
    store = await SqliteStore.open(file)
    intake = Intake(
        Runtime(store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady)
    )
    storing = asyncio.create_task(intake.run())
    app = web_app(mailbox=intake, ready=dict, metrics=CollectorRegistry(), now=lambda: NOW)
    runner = await set_up(app, shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]

    def tokens(tx: Tx) -> list[str]:
        return [ping_addresses.ping_token(tx, job.key) for job in jobs]

    sent = [send(port, token, f"run-{n}") for n, token in enumerate(await store.run(tokens))]
    answers = await asyncio.gather(*sent)

    # Opened anew while the first one never ended: what was answered does not wait in memory.
    again = await SqliteStore.open(file)
    kept = [await again.run(looks.last_ping, job.key) for job in jobs]
    await runner.cleanup()
    storing.cancel()
    await asyncio.gather(again.close(), store.close())
    assert set(answers) == {b"HTTP/1.1 200 OK"}
    assert [one and one.rid for one in kept] == [f"run-{n}" for n in range(JOBS)]
