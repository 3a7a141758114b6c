"""Brings the rows of several lists into groups, one for each connection.

Rule of this file: nothing is thrown together on a doubt. A row that could belong to two others
belongs to neither until a person says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bot.inventory.core.lists import Decisions, RowDoubt, RowEntry
from bot.inventory.core.match_rows import (
    Likely,
    Prepared,
    RowMatch,
    judge,
    prepare,
    twin_mark,
    twins,
)
from bot.inventory.core.same_system import SystemBook, unify

_MANY = 400  # rows under one mark that are still compared each with each
_PER_ROW = 3  # doubts told of one row; more would say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows that describe one connection, in the order of their lists, and why they are one."""

    entries: tuple[RowEntry, ...]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    book: SystemBook
    groups: tuple[RowGroup, ...]
    doubts: tuple[RowDoubt, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    one: int
    other: int
    judged: RowMatch

    @property
    def order(self) -> tuple[float, int, int]:
        return (-self.judged.score, self.one, self.other)


Twin = tuple[object, ...]  # equal for rows of one list that say the same connection twice


@dataclass(slots=True)
class _Groups:
    """Union of rows, in which two rows of one list meet only when they are twins."""

    entries: Sequence[RowEntry]
    twins: Sequence[Twin]
    apart: frozenset[frozenset[str]]
    home: list[int] = field(default_factory=list)
    members: dict[int, list[int]] = field(default_factory=dict)
    why: dict[int, list[str]] = field(default_factory=dict)
    lists: dict[int, dict[str, Twin]] = field(default_factory=dict)  # of each group

    def __post_init__(self) -> None:
        self.home = list(range(len(self.entries)))
        self.members = {at: [at] for at in self.home}
        self.lists = {at: {self.entries[at].list: self.twins[at]} for at in self.home}

    def join(self, one: int, other: int, why: Iterable[str], *, forced: bool = False) -> bool:
        """Whether the two are now in one group."""
        first, second = sorted((self.home[one], self.home[other]))
        if first == second:
            return True
        if not forced and not self._may(first, second):
            return False
        for at in self.members[second]:
            self.home[at] = first
        self.members[first] += self.members.pop(second)
        self.lists[first] |= self.lists.pop(second)
        self.why.setdefault(first, []).extend((*why, *self.why.pop(second, ())))
        return True

    def _may(self, first: int, second: int) -> bool:
        one, other = self.lists[first], self.lists[second]
        if any(list in one and one[list] != twin for list, twin in other.items()):
            return False
        return not self.apart or not any(
            frozenset({self.entries[a].place, self.entries[b].place}) in self.apart
            for a in self.members[first]
            for b in self.members[second]
        )


def merge(entries: Sequence[RowEntry], decided: Decisions | None = None) -> Merged:
    """One group for each connection, in the order in which rows first name them."""
    decisions = decided or Decisions()
    names = (end for entry in entries for end in (entry.source, entry.target) if end)
    book = unify(names, decisions)
    prepared = [prepare(entry, book) for entry in entries]
    pairs, notes = _candidates(prepared)
    edges = sorted(_judged(prepared, pairs, book, decisions), key=lambda edge: edge.order)
    groups, doubts = _joined(entries, [twin_mark(one) for one in prepared], edges, decisions)
    return Merged(
        book=book,
        groups=tuple(_groups(entries, groups)),
        doubts=(*book.doubts, *doubts),
        notes=notes,
    )


def _judged(
    prepared: Sequence[Prepared],
    pairs: Iterable[tuple[int, int]],
    book: SystemBook,
    decided: Decisions,
) -> Iterator[_Edge]:
    for one, other in pairs:
        a, b = prepared[one], prepared[other]
        if frozenset({a.entry.place, b.entry.place}) in decided.apart:
            continue
        judged = twins(a, b) if a.entry.list == b.entry.list else judge(a, b, book)
        if judged.likely is not Likely.NO:
            yield _Edge(one=one, other=other, judged=judged)


def _joined(
    entries: Sequence[RowEntry], marks: Sequence[Twin], edges: Sequence[_Edge], decided: Decisions
) -> tuple[_Groups, tuple[RowDoubt, ...]]:
    sure = [edge for edge in edges if edge.judged.likely is Likely.SAME]
    groups = _Groups(entries, marks, decided.apart)
    places = {entry.place: at for at, entry in enumerate(entries)}
    for pair in decided.same:
        known = [places[place] for place in sorted(pair) if place in places]
        if len(known) == 2:
            groups.join(known[0], known[1], ("you said so",), forced=True)
    open_now = [edge for edge in edges if edge.judged.likely is Likely.PERHAPS]
    torn = _torn(entries, sure, marks)
    for edge in sure:
        tied = torn & {(edge.one, entries[edge.other].list), (edge.other, entries[edge.one].list)}
        settled = groups.home[edge.one] == groups.home[edge.other]
        if not settled and (tied or not groups.join(edge.one, edge.other, _said(entries, edge))):
            open_now.append(edge)
    return groups, tuple(_doubts(entries, open_now, groups))


def _said(entries: Sequence[RowEntry], edge: _Edge) -> tuple[str, ...]:
    places = f"{entries[edge.one].place} and {entries[edge.other].place}"
    return (f"{places}: {', '.join(edge.judged.why)}",)


def _torn(
    entries: Sequence[RowEntry], sure: Sequence[_Edge], marks: Sequence[Twin]
) -> set[tuple[int, str]]:
    """Rows that fit two different rows of one other list almost equally well."""
    fits: dict[tuple[int, str], list[tuple[float, int]]] = {}
    for edge in sure:
        for at, other in ((edge.one, edge.other), (edge.other, edge.one)):
            if entries[at].list != entries[other].list:
                found = fits.setdefault((at, entries[other].list), [])
                found.append((edge.judged.score, other))
    torn = set()
    for key, found in fits.items():
        (best, first), *rest = sorted(found, reverse=True)
        if any(best - score < 0.08 and marks[first] != marks[at] for score, at in rest):
            torn.add(key)
    return torn


def _doubts(
    entries: Sequence[RowEntry], edges: Iterable[_Edge], groups: _Groups
) -> Iterator[RowDoubt]:
    told: dict[int, int] = {}
    seen: set[frozenset[int]] = set()
    for edge in sorted(edges, key=lambda edge: (-edge.judged.likely, *edge.order)):
        one, other = entries[edge.one], entries[edge.other]
        homes = frozenset({groups.home[edge.one], groups.home[edge.other]})
        busy = max(told.get(edge.one, 0), told.get(edge.other, 0))
        if len(homes) == 1 or homes in seen or busy >= _PER_ROW:
            continue
        if _settled(edge, entries, groups):
            continue
        seen.add(homes)
        for at in (edge.one, edge.other):
            told[at] = told.get(at, 0) + 1
        yield RowDoubt(
            kind="connection",
            one=one.place,
            other=other.place,
            one_says=_titled(one),
            other_says=_titled(other),
            why=edge.judged.why,
        )


def _settled(edge: _Edge, entries: Sequence[RowEntry], groups: _Groups) -> bool:
    """Whether each side has already found its own row in the other's list."""

    def met(at: int, list: str) -> bool:
        members = groups.members[groups.home[at]]
        return any(entries[member].list == list for member in members)

    one, other = entries[edge.one].list, entries[edge.other].list
    return one != other and met(edge.one, other) and met(edge.other, one)


def _titled(entry: RowEntry) -> str:
    ends = f"{entry.source} → {entry.target}" if entry.complete else entry.source or entry.target
    moved = f" ({', '.join(entry.entities[:3])})" if entry.entities else ""
    return f"{entry.name}, {ends}{moved}" if ends else f"{entry.name}{moved}"


def _groups(entries: Sequence[RowEntry], groups: _Groups) -> Iterator[RowGroup]:
    for first in sorted(groups.members):
        why = tuple(dict.fromkeys(groups.why.get(first, ())))
        members = sorted(groups.members[first])
        yield RowGroup(entries=tuple(entries[at] for at in members), why=why)


def _candidates(prepared: Sequence[Prepared]) -> tuple[Iterable[tuple[int, int]], tuple[str, ...]]:
    """Pairs of rows that share enough to be compared, and notes on what was too much to compare."""
    shelves: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(prepared):
        for mark in _marks(one):
            shelves.setdefault(mark, []).append(at)
    notes = []
    pairs: dict[tuple[int, int], None] = {}
    for mark, rows in shelves.items():
        if len(rows) > _MANY:
            if mark[0] == "name":
                pairs.update(dict.fromkeys((rows[0], row) for row in rows[1:]))
            elif mark[0] == "moves" and len({prepared[row].entry.list for row in rows}) > 1:
                notes.append(_too_many(len(rows), mark))
            continue
        exact = mark[0] in ("name", "address")
        for first, second in combinations(rows, 2):
            if exact or prepared[first].entry.list != prepared[second].entry.list:
                pairs[first, second] = None
    return pairs, tuple(notes)


def _too_many(count: int, mark: tuple[str, ...]) -> str:
    return (
        f"{count:,} rows between {' and '.join(mark[2:])} move “{mark[1]}”: too many to compare "
        "each with each, so only equal names and addresses were brought together."
    )


def _marks(one: Prepared) -> Iterator[tuple[str, ...]]:
    """What a row shares with every row that may be the same."""
    ends = tuple(sorted(one.ends))
    if one.label:
        yield ("name", one.label)
    if one.endpoint:
        yield ("address", one.endpoint)
    yield ("ends", *ends)
    for word in sorted(one.topics):
        yield ("moves", word, *ends)
        if len(word) > 3:
            yield ("like", word[:4])
