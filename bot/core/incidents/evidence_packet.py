"""The evidence packet: what a counter-party needs to begin, as plain text that copies well.

It leaves the company, so every text from outside is redacted, and for connections with sensitive
data only ids, counts and known meanings are told. Payloads never. Times are our contact's, with UTC
in brackets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection, Party, Person
from bot.core.estate.lane import LANE_TITLES, Lane
from bot.core.incidents.grouping import shortest_response
from bot.core.incidents.incident import REPORTED, Incident
from bot.core.incidents.severity import amounts_waiting, assess, say_amounts, waiting_records
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import WORDS, LastGood
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.triage.facts import Facts, payloads_hidden
from bot.language.local_time import local
from bot.language.marks import outside, render, when
from bot.language.redaction import redact
from bot.language.units import DRILL_MARK, say_count, say_duration

LONGEST = 2900  # characters; what one field of a form takes
_TEXTS, _IDS, _NEWS, _STEPS, _MEMBERS = 4, 5, 6, 10, 8
_KEPT = "- a description that we do not show, to protect data"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledOut:
    """One answered step of a runbook: what was looked at and what was seen; `before` the incident
    was opened again."""

    step: str
    seen: str
    before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One of several connections of the incident."""

    connection: Connection
    since: datetime
    shared_since: datetime  # later where it failed otherwise before
    runs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePacket:
    """`subject` is one line, for the ticket's title or the mail's subject."""

    subject: str
    body: str


def packet(
    incident: Incident,
    facts: Facts,
    catalogue: Catalogue,
    *,
    lane: Lane,
    party: Party,
    steps: Iterable[RuledOut] = (),
    affected: Sequence[Affected] = (),
    children: Sequence[Incident] = (),
    contact: Person | None = None,
    due: datetime | None = None,
    now: datetime,
) -> EvidencePacket:
    """Everything `party` has to know, cut to `LONGEST` from the end. `facts` are of the connection
    that speaks for those `affected`, where there are several; `parts` became one with it."""
    connection = facts.connection
    shared = affected if len(affected) > 1 else ()
    rehearsal = f"{DRILL_MARK}: a rehearsal, worked on recorded evidence."
    blocks = (
        [
            *([rehearsal] if incident.drill else []),
            f"Our reference: {incident.key}",
            *(_among(shared, incident, catalogue) if shared else _alone(connection, catalogue)),
            *_asked(incident, lane, party, due),
        ],
        _times(incident, facts, now, affected),
        _symptoms(incident, children, catalogue),
        _listed("Ruled out or found so far", _found(steps), _STEPS),
        _one_of(facts, shared),
        _effect(facts, connection, catalogue, now),
        _errors(facts),
        _listed("Changes and releases in the 14 days before", _news(facts, catalogue), _NEWS),
        _versions(facts),
        _contact(incident, contact, catalogue),
    )
    marked = "\n\n".join("\n".join(lines) for lines in blocks if lines)
    # They will call our contact, in whose words a time has to make sense.
    zone = contact.timezone if contact is not None else catalogue.timezone
    body = render(marked, time=lambda at: _clock(at, zone), person=catalogue.person_name)
    if len(body) > LONGEST:
        end = f"\n… shortened; ask us for the rest and quote {incident.key}"
        # From the end, since what they need to begin stands first.
        body = body[: LONGEST - len(end)].rstrip() + end
    mark = f"{DRILL_MARK}: " if incident.drill else ""
    subject = f"{mark}[{incident.key}] {_title(incident, connection, shared)}"
    return EvidencePacket(subject=subject, body=body)


def _title(incident: Incident, connection: Connection, shared: Sequence[Affected]) -> str:
    if not shared:
        return f"{outside(connection.name, 80)} {_what_became_of(incident)}"
    fail = sum(not one.runs for one in shared)
    of = f" of {len(shared)}" if 0 < fail < len(shared) else ""
    verb = "failed" if not fail else "is failing" if fail == 1 else "are failing"
    return f"{_ours(incident.cause, 80)}: {fail or len(shared)}{of} connections {verb}"


def _what_became_of(incident: Incident) -> str:
    if incident.recovered_at is None:
        return "is failing" if incident.seen_failing or incident.drill else f"is {REPORTED}"
    if incident.seen_failing:
        return "is failing"
    return "runs again with wrong data" if incident.denied else "failed"


def _alone(connection: Connection, catalogue: Catalogue) -> list[str]:
    return [f"Connection: {_ends(connection, catalogue)}"]


def _ends(connection: Connection, catalogue: Catalogue) -> str:
    way = "<->" if connection.both_ways else "->"
    ends = f" {way} ".join(_ours(catalogue.system_name(end), 60) for end in connection.systems)
    return f"{_ours(connection.name, 80)} ({connection.id}), {ends}"


