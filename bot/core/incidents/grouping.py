"""Which open incident a failure belongs to when many fail at once, and which connection stands for
an incident of several.

Incidents are found by their kind, so that a thousand failures are not compared with a thousand
incidents. A failure that says nothing of itself tells nothing of its cause either; but when several
of them fall silent on one system within minutes, the system is the cause, and when an outage of the
system is known already, that is.

Of several connections what they share decides, then the gravest of them, in the order of the
estate; never which of them failed first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection, Criticality, Party
from bot.core.estate.ids import SystemId
from bot.core.estate.lane import Lane
from bot.core.incidents.correlation import BY_HAND, Common, in_time
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.response_time import remind_before_due, response_due
from bot.core.monitoring.flapping import Turns
from bot.core.triage.playbook import Retry

KNOWN_OUTAGE = 3  # connections that say so before it explains a silent one
MANY_SILENT = 4  # silent failures on one system that are one cause
SILENT_WINDOW = timedelta(minutes=10)  # within which they have to begin


class CauseGroups:
    """The incidents that may still grow, and how many silent failures each system has."""

    def __init__(self, catalogue: Catalogue, now: datetime) -> None:
        self._catalogue = catalogue
        self._now = now
        self._parents: defaultdict[str, list[Incident]] = defaultdict(list)
        self._silent: Counter[SystemId] = Counter()
        self._common: dict[int, Common] = {}
        self._outages: list[tuple[Incident, frozenset[SystemId]]] = []

    def watch(
        self, parent: Incident, others: Sequence[Connection] = (), *, counted: bool = False
    ) -> None:
        """An incident that more may join, the newest last, with the `others` that did; `counted`
        where it was among those expected."""
        lead = self._catalogue.connections.get(parent.connection)
        if lead is None or not in_time(parent.opened_at, self._now):
            return
        self._parents[parent.kind].append(parent)
        # What a person put together need not have anything in common.
        self._common[parent.id] = Common.of(lead, *(() if parent.cause == BY_HAND else others))
        if not parent.kind and not counted and self._lately(parent):
            self._silent.update(dict.fromkeys(lead.systems, 1 + len(others)))

    def outage(self, parent: Incident, failing: Sequence[Connection]) -> None:
        """An incident of a system that is down, with its connections that fail now."""
        if len(failing) >= KNOWN_OUTAGE:
            common = frozenset.intersection(*(frozenset(one.systems) for one in failing))
            self._outages.append((parent, common))

    def expect(self, silent: Iterable[Connection]) -> None:
        """Failures without a word of their own that are about to be placed."""
        for connection in silent:
            self._silent.update(connection.systems)

    def place(
        self, connection: Connection, kind: str, since: datetime | None = None
    ) -> tuple[Incident, str] | None:
        """The newest incident with the same cause, and the cause in words; None when it is the
        first of its kind. `since` is when it began to fail."""
        if not kind:
            return self._silenced(connection) or self._explained(connection, since or self._now)
        for parent in reversed(self._parents[kind]):
            common = self._common[parent.id].and_of(connection)
            cause = common.cause(kind, self._catalogue)
            if cause is not None:
                return self._joined(parent, common), cause
        return None

    def _joined(self, parent: Incident, common: Common) -> Incident:
        if parent.cause != BY_HAND:
            self._common[parent.id] = common
        return parent

    def _silenced(self, connection: Connection) -> tuple[Incident, str] | None:
        system = max(connection.systems, key=lambda one: self._silent[one])
        if self._silent[system] < MANY_SILENT:
            return None
        for parent in self._parents[""]:
            common = self._common[parent.id]
            if system in common.systems and self._lately(parent):
                found = self._joined(parent, common.and_of(connection))
                return found, self._catalogue.system_name(system)
        return None

    def _explained(self, connection: Connection, since: datetime) -> tuple[Incident, str] | None:
        for parent, systems in reversed(self._outages):
            common = sorted(systems & set(connection.systems))
            if common and since >= parent.failing_since - SILENT_WINDOW:
                return parent, self._catalogue.system_name(common[0])
        return None

    def _lately(self, parent: Incident) -> bool:
        return abs(self._now - parent.opened_at) <= SILENT_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildState:
    """What became of one part of an incident. `again` is since when it fails once more, `doubt`
    the most careful retry class so far and `kinds` the kinds of failure that it had. It fails as
    the others do since `alike_since`, where it failed otherwise before. `symptoms` is what people
    wrote of it, and `reopened_by` who said before it became a child that it was not over."""

    connection: str
    recovered: bool
    failing_since: datetime
    alike_since: datetime | None = None
    again: datetime | None = None
    recovered_at: datetime | None = None
    doubt: Retry | None = None
    kinds: tuple[str, ...] = ()
    turns: Turns | None = None  # of its own
    worst: int = 0  # the most records in error in its whole life
    reasons: tuple[str, ...] = ()  # what was read when it began to fail
    symptoms: tuple[str, ...] = ()
    reopened_by: str | None = None
    reopened_at: datetime | None = None
    reopened_why: str = ""


# Nobody has decided on the third, so it must not be taken lightly.
_GRAVITY = [
    *(Criticality.CRITICAL, Criticality.IMPORTANT, Criticality.UNKNOWN, Criticality.SUPPORTING),
]


def by_gravity(ids: Collection[str], catalogue: Catalogue) -> list[Connection]:
    """Those of `ids` that the catalogue has, the gravest first."""
    wanted = frozenset(ids)
    found = (one for one in catalogue.connections.values() if one.id in wanted)
    return sorted(found, key=lambda one: _GRAVITY.index(one.criticality))


def lead_of(catalogue: Catalogue, incident: Incident) -> Connection | None:
    """The connection that stands for the incident; None when it left the catalogue."""
    known = catalogue.connections
    return known.get(incident.lead) or known.get(incident.connection)


def led_by(incident: Incident, ids: Collection[str], catalogue: Catalogue) -> Incident:
    """The incident of the connections `ids`, as they make it together."""
    members = by_gravity(ids, catalogue)
    if not members:
        return incident
    return replace(
        incident,
        lead=members[0].id,
        criticality=members[0].criticality,
        criticalities=tuple(dict.fromkeys(one.criticality for one in members)),
        system=_shared_system(members) if len(members) > 1 else "",
    )


def _shared_system(members: Iterable[Connection]) -> SystemId:
    """The one system that all of them touch; empty for none, and for two: either may be it."""
    common = set.intersection(*(set(one.systems) for one in members))
    return common.pop() if len(common) == 1 else ""


def party_for(
    catalogue: Catalogue, incident: Incident, lane: Lane, broken: Sequence[Connection] = ()
) -> Party | None:
    """Whom `lane` means in this incident: the publisher of the system that its connections share,
    else whom the first of those names that are `broken` now, or that leads it. Where a single one
    of several is, that one alone says."""
    system = catalogue.systems.get(incident.system) if len(broken) != 1 else None
    publisher = catalogue.parties.get(system.publisher or "") if system else None
    if lane is Lane.PUBLISHER and publisher is not None:
        return publisher
    speaks = broken[0] if broken else lead_of(catalogue, incident)
    return catalogue.party_of(speaks, lane) if speaks else None


def parties_for(
    catalogue: Catalogue, incident: Incident, broken: Sequence[Connection] = ()
) -> dict[Lane, Party]:
    """By lane, with whom a person meant when they set it, or handed it over to, whoever leads it
    by now. `broken` are those of several connections that are so now, the one whose error stands
    for it first."""
    found = {lane: party_for(catalogue, incident, lane, broken) for lane in Lane}
    meant = catalogue.parties.get(incident.lane_party) if incident.lane_by else None
    if incident.lane and meant:
        found[incident.lane] = meant
    elif incident.lane and incident.state is State.HANDED_OVER:
        found[incident.lane] = counterparty(catalogue, incident)
    return {lane: party for lane, party in found.items() if party}


def offered(
    catalogue: Catalogue,
    incident: Incident,
    broken: Sequence[Connection],
    others: Iterable[Connection] = (),
) -> tuple[tuple[Lane, Party], ...]:
    """Everybody it may be handed over to: whom its lanes mean now, then whom else those name that
    are `broken`, then whom the `others` of its connections name."""
    found = [*parties_for(catalogue, incident, broken).items()]
    shared = party_for(catalogue, incident, Lane.PUBLISHER)
    found += [(Lane.PUBLISHER, shared)] if shared else []
    for one in (*broken, *others):
        named = ((lane, catalogue.party_of(one, lane)) for lane in Lane)
        found += [(lane, party) for lane, party in named if party]
    each: dict[tuple[Lane, str], tuple[Lane, Party]] = {}
    for lane, party in found:
        each.setdefault((lane, party.id), (lane, party))
    return tuple(each.values())


def counterparty(catalogue: Catalogue, incident: Incident) -> Party | None:
    """Whom it was handed over to last; for what earlier versions wrote, whom its lane means."""
    if incident.lane is None:
        return None
    return catalogue.parties.get(incident.handed_to) or party_for(
        catalogue, incident, incident.lane
    )


def waits_for_answer(incident: Incident) -> bool:
    """Whether it is with the counter-party, and nobody said yet that they answered."""
    return incident.state is State.HANDED_OVER and incident.counterparty_answered_at is None


def soonest_answer(party: Party, incident: Incident, now: datetime) -> datetime | None:
    """When `party` must have answered what is handed over at `now`: the soonest that the contract
    names for any of the incident's connections."""
    found = (response_due(party, one, now) for one in _criticalities(incident))
    return min((due for due in found if due), default=None)


def soonest_reminder(party: Party, incident: Incident, now: datetime) -> datetime | None:
    found = (remind_before_due(party, one, now) for one in _criticalities(incident))
    return min((at for at in found if at), default=None)


def shortest_response(party: Party, incident: Incident) -> timedelta | None:
    agreed = (party.respond_within.get(one) for one in _criticalities(incident))
    return min((within for within in agreed if within), default=None)


def _criticalities(incident: Incident) -> tuple[Criticality, ...]:
    return incident.criticalities or (incident.criticality,)
