"""How well the estate is looked after, in numbers worked out from the record.

A number is counted from what is stored, never estimated, and says from how many cases it comes.
Times are medians, since one long night would bend a mean. What cannot be counted says what is
missing. A part of a larger incident is no case of its own, nor is what still has time.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from bot.core.changes.change_request import ChangeRequest, ChangeResult
from bot.core.estate.catalogue import Catalogue, Criticality
from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.governance.audit.audit import Audit
from bot.core.governance.audit.risk_questions import Reply, RiskQuestion
from bot.core.governance.ripe import (
    SHADOW,
    Pending,
    broke_after,
    change_judged,
    data_judged,
    review_judged,
)
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.review import CAUSE_WORDS
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.signals import Signal
from bot.language.units import say_count, say_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`since` is in it, `until` is not."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @property
    def before(self) -> "Period":
        """The one of the same length that ends where this one begins."""
        return Period(since=self.since - (self.until - self.since), until=self.since)


class Cadence(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """How many pings of an incident arrived and were answered or had their time, how many of these
    nothing followed from whoever was pinged, and how many arrived and still have `time`."""

    judged: int
    unanswered: int
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRecord:
    """What is counted. By incident, `lane_agreed` is when a person first said whose lane it is and
    `escalated` when a rung above the first was first pinged. Of `handed_over` ones, `late` had a
    response time that ran out; of `running` ones it still runs."""

    catalogue: Catalogue
    incidents: tuple[Incident, ...]
    lane_agreed: Mapping[int, datetime] = field(default_factory=dict)
    escalated: Mapping[int, datetime] = field(default_factory=dict)
    handed_over: int = 0
    late: int = 0
    running: int = 0
    checks: tuple[CheckHealth, ...] = ()
    audit: Audit
    pings: Mapping[int, Pinged] = field(default_factory=dict)  # by incident
    changes: tuple[ChangeRequest, ...] = ()

    @property
    def now(self) -> datetime:
        return self.audit.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """`number` is a share from 0 to 1, seconds or a count, as `unit` says. `text` says it."""

    number: float
    text: str
    cases: int


Counted = Value | Pending | None
_Count = Callable[[KpiRecord, list[Incident]], Counted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure with whoever looks at it. `value` is None when there is nothing to count or to
    judge yet, and `note` then says why. `before` is the same of the period before, for those that
    are `compared`; of the others only the present is known. `unit`: share, seconds or count."""

    id: str
    name: str
    unit: str
    reviewer: str
    cadence: Cadence = Cadence.MONTHLY
    value: Value | None = None
    before: Value | None = None
    compared: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """`causes`, `lanes` and `connections` count the incidents of the period, most first;
    `lane_times` is how long those of each agreed lane took to resolve."""

    period: Period
    lane_times: tuple[tuple[str, Value], ...] = ()
    measures: tuple[Measure, ...]
    causes: tuple[tuple[str, int], ...]
    lanes: tuple[tuple[str, int], ...]
    connections: tuple[tuple[str, int], ...]


def kpis(record: KpiRecord, period: Period) -> Kpis:
    cases = _cases(record, period)
    return Kpis(
        period=period,
        lane_times=tuple(_by_lane(cases)),
        measures=tuple(_measured(one, count, record, period) for one, count in _MEASURES),
        causes=_counted(CAUSE_WORDS[one.cause_class] for one in cases if one.cause_class),
        lanes=_counted(LANE_NAMES[one.lane] for one in cases if one.lane and one.lane_by),
        connections=_counted(one.connection for one in cases),
    )


def _by_lane(cases: list[Incident]) -> Iterable[tuple[str, Value]]:
    for lane in Lane:
        over = (one for one in cases if one.lane is lane and one.lane_by)
        value = _median(one.resolved_at - one.opened_at for one in over if one.resolved_at)
        if value:
            yield LANE_NAMES[lane], value


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _cases(record: KpiRecord, period: Period) -> list[Incident]:
    return [
        one
        for one in record.incidents
        # By its opening: one that is long over and one that still goes on belong to the same month.
        if one.state is not State.MERGED and period.holds(one.opened_at)
    ]


def _median(spans: Iterable[timedelta]) -> Value | None:
    seconds = [span.total_seconds() for span in spans]
    if not seconds:
        return None
    middle = statistics.median(seconds)
    return Value(number=middle, text=say_duration(timedelta(seconds=middle)), cases=len(seconds))


def _share(good: int, of: int) -> Value | None:
    if not of:
        return None
    return Value(number=good / of, text=f"{good / of:.0%} ({good} of {of})", cases=of)


def _pending(number: int, noun: str, waits: str) -> Pending | None:
    return Pending(why=f"{say_count(number, noun)} {waits}") if number else None


def _running(cases: list[Incident]) -> Pending | None:
    return _pending(sum(one.live for one in cases), "incident", "not over")


