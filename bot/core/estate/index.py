"""The catalogue by its words: which labels exist, how rare each word is, what is named outright.

Rule of this file: it reads the catalogue once and knows nothing of questions.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from bot.core.estate.catalogue import Catalogue, Connection, Person
from bot.language.words import (
    ABBREVIATIONS,
    STOP_WORDS,
    WEAK_WORDS,
    initials,
    is_small_talk,
    likeness,
    stem,
    stems,
    synonymous,
    telling,
)

_SHORT_FOR: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
"""First word of what an abbreviation stands for, to the abbreviation and all of its words."""
for _short, _long in ABBREVIATIONS.items():
    _SHORT_FOR.setdefault(_long[0], []).append((_short, _long))


class NameKind(StrEnum):
    """What a match is."""

    CONNECTION = "connection"
    SYSTEM = "system"
    PERSON = "person"
    PARTY = "party"
    ENTITY = "entity"
    FLOW = "flow"


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
        self.vocabulary: dict[str, int] = {}

    def put(self, id: str, labels: Iterable[str], strength: float) -> None:
        """Know `id` under these labels, their run-together forms and their abbreviations."""
        words = self.words.setdefault(id, {})
        for label in labels:
            for word, share in _forms(stems(label)):
                if word not in STOP_WORDS and words.get(word, 0.0) < strength * share:
                    words[word] = strength * share

    def close(self) -> None:
        """Count the words; nothing is put on the shelf afterwards."""
        for words in self.words.values():
            for word in words:
                self.vocabulary[word] = self.vocabulary.get(word, 0) + 1

    def near(self, word: str) -> dict[str, float]:
        """The known words that `word` may be. Misspellings are considered for unknown ones."""
        if word in self.vocabulary:
            alike = {other: 0.8 for other in self.vocabulary if synonymous(word, other)}
            return alike | {word: 1.0}
        found = {other: likeness(word, other) for other in self.vocabulary}
        return {other: score for other, score in found.items() if score}

    def rarity(self, word: str) -> float:
        """1 for a word that one thing alone has, towards 0 for one that all have."""
        total = max(len(self.words), 2)
        return math.log1p(total / self.vocabulary.get(word, 1)) / math.log1p(total)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything the catalogue can be asked about, by its words. Build once per catalogue."""

    catalogue: Catalogue
    shelves: Mapping[NameKind, Shelf]
    phrases: Mapping[tuple[str, ...], tuple[tuple[NameKind, str], ...]]
    ends: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Whether any label in the catalogue contains this (stemmed) word."""
        return any(word in shelf.vocabulary for shelf in self.shelves.values())

    def near_anything(self, word: str) -> bool:
        """Whether this (stemmed) word may be a misspelling of one in the catalogue."""
        return any(shelf.near(word) for shelf in self.shelves.values())

    def name(self, kind: NameKind, id: str) -> str:
        if kind is NameKind.CONNECTION:
            return self.catalogue.connections[id].name
        if kind is NameKind.SYSTEM:
            return self.catalogue.system_name(id)
        if kind is NameKind.PERSON:
            return self.catalogue.person_name(id)
        return self.catalogue.parties[id].name if kind is NameKind.PARTY else id


def index_of(catalogue: Catalogue) -> Index:
    """Read the catalogue's words once; a few milliseconds for a hundred connections."""
    shelves = {kind: Shelf() for kind in NameKind}
    for connection in catalogue.connections.values():
        _shelve_connection(shelves, catalogue, connection)
    for system in catalogue.systems.values():
        shelves[NameKind.SYSTEM].put(system.id, (system.id, system.name, *system.aliases), 1.0)
        shelves[NameKind.SYSTEM].put(system.id, (system.kind,), 0.85)
    for person in catalogue.people.values():
        shelves[NameKind.PERSON].put(person.id, _person_labels(person), 1.0)
    for party in catalogue.parties.values():
        shelves[NameKind.PARTY].put(party.id, (party.id, party.name), 1.0)
    for shelf in shelves.values():
        shelf.close()
    ends = {
        id: (_system_words(catalogue, item.source), _system_words(catalogue, item.target))
        for id, item in catalogue.connections.items()
    }
    return Index(catalogue, shelves, _phrases(catalogue, shelves), ends)


