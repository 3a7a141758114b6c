"""How a check logs in: tokens fetched once and renewed, certificates, what failing means."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.checks.probes.http import probe
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.checks.tokens import Tokens, signed_assertion
from bot.core.estate.catalogue import Catalogue
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.checks.certificates import write_certificate
from tests.checks.conftest import NOW, FarEnd, Memory, spec

pytestmark = pytest.mark.anyio
SECRET = "hunter22-secret"


class Steady:
    """A steady clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Authority:
    """A token endpoint at /token, and a status page that takes only its newest token."""

    def __init__(self, far_end: FarEnd) -> None:
        self.issued = 0
        self.fields: list[dict[str, Any]] = []
        self.logins: list[str | None] = []
        self.refusal: web.Response | None = None
        self.released: asyncio.Event | None = None
        self.asked = asyncio.Event()
        far_end.handler = self.handle

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/token":
            return await self._token(request)
        good = request.headers.get("authorization") == f"Bearer token-{self.issued}"
        return web.json_response({"n": 1}, status=200 if good else 401)

    async def _token(self, request: web.Request) -> web.Response:
        self.fields.append(dict(await request.post()))
        self.logins.append(request.headers.get("authorization"))
        self.asked.set()
        if self.refusal is not None:
            return self.refusal
        if self.released is not None:
            await self.released.wait()
        self.issued += 1
        return web.json_response({"access_token": f"token-{self.issued}", "expires_in": "3600"})


@pytest.fixture
def clock() -> Steady:
    return Steady()


@pytest.fixture
async def tools(anyio_backend: str, memory: Memory, clock: Steady) -> AsyncIterator[Tools]:
    clients = Clients()
    yield Tools(
        http=clients,
        tokens=Tokens(clock),
        last_ping=memory.last_ping,
        first_seen=memory.first_seen,
    )
    await clients.close()


def settings(far_end: FarEnd, **more: Any) -> dict[str, Any]:
    return {
        "url": far_end.url + "/status",
        "oauth": {
            "token_url": far_end.url + "/token",
            "client_id": "watcher",
            "client_secret": SECRET,
            "scope": "status.read",
            "more": {"audience": "erp"},
            **more,
        },
        "signals": {"processed": "$.n"},
    }


def fine(seen: Any) -> bool:
    return isinstance(seen, Reading) and seen.signals[Signal.REACHABLE] is True


async def test_one_token_serves_all_checks_that_wait_for_it(far_end: FarEnd, tools: Tools) -> None:
    authority = Authority(far_end)
    authority.released = asyncio.Event()

    looks = [asyncio.create_task(probe(spec(**settings(far_end)), tools, NOW)) for _ in range(5)]
    await authority.asked.wait()
    authority.released.set()
    seen = await asyncio.gather(*looks)

    assert all(fine(one) for one in seen)
    assert authority.fields == [
        {
            "grant_type": "client_credentials",
            "audience": "erp",
            "scope": "status.read",
            "client_id": "watcher",
            "client_secret": SECRET,
        }
    ]


async def test_a_token_is_kept_and_renewed_before_it_ends(
    far_end: FarEnd, tools: Tools, clock: Steady
) -> None:
    authority = Authority(far_end)
    fetched = []
    for clock.seconds in (0, 3500, 3545, 3600):
        await probe(spec(**settings(far_end)), tools, NOW)
        fetched.append(authority.issued)

    assert fetched == [1, 1, 2, 2]


async def test_a_token_that_was_issued_to_us_is_a_secret_as_long_as_it_may_be_good(
    far_end: FarEnd, tools: Tools, clock: Steady
) -> None:
    """Also beside the one that replaced it, and whoever repeats it."""
    Authority(far_end)
    secrets = EstateSecrets(Catalogue, tokens=tools.tokens)
    kept = []
    for clock.seconds in (0, 3545, 3601, 3545 + 3601):
        await probe(spec(**settings(far_end)), tools, NOW)
        kept.append(secrets.clean("they show token-1 and token-2"))

    assert kept == [
        "they show *** and token-2",
        "they show *** and ***",
        "they show token-1 and ***",
        "they show token-1 and token-2",
    ]


async def test_a_wall_clock_that_jumps_ends_no_token(far_end: FarEnd, tools: Tools) -> None:
    authority = Authority(far_end)

    await probe(spec(**settings(far_end)), tools, NOW)
    await probe(spec(**settings(far_end)), tools, NOW + timedelta(days=400))
    await probe(spec(**settings(far_end)), tools, NOW - timedelta(days=400))

    assert authority.issued == 1


async def test_a_token_that_was_withdrawn_is_fetched_anew_once(
    far_end: FarEnd, tools: Tools
) -> None:
    authority = Authority(far_end)
    await probe(spec(**settings(far_end)), tools, NOW)
    authority.issued = 7

    seen = await probe(spec(**settings(far_end)), tools, NOW)

    assert fine(seen)
    assert authority.issued == 8


