"""Who supervises the socket: it says when it is connected, and gives up rather than stay deaf."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.platform.supervisor import (
    Deaf,
    Patience,
    SlackRefused,
    SlackSilent,
    Supervisor,
    identify,
)
from bot.slack.platform.wire import NotSlack
from slack_standin.driver import Driver
from slack_standin.server import Standin

pytestmark = pytest.mark.anyio

QUICK = Patience(
    look=timedelta(seconds=0.05),
    ping=timedelta(seconds=0.1),
    new_client_after=timedelta(seconds=0.3),
    give_up_after=timedelta(seconds=0.8),
)


def supervisor_of(
    standin: Standin, *, reachable: bool = True, asked: asyncio.Semaphore | None = None
) -> Supervisor:
    """`asked` counts how often it looked whether Slack answers at all."""
    client = AsyncWebClient(token=standin.bot_token, base_url=standin.api_url)

    async def answers() -> bool:
        if asked is not None:
            asked.release()
        return reachable

    return Supervisor(AsyncApp(client=client), standin.app_token, QUICK, answers)


class Slack(AsyncWebClient):
    """Says one and the same to whoever asks."""

    def __init__(self, said: object) -> None:
        super().__init__(token="xoxb-1")
        self.said = said

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:  # type: ignore[override]
        if isinstance(self.said, Exception):
            raise self.said
        status, data = self.said  # type: ignore[misc]
        answer = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=data,
            headers={},
            status_code=status,
        )
        return answer.validate()


@pytest.mark.parametrize(
    "said",
    [
        (429, {"ok": False, "error": "ratelimited"}),
        (503, {"ok": False, "error": "service_unavailable"}),
        (200, {"ok": False, "error": "internal_error"}),
        (200, {"ok": False, "error": "fatal_error"}),
        (200, {"ok": True}),
        TimeoutError(),
        NotSlack("an answer that is not Slack's: HTTP 200, JSON of another kind"),
        ConnectionResetError(),
    ],
    ids=repr,
)
async def test_what_says_nothing_of_the_token_is_no_reason_to_stop(said: object) -> None:
    """What is told to whoever started a bot that does not run is no part of why."""
    with pytest.raises(SlackSilent) as told:
        await identify(Slack(said))

    assert "start again" in str(told.value).casefold()
    assert "start again" not in told.value.why.casefold()


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "missing_scope"])
async def test_a_token_that_slack_refuses_is_a_reason_to_stop(error: str) -> None:
    with pytest.raises(SlackRefused, match="SLACK_BOT_TOKEN") as told:
        await identify(Slack((200, {"ok": False, "error": error})))

    assert not isinstance(told.value, SlackSilent)


async def test_a_slack_that_never_takes_the_socket_ends_the_process_in_words() -> None:
    async with Standin() as standin:
        standin.faults.refuse_handshakes = 999
        supervisor = supervisor_of(standin)

        with pytest.raises(Deaf, match="has not been reached by Socket Mode"):
            await supervisor.run()

        assert not supervisor.connected


async def test_it_says_when_it_is_connected_and_when_no_longer() -> None:
    async with Standin() as standin:
        assert standin.app is not None
        supervisor = supervisor_of(standin)
        task = asyncio.create_task(supervisor.run())

        await Driver(standin).until(lambda: supervisor.connected or None, "a connection")
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

        assert not supervisor.connected
        assert standin.services.courier.hub.sockets(standin.app.id) == ()


async def test_while_nothing_of_slack_can_be_reached_the_process_goes_on() -> None:
    async with Standin() as standin:
        standin.faults.refuse_handshakes = 999
        asked = asyncio.Semaphore(0)
        task = asyncio.create_task(supervisor_of(standin, reachable=False, asked=asked).run())

        for _ in range(3):  # each time it would have given up
            await asked.acquire()
        going_on = not task.done()
        standin.faults.refuse_handshakes = 0

        assert going_on
        await Driver(standin).app_connected()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_second_program_with_the_same_tokens_is_told_so_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Standin() as standin:
        assert standin.app is not None
        slack, told = Driver(standin), []
        tasks = []
        for _ in range(2):
            supervisor = supervisor_of(standin)
            tasks.append(asyncio.create_task(supervisor.run()))
            await slack.until(lambda one=supervisor: one.connected or None, "a connection")
            told.append("tokens_shared" in caplog.text)
        await slack.until(lambda: "tokens_shared connections=2" in caplog.text or None, "the word")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        assert told[0] is False
