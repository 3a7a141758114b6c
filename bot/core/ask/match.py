"""How well each connection, system, person or party fits the words of a question.

Rule of this file: every score can be explained by the words that made it, and rare words weigh
more than words which half the estate shares.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.estate.index import Index, NameKind, Shelf, mentions
from bot.language.words import WEAK_WORDS, is_small_talk, stem, telling

# An unknown word counts against a match, though less than a rare known one speaks for it.
_UNKNOWN = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Something the question may mean. `score` is the share of its words that fit, 0..1."""

    kind: NameKind
    id: str
    name: str
    score: float
    why: str


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


def score(index: Index, kind: NameKind, words: Sequence[str]) -> tuple[Scored, ...]:
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
    if kind is NameKind.CONNECTION:
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
        if (systems := mention.of(NameKind.SYSTEM))
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
        # "modules to the VLE", but not "changes to shop orders".
        plain_goal = bool(after) and set(telling(after)) <= source | target
        if word in ("to", "into", "toward") and (before & (source | target) or plain_goal):
            goal = bool(after & (source - target)) and not after & target
            start = bool(before & (target - source)) and not before & source
            if goal or (start and after & source):
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
