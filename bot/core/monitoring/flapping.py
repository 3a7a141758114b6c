"""Whether something comes and goes, told from its turns over hours however often it is looked at;
and when a connection last did what it is for, and who says so.

Of the turns only a summary is kept, so a day of them costs no more than one. Something comes and
goes from its third fall on. It is steady again when it stayed as it is for twice as long as the
longest good stretch so far, and after `FORGOTTEN` on good ground the count begins anew.

A job that pings and the records that should move are different witnesses: each keeps its own word,
and what one of them saw never stands for the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.language.marks import when

# Counted over hours and not over looks: by the last 21 looks a connection that fell once every
# dozen was never said to come and go.
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
    """The turns after it became bad at `at`; unchanged when it was bad already."""
    if before is not None and before.bad:
        return before
    if before is None:
        return Turns(since=at, turned_at=at)
    good = max(at - before.turned_at, timedelta(0))
    # What was down stays in `ever`: how long an incident was down is told of all of it.
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
    """The turns after it became good at `at`; unchanged when it was good already."""
    if not before.bad:
        return before
    # The clock may have been set back between two turns.
    bad = max(at - before.turned_at, timedelta(0))
    return replace(before, turned_at=before.turned_at + bad, bad=False, down=before.down + bad)


def steady_after(turns: Turns, least: timedelta) -> timedelta:
    """How long the present state has to last before it is believed to stay."""
    # Twice the longest good stretch, since the next fall was never further away than once.
    return min(max(least, 2 * turns.longest), FORGOTTEN)


def down(turns: Turns, now: datetime) -> timedelta:
    """How long it was bad altogether."""
    bad = max(now - turns.turned_at, timedelta(0)) if turns.bad else timedelta(0)
    return turns.down + bad


def altogether(turns: Turns, now: datetime) -> timedelta:
    """How long it was bad in all of its stretches, also in those of earlier counts."""
    return turns.ever + down(turns, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """In so many `stretches` for `span` in all."""

    span: timedelta
    stretches: int = 1


def down_between(turns: Turns | None, began: datetime, seen: datetime, until: datetime) -> Down:
    """For how long something was down from `began` on, which may be known to be earlier than it was
    `seen`: where it ran in between, only while it did not."""
    if turns is None or turns.stretches == 1:
        ended = until if turns is None or turns.bad else min(until, turns.turned_at)
        return Down(span=max(ended - began, timedelta(0)))
    early = max(seen - began, timedelta(0))
    return Down(span=altogether(turns, until) + early, stretches=turns.stretches)


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


class Witness(StrEnum):
    """Whose success it is, the nearest to the records first."""

    SYNC = "sync"  # what the watched system says of its runs or records
    FILE = "file"
    MESSAGE = "message"  # a system that calls us
    JOB = "job"  # a job that pings us


WORDS: Mapping[Witness, str] = {
    Witness.SYNC: "last good sync",
    Witness.FILE: "newest file",
    Witness.MESSAGE: "last good message",
    Witness.JOB: "last good run of its job",
}
_OF_KIND: Mapping[str, Witness] = {
    "sftp": Witness.FILE,
    "webhook": Witness.MESSAGE,
    "heartbeat": Witness.JOB,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """The newest success that one witness saw. `doubted` tells that its check fails."""

    witness: Witness
    at: datetime
    doubted: bool = False

    @property
    def words(self) -> str:
        return f"{WORDS[self.witness]} {when(self.at)}"


def witness_of(kind: str) -> Witness:
    """Who speaks in a check of this kind."""
    return _OF_KIND.get(kind, Witness.SYNC)


def in_order(seen: Iterable[LastGood]) -> tuple[LastGood, ...]:
    """Each witness once, by its oldest success, and the one that counts first: of a check that
    fails where there is one, else the nearest to the records."""
    kept: dict[Witness, LastGood] = {}
    # The oldest success of a witness: where one of its checks stopped, the others hide that.
    for one in sorted(seen, key=lambda item: (not item.doubted, item.at)):
        kept.setdefault(one.witness, one)
    nearness = tuple(Witness)
    return tuple(
        sorted(kept.values(), key=lambda item: (not item.doubted, nearness.index(item.witness)))
    )


def say(seen: tuple[LastGood, ...]) -> str:
    """All successes by their names, in `language.marks` marks; empty when nothing is on record."""
    return " · ".join(one.words for one in seen)
