"""The catalogue by its words: which labels exist, how rare each word is, what is named outright,
and whose host a text speaks of, told by the domains under which people and parties are known.

Rule of this file: it reads the catalogue once and knows nothing of questions.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain, pairwise

from bot.core.estate.catalogue import Catalogue, Connection, Person
from bot.core.estate.lane import Lane
from bot.language.words import (
    ABBREVIATIONS,
    STOP_WORDS,
    WEAK_WORDS,
    distinctive,
    initials,
    is_small_talk,
    likeness,
    stem,
    stems,
    synonymous,
)

_SHORT_FOR: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
"""First word of what an abbreviation stands for, to the abbreviation and all of its words."""
for _short, _long in ABBREVIATIONS.items():
    _SHORT_FOR.setdefault(_long[0], []).append((_short, _long))


class NameKind(StrEnum):
    """What a name is the name of."""

    CONNECTION = "connection"
    SYSTEM = "system"
    PERSON = "person"
    PARTY = "party"
    TOPIC = "topic"  # what a connection carries: an entity, a flow, a domain of the business


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A whole id, name or alias found in the text: the words `start` to `end` (exclusive)."""

    start: int
    end: int
    targets: tuple[tuple[NameKind, str], ...]

    def of(self, kind: NameKind) -> tuple[str, ...]:
        return tuple(id for found, id in self.targets if found is kind)


class Shelf:
    """The words under which the things of one kind are known, each with its strength, 0..1."""

    def __init__(self) -> None:
        self.words: dict[str, dict[str, float]] = {}
        self.vocabulary = Counter[str]()

    def put(self, id: str, labels: Iterable[str], strength: float) -> None:
        """Know `id` under these labels, their run-together forms and their abbreviations."""
        words = self.words.setdefault(id, {})
        for label in labels:
            for word, share in _forms(stems(label)):
                if word not in STOP_WORDS and words.get(word, 0.0) < strength * share:
                    words[word] = strength * share

    def close(self) -> None:
        """Count the words; nothing is put on the shelf afterwards."""
        self.vocabulary.update(chain.from_iterable(self.words.values()))

    def near(self, word: str) -> dict[str, float]:
        """The known words that `word` may be. Misspellings are considered for unknown ones."""
        if word in self.vocabulary:
            # A known word is never bent: “stock” is not a slip for “stork” where both are known.
            alike = {other: 0.8 for other in self.vocabulary if synonymous(word, other)}
            return alike | {word: 1.0}
        found = {other: likeness(word, other) for other in self.vocabulary}
        return {other: score for other, score in found.items() if score}

    def rarity(self, word: str) -> float:
        """1 for a word that one thing alone has, towards 0 for one that all have."""
        total = max(len(self.words), 2)
        return math.log1p(total / self.vocabulary.get(word, 1)) / math.log1p(total)


