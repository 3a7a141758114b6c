"""What the bot knows of a connection at one moment, gathered for triage, pings and cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core import triage
from bot.core.catalogue import CheckSpec, Connection
from bot.core.correlation import signature
from bot.core.drill import Evidence
from bot.core.facts import LOOK_BACK, Facts, Observed, PageSaid, gather, payloads_hidden, symptoms
from bot.core.health import CheckHealth, Verdict
from bot.core.incident import Incident
from bot.core.last_good import LastGood, in_order, witness_of
from bot.core.likely import OWNERS_ACT
from bot.core.playbook import Hit, Retry
from bot.core.signals import Cause, FailedRecords, Signal, SignalValue
from bot.core.text import outside, when
from bot.core.triage import Suggestion
from bot.core.units import say_count
from bot.flows.recorded import on_record
from bot.flows.teaching import playbook_now
from bot.ports import Knowledge, Tx

_OF_PAGE = frozenset({Signal.STATUS, Signal.REACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the checks of one connection last read, merged."""

    signals: Mapping[str, SignalValue]
    failed: tuple[FailedRecords, ...]
    errors: tuple[str, ...]
    pages: tuple[PageSaid, ...] = ()
    witnesses: tuple[LastGood, ...] = ()
    calls: Mapping[str, Cause] = field(default_factory=dict)  # what became of our own, by its text
    remarks: tuple[tuple[str, str], ...] = ()  # by check, of looks that found nothing wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    facts: Facts
    suggestion: Suggestion


def seen(tx: Tx, connection: Connection) -> Seen:
    """What is recorded of the checks that the catalogue has now."""
    signals: dict[str, SignalValue] = {}
    failed: list[FailedRecords] = []
    errors: list[str] = []
    pages: list[PageSaid] = []
    witnesses: list[LastGood] = []
    calls: dict[str, Cause] = {}
    remarks: list[tuple[str, str]] = []
    specs = {spec.key: spec for spec in connection.checks}
    for check in tx.checks_of(connection.id):
        if check.check not in specs:
            continue
        if page := _page(specs[check.check], check.signals.get(Signal.STATUS)):
            pages.append(page)
            # A page of somebody else's is no word of the connection itself.
            signals.update({k: v for k, v in check.signals.items() if k not in _OF_PAGE})
        else:
            signals.update(check.signals)
        witnesses += _success(specs[check.check], check)
        failed += check.failed
        if check.error and check.verdict is Verdict.FAILING:
            errors.append(check.error)
            if check.cause is not None:
                calls[check.error] = check.cause
        elif check.error and check.verdict is Verdict.OK:
            remarks.append((check.check, check.error))
    return Seen(
        signals=signals,
        failed=tuple(failed),
        errors=tuple(errors),
        pages=tuple(pages),
        witnesses=in_order(witnesses),
        calls=calls,
        remarks=tuple(remarks),
    )


def _success(spec: CheckSpec, check: CheckHealth) -> list[LastGood]:
    at = check.signals.get(Signal.LAST_SUCCESS)
    if not isinstance(at, datetime):
        return []
    doubted = check.verdict is Verdict.FAILING
    return [LastGood(witness=witness_of(spec.kind), at=at, doubted=doubted)]


def _page(spec: CheckSpec, status: SignalValue | None) -> PageSaid | None:
    """What a check of a status page read, with the address that tells whose page it is."""
    if spec.kind != "statuspage" or not isinstance(status, str):
        return None
    return PageSaid(address=str(spec.settings.get("url", "")), status=status)


