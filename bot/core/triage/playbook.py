"""The playbook of error texts: what a known text means, what to look at first, who must act.

A playbook gives hints and never verdicts: several entries may fit one text, best first, and a
text that nobody wrote down fits none. What is precise goes before what is general, so a wrapper
around a cause never hides it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bot.core.estate.lane import Lane, Layer
from bot.core.triage.error_text import apart, cause_starts, complaint, read
from bot.core.triage.required_words import Branch, Pattern, WordIndex, everyday
from bot.language.marks import outside

if TYPE_CHECKING:
    from bot.core.estate.catalogue import Catalogue, Connection

# What any call can meet on its way, whichever systems stand at its ends.
GENERAL_FAMILIES = frozenset(
    {"oauth", "entra-id", "transport", "sftp", "smtp", "sql", "runtime", "cloud"}
)
LEARNED = "learned"  # the family of entries that owners approved, beside the systems they are for
PHRASES = "phrases"  # the family of everyday wordings: they count when no precise text fits
_DENIES = re.compile(
    r"(?<![\w.,-])(?:no|zero|0|without|without any|never|not an?)\s$", re.IGNORECASE
)
_ENDS_DENIED = re.compile(
    r"(?<![\w.,-])(?:no|zero|0|without|without any)\s"
    r"(?:missing|invalid|unknown|unmapped|duplicates?|errors?|failures?|rejected|failed)$",
    re.IGNORECASE,
)
_NAMES = re.compile(r"[a-z0-9]+")
_IS_NOTHING = re.compile(
    r"[\"']?\s{0,3}[:=]\s{0,3}(?:0\b(?![.,:]?\d)|none\b|null\b|false\b|\[\s{0,3}\])", re.IGNORECASE
)


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

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


RETRY_WORDS = {
    Retry.NEVER: "Do not send these records again: a second copy would be wrong.",
    Retry.LOOK_UP_FIRST: (
        "Look each record up in the target first: the first attempt may have been accepted."
    ),
    Retry.AFTER_FIX: "Send again only after the cause is removed; before that it fails the same.",
    Retry.WAIT: "Safe to send again after waiting; go oldest first and one stream at a time.",
    Retry.SAFE: "Safe to send again: nothing was accepted the first time.",
}
_BY_TEXT_ALONE = (
    "That is by the text alone: for money, and where a date, price or stock has moved since, the"
    " functional owner says yes first."
)


def by_text_alone(retry: Retry) -> str:
    """What an error text allows, with what the gate asks besides once the connection is known."""
    if retry is Retry.NEVER:
        return RETRY_WORDS[retry]
    return f"{RETRY_WORDS[retry]} {_BY_TEXT_ALONE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookEntry:
    """One known error text.

    `systems` is the family, such as "business-central", then its other names. `lane` VENDOR means
    the maker of the connector, whoever that is. `general` marks a bare status or a wrapper:
    anything more precise goes first. `ended` marks a text that says that a stored secret, key or
    certificate itself is past its end, `across` a pattern that reads several fields of an answer as
    one. `grade` is A when the source states the meaning, B when part of it is our reading, C when
    no source was found.
    """

    id: str
    systems: tuple[str, ...]
    pattern: Pattern
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
    ended: bool = False
    across: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Playbook:
    """Entries in matching order: within a family the more specific one stands first."""

    entries: tuple[PlaybookEntry, ...] = ()

    @cached_property
    def index(self) -> WordIndex:
        """The index of the entries' patterns, by their place in `entries`."""
        return WordIndex([entry.pattern for entry in self.entries])

    def entry(self, entry: str) -> PlaybookEntry | None:
        return next((item for item in self.entries if item.id == entry), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that fits a text. `matched` is the part of the text that told, made harmless;
    `why` says in words how near the entry is. Neither may be shown for sensitive connections."""

    entry: PlaybookEntry
    matched: str
    why: str


@lru_cache(maxsize=2)
def with_learned(playbook: Playbook, learned: tuple[PlaybookEntry, ...]) -> Playbook:
    """`learned` before all others, and in the place of entries with the same id. Kept, since its
    index is worth keeping."""
    if not learned:
        return playbook
    own = {entry.id for entry in learned}
    kept = (entry for entry in playbook.entries if entry.id not in own)
    return Playbook(entries=(*learned, *kept))


def families(catalogue: "Catalogue", connection: "Connection") -> tuple[str, ...]:
    """The playbook families that the two ends of `connection` speak, without repeats."""
    known = (catalogue.systems.get(system) for system in connection.systems)
    return tuple(dict.fromkeys(name for system in known if system for name in system.speaks))


def match(playbook: Playbook, text: str, systems: Iterable[str] = ()) -> tuple[Hit, ...]:
    """The entries that fit `text`, best first; empty when none fits.

    Families in `systems` come first, then what any call can say, then other systems. Everyday
    phrases count after precise texts, and bare statuses and wrappers after both. Of what is
    equally near, the innermost cause that the text names goes first. A text that only reports
    success fits no phrase, status or wrapper. What the entry of a system that nothing names
    knows by everybody's words alone does not count.
    """
    own = frozenset(systems)
    normalised, success = complaint(read(text))
    lowered, pieces, cause = normalised.lower(), apart(normalised), cause_starts(normalised)
    found = [
        ((_distance(entry, own), hit.start() < cause, place), entry, hit.group())
        for place, near in playbook.index.wanted(lowered)
        for entry in (playbook.entries[place],)
        if not (success and _loose(entry)) and (hit := _search(entry, normalised, pieces, near))
        if not (_elsewhere(entry, own, lowered) and everyday(hit.group(), entry.pattern.pattern))
    ]
    # A nearer family outranks an inner cause: its words are those of the system that spoke.
    found.sort(key=lambda item: item[0])
    return tuple(
        Hit(entry=entry, matched=outside(told, 80), why=_why(entry, own, outside(told, 80)))
        for _, entry, told in found
    )


# A look mostly says what the one before said, and each redraw of a card reads that again. What is
# loaded anew or has learned is another playbook, so nothing that is kept is ever out of date.
@lru_cache(maxsize=1024)
def looked_up(playbook: Playbook, text: str, systems: tuple[str, ...]) -> tuple[Hit, ...]:
    """As `match`, and kept."""
    return match(playbook, text, systems)


def _elsewhere(entry: PlaybookEntry, own: frozenset[str], lowered: str) -> bool:
    """Whether it belongs to systems of which nothing says that they spoke: neither who asks, nor,
    where nobody said who spoke, the text by their name."""
    anywhere = own.union((PHRASES, LEARNED), GENERAL_FAMILIES)
    if not anywhere.isdisjoint(entry.systems):
        return False
    said = f" {' '.join(_NAMES.findall(lowered))} "
    return bool(own) or not any(f" {name.replace('-', ' ')} " in said for name in entry.systems)


def _loose(entry: PlaybookEntry) -> bool:
    return entry.general or PHRASES in entry.systems


def _search(
    entry: PlaybookEntry, normalised: str, pieces: str, near: Iterable[Branch]
) -> re.Match[str] | None:
    """Where the entry fits within one of the `pieces` of the text, unless it reads across them;
    and unless a loose one fits only what the text denies: `no duplicates`."""
    text = normalised if entry.across else pieces
    hit = next((hit for branch in near if (hit := branch.fits(text))), None)
    if hit is None or not _loose(entry):
        return hit
    return None if _denied(normalised, hit) else hit


def _denied(normalised: str, hit: re.Match[str]) -> bool:
    before = normalised[max(hit.start() - 12, 0) : hit.start()]
    within = _ENDS_DENIED.search(hit.group())
    return bool(_DENIES.search(before) or within or _IS_NOTHING.match(normalised, hit.end()))


def _distance(entry: PlaybookEntry, own: frozenset[str]) -> int:
    if PHRASES in entry.systems:
        return 8 if entry.general else 4
    near = not own.isdisjoint(entry.systems)
    any_call = not GENERAL_FAMILIES.isdisjoint(entry.systems)
    if entry.general:
        return 5 if near else 6 if any_call else 7
    if near:
        return 0
    # When we do not know who spoke, a system's own words tell more than a protocol's.
    return 2 if any_call == bool(own) else 3


def _why(entry: PlaybookEntry, own: frozenset[str], told: str) -> str:
    names = entry.systems[0]
    near = sorted(own.intersection(entry.systems))
    if PHRASES in entry.systems:
        place = "a common way to say it, in the absence of anything more precise"
    elif near:
        place = f"{', '.join(near)} is one of this connection's own systems"
    elif not GENERAL_FAMILIES.isdisjoint(entry.systems):
        place = "any call can say this"
    elif own:
        place = f"it belongs to {names}, which is not a system of this connection"
    else:
        place = f"it belongs to {names}"
    return f"{entry.id} knows “{told}”; {place}"
