"""Brings the rows of several lists into groups, one for each connection.

Rule of this file: nothing is thrown together on a doubt. A row that could belong to two others
belongs to neither until a person says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.inventory.core.lists import Decisions, RowDoubt, RowEntry
from bot.inventory.core.match_rows import (
    Likely,
    Prepared,
    RowMatch,
    compare,
    compare_in_list,
    duplicate_key,
    prepare,
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
    """Two rows, by their number, that are perhaps or surely one connection."""

    one: int
    other: int
    match: RowMatch

    @property
    def order(self) -> tuple[float, int, int]:
        return (-self.match.score, self.one, self.other)


def merge(entries: Sequence[RowEntry], decided: Decisions | None = None) -> Merged:
    """One group for each connection, in the order in which rows first name them."""
    decisions = decided or Decisions()
    names = (end for entry in entries for end in (entry.source, entry.target) if end)
    book = unify(names, decisions)
    prepared = [prepare(entry, book) for entry in entries]
    pairs, notes = _candidates(prepared)
    edges = sorted(_compared(prepared, pairs, book, decisions), key=lambda edge: edge.order)
    groups = _Groups(prepared, decisions)
    undecided = groups.join_all(edges)
    doubts = (*book.doubts, *groups.doubts(undecided))
    return Merged(book=book, groups=tuple(groups.found()), doubts=doubts, notes=notes)


def _compared(
    prepared: Sequence[Prepared],
    pairs: Iterable[tuple[int, int]],
    book: SystemBook,
    decided: Decisions,
) -> Iterator[_Edge]:
    for one, other in pairs:
        a, b = prepared[one], prepared[other]
        if frozenset({a.entry.place, b.entry.place}) in decided.apart:
            continue
        match = compare_in_list(a, b) if a.entry.list == b.entry.list else compare(a, b, book)
        if match.likely is not Likely.NO:
            yield _Edge(one=one, other=other, match=match)


class _Groups:
    """Union of rows, in which two rows of one list meet only when they are duplicates."""

    def __init__(self, prepared: Sequence[Prepared], decided: Decisions) -> None:
        self._entries = [one.entry for one in prepared]
        self._keys = [duplicate_key(one) for one in prepared]
        self._decided = decided
        self._home = list(range(len(prepared)))
        self._members = {at: [at] for at in self._home}
        self._why: dict[int, list[str]] = {}
        # Of each group, the duplicates that it holds of each list.
        self._lists = {at: {self._entries[at].list: self._keys[at]} for at in self._home}

    def join_all(self, edges: Sequence[_Edge]) -> list[_Edge]:
        """Join what a person said and what is sure; the edges that are left in doubt."""
        places = {entry.place: at for at, entry in enumerate(self._entries)}
        for pair in self._decided.same:
            told = [places[place] for place in sorted(pair) if place in places]
            if len(told) == 2:
                self._join(told[0], told[1], "you said so")
        sure = [edge for edge in edges if edge.match.likely is Likely.SAME]
        left = [edge for edge in edges if edge.match.likely is Likely.PERHAPS]
        ambiguous = self._ambiguous(sure)
        for edge in sure:
            first, second = sorted((self._home[edge.one], self._home[edge.other]))
            if first == second:
                continue
            one, other = self._entries[edge.one], self._entries[edge.other]
            # In doubt both stay apart: rows thrown together wrongly are not seen any more.
            if ambiguous & {(edge.one, other.list), (edge.other, one.list)} or not self._may_join(
                first, second
            ):
                left.append(edge)
            else:
                why = f"{one.place} and {other.place}: {', '.join(edge.match.why)}"
                self._join(edge.one, edge.other, why)
        return left

    def _join(self, one: int, other: int, why: str) -> None:
        first, second = sorted((self._home[one], self._home[other]))
        if first == second:
            return
        for at in self._members[second]:
            self._home[at] = first
        self._members[first] += self._members.pop(second)
        self._lists[first] |= self._lists.pop(second)
        self._why.setdefault(first, []).extend((why, *self._why.pop(second, ())))

    def _may_join(self, first: int, second: int) -> bool:
        one, other = self._lists[first], self._lists[second]
        # A list names a connection once, so two of its rows that differ are two connections.
        if any(list in one and one[list] != key for list, key in other.items()):
            return False
        apart = self._decided.apart
        return not apart or not any(
            frozenset({self._entries[a].place, self._entries[b].place}) in apart
            for a in self._members[first]
            for b in self._members[second]
        )

    def _ambiguous(self, sure: Sequence[_Edge]) -> set[tuple[int, str]]:
        """Rows that fit two different rows of one other list almost equally well."""
        fits: dict[tuple[int, str], list[tuple[float, int]]] = {}
        for edge in sure:
            for at, other in ((edge.one, edge.other), (edge.other, edge.one)):
                if self._entries[at].list != self._entries[other].list:
                    found = fits.setdefault((at, self._entries[other].list), [])
                    found.append((edge.match.score, other))
        ambiguous = set()
        for row, found in fits.items():
            (best, first), *rest = sorted(found, reverse=True)
            near = [at for score, at in rest if best - score < 0.08]
            if any(self._keys[first] != self._keys[at] for at in near):
                ambiguous.add(row)
        return ambiguous

    def doubts(self, edges: Iterable[_Edge]) -> Iterator[RowDoubt]:
        told: Counter[int] = Counter()
        seen: set[frozenset[int]] = set()
        for edge in sorted(edges, key=lambda edge: (-edge.match.likely, *edge.order)):
            one, other = self._entries[edge.one], self._entries[edge.other]
            homes = frozenset({self._home[edge.one], self._home[edge.other]})
            busy = max(told[edge.one], told[edge.other])
            if len(homes) == 1 or homes in seen or busy >= _PER_ROW or self._settled(edge):
                continue
            seen.add(homes)
            told.update((edge.one, edge.other))
            yield RowDoubt(
                kind="connection",
                one=one.place,
                other=other.place,
                one_says=_titled(one),
                other_says=_titled(other),
                why=edge.match.why,
            )

    def _settled(self, edge: _Edge) -> bool:
        """Whether each side has already found its own row in the other's list."""
        one, other = self._entries[edge.one].list, self._entries[edge.other].list
        met, met_other = self._lists[self._home[edge.one]], self._lists[self._home[edge.other]]
        return one != other and other in met and one in met_other

    def found(self) -> Iterator[RowGroup]:
        for first in sorted(self._members):
            members = (self._entries[at] for at in sorted(self._members[first]))
            why = tuple(dict.fromkeys(self._why.get(first, ())))
            yield RowGroup(entries=tuple(members), why=why)


def _titled(entry: RowEntry) -> str:
    ends = f"{entry.source} → {entry.target}" if entry.complete else entry.source or entry.target
    moved = f" ({', '.join(entry.entities[:3])})" if entry.entities else ""
    return f"{entry.name}, {ends}{moved}" if ends else f"{entry.name}{moved}"


def _candidates(prepared: Sequence[Prepared]) -> tuple[Iterable[tuple[int, int]], tuple[str, ...]]:
    """Pairs of rows that share enough to be compared, and notes on what was too much to compare."""
    blocks: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(prepared):
        for mark in _marks(one):
            blocks.setdefault(mark, []).append(at)
    notes = []
    pairs: dict[tuple[int, int], None] = {}
    for mark, rows in blocks.items():
        # 400 rows are 80,000 pairs already.
        if len(rows) > _MANY:
            # Equal names need one comparison each to come together.
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
