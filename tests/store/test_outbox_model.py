"""The outbox against a list that does the same thing the slow and obvious way."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.letter import OutboxMessage, priority_of, stream_of
from bot.core.outbox.notice import Effect, Say, Show, What
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import EVER, MINUTE, NOW

SECOND = timedelta(seconds=1)
EFFECTS: tuple[Effect, ...] = (
    Show(subject="incident:1"),
    Show(subject="incident:2"),
    Say(subject="incident:1", to=CHANNEL, what=What.ESCALATED),
    Say(subject="incident:2", to=CHANNEL, what=What.NOTE),
    Say(subject="incident:1", to=ToPerson("bob"), what=What.PING),
    Say(subject="incident:2", to=ToPerson("bob"), what=What.OWNER_ALERT),
    Say(subject="incident:1", to=ToPerson("alice"), what=What.PING),
)
SENDERS = st.sampled_from(["one", "two"])


@dataclass(slots=True)
class Row:
    effect: Effect
    priority: int
    state: str = "waiting"
    not_before: int = 0
    until: int = 0
    process_id: str = ""
    attempts: int = 0
    maybe_sent: bool = False

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "claimed")

    @property
    def fresh(self) -> bool:
        return self.state == "waiting" and not self.maybe_sent and not self.attempts


@dataclass(slots=True)
class Model:
    """Rows by id, times in seconds since the start."""

    now: int = 0
    rows: dict[int, Row] = field(default_factory=dict)

    def queue(self, effect: Effect) -> None:
        same = (row for row in self.rows.values() if row.effect == effect and row.fresh)
        if isinstance(effect, Show) and any(same):
            return
        stream = stream_of(effect)
        behind = any(row.open and stream_of(row.effect) == stream for row in self.rows.values())
        priority = priority_of(effect, behind=behind)
        self.rows[len(self.rows) + 1] = Row(effect=effect, priority=priority, not_before=self.now)

    def claim(self, process_id: str, limit: int) -> dict[int, Row]:
        heads: dict[str, int] = {}
        for id, row in self.rows.items():
            if row.open:
                heads.setdefault(stream_of(row.effect), id)
        ready = [id for id in heads.values() if self._ready(self.rows[id])]
        ready.sort(key=lambda id: (self.rows[id].priority, self._due(self.rows[id]), id))
        for id in ready[:limit]:
            row = self.rows[id]
            row.maybe_sent |= row.state == "claimed"
            row.state, row.process_id, row.until = "claimed", process_id, self.now + 60
            row.attempts += 1
        return {id: self.rows[id] for id in ready[:limit]}

    def _due(self, row: Row) -> int:
        return row.not_before if isinstance(row.effect, Show) else 0

    def _ready(self, row: Row) -> bool:
        return (row.until if row.state == "claimed" else row.not_before) <= self.now


class Outbox(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.store = self.runner.run(Store.open(None))
        self.model = Model()
        self.held: list[OutboxMessage] = []

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.store.close())
            self.runner.close()

    @property
    def now(self) -> timedelta:
        return self.model.now * SECOND

    @rule(effects=st.lists(st.sampled_from(EFFECTS), min_size=1, max_size=4))
    def queue(self, effects: list[Effect]) -> None:
        def flow(tx: Tx) -> None:
            for effect in effects:
                tx.queue(effect, NOW + self.now)

        self.runner.run(self.store.run(flow))
        for effect in effects:
            self.model.queue(effect)

    @rule(process_id=SENDERS, limit=st.integers(1, 5))
    def claim(self, process_id: str, limit: int) -> None:
        now = NOW + self.now
        taken = self.runner.run(
            self.store.run(lambda tx: tx.claim_letters(now, now + MINUTE, process_id, limit))
        )
        self.held += taken

        expected = self.model.claim(process_id, limit)
        assert [letter.id for letter in taken] == list(expected)
        for letter in taken:
            row = expected[letter.id]
            assert (letter.maybe_sent, letter.attempts) == (row.maybe_sent, row.attempts)
            assert letter.stream == stream_of(row.effect)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), how=st.sampled_from(["sent", "failed", "postponed"]))
    def finish(self, data: st.DataObject, how: str) -> None:
        """Also by a sender whose claim ran out, and also twice."""
        letter = data.draw(st.sampled_from(self.held))
        now, id = NOW + self.now, letter.id
        row = self.model.rows[id]
        if how == "sent":
            self.runner.run(self.store.run(lambda tx: tx.letter_sent(id, now, "C", "1")))
            row.state = "sent"
        elif how == "failed":
            self.runner.run(self.store.run(lambda tx: tx.letter_failed(id, now, "no")))
            row.state = "failed" if row.state == "claimed" else row.state
        else:
            later = now + 5 * SECOND
            self.runner.run(self.store.run(lambda tx: tx.letter_postponed(id, later, "busy")))
            if row.state == "claimed":
                row.state, row.not_before = "waiting", self.model.now + 5

    @rule(process_id=SENDERS)
    def die(self, process_id: str) -> None:
        freed = self.runner.run(self.store.run(lambda tx: tx.release_claims(process_id)))

        lost = [
            row
            for row in self.model.rows.values()
            if row.state == "claimed" and row.process_id == process_id
        ]
        assert freed == len(lost)
        for row in lost:
            row.state, row.maybe_sent = "waiting", True

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def wait(self, seconds: int) -> None:
        self.model.now += seconds

    @invariant()
    def nothing_is_lost_or_made_up(self) -> None:
        if hasattr(self, "store"):
            waiting = self.runner.run(self.store.run(lambda tx: tx.waiting_letters(EVER)))
            assert waiting == sum(row.open for row in self.model.rows.values())


Outbox.TestCase.settings = settings(max_examples=30, stateful_step_count=30)
TestOutbox = Outbox.TestCase
