"""The http probe against a real socket: what it reads, and what it calls broken or blind."""

import asyncio
import gzip
import socket
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web
from pydantic import SecretStr

from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.probes.http import probe
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec
from tests.loop_time import ahead

pytestmark = pytest.mark.anyio

STATUS = {
    "status": "ok",
    "version": "24.2",
    "last_success_at": "2026-11-20T09:58:00Z",
    "queue": {"depth": "12", "oldest_at": None},
    "errors": [
        {
            "text": "Posting Date is not within your range of allowed posting dates",
            "count": 3,
            "oldest_at": 1795168800000,
            "ids": ["SO-1", "SO-2"],
            "amount": 1250.5,
            "currency": "EUR",
        }
    ],
}
PATHS = {
    "status": "$.status",
    "version": "$.version",
    "last_success": "$.last_success_at",
    "queue_depth": "$.queue.depth",
    "queue_oldest": "$.queue.oldest_at",
}
FAILED = {
    "path": "$.errors",
    "count": "count",
    "oldest": "oldest_at",
    "ids": "ids",
    "amount": "amount",
    "currency": "currency",
}


async def test_a_status_page_becomes_signals_and_failed_records(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers(STATUS)

    seen = await probe(spec(url=far_end.url, signals=PATHS, failed=FAILED), tools, NOW)

    assert isinstance(seen, Reading)
    latency = seen.signals[Signal.LATENCY]
    assert isinstance(latency, float)
    assert 0 < latency < 5000
    assert {k: v for k, v in seen.signals.items() if k != Signal.LATENCY} == {
        "reachable": True,
        "status": "ok",
        "version": "24.2",
        "last_success": datetime(2026, 11, 20, 9, 58, tzinfo=UTC),
        "queue_depth": 12.0,
        "queue_oldest": NOW,
        "failed": 3.0,
    }
    (group,) = seen.failed
    assert (group.count, group.sample_ids, group.amount) == (3, ("SO-1", "SO-2"), 1250.5)
    assert group.oldest_at == datetime.fromtimestamp(1795168800, UTC)
    assert seen.error == ""


async def test_a_field_that_vanished_leaves_its_signal_out_and_is_named(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({"queue": {"waiting": 3}})

    seen = await probe(spec(url=far_end.url, signals={"queue_depth": "$.queue.depth"}), tools, NOW)

    assert isinstance(seen, Reading)
    assert Signal.QUEUE_DEPTH not in seen.signals
    assert "queue_depth: $.queue.depth is not in the answer" in seen.error
    assert seen.cause is Cause.LACKING


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "500 Internal Server Error"), (503, "503 Service Unavailable"), (404, "404 Not Found")],
)
async def test_an_unexpected_status_is_an_unreachable_system(
    far_end: FarEnd, tools: Tools, status: int, words: str
) -> None:
    far_end.answers("the queue processor is down", status=status)

    seen = await probe(spec(url=far_end.url + "/status"), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert words in seen.error
    assert "the queue processor is down" in seen.error
    assert "/status" in seen.error


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_monitoring_credential_makes_us_blind(
    far_end: FarEnd, tools: Tools, status: int
) -> None:
    far_end.answers({}, status=status)

    seen = await probe(spec(url=far_end.url, bearer="t0ken-t0ken"), tools, NOW)

    assert isinstance(seen, Blind)
    assert f"the monitoring credential is refused ({status})" in seen.reason


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (401, {}, "it asks for a credential, and the check has none (401)"),
        (403, {"WWW-Authenticate": "Basic"}, "it asks for a credential, and the check has none ("),
        (403, {}, "it refuses us and asks for no login (403)"),
    ],
)
async def test_that_a_check_lacks_a_credential_is_said_where_one_is_asked_for(
    far_end: FarEnd, tools: Tools, status: int, headers: dict[str, str], said: str
) -> None:
    far_end.answers({}, status=status, headers=headers)

    seen = await probe(spec(url=far_end.url, headers={"Accept": "text/json"}), tools, NOW)

    assert isinstance(seen, Blind)
    assert seen.reason.startswith(said)


@pytest.mark.parametrize("settings", [{}, {"bearer": "t0ken-t0ken"}])
@pytest.mark.parametrize(
    ("status", "header"),
    [(403, "cf-mitigated"), (503, "cf-mitigated"), (405, "x-amzn-waf-action")],
)
async def test_a_challenge_for_browsers_is_a_refusal_and_no_missing_login(
    far_end: FarEnd, tools: Tools, status: int, header: str, settings: dict[str, str]
) -> None:
    page = "<html><title>Just a moment...</title><p>Enable JavaScript</html>"
    far_end.answers(page, status=status, headers={header: "challenge", "Content-Type": "text/html"})

    seen = await probe(spec(url=far_end.url, **settings), tools, NOW)

    assert isinstance(seen, Blind)
    assert seen.reason.startswith(f"a protection before it refuses us ({header}: challenge) (")
    assert "Just a moment" in seen.reason
    assert "credential" not in seen.reason


