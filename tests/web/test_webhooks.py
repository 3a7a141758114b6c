"""Messages at /hooks/<source>/<token>, over a real socket."""

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote_plus

import httpx
import pytest
from aiohttp import web

from bot.core.monitoring.heartbeat import Kinds, Ping, PingKind
from bot.core.monitoring.webhook_bodies import BROKEN, PACKED, TOO_LARGE
from bot.web.app import set_up
from bot.web.webhooks import LARGEST, hook_routes
from tests.plain_http import client_of

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass
class Desk:
    """It knows one webhook, `t0ken`, and remembers what came."""

    taken: list[Ping] = field(default_factory=list)

    async def knows(self, token: str, kinds: Kinds) -> bool:
        return token == "t0ken" and "webhook" in kinds

    async def take(self, token: str, ping: Ping, kinds: Kinds) -> bool:
        self.taken.append(ping)
        return True


@pytest.fixture
async def desk(anyio_backend: str) -> AsyncIterator[tuple[httpx.AsyncClient, list[Ping]]]:
    desk = Desk()
    app = web.Application()
    app.add_routes(hook_routes(desk, lambda: NOW))
    runner = await set_up(app, shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with client_of(url) as client:
        yield client, desk.taken
    await runner.cleanup()


async def test_a_message_is_taken_as_the_ping_it_stands_for(
    desk: tuple[httpx.AsyncClient, list[Ping]],
) -> None:
    client, taken = desk

    answer = await client.post("/hooks/airbyte/t0ken", json={"data": {"success": True}})

    assert answer.status_code == 200
    assert taken == [Ping(at=NOW, kind=PingKind.SUCCESS, about="airbyte:")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "ok"}, "OK"),
        ({"status": "lukewarm"}, "OK: nothing that we know in its fields (status), taken"),
        ({"alerts": [{"labels": {"alertname": "TestAlert", "instance": "Grafana"}}]}, "OK: a test"),
    ],
)
async def test_the_sender_reads_how_the_message_was_understood(
    desk: tuple[httpx.AsyncClient, list[Ping]], body: dict[str, object], words: str
) -> None:
    client, taken = desk

    source = "grafana" if "alerts" in body else "generic"
    answer = await client.post(f"/hooks/{source}/t0ken", json=body)

    assert answer.status_code == 200
    assert answer.text.startswith(words)
    assert len(taken) == 1


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


GOOD = json.dumps({"status": "failed", "message": "Bestellung größer 7"})


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-32"),
        b"payload=" + quote_plus(GOOD).encode(),
        f"[{GOOD}]".encode(),
        json.dumps(GOOD).encode(),
        GOOD.encode() + b"\0\n",
    ],
    ids=["mark", "utf-16", "utf-16 bare", "utf-32", "form", "list", "string", "zero"],
)
async def test_a_message_is_read_however_it_was_written(
    desk: tuple[httpx.AsyncClient, list[Ping]], body: bytes
) -> None:
    client, taken = desk

    answer = await client.post("/hooks/generic/t0ken", content=body)

    assert answer.status_code == 200
    assert [(ping.kind, ping.unread) for ping in taken] == [(PingKind.FAIL, "")]


async def test_a_large_group_of_alerts_is_read_and_a_larger_one_refused_and_named(
    desk: tuple[httpx.AsyncClient, list[Ping]], caplog: pytest.LogCaptureFixture
) -> None:
    client, taken = desk
    alert = {"status": "firing", "labels": {"alertname": "x" * 700}}
    group = {"status": "firing", "groupKey": "g", "alerts": [alert] * 1200}

    read = await client.post("/hooks/alertmanager/t0ken", json=group)
    refused = await client.post("/hooks/alertmanager/t0ken", json=[group, group])

    assert (read.status_code, refused.status_code) == (200, 413)
    assert [ping.kind for ping in taken] == [PingKind.FAIL, PingKind.LOG]
    assert taken[1].unread == "a message that is too large"
    assert "hook_not_understood source=alertmanager" in caplog.text


@pytest.mark.parametrize(
    ("encoding", "packed", "status", "unread"),
    [
        ("gzip", b"\x1f\x8b\x08zzzz", 400, BROKEN),
        ("gzip", gzip.compress(b"{}" * 500)[:-9], 400, BROKEN),
        ("deflate", b"zzz", 400, BROKEN),
        ("br", b"zzz", 415, PACKED),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}")), 415, PACKED),
        ("gzip", gzip.compress(b"x" * (LARGEST + 1)), 413, TOO_LARGE),
        ("gzip", gzip.compress(bytes(range(256)) * 8000), 413, TOO_LARGE),
    ],
    ids=["damaged", "cut", "deflate damaged", "unknown", "twice", "large", "large and cut"],
)
async def test_a_message_that_is_not_unpacked_is_refused_with_the_true_reason(
    desk: tuple[httpx.AsyncClient, list[Ping]],
    caplog: pytest.LogCaptureFixture,
    encoding: str,
    packed: bytes,
    status: int,
    unread: str,
) -> None:
    client, taken = desk
    headers = {"content-encoding": encoding}

    answer = await client.post("/hooks/generic/t0ken", content=packed, headers=headers)

    assert answer.status_code == status
    assert ("kB" in answer.text) == (unread == TOO_LARGE)
    assert [ping.unread for ping in taken] == [unread]
    assert f"said={unread!r}" in caplog.text


