"""A stand-in with three members, a client for its Web API and a bare Socket Mode client."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from slack_standin import Member, Standin
from slack_standin.driver import Driver
from slack_standin.state.clock import Timing
from tests.patience import UNHURRIED

Json = dict[str, Any]
MEMBERS = (
    Member(name="alice", real_name="Alice Owner", tz="Europe/Berlin"),
    Member(name="bob", real_name="Bob Responder"),
    Member(name="charlie", real_name="Charlie Visitor"),
)
HASTY = replace(UNHURRIED, ack=0.05)  # for an app that does not acknowledge, or too late


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def timing() -> Timing:
    return UNHURRIED


@pytest.fixture
async def standin(timing: Timing) -> AsyncIterator[Standin]:
    async with Standin(members=MEMBERS, timing=timing) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def slack(standin: Standin) -> Driver:
    return Driver(standin)


@pytest.fixture
def client(standin: Standin, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=standin.bot_token, base_url=standin.api_url, session=session)


class Api:
    """Calls methods with a JSON body and returns the answer, refusals included."""

    def __init__(self, standin: Standin, session: aiohttp.ClientSession) -> None:
        self.standin = standin
        self.session = session
        self.token = standin.bot_token
        self.status = 0
        self.headers: Any = {}

    async def __call__(self, method: str, **args: object) -> Json:
        return await self.send(method, json=args, charset="; charset=utf-8")

    async def send(
        self, method: str, *, json: Json | None = None, charset: str = "", **how: Any
    ) -> Json:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if json is not None:
            headers["Content-Type"] = f"application/json{charset}"
        async with self.session.post(
            self.standin.api_url + method, headers=headers, json=json, **how
        ) as response:
            self.status, self.headers = response.status, response.headers
            body: Json = await response.json()
            return body

    async def channel(self, name: str, **args: object) -> str:
        """Create a channel and return its id."""
        answer = await self("conversations.create", name=name, **args)
        return str(answer["channel"]["id"])


@pytest.fixture
def api(standin: Standin, session: aiohttp.ClientSession) -> Api:
    return Api(standin, session)


class Wire:
    """One Socket Mode connection, spoken by hand."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def frame(self, kind: str | None = None) -> Json:
        """The next frame, or the next of this type."""
        while True:
            frame: Json = await self.socket.receive_json()
            if kind is None or frame["type"] == kind:
                return frame

    async def event(self, name: str) -> Json:
        """Acknowledge events until one has this type; returns its frame, not acknowledged."""
        while True:
            frame = await self.frame("events_api")
            if frame["payload"]["event"]["type"] == name:
                return frame
            await self.ack(frame)

    async def ack(self, frame: Json, payload: Json | None = None) -> None:
        answer: Json = {"envelope_id": frame["envelope_id"]}
        if payload is not None:
            answer["payload"] = payload
        await self.socket.send_json(answer)


Link = Callable[..., AbstractAsyncContextManager[Wire]]


@pytest.fixture
def link(standin: Standin, session: aiohttp.ClientSession) -> Link:
    """Opens Socket Mode connections; the hello is left to be read unless `greeted`."""

    @asynccontextmanager
    async def opened(extra: str = "", *, greeted: bool = True) -> AsyncIterator[Wire]:
        api = Api(standin, session)
        api.token = standin.app_token
        url = (await api.send("apps.connections.open"))["url"]
        async with session.ws_connect(url + extra) as socket:
            wire = Wire(socket)
            if greeted:
                await wire.frame("hello")
            yield wire

    return opened


def section(text: str = "hello", **extra: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **extra}


def button(text: str = "Go", action_id: str = "go", **extra: object) -> Json:
    label = {"type": "plain_text", "text": text}
    return {"type": "button", "text": label, "action_id": action_id, **extra}


def modal(*blocks: Json, **extra: object) -> Json:
    title = {"type": "plain_text", "text": "Form"}
    return {"type": "modal", "title": title, "blocks": list(blocks) or [section()], **extra}
