"""Failed records in groups: shown, given to an owner, cleared for another attempt, and closed when
the checks see none of them any more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import Layer
from bot.core.incidents.incident import Incident
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed, permit
from bot.core.runbooks import failed_records, retry
from bot.core.runbooks.failed_records import Assignment, FailedGroup, groups
from bot.core.runbooks.gate import Decision
from bot.core.runbooks.notices import (
    OfFailedRecords,
    RecordsCleared,
    RecordsGiven,
    RecordsGone,
    RecordsReminder,
    RecordsYours,
)
from bot.core.triage.facts import Facts
from bot.flows.incidents.confirm_data import members
from bot.flows.people.permitted import about_connection, about_incident, doer
from bot.flows.people.presence import tell_reader
from bot.flows.runbooks import gates, retry_gate
from bot.flows.triage.briefing import brief, brief_in, since_of, symptoms_of
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, who
from bot.language.units import say_count

T = TypeVar("T", bound=OfFailedRecords)


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckView:
    """`incident` is the live one, without which nothing can be given to anybody. `given` maps a
    group's key to who sees to it."""

    connection: Connection
    incident: Incident | None
    groups: tuple[FailedGroup, ...]
    given: Mapping[str, Assignment]


def view(work: Work, connection: Connection) -> StuckView:
    child = work.tx.child_for(connection.id)
    incident = work.tx.live_incident(connection.id) or _parent(work, child)
    since = since_of(work, incident, connection) if incident else None
    return StuckView(
        connection=connection,
        incident=incident,
        groups=groups(brief(work, connection, since).facts),
        given={one.key: one for one in work.tx.assignments(connection.id)},
    )


def assign(work: Work, number: int, ref: str, layer: Layer, by: str) -> Assignment:
    """Give a group to the owner of a layer, who is told. Raises NotFound for a group that is gone
    and Refused where the layer names nobody."""
    incident, connection, key = _open(work, number, ref, by)
    group = _group(_facts(work, incident, connection), key)
    person = connection.owners.of(layer)
    if person is None:
        raise Refused(f"{connection.name} names no {layer} owner. Name one, or choose another.")
    known = next((one for one in work.tx.assignments(connection.id) if one.key == key), None)
    given = Assignment(
        connection=connection.id,
        key=key,
        incident=number,
        label=group.label,
        layer=layer,
        person=person,
        by=by,
        at=work.now,
        count=group.count,
        most=max(group.count, known.most if known else 0),
        remind_at=work.now + failed_records.REMIND_AFTER,
    )
    work.tx.save_assignment(given)
    records = say_count(group.count, "record")
    work.log(incident, "stuck", f"{who(by)} gave {records} to {who(person)}: {group.label}", by)
    subject = incident_subject(number)
    work.tell(CHANNEL, _told(RecordsGiven, given), about=subject)
    yours = _told(RecordsYours, given, samples=group.samples)
    tell_reader(work, person, yours, about=subject)
    work.show(incident)
    return given


def clear(work: Work, number: int, ref: str, by: str) -> tuple[bool, str]:
    """ "Fixed, send again": (whether it may be done now, the terms or why not yet). Where the
    retry gate wants the functional owner's word, that is asked for first."""
    incident, connection, key = _open(work, number, ref, by)
    facts = _facts(work, incident, connection)
    group = _group(facts, key)
    own = failed_records.only(facts, key)
    own_key = (
        key if connection.id == incident.connection else failed_records.ref(connection.id, key)
    )
    subject = f"stuck:{own_key}"
    asked = gates.approval_of(work, number, subject)
    # A denial was of that moment; what was mended since is asked about anew.
    if asked is None or asked.decision is Decision.DENIED:
        waits = retry_gate.Wanted(subject=subject, title=f"Send again: {group.label}", by=by)
        asked = retry_gate.ask(work, incident, (own,), waits)
    if asked is not None and asked.blocks:
        return False, asked.refusal
    terms = retry.retry_advice(own, connection, work.now)
    known = next((one for one in work.tx.assignments(connection.id) if one.key == key), None)
    cleared = known or _unassigned(connection, incident, group, by, work.now)
    after = replace(cleared, cleared_by=by, cleared_at=work.now, terms=terms, count=group.count)
    work.tx.save_assignment(after)
    records = say_count(group.count, "record")
    said = f"{who(by)}: the cause of {records} is fixed, they may be sent again. {terms}"
    work.log(incident, "stuck", said, by)
    work.tell(CHANNEL, _told(RecordsCleared, after), about=incident_subject(number))
    work.show(incident)
    return True, terms


