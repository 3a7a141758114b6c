"""From words to a name: which connection, system, person or party they mean.

Rule of this file: every score can be explained by the words that made it, rare words weigh more
than words which half the estate shares, and when two things fit about equally, nobody guesses.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from rapidfuzz import fuzz

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId, PartyId
from bot.core.estate.index import Index, NameKind, Shelf, mentions
from bot.language.words import WEAK_WORDS, distinctive, is_small_talk, plain_words, stem, stems

SURE = 0.72  # share of the asked words that must fit before anything is taken as meant
NEAR = 0.34  # below this nothing is offered
MARGIN = 0.12  # how far the second must stay behind
# An unknown word counts against a match, though less than a rare known one speaks for it.
_UNKNOWN = 0.7
_MOST_CHOICES = 8
_ARTICLES = frozenset({"the", "our", "this", "that", "your", "my"})
_ABOUT = frozenset({"on", "in", "of", "with", "about", "at", "for"})
_TURNS = frozenset({"from", "to", "into", "toward", "out"})  # what says which way


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Something the words may mean. `score` is the share of them that fit, 0..1, and `said` are
    those that do."""

    kind: NameKind
    id: str
    score: float
    why: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """`id` is set when one thing is surely meant. Otherwise `rivals` fit about equally well, or
    `nearest` come closest though none fits; all three empty when nothing is near."""

    id: str | None = None
    direct: bool = False  # its id, name or alias stands in the text
    rivals: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be meant, the likeliest first, where nothing surely is."""
        return self.rivals or self.nearest


def find_connection(index: Index, name: str) -> Resolution:
    """Which connection is called `name`; the connections of a party that is called so instead may
    all be meant."""
    exact = name.strip()
    # An id goes before every name: whoever types it means that one.
    for id in (exact, exact.lower()):
        if id in index.catalogue.connections:
            return Resolution(id=id, direct=True)
    kind, found = meant(index, plain_words(name))
    if kind is NameKind.PARTY:
        return Resolution(rivals=led_to(index.catalogue, found.id))
    return found if kind is NameKind.CONNECTION else Resolution()


def meant(index: Index, words: Sequence[str]) -> tuple[NameKind, Resolution]:
    """A connection, or the person or party that is named where no connection is."""
    found = resolve(index, NameKind.CONNECTION, without_people(index, words))
    if found.id or named_things(index, NameKind.CONNECTION, words):
        return NameKind.CONNECTION, found
    person = resolve(index, NameKind.PERSON, words)
    if person.id and (not found.choices or (person.direct and only_people(index, words))):
        return NameKind.PERSON, person
    party = resolve(index, NameKind.PARTY, words)
    # Many parties are called as their product; then the system is what is meant.
    if party.direct and len(named_things(index, NameKind.SYSTEM, words)) != 1:
        return NameKind.PARTY, party
    return NameKind.CONNECTION, found


def find_person(index: Index, name: str) -> Resolution:
    """Which person is called `name`: their id, then the whole name, then what is near."""
    said, people = name.casefold(), index.catalogue.people
    # Two people may have one name; then neither is taken.
    exact = [id for id, one in people.items() if one.name.casefold() == said]
    if said in people or len(exact) == 1:
        return Resolution(id=said if said in people else exact[0], direct=True)
    return resolve(index, NameKind.PERSON, plain_words(name))


def led_to(catalogue: Catalogue, party: PartyId | None) -> tuple[ConnectionId, ...]:
    """The connections with a lane that points to the party."""
    return tuple(one.id for one in catalogue.connections.values() if party in one.lanes.values())


def resolve(index: Index, kind: NameKind, words: Sequence[str]) -> Resolution:
    """Which thing of `kind` the words mean."""
    scored = score(index, kind, words)
    named = named_things(index, kind, words)
    matches = _matches(scored, named)
    sure = _sure_by_name(index, kind, words, scored)
    if sure:
        return Resolution(id=sure, direct=True, matches=matches)
    if len(named) > 1 and not _clear(scored):
        return Resolution(rivals=tuple(named)[:_MOST_CHOICES], matches=matches)
    if not scored:
        return Resolution()
    top = scored[0]
    rivals = tuple(one.id for one in scored if one.score >= top.score - MARGIN)
    carried = _sure_by_phrase(index, kind, words, scored)
    if carried:
        return Resolution(id=carried, matches=matches)
    # Offered and not taken: a wrong owner who is pinged costs more than a question.
    if top.score < SURE:
        close = [one.id for one in scored if one.score >= max(NEAR, top.score * 0.75)]
        return Resolution(nearest=tuple(close[:5]), matches=matches)
    # “The daily sync” fits well where only one is called so, and still says nothing.
    if all(word in WEAK_WORDS for word in distinctive(top.said)):
        return Resolution(rivals=rivals, matches=matches)
    sure = top.id if len(rivals) == 1 else _by_whole_name(index, kind, words, rivals)
    return Resolution(id=sure, rivals=() if sure else rivals, matches=matches)


def named_things(index: Index, kind: NameKind, words: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Ids of the things of `kind` whose whole name stands in the words, each with the first and
    last place (exclusive) of the name."""
    found: dict[str, tuple[int, int]] = {}
    for mention in mentions(index, words):
        for id in mention.of(kind):
            found.setdefault(id, (mention.start, mention.end))
    return found


