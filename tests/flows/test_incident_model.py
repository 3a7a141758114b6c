"""Random clicks, looks, ticks and deliveries: whatever happens in whatever order, nobody is
forgotten."""

import asyncio
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.core.catalogue import Catalogue, LadderRung, Lane, Owners
from bot.core.effects import What, incident_of
from bot.core.errors import BotError
from bot.core.health import Verdict
from bot.core.incident import LIVE, Incident, State
from bot.core.outbox import Letter
from bot.core.signals import FailedRecords, Reading, Signal
from bot.flows import merging, opening, reopening, responses, runbooks
from tests.builders import HOUR, MINUTE, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene

LOOKS = st.one_of(
    st.sampled_from(Verdict).map(lambda verdict: [verdict, verdict]),
    st.lists(st.sampled_from(Verdict), min_size=1, max_size=3),
)
PEOPLE = st.sampled_from(["alice", "bob", "charlie", "data-owner", "architect", "manager"])
IDS = ("orders", "stock", "bare")

# Several people on a rung, an empty rung, and a connection for which nobody is named at all.
_LADDER = (
    LadderRung(after=15 * MINUTE, people=("alice", "charlie")),
    LadderRung(after=30 * MINUTE, people=()),
    LadderRung(after=45 * MINUTE, people=("manager",)),
)
ORDERS = a_connection(ladder=_LADDER)
STOCK = a_connection(id="stock", name="Stock", first_responder="charlie", ladder=())
BARE = a_connection(id="bare", owners=Owners(), first_responder=None, ladder=(), lanes={})
ESTATES: tuple[Catalogue, ...] = (
    an_estate(ORDERS, STOCK, BARE),
    an_estate(ORDERS, STOCK),
    an_estate(STOCK, BARE),
    an_estate(replace(ORDERS, checks=()), STOCK, BARE),
)
DEADLINES = {
    State.OPEN: "escalate_at",
    State.ACKNOWLEDGED: "lease_until",
    State.HANDED_OVER: "remind_at",
    State.VERIFYING: "remind_at",
}


CLICKS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "acknowledge": (responses.acknowledge, ()),
    "still on it": (responses.still_on_it, ()),
    "hand over to the vendor": (responses.hand_over, (Lane.VENDOR,)),
    "hand over to IT": (responses.hand_over, (Lane.IT,)),
    "confirm the data": (responses.confirm_data, ()),
    "reject the data": (responses.reject_data, ("half is missing",)),
    "resolve": (responses.resolve, ("restarted",)),
    "yes": (runbooks.answer, ()),
    "skip": (runbooks.answer, ()),
}