Labels = Mapping[NameKind, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything the catalogue can be asked about, by its words. Build once per catalogue."""

    catalogue: Catalogue
    labels: Labels  # the id, name and aliases of each thing
    shelves: Mapping[NameKind, Shelf]
    phrases: Mapping[tuple[str, ...], tuple[tuple[NameKind, str], ...]]
    ends: Mapping[str, tuple[frozenset[str], frozenset[str]]]  # words of each source and target

    def knows(self, word: str) -> bool:
        """Whether any label in the catalogue contains this (stemmed) word."""
        return any(word in shelf.vocabulary for shelf in self.shelves.values())

    def near_anything(self, word: str) -> bool:
        """Whether this (stemmed) word may be a misspelling of one in the catalogue."""
        return any(shelf.near(word) for shelf in self.shelves.values())


def index_of(catalogue: Catalogue) -> Index:
    """Read the catalogue's words once; a few milliseconds for a hundred connections."""
    labels = _labels(catalogue)
    shelves = {kind: Shelf() for kind in labels}
    for kind, things in labels.items():
        for id, names in things.items():
            shelves[kind].put(id, names, 1.0)
    for connection in catalogue.connections.values():
        _shelve_connection(shelves[NameKind.CONNECTION], catalogue, connection, labels)
    for system in catalogue.systems.values():
        shelves[NameKind.SYSTEM].put(system.id, (system.kind,), 0.85)
    for person in catalogue.people.values():
        # What people type is often what they see in a mail address.
        mailbox = (person.email or "").partition("@")[0]
        shelves[NameKind.PERSON].put(person.id, (person.title, mailbox), 1.0)
    for shelf in shelves.values():
        shelf.close()
    systems = labels[NameKind.SYSTEM]
    ends = {
        one.id: (_end_words(one.source, systems), _end_words(one.target, systems))
        for one in catalogue.connections.values()
    }
    return Index(catalogue, labels, shelves, _phrases(catalogue, labels, shelves), ends)


def mentions(index: Index, words: Sequence[str]) -> tuple[Mention, ...]:
    """Whole ids, names and aliases in the text, the longest first reading, never overlapping."""
    stemmed = [stem(word) for word in words]
    longest = max((len(phrase) for phrase in index.phrases), default=0)
    found: list[Mention] = []
    start = 0
    while start < len(stemmed):
        # The longest first: “web shop orders” must not be read as the “web shop” and a rest.
        for end in range(min(len(stemmed), start + longest), start, -1):
            targets = index.phrases.get(tuple(stemmed[start:end]))
            if targets:
                found.append(Mention(start=start, end=end, targets=targets))
                start = end - 1
                break
        start += 1
    return tuple(found)


@lru_cache(maxsize=8192)
def _forms(words: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The words of a label, pairs run together, and its abbreviations, each with its share."""
    content = distinctive(words)
    found: list[tuple[str, float]] = []
    for word in content:
        found.append((word, 1.0))
        found += [(part, 0.85) for part in ABBREVIATIONS.get(word, ())]
    found += [(one + two, 1.0) for one, two in pairwise(content)]
    for at, word in enumerate(content):
        found += [
            (short, 0.95)
            for short, long in _SHORT_FOR.get(word, ())
            if content[at : at + len(long)] == long
        ]
    if 2 <= len(content) <= 4 and (letters := initials(content)):
        found.append((letters, 0.9))
    return tuple(found)


def _labels(catalogue: Catalogue) -> Labels:
    return {
        NameKind.CONNECTION: {
            id: (id, one.name, *one.aliases) for id, one in catalogue.connections.items()
        },
        NameKind.SYSTEM: {
            id: (id, one.name, *one.aliases) for id, one in catalogue.systems.items()
        },
        NameKind.PERSON: {id: (id, one.name, *one.aliases) for id, one in catalogue.people.items()},
        NameKind.PARTY: {id: (id, one.name) for id, one in catalogue.parties.items()},
    }


def _shelve_connection(
    shelf: Shelf, catalogue: Catalogue, connection: Connection, labels: Labels
) -> None:
    id = connection.id
    shelf.put(id, connection.entities, 1.0)
    for end in connection.systems:
        system = catalogue.systems.get(end)
        # A little less than its own name, so that a connection called so wins over one that ends
        # there.
        shelf.put(id, labels[NameKind.SYSTEM].get(end, (end,)), 0.97)
        shelf.put(id, (system.kind,) if system else (), 0.85)
    shelf.put(id, (connection.domain,), 0.85)
    shelf.put(id, (connection.flow,), 0.7)
    parties = [catalogue.party_of(connection, lane) for lane in connection.lanes]
    shelf.put(id, (party.name for party in parties if party), 0.8)
    shelf.put(id, (credential.name for credential in connection.credentials), 0.76)
    shelf.put(id, (connection.build, connection.pattern, *connection.reports), 0.76)


def _given_name(person: Person, shelves: Mapping[NameKind, Shelf]) -> str:
    """The first word of the name, unless it is also a word of the estate (as in "ERP admin")."""
    first = next(iter(stems(person.name)), "")
    shared = any(
        first in shelf.vocabulary for kind, shelf in shelves.items() if kind is not NameKind.PERSON
    )
    return "" if shared or len(first) < 3 or is_small_talk(first) else first


def _end_words(system: str, systems: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(
        word
        for label in systems.get(system, (system,))
        for word, _ in _forms(stems(label))
        if word not in WEAK_WORDS
    )


def _phrases(
    catalogue: Catalogue, labels: Labels, shelves: Mapping[NameKind, Shelf]
) -> dict[tuple[str, ...], tuple[tuple[NameKind, str], ...]]:
    found: dict[tuple[str, ...], dict[tuple[NameKind, str], None]] = {}

    def put(kind: NameKind, id: str, *names: str) -> None:
        for words in (stems(name) for name in names):
            for form in (words, ("".join(words),)) if len(words) == 2 else (words,):
                # A name of stop words alone would stand in every sentence.
                if distinctive(form):
                    found.setdefault(form, {})[kind, id] = None

    for kind, things in labels.items():
        for id, names in things.items():
            put(kind, id, *names)
    for one in catalogue.connections.values():
        for topic in (*one.entities, one.domain, one.flow):
            put(NameKind.TOPIC, topic, topic)
    for person in catalogue.people.values():
        put(NameKind.PERSON, person.id, person.title, person.email or "")
        put(NameKind.PERSON, person.id, _given_name(person, shelves))
    return {words: tuple(targets) for words, targets in found.items()}


_HOST = re.compile(
    r"(?<![\w.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])", re.IGNORECASE
)
_OWN = re.compile(
    r"(?<![\w.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?![\w]|\.\d)"
)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "or"})  # as in example.co.uk


def host_lane(text: str, connection: Connection, catalogue: Catalogue) -> tuple[Lane, str] | None:
    """The lane that owns a host named in `text`, and the host; None when no known domain fits."""
    owners = dict(_domains(connection, catalogue))
    # Bounded: an error text may hold a whole log.
    for found in _HOST.finditer(text[:2000]):
        host = found.group().lower()
        lane = owners.get(domain_of(host))
        if lane is not None:
            return lane, host
    return None


def _domains(connection: Connection, catalogue: Catalogue) -> Iterator[tuple[str, Lane]]:
    """Every domain we know with the lane of its owner; a later one outweighs an earlier one."""
    for name in connection.systems:
        system = catalogue.systems.get(name)
        if system is None:
            continue
        publisher = catalogue.parties.get(system.publisher) if system.publisher else None
        known = f"{system.status_page or ''} {publisher.contact if publisher else ''}"
        yield from ((domain, Lane.PUBLISHER) for domain in _named(known))
    for lane, name in connection.lanes.items():
        party = catalogue.parties.get(name)
        yield from ((domain, lane) for domain in _named(party.contact if party else ""))
    for person in catalogue.people.values():
        yield from ((domain, Lane.IT) for domain in _named(person.email or ""))


def host_of(text: str) -> str:
    """The first host named in an address or a contact; empty when there is none."""
    found = _HOST.search(text.replace("@", " "))
    return found.group().lower() if found else ""


def own_network(text: str) -> str:
    """The address in `text` that lies in a private network, which only our own side routes;
    empty when there is none."""
    found = _OWN.search(text[:2000])
    return found.group() if found else ""


def _named(text: str) -> Iterator[str]:
    return (domain_of(found.group().lower()) for found in _HOST.finditer(text.replace("@", " ")))


def domain_of(host: str) -> str:
    """`erp.example.com` and `example.com` are one owner's: `example.com`."""
    labels = host.split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if long else labels[-2:])
