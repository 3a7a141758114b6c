"""What every flow is given, and how what it did becomes known."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.incident import LIVE, Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import Address, OfHome
from bot.core.outbox.letter import FIGURES_REST, MACHINE_RESTS, OTHERS_REST, furniture
from bot.core.outbox.notice import (
    LIVE_INCIDENTS,
    Effect,
    Notice,
    Say,
    Show,
    incident_subject,
    stored,
)
from bot.language.errors import NotFound
from bot.language.units import incident_key
from bot.store.tx import Tx

_TOLD = "told elsewhere"  # fixture: what others' cards may say of it, as a mark


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction under way, what the files said when it began, and the moment it happens."""

    tx: Tx
    knowledge: Knowledge
    now: datetime

    @property
    def catalogue(self) -> Catalogue:
        return self.knowledge.catalogue

    def at(self, moment: datetime) -> "Work":
        """The same transaction, for what happened at another moment."""
        return replace(self, now=moment)

    def knowing(self, knowledge: Knowledge) -> "Work":
        return replace(self, knowledge=knowledge)

    def incident(self, number: int) -> Incident:
        """Raises NotFound."""
        found = self.tx.incident(number)
        if found is None:
            raise NotFound(f"There is no incident {incident_key(number)}.")
        return found

    def log(self, incident: Incident, kind: str, text: str, by: str | None = None) -> None:
        """A line on the timeline; `by` is None for what a machine did."""
        self.tx.add_timeline(incident.id, TimelineEntry(at=self.now, kind=kind, text=text, by=by))

    def queue(self, effect: Effect) -> None:
        self.tx.queue(effect, self.now)

    def tell(self, to: Address, told: Notice, *, about: str) -> None:
        """Say it once. `about` is the subject of what it is about."""
        self.queue(Say(subject=about, to=to, what=told.what, facts=stored(told)))

    def show(self, incident: Incident) -> None:
        """Everything that displays this incident is stale."""
        self._show(incident, timedelta(0))

    def show_soon(self, incident: Incident) -> None:
        """As `show`, for what a machine changed: more of it within a moment becomes one edit. What
        a person does meanwhile is shown at once, and this with it."""
        self._show(incident, MACHINE_RESTS)

    def _show(self, incident: Incident, rest: timedelta) -> None:
        subject = incident_subject(incident.id)
        self.queue(Show(subject=subject, rest=rest))
        # Apart from the card: what may come later for a channel never holds up what people act on.
        self.queue(furniture(subject))
        self.refresh_homes()
        self._show_others(self.incident(incident.id))

    def show_figures(self, number: int) -> None:
        """As `show_soon`, for numbers and times that nearly every look changes."""
        self.queue(Show(subject=incident_subject(number), rest=FIGURES_REST))

    def _show_others(self, incident: Incident) -> None:
        """Where it changed what the cards of others say of it: what kind of failure it is, what a
        person said of its lane, how it ended and what was learnt."""
        lane = (incident.lane, incident.layer) if incident.lane_by else ()
        ended = (
            incident.resolved_at, incident.resolved_by, incident.resolution, incident.helped,
        )  # fmt: skip
        said = (incident.live, incident.parent, incident.kind, incident.said, lane, *ended)
        mark, subject = sha256(repr(said).encode()).hexdigest()[:16], incident_subject(incident.id)
        # Slack takes some fifty edits a minute, so the others are shown anew only where what they
        # tell of this one is another thing by now.
        if self.tx.fixture(subject, _TOLD) != mark:
            self.tx.save_fixture(subject, _TOLD, mark)
            self.show_live()

    def show_live(self) -> None:
        """Something changed that the cards of several incidents may speak of: how another one
        ended, what was learnt from it, who stands in, what is paused."""
        self.queue(Show(subject=LIVE_INCIDENTS, rest=OTHERS_REST))

    def redraw_live(self) -> None:
        """Every incident that is not over is shown again; where nothing changed that costs no
        edit."""
        for incident in self.tx.incidents(LIVE):
            self.queue(Show(subject=incident_subject(incident.id)))
        # Drills stand apart and are not among the incidents.
        for drill in self.tx.drills_under_way():
            self.queue(Show(subject=incident_subject(drill.incident)))

    def refresh_homes(self) -> None:
        """Whoever has opened the Home tab sees the estate as it is now."""
        for person in self.tx.fixtures_of("homes"):
            self.queue(Show(subject=str(OfHome(person))))


def goes_on_in(work: Work, incident: Incident) -> Incident:
    """The parent that a merged one is a child of, where people read of it; else itself."""
    parent = work.tx.incident(incident.parent) if incident.parent is not None else None
    return parent or incident


def open_for(work: Work, connection: str) -> Incident | None:
    """The live incident that the connection leads or is a child of."""
    child = work.tx.child_for(connection)
    parent = work.tx.incident(child.parent) if child and child.parent is not None else None
    return work.tx.live_incident(connection) or parent
