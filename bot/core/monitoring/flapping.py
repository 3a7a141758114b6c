"""Whether something comes and goes, told from its turns over hours, however often it is looked at.

Of the turns only a summary is kept, so a day of them costs no more than one. Something comes and
goes from its third fall on. It is calm again when it stayed as it is for twice as long as the
longest good stretch so far, and after `FORGOTTEN` on good ground the count begins anew.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TURNS = 3
FORGOTTEN = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """`falls` counts every time it became bad, from `since` on. `down` is the time it was bad in
    the stretches that are over, `longest` the longest good stretch between two falls. Of earlier
    counts `before` is how often it was bad, and `ever` for how long in all."""

    since: datetime
    turned_at: datetime
    bad: bool = True
    falls: int = 1
    down: timedelta = timedelta(0)
    longest: timedelta = timedelta(0)
    before: int = 0
    ever: timedelta = timedelta(0)

    @property
    def stretches(self) -> int:
        """How often it was bad, whatever the present count forgot."""
        return self.before + self.falls

    @property
    def many(self) -> bool:
        return self.falls >= TURNS


def fall(before: Turns | None, at: datetime) -> Turns:
    """It is bad from `at` on. One that was bad already stays as it is."""
    if before is not None and before.bad:
        return before
    if before is None:
        return Turns(since=at, turned_at=at)
    good = max(at - before.turned_at, timedelta(0))
    if good >= FORGOTTEN:
        ever = before.ever + before.down
        return Turns(since=at, turned_at=at, before=before.stretches, ever=ever)
    return replace(
        before,
        turned_at=max(at, before.turned_at),
        bad=True,
        falls=before.falls + 1,
        longest=max(before.longest, good),
    )


def rise(before: Turns, at: datetime) -> Turns:
    """It is good from `at` on."""
    if not before.bad:
        return before
    bad = max(at - before.turned_at, timedelta(0))
    return replace(before, turned_at=before.turned_at + bad, bad=False, down=before.down + bad)


def calm_after(turns: Turns, least: timedelta) -> timedelta:
    """How long it has to stay as it is before that is believed to last."""
    return min(max(least, 2 * turns.longest), FORGOTTEN)


def down(turns: Turns, now: datetime) -> timedelta:
    """How long it was bad altogether."""
    bad = max(now - turns.turned_at, timedelta(0)) if turns.bad else timedelta(0)
    return turns.down + bad


def altogether(turns: Turns, now: datetime) -> timedelta:
    """How long it was bad in all of its stretches, also in those of earlier counts."""
    return turns.ever + down(turns, now)


_SHARES = (
    (0.05, "hardly any of the time"),
    (0.18, "about a tenth of the time"),
    (0.29, "about a quarter of the time"),
    (0.42, "about a third of the time"),
    (0.58, "about half of the time"),
    (0.71, "about two thirds of the time"),
    (0.95, "most of the time"),
)


def share_down(turns: Turns, now: datetime) -> str:
    """How much of the time since the first fall it was bad, in words."""
    share = down(turns, now) / max(now - turns.since, timedelta(seconds=1))
    return next((words for limit, words in _SHARES if share < limit), "nearly all of the time")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsTold:
    """How often something came and went, as people read it; of several connections `names` did."""

    falls: int
    since: datetime
    share: str  # of the time that it was down, in words
    names: tuple[str, ...] = ()