async def test_the_client_can_log_in_by_basic_authentication(far_end: FarEnd, tools: Tools) -> None:
    authority = Authority(far_end)

    seen = await probe(spec(**settings(far_end, send="basic")), tools, NOW)

    assert fine(seen)
    assert "client_secret" not in authority.fields[0]
    assert (authority.logins[0] or "").startswith("Basic ")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"error": "invalid_client"}, "refused (401): invalid_client"),
        (400, {"error_description": f"secret {SECRET} has expired"}, "refused (400): secret ***"),
        (200, {"token": "in the wrong place"}, "refused (200)"),
        (500, "<html>", "refused (500)"),
    ],
)
async def test_no_token_means_that_we_are_blind_not_that_the_connection_is_broken(
    far_end: FarEnd, tools: Tools, status: int, body: Any, words: str
) -> None:
    authority = Authority(far_end)
    authority.refusal = web.json_response(body, status=status)

    seen = await probe(spec(**settings(far_end)), tools, NOW)

    assert isinstance(seen, Blind)
    assert "monitoring credential" in seen.reason
    assert words in seen.reason
    assert SECRET not in repr(seen)


async def test_a_token_endpoint_that_is_down_makes_us_blind(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers({"n": 1})

    seen = await probe(spec(**settings(far_end, token_url="http://127.0.0.1:1/token")), tools, NOW)

    assert isinstance(seen, Blind)
    assert "cannot be reached" in seen.reason


async def test_an_access_token_that_the_far_end_echoes_is_never_reported(
    far_end: FarEnd, tools: Tools
) -> None:
    async def echo(request: web.Request) -> web.Response:
        if request.path == "/token":
            return web.json_response({"access_token": "ACCESS-token-77"})
        return web.Response(text=request.headers["authorization"], status=500)

    far_end.handler = echo

    seen = await probe(spec(**settings(far_end)), tools, NOW)

    assert isinstance(seen, Reading)
    assert "ACCESS" not in repr(seen)


@pytest.fixture
async def guarded(anyio_backend: str, tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
    """(address, PEM file) of a host that lets in only who shows this certificate."""
    pem = write_certificate(tmp_path, datetime.now(UTC) + timedelta(days=30))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(pem))
    context.load_cert_chain(pem)
    context.verify_mode = ssl.CERT_REQUIRED

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"n": 1})

    app = web.Application()
    app.router.add_get("/", status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://localhost:{runner.addresses[0][1]}/", pem
    await runner.cleanup()


async def test_a_client_certificate_opens_a_host_that_asks_for_one(
    guarded: tuple[str, Path], memory: Memory
) -> None:
    url, pem = guarded
    clients = Clients(ssl_context=ssl.create_default_context(cafile=str(pem)))
    tools = Tools(http=clients, last_ping=memory.last_ping, first_seen=memory.first_seen)

    without = await probe(spec(url=url), tools, NOW)
    within = await probe(spec(url=url, client_cert={"certificate": str(pem)}), tools, NOW)
    await clients.close()

    assert not fine(without)
    assert fine(within)


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_client_certificate_that_cannot_be_used_makes_us_blind(
    far_end: FarEnd, tools: Tools, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "client.pem"
    if content:
        file.write_text(content)

    seen = await probe(spec(url=far_end.url, client_cert={"certificate": str(file)}), tools, NOW)

    assert isinstance(seen, Blind)
    assert "client certificate cannot be used" in seen.reason


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def parts_of(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """(header, claims, what was signed, signature)."""
    head, claims, signature = assertion.split(".")

    def decoded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "==")

    signed = f"{head}.{claims}".encode()
    return json.loads(decoded(head)), json.loads(decoded(claims)), signed, decoded(signature)


async def test_a_private_key_proves_the_client_without_a_secret(
    far_end: FarEnd, tools: Tools
) -> None:
    authority = Authority(far_end)
    key = ec.generate_private_key(ec.SECP256R1())
    proof = {"client_secret": None, "key": pem(key), "key_id": "cert-7"}

    seen = await probe(spec(**settings(far_end, **proof)), tools, NOW)

    assert fine(seen)
    header, claims, signed, signature = parts_of(authority.fields[0]["client_assertion"])
    assert header == {"typ": "JWT", "alg": "ES256", "kid": "cert-7"}
    assert claims["iss"] == "watcher"
    assert claims["aud"] == far_end.url + "/token"
    assert (claims["iat"], claims["exp"]) == (1795168800, 1795168800 + 300)
    numbers = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.public_key().verify(encode_dss_signature(*numbers), signed, ec.ECDSA(hashes.SHA256()))


def test_an_rsa_key_signs_with_the_padding_that_ps256_asks_for() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    header, _, signed, signature = parts_of(signed_assertion({"iss": "a"}, pem(key), None, NOW))

    assert header == {"typ": "JWT", "alg": "PS256"}
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    key.public_key().verify(signature, signed, pss, hashes.SHA256())


@pytest.mark.parametrize(
    "key", ["not a key", pem(ec.generate_private_key(ec.SECP384R1()))], ids=["text", "P-384"]
)
async def test_a_key_that_cannot_sign_makes_us_blind(
    far_end: FarEnd, tools: Tools, key: str
) -> None:
    Authority(far_end)

    seen = await probe(spec(**settings(far_end, client_secret=None, key=key)), tools, NOW)

    assert isinstance(seen, Blind)
    assert "private key of the client" in seen.reason


async def test_a_token_endpoint_can_be_asked_in_json(far_end: FarEnd, tools: Tools) -> None:
    asked: list[dict[str, Any]] = []

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/token":
            asked.append(await request.json())
            return web.json_response({"access_token": "t"})
        return web.json_response({"n": 1})

    far_end.handler = handle

    seen = await probe(spec(**settings(far_end, send="json", scope=None)), tools, NOW)

    assert fine(seen)
    assert asked[0]["client_secret"] == SECRET
