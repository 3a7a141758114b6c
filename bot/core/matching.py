"""What somebody means by a few words: the nearest connections, systems, people and parties.

Rule of this file: every score can be explained by the words that made it, and rare words weigh
more than words which half the estate shares.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from bot.core.catalogue import Catalogue, Connection, Person
from bot.core.words import (
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

# An unknown word counts against a match, though less than a rare known one speaks for it.
_UNKNOWN = 0.7


class Kind(StrEnum):
    """What a match is."""

    CONNECTION = "connection"
    SYSTEM = "system"
    PERSON = "person"
    PARTY = "party"
    ENTITY = "entity"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Something the question may mean. `score` is the share of its words that fit, 0..1."""

    kind: Kind
    id: str
    name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A whole id, name or alias found in the text: the words `start` to `end` (exclusive)."""

    start: int
    end: int
    targets: tuple[tuple[Kind, str], ...]

    def of(self, kind: Kind) -> tuple[str, ...]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    id: str
    score: float
    fits: tuple[tuple[str, str], ...]  # the words that fit: (as asked, as the catalogue has it)

    @property
    def why(self) -> str:
        """`fits “shopfy” (shopify), “order”`"""
        told = (f"“{one}”" if one == other else f"“{one}” ({other})" for one, other in self.fits)
        return f"fits {', '.join(told)}"


@dataclass(frozen=True, slots=True)
class Index:
    """Everything the catalogue can be asked about, by its words. Build once per catalogue."""

    catalogue: Catalogue
    shelves: Mapping[Kind, Shelf]
    phrases: Mapping[tuple[str, ...], tuple[tuple[Kind, str], ...]]
    ends: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Whether any label in the catalogue contains this (stemmed) word."""
        return any(word in shelf.vocabulary for shelf in self.shelves.values())

    def near_anything(self, word: str) -> bool:
        """Whether this (stemmed) word may be a misspelling of one in the catalogue."""
        return any(shelf.near(word) for shelf in self.shelves.values())

    def name(self, kind: Kind, id: str) -> str:
        if kind is Kind.CONNECTION:
            return self.catalogue.connections[id].name
        if kind is Kind.SYSTEM:
            return self.catalogue.system_name(id)
        if kind is Kind.PERSON:
            return self.catalogue.person_name(id)
        return self.catalogue.parties[id].name if kind is Kind.PARTY else id


def index_of(catalogue: Catalogue) -> Index:
    """Read the catalogue's words once; a few milliseconds for a hundred connections."""
    shelves = {kind: Shelf() for kind in Kind}
    for connection in catalogue.connections.values():
        _shelve_connection(shelves, catalogue, connection)
    for system in catalogue.systems.values():
        shelves[Kind.SYSTEM].put(system.id, (system.id, system.name, *system.aliases), 1.0)
        shelves[Kind.SYSTEM].put(system.id, (system.kind,), 0.85)
    for person in catalogue.people.values():
        shelves[Kind.PERSON].put(person.id, _person_labels(person), 1.0)
    for party in catalogue.parties.values():
        shelves[Kind.PARTY].put(party.id, (party.id, party.name), 1.0)
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


def score(index: Index, kind: Kind, words: Sequence[str]) -> tuple[Scored, ...]:
    """How well each thing of a kind fits the words, best first; only what fits at all."""
    shelf = index.shelves[kind]
    query = _compounds(shelf, telling(words))
    near = {word: shelf.near(word) for word in query}
    # A word that is known elsewhere in the catalogue, or nowhere, counts against every match.
    asked = [word for word in dict.fromkeys(query) if near[word] or not is_small_talk(word)]
    weight = {word: _weight(shelf, word, near[word]) for word in asked}
    found = [
        one
        for id, known in shelf.words.items()
        if (one := _fit(id, known, {word: near[word] for word in asked}, weight)).score
    ]
    if kind is Kind.CONNECTION:
        elsewhere = _other_systems(index, words)
        found = [
            _directed(index, _away_from(index, one, elsewhere, len(asked)), words) for one in found
        ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.id)))