def without_people(index: Index, words: Sequence[str]) -> tuple[str, ...]:
    """The words without the people in them, where something else is left: "is Alice responsible
    for payroll?" is about payroll. A person's name that is also a word of a connection stays."""
    known = index.shelves[NameKind.CONNECTION].vocabulary
    left = _beside_people(index, words, lambda stemmed: stemmed in known)
    return left if distinctive(left) else tuple(words)


def only_people(index: Index, words: Sequence[str]) -> bool:
    """Whether the words name people and nothing else."""
    return not distinctive(_beside_people(index, words, lambda stemmed: False))


def _beside_people(
    index: Index, words: Sequence[str], keep: Callable[[str], bool]
) -> tuple[str, ...]:
    """The words that belong to no person's name, and those of names with a word to keep."""
    left = list(words)
    for mention in reversed(mentions(index, words)):
        name = words[mention.start : mention.end]
        if all(kind is NameKind.PERSON for kind, _ in mention.targets) and not any(
            keep(stem(word)) for word in name
        ):
            del left[mention.start : mention.end]
    return tuple(left)


def score(index: Index, kind: NameKind, words: Sequence[str]) -> tuple[Match, ...]:
    """How well each thing of a kind fits the words, best first; only what fits at all."""
    shelf = index.shelves[kind]
    query = _compounds(shelf, distinctive(words))
    near = {word: shelf.near(word) for word in query}
    # A word that is known elsewhere in the catalogue, or nowhere, counts against every match.
    asked = {word: near[word] for word in query if near[word] or not is_small_talk(word)}
    weight = {word: _weight(shelf, word, others) for word, others in asked.items()}
    found = [_fit(kind, id, asked, weight, known) for id, known in shelf.words.items()]
    found = [one for one in found if one.score]
    if kind is NameKind.CONNECTION:
        elsewhere = _other_systems(index, words)
        found = [
            replace(
                one,
                score=one.score
                * _away_from(index, one, elsewhere, len(asked))
                * _directed(index, one, words),
            )
            for one in found
        ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.id)))


def _fit(
    kind: NameKind,
    id: str,
    asked: Mapping[str, Mapping[str, float]],
    weight: Mapping[str, float],
    known: Mapping[str, float],
) -> Match:
    """The share of the asked words, by weight, that this thing's own words account for."""
    gained = 0.0
    fits: list[tuple[str, str]] = []
    for word, others in asked.items():
        best = max(others, key=lambda one: (others[one] * known.get(one, 0.0), one), default="")
        if best in known:
            gained += weight[word] * others[best] * known[best]
            fits.append((word, best))
    told = (f"“{word}”" if word == best else f"“{word}” ({best})" for word, best in fits)
    return Match(
        kind=kind,
        id=id,
        score=min(1.0, gained / sum(weight.values())) if weight else 0.0,
        why=f"fits {', '.join(told)}",
        said=tuple(word for word, _ in fits),
    )


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
    index: Index, one: Match, systems: Sequence[tuple[set[str], set[str]]], asked: int
) -> float:
    """Less than 1 for a connection that shares a word with a system named in the question
    without touching it: "shop" is not the shop floor."""
    ends = set(index.catalogue.connections[one.id].systems)
    strange = {word for said, meant in systems if not meant & ends for word in said}
    # By the share of borrowed words: one among many says little.
    borrowed = sum(1 for word in one.said if word in strange)
    return 1 - 0.4 * borrowed / max(asked, 1)


def _directed(index: Index, one: Match, words: Sequence[str]) -> float:
    """Less than 1 for a connection that runs the other way than the question says."""
    both_ways = index.catalogue.connections[one.id].both_ways
    return 0.6 if not both_ways and _reversed(words, *index.ends[one.id]) else 1.0


def _reversed(words: Sequence[str], source: frozenset[str], target: frozenset[str]) -> bool:
    """Whether the words name the connection's target as the start or its source as the goal."""
    stemmed = [stem(word) for word in words]
    for place, word in enumerate(stemmed):
        after = set(_until_turn(stemmed[place + 1 :]))
        if word in ("from", "out") and after & (target - source) and not after & source:
            return True
        before = set(_until_turn(stemmed[:place][::-1]))
        # "modules to the VLE", but not "changes to shop orders".
        plain_goal = bool(after) and set(distinctive(after)) <= source | target
        if word in ("to", "into", "toward") and (before & (source | target) or plain_goal):
            goal = bool(after & (source - target)) and not after & target
            start = bool(before & (target - source)) and not before & source
            if goal or (start and after & source):
                return True
    return False


