"""A story: people in a local Slack, connectors that break, and the real bot between them.

The bot, the stand-in and the test read one clock, which the test may push forward.
"""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.app.firstlane import Firstlane
from bot.app.schedule import Intervals
from bot.checks import settings_models
from bot.cli.standin import app_manifest
from bot.files.library import Library
from bot.language.redaction import Secret
from bot.settings import Settings
from bot.slack.platform.supervisor import Patience
from bot.store.store import empty_file
from slack_standin.acts.call_log import LoggedCall
from slack_standin.driver import Driver, Person, Seen
from slack_standin.server import Standin
from slack_standin.state.clock import Clock
from tests.e2e.estate import MEMBERS, Connectors, catalogue_text, looked_at_often
from tests.e2e.slack_proxy import SlackProxy
from tests.patience import UNHURRIED

SOON = timedelta(seconds=10)  # what rests longer before it is shown is none of a story's
QUICK = Intervals(
    look=timedelta(seconds=0.2),
    tick=timedelta(seconds=0.3),
    reload=timedelta(seconds=0.5),
    expiry=timedelta(seconds=1),
    releases=timedelta(seconds=1),
    send=timedelta(seconds=0.2),
    # A busy machine is no broken connection: only what is cut or refused is opened again.
    socket=Patience(look=timedelta(seconds=0.1), ping=timedelta(seconds=10)),
    answer=timedelta(minutes=5),
    turn_over=timedelta(seconds=1),
)
# Notices within seconds that a socket is dead, and tries another address.
RESTLESS = replace(
    QUICK,
    socket=Patience(
        look=timedelta(seconds=0.1),
        ping=timedelta(seconds=1),
        new_client_after=timedelta(seconds=3),
    ),
)
# What a correct app never hears from Slack.
OUR_FAULT = frozenset(
    {"missing_scope", "invalid_arguments", "unknown_method", "invalid_blocks", "invalid_form_data"}
)


_SIGNED = re.compile(r"[0-9a-f]{12}@\d+/")


