"""When a connection last did what it is for, and who says so.

A job that pings and the records that should move are different witnesses: each keeps its own
word, and what one of them saw never stands for the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.language.marks import when


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