FORM, PLAIN = "application/x-www-form-urlencoded", "text/plain; charset=utf-8"
CAKE = "Token=hush&Method=Website&Name=Shop&StatusCode="
PRTG = "Token=hush&device=erp&sensor=Ping+7&about=2041&status="


@pytest.mark.parametrize(
    ("body", "content_type", "kind", "known"),
    [
        (CAKE + "503&Status=Down", FORM, PingKind.FAIL, True),
        (CAKE + "200&Status=Up", FORM, PingKind.SUCCESS, True),
        (CAKE + "503&Status=Hush", FORM, PingKind.LOG, False),
        (PRTG + "Down", FORM, PingKind.FAIL, True),
        (PRTG + "Down+ended+%28now%3A+Up%29", FORM + "; charset=UTF-8", PingKind.SUCCESS, True),
        (PRTG + "Warning", FORM, PingKind.LOG, True),
        (PRTG + "Down&status=Up", FORM, PingKind.LOG, False),
        ("state=ALARM", FORM, PingKind.FAIL, True),
        ("up=false", FORM, PingKind.FAIL, True),
        ("Token=hush", FORM, PingKind.LOG, False),
        ("a=hush&" * 600, FORM, PingKind.LOG, False),
        ('{"status": "down", "url": "?a=hush"}', FORM, PingKind.FAIL, True),
        ('{"status": "down", "url": "?a=hush', FORM, PingKind.LOG, False),
        ("down", FORM, PingKind.FAIL, True),
        ("Down\n", PLAIN, PingKind.FAIL, True),
        ("RECOVERY", PLAIN, PingKind.SUCCESS, True),
        ("queued", PLAIN, PingKind.LOG, True),
        ("not down", PLAIN, PingKind.LOG, False),
        ("hush", PLAIN, PingKind.LOG, False),
        ("status=down&Token=hush", PLAIN, PingKind.LOG, False),
        ('{"phase": "hush", "data": {"Token": "hush"}}', PLAIN, PingKind.LOG, False),
    ],
)
async def test_forms_and_words_are_read_and_of_what_is_not_no_value_is_told(
    desk: tuple[httpx.AsyncClient, list[Ping]],
    caplog: pytest.LogCaptureFixture,
    body: str,
    content_type: str,
    kind: PingKind,
    known: bool,
) -> None:
    client, taken = desk

    answer = await client.post(
        "/hooks/generic/t0ken", content=body, headers={"content-type": content_type}
    )

    (ping,) = taken
    assert (ping.kind, not ping.unread) == (kind, known)
    assert ("hook_not_understood" in caplog.text) is not known
    told = f"{answer.text} {caplog.text} {ping.unread} {ping.note}".casefold()
    assert "hush" not in told


async def test_the_fields_of_a_form_that_was_not_understood_are_named(
    desk: tuple[httpx.AsyncClient, list[Ping]], caplog: pytest.LogCaptureFixture
) -> None:
    client, taken = desk

    answer = await client.post("/hooks/generic/t0ken", data={"Token": "hush", "phase": "hush"})

    assert taken[0].unread == "Token, phase"
    assert "(Token, phase)" in answer.text
    assert "Token, phase" in caplog.text


@pytest.mark.parametrize("body", [b"", b"our job went fine", b"[1, 2]", b"7"])
async def test_what_is_not_understood_is_named_in_the_log_and_kept(
    desk: tuple[httpx.AsyncClient, list[Ping]], body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client, taken = desk

    await client.post("/hooks/generic/t0ken", content=body)

    assert taken[0].unread
    assert "hook_not_understood source=generic" in caplog.text


SNS = {
    "Type": "SubscriptionConfirmation",
    "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms",
    "Token": "2336412f37",
    "Message": "You have chosen to subscribe to the topic. Visit the SubscribeURL.",
    "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=23",
}


async def test_a_request_to_confirm_says_what_to_do_and_its_address_is_repeated_nowhere(
    desk: tuple[httpx.AsyncClient, list[Ping]], caplog: pytest.LogCaptureFixture
) -> None:
    client, taken = desk
    kind = {"content-type": "text/plain; charset=UTF-8"}  # as SNS sends it

    answer = await client.post("/hooks/generic/t0ken", content=json.dumps(SNS), headers=kind)

    assert answer.status_code == 200
    assert "Amazon SNS asks to confirm the subscription" in answer.text
    assert "Firstlane opens no address that a message brings" in answer.text
    assert taken[0].kind is PingKind.LOG
    assert "Token=23" not in caplog.text + answer.text
    assert SNS["SubscribeURL"] not in taken[0].unread
