"""What the wall clock did while we watched it, and how moments that were written down while it was
wrong are put right once it is right again.

A jump alone does not say whether the clock was wrong before it or is wrong since. When a later one
leads back to a time that was left, it was wrong in between: what was written then is moved by as
much, and what had to give way then is as it was.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.incidents.incident import Incident

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