def mentions(index: Index, words: Sequence[str]) -> tuple[Mention, ...]:
    """Whole ids, names and aliases in the text, the longest first reading, never overlapping."""
    stemmed = [stem(word) for word in words]
    longest = max((len(phrase) for phrase in index.phrases), default=0)
    found: list[Mention] = []
    start = 0
    while start < len(stemmed):
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
    content = telling(words)
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


def _shelve_connection(
    shelves: Mapping[NameKind, Shelf], catalogue: Catalogue, connection: Connection
) -> None:
    shelf, id = shelves[NameKind.CONNECTION], connection.id
    shelf.put(id, (id, connection.name, *connection.aliases), 1.0)
    shelf.put(id, connection.entities, 1.0)
    for end in connection.systems:
        system = catalogue.systems.get(end)
        shelf.put(id, (end, *((system.name, *system.aliases) if system else ())), 0.97)
        shelf.put(id, (system.kind,) if system else (), 0.85)
    shelf.put(id, (connection.domain,), 0.85)
    shelf.put(id, (connection.flow,), 0.7)
    parties = [catalogue.party_of(connection, lane) for lane in connection.lanes]
    shelf.put(id, (party.name for party in parties if party), 0.8)
    shelf.put(id, (credential.name for credential in connection.credentials), 0.76)
    shelf.put(id, (connection.build, connection.pattern, *connection.reports), 0.76)
    for entity in connection.entities:
        shelves[NameKind.ENTITY].put(entity, (entity,), 1.0)
    for theme in (connection.domain, connection.flow):
        if theme:
            shelves[NameKind.FLOW].put(theme, (theme,), 1.0)


def _person_labels(person: Person) -> tuple[str, ...]:
    mailbox = (person.email or "").partition("@")[0]
    return (person.id, person.name, person.title, mailbox, *person.aliases)


def _given_name(person: Person, shelves: Mapping[NameKind, Shelf]) -> str:
    """The first word of the name, unless it is also a word of the estate (as in "ERP admin")."""
    first = next(iter(stems(person.name)), "")
    shared = any(
        first in shelves[kind].vocabulary for kind in NameKind if kind is not NameKind.PERSON
    )
    return "" if shared or len(first) < 3 or is_small_talk(first) else first


def _system_words(catalogue: Catalogue, id: str) -> frozenset[str]:
    system = catalogue.systems.get(id)
    labels = (id, system.name, *system.aliases) if system else (id,)
    return frozenset(
        word for label in labels for word, _ in _forms(stems(label)) if word not in WEAK_WORDS
    )


def _phrases(
    catalogue: Catalogue, shelves: Mapping[NameKind, Shelf]
) -> dict[tuple[str, ...], tuple[tuple[NameKind, str], ...]]:
    found: dict[tuple[str, ...], list[tuple[NameKind, str]]] = {}

    def put(kind: NameKind, id: str, *labels: str) -> None:
        for words in (stems(label) for label in labels):
            for form in (words, ("".join(words),)) if len(words) == 2 else (words,):
                if telling(form) and (kind, id) not in found.setdefault(form, []):
                    found[form].append((kind, id))

    for one in catalogue.connections.values():
        put(NameKind.CONNECTION, one.id, one.id, one.name, *one.aliases)
        for entity in one.entities:
            put(NameKind.ENTITY, entity, entity)
        put(NameKind.FLOW, one.domain, one.domain)
        put(NameKind.FLOW, one.flow, one.flow)
    for system in catalogue.systems.values():
        put(NameKind.SYSTEM, system.id, system.id, system.name, *system.aliases)
    for party in catalogue.parties.values():
        put(NameKind.PARTY, party.id, party.id, party.name)
    for person in catalogue.people.values():
        mail = (person.email,) if person.email else ()
        put(
            NameKind.PERSON, person.id, person.id, person.name, person.title, *mail, *person.aliases
        )
        put(NameKind.PERSON, person.id, _given_name(person, shelves))
    return {words: tuple(targets) for words, targets in found.items() if targets}
