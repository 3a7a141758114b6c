"""Asks everything that the bot depends on whether it works: the loop, the database, the looks, the
deadlines, Slack. Each answer has an age, by a clock that never jumps, so that what stands still is
noticed although it says nothing."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.monitoring.vitals import Part
from bot.flows import processes
from bot.flows.monitoring import health
from bot.flows.processes import Process
from bot.language.errors import CannotStore
from bot.runtime import Clock
from bot.store.store import Store
from bot.store.tx import Tx

log = logging.getLogger(__name__)

PULSE_S = 1.0
WRITE_EVERY_S = 5.0
_ROOM = 1 << 18  # bytes that must go through before a disk that was full counts as free again
TOLD_AGAIN_S = 900.0  # between two lines of the log about that
WRITE_RESTS_S = 20.0  # without a write that went through, nothing counts as stored
LATE_S = 5.0  # behind by so much, the loop does not do its work in time
SHOWN_S = 30.0  # so long a late loop is told of

Look = Callable[[], Part]


@dataclass(slots=True)
class Vitals:
    """`looks` are further parts, each asked when somebody wants to know. `me` is what this process
    is called, `is_dead` whether one that is called so is no more."""

    clock: Clock
    steady: Callable[[], float]
    looks: list[Look] = field(default_factory=list)
    starting: str = "starting"  # what the start waits for; empty once it is done
    store: Store | None = None
    me: str = ""
    is_dead: Callable[[str], bool] = lambda _: False
    _process: Process | None = None
    _other_processes: tuple[Process, ...] = ()
    _signed_at: float | None = None  # when it was looked up who else signs
    _since: dict[str, datetime] = field(default_factory=dict)
    _late: float = 0.0
    _late_at: float = 0.0
    _stored_at: float = 0.0
    _unstored: str = ""
    _refusals: int = 0
    _refused_since: datetime | None = None  # None while the disk takes everything
    _told_at: float | None = None
    _writing: "asyncio.Task[None] | None" = None

    def has(self, store: Store) -> None:
        """From now on this store is asked."""
        self.store, self._stored_at = store, self.steady()

    async def enter(self) -> None:
        """Write down that this process works with the database, for the first time."""
        assert self.store is not None
        self._process = Process(name=self.me, since=self.clock())
        await self.store.run(self._sign, first=True)

    def _sign(self, tx: Tx, *, first: bool = False) -> None:
        if self._process is None:
            return
        before, now = self._other_processes, self.clock()
        self._other_processes = processes.sign(tx, self._process, now, self.is_dead, first=first)
        self._signed_at = self.steady()
        if new := set(self._other_processes) - set(before):
            log.error("not_alone %s", _others_are(new))

    async def leave(self) -> None:
        """Take that note away, so that whoever starts next waits for nobody."""
        if self.store is not None and self._process is not None:
            with suppress(CannotStore):
                await self.store.run(processes.leave, self._process)

    async def run(self) -> None:
        """Look after loop, database and disk until cancelled. Raises what `still_there` raises: the
        bot has to stop."""
        tried_at = 0.0
        try:
            while True:
                before = self.steady()
                await asyncio.sleep(PULSE_S)
                self.felt(self.steady() - before - PULSE_S)
                if self.store is None:
                    continue
                # First of all: on files that are deleted everything else still works, and is lost.
                self._still_there(self.store)
                self.feel_disk(self.store)
                # As a task: a write that hangs must not stop the look at the loop, which would tell
                # of it.
                idle = self._writing is None or self._writing.done()
                if idle and self.steady() - tried_at >= WRITE_EVERY_S:
                    tried_at = self.steady()
                    self._writing = asyncio.create_task(self.write())
                self.parts()
        finally:
            if self._writing is not None:
                self._writing.cancel()

    @staticmethod
    def _still_there(store: Store) -> None:
        try:
            store.still_there()
        except Exception as error:
            log.critical("database_gone %s", error)
            raise

    def felt(self, late_s: float) -> None:
        """Note that the event loop came to its work this many seconds too late."""
        # Kept for a while: a probe that asks each half minute would never meet a late moment.
        if late_s >= LATE_S or self.steady() - self._late_at > SHOWN_S:
            self._late, self._late_at = late_s, self.steady()

    def feel_disk(self, store: Store) -> None:
        """Say in the log that nothing can be stored: once, and then seldom."""
        if store.refusals == self._refusals:
            return
        now, self._refusals = self.steady(), store.refusals
        self._refused_since = self._refused_since or self.clock()
        if self._told_at is None or now - self._told_at >= TOLD_AGAIN_S:
            self._told_at = now
            log.error("nothing_can_be_stored since=%s %s", self._refused_since, _make_room(store))

    async def write(self) -> None:
        """Store something small; more of it after the disk did not take something, since little may
        go through where much does not."""
        store = self.store
        assert store is not None
        now = self.clock().isoformat()

        def note(tx: Tx, room: str | None = None) -> None:
            tx.remember(*health.ALIVE, now)
            self._sign(tx)
            if room is not None:
                tx.remember("vitals", "room", room)

        try:
            if self._refused_since is None:
                await store.run(note)
            else:
                await store.run(note, "-" * _ROOM)
                await store.run(note, "")
                self._taken_again(store)
        except CannotStore:
            self.feel_disk(store)
        except Exception as error:
            if not self._unstored:
                log.error("nothing_can_be_stored error=%s", error)
            self._unstored = str(error) or type(error).__name__
        else:
            self._unstored, self._stored_at = "", self.steady()

    def _taken_again(self, store: Store) -> None:
        if store.refusals == self._refusals:
            log.warning("stored_again since=%s", self.clock())
            self._refused_since = None

    def alive(self) -> tuple[Part, ...]:
        """Whether the process itself gets on; and what it cannot do without, although no new start
        mends that."""
        store = self._full()
        return self._dated([self._loop(), *([replace(store, outside=True)] if store else [])])

    def parts(self) -> tuple[Part, ...]:
        """Every part that the bot depends on, in the order in which they should be mended."""
        first = (self._loop(), self._start(), self._storing(), self._alone())
        return self._dated([*first, *self._others()])

    def _others(self) -> Iterable[Part]:
        return () if self.starting else (look() for look in self.looks)

    def _start(self) -> Part:
        return Part(name="start", wrong=self.starting, todo="Wait, or see to what it waits for.")

    def _alone(self) -> Part:
        """Whether anybody else works with the database, as of when the signs of life were last
        read: who came since is not known."""
        if self._signed_at is None or self.steady() - self._signed_at > WRITE_RESTS_S:
            why = "it could not be looked up who else works with this database"
            return Part(name="alone", unknown=why, todo="See what is said of the store.")
        if not self._other_processes:
            return Part(name="alone")
        todo = "Stop one of the two; what ended without a word is forgotten within half a minute."
        return Part(name="alone", wrong=_others_are(self._other_processes), todo=todo)

    def _loop(self) -> Part:
        late = self._late if self._late >= LATE_S else 0.0
        if not late:
            return Part(name="loop")
        return Part(
            name="loop",
            wrong=f"the process came {late:.0f} s too late to its own work",
            todo="Look at the load of this machine; if it goes on, start Firstlane again.",
        )

    def _full(self) -> Part | None:
        if self.store is None or self._refused_since is None:
            return None
        said = "nothing can be stored: the disk takes nothing more"
        todo = _make_room(self.store)
        return Part(name="store", wrong=said, since=self._refused_since, todo=todo)

    def _storing(self) -> Part:
        if self.store is None:
            why, todo = "no database is open", "See what the start waits for."
            return Part(name="store", unknown=why, todo=todo)
        age = self.steady() - self._stored_at
        part = Part(name="store", age_s=age)
        where = self.store.where
        if self.store.locked:
            said = f"the database {where} is held by another program"
            return replace(part, wrong=said, todo="Stop that program, or let it finish.")
        if full := self._full():
            return replace(full, age_s=age)
        if self._unstored:
            said = f"nothing can be stored: {self._unstored}"
            return replace(part, wrong=said, todo=f"Look at the disk and the rights of {where}.")
        if age > WRITE_RESTS_S:
            said = f"nothing was stored for {age:.0f} s"
            todo = "Look at the load of the disk; if it goes on, start Firstlane again."
            return replace(part, wrong=said, todo=todo)
        return part

    def _dated(self, parts: Iterable[Part]) -> tuple[Part, ...]:
        """Each part that is wrong or unknown with the moment at which that was first noticed."""
        found = []
        for part in parts:
            if part.wrong or part.unknown:
                since = self._since.setdefault(part.name, self.clock())
                found.append(replace(part, since=part.since or since))
            else:
                # So that the next time it is told since when it is wrong anew.
                self._since.pop(part.name, None)
                found.append(part)
        return tuple(found)


def _others_are(others: Iterable[Process]) -> str:
    return f"another Firstlane works with this database: {processes.named(others)}"


def _make_room(store: Store) -> str:
    return f"Make room on the disk of {store.where}, or give us the right to write there."
