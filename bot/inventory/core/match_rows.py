"""Whether two rows describe the same connection, with the reasons in words.

Rule of this file: the same pair of systems, direction and records make two rows one; likeness of
names alone only ever makes a "perhaps".
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from bot.inventory.core.lists import Field, RowEntry, Way
from bot.inventory.core.same_system import ENVIRONMENT, SystemBook, english, words, words_of
from bot.language.words import WEAK_WORDS, distinctive, likeness, plain_words, stem, synonymous

_FILLING = WEAK_WORDS | words(
    """master data record header line customer sale sales number detail daily nightly hourly
    batch realtime process job flow sync"""
)
_QUALIFIES = words(
    """sale master data record header line number detail open new web online type level quantity
    report list"""
)


class Likely(IntEnum):
    NO = 0
    PERHAPS = 1
    SAME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMatch:
    """`score` (0..1) orders pairs that are equally likely; `why` is for people."""

    likely: Likely
    score: float = 0.0
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An entry with what comparing needs worked out once. `name` are the distinctive words of its
    name without those of its systems; `records` the words of each entity."""

    entry: RowEntry
    source: str
    target: str
    label: str
    name: frozenset[str]
    records: tuple[frozenset[str], ...]
    environment: frozenset[str]
    endpoint: str

    @property
    def ends(self) -> frozenset[str]:
        return frozenset(one for one in (self.source, self.target) if one)

    @property
    def topics(self) -> frozenset[str]:
        """Every word that says what moves."""
        return self.name | frozenset(word for record in self.records for word in record)


_NO = RowMatch(likely=Likely.NO)


def _same(score: float, *why: str) -> RowMatch:
    return RowMatch(likely=Likely.SAME, score=score, why=why)


def _perhaps(score: float, *why: str) -> RowMatch:
    return RowMatch(likely=Likely.PERHAPS, score=score, why=why)


def prepare(entry: RowEntry, book: SystemBook) -> Prepared:
    own = {word for end in (entry.source, entry.target) if end for word in _all_words(end, book)}
    said = [english(word) for word in plain_words(entry.name)]
    return Prepared(
        entry=entry,
        source=book.key.get(entry.source, ""),
        target=book.key.get(entry.target, ""),
        label=" ".join(said),
        name=frozenset(
            word for word in distinctive(said) if word not in own and word not in _FILLING
        ),
        records=tuple(record for one in entry.entities if (record := _record(one))),
        environment=frozenset(said) & ENVIRONMENT,
        endpoint=endpoint(entry.facts.get(Field.ENDPOINT, "")),
    )


def endpoint(address: str) -> str:
    """An address as it is compared: no scheme, query, port of the scheme or last slash. Only
    addresses with something behind the host count, since a host serves many connections."""
    text = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.strip().casefold())
    text = re.sub(r"[?#].*$", "", text).rstrip("/").replace("\\", "/")
    text = re.sub(r":(443|80|22)(?=/)", "", text)
    return text if "/" in text else ""


def compare(one: Prepared, other: Prepared, book: SystemBook) -> RowMatch:
    """How likely two rows of different lists are the same connection."""
    # First of all: a test system's connection is like its twin in everything else.
    if one.environment != other.environment or _numbered_apart(one, other):
        return _NO
    way, reasons = _ends(one, other, book)
    if way is Likely.NO:
        return _by_name_or_address(one, other)
    found = _by_records(one, other)
    if found.likely is Likely.NO:
        return found
    likely = min(way, found.likely)
    return RowMatch(likely=Likely(likely), score=found.score, why=(*reasons, *found.why))


def duplicate_key(one: Prepared) -> tuple[object, ...]:
    """Equal for rows of one list that say the same connection twice."""
    return (one.entry.list, one.source, one.target, one.entry.way, one.records, one.label)


def compare_in_list(one: Prepared, other: Prepared) -> RowMatch:
    """As `compare`, for two rows of one list, which lists a connection once unless it slipped."""
    who = "both rows stand in the same list"
    if duplicate_key(one) == duplicate_key(other) and one.source and one.target:
        return _same(1.0, who, "with the same name and ends")
    ends = (one.source, one.target) == (other.source, other.target)
    address = one.endpoint and one.endpoint == other.endpoint
    if ends and address and one.records == other.records and one.environment == other.environment:
        return _perhaps(0.8, who, "with the same address")
    return _NO


def _all_words(name: str, book: SystemBook) -> set[str]:
    written = book.names.get(book.key.get(name, name), (name,))
    return {word for one in written for word in (*words_of(one), *distinctive(plain_words(one)))}


def _record(entity: str) -> frozenset[str]:
    # Bank formats are written camt.053, CAMT 053 and camt053.
    joined = re.sub(r"\b(camt|pain|mt)\W?(\d{3})\b", r"\1\2", entity.casefold())
    said = {stem(english(word)) for word in plain_words(joined)}
    return frozenset(distinctive(said)) or frozenset(said)


