"""The same bot behind a request URL, for companies that allow no sockets to the outside."""

import socket
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.harness import told

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def test_everything_works_over_signed_requests(tmp_path: Path) -> None:
    async with told(tmp_path, http_port=free_port()) as story:
        channel = await story.breaks()
        ping = await story.bob.gets_dm("Web shop orders is failing")

        await ping.click("Acknowledge")
        card = await story.bob.sees(channel, "Who has it: @Bob Responder")
        await story.bob.types("#general", "/conn status")
        await story.bob.sees_ephemeral("1 of 4 connections need attention")
        await story.bob.dms("who owns the bank payouts?")
        await story.bob.gets_dm("Technical owner")
        await card.click("Resolve…")
        form = await story.bob.sees_modal("Resolve")
        await form.fill("What was the cause, and what fixed it?", "The secret was renewed")
        await form.fill("It is not over", "Resolve it all the same")
        await form.submit()

        await story.card(channel, "Resolved")
        assert story.our_faults() == []


async def test_a_request_that_slack_did_not_sign_is_refused(tmp_path: Path) -> None:
    port = free_port()
    async with told(tmp_path, http_port=port), aiohttp.ClientSession() as session:
        forged = await session.post(
            f"http://127.0.0.1:{port}/slack/events",
            data={"command": "/conn", "text": "status", "user_id": "U1"},
            headers={"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"},
        )

        assert forged.status == 401
