"""Faults that only the owner of the data can mend: each kind of them that comes up in an incident
is put to the owner of that connection once, also while somebody has the incident already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident, State
from bot.core.outbox.notice import incident_subject
from bot.core.triage.error_class import OWNERS_ACT
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents import ping
from bot.flows.incidents.ending.confirm_data import acting_judges
from bot.flows.incidents.grouping.lead import failing
from bot.flows.people.presence import presence_now
from bot.flows.triage.briefing import Briefing, said_by, since_of, symptoms_of
from bot.flows.work import open_for, show_soon
from bot.ports import Knowledge, Tx

_BROKEN = frozenset({State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER})
_READ = 12  # of many that fail, how many are read one by one whenever it is shown
_TOLD = 3


def kinds_of(facts: Facts) -> tuple[ErrorClass, ...]:
    """Every such fault among the error texts, that of the most records first."""
    found = (hit.entry.error_class for hit in facts.hits)
    return tuple(dict.fromkeys(kind for kind in found if kind in OWNERS_ACT))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFault:
    """What is wrong in the data of one connection: who owns that or stands in for who does, what
    only they can do, and the errors that say so."""

    name: str
    people: tuple[str, ...]
    asked: tuple[str, ...]
    errors: tuple[str, ...] = ()
    first_check: str = ""


def asked_of(
    tx: Tx, knowledge: Knowledge, incident: Incident, briefing: Briefing | None, now: datetime
) -> tuple[DataFault, ...]:
    """What only the owners of the data can do now, by connection: that others of the incident
    have such a fault asks nothing of the owner of one that fails otherwise."""
    if incident.size > 1 and not incident.drill:
        found = _of_several(tx, knowledge, incident, now)
    else:
        found = (_fault(tx, one, now) for one in ([briefing.facts] if briefing else []))
    return tuple(one for one in found if one.asked)


def _of_several(
    tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime
) -> Iterator[DataFault]:
    """Of those that fail. The gravest are read; for the rest stands what they joined with."""
    for place, one in enumerate(failing(tx, knowledge, incident)):
        if place < _READ:
            since = since_of(tx, incident, one)
            yield _fault(tx, symptoms_of(tx, knowledge, one, now, since), now)
        elif (part := tx.part_for(one.id)) is not None and part.kind in OWNERS_ACT:
            asked = (OWNERS_ACT[ErrorClass(part.kind)],)
            yield DataFault(name=one.name, people=_acting(tx, one, now), asked=asked)


def _fault(tx: Tx, facts: Facts, now: datetime) -> DataFault:
    theirs = [hit for hit in facts.hits if hit.entry.error_class in OWNERS_ACT]
    return DataFault(
        name=facts.connection.name,
        people=_acting(tx, facts.connection, now),
        asked=tuple(OWNERS_ACT[kind] for kind in kinds_of(facts)),
        errors=tuple(dict.fromkeys(said_by(hit) for hit in theirs)),
        first_check=theirs[0].entry.first_check if theirs else "",
    )


def _acting(tx: Tx, connection: Connection, now: datetime) -> tuple[str, ...]:
    owner = connection.owners.functional
    return acting_judges(tx, (owner,), now) if owner else ()


def of_reader(
    faults: Iterable[DataFault], facts: Mapping[str, Any] | None
) -> tuple[DataFault, ...]:
    """Those that whoever reads the letter with these `facts` is asked about."""
    reader = (facts or {}).get("reader")
    return tuple(one for one in faults if reader in one.people)


def errors_of(faults: Iterable[DataFault], *, several: bool) -> tuple[str, ...]:
    """What these say, each text once; of several connections with the name of the first."""
    named: dict[str, str] = {}
    for fault in faults:
        for text in fault.errors:
            named.setdefault(text, f"{fault.name}: {text}" if several else text)
    return tuple(named.values())[:_TOLD]


def asked_in(faults: Iterable[DataFault]) -> str:
    return "; ".join(dict.fromkeys(text for fault in faults for text in fault.asked))


def alike(faults: Iterable[DataFault]) -> tuple[tuple[DataFault, ...], ...]:
    """Those together that ask for the same."""
    found: dict[tuple[tuple[str, ...], bool], list[DataFault]] = {}
    for one in faults:
        found.setdefault((one.asked, bool(one.people)), []).append(one)
    return tuple(tuple(those) for those in found.values())


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
            ping.tell_away(tx, knowledge, incident, owner, "no cover is entered", now)
        elif acting != incident.holder:
            facts = {"data_fault": [connection.id], "anew": True, "parts": [connection.id]}
            people = {acting: None if acting == owner else owner}
            ping.ping(tx, knowledge, incident, people, facts, now)
            show_soon(tx, incident, now)
