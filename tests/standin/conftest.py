"""A stand-in with three members, a client for its Web API and a small Bolt app to talk to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin import Member, Standin
from bot.demo.standin.clock import Timing
from bot.demo.standin.driver import Driver

MEMBERS = (
    Member(name="alice", real_name="Alice Owner", tz="Europe/Berlin"),
    Member(name="bob", real_name="Bob Responder"),
    Member(name="charlie", real_name="Charlie Visitor"),
)
FAST = Timing(ack=0.4, retries=(0.0, 0.05, 0.05), warning=0.05)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def standin() -> AsyncIterator[Standin]:
    async with Standin(members=MEMBERS, timing=FAST) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def slack(standin: Standin) -> Driver:
    return Driver(standin, wait=3.0)


@pytest.fixture
def client(standin: Standin, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=standin.bot_token, base_url=standin.api_url, session=session)