async def test_being_asked_to_slow_down_makes_us_blind_and_says_for_how_long(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({}, status=429, headers={"Retry-After": "30"})

    seen = await probe(spec(url=far_end.url), tools, NOW)

    assert isinstance(seen, Blind)
    assert "Retry-After: 30" in seen.reason


async def test_a_closed_port_is_an_unreachable_system(tools: Tools) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        seen = await probe(spec(url=f"http://127.0.0.1:{port}/"), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "Connection refused" in seen.error


async def test_a_name_that_does_not_resolve_makes_us_blind(tools: Tools) -> None:
    seen = await probe(spec(url="http://status.invalid/"), tools, NOW)

    assert isinstance(seen, Blind)
    assert "Name or service not known" in seen.reason


async def test_a_silent_far_end_is_reported_by_the_step_that_took_too_long(
    far_end: FarEnd, tools: Tools
) -> None:
    reached, released = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        reached.set()
        await released.wait()
        return web.Response()

    far_end.handler = hang
    looking = asyncio.create_task(probe(spec(url=far_end.url, timeout=60), tools, NOW))
    await reached.wait()

    with ahead(minutes=2):
        seen = await looking
    released.set()

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "ReadTimeout" in seen.error


async def test_plain_http_where_tls_is_expected_is_an_unreachable_system(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({})

    seen = await probe(spec(url=far_end.url.replace("http:", "https:")), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "TLS failed" in seen.error


@pytest.mark.parametrize(
    "body",
    ["<html>Please sign in</html>", "", b"\xff\xfe\x00bad", "[" * 100_000, "9" * 5000],
    ids=["login page", "empty", "not text", "deep nesting", "huge number"],
)
async def test_an_answer_that_is_not_json_means_nothing(
    far_end: FarEnd, tools: Tools, body: str | bytes
) -> None:
    far_end.answers(body, content_type="text/html")

    seen = await probe(spec(url=far_end.url, signals=PATHS), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "the answer is not JSON (text/html" in seen.error


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "no-such-charset"])
async def test_a_charset_never_stops_a_reading(far_end: FarEnd, tools: Tools, charset: str) -> None:
    far_end.answers(
        b'{"status": "gest\xf6rt"}',
        headers={"content-type": f"application/json; charset={charset}"},
    )

    seen = await probe(spec(url=far_end.url, signals={"status": "$.status"}), tools, NOW)

    assert isinstance(seen, Reading)
    assert str(seen.signals[Signal.STATUS]).startswith("gest")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 3_000_000, {}),
        (gzip.compress(b" " * 50_000_000), {"content-encoding": "gzip"}),
    ],
    ids=["large", "inflates to 50 MB"],
)
async def test_an_answer_beyond_two_megabytes_is_not_taken(
    far_end: FarEnd, tools: Tools, body: bytes, headers: dict[str, str]
) -> None:
    far_end.answers(body, headers=headers)

    seen = await probe(spec(url=far_end.url, signals=PATHS), tools, NOW)

    assert isinstance(seen, Reading)
    assert "larger than 2 MB" in seen.error


