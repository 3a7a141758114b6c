"""A stand-in, a gateway to it, and the parts of the bot that talk through the gateway."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.standin import app_manifest
from bot.runtime import Runtime
from bot.slack.ids import origin
from bot.slack.platform.gateway import Gateway
from bot.slack.platform.posts import Poster
from bot.slack.platform.wire import slack_session
from bot.store.store import Store
from slack_standin.driver import Driver
from slack_standin.server import Standin
from slack_standin.state.clock import Clock
from tests.builders import knowledge_of
from tests.e2e.slack_proxy import SlackProxy


@dataclass(slots=True, kw_only=True)
class Bench:
    """`general` is a channel in which everybody, the bot included, is."""

    standin: Standin
    proxy: SlackProxy
    slack: Driver
    clock: Clock
    gateway: Gateway
    runtime: Runtime
    poster: Poster
    general: str


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = Clock()
    async with Standin(manifest=app_manifest(), clock=clock) as standin:
        slack = Driver(standin)
        slack.member("Bob").invites_app("#general")
        channel = standin.workspace.channel_named("general")
        assert channel is not None
        store = await Store.open(None)
        knowledge = knowledge_of()
        runtime = Runtime(
            store=store, knowledge=lambda: knowledge, clock=clock.now, steady=clock.steady
        )
        async with SlackProxy(standin) as proxy, slack_session(300) as session:
            client = AsyncWebClient(
                token=standin.bot_token,
                base_url=proxy.api_url,
                session=session,
                retry_handlers=[],
            )
            gateway = Gateway(client, await store.run(origin, clock.now), clock.now, clock.steady)
            yield Bench(
                standin=standin,
                proxy=proxy,
                slack=slack,
                clock=clock,
                gateway=gateway,
                runtime=runtime,
                poster=Poster(runtime, gateway),
                general=channel.id,
            )
        await store.close()
