"""A small real Bolt app, as a user of the stand-in would write one."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from slack_standin import Standin

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
    """The app with all its listeners."""
    app = AsyncApp(client=client, signing_secret=signing_secret)
    app.command("/conn")(_conn)
    app.action("ack")(_acknowledge)
    app.view("report")(_report)
    app.view_closed("report")(_closed)
    app.event("app_mention")(_mention)
    app.event("app_home_opened")(_home)
    app.event(re.compile(".*"))(_anything_else)
    return app


async def _conn(ack: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
    if command["text"] == "report":
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)
    elif command["text"] == "card":
        await ack()
        channel = command["channel_id"]
        await client.chat_postMessage(channel=channel, text="Orders are stuck", blocks=CARD)
    else:
        await ack(f"you said {command['text']}")


async def _acknowledge(ack: Any, body: dict[str, Any], respond: Any) -> None:
    await ack()
    await respond(text=f"Acknowledged by <@{body['user']['id']}>", replace_original=True)


async def _report(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
    text = body["view"]["state"]["values"]["what"]["text"]["value"]
    if text == "nothing":
        await ack(response_action="errors", errors={"what": "That is no report."})
        return
    await ack()
    await client.chat_postMessage(channel=body["user"]["id"], text=f"Reported: {text}")


async def _closed(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
    await ack()
    await client.chat_postMessage(channel=body["user"]["id"], text="You gave up the report")


async def _mention(event: dict[str, Any], say: Any) -> None:
    await say(f"Hello <@{event['user']}>", thread_ts=event["ts"])


async def _home(event: dict[str, Any], client: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Welcome home"}}]
    await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


async def _anything_else(ack: Any) -> None:
    await ack()


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
            await runner.cleanup()
