"""Faults that only the owner of the data can mend: each kind of them that comes up in an incident
is put to the owner of that connection once, also while somebody has the incident already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.catalogue import Connection
from bot.core.effects import incident_subject
from bot.core.facts import Facts
from bot.core.incident import Incident, State
from bot.core.likely import OWNERS_ACT
from bot.core.playbook import ErrorClass
from bot.flows import pings
from bot.flows.attendance import presence_now
from bot.flows.briefing import Briefing, since_of, symptoms_of
from bot.flows.confirming import acting_judges
from bot.flows.leading import failing
from bot.flows.record import open_for, show_soon
from bot.ports import Knowledge, Tx

_BROKEN = frozenset({State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER})
_READ = 12  # of many that fail, how many are read one by one whenever it is shown


def kinds_of(facts: Facts) -> tuple[ErrorClass, ...]:
    """Every such fault among the error texts, that of the most records first."""
    found = (hit.entry.error_class for hit in facts.hits)
    return tuple(dict.fromkeys(kind for kind in found if kind in OWNERS_ACT))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFault:
    """A fault in the data: `people` own it or stand in for who does, `asked` is what they do."""

    people: tuple[str, ...]
    asked: str


def asked_of(
    tx: Tx, knowledge: Knowledge, incident: Incident, briefing: Briefing | None, now: datetime
) -> DataFault | None:
    """What only the owners of the data can do now, and who they are; None where nothing is."""
    found = [(one, kinds) for one, kinds in _each(tx, knowledge, incident, briefing, now) if kinds]
    asked = dict.fromkeys(OWNERS_ACT[kind] for _, kinds in found for kind in kinds)
    if not asked:
        return None
    owners = tuple(one.owners.functional for one, _ in found if one.owners.functional)
    return DataFault(people=acting_judges(tx, owners, now), asked="; ".join(asked))


def _each(
    tx: Tx, knowledge: Knowledge, incident: Incident, briefing: Briefing | None, now: datetime
) -> Iterator[tuple[Connection, tuple[ErrorClass, ...]]]:
    """Of several connections those that fail; what they have in common is read of the gravest."""
    if incident.size < 2 or incident.drill:
        if briefing is not None:
            yield briefing.facts.connection, kinds_of(briefing.facts)
        return
    shared = (ErrorClass(incident.kind),) if incident.kind in OWNERS_ACT else ()
    for place, one in enumerate(failing(tx, knowledge, incident)):
        own: tuple[ErrorClass, ...] = ()
        if place < _READ:
            since = since_of(tx, incident, one)
            own = kinds_of(symptoms_of(tx, knowledge, one, now, since))
        yield one, tuple(dict.fromkeys((*shared, *own)))


def note(
    tx: Tx, incident: Incident, connection: Connection, kinds: Iterable[ErrorClass], now: datetime
) -> bool:
    """Its owner is pinged for these. Whether any of them is new in this incident, or since it was
    opened again."""
    subject, fresh = incident_subject(incident.id), False
    for kind in kinds:
        life = f":{incident.reopened}" if incident.reopened else ""
        mark = f"data-fault:{connection.id}:{kind}{life}"
        if tx.fixture(subject, mark) is None:
            tx.save_fixture(subject, mark, now.isoformat())
            fresh = True
    return fresh


def put_anew(
    tx: Tx, knowledge: Knowledge, opened: Incident, about: Sequence[Connection], now: datetime
) -> None:
    """It was opened again, and these of its connections fail: whoever owns their data is pinged for
    what only they can mend, where its ladder did not just do that."""
    pinged = opened.ladder[0].people if opened.ladder else ()
    for one in about[:_READ]:
        if one.owners.functional in pinged:
            since = since_of(tx, opened, one)
            kinds = kinds_of(symptoms_of(tx, knowledge, one, now, since))
            note(tx, opened, one, kinds, now)
    put_to_owners(tx, knowledge, about[:_READ], now)


def put_to_owners(
    tx: Tx, knowledge: Knowledge, spoken: Iterable[Connection], now: datetime
) -> None:
    """These fail with other words than before: whoever owns their data is pinged for what is new
    of it. Whoever has the incident keeps it, and knows."""
    for connection in spoken:
        incident = open_for(tx, connection.id)
        owner = connection.owners.functional
        if incident is None or incident.drill or incident.state not in _BROKEN or owner is None:
            continue
        since = since_of(tx, incident, connection)
        kinds = kinds_of(symptoms_of(tx, knowledge, connection, now, since))
        if not note(tx, incident, connection, kinds, now):
            continue
        acting = presence_now(tx, now).acting(owner)
        if acting is None:
            pings.tell_away(tx, knowledge, incident, owner, "no cover is entered", now)
        elif acting != incident.holder:
            facts = {"data_fault": True, "anew": True, "parts": [connection.id]}
            people = {acting: None if acting == owner else owner}
            pings.ping(tx, knowledge, incident, people, facts, now)
            show_soon(tx, incident, now)