async def test_a_compressed_answer_is_read(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers(gzip.compress(b'{"status":"ok"}'), headers={"content-encoding": "gzip"})

    seen = await probe(spec(url=far_end.url, signals={"status": "$.status"}), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "ok"


async def test_a_redirect_on_the_same_origin_is_followed_with_our_headers(
    far_end: FarEnd, tools: Tools
) -> None:
    async def moved(request: web.Request) -> web.Response:
        if request.path == "/old":
            raise web.HTTPFound("/new")
        return web.json_response({"status": request.headers.get("x-key", "none")})

    far_end.handler = moved

    seen = await probe(
        spec(
            url=far_end.url + "/old",
            headers={"x-key": "k1"},
            signals={"status": "$.status"},
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "k1"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:2/",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_into_our_own_network_is_not_followed(
    far_end: FarEnd, tools: Tools, target: str
) -> None:
    far_end.answers("", status=302, headers={"location": target})

    seen = await probe(spec(url=far_end.url), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "redirects to" in seen.error


async def test_a_redirect_loop_ends(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers("", status=302, headers={"location": "/again"})

    seen = await probe(spec(url=far_end.url, redirects=3), tools, NOW)

    assert isinstance(seen, Reading)
    assert "redirects more than 3 times" in seen.error
    assert len(far_end.requests) == 4


async def test_a_post_sends_its_body_and_login(far_end: FarEnd, tools: Tools) -> None:
    async def echo(request: web.Request) -> web.Response:
        asked = await request.json()
        login = request.headers["authorization"]
        return web.json_response({"n": asked["top"], "status": login.split()[0]})

    far_end.handler = echo

    seen = await probe(
        spec(
            url=far_end.url,
            method="POST",
            body={"top": 5},
            basic={"user": "probe", "password": "hunter22"},
            signals={"queue_depth": "$.n", "status": "$.status"},
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.QUEUE_DEPTH] == 5
    assert seen.signals[Signal.STATUS] == "Basic"


class Marked(str):
    """A secret as a file loader may hand it over."""


@pytest.mark.parametrize("status", [200, 401, 404, 500])
@pytest.mark.parametrize(
    "settings",
    [
        {"bearer": "S3CRET-value"},
        {"bearer": SecretStr("S3CRET-value")},
        {"headers": {"X-Api-Key": Marked("S3CRET-value")}},
        {"headers": {"Authorization": "Token S3CRET-value"}},
        {"basic": {"user": "probe", "password": "S3CRET-value"}},
        {"method": "POST", "body": {"key": Marked("S3CRET-value")}},
    ],
    ids=["bearer", "wrapped", "header", "scheme", "basic", "body"],
)
async def test_a_secret_that_the_far_end_echoes_is_never_reported(
    far_end: FarEnd, tools: Tools, status: int, settings: dict[str, Any]
) -> None:
    echo = {
        "status": "S3CRET-value",
        "errors": [{"text": "key S3CRET-value is unknown", "ids": ["S3CRET-value"]}],
    }
    far_end.answers(echo, status=status, reason="no S3CRET-value")
    dumped = HttpSettings.model_validate(
        {
            "url": far_end.url.replace("//", "//u:S3CRET-value@") + "/x?t=S3CRET-value",
            "signals": {"status": "$.status", "version": "$.gone"},
            "failed": {"path": "$.errors", "ids": "ids"},
            **settings,
        }
    ).model_dump()

    seen = await probe(spec(**dumped), tools, NOW)

    assert "S3CRET" not in repr(seen)
    assert "S3CRET" not in repr(dumped).replace(dumped["url"], "").replace(
        repr(settings.get("body")), ""
    )


@pytest.mark.parametrize("status", [200, 500])
async def test_no_half_of_a_secret_survives_where_a_text_is_cut(
    far_end: FarEnd, tools: Tools, status: int
) -> None:
    secret = "S3CRET-" + "0123456789" * 4
    for lead in range(120, 320, 10):
        text = "x" * lead + secret
        far_end.answers(
            {"status": text, "errors": [{"text": text, "ids": [text]}]}, status=status, reason=text
        )

        seen = await probe(
            spec(
                url=far_end.url,
                bearer=secret,
                signals={"status": "$.status"},
                failed={"path": "$.errors", "ids": "ids"},
            ),
            tools,
            NOW,
        )

        assert "S3C" not in repr(seen)


async def test_a_token_from_a_file_works_although_it_ends_with_a_line_break(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({})

    seen = await probe(
        spec(url=far_end.url, bearer="t0ken\n", headers={"X-Key": "k1\n"}), tools, NOW
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is True
    assert far_end.requests[0].headers["authorization"] == "Bearer t0ken"


async def test_connections_are_kept_between_looks(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers({})
    ports = set()
    for _ in range(3):
        await probe(spec(url=far_end.url), tools, NOW + timedelta(seconds=1))
        transport = far_end.requests[-1].transport
        ports.add(transport.get_extra_info("peername") if transport else None)

    assert len(ports) == 1


async def test_a_cookie_of_one_check_does_not_speak_for_another(
    far_end: FarEnd, tools: Tools
) -> None:
    async def door(request: web.Request) -> web.Response:
        good = request.headers.get("authorization") == encode_basic_auth("good", "pw")
        if not good and "SID" not in request.cookies:
            return web.Response(status=401)
        answer = web.json_response({"n": 7})
        answer.set_cookie("SID", "abc")
        return answer

    far_end.handler = door

    async def look(user: str, password: str) -> Observation:
        login = {"user": user, "password": password}
        check = spec(url=far_end.url, basic=login, signals={"queue_depth": "$.n"})
        return await probe(check, tools, NOW)

    assert isinstance(await look("good", "pw"), Reading)
    assert isinstance(await look("bad", "x"), Blind)
    assert isinstance(await look("good", "pw"), Reading)
    assert ["cookie" in one.headers for one in far_end.requests] == [False, False, False]


async def test_a_cookie_is_kept_through_the_redirects_of_one_look(
    far_end: FarEnd, tools: Tools
) -> None:
    async def door(request: web.Request) -> web.Response:
        if "SID" in request.cookies:
            return web.json_response({"n": 7})
        answer = web.Response(status=302, headers={"location": "/again"})
        answer.set_cookie("SID", "abc")
        return answer

    far_end.handler = door

    for _ in range(2):
        seen = await probe(spec(url=far_end.url, signals={"queue_depth": "$.n"}), tools, NOW)
        assert isinstance(seen, Reading)
        assert seen.signals["queue_depth"] == 7

    assert ["cookie" in one.headers for one in far_end.requests] == [False, True, False, True]


class _Searches:
    """Stands in the way of every search for a module, finds none, and remembers the names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, *_: object) -> None:
        self.names.append(name)


async def test_a_look_searches_for_no_module_once_it_has_looked(
    far_end: FarEnd, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    far_end.answers(STATUS)
    look = spec(url=far_end.url, signals=PATHS)
    await probe(look, tools, NOW)
    searches = _Searches()
    monkeypatch.setattr(sys, "meta_path", [searches, *sys.meta_path])

    await probe(look, tools, NOW)

    assert searches.names == []
