"""Whether a question surely means one thing, may mean several, or nothing that we know.

Rule of this file: when two things fit about equally, nobody guesses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.core.ask.match import Match, Scored, only_weak, score
from bot.core.estate.index import Index, NameKind, mentions
from bot.language.words import is_small_talk, stem, stems, telling

SURE = 0.72  # share of the asked words that must fit before anything is taken as meant
NEAR = 0.34  # below this nothing is offered
MARGIN = 0.12  # how far the second must stay behind
_MOST_CHOICES = 8
_ARTICLES = frozenset({"the", "our", "this", "that", "your", "my"})
_ABOUT = frozenset({"on", "in", "of", "with", "about", "at", "for"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """`id` is set when one thing is surely meant. Otherwise `rivals` fit about equally well, or
    `nearest` come closest though none fits; all three empty when nothing is near."""

    id: str | None = None
    direct: bool = False  # its id, name or alias stands in the text
    rivals: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()


def resolve(index: Index, kind: NameKind, words: Sequence[str]) -> Resolution:
    """Which thing of `kind` the words mean."""
    scored = score(index, kind, words)
    named = _named(index, kind, words)
    matches = _matches(index, kind, scored, named)
    sure = _sure_by_name(index, kind, words, scored, named)
    if sure:
        return Resolution(id=sure, direct=True, matches=matches)
    if len(named) > 1 and not _clear(scored):
        return Resolution(rivals=tuple(named)[:_MOST_CHOICES], matches=matches)
    if not scored:
        return Resolution()
    top = scored[0]
    rivals = [one for one in scored if one.score >= top.score - MARGIN]
    carried = _sure_by_phrase(index, kind, words, scored)
    if carried:
        return Resolution(id=carried, matches=matches)
    if top.score < SURE:
        close = [one.id for one in scored if one.score >= max(NEAR, top.score * 0.75)]
        return Resolution(nearest=tuple(close[:5]), matches=matches)
    if only_weak(word for word, _ in top.fits):
        return Resolution(rivals=tuple(one.id for one in rivals), matches=matches)
    if len(rivals) > 1:
        closest = _by_whole_name(index, kind, words, rivals)
        if closest is None:
            ids = tuple(one.id for one in rivals)
            return Resolution(rivals=ids, matches=matches)
        return Resolution(id=closest, matches=matches)
    return Resolution(id=top.id, matches=matches)


def named_things(index: Index, kind: NameKind, words: Sequence[str]) -> tuple[str, ...]:
    """Ids of the things of `kind` whose whole name stands in the words."""
    return tuple(_named(index, kind, words))


def _named(index: Index, kind: NameKind, words: Sequence[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for mention in mentions(index, words):
        for id in mention.of(kind):
            found.setdefault(id, (mention.start, mention.end))
    return found


def _sure_by_name(
    index: Index,
    kind: NameKind,
    words: Sequence[str],
    scored: Sequence[Scored],
    named: dict[str, tuple[int, int]],
) -> str | None:
    """The one thing named outright, unless the words around the name point elsewhere."""
    if len(named) != 1:
        return None
    ((id, (start, end)),) = named.items()
    if kind is NameKind.CONNECTION and _set_apart(words, start, end):
        return id
    own = next((one.score for one in scored if one.id == id), 0.0)
    if any(one.score > own + MARGIN for one in scored if one.id != id):
        return None
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
    several = len(telling(words[start:end])) > 1
    return several and not telling(words[end:]) and bool(before) and before[-1] in _ABOUT


def _elsewhere(index: Index, words: Sequence[str], connection: str) -> bool:
    """Whether the words name a system that the connection does not touch."""
    ends = set(index.catalogue.connections[connection].systems)
    systems = [mention.of(NameKind.SYSTEM) for mention in mentions(index, words)]
    return any(one and not ends & set(one) for one in systems)


def _sure_by_phrase(
    index: Index, kind: NameKind, words: Sequence[str], scored: Sequence[Scored]
) -> str | None:
    """The one connection that carries the entity or flow of several words that is all the
    question names; "sales orders" is one, "orders" alone is too little."""
    if kind is not NameKind.CONNECTION or not scored or len(telling(words)) < 2:
        return None
    own = scored[0]
    carried = index.catalogue.connections[own.id]
    phrases = {stems(label) for label in (*carried.entities, carried.flow, carried.domain)}
    whole = any(telling(phrase) == telling(words) for phrase in phrases)
    alone = all(one.score < own.score - 0.05 for one in scored[1:])
    return own.id if whole and alone else None


def _strange_neighbour(index: Index, words: Sequence[str], at: int) -> bool:
    """Whether the word before a one-word name makes it another thing: "Salesforce orders" where
    no Salesforce is known."""
    if at == 0:
        return False
    before = stem(words[at - 1])
    small_talk = not telling((before,)) or is_small_talk(before) or before.isdigit()
    return not small_talk and not index.near_anything(before)


def _clear(scored: Sequence[Scored]) -> bool:
    """Whether one of several named things accounts for nearly every word, and no other does."""
    return (
        bool(scored)
        and scored[0].score >= 0.95
        and (len(scored) == 1 or scored[1].score < scored[0].score - MARGIN)
    )


def _by_whole_name(
    index: Index, kind: NameKind, words: Sequence[str], rivals: Iterable[Scored]
) -> str | None:
    """The rival whose whole name was (mis)spelt, when only one is that close."""
    asked = " ".join(telling(words))
    likeness = sorted(
        (
            (max(_alike(asked, label) for label in labels(index, kind, one.id)), one.id)
            for one in rivals
        ),
        reverse=True,
    )
    (best, id), (second, _) = likeness[0], likeness[1]
    return id if best >= 0.88 and second < best - 0.1 else None


def labels(index: Index, kind: NameKind, id: str) -> tuple[str, ...]:
    """The id, name and aliases of a thing."""
    catalogue = index.catalogue
    if kind is NameKind.CONNECTION:
        connection = catalogue.connections[id]
        return (id, connection.name, *connection.aliases)
    if kind is NameKind.SYSTEM:
        system = catalogue.systems[id]
        return (id, system.name, *system.aliases)
    if kind is NameKind.PERSON:
        person = catalogue.people[id]
        return (id, person.name, *person.aliases)
    return (id, index.name(kind, id))


def _alike(asked: str, label: str) -> float:
    return fuzz.token_sort_ratio(asked, " ".join(telling(stems(label)))) / 100


def _matches(
    index: Index, kind: NameKind, scored: Sequence[Scored], named: dict[str, tuple[int, int]]
) -> tuple[Match, ...]:
    ranked = [
        Match(
            kind=kind,
            id=one.id,
            name=index.name(kind, one.id),
            score=1.0 if one.id in named else round(one.score, 3),
            why="named in the question" if one.id in named else one.why,
        )
        for one in scored
        if one.score >= NEAR or one.id in named
    ]
    return tuple(sorted(ranked, key=lambda match: (-match.score, match.id))[:_MOST_CHOICES])