def tend(work: Work) -> int:
    """Close the groups that the checks no longer see, remind of those that do not shrink. Without
    a look nothing is closed. Returns how many were closed or reminded of."""
    touched = 0
    for given in work.tx.open_assignments():
        connection = work.catalogue.connections.get(given.connection)
        before = work.tx.incident(given.incident)
        # Whoever works on it reads the other channel by now.
        incident = _parent(work, before) or before  # it may have joined another one
        health = work.tx.connection_health(given.connection)
        if connection is None or incident is None:
            continue
        # Blind is not empty: closing would tell people that the records are gone.
        if health is None or health.verdict is Verdict.UNKNOWN:
            continue
        found = groups(symptoms_of(work, connection, given.at))
        count = next((group.count for group in found if group.key == given.key), 0)
        touched += _looked(work, incident, given, count)
    return touched


def _looked(work: Work, incident: Incident, given: Assignment, count: int) -> int:
    after, subject = failed_records.look(given, count, work.now), incident_subject(incident.id)
    if after.closed_at is not None:
        work.tx.save_assignment(after)
        work.log(incident, "stuck", f"None left: {given.label}")
        work.tell(CHANNEL, _told(RecordsGone, after), about=subject)
        work.show(incident)
        return 1
    if failed_records.overdue(after, work.now):
        work.tx.save_assignment(failed_records.reminded(after, work.now))
        tell_reader(work, after.person, _told(RecordsReminder, after), about=subject)
        return 1
    if after.count != given.count:
        work.tx.save_assignment(after)
    return 0


def _unassigned(
    connection: Connection, incident: Incident, group: FailedGroup, by: str, now: datetime
) -> Assignment:
    """Cleared without having been given to anybody: whoever cleared it sees to it."""
    return Assignment(
        connection=connection.id,
        key=group.key,
        incident=incident.id,
        label=group.label,
        layer=Layer.TECHNICAL,
        person=by,
        by=by,
        at=now,
        count=group.count,
        most=group.count,
        remind_at=now + failed_records.REMIND_AFTER,
    )


def _open(work: Work, number: int, ref: str, by: str) -> tuple[Incident, Connection, str]:
    """The incident, the connection of it that is meant, and the key of the group. Whoever is named
    for that connection may, as whoever is for the parent."""
    incident = work.incident(number)
    named, key = failed_records.read_ref(ref)
    meant = named or incident.connection
    connection = work.catalogue.connections.get(meant)
    if not incident.live or connection is None:
        raise Refused(f"{incident.key} is closed; nothing of it is given to anybody any more.")
    if incident.drill:
        raise Refused("This is a drill: no records are really stuck.")
    # The button may stand in a letter from before the connection was split off.
    if meant not in members(work, incident):
        raise NotFound(f"{outside(connection.name)} is no part of {incident.key} any more.")
    about = about_incident(work, incident)
    for role, people in about_connection(connection).cast.items():
        about = about.joined(role, people)
    permit(Deed.RECORDS, about, doer(work, by))
    return incident, connection, key


def _parent(work: Work, child: Incident | None) -> Incident | None:
    """What the part is a child of by now."""
    return work.tx.incident(child.parent) if child and child.parent is not None else None


def _facts(work: Work, incident: Incident, connection: Connection) -> Facts:
    return brief_in(work, incident, connection).facts


def _group(facts: Facts, key: str) -> FailedGroup:
    found = next((group for group in groups(facts) if group.key == key), None)
    if found is None:
        raise NotFound("This group is gone: the checks see none of its records any more.")
    return found


def _told(kind: type[T], given: Assignment, samples: tuple[str, ...] = ()) -> T:
    return kind(
        label=given.label,
        count=given.count,
        most=given.most,
        layer=given.layer,
        person=given.person,
        by=given.by,
        cleared_by=given.cleared_by,
        terms=given.terms,
        key=failed_records.ref(given.connection, given.key),
        connection=given.connection,
        since=given.at,
        samples=samples,
    )
