"""HTTP mode: signatures, the challenge, retries and their headers."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier

from slack_standin import Standin
from slack_standin.driver import Driver
from slack_standin.state.refusal import PersonError

pytestmark = pytest.mark.anyio


class Receiver:
    """A request URL that notes what it gets and answers as planned (200 when nothing is)."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.plan: list[tuple[int, dict[str, str], str]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if b"url_verification" in body:
            return web.Response(text=json.loads(body)["challenge"])
        self.requests.append(({k.lower(): v for k, v in request.headers.items()}, body))
        status, headers, text = self.plan.pop(0) if self.plan else (200, {}, "")
        return web.Response(status=status, headers=headers, text=text)


@pytest.fixture
async def receiver(standin: Standin) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/slack", receiver.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    assert await standin.set_request_url(f"http://127.0.0.1:{port}/slack")
    yield receiver
    await runner.cleanup()


async def test_requests_carry_a_signature_the_sdk_accepts(
    receiver: Receiver, standin: Standin, slack: Driver
) -> None:
    await slack.member("Bob").dms("hello")
    await slack.until(lambda: receiver.requests or None, "a request")
    headers, body = receiver.requests[0]

    verifier = SignatureVerifier(standin.signing_secret, Clock())
    stranger = SignatureVerifier("another secret", Clock())

    assert verifier.is_valid_request(body, headers)
    assert not stranger.is_valid_request(body, headers)


async def test_a_shifted_clock_makes_signatures_stale(
    receiver: Receiver, standin: Standin, slack: Driver
) -> None:
    standin.services.clock.shift(-400)

    await slack.member("Bob").dms("hello")
    await slack.until(lambda: receiver.requests or None, "a request")
    headers, body = receiver.requests[0]

    verifier = SignatureVerifier(standin.signing_secret, Clock())
    assert not verifier.is_valid_request(body, headers)


async def test_a_url_that_fails_the_challenge_is_not_taken(standin: Standin) -> None:
    taken = await standin.set_request_url(f"{standin.url}/nowhere")

    assert taken is False
    assert standin.app is not None
    assert standin.app.socket_mode


async def test_a_failed_event_is_retried_three_times_with_headers(
    receiver: Receiver, slack: Driver
) -> None:
    receiver.plan = [(500, {}, "")] * 4

    await slack.member("Bob").dms("hello")
    await slack.until(lambda: True if len(receiver.requests) == 4 else None, "four requests")
    await slack.settled()

    numbers = [headers.get("x-slack-retry-num") for headers, _ in receiver.requests]
    ids = {json.loads(body)["event_id"] for _, body in receiver.requests}
    assert numbers == [None, "1", "2", "3"]
    assert receiver.requests[1][0]["x-slack-retry-reason"] == "http_error"
    assert len(ids) == 1


async def test_an_app_can_decline_retries(receiver: Receiver, slack: Driver) -> None:
    receiver.plan = [(500, {"X-Slack-No-Retry": "1"}, "")]

    await slack.member("Bob").dms("hello")
    await slack.until(lambda: receiver.requests or None, "a request")
    await slack.settled()

    assert len(receiver.requests) == 1


async def test_commands_are_forms_and_interactions_a_payload_in_a_form(
    receiver: Receiver, slack: Driver
) -> None:
    bob = slack.member("Bob")

    await bob.types("#general", "/conn status")
    await bob.uses_shortcut("note")
    command, shortcut = (parse_qs(body.decode()) for _, body in receiver.requests)

    assert command["command"] == ["/conn"]
    assert command["is_enterprise_install"] == ["false"]
    assert json.loads(shortcut["payload"][0])["callback_id"] == "note"


async def test_plain_text_answers_a_command(receiver: Receiver, slack: Driver) -> None:
    receiver.plan = [(200, {}, "all well")]
    bob = slack.member("Bob")

    await bob.types("#general", "/conn status")

    await bob.sees_ephemeral("all well")


async def test_an_error_status_is_shown_to_the_member(receiver: Receiver, slack: Driver) -> None:
    receiver.plan = [(500, {}, "")]

    with pytest.raises(PersonError, match="the app returned an error"):
        await slack.member("Bob").types("#general", "/conn status")


async def test_the_certificate_probe_is_a_form_that_wants_a_200(
    receiver: Receiver, standin: Standin, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"{standin.url}/control/ssl_check", json={}) as response:
        answer = await response.json()

    assert answer["answered"] is True
    assert b"ssl_check=1" in receiver.requests[0][1]
