"""The same bot behind a request URL, for companies that allow no sockets to the outside."""

import time
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.slack.app import http_events
from tests.e2e.harness import told
from tests.ports import three_free_ports

pytestmark = pytest.mark.anyio


async def test_everything_works_over_signed_requests(tmp_path: Path) -> None:
    async with told(tmp_path, http_port=three_free_ports()) as story:
        channel = await story.breaks()
        ping = await story.bob.gets_dm("Web shop orders is failing")

        await ping.click("Acknowledge")
        card = await story.bob.sees(channel, "Who has it: @Bob Responder")
        await story.bob.types("#general", "/conn status")
        await story.bob.sees_ephemeral("1 of 4 connections needs attention")
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
    port = three_free_ports()
    async with told(tmp_path, http_port=port), aiohttp.ClientSession() as session:
        forged = await session.post(
            f"http://127.0.0.1:{port}/slack/events",
            data={"command": "/conn", "text": "status", "user_id": "U1"},
            headers={"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"},
        )

        assert forged.status == 401


@pytest.mark.parametrize(
    ("stamp", "signature", "body"),
    [
        ("soon", "v0=00", b"{}"),
        ("-1", "v0=00", b"{}"),
        ("9" * 40, "v0=00", b"{}"),
        ("NOW", "v0=00", b"\xff\xfe\x00\xc3"),
        ("NOW", "v0=\u00fc", b"{}"),
        ("NOW", "", b"[" * 100_000),
        ("", "v0=00", b"payload=%FF"),
        ("NOW", "v0=00", b"x" * 3_000_000),
    ],
    ids=["no number", "before time", "no year", "no text", "umlaut", "nested", "no time", "huge"],
)
async def test_what_slack_did_not_sign_costs_a_line_and_no_traceback(
    caplog: pytest.LogCaptureFixture, stamp: str, signature: str, body: bytes
) -> None:
    app = web.Application()
    app.router.add_post(
        "/slack/events", http_events(AsyncApp(token="xoxb-1", signing_secret="s"), "s")
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    headers = {
        "X-Slack-Request-Timestamp": stamp.replace("NOW", str(int(time.time()))),
        "X-Slack-Signature": signature,
        "Content-Type": "application/json; charset=klingon",
    }

    async with aiohttp.ClientSession() as session:
        refused = await session.post(url, data=BytesIO(body), headers=headers)
    await runner.cleanup()

    assert refused.status in (401, 413)
    assert "Traceback" not in caplog.text
    assert sum(record.exc_info is not None for record in caplog.records) == 0