def _ends(one: Prepared, other: Prepared, book: SystemBook) -> tuple[Likely, tuple[str, ...]]:
    """Whether the two run between the same systems the same way."""
    a, b = one.entry, other.entry
    if not (a.complete and b.complete):
        return Likely.NO, ()
    straight = _both(book.alike(a.source, b.source), book.alike(a.target, b.target))
    crossed = _both(book.alike(a.source, b.target), book.alike(a.target, b.source))
    pair = f"{a.source} and {a.target}"
    if straight >= crossed and straight:
        doubt = () if straight is Likely.SAME else ("their systems are perhaps the same",)
        if a.way is b.way is Way.FORWARD:
            return straight, (f"both go from {a.source} to {a.target}", *doubt)
        return straight, (f"both connect {pair}", *doubt)
    if not crossed:
        return Likely.NO, ()
    if Way.FORWARD not in (a.way, b.way):
        return crossed, (f"both connect {pair}",)
    if a.way is b.way:
        return Likely.PERHAPS, (f"both connect {pair}, but the other way round",)
    loose = other if a.way is Way.FORWARD else one
    says = "both ways" if loose.entry.way is Way.BOTH else "no direction"
    return crossed, (f"both connect {pair}; {loose.entry.place} says {says}",)


def _both(first: bool | None, second: bool | None) -> Likely:
    if first is False or second is False:
        return Likely.NO
    return Likely.SAME if first and second else Likely.PERHAPS


def _by_records(one: Prepared, other: Prepared) -> RowMatch:
    """Whether the same records move, given that the ends agree."""
    shared = _shared(one.records, other.records)
    name = _overlap(one.name, other.name)
    # None, where a row says no records, is not 0: only records that differ speak against an
    # address.
    if one.endpoint and one.endpoint == other.endpoint and shared != 0:
        return _same(0.9 + 0.1 * name, "and use the same address")
    if shared is not None:
        return _by_entities(one, other, shared, name)
    topic = _overlap(one.topics, other.topics)
    if topic >= 0.6:
        names = " and ".join(f"“{item.entry.name}”" for item in (one, other))
        return _same(0.6 + 0.3 * topic, f"their names and records fit: {names}")
    if topic > 0:
        return _perhaps(topic, "their names are alike in part")
    if one.topics and other.topics:
        return _NO
    return _perhaps(0.3, "one does not say what moves")


def _by_entities(one: Prepared, other: Prepared, shared: float, name: float) -> RowMatch:
    moved = ", ".join(
        entity for entity in one.entry.entities if _shared((_record(entity),), other.records)
    )
    if shared >= 0.5 or (shared and one.label == other.label):
        score = 0.5 + 0.2 * shared + 0.3 * name
        return _same(score, f"and move {moved}")
    if shared > 0:
        return _perhaps(shared, f"both move {moved}, though other records differ")
    if one.label == other.label or (name >= 0.8 and len(one.name) > 1):
        return _perhaps(0.4, "their names are alike, their records are not")
    return _NO


def _by_name_or_address(one: Prepared, other: Prepared) -> RowMatch:
    """What rows have in common when their ends do not agree or are not said."""
    a, b = one.entry, other.entry
    said_apart = a.complete and b.complete and not one.ends & other.ends
    if one.endpoint and one.endpoint == other.endpoint:
        return _perhaps(0.7, "both use the same address")
    if one.label and one.label == other.label:
        whole = a.complete and b.complete
        # Half of the rows are called “Orders”: a name of one word makes nothing the same.
        if not whole and len(one.label.split()) > 1:
            return _same(0.8, "their names are the same")
        said = "their names are the same" + (", their systems are not" if whole else "")
        return _perhaps(0.6, said)
    if said_apart or len(one.name) + len(other.name) < 3:
        return _NO
    name = _overlap(one.name, other.name)
    if not (a.complete and b.complete) and name >= 0.7:
        return _perhaps(name / 2, "their names are alike")
    if name >= 0.9 and _shared(one.records, other.records) != 0:
        return _perhaps(0.5, "their names are alike and they share one system")
    return _NO


def _numbered_apart(one: Prepared, other: Prepared) -> bool:
    """`Plant 1 orders` is not `Plant 2 orders`."""
    first, second = set(one.label.split()), set(other.label.split())
    numbers = {word for word in first ^ second if any(char.isdigit() for char in word)}
    return bool(numbers & first and numbers & second) and first ^ second == numbers


def _shared(one: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> float | None:
    """The share of the shorter list of records that the longer one has; None when one says none."""
    if not one or not other:
        return None
    short, long = sorted((one, other), key=len)
    return sum(max(_record_alike(item, known) for known in long) for item in short) / len(short)


def _record_alike(one: frozenset[str], other: frozenset[str]) -> float:
    one, other = one - _QUALIFIES or one, other - _QUALIFIES or other
    if one == other:
        return 1.0
    if one < other or other < one:
        return 0.4
    return 0.9 if _overlap(one, other) >= 0.8 and len(one) == len(other) else 0.0


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the shorter side's words that the other side has too, despite misspellings."""
    if not one or not other:
        return 0.0
    # Sorted by their words, too, so that the likeness is the same from either side.
    short, long = sorted((one, other), key=lambda side: (len(side), sorted(side)))
    return sum(max(_word_alike(word, known) for known in long) for word in short) / len(short)


def _word_alike(word: str, known: str) -> float:
    return 0.9 if synonymous(word, known) else likeness(word, known)
