"""Health, metrics and pings over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from bot.core.monitoring.heartbeat import Kinds, Ping, PingKind
from bot.core.monitoring.signals import FailedRecords
from bot.core.monitoring.vitals import Part
from bot.web import web_app
from bot.web.app import set_up
from bot.web.pings import KEPT_BYTES
from tests.plain_http import client_of

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass
class House:
    """Our own HTTP side with a memory in place of the store; it knows the token `t0ken`."""

    url: str = ""
    port: int = 0
    pings: list[Ping] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    parts: list[Part] = field(default_factory=list)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)

    async def knows(self, token: str, kinds: Kinds) -> bool:
        return token == "t0ken" and "heartbeat" in kinds

    async def take(self, token: str, ping: Ping, kinds: Kinds) -> bool:
        self.pings.append(ping)
        self.taken.set()
        return True


@pytest.fixture
async def house(anyio_backend: str) -> AsyncIterator[House]:
    made = House()
    app = web_app(
        mailbox=made,
        ready=lambda: made.parts,
        metrics=made.metrics,
        now=lambda: NOW,
        alive=lambda: [part for part in made.parts if part.name == "loop"],
    )
    runner = await set_up(app, shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{made.port}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house.url) as made:
        yield made


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("path", "kind", "exit"),
    [
        ("", PingKind.SUCCESS, None),
        ("/start", PingKind.START, None),
        ("/fail", PingKind.FAIL, None),
        ("/log", PingKind.LOG, None),
        ("/0", PingKind.SUCCESS, 0),
        ("/1", PingKind.FAIL, 1),
        ("/255", PingKind.FAIL, 255),
        ("/256", PingKind.FAIL, 256),
        ("/-1", PingKind.FAIL, -1),
        ("/3221225786", PingKind.FAIL, 3221225786),
        ("/fail/", PingKind.FAIL, None),
        ("/FAIL", PingKind.FAIL, None),
    ],
)
async def test_every_form_of_ping_is_taken(
    house: House,
    client: httpx.AsyncClient,
    method: str,
    path: str,
    kind: PingKind,
    exit: int | None,
) -> None:
    answer = await client.request(method, f"/ping/t0ken{path}?rid=run-7")

    assert answer.status_code == 200
    assert house.pings == [Ping(at=NOW, kind=kind, exit=exit, rid="run-7")]


@pytest.mark.parametrize(
    ("rid", "kind", "own"),
    [
        ("4711/fail", PingKind.FAIL, "4711"),
        ("4711/start", PingKind.START, "4711"),
        ("4711/3", PingKind.FAIL, "4711"),
        ("4711/", PingKind.SUCCESS, "4711"),
        ("nightly/eu", PingKind.SUCCESS, "nightly/eu"),
    ],
)
async def test_what_a_client_appends_behind_a_run_id_is_meant_as_in_the_path(
    house: House, client: httpx.AsyncClient, rid: str, kind: PingKind, own: str
) -> None:
    await client.post(f"/ping/t0ken?rid={rid}")

    assert [(ping.kind, ping.rid) for ping in house.pings] == [(kind, own)]


@pytest.mark.parametrize(
    "path", ["/ping/other", "/ping/other/fail", "/ping/t0ken/12345678901", "/ping/t0ken/nonsense"]
)
async def test_an_unknown_token_or_form_is_not_found(
    house: House, client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.post(path)

    assert answer.status_code == 404
    assert house.pings == []


async def test_a_body_may_carry_counts_and_error_texts(
    house: House, client: httpx.AsyncClient
) -> None:
    body = {"processed": 120, "failed": [{"text": "Item is blocked", "count": 2, "ids": ["A", 7]}]}

    await client.post("/ping/t0ken", json=body)

    (ping,) = house.pings
    assert ping.processed == 120
    assert ping.failed == (FailedRecords(text="Item is blocked", count=2, sample_ids=("A", "7")),)


@pytest.mark.parametrize(
    "body",
    [
        b'{"processed": ',
        b"\xff\xfe\x00\xc3",
        b"[" * 50_000,
        b'{"processed": "many", "failed": {"text": 3}}',
        b'{"processed": -1, "failed": [null, 3, "x"]}',
        b'{"processed": NaN, "failed": [[]]}',
        b'{"processed": true}',
        b"9" * 6000,
        b"null",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
async def test_no_payload_costs_a_job_its_ping(
    house: House, client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.post("/ping/t0ken", content=body)

    assert answer.status_code == 200
    (ping,) = house.pings
    assert (ping.kind, ping.processed, ping.failed) == (PingKind.SUCCESS, None, ())


async def test_a_body_of_fifty_megabytes_is_a_ping_with_a_short_note(
    house: House, client: httpx.AsyncClient
) -> None:
    body = b"line of a log\n" * (50_000_000 // 14)

    answer = await client.post("/ping/t0ken/fail", content=body)

    assert answer.status_code == 200
    (ping,) = house.pings
    assert ping.kind is PingKind.FAIL
    assert ping.note.startswith("line of a log line of a log")
    assert len(ping.note) <= 1000


async def test_a_body_just_over_the_kept_size_is_not_read_as_counts(
    house: House, client: httpx.AsyncClient
) -> None:
    body = b'{"processed": 5, "pad": "' + b"x" * KEPT_BYTES + b'"}'

    await client.post("/ping/t0ken", content=body)

    assert house.pings[0].processed is None


async def test_a_sender_that_breaks_off_in_its_body_has_still_pinged(house: House) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(b"POST /ping/t0ken HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nhalf a")
    await writer.drain()

    writer.write_eof()
    await house.taken.wait()
    writer.close()

    assert house.pings[0].note == "half a"


async def test_notes_and_run_ids_are_made_harmless(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/ping/t0ken", params={"rid": "‹p:alice›" * 50}, content="‹t:now›\x00\u202e")

    (ping,) = house.pings
    assert ping.note == "<t:now>"
    assert ping.rid.startswith("<p:alice>")
    assert len(ping.rid) <= 60


async def test_the_process_is_healthy_when_it_answers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


FULL = Part(name="store", wrong="the disk is full", since=NOW, todo="Free some.", age_s=31.04)


async def test_readiness_names_what_is_wrong_since_when_and_what_to_do(
    house: House, client: httpx.AsyncClient
) -> None:
    house.parts = [Part(name="slack", age_s=2.0), FULL]

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {"slack": "ok", "store": "the disk is full"},
        "parts": {
            "slack": {"ok": True, "age_seconds": 2.0},
            "store": {
                "ok": False,
                "age_seconds": 31.0,
                "what": "the disk is full",
                "since": "2026-11-20T10:00:00+00:00",
                "todo": "Free some.",
            },
        },
    }


UNKNOWN = Part(name="deadlines", unknown="none was looked at", since=NOW, todo="Wait.")


@pytest.mark.parametrize(("needed", "status"), [(True, 503), (False, 200)])
async def test_what_is_not_known_is_said_to_be_unknown_and_not_to_work(
    house: House, client: httpx.AsyncClient, needed: bool, status: int
) -> None:
    house.parts = [Part(name="slack"), replace(UNKNOWN, needed=needed)]

    answer, text = await client.get("/readyz"), await client.get("/readyz?text")

    assert (answer.status_code, text.status_code) == (status, status)
    assert answer.json()["checks"] == {"slack": "ok", "deadlines": "unknown: none was looked at"}
    assert answer.json()["parts"]["deadlines"] == {
        "ok": None,
        "what": "none was looked at",
        "since": "2026-11-20T10:00:00+00:00",
        "todo": "Wait.",
    }
    assert text.text.splitlines()[1] == (
        "deadlines: unknown: none was looked at (since 2026-11-20 10:00:00 UTC). Wait."
    )


async def test_whoever_asks_for_text_gets_lines(house: House, client: httpx.AsyncClient) -> None:
    house.parts = [Part(name="slack"), FULL]

    answer = await client.get("/readyz", headers={"accept": "text/plain"})

    assert answer.status_code == 503
    assert answer.text == (
        "slack: ok\nstore: the disk is full (since 2026-11-20 10:00:00 UTC). Free some.\n"
    )


async def test_it_is_ready_when_everything_is(house: House, client: httpx.AsyncClient) -> None:
    house.parts = [Part(name="slack"), Part(name="store")]

    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True


async def test_a_process_that_comes_too_late_to_its_work_is_not_healthy(
    house: House, client: httpx.AsyncClient
) -> None:
    house.parts = [Part(name="loop", wrong="9 s too late"), FULL]

    answer = await client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"loop": "9 s too late"}


async def test_what_no_new_start_mends_is_named_and_leaves_the_process_healthy(
    house: House, client: httpx.AsyncClient
) -> None:
    house.parts = [Part(name="loop"), replace(FULL, name="loop", outside=True)]

    answer = await client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert FULL.wrong in answer.text


async def test_metrics_are_those_of_the_registry_that_was_given(
    house: House, client: httpx.AsyncClient
) -> None:
    Counter("firstlane_checks", "Checks run.", registry=house.metrics).inc(3)

    answer = await client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "firstlane_checks_total 3.0" in answer.text
    assert "python_gc" not in answer.text