def only_weak(words: Iterable[str]) -> bool:
    """Whether none of the words could tell one connection from another."""
    return all(word in WEAK_WORDS for word in telling(words))


def _fit(
    id: str,
    known: Mapping[str, float],
    near: Mapping[str, Mapping[str, float]],
    weight: Mapping[str, float],
) -> Scored:
    """The share of the asked words, by weight, that this thing's own words account for."""
    total = gained = 0.0
    fits: list[tuple[str, str]] = []
    for word, others in near.items():
        total += weight[word]
        best = max(others, key=lambda one: (others[one] * known.get(one, 0.0), one), default="")
        if best in known:
            gained += weight[word] * others[best] * known[best]
            fits.append((word, best))
    return Scored(id=id, score=min(1.0, gained / total) if total else 0.0, fits=tuple(fits))


def _weight(shelf: Shelf, word: str, near: Mapping[str, float]) -> float:
    if not near:
        return _UNKNOWN
    best = max(near, key=lambda other: (near[other], other))
    return shelf.rarity(best) * (0.2 if word in WEAK_WORDS else 1.0)


def _other_systems(index: Index, words: Sequence[str]) -> list[tuple[set[str], set[str]]]:
    """For each system named in full: its words as asked, and the systems it may be."""
    return [
        ({stem(word) for word in words[mention.start : mention.end]}, set(systems))
        for mention in mentions(index, words)
        if (systems := mention.of(Kind.SYSTEM))
    ]


def _away_from(
    index: Index, one: Scored, systems: Sequence[tuple[set[str], set[str]]], asked: int
) -> Scored:
    """Lower the score of a connection that shares a word with a system named in the question
    without touching it: "shop" is not the shop floor."""
    ends = set(index.catalogue.connections[one.id].systems)
    strange: set[str] = set()
    for said, meant in systems:
        if not meant & ends:
            strange |= said
    borrowed = sum(1 for word, _ in one.fits if word in strange)
    return replace(one, score=one.score * (1 - 0.4 * borrowed / max(asked, 1)))


def _directed(index: Index, one: Scored, words: Sequence[str]) -> Scored:
    """Lower the score of a connection that runs the other way than the question says."""
    connection = index.catalogue.connections[one.id]
    source, target = index.ends[one.id]
    if connection.both_ways or not _reversed(list(words), source, target):
        return one
    return replace(one, score=one.score * 0.6)


def _reversed(words: list[str], source: frozenset[str], target: frozenset[str]) -> bool:
    """Whether the words name the connection's target as the start or its source as the goal."""
    stemmed = [stem(word) for word in words]
    for place, word in enumerate(stemmed):
        after = set(_until_turn(stemmed[place + 1 :]))
        if word in ("from", "out") and after & (target - source) and not after & source:
            return True
        before = set(_until_turn(stemmed[:place][::-1]))
        if word in ("to", "into", "toward") and before & (source | target):
            goal = bool(after & (source - target)) and not after & target
            start = bool(before & (target - source)) and not before & source
            if goal or (start and not after & target):
                return True
    return False


def _until_turn(words: Sequence[str]) -> list[str]:
    """The words up to the next one that turns the direction."""
    taken: list[str] = []
    for word in words:
        if word in ("from", "to", "into", "toward", "out"):
            break
        taken.append(word)
    return taken


def _compounds(shelf: Shelf, words: tuple[str, ...]) -> list[str]:
    """`pay roll` becomes `payroll` where the catalogue writes it so."""
    out: list[str] = []
    place = 0
    while place < len(words):
        pair = words[place : place + 2]
        joined = "".join(pair)
        known = all(word in shelf.vocabulary for word in pair)
        if len(pair) == 2 and not known and joined in shelf.vocabulary:
            out.append(joined)
            place += 2
        else:
            out.append(words[place])
            place += 1
    return out


