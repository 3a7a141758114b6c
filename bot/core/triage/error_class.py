"""What kind of breakage it most likely is: from the error text, else from the signals."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.core.monitoring.flapping import Witness
from bot.core.monitoring.rules import Verdict, rule_results
from bot.core.monitoring.signals import Reading, Signal
from bot.core.triage.credential_register import past_its_end
from bot.core.triage.facts import Facts, LaneFactKind, PageSaid
from bot.core.triage.playbook import PHRASES, ErrorClass, PlaybookEntry

# The words of public status pages that say the system itself is in trouble.
_RED = frozenset(
    {
        *("minor", "major", "critical", "maintenance"),
        *("degraded_performance", "partial_outage", "major_outage", "under_maintenance"),
    }
)
_ANY_CALL = frozenset({"transport", "runtime", "cloud", "oauth"})
# Closed periods, missing values, doubles: the fault is in the data and for their owner.
DATA = frozenset({ErrorClass.MASTER_DATA, ErrorClass.PERIOD_CLOSED, ErrorClass.DUPLICATE})
LOGIN = frozenset({ErrorClass.CREDENTIALS, ErrorClass.PERMISSION})
# No release or outage brings these about, and that one connection alone fails says nothing about
# whose they are: the error text has said it already.
TELLS_ITSELF = DATA | LOGIN | {ErrorClass.CERTIFICATE}
# What only the owner of the data can do about it, said to them.
OWNERS_ACT: Mapping[ErrorClass, str] = {
    ErrorClass.PERIOD_CLOSED: "the period is closed; open it, or say which date to use",
    ErrorClass.MASTER_DATA: (
        "a value that the records use is missing or blocked; enter it, or say which one to use"
    ),
    ErrorClass.DUPLICATE: "the records are there already; say which ones count",
}
# How one text spreads over the records tells something only where set-up may be at fault.
CONFIGURED = frozenset(
    {None, ErrorClass.MAPPING, ErrorClass.PAYLOAD, ErrorClass.VERSION_SUNSET, ErrorClass.UNKNOWN}
)
_LOST = frozenset({ErrorClass.CONNECTIVITY, ErrorClass.UNKNOWN})


def main_class(facts: Facts) -> ErrorClass | None:
    """The class of the error that most records fail with; None when the playbook knows none."""
    hit = next(iter(facts.hits), None)
    return hit.entry.error_class if hit else None


def likely_class(facts: Facts, now: datetime) -> ErrorClass:
    """The kind of breakage; UNKNOWN when neither a text nor a signal says."""
    kind = main_class(facts)
    if red_pages(facts) and (kind is None or kind in _LOST):
        return ErrorClass.PLATFORM_OUTAGE  # what cannot be reached is down, says its own page
    if kind is ErrorClass.PAYLOAD and _updated(facts):
        return ErrorClass.MAPPING  # the records are as they were: what they meet has changed
    if kind is not None:
        return kind
    # Only where no text says anything: a date in the register is a claim, and the text was seen.
    if any(past_its_end(one, facts, now) for one in facts.connection.credentials):
        return ErrorClass.CREDENTIALS
    return _by_signals(facts, now)


def _updated(facts: Facts) -> bool:
    """Whether nothing passes since an update less than three days before the break."""
    since = facts.failing_since
    if since is None or facts.some_pass:
        return False
    updates = [one.at for one in facts.releases]
    seen = (one.at for one in facts.observed if one.kind is LaneFactKind.VERSION)
    updates += [at for at in seen if facts.came_before(at)]
    fresh = (at for at in updates if since - at <= timedelta(hours=72))
    return any(facts.good_after(at) is None for at in fresh)


def _by_signals(facts: Facts, now: datetime) -> ErrorClass:
    beat = facts.moment(Signal.HEARTBEAT)
    allowed = facts.connection.tolerance or timedelta(hours=1)
    if beat is not None and now - beat > allowed:
        return ErrorClass.CONNECTIVITY
    # Records that wait behind an error are its effect, and the error is the kind.
    silent = not (facts.failed or facts.check_errors)
    if piles_up(facts, now) and silent and facts.signals.get(Signal.ENABLED) is not False:
        return ErrorClass.BACKLOG
    return ErrorClass.UNKNOWN


def piles_up(facts: Facts, now: datetime) -> bool:
    """Whether records wait longer than the connection bears, or past a limit of a check: that a
    few wait for the next run is no backlog."""
    if not facts.number(Signal.QUEUE_DEPTH):
        return False
    oldest = facts.moment(Signal.QUEUE_OLDEST)
    allowed = facts.connection.tolerance or timedelta(hours=1)
    if oldest is not None and now - oldest > allowed:
        return True
    limits = {Signal.QUEUE_DEPTH, Signal.QUEUE_OLDEST}
    seen = Reading(at=now, signals=facts.signals)
    return any(
        result.verdict is not Verdict.OK
        for check in facts.connection.checks
        for result in rule_results(check, seen, now, {})
        if result.rule is not None and result.rule.signal in limits
    )


def stood_still_since(facts: Facts) -> datetime | None:
    """The last success before a break that no error tells of; None where an error does, where
    some still pass, and where only a job's own rhythm is known."""
    if facts.failed or facts.check_errors or facts.some_pass or not facts.last_good:
        return None
    first = facts.last_good[0]
    return None if first.witness is Witness.JOB else first.at


def red_pages(facts: Facts) -> tuple[PageSaid, ...]:
    """The status pages that admit trouble. What a check reads as `status` without a page of its
    own counts as the word of whoever it asked."""
    pages = facts.pages
    status = facts.signals.get(Signal.STATUS)
    if not pages and isinstance(status, str):
        pages = (PageSaid(address=facts.status_at, status=status),)
    return tuple(page for page in pages if page.status.strip().lower() in _RED)


def vague(entry: PlaybookEntry) -> bool:
    """Whether any system could say it: a bare status, a wrapper or an everyday phrase."""
    return entry.general or PHRASES in entry.systems or not _ANY_CALL.isdisjoint(entry.systems)
