"""A stage whose letters reach a local Slack, and a reader who compares everything that stands there
with what would be drawn of the record now."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from difflib import unified_diff
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.standin import app_manifest
from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.letter import asked_again
from bot.core.outbox.notice import What, incident_subject
from bot.flows.views import shown
from bot.runtime import Runtime
from bot.slack.home import HomeTab
from bot.slack.ids import origin
from bot.slack.incidents import card
from bot.slack.incidents.channel import ChannelArchiver, ChannelLocations
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.outbox.channel_view import ChannelView
from bot.slack.outbox.outside_parties import OutsideParties
from bot.slack.outbox.transport import Dispatcher
from bot.slack.platform.gateway import Gateway
from bot.slack.platform.posts import Poster
from bot.slack.platform.users import Users
from bot.slack.platform.wire import slack_session
from bot.slack.runbooks import step_posts
from bot.store.store import Store
from slack_standin.driver import Driver
from slack_standin.server import Member, Standin
from slack_standin.state.clock import Clock
from slack_standin.state.text import stored_text
from tests.builders import EVER
from tests.e2e.slack_proxy import SlackProxy
from tests.flows.scene import Scene

_ROUNDS = 200  # of sending, after which something keeps itself alive


class Wall(Scene):
    """`proxy` holds or loses calls, `slack` acts for people."""

    proxy: SlackProxy
    slack: Driver
    standin: Standin
    gateway: Gateway
    people: Users
    sender: Dispatcher

    async def settles(self) -> None:
        """Send until nothing waits any more."""
        for _ in range(_ROUNDS):
            if not await self.run(lambda tx: tx.waiting_letters(EVER)):
                return
            await self.sender.send_due()
            self.later(timedelta(seconds=2))
        waits = await self.run(lambda tx: tx.waiting_letters(EVER))
        raise AssertionError(f"{waits} letters still wait")

    async def stale(self) -> dict[str, str]:
        """What stands otherwise than it would be drawn now, by where it stands."""
        found: dict[str, str] = {}
        for one in await self.lives():
            shown, drawn = await self.stands(one.id), await self.drawn(one)
            found |= {f"{one.key} {name}": "is left over" for name in shown if name not in drawn}
            for name, message in drawn.items():
                there, wanted = shown.get(name, "nothing"), _read(message)
                if there != wanted:
                    found[f"{one.key} {name}"] = _difference(there, wanted)
        return found

    async def drawn(self, one: Incident) -> Mapping[str, SlackMessage]:
        """Card, steps, outcome and direct messages of the incident as the record has them now."""
        subject, writer = incident_subject(one.id), await self.people.writer()
        view = await self.do(shown, one.id)
        assert view is not None
        found = {"card": card.card(view, writer)}
        found |= {shown.slot: step_posts.step(view, shown, writer) for shown in view.steps}
        posts = await self.run(lambda tx: tx.posts(subject))
        off = (shown for shown in view.off_the_way if shown.slot in posts)
        found |= {shown.slot: step_posts.step(view, shown, writer) for shown in off}
        if view.outcome or "outcome" in posts:
            found["outcome"] = step_posts.outcome(view, view.outcome)
        channel = await self.run(lambda tx: tx.channel_of(subject))
        sent = await self.run(lambda tx: tx.letters_in_slack(subject))
        for item in sent:
            letter = item.letter
            said = personal_words.redrawn(item, asked_again(sent), view, channel, writer)
            assert said is not None
            found[f"{letter.what} to {letter.to} ({letter.id})"] = said
        return found

    async def stands(self, number: int) -> Mapping[str, str]:
        """The same, as it stands in Slack."""
        subject = incident_subject(number)
        posts = await self.run(lambda tx: tx.posts(subject))
        found = {slot: self._message(post.channel, post.ts) for slot, post in posts.items()}
        for item in await self.run(lambda tx: tx.letters_in_slack(subject)):
            letter = item.letter
            name = f"{letter.what} to {letter.to} ({letter.id})"
            found[name] = self._message(item.channel, item.ts)
        return found

    async def said_to(self, person: str, what: What) -> list[str]:
        """How the letters of one kind to somebody about INC-1 stand in Slack."""
        shown = await self.stands(1)
        return [
            text for name, text in shown.items() if name.startswith(f"{what} to person:{person} ")
        ]

    def _message(self, channel: str, ts: str | None) -> str:
        body = self.standin.workspace.messages[channel][str(ts)].body
        return _read(SlackMessage(text=body["text"], blocks=tuple(body["blocks"])))


def _read(message: SlackMessage) -> str:
    text = stored_text(message.text)
    body = [text, _bare(message.blocks)]
    return json.dumps(body, sort_keys=True, ensure_ascii=False)


def _difference(there: str, wanted: str) -> str:
    lines = unified_diff(_lines(there), _lines(wanted), "stands", "record", n=0)
    return "\n".join(line for line in lines if not line.startswith("@@"))


def _lines(read: str) -> list[str]:
    found = json.loads(read) if read.startswith("[") else read
    return json.dumps(found, ensure_ascii=False, indent=1).splitlines()


def _bare(value: Any) -> Any:
    """Without the ids by which Slack tells blocks apart."""
    if isinstance(value, Mapping):
        return {key: _bare(one) for key, one in value.items() if key != "block_id"}
    return [_bare(one) for one in value] if isinstance(value, list | tuple) else value


@asynccontextmanager
async def wall(catalogue: Catalogue, knowledge: Knowledge) -> AsyncIterator[Wall]:
    """One with everybody of the catalogue in its Slack."""
    made = Wall(await Store.open(None), knowledge)
    clock = Clock(source=lambda: made.now)
    members = tuple(
        Member(name=one.id, real_name=one.name, email=one.email)
        for one in catalogue.people.values()
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(made.store.close)
        made.standin = await stack.enter_async_context(
            Standin(members=members, manifest=app_manifest(), clock=clock)
        )
        made.slack = Driver(made.standin)
        made.proxy = await stack.enter_async_context(SlackProxy(made.standin))
        session = await stack.enter_async_context(slack_session(300))
        client = AsyncWebClient(
            token=made.standin.bot_token,
            base_url=made.proxy.api_url,
            session=session,
            retry_handlers=[],
        )
        runtime = Runtime(
            store=made.store,
            knowledge=lambda: made.knowledge,
            clock=lambda: made.now,
            steady=lambda: made.now.timestamp(),
        )
        made.gateway = Gateway(
            client, await made.store.run(origin, runtime.clock), runtime.clock, runtime.steady
        )
        made.people = Users(runtime, made.gateway)
        made.sender = dispatcher(runtime, made.gateway, made.people, made.standin)
        yield made


def dispatcher(runtime: Runtime, gateway: Gateway, people: Users, standin: Standin) -> Dispatcher:
    """All that sends, and nobody who is paged."""
    poster = Poster(runtime, gateway)
    assert standin.app is not None
    bot_user = standin.app.bot_user
    locations = ChannelLocations(runtime, gateway, people, poster, bot_user)

    async def page(*_: object) -> None:
        raise AssertionError("nobody is paged here")

    return Dispatcher(
        runtime,
        gateway,
        people,
        poster,
        ChannelView(runtime, gateway, people, poster, locations),
        locations,
        HomeTab(runtime, gateway, people),
        OutsideParties(runtime, poster, None, page),
        ChannelArchiver(runtime, gateway, after=timedelta(0), bot_user=bot_user),
        process_id="test",
        is_dead=lambda _: False,
    )