@dataclass(slots=True, kw_only=True)
class Story:
    """`forgiven` are refusals that a test provokes on purpose."""

    standin: Standin
    proxy: SlackProxy
    slack: Driver
    clock: Clock
    erp: Connectors
    folder: Path
    estate: Path
    library: Library
    forgiven: set[str] = field(default_factory=set)
    fallback: str = ""  # addresses by which everybody is pinged while Slack is down
    http_port: int = 0  # another one: Slack sends its requests there, and no socket is opened
    private: frozenset[str] = frozenset()  # whose incidents get a private channel
    intervals: Intervals = QUICK
    bot: Firstlane | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def alice(self) -> Person:
        return self.slack.member("Alice")

    @property
    def bob(self) -> Person:
        return self.slack.member("Bob")

    @property
    def charlie(self) -> Person:
        return self.slack.member("Charlie")

    @property
    def dana(self) -> Person:
        return self.slack.member("Dana")

    def passes(self, **span: float) -> None:
        """Let time pass, for the bot and for Slack: `story.passes(minutes=15)`."""
        self.clock.shift(timedelta(**span).total_seconds())

    async def starts(self, *, heard: bool = True) -> None:
        """Start the bot, and wait until it listens unless Slack does not hear it anyway."""
        self.bot = await self._stack.enter_async_context(
            Firstlane(
                self._settings(),
                self.library,
                clock=self.clock.now,
                steady=self.clock.steady,
                intervals=self.intervals,
            )
        )
        if self.http_port:
            url = f"http://127.0.0.1:{self.http_port}/slack/events"
            assert await self.standin.set_request_url(url)
        elif heard:
            await self.slack.app_connected()

    async def stops(self) -> None:
        await self._stack.aclose()
        self.bot = None

    def everything_shown(self) -> list[Any]:
        """The bodies of all messages, forms and home tabs, and what channels are called."""
        space = self.standin.workspace
        said = [message.body for made in space.messages.values() for message in made.values()]
        views = [{**view.body, "private_metadata": ""} for view in space.views.values()]
        channels = [(made.name, made.topic, made.bookmarks) for made in space.channels.values()]
        return [said, views, channels]

    async def channel(self, words: str) -> str:
        """The name of the incident channel whose name has these words, once it is there."""

        def look() -> str | None:
            channels = self.standin.workspace.channels.values()
            return next((f"#{made.name}" for made in channels if words in made.name), None)

        return await self.slack.until(look, f"a channel {words!r}")

    async def breaks(self, name: str = "orders", error: str = "HTTP 401 invalid_client") -> str:
        """Break a connection; returns its incident channel once the card is there."""
        self.erp.breaks(name, error)
        channel = await self.channel(f"-{name}")
        await self.card(channel)
        return channel

    async def card(self, channel: str, words: str = "INC-") -> Seen:
        """The incident's card, once it says `words`."""

        def look() -> Seen | None:
            seen = self.slack.messages(channel)
            found = next((m for m in seen if "Who has it:" in m.text or "Resolved" in m.text), None)
            return found if found is not None and words in found.text else None

        return await self.slack.until(look, f"a card with {words!r} in {channel}")

    async def answer(self, question: Seen, label: str) -> None:
        """Give a runbook answer, be it a button or an entry of a menu."""
        if label in question.labels:
            await question.click(label)
        else:
            await question.choose("Choose what you see", label)

    async def topic(self, channel: str, words: str) -> None:
        """Wait until the channel's topic has these words."""
        made = self.standin.workspace.channel_named(channel)
        assert made is not None
        self.passes(seconds=5)  # the topic is left to rest, so that several changes become one
        await self.slack.until(
            lambda: words in made.topic["value"] or None, f"topic {words!r}, not {made.topic!r}"
        )

    async def everything_said(self) -> None:
        """Wait until nothing is left to be said, or shown within moments: `SOON`."""
        assert self.bot is not None
        runtime = self.bot.runtime
        assert runtime is not None
        while await runtime.store.run(lambda tx: tx.waiting_letters(runtime.clock() + SOON)):
            await self.erp.looked_at_again()

    def calls(self, method: str) -> list[LoggedCall]:
        return self.standin.services.log.of(method)

    def rewrite(self, text: str) -> None:
        """Save another estate file, as an editor does."""
        self.estate.write_text(text, encoding="utf-8")

    def revoked(self, *, yes: bool) -> None:
        """Take the bot's tokens away, or give them back."""
        app = self.standin.app
        assert app is not None
        app.revoked = yes
        self.standin.workspace.save(app)

    def our_faults(self) -> list[tuple[str, str | None, Any]]:
        """Calls that a correct app would not have made."""
        wrong = OUR_FAULT - self.forgiven
        return [
            (call.method, call.error, call.args)
            for call in self.standin.services.log.calls
            if call.error in wrong
        ]

    def unsigned(self) -> list[Any]:
        """Blocks with something to press, and forms, that do not say from which database."""
        ws = self.standin.workspace
        messages = [one.body for pool in ws.messages.values() for one in pool.values()]
        shown = [*messages, *(view.body for view in ws.views.values())]
        blocks = [block for body in shown for block in body.get("blocks") or ()]
        pressed = [b for b in blocks if b["type"] == "actions" or "accessory" in b]
        return [block for block in pressed if not _SIGNED.match(block["block_id"])]

    def _settings(self) -> Settings:
        return Settings(
            bot_token=Secret(self.standin.bot_token),
            app_token=Secret("" if self.http_port else self.standin.app_token),
            signing_secret=Secret(self.standin.signing_secret),
            api_url=self.proxy.api_url,
            catalogue=self.estate,
            runbooks=None,
            state=self.folder,
            http_host="127.0.0.1",
            http_port=self.http_port,
            log="warning",
            private_channels=self.private,
            fallback_urls=Secret(self.fallback),
        )


@cache
def _library(estate: Path) -> Library:
    """One for all stories of a process: reading the runbooks takes longer than a story."""
    return Library(estate, environ={}, kinds=settings_models(), adapt=looked_at_often)


def _prepare(state: Path) -> None:
    """Migrating a file anew takes a third of the time that a bot takes to start."""
    state.mkdir(exist_ok=True)
    (state / "firstlane.sqlite3").write_bytes(empty_file())


@asynccontextmanager
async def told(
    folder: Path,
    *,
    announce: str = "",
    channels: Collection[str] = (),
    http_port: int = 0,
    private: Collection[str] = (),
) -> AsyncIterator[Story]:
    """A story with the bot running in it; `channels` are there from the beginning."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        erp = await stack.enter_async_context(Connectors(clock))
        standin = await stack.enter_async_context(
            Standin(
                members=MEMBERS,
                manifest=app_manifest(),
                channels=tuple(channels),
                clock=clock,
                timing=UNHURRIED,
            )
        )
        estate = folder.parent / "connections.yaml"
        estate.write_text(catalogue_text(erp.url, announce=announce), encoding="utf-8")
        library = _library(estate)
        library.reload(clock.now())
        assert library.usable, library.catalogue_problems
        story = Story(
            standin=standin,
            proxy=await stack.enter_async_context(SlackProxy(standin)),
            slack=Driver(standin),
            clock=clock,
            erp=erp,
            folder=folder,
            estate=estate,
            library=library,
            http_port=http_port,
            private=frozenset(private),
        )
        _prepare(folder)
        stack.push_async_callback(story.stops)
        await story.starts()
        yield story