def _among(shared: Sequence[Affected], incident: Incident, catalogue: Catalogue) -> list[str]:
    """Each connection with its own time."""
    lines = [f"{len(shared)} connections have {_ours(incident.cause, 80)} in common:"]
    for one in shared[:_MEMBERS]:
        child = "runs again, failed from" if one.runs else "failing since"
        lines.append(f"- {_ends(one.connection, catalogue)}: {child} {when(one.since)}")
    if len(shared) > _MEMBERS:
        lines.append(f"- and {len(shared) - _MEMBERS} more")
    return lines


def _asked(incident: Incident, lane: Lane, party: Party, due: datetime | None) -> list[str]:
    lines = [
        f"Asked of: {_ours(party.name, 80)} ({LANE_TITLES[lane].lower()})",
        f"Severity: {incident.severity} ({incident.criticality})",
    ]
    within = shortest_response(party, incident)
    agreed = [f"response within {say_duration(within)}"] if within else []
    agreed += [f"covers {_ours(party.covers, 120)}"] if party.covers else []
    if party.contract or agreed:
        lines.append(
            f"Contract: {_ours(party.contract, 80) or 'as agreed'}"
            + (f"; {'; '.join(agreed)}" if agreed else "")
        )
    if due:
        lines.append(f"We expect your answer by: {when(due)}")
    return lines


def _times(
    incident: Incident, facts: Facts, now: datetime, affected: Sequence[Affected]
) -> list[str]:
    alone = [one.shared_since for one in affected] or [
        facts.failing_since or incident.failing_since
    ]
    since, shared = min(alone), affected if len(affected) > 1 else ()
    return [
        *_since(incident, facts, since, now, fails=any(not one.runs for one in shared)),
        *_before(incident, since),
        *([] if shared else _successes(facts)),
        f"Written: {when(now)}",
    ]


def _one_of(facts: Facts, shared: Sequence[Affected]) -> list[str]:
    """All that follows is of one connection, which is named."""
    if not shared:
        return []
    name = _ours(facts.connection.name, 80)
    return [f"What follows is of {name}, which stands for them:", *_successes(facts)]


def _successes(facts: Facts) -> list[str]:
    none = [] if facts.last_good else ["Last success: not on record"]
    return none + [f"{_named(one)}: {when(one.at)}" for one in facts.last_good]


def _since(
    incident: Incident, facts: Facts, since: datetime, now: datetime, *, fails: bool
) -> list[str]:
    """What the checks saw, or else what people told us and when. `fails` tells that one of several
    connections does."""
    ran, turns = "", incident.turns if incident.reopened_at is None else None
    if turns is not None and turns.stretches > 1:
        down = say_duration(flapping.altogether(turns, now))
        ran = f"down for {down} in {turns.stretches} stretches, it ran in between"
    span = f"{when(since)} ({ran or f'for {say_duration(now - since)}'})"
    if incident.recovered_at is not None and not (incident.seen_failing or fails):
        spans = f" ({ran})" if ran else ""
        return [f"Failed: from {when(since)} to {when(incident.recovered_at)}{spans}"]
    declared = incident.detected_by != "check" and not (incident.reopened_at or incident.drill)
    if fails or (incident.seen_failing and not declared):
        return [f"Failing since: {span}"]
    told = incident.reopened_at or incident.opened_at
    seen = "see it fail too" if incident.seen_failing else "see no failure"
    return [
        *([f"Failing since, as we were told: {span}"] if since < told else []),
        f"Reported to us: {when(told)}",
        f"Our checks {seen}." if facts.connection.checks else "No check of ours looks at it.",
    ]


def _before(incident: Incident, since: datetime) -> list[str]:
    """The former life of an incident that was opened again."""
    if incident.reopened_at is None:
        return []
    lines = [f"Opened again: {when(incident.reopened_at)}"]
    if incident.failing_since < since:
        lines.append(f"Failed before that: from {when(incident.failing_since)} on")
    return lines


def _named(one: LastGood) -> str:
    words = WORDS[one.witness]
    return words[0].upper() + words[1:]


def _symptoms(incident: Incident, children: Sequence[Incident], catalogue: Catalogue) -> list[str]:
    """What people wrote of each connection, which may quote what is in its data."""
    words, several = [], bool(children)
    every = [one.connection for one in (incident, *children)]
    for one in (incident, *children):
        # Who opens it again speaks of all of them, or of any.
        parent = several and one.reopened > 0
        shown = _may_show(every if parent else [one.connection], catalogue)
        name = f"of {_called(one.connection, catalogue)}: " if several and not parent else ""
        words += [f'- {name}"{_safe(said, 300)}"' if shown else _KEPT for said in one.symptoms]
    for wrong in incident.denied:
        at = f"{when(wrong.at)} " if wrong.at else ""
        data = f"the data of {_called(wrong.connection, catalogue)} is wrong"
        shown = _may_show([wrong.connection], catalogue)
        words.append(f'- {at}{data}: "{_safe(wrong.why, 300)}"' if shown else _KEPT)
    return ["Seen by our people:", *dict.fromkeys(words)] if words else []


