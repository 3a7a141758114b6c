"""The whole life of one incident, lived against a bot that may die at any moment and is started
again at once: from the break over the hand-over to the review, and two questions beside it."""

import asyncio
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.store.codec import stamp
from slack_standin.driver import Driver, Missing, Person, Seen
from slack_standin.server import Standin
from slack_standin.state.refusal import PersonError
from slack_standin.state.visible import message_text
from tests.e2e.child_processes import ChildProcesses
from tests.e2e.estate import Connectors
from tests.e2e.fault_injection import KillAtCall
from tests.e2e.harness import SOON

CHANNEL = "#inc-1-orders"
# What differs from one life to the next without meaning anything: moments and our own numbers.
_MOMENTS = re.compile(r"\d{4}-\d\d-\d\d|\d\d [A-Z][a-z]{2}|\d\d:\d\d|\d+ (?:ms|s|min)\b")
_TIMELINE = re.compile(r"(is resolved by [^\n]*)\n.*", re.DOTALL)  # as it was when it was said
TRIES = 8
_WAITING = """
select (select count(*) from outbox where state in ('waiting', 'claimed')
          and (attempts > 0 or not_before <= ?))
     + (select count(*) from inbox where answered = 0)
"""


@dataclass(slots=True, kw_only=True)
class Lifetime:
    standin: Standin
    slack: Driver
    erp: Connectors
    child_processes: ChildProcesses
    environment: dict[str, str]
    kill: KillAtCall | None = None
    deaths: int = 0
    _over: bool = False
    _timekeeper: asyncio.Task[None] | None = None
    _pid: int = 0

    async def begins(self, *, die_at_commit: int = 0) -> None:
        """The connection is broken from the start: the next look is a minute away."""
        self.erp.breaks("orders")
        self._run(die_at_commit)
        self._timekeeper = asyncio.create_task(self._keep_running())

    async def ends(self) -> None:
        self._over = True
        if self._timekeeper is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, 9)
            await self._timekeeper

    def _run(self, die_at_commit: int = 0) -> None:
        more = {"DIE_AT_COMMIT": str(die_at_commit)} if die_at_commit else {}
        self._pid = self.child_processes.run({**self.environment, **more})
        if self.kill is not None:
            self.kill.pid = self._pid

    async def _keep_running(self) -> None:
        while True:
            await asyncio.to_thread(self.child_processes.reap)
            if self._over:
                return
            self.deaths += 1
            self._run()

    async def is_lived(self) -> None:
        """Every click once, unless Slack itself says that it was not heard."""
        alice, bob = self.slack.member("Alice"), self.slack.member("Bob")
        ping = await bob.gets_dm("Web shop orders is failing")
        card = await bob.sees(CHANNEL, "Who has it: nobody yet")
        symptom = await bob.sees(CHANNEL, "Where is the newest missing record seen last?")
        await self.heard(lambda: ping.click("Acknowledge"), lambda: "acknowledged by" in ping.text)
        await ping.until("INC-1: acknowledged by @Bob Responder")
        await self.heard(
            lambda: symptom.click("In the connector's queue or in error there"),
            lambda: "✓" in symptom.text,
        )
        await symptom.until("✓ 1 · Symptom: In the connector's queue or in error there")
        await self.hands_over(bob, card)
        self.erp.recovers("orders")
        await self.heard(lambda: bob.types(CHANNEL, "/conn check orders"), lambda: False)
        question = await alice.gets_dm("Web shop orders runs again. Is the data right?")
        await self.asks(bob)
        await self.heard(
            lambda: question.click("Data is right"), lambda: "resolved" in question.text
        )
        await card.until("Resolved")
        await self.reviews(bob, card)
        await self.is_quiet()

    async def heard(self, act: Callable[[], Awaitable[Any]], done: Callable[[], bool]) -> None:
        """Do it until Slack says that the app has it, and never again after that."""
        for _ in range(TRIES):
            await self.slack.app_connected()
            if done():
                return
            try:
                await act()
            except PersonError:
                continue
            except AssertionError:
                if done():
                    return
                raise
            return
        raise Missing(f"the app never heard it\n{self.slack.transcript()}")

    async def form(self, who: Person, card: Seen, label: str, title: str) -> Any:
        await self.heard(lambda: card.click(label), lambda: False)
        return await who.sees_modal(title)

    async def hands_over(self, bob: Person, card: Seen) -> None:
        form = await self.form(bob, card, "Hand over…", "Hand over")
        await form.fill("Their ticket number", "88123")
        await self.heard(form.submit, lambda: False)
        await card.until("ticket 88123")

    async def reviews(self, bob: Person, card: Seen) -> None:
        form = await self.form(bob, card, "Review…", "Review")
        await form.fill("What class of cause was it?", "A credential, permission or certificate")
        await form.fill("What helped?", "A new secret")
        await self.heard(form.submit, lambda: False)
        await bob.sees(CHANNEL, "reviewed")

    async def asks(self, bob: Person) -> None:
        """Slack delivers messages again until they are acknowledged."""
        asked = await bob.mentions(CHANNEL, "who owns web shop orders?")
        await bob.sees_thread(asked, "Alice Owner")
        await bob.dms("note INC-1 called the vendor")
        await bob.gets_dm("INC-1")
        await bob.sees(CHANNEL, "called the vendor")

    async def is_quiet(self) -> None:
        """Until nothing waits to be said, shown within moments or answered, and nothing to be
        delivered again."""
        file = Path(self.environment["FIRSTLANE_STATE"]) / "firstlane.sqlite3"

        def look() -> bool | None:
            if self.standin.services.courier.underway:
                return None
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
                soon = stamp(datetime.now(UTC) + SOON)
                return db.execute(_WAITING, (soon,)).fetchone() == (0,) or None

        await self.slack.until(look, "an empty outbox")

    def remains(self) -> dict[str, Any]:
        """What people see in the end: channels, topic, and every message of the bot, counted."""
        ws = self.standin.workspace
        channels = [channel for channel in ws.channels.values() if channel.name.startswith("inc-")]
        said = [
            _TIMELINE.sub(r"\1", _MOMENTS.sub("…", message_text(ws, message.body)))
            for pool in ws.messages.values()
            for message in pool.values()
            if message.viewer is None and message.app_id
        ]
        return {
            "rooms": [(channel.name, channel.topic["value"]) for channel in channels],
            "messages": Counter(said),
        }
