"""The playbook of error texts: what a known text means, what to look at first, who must act.

A playbook gives hints and never verdicts: several entries may fit one text, best first, and a
text that nobody wrote down fits none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.catalogue import Catalogue, Connection, Lane, Layer
from bot.core.text import outside

GENERAL_FAMILIES = frozenset({"oauth", "transport"})  # every web call can speak these
READ_LIMIT = 2500  # characters of a text that are looked at; the cause stands near its beginning


class ErrorClass(StrEnum):
    """The kinds of breakage. The class carries the default behaviour, the entry refines it."""

    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    CERTIFICATE = "certificate"
    CONNECTIVITY = "connectivity"
    RATE_LIMIT = "rate_limit"
    CONCURRENCY = "concurrency"
    MAPPING = "mapping"
    MASTER_DATA = "master_data"
    PERIOD_CLOSED = "period_closed"
    DUPLICATE = "duplicate"
    PAYLOAD = "payload"
    PLATFORM_OUTAGE = "platform_outage"
    VERSION_SUNSET = "version_sunset"
    BACKLOG = "backlog"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class Retry(StrEnum):
    """May the failed records be sent again?"""

    SAFE = "safe"  # nothing was accepted
    WAIT = "wait"  # safe after waiting
    AFTER_FIX = "after_fix"  # pointless before the cause is removed
    LOOK_UP_FIRST = "look_up_first"  # the first attempt may have been accepted
    NEVER = "never"  # a second copy would be wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One known error text.

    `systems` are families such as "business-central". `lane` VENDOR means the maker of the
    connector, whoever that is. `general` marks a bare status or a wrapper: anything more precise
    goes first. `grade` is A when the source states the meaning, B when part of it is our reading,
    C when no source was found.
    """

    id: str
    systems: tuple[str, ...]
    pattern: re.Pattern[str]
    error_class: ErrorClass
    meaning: str
    first_check: str
    fix: str
    retry: Retry
    lane: Lane
    layer: Layer
    source: str
    grade: str
    sample: str
    general: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """Entries in matching order: within a family the more specific one stands first."""

    entries: tuple[Entry, ...] = ()

    def entry(self, entry: str) -> Entry | None:
        return next((item for item in self.entries if item.id == entry), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that fits a text. `matched` is the part of the text that told, made harmless;
    `why` says in words how near the entry is. Neither may be shown for sensitive connections."""

    entry: Entry
    matched: str
    why: str


def families(catalogue: Catalogue, connection: Connection) -> tuple[str, ...]:
    """The playbook families that the two ends of `connection` speak, without repeats."""
    known = (catalogue.systems.get(system) for system in connection.systems)
    return tuple(dict.fromkeys(name for system in known if system for name in system.speaks))


def match(playbook: Playbook, text: str, systems: Iterable[str] = ()) -> tuple[Hit, ...]:
    """The entries that fit `text`, best first; empty when none fits.

    Families in `systems` come first, then what any web call can say, then other systems. Bare
    statuses give way to anything precise, except within the connection's own families.
    """
    own = frozenset(systems)
    read = text[:READ_LIMIT]
    found = [
        (_distance(entry, own), place, entry, hit.group())
        for place, entry in enumerate(playbook.entries)
        if (hit := entry.pattern.search(read))
    ]
    found.sort(key=lambda item: item[:2])
    return tuple(
        Hit(entry=entry, matched=outside(told, 80), why=_why(entry, own, outside(told, 80)))
        for _, _, entry, told in found
    )


def _distance(entry: Entry, own: frozenset[str]) -> int:
    if own.intersection(entry.systems):
        return 1 if entry.general else 0
    any_call = not GENERAL_FAMILIES.isdisjoint(entry.systems)
    if entry.general:
        return 4 if any_call else 5
    # When we do not know who spoke, a system's own words tell more than a protocol's.
    return 2 if any_call == bool(own) else 3


def _why(entry: Entry, own: frozenset[str], told: str) -> str:
    names = ", ".join(entry.systems)
    near = sorted(own.intersection(entry.systems))
    if near:
        place = f"{', '.join(near)} is one of this connection's own systems"
    elif not GENERAL_FAMILIES.isdisjoint(entry.systems):
        place = "any web call can say this"
    elif own:
        place = f"it belongs to {names}, which is not a system of this connection"
    else:
        place = f"it belongs to {names}"
    return f"{entry.id} knows “{told}”; {place}"
