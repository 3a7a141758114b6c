"""A small real Bolt app, as a user of the stand-in would write one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin import Standin

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "report",
    "title": {"type": "plain_text", "text": "Report"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "What happened?"},
            "element": {"type": "plain_text_input", "action_id": "text", "min_length": 3},
        },
        {
            "type": "input",
            "block_id": "lane",
            "optional": True,
            "label": {"type": "plain_text", "text": "Lane"},
            "element": {
                "type": "static_select",
                "action_id": "lane",
                "options": [
                    {"text": {"type": "plain_text", "text": "Vendor"}, "value": "vendor"},
                    {"text": {"type": "plain_text", "text": "Publisher"}, "value": "publisher"},
                ],
            },
        },
    ],
}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Orders* are stuck"}},
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "ack",
                "value": "42",
                "text": {"type": "plain_text", "text": "Acknowledge"},
            }
        ],
    },
]


def build(client: AsyncWebClient, signing_secret: str | None = None) -> AsyncApp:
    """The app; what it was told is in `app.seen` as (kind, payload)."""
    app = AsyncApp(client=client, signing_secret=signing_secret)
    seen: list[tuple[str, Any]] = []
    app.seen = seen  # type: ignore[attr-defined]

    @app.command("/conn")
    async def conn(ack: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(("command", command))
        if command["text"] == "report":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)
        elif command["text"] == "card":
            await ack()
            await client.chat_postMessage(
                channel=command["channel_id"], text="Orders are stuck", blocks=CARD
            )
        else:
            await ack(f"you said {command['text']}")

    @app.action("ack")
    async def acknowledge(ack: Any, body: dict[str, Any], respond: Any) -> None:
        seen.append(("action", body))
        await ack()
        name = body["user"]["id"]
        await respond(text=f"Acknowledged by <@{name}>", replace_original=True)

    @app.view("report")
    async def report(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(("view", body))
        text = body["view"]["state"]["values"]["what"]["text"]["value"]
        if text == "nothing":
            await ack(response_action="errors", errors={"what": "That is no report."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Reported: {text}")

    @app.view_closed("report")
    async def closed(ack: Any, body: dict[str, Any]) -> None:
        seen.append(("closed", body))
        await ack()

    @app.event("app_mention")
    async def mention(event: dict[str, Any], body: dict[str, Any], say: Any) -> None:
        seen.append(("mention", body))
        await say(f"Hello <@{event['user']}>", thread_ts=event["ts"])

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        seen.append(("message", body))

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Welcome home"}}]
        view = {"type": "home", "blocks": blocks}
        await client.views_publish(user_id=event["user"], view=view)

    return app


@asynccontextmanager
async def by_socket(standin: Standin) -> AsyncIterator[AsyncApp]:
    """The app connected in Socket Mode."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=standin.bot_token, base_url=standin.api_url, session=session)
        app = build(client)
        handler = AsyncSocketModeHandler(app, standin.app_token, ping_interval=1)
        # The handler makes a client of its own for apps.connections.open.
        handler.client.web_client = AsyncWebClient(
            token=standin.app_token, base_url=standin.api_url, session=session
        )
        await handler.connect_async()
        try:
            yield app
        finally:
            await handler.close_async()


@asynccontextmanager
async def by_http(standin: Standin) -> AsyncIterator[AsyncApp]:
    """The app behind a request URL."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=standin.bot_token, base_url=standin.api_url, session=session)
        app = build(client, standin.signing_secret)
        server = app.server(port=0, path="/slack/events")
        runner = web.AppRunner(server.web_app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        assert await standin.set_request_url(f"http://127.0.0.1:{port}/slack/events")
        try:
            yield app
        finally:
            await asyncio.sleep(0)
            await runner.cleanup()
