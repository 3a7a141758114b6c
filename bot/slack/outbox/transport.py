"""The outbox on its way to Slack: claim a letter, say it, cross it off.

At-least-once, and in practice once: a letter that may have been sent is looked for in its channel
first. Streams run side by side; within one stream order is kept by the outbox.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core.monitoring.notices import Flapping, HealthNotice
from bot.core.outbox.address import (
    CHANNEL,
    Archiving,
    Decorations,
    Invitations,
    OfHome,
    OfIncident,
    OnRecord,
    ToAnnouncements,
    ToChannel,
    ToPerson,
    read_subject,
)
from bot.core.outbox.letter import DATA_QUESTIONS, OutboxMessage, backoff
from bot.core.outbox.notice import LIVE_INCIDENTS, What
from bot.flows.outbox import delivery
from bot.flows.work import Work
from bot.language.errors import CannotStore
from bot.runtime import Runtime
from bot.slack.home import HomeTab
from bot.slack.incidents.channel import ChannelArchiver, ChannelLocations, repair
from bot.slack.kit import SlackMessage
from bot.slack.notice_words import dated
from bot.slack.outbox import personal_words
from bot.slack.outbox.channel_view import WAIT_FOR_ROOM, ChannelView
from bot.slack.outbox.outside_parties import OutsideParties
from bot.slack.outbox.subject_posts import SubjectPosts
from bot.slack.platform.gateway import Gateway, Later, OurWait, Refusal
from bot.slack.platform.posts import Posted, Poster
from bot.slack.platform.users import Unreachable, Users
from bot.slack.redrawing import note_posted
from bot.store.tx import Tx

log = logging.getLogger(__name__)

LONGEST = timedelta(seconds=50)  # for one letter, all its calls together
CLAIM = timedelta(minutes=1)  # longer than that
BATCH = 20
MAX_FAILURES = 12  # tries that failed through us; what Slack puts off is never counted out
_BELOW = {What.CONFIRM_NUDGE: DATA_QUESTIONS}  # said in the thread of another letter


class Dispatcher:
    def __init__(
        self,
        runtime: Runtime,
        gateway: Gateway,
        people: Users,
        poster: Poster,
        channel_view: ChannelView,
        locations: ChannelLocations,
        home: HomeTab,
        outside: OutsideParties,
        archiver: ChannelArchiver,
        *,
        process_id: str,
        is_dead: Callable[[str], bool],
    ) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people
        self._poster = poster
        self._channel_view = channel_view
        self._locations = locations
        self._home = home
        self._outside = outside
        self._archiver = archiver
        self._subject_posts = SubjectPosts(runtime, gateway, people)
        self._process_id = process_id
        self._is_dead = is_dead
        self._wake = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self, idle: timedelta) -> None:
        """Send until cancelled, looking at least every `idle`. A letter that takes long holds up
        nothing but its own stream."""
        await self._runtime.store.run(self._take_over)
        try:
            while True:
                self._wake.clear()
                if not await self._launched():
                    # Not wait_for: in Python 3.11 it can swallow a cancellation.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(idle.total_seconds()):
                            await self._wake.wait()
        finally:
            for task in self._flying:
                task.cancel()
            await asyncio.gather(*self._flying, return_exceptions=True)

    async def send_due(self) -> int:
        """One round, to its end: the next letter of every free stream. Returns how many."""
        started = await self._launch()
        await asyncio.gather(*self._flying)
        return started

    async def _launched(self) -> int:
        """A full disk or a damaged file ends no sender: what waits is tried again when it can be
        read."""
        try:
            return await self._launch()
        except CannotStore:
            return 0
        except Exception:
            log.exception("letters_not_claimed")
            return 0

    async def _launch(self) -> int:
        """Claim letters while there is room for them, and set off with each."""
        now, room = self._runtime.clock(), BATCH - len(self._flying)
        if room <= 0:
            return 0
        batch = await self._runtime.store.run(
            lambda tx: tx.claim_letters(now, now + CLAIM, self._process_id, room)
        )
        # A clock that was set forth ends claims early: what still flies is not sent again.
        flying = {task.get_name() for task in self._flying}
        # They keep the claim that they got again, and end by themselves.
        fresh = [letter for letter in batch if str(letter.id) not in flying]
        for letter in fresh:
            task = asyncio.create_task(self._send(letter), name=str(letter.id))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return len(fresh)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        error = None if task.cancelled() else task.exception()
        # The letter stays claimed and is taken up again when its claim ends.
        if error is not None and not isinstance(error, CannotStore):
            log.error("letter_lost_sight", exc_info=error)
        self.wake()

    def _take_over(self, tx: Tx) -> None:
        """Free what a process that died held, and what this one held in an earlier life."""
        for process_id in tx.claiming_processes():
            if process_id == self._process_id or self._is_dead(process_id):
                freed = tx.release_claims(process_id)
                log.info("outbox_recovered from=%s letters=%s", process_id, freed)

    async def _send(self, letter: OutboxMessage) -> None:
        store, clock = self._runtime.store, self._runtime.clock
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                channel, ts = await self._deliver(letter)
        except TimeoutError:
            # Its claim ends soon; whoever takes it up next looks first whether it was sent.
            log.warning("letter_took_too_long letter=%s what=%s", letter.id, letter.what)
            await self._refused(letter)
        except Later as later:
            if not isinstance(later, OurWait):
                await self._refused(letter)
            # A floor, since a wait of nothing would spin.
            until = clock() + max(later.after, timedelta(seconds=0.2))
            why, maybe = later.error, later.maybe_posted
            await store.run(lambda tx: tx.letter_postponed(letter.id, until, why, maybe_sent=maybe))
        except (Refusal, Unreachable) as error:
            # A channel that can be brought back is no reason to give anything up.
            if await self._repaired(letter, error):
                return
            log.warning("letter_refused letter=%s what=%s why=%s", letter.id, letter.what, error)
            # Whether “not delivered” or “perhaps not delivered” is said of it.
            unsure = error.maybe_done if isinstance(error, Refusal) else letter.maybe_sent
            await self._give_up(letter, str(error), perhaps=unsure)
        except CannotStore:
            log.debug("letter_rests letter=%s what=%s", letter.id, letter.what)
        except Exception:
            log.exception("letter_failed letter=%s what=%s", letter.id, letter.what)
            await self._retry_or_give_up(letter)
        else:
            await self._runtime.do_at(clock(), delivery.sent, letter, channel, ts)

    async def _refused(self, letter: OutboxMessage) -> None:
        """Slack holds up the whole stream from now on."""
        now = self._runtime.clock()
        await self._runtime.store.run(lambda tx: tx.stream_refused(letter.stream, now))

    async def _repaired(self, letter: OutboxMessage, error: Exception) -> bool:
        """Whether the incident's channel was lost and is there again, so that a second try is
        worth it."""
        in_channel = letter.kind == "show" or letter.to == CHANNEL
        if not in_channel or not isinstance(error, Refusal):
            return False
        store, why = self._runtime.store, error.error
        if not await repair(self._runtime, self._gateway, letter.subject, why):
            return False
        until = self._runtime.clock() + WAIT_FOR_ROOM
        await store.run(lambda tx: tx.letter_postponed(letter.id, until, why))
        self.wake()
        return True

    async def _retry_or_give_up(self, letter: OutboxMessage) -> None:
        """After an error of ours, which may have come when Slack had the letter already."""
        store, failures = self._runtime.store, letter.failures + 1
        why = "an error on our side; the log has it"
        # An error of ours that stays would hold up its stream for ever.
        if failures >= MAX_FAILURES:
            await self._give_up(letter, why, perhaps=True)
        else:
            until = self._runtime.clock() + backoff(failures)
            await store.run(lambda tx: tx.letter_tripped(letter.id, until, why))

    async def _give_up(self, letter: OutboxMessage, why: str, *, perhaps: bool) -> None:
        runtime = self._runtime
        await runtime.do(delivery.give_up, letter, why, perhaps=perhaps)
        self.wake()

    async def _deliver(self, letter: OutboxMessage) -> tuple[str, str]:
        """Say or show it; returns channel and ts of what was posted, empty for a show."""
        match letter.to:
            case None:
                await self._show(letter.subject, letter.created_at)
                return "", ""
            case ToPerson(person):
                return await self._tell_person(letter, person)
            case ToChannel():
                return await self._tell_channel(letter)
            case ToAnnouncements():
                return await self._announce(letter)
        return await self._outside.deliver(letter)

    async def _tell_person(self, letter: OutboxMessage, person: str) -> tuple[str, str]:
        # Whom it reaches first: rendering is of no use while Slack lets nothing through.
        channel = await self._people.dm(person, urgent=letter.urgent)
        message = await self._write(letter)
        if message is None:
            return "", ""  # an incident that is gone
        sent = await self._post(letter, channel, message)
        # One that was found may say something older, so it has to be edited.
        if delivery.redrawn(letter.subject) and not sent.found:
            now = self._runtime.clock()
            await self._runtime.store.run(note_posted, letter.subject, letter.id, message, now)
        return sent.channel, sent.ts

    async def _announce(self, letter: OutboxMessage) -> tuple[str, str]:
        """Nothing is said where the estate names no channel for notices, or Slack none of it."""
        channel = await self._locations.announcements()
        message = await self._write(letter) if channel else None
        if channel is None or message is None:
            return "", ""
        sent = await self._post(letter, channel, message)
        return sent.channel, sent.ts

    async def _tell_channel(self, letter: OutboxMessage) -> tuple[str, str]:
        view = await self._channel_view.view(letter.subject)
        places = await self._channel_view.places(letter.subject, view) if view else ()
        message = await self._write(letter)
        if message is None:
            return "", ""
        for place in places:
            if place.own:
                sent = await self._post(letter, place.channel, message)
                return sent.channel, sent.ts
            await self._channel_view.tell(letter.subject, place, message, f"letter {letter.id}")
        return "", ""

    async def _post(self, letter: OutboxMessage, channel: str, message: SlackMessage) -> Posted:
        mark = f"letter {letter.id}"
        return await self._poster.post(
            channel,
            message,
            mark,
            maybe_sent=letter.maybe_sent,
            urgent=letter.urgent,
            thread=await self._thread(letter),
        )

    async def _thread(self, letter: OutboxMessage) -> str | None:
        """Below which message of that person it belongs."""
        above = _BELOW.get(letter.what) if letter.what else None
        if above is None:
            return None
        sent = await self._runtime.store.run(lambda tx: tx.letters_in_slack(letter.subject))
        found = [one.ts for one in sent if one.letter.what in above and one.letter.to == letter.to]
        # Without a message above it stands on its own, rather than not at all.
        return found[-1] if found else None

    async def _show(self, subject: str, since: datetime) -> None:
        about = read_subject(subject)
        if isinstance(about, OnRecord):
            await self._subject_posts.show(about, since)
            return
        match about:
            case Decorations(of):
                await self._channel_view.decorate(of)
            case Invitations(of):
                await self._channel_view.invite_again(of)
            case Archiving(of):
                await self._archiver.archive(of)
            case OfHome(person):
                await self._home.publish(person)
            case OfIncident():
                await self._channel_view.show(subject, since)
            case None if subject == LIVE_INCIDENTS:
                await self._runtime.do(Work.redraw_live)

    async def _write(self, letter: OutboxMessage) -> SlackMessage | None:
        if letter.what is None:
            return None
        about = read_subject(letter.subject)
        if isinstance(about, OnRecord):
            return await self._subject_posts.write(letter, about)
        writer = await self._people.writer()
        view = (
            await self._channel_view.view(letter.subject) if isinstance(about, OfIncident) else None
        )
        if letter.to == CHANNEL:
            if view is None:
                return None
            said = personal_words.in_channel(letter.what, letter.facts, view, writer)
            return self._dated(said, letter)
        channel = await self._locations.channel_id(letter.subject)
        connection = None
        if isinstance(told := letter.notice, HealthNotice | Flapping) and told.connection:
            connection = self._runtime.knowledge().catalogue.connections.get(told.connection)
        said = personal_words.personal(letter.what, letter.facts, view, connection, channel, writer)
        return self._dated(said, letter)

    def _dated(self, said: SlackMessage, letter: OutboxMessage) -> SlackMessage:
        return dated(said, letter, self._runtime.clock())
