"""The socket's keeper: it says when it is connected, and gives up rather than stay deaf."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin.driver import Driver
from bot.demo.standin.server import Standin
from bot.slack.supervisor import Deaf, Patience, Supervisor

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
