"""Random people, clicks, looks, deliveries, clocks and restarts: whatever happens, in any order,
nobody is forgotten. The laws are in `tests/flows/model/laws.py`.

FIRSTLANE_MODEL_EXAMPLES makes more lives than the few of every day.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.incident import LIVE, Incident
from bot.core.incidents.severity import Severity
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import incident_of
from bot.core.people.presence import Absence, AbsenceKind
from bot.core.runbooks.gate import Decision
from bot.flows import handle_absence, self_check
from bot.flows.incidents import channels, open_incident
from bot.flows.incidents.grouping import merge as merging
from bot.flows.incidents.grouping import reopen as reopening
from bot.flows.monitoring import pauses
from bot.flows.outbox import fallback
from bot.flows.runbooks import drills
from bot.flows.work import Work
from bot.language.errors import BotError
from tests.builders import DAY, HOUR, MINUTE, knowledge_of
from tests.flows import gates
from tests.flows.model import laws
from tests.flows.model.cast import CLICKS, ESTATES, IDS, PEOPLE, SHOUT
from tests.flows.model.stage import Stage, pings

EXAMPLES = int(os.environ.get("FIRSTLANE_MODEL_EXAMPLES", "12"))
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk would be waited for at every commit
LOOKS = st.one_of(
    st.sampled_from(Verdict).map(lambda verdict: [verdict, verdict]),
    st.lists(st.sampled_from(Verdict), min_size=1, max_size=3),
)
ANYBODY = st.sampled_from(PEOPLE)
SPANS = st.sampled_from([0, 2, 15, 48, 60, 600])


class Life(RuleBasedStateMachine):
    @initialize(everybody=st.booleans())
    def start(self, everybody: bool) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.runner = asyncio.Runner()
        self.stage = self.runner.run(Stage.at(Path(self.folder.name) / "life.db"))
        self.memory = laws.Memory()
        self.runner.run(self.stage.do(fallback.configure, everybody=everybody))
        self.fail_alike("orders")

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.runner.run(self.stage.store.close())
            self.runner.close()
            self.folder.cleanup()

    def runs(self, flow: Any, *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(self.stage.run(flow, *args, **kwargs))

    def does(self, flow: Any, *args: Any, **kwargs: Any) -> None:
        """Do it; a refusal has to leave everything as it was."""
        before = self.runs(laws.state_of)
        refused = ""
        try:
            self.runner.run(self.stage.do(flow, *args, **kwargs))
        except BotError as error:
            refused = str(error)
        assert not refused or self.runs(laws.state_of) == before, refused

    @rule(id=st.sampled_from(IDS), looks=LOOKS)
    def look(self, id: str, looks: list[Verdict]) -> None:
        self.runner.run(self.stage.sees(*looks, check=f"{id}/api"))

    @rule(id=st.sampled_from(IDS))
    def fail_alike(self, id: str) -> None:
        """With an error text that others have too: one cause, one incident."""
        group = FailedRecords(text=f"posting group missing {SHOUT}", count=20)
        for _ in range(2):
            seen = Reading(at=self.stage.now, signals={Signal.FAILED: 20.0}, failed=(group,))
            self.runner.run(self.stage.records(seen, check=f"{id}/api"))

    @rule(minutes=SPANS)
    def tick(self, minutes: int) -> None:
        self.runner.run(self.stage.tick(minutes * MINUTE))

    @rule(days=st.integers(1, 9))
    def sleep_for_days(self, days: int) -> None:
        """The bot was not running, and everything is due at once."""
        self.stage.later(days * DAY)
        self.runner.run(self.stage.restart())
        for _ in range(3):
            self.runner.run(self.stage.tick(MINUTE))

    @rule()
    def the_clock_is_set_back(self) -> None:
        self.stage.now -= 5 * MINUTE

    @rule(place=st.integers(0, 2), by=ANYBODY, what=st.sampled_from(sorted(CLICKS)))
    def click(self, place: int, by: str, what: str) -> None:
        """Any button, by anybody, mostly on an incident that is live."""
        number = self._pick(place)
        if number is not None:
            self.does(CLICKS[what], number, by)

    @rule(id=st.sampled_from(IDS), by=ANYBODY, grave=st.sampled_from([None, *Severity]))
    def declare(self, id: str, by: str, grave: Severity | None) -> None:
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            self.does(
                open_incident.declare,
                connection,
                open_incident.Report(by=by, why=SHOUT, severity=grave),
            )

    @rule(place=st.integers(0, 2), into=st.integers(0, 2), by=ANYBODY)
    def merge(self, place: int, into: int, by: str) -> None:
        number, other = self._pick(place), self._pick(into)
        if number is not None:
            self.does(merging.merge, number, into=other, by=by)

    @rule(id=st.sampled_from(IDS), by=ANYBODY)
    def split(self, id: str, by: str) -> None:
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            self.does(merging.split, connection, by=by)

    @rule(place=st.integers(0, 5), by=ANYBODY)
    def reopen(self, place: int, by: str) -> None:
        number = self._pick(place)
        if number is not None:
            self.does(reopening.reopen, number, by=by, why=SHOUT)

    @rule(id=st.sampled_from(IDS), by=ANYBODY, hours=st.integers(0, 30))
    def write_down(self, id: str, by: str, hours: int) -> None:
        """After the fact: nobody is pinged for it."""
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            since, until = self.stage.now - hours * HOUR, self.stage.now - MINUTE
            self.does(
                open_incident.write_down,
                connection,
                open_incident.Report(by=by, why=SHOUT),
                since=since,
                until=until,
            )

    @rule(id=st.sampled_from(IDS), by=ANYBODY)
    def rehearse(self, id: str, by: str) -> None:
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            self.does(drills.start, connection, by=by)

    @rule(id=st.sampled_from(IDS), by=ANYBODY, hours=st.sampled_from([1, 30]))
    def pause(self, id: str, by: str, hours: int) -> None:
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            until = self.stage.now + hours * HOUR
            self.does(pauses.pause, connection, until=until, why=SHOUT, by=by)

    @rule(id=st.sampled_from(IDS), by=ANYBODY)
    def resume(self, id: str, by: str) -> None:
        connection = self.stage.knowledge.catalogue.connections.get(id)
        if connection is not None:
            self.does(pauses.resume, connection, by=by)

    @rule(place=st.integers(0, 2), by=ANYBODY)
    def hold(self, place: int, by: str) -> None:
        number = self._pick(place)
        if number is not None:
            self.does(gates.hold, number, step="erp", title=SHOUT, why=SHOUT, by=by)

    @rule(place=st.integers(0, 2), by=ANYBODY, decision=st.sampled_from(Decision))
    def decide(self, place: int, by: str, decision: Decision) -> None:
        number = self._pick(place)
        if number is not None:
            self.does(_decide, number, decision, by)

    @rule()
    def tidy(self) -> None:
        self.does(channels.tick, after=7 * DAY)

    @rule(person=ANYBODY, stand_in=ANYBODY, by=ANYBODY, hours=st.sampled_from([1, 30, None]))
    def cover(self, person: str, stand_in: str, by: str, hours: int | None) -> None:
        until = self.stage.now + hours * HOUR if hours else None
        self.does(handle_absence.enter, person=person, stand_in=stand_in, until=until, by=by)

    @rule(person=ANYBODY, by=ANYBODY)
    def cover_ends(self, person: str, by: str) -> None:
        self.does(handle_absence.cancel, person=person, by=by)

    @rule(person=ANYBODY, kind=st.sampled_from(AbsenceKind), hours=st.sampled_from([2, None]))
    def away(self, person: str, kind: AbsenceKind, hours: int | None) -> None:
        until = self.stage.now + hours * HOUR if hours else None
        seen = Absence(person=person, kind=kind, why=SHOUT, since=self.stage.now, until=until)
        self.does(handle_absence.away, seen)

    @rule(person=ANYBODY)
    def back(self, person: str) -> None:
        self.runner.run(self.stage.do(handle_absence.back, person))

    @rule(estate=st.sampled_from(ESTATES))
    def edit_the_catalogue(self, estate: Catalogue) -> None:
        self.stage.knowledge = knowledge_of(estate)

    @rule(refused=st.frozensets(ANYBODY, max_size=6), at_most=st.sampled_from([3, 10_000]))
    def deliver(self, refused: frozenset[str], at_most: int) -> None:
        posted = self.runner.run(self.stage.deliver(refused=refused, at_most=at_most))
        for letter in pings(posted):
            self._a_ping_belongs_to_a_rung(letter)

    @rule(dark=st.booleans())
    def turn_over(self, dark: bool) -> None:
        """Slack is down: pings go by another way."""
        self.does(fallback.tick, dark=dark)

    @rule()
    def audit(self) -> None:
        self.does(self_check.tick)

    @rule(on_its_way=st.booleans())
    def restart(self, on_its_way: bool) -> None:
        stage = self.stage
        self.runner.run(stage.claims_and_dies() if on_its_way else stage.restart())

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "stage"):
            self.runs(laws.check, self.stage.knowledge, self.memory, self.stage.now)

    def _a_ping_belongs_to_a_rung(self, letter: OutboxMessage) -> None:
        number = incident_of(letter.subject)
        assert number is not None
        incident = self.runner.run(self.stage.incident(number))
        rung, person = letter.facts["rung"], letter.person
        named = incident.ladder[rung].people
        assert letter.facts["parts"] or (letter.facts["covers"] or person) in named

    def _pick(self, place: int) -> int | None:
        """One of the incidents, the live ones first."""
        found: tuple[Incident, ...] = self.runs(laws.everything)
        order = sorted(found, key=lambda one: (one.state not in LIVE, one.id))
        return order[place % len(order)].id if order else None


def _decide(work: Work, number: int, decision: Decision, by: str) -> Any:
    return gates.decide_hold(work, number, decision, step="erp", by=by, reason=SHOUT)


Life.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
TestLife = Life.TestCase
