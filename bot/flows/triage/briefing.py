"""What the bot knows of a connection at one moment, gathered for triage, pings and cards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import signature
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.monitoring.flapping import LastGood, in_order, witness_of
from bot.core.monitoring.health import CheckHealth, combine
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal, SignalValue
from bot.core.runbooks.drill import Evidence
from bot.core.triage import suggest
from bot.core.triage.error_class import OWNERS_ACT, main_class
from bot.core.triage.facts import (
    COMES_AND_GOES,
    LOOK_BACK,
    ConnectionRecord,
    Facts,
    LastLooks,
    Observed,
    PageSaid,
    gather,
    payloads_hidden,
    symptoms,
)
from bot.core.triage.playbook import Hit, Retry
from bot.core.triage.suggest import Suggestion
from bot.flows.estate import windows
from bot.flows.estate.ledger import estate_as_recorded
from bot.flows.triage.lessons import playbook_now
from bot.flows.work import Work
from bot.language.marks import last_read, outside, when
from bot.language.units import say_count

_OF_PAGE = frozenset({Signal.STATUS, Signal.REACHABLE})
# What these find is reported by somebody else, or got from a name server: no answer of the system.
_SECOND_HAND = frozenset({"heartbeat", "webhook", "nagios", "dns", "statuspage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    facts: Facts
    suggestion: Suggestion


def seen(work: Work, connection: Connection) -> LastLooks:
    """What is recorded of the checks that the catalogue has now."""
    specs = {spec.key: spec for spec in connection.checks}
    looked = [
        (specs[one.check], one) for one in work.tx.checks_of(connection.id) if one.check in specs
    ]
    pages, direct = [], []
    for spec, check in looked:
        page = _page(spec, check.signals.get(Signal.STATUS))
        pages += [page] if page else []
        direct += [] if page or spec.kind in _SECOND_HAND else [(spec, check)]
    wrong = [one for _, one in looked if _says(one, Verdict.FAILING)]
    queue, unread = _queue([check for _, check in looked])
    return LastLooks(
        signals={**_signals(looked, direct), **queue},
        failed=tuple(group for _, one in looked for group in one.failed),
        errors=tuple(one.error for one in wrong),
        pages=tuple(pages),
        witnesses=in_order([found for spec, one in looked for found in _success(spec, one)]),
        calls={one.error: one.cause for one in wrong if one.cause is not None},
        hosts={one.error: _host(spec) for spec, one in direct if _says(one, Verdict.FAILING)},
        status_at=next((_host(spec) for spec, one in direct if _says_status(one)), ""),
        answered=frozenset(spec.kind for spec, one in direct if _answers(one)),
        remarks=tuple(_remarks(connection, looked)),
        unread=unread | _failed_unread([check for _, check in looked]),
    )


def _says(check: CheckHealth, verdict: Verdict) -> bool:
    """Whether it has words for that: why we could not look is no word of the connection, and what
    a look says that is not believed yet is none of the verdict that is."""
    seen = check.recent[-1].verdict if check.recent else check.candidate or check.verdict
    fits = (seen is Verdict.OK) == (verdict is Verdict.OK)
    return bool(check.error) and check.verdict is verdict and fits and not check.blind_streak


Looked = Sequence[tuple[CheckSpec, CheckHealth]]


def _remarks(connection: Connection, looked: Looked) -> Iterator[tuple[str, str]]:
    """Words of what is fine; and where the verdict is of others, what is blind beside them."""
    parent = combine(connection.id, (check for _, check in looked))
    for _, check in looked:
        if _says(check, Verdict.OK):
            yield check.check, check.error
        elif check.blind and parent and parent.verdict is not Verdict.UNKNOWN:
            yield check.check, f"not visible: {' '.join(check.reasons)}"


def _signals(looked: Looked, direct: Looked) -> dict[str, SignalValue]:
    """Merged; of whether the system answers, and what it says of itself, only what was got from
    it. It answers where every check of it is answered."""
    signals: dict[str, SignalValue] = {}
    for _, check in looked:
        signals.update({k: v for k, v in check.signals.items() if k not in _OF_PAGE})
    said = [one.signals[Signal.STATUS] for _, one in direct if _says_status(one)]
    # What cannot look keeps its last signals, which are of another hour.
    seen_now = [one for _, one in direct if one.verdict is not Verdict.UNKNOWN]
    reached = [one.signals[Signal.REACHABLE] for one in seen_now if Signal.REACHABLE in one.signals]
    if said:
        signals[Signal.STATUS] = said[0]
    if reached:
        signals[Signal.REACHABLE] = all(reached)
    return signals


def _queue(
    checks: Sequence[CheckHealth],
) -> tuple[dict[str, SignalValue], dict[str, datetime | None]]:
    """What waits, as the checks read it that can read it now: several of one queue read the same
    records. Where none can, as it was read last, and when that was."""
    reading = [one for one in checks if Signal.QUEUE_DEPTH in one.signals]
    fresh = [one for one in reading if not one.unread]
    found: dict[str, SignalValue] = {}
    depths = [one.signals[Signal.QUEUE_DEPTH] for one in fresh or reading]
    ages = [one.signals.get(Signal.QUEUE_OLDEST) for one in fresh or reading]
    if numbers := [one for one in depths if isinstance(one, float | int)]:
        found[Signal.QUEUE_DEPTH] = max(numbers)
    if moments := [one for one in ages if isinstance(one, datetime)]:
        found[Signal.QUEUE_OLDEST] = min(moments)
    return found, {} if fresh or not reading else {Signal.QUEUE_DEPTH: _read_at(reading)}


def _failed_unread(checks: Sequence[CheckHealth]) -> dict[str, datetime | None]:
    old = [one for one in checks if one.failed and one.unread]
    return {Signal.FAILED: _read_at(old)} if old else {}


def _read_at(checks: Sequence[CheckHealth]) -> datetime | None:
    return max((one.read_at for one in checks if one.read_at), default=None)


def _says_status(check: CheckHealth) -> bool:
    return isinstance(check.signals.get(Signal.STATUS), str)


def _answers(check: CheckHealth) -> bool:
    return check.signals.get(Signal.REACHABLE) is True and check.verdict is not Verdict.UNKNOWN


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
    return PageSaid(address=_host(spec), status=status)


def _host(spec: CheckSpec) -> str:
    return next(iter(spec.settings.hosts()), "")


def brief(
    work: Work,
    connection: Connection,
    failing_since: datetime | None = None,
    recorded: Evidence | None = None,
) -> Briefing:
    """Everything recorded about `connection`, and whose lane that points to. `recorded` takes the
    place of what the checks see now: a drill is worked on it."""
    catalogue = estate_as_recorded(work.tx, work.catalogue)
    connection = catalogue.connections.get(connection.id, connection)
    known = seen(work, connection)
    if recorded is not None:
        # A drill is worked on what is recorded; the live state would give the answer away or deny
        # it.
        known = LastLooks(failed=recorded.failed, errors=recorded.errors)
    record = ConnectionRecord(
        now=work.now,
        failing_since=failing_since,
        seen=known,
        observed=_observed(work, connection, failing_since or work.now),
        doubt=_doubt(work, connection) if recorded is None else None,
        verdicts=_verdicts(work, connection),
        kinds=work.tx.open_kinds(),
        suppressed=windows.all_suppressed(work),
    )
    facts = gather(connection, catalogue, playbook_now(work), record)
    suggestion = suggest.suggest(facts, connection, catalogue, work.now)
    return Briefing(facts=facts, suggestion=suggestion)


def _verdicts(work: Work, connection: Connection) -> Mapping[str, str]:
    """Of what comes and goes beside `connection` neither its falls nor its good hours say anything;
    where that comes and goes itself, they may turn together."""
    unsteady = work.tx.unsteady()
    if not unsteady or connection.id in unsteady:
        return work.tx.verdicts()
    return {**work.tx.verdicts(), **dict.fromkeys(unsteady, COMES_AND_GOES)}


def _doubt(work: Work, connection: Connection) -> Retry | None:
    one = work.tx.live_incident(connection.id) or work.tx.child_for(connection.id)
    return one.doubt if one else None


def since_of(work: Work, incident: Incident, connection: Connection) -> datetime:
    """Since when this connection of the incident fails, in its present life."""
    if incident.reopened_at is not None and connection.id == incident.connection:
        health = work.tx.connection_health(connection.id)
        fails = health is not None and health.verdict is Verdict.FAILING
        again = incident.reopened_at
        return min(health.since, again) if health and fails else again
    child = work.tx.child_for(connection.id) if connection.id != incident.connection else None
    mine = child is not None and child.parent == incident.id
    return child.failing_since if child and mine else incident.failing_since


def brief_in(work: Work, incident: Incident, connection: Connection) -> Briefing:
    """Of one connection of the incident, since it fails itself; on recorded evidence for a
    drill."""
    drill = work.tx.drill(incident.id) if incident.drill else None
    recorded = drill.evidence if drill else None
    return brief(work, connection, since_of(work, incident, connection), recorded)


def brief_of(work: Work, incident: Incident) -> Briefing | None:
    """Of the connection that stands for the incident; None when it left the catalogue."""
    connection = lead_of(work.catalogue, incident)
    return brief_in(work, incident, connection) if connection else None


def kind_of(work: Work, connection: Connection, failing_since: datetime) -> str:
    """What kind of failure it is, without the rest of the briefing."""
    return signature(symptoms_of(work, connection, failing_since))


def symptoms_of(work: Work, connection: Connection, failing_since: datetime) -> Facts:
    """What it says and what went before; cheap, since no other connection is looked at."""
    record = ConnectionRecord(
        now=work.now,
        failing_since=failing_since,
        seen=seen(work, connection),
        observed=_observed(work, connection, failing_since),
    )
    return symptoms(connection, work.catalogue, playbook_now(work), record)


def _observed(work: Work, connection: Connection, failing_since: datetime) -> tuple[Observed, ...]:
    return tuple(work.tx.observations(connection.id, failing_since - LOOK_BACK))


def waiting(facts: Facts) -> str:
    """What piles up, in marks: `57 records, the oldest since 09:12`; empty when nothing does."""
    depth = facts.number(Signal.QUEUE_DEPTH)
    if not depth:
        return ""
    oldest = facts.moment(Signal.QUEUE_OLDEST)
    age = f", the oldest since {when(oldest)}" if oldest else ""
    said = f"{say_count(int(depth), 'record')}{age}"
    unread = facts.unread
    return last_read(said, unread[Signal.QUEUE_DEPTH]) if Signal.QUEUE_DEPTH in unread else said


def main_error(facts: Facts) -> str:
    """The error most records fail with: what it means where the playbook knows it, its own words
    otherwise; empty when nothing failed with a text."""
    hit = next(iter(facts.hits), None)
    if hit is not None:
        return said_by(hit)
    if payloads_hidden(facts.connection):
        return ""
    texts = [group.text for group in facts.failed] or list(facts.check_errors)
    return outside(texts[0], 160) if texts else ""


def said_by(hit: Hit) -> str:
    """What an error means that the playbook knows."""
    words = hit.entry.error_class.value.replace("_", " ").capitalize()
    return f"{words}: {hit.entry.meaning}"


def first_check(facts: Facts) -> str:
    """What to look at first, from the best playbook entry; empty when none fits."""
    hit = next(iter(facts.hits), None)
    return hit.entry.first_check if hit else ""


def at_fault(*known: Facts) -> tuple[str, ...]:
    """The connections whose records fail mainly with what only the owner of their data can mend."""
    return tuple(one.connection.id for one in known if main_class(one) in OWNERS_ACT)