def _until_turn(words: Sequence[str]) -> Iterator[str]:
    """The words up to the next one that turns the direction."""
    return takewhile(lambda word: word not in _TURNS, words)


def _compounds(shelf: Shelf, words: Sequence[str]) -> list[str]:
    """`pay roll` becomes `payroll` where the catalogue writes it so."""
    out: list[str] = []
    left = list(words)
    while left:
        pair = left[:2]
        joined = "".join(pair)
        known = all(word in shelf.vocabulary for word in pair)
        together = len(pair) == 2 and not known and joined in shelf.vocabulary
        out.append(joined if together else left[0])
        del left[: 2 if together else 1]
    return out


def _sure_by_name(
    index: Index, kind: NameKind, words: Sequence[str], scored: Sequence[Match]
) -> str | None:
    """The one thing named outright, unless the words around the name point elsewhere."""
    named = named_things(index, kind, words)
    if len(named) != 1:
        return None
    ((id, (start, end)),) = named.items()
    if kind is NameKind.CONNECTION and _set_apart(words, start, end):
        return id
    # A name may be part of a longer one that fits the whole text better.
    own = next((one.score for one in scored if one.id == id), 0.0)
    if any(one.score > own + MARGIN for one in scored if one.id != id):
        return None
    # “Salesforce orders” is not the connection that is called “Orders”.
    lone = end - start == 1 and kind is NameKind.CONNECTION
    if lone and (
        own < 0.5 or _strange_neighbour(index, words, start) or _elsewhere(index, words, id)
    ):
        return None
    return id


def _set_apart(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a name of several words ends the text behind a preposition, so that what stands
    before it is something about it: "an unknown item on the web shop orders"."""
    before = [word for word in words[:start] if word not in _ARTICLES]
    several = len(distinctive(words[start:end])) > 1
    return several and not distinctive(words[end:]) and bool(before) and before[-1] in _ABOUT


def _elsewhere(index: Index, words: Sequence[str], connection: str) -> bool:
    """Whether the words name a system that the connection does not touch."""
    ends = set(index.catalogue.connections[connection].systems)
    return any(not ends & systems for _, systems in _other_systems(index, words))


def _sure_by_phrase(
    index: Index, kind: NameKind, words: Sequence[str], scored: Sequence[Match]
) -> str | None:
    """The one connection that carries the entity or flow of several words that is all the
    question names; "sales orders" is one, "orders" alone is too little."""
    content = distinctive(words)
    if kind is not NameKind.CONNECTION or len(content) < 2:
        return None
    own = scored[0]
    carried = index.catalogue.connections[own.id]
    topics = (*carried.entities, carried.flow, carried.domain)
    whole = any(distinctive(stems(topic)) == content for topic in topics)
    alone = all(one.score < own.score - 0.05 for one in scored[1:])
    return own.id if whole and alone else None


def _strange_neighbour(index: Index, words: Sequence[str], at: int) -> bool:
    """Whether the word before a one-word name makes it another thing: "Salesforce orders" where
    no Salesforce is known."""
    if at == 0:
        return False
    before = stem(words[at - 1])
    small_talk = not distinctive((before,)) or is_small_talk(before) or before.isdigit()
    return not small_talk and not index.near_anything(before)


def _clear(scored: Sequence[Match]) -> bool:
    """Whether one of several named things accounts for nearly every word, and no other does."""
    return (
        bool(scored)
        and scored[0].score >= 0.95
        and (len(scored) == 1 or scored[1].score < scored[0].score - MARGIN)
    )


def _by_whole_name(
    index: Index, kind: NameKind, words: Sequence[str], rivals: Sequence[str]
) -> str | None:
    """The rival whose whole name was (mis)spelt, when only one is that close."""
    asked = " ".join(distinctive(words))

    def likeness(id: str) -> float:
        names = (" ".join(distinctive(stems(label))) for label in index.labels[kind][id])
        return max(fuzz.token_sort_ratio(asked, name) for name in names) / 100

    (best, id), (second, _) = sorted(((likeness(id), id) for id in rivals), reverse=True)[:2]
    return id if best >= 0.88 and second < best - 0.1 else None


def _matches(scored: Sequence[Match], named: Container[str]) -> tuple[Match, ...]:
    """What may be offered as a choice, the best first, and what is named outright before it."""
    ranked = [
        replace(one, score=1.0, why="named in the question")
        if one.id in named
        else replace(one, score=round(one.score, 3))
        for one in scored
        if one.score >= NEAR or one.id in named
    ]
    return tuple(sorted(ranked, key=lambda match: (-match.score, match.id))[:_MOST_CHOICES])