def brief(
    tx: Tx,
    knowledge: Knowledge,
    connection: Connection,
    now: datetime,
    failing_since: datetime | None = None,
    recorded: Evidence | None = None,
) -> Briefing:
    """Everything recorded about `connection`, and whose lane that points to. `recorded` takes the
    place of what the checks see now: a drill is worked on it."""
    catalogue = on_record(tx, knowledge.catalogue)
    connection = catalogue.connections.get(connection.id, connection)
    known = seen(tx, connection)
    if recorded is not None:
        known = Seen(signals={}, failed=recorded.failed, errors=recorded.errors)
    facts = gather(
        connection,
        catalogue,
        playbook_now(tx, knowledge),
        now=now,
        failing_since=failing_since,
        signals=known.signals,
        failed=known.failed,
        check_errors=known.errors,
        observed=_observed(tx, connection, failing_since or now),
        pages=known.pages,
        witnesses=known.witnesses,
        calls=known.calls,
        doubt=_doubt(tx, connection) if recorded is None else None,
        verdicts=tx.verdicts(),
        kinds=tx.open_kinds(),
    )
    suggestion = triage.suggest(facts, connection, catalogue, now)
    return Briefing(facts=facts, suggestion=suggestion)


def _doubt(tx: Tx, connection: Connection) -> Retry | None:
    one = tx.live_incident(connection.id) or tx.part_for(connection.id)
    return one.doubt if one else None


def brief_of(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> Briefing | None:
    """Of the incident's connection, on recorded evidence for a drill; None when the connection
    left the catalogue."""
    connection = knowledge.catalogue.connections.get(incident.connection)
    if connection is None:
        return None
    drill = tx.drill(incident.id) if incident.drill else None
    recorded = drill.evidence if drill else None
    return brief(tx, knowledge, connection, now, incident.failing_since, recorded)


def kind_of(
    tx: Tx, knowledge: Knowledge, connection: Connection, now: datetime, failing_since: datetime
) -> str:
    """What kind of failure it is, without the rest of the briefing."""
    return signature(symptoms_of(tx, knowledge, connection, now, failing_since))


def symptoms_of(
    tx: Tx, knowledge: Knowledge, connection: Connection, now: datetime, failing_since: datetime
) -> Facts:
    """What it says and what went before; cheap, since no other connection is looked at."""
    known = seen(tx, connection)
    return symptoms(
        connection,
        knowledge.catalogue,
        playbook_now(tx, knowledge),
        now=now,
        failing_since=failing_since,
        failed=known.failed,
        check_errors=known.errors,
        observed=_observed(tx, connection, failing_since),
        calls=known.calls,
    )


def _observed(tx: Tx, connection: Connection, failing_since: datetime) -> list[Observed]:
    return list(tx.observations(connection.id, failing_since - LOOK_BACK))


def waiting(facts: Facts) -> str:
    """What piles up, in marks: `57 records, the oldest since 09:12`; empty when nothing does."""
    depth = facts.number(Signal.QUEUE_DEPTH)
    if not depth:
        return ""
    oldest = facts.moment(Signal.QUEUE_OLDEST)
    age = f", the oldest since {when(oldest)}" if oldest else ""
    return f"{say_count(int(depth), 'record')}{age}"


def main_error(facts: Facts) -> str:
    """The error most records fail with: what it means where the playbook knows it, its own words
    otherwise; empty when nothing failed with a text."""
    hit = next(iter(facts.hits), None)
    if hit is not None:
        return f"{_words(hit)}: {hit.entry.meaning}"
    if payloads_hidden(facts.connection):
        return ""
    texts = [group.text for group in facts.failed] or list(facts.check_errors)
    return outside(texts[0], 160) if texts else ""


def _words(hit: Hit) -> str:
    return hit.entry.error_class.value.replace("_", " ").capitalize()


def first_check(facts: Facts) -> str:
    """What to look at first, from the best playbook entry; empty when none fits."""
    hit = next(iter(facts.hits), None)
    return hit.entry.first_check if hit else ""


def ping_facts(briefing: Briefing) -> Mapping[str, Any]:
    """What is frozen in a ping: whether the owner of the data is meant with it. All else that it
    says is read from the record when it is shown."""
    return {"data_fault": briefing.suggestion.error_class in OWNERS_ACT}