def _detect(_: KpiRecord, cases: list[Incident]) -> Counted:
    return _median(one.opened_at - one.failing_since for one in cases)


def _by_system(_: KpiRecord, cases: list[Incident]) -> Counted:
    return _share(sum(one.detected_by == "check" for one in cases), len(cases))


def _time_to(moment: Callable[[KpiRecord, Incident], datetime | None]) -> _Count:
    """The median from the opening to a moment of those incidents that have come to it."""

    def count(record: KpiRecord, cases: list[Incident]) -> Counted:
        spans = (at - one.opened_at for one in cases if (at := moment(record, one)))
        return _median(spans) or _running(cases)

    return count


def _first_rung(record: KpiRecord, cases: list[Incident]) -> Counted:
    taken = {one.id: one.acknowledged_at for one in cases if one.acknowledged_at}
    alone = [
        id for id, at in taken.items() if id not in record.escalated or at < record.escalated[id]
    ]
    return _share(len(alone), len(taken)) or _running(cases)


def _proved(record: KpiRecord, cases: list[Incident]) -> Counted:
    over = [one for one in cases if one.resolved_at]
    ripe = [one for one in over if data_judged(one, record.now)]
    said = (one.data_confirmed_by is not None and not one.awaiting for one in ripe)
    good = _share(sum(said), len(ripe))
    return good or _pending(len(over), "incident", "resolved just now") or _running(cases)


def _reviewed(record: KpiRecord, cases: list[Incident]) -> Counted:
    over = [one for one in cases if one.resolved_at]
    ripe = [one for one in over if review_judged(one, record.now)]
    good = _share(sum(one.state is State.REVIEWED for one in ripe), len(ripe))
    return good or _pending(len(over), "incident", "resolved just now") or _running(cases)


def _kept(record: KpiRecord, _: list[Incident]) -> Counted:
    kept = _share(max(0, record.handed_over - record.late), record.handed_over)
    return kept or _pending(record.running, "response time", "not over")


def _unanswered(record: KpiRecord, cases: list[Incident]) -> Counted:
    known = [record.pings[one.id] for one in cases if one.id in record.pings]
    share = _share(sum(one.unanswered for one in known), sum(one.judged for one in known))
    return share or _pending(sum(one.time for one in known), "ping", "sent just now")


def _changed(record: KpiRecord, _: list[Incident]) -> Counted:
    """Closed as working, and no incident of the connection began within three days of it."""
    ripe = [one for one in record.changes if change_judged(one, record.incidents, record.now)]
    good = sum(
        one.result is ChangeResult.WORKED and not broke_after(one, record.incidents) for one in ripe
    )
    waits = f"done less than {SHADOW.days} days ago"
    return _share(good, len(ripe)) or _pending(len(record.changes), "change", waits)


def _answered(question: RiskQuestion) -> _Count:
    """The share of connections for which the audit answers `question` with yes."""

    def count(record: KpiRecord, _: list[Incident]) -> Counted:
        replies = [
            answer.reply
            for one in record.audit.connections.values()
            for answer in one.answers
            if answer.id == question
        ]
        return _share(sum(reply is Reply.YES for reply in replies), len(replies))

    return count


def _watched(record: KpiRecord, _: list[Incident]) -> Counted:
    known = record.catalogue.connections
    managed = [known[key] for key in record.audit.connections if key in known]
    value = _share(sum(bool(one.checks) for one in managed), len(managed))
    bare = Counter(one.criticality for one in managed if not one.checks)
    # Ninety in a hundred sounds good until the rest turns out to be critical.
    missing = ", ".join(f"{bare[level]} {level}" for level in Criticality if bare[level])
    return replace(value, text=f"{value.text}, not: {missing}") if value and missing else value


def _risk_check(record: KpiRecord, _: list[Incident]) -> Counted:
    if not record.audit.connections:
        return None
    said = f"{record.audit.score} of {len(RiskQuestion)}, {record.audit.status}"
    return Value(number=record.audit.score, text=said, cases=len(record.audit.connections))


def _reconciled(record: KpiRecord, _: list[Incident]) -> Counted:
    """The worst agreement: a mean would hide it."""
    seen = [
        number for one in record.checks if (number := _read(one, Signal.RECONCILED)) is not None
    ]
    if not seen:
        return _not_looked(record)
    said = f"{min(seen):.1%} at worst, of {say_count(len(seen), 'check')}"
    return Value(number=min(seen), text=said, cases=len(seen))


def _failed(record: KpiRecord, _: list[Incident]) -> Counted:
    read = ((_read(one, Signal.FAILED), _read(one, Signal.PROCESSED)) for one in record.checks)
    both = [(bad, good) for bad, good in read if bad is not None and good is not None]
    failed, tried = sum(bad for bad, _ in both), sum(bad + good for bad, good in both)
    if not tried:
        return _not_looked(record)
    said = f"{failed / tried:.1%} ({failed:,.0f} of {tried:,.0f})"
    return Value(number=failed / tried, text=said, cases=len(both))