class Life(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.scene: Scene = self.runner.run(Scene.open(ESTATES[0]))
        self.states: dict[int, State] = {}
        self.lines: dict[int, int] = {}
        self.fail_alike("orders")

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.scene.store.close())
            self.runner.close()

    def does(self, flow: Any, *args: Any, **kwargs: Any) -> None:
        """Do it; a refusal has to leave everything as it was."""
        before = self._everything()
        refused = ""
        try:
            self.runner.run(self.scene.does(flow, *args, **kwargs))
        except BotError as error:
            refused = str(error)
        assert not refused or self._everything() == before

    def _everything(self) -> tuple[Incident, ...]:
        return self.runner.run(self.scene.run(lambda tx: tx.incidents(list(State))))

    @rule(id=st.sampled_from(IDS), looks=LOOKS)
    def look(self, id: str, looks: list[Verdict]) -> None:
        self.runner.run(self.scene.sees(*looks, check=f"{id}/api"))

    @rule(id=st.sampled_from(IDS))
    def fail_alike(self, id: str) -> None:
        """With an error text that others have too: one cause, one incident."""
        group = FailedRecords(text="posting group missing", count=20)
        for _ in range(2):
            seen = Reading(at=self.scene.now, signals={Signal.FAILED: 20.0}, failed=(group,))
            self.runner.run(self.scene.records(seen, check=f"{id}/api"))

    @rule(minutes=st.sampled_from([0, 2, 15, 48, 60, 600]))
    def tick(self, minutes: int) -> None:
        self.runner.run(self.scene.tick(minutes * MINUTE))

    @rule(place=st.integers(0, 2), by=PEOPLE, what=st.sampled_from(sorted(CLICKS)))
    def click(self, place: int, by: str, what: str) -> None:
        """Any button, by anybody, mostly on an incident that is live."""
        live = self._live()
        number = live[place % len(live)].id if live else 1
        flow, extra = CLICKS[what]
        if flow is runbooks.answer:
            self.does(flow, number, step="erp", choice=what, by=by, note="no time")
        elif flow is responses.still_on_it:
            self.does(lambda tx, _, **when: responses.still_on_it(tx, number, by, **when))
        elif flow is responses.hand_over:
            self.does(flow, number, *extra, by)
        else:
            self.does(flow, number, by, *extra)

    @rule(place=st.integers(0, 2), into=st.integers(0, 2), by=PEOPLE)
    def merge(self, place: int, into: int, by: str) -> None:
        live = self._live()
        if live:
            number, other = live[place % len(live)].id, live[into % len(live)].id
            self.does(merging.merge, number, into=other, by=by)

    @rule(connection=st.sampled_from([ORDERS, STOCK, BARE]), by=PEOPLE)
    def split(self, connection: Any, by: str) -> None:
        if connection.id in self.scene.knowledge.catalogue.connections:
            self.does(merging.split, connection, by=by)

    @rule(place=st.integers(0, 3), by=PEOPLE)
    def reopen(self, place: int, by: str) -> None:
        known = self._everything()
        if known:
            number = known[place % len(known)].id
            self.does(reopening.reopen, number, by=by, why="it fails again")

    @rule(connection=st.sampled_from([ORDERS, STOCK, BARE]), by=PEOPLE)
    def declare(self, connection: Any, by: str) -> None:
        if connection.id in self.scene.knowledge.catalogue.connections:
            self.does(opening.declare, connection, by=by, why="it is down")

    @rule(estate=st.sampled_from(ESTATES))
    def edit_the_catalogue(self, estate: Catalogue) -> None:
        self.scene.knowledge = knowledge_of(estate)

    @rule(refused=st.frozensets(PEOPLE, max_size=6))
    def deliver(self, refused: frozenset[str]) -> None:
        gone = frozenset(f"person:{person}" for person in refused)
        for letter in self.runner.run(self.scene.post(refuse=gone)):
            self._a_ping_belongs_to_a_rung(letter)

    def _a_ping_belongs_to_a_rung(self, letter: Letter) -> None:
        if letter.what is not What.PING:
            return
        number = incident_of(letter.subject)
        assert number is not None
        incident = self.runner.run(self.scene.incident(number))
        rung, person = letter.facts["rung"], letter.to.removeprefix("person:")
        if "part" not in letter.facts:
            assert person in incident.ladder[rung].people

    @invariant()
    def every_live_incident_has_a_next_deadline(self) -> None:
        for incident in self._live():
            assert getattr(incident, DEADLINES[incident.state]) is not None
            assert (incident.state is State.ACKNOWLEDGED) <= (incident.holder is not None)
            due = self.runner.run(
                self.scene.run(lambda tx: tx.due_incidents(self.scene.now + 10_000 * HOUR))
            )
            assert incident in due

    @invariant()
    def a_connection_has_at_most_one_live_incident_and_no_part_beside_it(self) -> None:
        live = [incident.connection for incident in self._live()]
        assert len(live) == len(set(live))
        for connection in live:
            assert self.runner.run(self.scene.run(lambda tx, c=connection: tx.part_for(c))) is None

    @invariant()
    def every_change_of_state_is_on_the_timeline(self) -> None:
        if not hasattr(self, "scene"):
            return
        for incident in self._everything():
            lines = len(self.runner.run(self.scene.timeline(incident.id)))
            if self.states.get(incident.id) is not incident.state:
                fresh_part = incident.state is State.MERGED and incident.id not in self.states
                assert fresh_part or lines > self.lines.get(incident.id, 0)
            self.states[incident.id], self.lines[incident.id] = incident.state, lines

    @invariant()
    def what_fails_has_an_incident_or_a_person_closed_it(self) -> None:
        if not hasattr(self, "scene"):
            return
        for id in IDS:
            self.runner.run(self.scene.run(_is_looked_after, id))

    def _live(self) -> tuple[Incident, ...]:
        if not hasattr(self, "scene"):
            return ()
        return tuple(incident for incident in self._everything() if incident.state in LIVE)


def _is_looked_after(tx: Any, id: str) -> None:
    health = tx.connection_health(id)
    if health is None or health.verdict is not Verdict.FAILING:
        return
    last = next(iter(tx.incidents_of(id, 1)))
    whole = tx.incident(last.parent) if last.parent else last
    by_hand = whole.resolved_by is not None
    left_the_catalogue = last.state is State.MERGED and last.parent is None
    assert last.live or whole.live or by_hand or left_the_catalogue
    if whole.state is State.VERIFYING:
        assert tx.connection_health(whole.connection) is not None


Life.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