def _may_show(ids: Iterable[str], catalogue: Catalogue) -> bool:
    """Of what left the catalogue nobody knows whether it is protected."""
    known = [catalogue.connections.get(key) for key in ids]
    return all(one is not None and not payloads_hidden(one) for one in known)


def _called(key: str, catalogue: Catalogue) -> str:
    named = catalogue.connections.get(key)
    return _ours(named.name if named else key, 80)


def _effect(facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime) -> list[str]:
    records, oldest = waiting_records(facts), facts.moment(Signal.QUEUE_OLDEST)
    children = [f"{say_count(records, 'record')} waiting or failed"] if records else []
    children += [f"the oldest for {say_duration(now - oldest)}"] if oldest else []
    amounts = amounts_waiting(facts)
    if amounts and not payloads_hidden(connection):
        children.append(f"worth {say_amounts(amounts)}")
    # As it is now: what the incident was graded for may be over.
    children += assess(facts, connection, catalogue, now).reasons[1:]
    return [f"Business effect: {'; '.join(children)}"] if children else []


def _errors(facts: Facts) -> list[str]:
    groups = sorted(facts.failed, key=lambda group: -group.count)
    lines = [f"- {_group(group, facts)}" for group in groups[:_TEXTS]]
    lines += [f"- {_told(error, facts)}" for error in facts.check_errors[:_TEXTS]]
    if len(groups) > _TEXTS:
        rest = sum(group.count for group in groups[_TEXTS:])
        lines.append(f"- and {say_count(rest, 'record')} with other texts")
    return ["Errors:", *lines] if lines else []


def _group(group: FailedRecords, facts: Facts) -> str:
    ids = ", ".join(_safe(item, 40) for item in group.sample_ids[:_IDS])
    shown = f"; record ids: {ids}" if ids else ""
    return f"{say_count(group.count, 'record')}: {_told(group.text, facts)}{shown}"


def _told(text: str, facts: Facts) -> str:
    hit = facts.best_hits.get(text)
    meaning = f"{hit.entry.error_class.words}: {hit.entry.meaning.rstrip('.')}" if hit else ""
    if payloads_hidden(facts.connection):
        return meaning or "an error whose text we do not show, to protect data"
    return f'"{_safe(text, 220)}"' + (f" ({meaning})" if meaning else "")


def _news(facts: Facts, catalogue: Catalogue) -> Iterable[str]:
    found = [(change.at, change.what) for change in facts.changes]
    found += [
        (
            release.at,
            release.called(catalogue.system_name(release.system), "release")
            + (f": {release.summary}" if release.summary else ""),
        )
        for release in facts.releases
    ]
    found += [(seen.at, f"noted by our monitoring: {seen.what}") for seen in facts.observed]
    return (f"{when(at)} {_safe(what, 200)}" for at, what in sorted(found, reverse=True))


def _found(steps: Iterable[RuledOut]) -> Iterable[str]:
    return (
        _ours(f"{one.step}: {one.seen}", 200) + (" (before it was opened again)" * one.before)
        for one in steps
    )


def _versions(facts: Facts) -> list[str]:
    version = facts.signals.get(Signal.VERSION)
    return [f"Version served: {_safe(str(version), 80)}"] if version else []


def _contact(incident: Incident, contact: Person | None, catalogue: Catalogue) -> list[str]:
    lines = [f"Please answer with your ticket number and quote {incident.key}."]
    if contact is not None:
        # Our own named contact is given on purpose, so it is not redacted.
        address = f", {contact.email}" if contact.email else ""
        company = f", {_ours(catalogue.company, 80)}" if catalogue.company else ""
        lines.append(f"Contact: {outside(contact.name, 80)}{address}{company}")
    return lines


def _listed(head: str, items: Iterable[str], most: int) -> list[str]:
    lines = [f"- {item}" for item in items]
    if len(lines) > most:
        lines = [*lines[:most], f"- and {len(lines) - most} more"]
    return [f"{head}:", *lines] if lines else []


def _safe(text: str, limit: int) -> str:
    return outside(redact(text[: limit * 8]), limit)


def _ours(text: str, limit: int) -> str:
    """What the catalogue or a runbook says."""
    return outside(redact(text[: limit * 8], ours=True), limit)


def _clock(moment: datetime, zone: str) -> str:
    """`2026-11-30 09:30 CET (08:30 UTC)`: ours as on our cards, and UTC for the other side."""
    utc = moment.astimezone(UTC)
    try:
        ours = local(utc, zone)
    except (KeyError, ValueError):
        ours = utc
    if ours.utcoffset() == timedelta(0):
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    day = "" if ours.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{ours:%Y-%m-%d %H:%M %Z} ({day}{utc:%H:%M} UTC)"
