"""One call of an operator's webhook, against a real server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.checks.clients import Clients
from bot.checks.webhook_call import call_hook
from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import RunState
from tests.loop_time import ahead

pytestmark = pytest.mark.anyio

PLACES = {"connection": "orders", "incident": "INC-1", "run": "INC-1-7"}


class Far:
    """A far end that keeps what it was sent and answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.hang = False
        self.endless = False
        self.reached, self.released = asyncio.Event(), asyncio.Event()
        self.seen: list[tuple[str, dict[str, str]]] = []

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((await request.text(), {k.lower(): v for k, v in request.headers.items()}))
        self.reached.set()
        if self.hang:
            await self.released.wait()
        if self.endless:
            answer = web.StreamResponse(status=self.status)
            await answer.prepare(request)
            await answer.write(b"x" * 1000)
            await self.released.wait()
            return answer
        headers = {"location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    end = Far()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", end.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    end.url = f"http://127.0.0.1:{runner.addresses[0][1]}/resend"
    yield end
    await runner.cleanup()


def a_hook(far: Far) -> Webhook:
    return Webhook(
        id="resend",
        url=far.url,
        headers={"authorization": "Bearer s3cr3t-token"},
        body={"connection": "{{connection}}", "why": ["{{incident}}"]},
        timeout=timedelta(minutes=1),
        private=True,
    )


async def test_the_body_is_filled_and_the_call_can_be_recognised(far: Far) -> None:
    outcome = await call_hook(Clients(), a_hook(far), PLACES)

    ((body, headers),) = far.seen
    assert (outcome.state, outcome.status) == (RunState.DONE, 200)
    assert body == '{"connection": "orders", "why": ["INC-1"]}'
    assert headers["idempotency-key"] == "INC-1-7"
    assert headers["authorization"] == "Bearer s3cr3t-token"


@pytest.mark.parametrize("status", [302, 401, 500])
async def test_any_other_answer_is_a_failure_and_no_redirect_is_followed(
    far: Far, status: int
) -> None:
    far.status = status

    outcome = await call_hook(Clients(), a_hook(far), PLACES)

    assert (outcome.state, outcome.status, len(far.seen)) == (RunState.FAILED, status, 1)


async def test_sent_without_an_answer_is_unknown(far: Far) -> None:
    far.hang = True
    calling = asyncio.create_task(call_hook(Clients(), a_hook(far), PLACES))
    await far.reached.wait()

    with ahead(minutes=2):
        outcome = await calling
    far.released.set()

    assert outcome.state is RunState.UNKNOWN
    assert "look before you run it again" in outcome.said


async def test_an_answer_without_an_end_is_as_good_as_its_status(far: Far) -> None:
    far.endless = True

    outcome = await call_hook(Clients(), a_hook(far), PLACES)
    far.released.set()

    assert (outcome.state, outcome.status) == (RunState.DONE, 200)


async def test_an_inside_address_is_not_called_unless_the_operator_said_so(far: Far) -> None:
    guarded = replace(a_hook(far), private=False)
    hidden = replace(guarded, url=guarded.url.replace("http://", "https://"))

    plain, inside = [await call_hook(Clients(), one, PLACES) for one in (guarded, hidden)]

    assert plain.state is inside.state is RunState.FAILED
    assert "https" in plain.said
    assert "private network" in inside.said
    assert far.seen == []


async def test_a_dead_end_is_told_without_its_address() -> None:
    hook = Webhook(id="x", url="http://127.0.0.1:9/t0kens3cr3t", private=True)

    outcome = await call_hook(Clients(), hook, PLACES)

    assert outcome.state is RunState.FAILED
    assert "t0kens3cr3t" not in outcome.said