def _not_looked(record: KpiRecord) -> Pending | None:
    """Checks there are, and none has read anything so far."""
    checked = any(one.checks for one in record.catalogue.connections.values())
    unread = checked and not any(one.checked_at for one in record.checks)
    return Pending(why="no check has read anything so far") if unread else None


def _read(health: CheckHealth, signal: Signal) -> float | None:
    value = health.signals.get(signal)
    # Python takes True for a number, and “it runs” is none.
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_past = partial(Measure, compared=True)
_NO_CASE, _NOT_TAKEN, _NOT_OVER = "no incident was opened", "nobody took one", "none is resolved"
_UNMANAGED = "no connection is managed"
# Each as it stands without a value, and how it is counted.
_MEASURES: tuple[tuple[Measure, _Count], ...] = (
    (_past(id="time_to_detect", name="Time to detect", unit="seconds", reviewer="IT",
           note=_NO_CASE), _detect),
    (_past(id="detected_by_system", name="Seen by a check, not by a person", unit="share",
           reviewer="IT", note=_NO_CASE), _by_system),
    (_past(id="time_to_acknowledge", name="Time to acknowledge", unit="seconds",
           reviewer="integration owner", note=_NOT_TAKEN),
     _time_to(lambda _, one: one.acknowledged_at)),
    (_past(id="taken_by_first", name="Taken before anybody else was pinged", unit="share",
           reviewer="integration owner", note=_NOT_TAKEN), _first_rung),
    (_past(id="pings_unanswered", name="Pings that nobody answered", unit="share",
           reviewer="integration owner", note="nobody was pinged"), _unanswered),
    (_past(id="time_to_lane", name="Time to an agreed lane", unit="seconds",
           reviewer="integration owner", note="nobody confirmed a lane"),
     _time_to(lambda record, one: record.lane_agreed.get(one.id))),
    (_past(id="time_to_resolve", name="Time to resolve", unit="seconds",
           reviewer="integration owner", note=_NOT_OVER),
     _time_to(lambda _, one: one.resolved_at)),
    (_past(id="data_confirmed", name="Resolved with the data confirmed", unit="share",
           reviewer="functional owners", note=_NOT_OVER), _proved),
    (_past(id="reviewed", name="Resolved and reviewed", unit="share", reviewer="architecture",
           note=_NOT_OVER), _reviewed),
    (_past(id="changes_worked", name="Changes that worked and broke nothing", unit="share",
           reviewer="architecture", note="no change was closed"), _changed),
    (Measure(id="response_times_kept", name="Response times kept by parties", unit="share",
             reviewer="vendor management", note="nothing was handed over"), _kept),
    (Measure(id="owned", name="Owned by present people on every layer", unit="share",
             reviewer="architecture", note=_UNMANAGED), _answered(RiskQuestion.OWNED)),
    (Measure(id="watched", name="Watched by a check", unit="share", reviewer="IT",
             note=_UNMANAGED), _watched),
    (Measure(id="counted", name="Records counted, and deviations alert", unit="share",
             reviewer="IT", note=_UNMANAGED), _answered(RiskQuestion.COUNTED)),
    (Measure(id="documented", name="Documentation current", unit="share",
             reviewer="functional owners", note=_UNMANAGED), _answered(RiskQuestion.DOCUMENTED)),
    (Measure(id="risk_check", name="Risk check, yes answers", unit="count", reviewer="management",
             cadence=Cadence.QUARTERLY, note=_UNMANAGED), _risk_check),
    (Measure(id="reconciled", name="Source and target agree, last look", unit="share",
             reviewer="Finance", cadence=Cadence.WEEKLY, note="no check reconciles"), _reconciled),
    (Measure(id="failed_rate", name="Failed records, last look", unit="share", reviewer="IT",
             cadence=Cadence.WEEKLY, note="no check reads both processed and failed"), _failed),
)  # fmt: skip


def _within(record: KpiRecord, period: Period) -> KpiRecord:
    """With the changes that were closed in the period."""
    # Only with its end does a change say how it went.
    closed = (one for one in record.changes if one.closed_at and period.holds(one.closed_at))
    return replace(record, changes=tuple(closed))


def _measured(blank: Measure, count: _Count, record: KpiRecord, period: Period) -> Measure:
    value, before = (
        count(_within(record, span), _cases(record, span)) for span in (period, period.before)
    )
    return replace(
        blank,
        value=value if isinstance(value, Value) else None,
        before=before if blank.compared and isinstance(before, Value) else None,
        note=value.words if isinstance(value, Pending) else "" if value else blank.note,
    )