def _forms(words: tuple[str, ...]) -> Iterable[tuple[str, float]]:
    """The words of a label, pairs run together, and its abbreviations, each with its share."""
    content = telling(words)
    for word in content:
        yield word, 1.0
        for part in ABBREVIATIONS.get(word, ()):
            yield part, 0.85
    for one, two in pairwise(content):
        yield one + two, 1.0
    for short, long in ABBREVIATIONS.items():
        if any(content[at : at + len(long)] == long for at in range(len(content))):
            yield short, 0.95
    if 2 <= len(content) <= 4 and (letters := initials(content)):
        yield letters, 0.9


def _shelve_connection(
    shelves: Mapping[Kind, Shelf], catalogue: Catalogue, connection: Connection
) -> None:
    shelf, id = shelves[Kind.CONNECTION], connection.id
    shelf.put(id, (id, connection.name, *connection.aliases), 1.0)
    shelf.put(id, connection.entities, 1.0)
    for end in connection.systems:
        system = catalogue.systems.get(end)
        shelf.put(id, (end, *((system.name, *system.aliases) if system else ())), 0.97)
        shelf.put(id, (system.kind,) if system else (), 0.85)
    shelf.put(id, (connection.domain, connection.flow), 0.85)
    parties = [catalogue.party_of(connection, lane) for lane in connection.lanes]
    shelf.put(id, (party.name for party in parties if party), 0.8)
    shelf.put(id, (credential.name for credential in connection.credentials), 0.76)
    shelf.put(id, (connection.build, connection.pattern, *connection.reports), 0.76)
    for entity in connection.entities:
        shelves[Kind.ENTITY].put(entity, (entity,), 1.0)
    for theme in (connection.domain, connection.flow):
        if theme:
            shelves[Kind.FLOW].put(theme, (theme,), 1.0)


def _person_labels(person: Person) -> tuple[str, ...]:
    mailbox = (person.email or "").partition("@")[0]
    return (person.id, person.name, person.title, mailbox, *person.aliases)


def _given_name(person: Person, shelves: Mapping[Kind, Shelf]) -> str:
    """The first word of the name, unless it is also a word of the estate (as in "ERP admin")."""
    first = next(iter(stems(person.name)), "")
    shared = any(first in shelves[kind].vocabulary for kind in Kind if kind is not Kind.PERSON)
    return "" if shared or len(first) < 3 or is_small_talk(first) else first


def _system_words(catalogue: Catalogue, id: str) -> frozenset[str]:
    system = catalogue.systems.get(id)
    labels = (id, system.name, *system.aliases) if system else (id,)
    return frozenset(
        word for label in labels for word, _ in _forms(stems(label)) if word not in WEAK_WORDS
    )


def _phrases(
    catalogue: Catalogue, shelves: Mapping[Kind, Shelf]
) -> dict[tuple[str, ...], tuple[tuple[Kind, str], ...]]:
    found: dict[tuple[str, ...], list[tuple[Kind, str]]] = {}

    def put(kind: Kind, id: str, *labels: str) -> None:
        for words in (stems(label) for label in labels):
            for form in (words, ("".join(words),)) if len(words) == 2 else (words,):
                if telling(form) and (kind, id) not in found.setdefault(form, []):
                    found[form].append((kind, id))

    for one in catalogue.connections.values():
        put(Kind.CONNECTION, one.id, one.id, one.name, *one.aliases)
        for entity in one.entities:
            put(Kind.ENTITY, entity, entity)
        put(Kind.FLOW, one.domain, one.domain)
        put(Kind.FLOW, one.flow, one.flow)
    for system in catalogue.systems.values():
        put(Kind.SYSTEM, system.id, system.id, system.name, *system.aliases)
    for party in catalogue.parties.values():
        put(Kind.PARTY, party.id, party.id, party.name)
    for person in catalogue.people.values():
        mail = (person.email,) if person.email else ()
        put(Kind.PERSON, person.id, person.id, person.name, person.title, *mail, *person.aliases)
        put(Kind.PERSON, person.id, _given_name(person, shelves))
    return {words: tuple(targets) for words, targets in found.items() if targets}
