"""Faults that only the owner of the data can mend: each kind of them that comes up in an incident
is put to the owner of that connection once, also while somebody has the incident already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import PingSent
from bot.core.outbox.notice import incident_subject
from bot.core.triage.error_class import OWNERS_ACT
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents import ping
from bot.flows.incidents.confirm_data import acting_approvers
from bot.flows.incidents.grouping.lead import failing
from bot.flows.people.presence import presence_now
from bot.flows.triage.briefing import Briefing, said_by, since_of, symptoms_of
from bot.flows.work import Work, open_for

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


def asked_of(work: Work, incident: Incident, briefing: Briefing | None) -> tuple[DataFault, ...]:
    """What only the owners of the data can do now, by connection: that others of the incident
    have such a fault asks nothing of the owner of one that fails otherwise."""
    if incident.size > 1 and not incident.drill:
        found = _of_several(work, incident)
    else:
        found = (_fault(work, one) for one in ([briefing.facts] if briefing else []))
    return tuple(one for one in found if one.asked)


def _of_several(work: Work, incident: Incident) -> Iterator[DataFault]:
    """The faults of those that fail. The gravest are read; for the rest stands the kind that they
    joined with."""
    for place, one in enumerate(failing(work, incident)):
        # A thousand connections can join one incident, and each show of it would read them all.
        if place < _READ:
            since = since_of(work, incident, one)
            yield _fault(work, symptoms_of(work, one, since))
        elif (child := work.tx.child_for(one.id)) is not None and child.kind in OWNERS_ACT:
            asked = (OWNERS_ACT[ErrorClass(child.kind)],)
            yield DataFault(name=one.name, people=_acting(work, one), asked=asked)


def _fault(work: Work, facts: Facts) -> DataFault:
    theirs = [hit for hit in facts.hits if hit.entry.error_class in OWNERS_ACT]
    return DataFault(
        name=facts.connection.name,
        people=_acting(work, facts.connection),
        asked=tuple(OWNERS_ACT[kind] for kind in kinds_of(facts)),
        errors=tuple(dict.fromkeys(said_by(hit) for hit in theirs)),
        first_check=theirs[0].entry.first_check if theirs else "",
    )


def _acting(work: Work, connection: Connection) -> tuple[str, ...]:
    owner = connection.owners.functional
    return acting_approvers(work, (owner,)) if owner else ()


def of_reader(faults: Iterable[DataFault], reader: str | None) -> tuple[DataFault, ...]:
    """Those that the reader of a letter is asked about."""
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
    """The faults in groups, each of those that ask for the same."""
    found: dict[tuple[tuple[str, ...], bool], list[DataFault]] = {}
    for one in faults:
        found.setdefault((one.asked, bool(one.people)), []).append(one)
    return tuple(tuple(those) for those in found.values())


def note(
    work: Work, incident: Incident, connection: Connection, kinds: Iterable[ErrorClass]
) -> bool:
    """Its owner is pinged for these. Whether any of them is new in this incident, or since it was
    opened again."""
    subject, fresh = incident_subject(incident.id), False
    for kind in kinds:
        # Opened again it is a new matter, of which the owner has to hear anew.
        life = f":{incident.reopened}" if incident.reopened else ""
        mark = f"data-fault:{connection.id}:{kind}{life}"
        if work.tx.recall(subject, mark) is None:
            work.tx.remember(subject, mark, work.now.isoformat())
            fresh = True
    return fresh


def put_anew(work: Work, opened: Incident, about: Sequence[Connection]) -> None:
    """It was opened again, and these of its connections fail: whoever owns their data is pinged for
    what only they can mend, where its ladder did not just do that."""
    pinged = opened.ladder[0].people if opened.ladder else ()
    for one in about[:_READ]:
        if one.owners.functional in pinged:
            since = since_of(work, opened, one)
            kinds = kinds_of(symptoms_of(work, one, since))
            note(work, opened, one, kinds)
    put_to_owners(work, about[:_READ])


def put_to_owners(work: Work, spoken: Iterable[Connection]) -> None:
    """These fail with other words than before: whoever owns their data is pinged for what is new
    of it. Whoever has the incident keeps it, and knows."""
    for connection in spoken:
        incident = open_for(work, connection.id)
        owner = connection.owners.functional
        # While it runs there is nothing to mend; the question about the data is asked instead.
        if incident is None or incident.drill or incident.state not in _BROKEN or owner is None:
            continue
        since = since_of(work, incident, connection)
        kinds = kinds_of(symptoms_of(work, connection, since))
        if not note(work, incident, connection, kinds):
            continue
        acting = presence_now(work).acting(owner)
        if acting is None:
            ping.tell_away(work, incident, owner, "no cover is entered")
        # Whoever has the incident reads the new error on the card.
        elif acting != incident.holder:
            told = PingSent(data_fault=(connection.id,), anew=True, parts=(connection.id,))
            people = {acting: None if acting == owner else owner}
            ping.ping(work, incident, people, told)
            work.show_soon(incident)
