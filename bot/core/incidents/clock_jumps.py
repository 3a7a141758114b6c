"""What the wall clock did while we watched it, and how moments that were written down while it was
wrong are put right once it is right again.

A jump alone does not say whether the clock was wrong before it or is wrong since. When a later one
leads back to a time that was left, it was wrong in between: what was written then is moved by as
much, and what had to give way then is as it was.

How far ahead a deadline can lie when the clock was right as it was set comes from what is on
record: the lease and the ladder of the incident, the contract of its counter-party, its policies.
One further ahead was set by a clock that was wrong.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.incidents.grouping import counterparty, lead_of, soonest_answer
from bot.core.incidents.incident import Incident, State, asked_before
from bot.core.incidents.review import ASK_AGAIN
from bot.core.monitoring import flapping

Key = tuple[str, str]  # a record and the name of a moment in it
Record = Mapping[Key, datetime]
Change = Callable[[Key, datetime], datetime]

# Of an incident: when something is due.
AHEAD = (
    "assess_at",
    "escalate_at",
    "lease_until",
    "remind_at",
    "ticket_at",
    "joint_at",
    "data_ask_at",
    "settle_at",
    "calm_at",
    "resume_at",
    "review_at",
)

_SPANS = 8  # that are remembered
_SLOWEST = 1.0  # the pace at which a lease may have begun before its severity rose
_AGAIN = timedelta(minutes=30)  # above the last step of a ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpSpan:
    """From one jump to the next. `off` is how far the clock is from where it would be without any
    jump, `began` the first moment that it showed; `was` has each moment that was on record then,
    as it was kept for this span and as it had been before. `held` are the incidents that were live
    when the clock went ahead into this span."""

    off: timedelta
    began: datetime
    was: Mapping[Key, tuple[datetime, datetime]] = field(default_factory=dict)
    held: tuple[Incident, ...] = ()


Spans = tuple[JumpSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """`changes` bring what is on record to the clock's new time, one after the other; they leave
    alone what lies before `since`. `back` is whether this is the time of an earlier span, which
    `spans` ends with then: it was left at `left_at`, when `held` were live."""

    spans: Spans
    changes: tuple[Change, ...] = ()
    since: datetime | None = None
    back: bool = False
    held: tuple[Incident, ...] = ()
    left_at: datetime | None = None


NO_JUMP = Jump(spans=())


def jump(spans: Spans, by: timedelta, now: datetime, near: timedelta, began: datetime) -> Jump:
    """The clock jumped `by` and shows `now`, and has shown this time since `began` at the earliest;
    times less than `near` apart are the same one."""
    off = spans[-1].off + by
    found = [place for place, span in enumerate(spans[:-1]) if abs(span.off - off) < near]
    if not found:
        # What began later than now was by a clock that was ahead, or this one is behind now: what
        # was written since then keeps its distance.
        ahead = spans[-1].began > now
        changes = (_moved(spans[-1].began, by),) if ahead else ()
        return Jump(spans=(*spans, JumpSpan(off=off, began=began))[-_SPANS:], changes=changes)
    kept = (*spans[: found[-1]], replace(spans[found[-1]], off=off))
    left = (kept[-1], *spans[found[-1] + 1 :])
    undone = [_undone(left[n], left[n - 1].off - left[n].off) for n in range(len(left) - 1, 0, -1)]
    since = min(now, *(first for span in left[1:] for first in _touched(span)))
    changes = (_but_between(began, now, changed(undone, None)),)
    left_at = left[1].began + left[0].off - left[1].off
    return Jump(
        spans=kept, changes=changes, since=since, back=True, held=left[1].held, left_at=left_at
    )


def remember(
    spans: Spans, before: Record, after: Record, now: datetime, held: tuple[Incident, ...] = ()
) -> Spans:
    """The last of the spans began with `after` on record where `before` had been. What was written
    in it until now, when it was noticed, is its own."""
    own = spans[-1].began
    was = {
        key: (kept, before[key])
        for key, kept in after.items()
        if key in before and not own < before[key] <= now
    }
    return (*spans[:-1], replace(spans[-1], was=was, held=held))


def changed(changes: Sequence[Change], latest: datetime | None) -> Change:
    """All of them, and nothing later than `latest` after that."""

    def change(key: Key, at: datetime) -> datetime:
        for one in changes:
            at = one(key, at)
        return min(at, latest or at)

    return change


def _touched(span: JumpSpan) -> Iterator[datetime]:
    yield span.began
    yield from (kept for kept, before in span.was.values() if kept != before)


def _but_between(began: datetime, now: datetime, change: Change) -> Change:
    """What was written since the clock came right is right; a deadline was not written when it is
    due."""

    def but(key: Key, at: datetime) -> datetime:
        right = began < at <= now and key[1] not in AHEAD
        return at if right else change(key, at)

    return but


def _moved(since: datetime, by: timedelta) -> Change:
    return lambda _, at: at + by if at >= since else at


def _undone(span: JumpSpan, by: timedelta) -> Change:
    moved = _moved(span.began, by)

    def change(key: Key, at: datetime) -> datetime:
        kept, before = span.was.get(key, (None, at))
        return before if kept == at else moved(key, at)

    return change


def furthest(
    incident: Incident, catalogue: Catalogue, now: datetime, rest_until: datetime | None = None
) -> Mapping[str, datetime]:
    """The last moment at which each deadline may lie, by its name. `rest_until` is when the hours
    of the ladder's people begin, for an incident that can wait for them."""
    slowed = _SLOWEST / incident.severity.pace
    before_rise = incident.lease * slowed
    lease = now + max(before_rise, asked_before(incident))
    ladder = now + _step(incident) * slowed
    ladder = max(ladder, rest_until) if rest_until else ladder
    steady_at = now + max(before_rise / 4, flapping.FORGOTTEN if incident.turns else timedelta(0))
    connection = lead_of(catalogue, incident)
    answer = _answer(incident, catalogue, now)
    return {
        "assess_at": now + before_rise / 12,
        "escalate_at": ladder,
        "lease_until": lease,
        "resume_at": max(ladder, lease),
        "remind_at": max(lease, answer) if incident.state is State.HANDED_OVER else lease,
        "ticket_at": lease,
        "data_ask_at": lease,
        "joint_at": now + max(before_rise, _joint(connection)),
        "settle_at": max(now + before_rise / 30, steady_at),
        "calm_at": steady_at,
        "counterparty_due_at": answer,
        "review_at": now + ASK_AGAIN,
    }


def _step(incident: Incident) -> timedelta:
    """The longest time between two steps of the ladder."""
    after = [rung.after for rung in incident.ladder]
    gaps = [later - sooner for sooner, later in pairwise(after)]
    return max([*gaps, min(_AGAIN, incident.lease)])


def _joint(connection: Connection | None) -> timedelta:
    if connection is None:
        return timedelta(0)
    policies = (policy.joint_call for policy in connection.policies if policy.joint_call)
    return max([connection.joint_call, *policies])


def _answer(incident: Incident, catalogue: Catalogue, now: datetime) -> datetime:
    """The end of the response time, had it begun now; a lease where no contract is known."""
    party = counterparty(catalogue, incident)
    due = soonest_answer(party, incident, now) if party else None
    return due or now + incident.lease / incident.severity.pace
