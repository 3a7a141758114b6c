"""The outbox on its way to Slack: claim a letter, say it, cross it off.

At-least-once, and in practice once: a letter that may have been sent is looked for in its channel
first. Streams run side by side; within one stream order is kept by the outbox.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from bot.core.effects import incident_of, incident_subject
from bot.core.outbox import Letter, backoff
from bot.flows import delivery
from bot.ports import Runtime, Tx
from bot.slack.blocks import letters
from bot.slack.blocks.parts import Message
from bot.slack.gateway import Gateway, Later, Refusal
from bot.slack.home import HomeTab
from bot.slack.outside_parties import OutsideParties
from bot.slack.people import People, Unreachable
from bot.slack.posting import Poster
from bot.slack.room import Room

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=1)  # longer than one letter ever takes
BATCH = 20
MAX_ATTEMPTS = 12  # for trouble that is ours; Slack's own "later" is never counted out


class Sender:
    def __init__(
        self,
        runtime: Runtime,
        gateway: Gateway,
        people: People,
        poster: Poster,
        room: Room,
        home: HomeTab,
        outside: OutsideParties,
        *,
        claimer: str,
        gone: Callable[[str], bool],
    ) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people
        self._poster = poster
        self._room = room
        self._home = home
        self._outside = outside
        self._claimer = claimer
        self._gone = gone
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self, idle: timedelta) -> None:
        """Send until cancelled, looking at least every `idle`."""
        await self._runtime.store.run(self._take_over)
        while True:
            self._wake.clear()
            if not await self.send_due():
                try:
                    await asyncio.wait_for(self._wake.wait(), idle.total_seconds())
                except TimeoutError:
                    continue

    def _take_over(self, tx: Tx) -> None:
        """Free what a process that died held, and what this one held in an earlier life."""
        for claimer in tx.claimers():
            if claimer == self._claimer or self._gone(claimer):
                freed = tx.release_claims(claimer)
                log.info("outbox_recovered from=%s letters=%s", claimer, freed)

    async def send_due(self) -> int:
        """One round: the next letter of every free stream. Returns how many were taken."""
        now = self._runtime.clock()
        batch = await self._runtime.store.run(
            lambda tx: tx.claim_letters(now, now + CLAIM, self._claimer, BATCH)
        )
        await asyncio.gather(*(self._send(letter) for letter in batch))
        return len(batch)

    async def _send(self, letter: Letter) -> None:
        store, clock = self._runtime.store, self._runtime.clock
        try:
            channel, ts = await self._deliver(letter)
        except Later as later:
            until = clock() + max(later.after, timedelta(seconds=0.2))
            why = later.error
            await store.run(lambda tx: tx.letter_postponed(letter.id, until, why))
        except (Refusal, Unreachable) as error:
            log.warning("letter_refused letter=%s what=%s why=%s", letter.id, letter.what, error)
            knowledge = self._runtime.knowledge()
            await store.run(delivery.give_up, knowledge, letter, clock(), str(error))
            self.wake()
        except Exception:
            log.exception("letter_failed letter=%s what=%s", letter.id, letter.what)
            await self._retry_or_give_up(letter)
        else:
            await store.run(delivery.sent, letter, clock(), channel, ts)

    async def _retry_or_give_up(self, letter: Letter) -> None:
        store, now = self._runtime.store, self._runtime.clock()
        why = "an error on our side; the log has it"
        if letter.attempts >= MAX_ATTEMPTS:
            await store.run(delivery.give_up, self._runtime.knowledge(), letter, now, why)
        else:
            until = now + backoff(letter.attempts)
            await store.run(lambda tx: tx.letter_postponed(letter.id, until, why))

    async def _deliver(self, letter: Letter) -> tuple[str, str]:
        """Say or show it; returns channel and ts of what was posted, empty for a show."""
        if letter.kind == "show":
            await self._show(letter.subject)
            return "", ""
        if letter.to.startswith("party"):
            return await self._outside.deliver(letter)
        channel = await self._address(letter)
        message = await self._write(letter)
        if channel is None or message is None:
            return "", ""  # a channel that could not be made, or an incident that is gone
        mark = f"letter {letter.id}"
        return await self._poster.post(channel, message, mark, maybe_sent=letter.maybe_sent)

    async def _show(self, subject: str) -> None:
        kind, _, rest = subject.partition(":")
        if kind == "furniture":
            await self._room.furnish(rest)
        elif kind == "home":
            await self._home.publish(rest)
        else:
            await self._room.show(subject)

    async def _address(self, letter: Letter) -> str | None:
        if letter.to.startswith("person:"):
            return await self._people.dm(letter.to.removeprefix("person:"))
        return await self._runtime.store.run(lambda tx: tx.channel_of(letter.subject))

    async def _write(self, letter: Letter) -> Message | None:
        if letter.what is None:
            return None
        face = await self._people.face()
        number = incident_of(letter.subject)
        view = await self._room.view(letter.subject) if number is not None else None
        if letter.to == "channel":
            return letters.in_channel(letter.what, letter.facts, view, face) if view else None
        room = None
        if number is not None:
            subject = incident_subject(number)
            room = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        catalogue = self._runtime.knowledge().catalogue
        connection = catalogue.connections.get(str(letter.facts.get("connection", "")))
        return letters.personal(letter.what, letter.facts, view, connection, room, face)
