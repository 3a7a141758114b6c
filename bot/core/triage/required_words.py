"""The words that a text must hold before a pattern can fit it, so that most patterns are never run.

Rule of this file: a pattern may be run in vain, and may never be passed over when it would fit.
Whatever the reader below does not understand therefore asks for no words at all.

Finds the branches of many patterns that a text may fit, by the words that they need.

Trying 2,500 branches one by one takes several milliseconds a text. Here every branch is listed
under the beginning of the words of one of its needs, and a text is asked which of these beginnings
it holds: that costs a few look-ups for each of its characters, however many patterns there are.

Words that any program uses for trouble, whichever system speaks.

Rule of this file: a word stands here when it tells of no system. What one system's entry knows
only by such words says nothing about that system, unless it is known that it spoke.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

AnyOf = tuple[str, ...]  # one of these has to be there

_SHORTEST = 2  # characters; a single one is in almost every text
_QUANTIFIER = re.compile(r"\?|\{(\d*)(?:,\d*)?\}\??|[*+]\??")
_LOOK_AROUND = ("?!", "?=", "?<!", "?<=")
_NO_WIDTH = frozenset("bBAZ")
_KINDS = frozenset("wWdDsS")


class Branch:
    """One alternative of a pattern. `needs` are in lower case, and every one of them is needed."""

    __slots__ = ("_compiled", "needs", "source")

    def __init__(self, source: str, needs: tuple[AnyOf, ...] = ()) -> None:
        self.source, self.needs = source, needs
        self._compiled: re.Pattern[str] | None = None

    def fits(self, text: str) -> re.Match[str] | None:
        """The first fit in `text`. Compiled at the first call: most branches never meet a text
        that holds their words."""
        if self._compiled is None:
            self._compiled = re.compile(self.source, re.IGNORECASE)
        return self._compiled.search(text)

    def wanted(self, lowered: str) -> bool:
        """Whether `lowered`, a text in lower case, holds the words that it needs."""
        return all(any(word in lowered for word in words) for words in self.needs)

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        return self.fits(text) if self.wanted(lowered) else None


class Pattern:
    """A pattern of a playbook entry, in which case plays no part. Neither taken apart nor compiled
    before that is needed; `branches` may be handed in by whoever kept them."""

    __slots__ = ("_branches", "pattern")

    def __init__(self, pattern: str, branches: tuple[Branch, ...] = ()) -> None:
        self.pattern, self._branches = pattern, branches

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The alternatives at its outermost level, each to be searched on its own."""
        if not self._branches:
            self._branches = _apart(self.pattern)
        return self._branches

    def search(self, text: str) -> re.Match[str] | None:
        """Where the whole pattern fits, without regard to words."""
        return re.search(self.pattern, text, re.IGNORECASE)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.pattern == self.pattern

    def __hash__(self) -> int:
        return hash(self.pattern)

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r})"


def _apart(source: str) -> tuple[Branch, ...]:
    try:
        parts = list(_Reader(source).alternatives())
    except IndexError:
        return (Branch(source),)
    return tuple(Branch(source[start:end], needs) for start, end, needs in parts)


@dataclass(slots=True)
class _Sequence:
    """What one alternative needs, gathered from left to right."""

    needs: list[AnyOf] = field(default_factory=list)
    run: str = ""

    def close(self) -> None:
        if len(self.run) >= _SHORTEST:
            self.needs.append((self.run,))
        self.run = ""


@dataclass(slots=True)
class _Reader:
    """Reads the patterns that playbooks may use; anything else ends in IndexError."""

    source: str
    at: int = 0

    def alternatives(self) -> Iterator[tuple[int, int, tuple[AnyOf, ...]]]:
        """Start, end and needs of each alternative up to the closing bracket or the end."""
        while True:
            start = self.at
            needs = self._sequence()
            yield start, self.at, needs
            if self.at >= len(self.source) or self.source[self.at] == ")":
                return
            self.at += 1

    def _sequence(self) -> tuple[AnyOf, ...]:
        found = _Sequence()
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            self._atom(found)
        found.close()
        return tuple(found.needs)

    def _atom(self, found: _Sequence) -> None:
        char = self.source[self.at]
        if char == "(":
            self._group(found)
        elif char == "[":
            self._set()
            found.close()
            self._quantifier()
        elif char == "\\":
            self._escape(found)
        elif char in "^$":
            self.at += 1
        elif char == ".":
            self.at += 1
            found.close()
            self._quantifier()
        else:
            self._literal(found, char)

    def _escape(self, found: _Sequence) -> None:
        char = self.source[self.at + 1]
        self.at += 1
        if char in _NO_WIDTH:
            self.at += 1
        elif char in _KINDS:
            self.at += 1
            found.close()
            self._quantifier()
        # A back-reference or a class that we do not know: the pattern is then tried on every text.
        elif char.isalnum():
            raise IndexError(self.at)
        else:
            self._literal(found, char)

    def _literal(self, found: _Sequence, char: str) -> None:
        self.at += 1
        least = self._quantifier()
        # Some letters have other forms in other cases; they are left to the pattern itself.
        if least == 1 and char.isascii():
            found.run += char.lower()
        else:
            found.close()

    def _group(self, found: _Sequence) -> None:
        self.at += 1
        aside = self.source.startswith(_LOOK_AROUND, self.at)
        if self.source.startswith("?", self.at):
            known = (*_LOOK_AROUND, "?:")
            skip = next((mark for mark in known if self.source.startswith(mark, self.at)), "")
            if not skip:
                raise IndexError(self.at)
            self.at += len(skip)
        inner = [needs for _, _, needs in self.alternatives()]
        if self.source[self.at] != ")":
            raise IndexError(self.at)
        self.at += 1
        least = self._quantifier()
        # What a look-around asks for may be asked not to be there.
        if aside:
            return
        found.close()
        if least and all(inner):
            # Of each alternative its most distinctive need stands for it.
            best = (max(needs, key=lambda any_of: min(map(len, any_of))) for needs in inner)
            found.needs.append(tuple(dict.fromkeys(word for any_of in best for word in any_of)))

    def _set(self) -> None:
        self.at += 2 if self.source[self.at + 1] != "^" else 3
        while self.source[self.at] != "]":
            self.at += 2 if self.source[self.at] == "\\" else 1
        self.at += 1

    def _quantifier(self) -> int:
        """How often the atom before it is there at least: 0, 1, or 2 for more than once."""
        given = _QUANTIFIER.match(self.source, self.at)
        if given is None:
            return 1
        self.at = given.end()
        if given[0][0] in "?*":
            return 0
        return 2 if given[1] is None or int(given[1] or 0) > 0 else 0


_LONGEST = 4  # characters of a beginning; needed words have two or more

_Listed = tuple[str, int, int]  # word, place of the pattern, place of the branch in it


class WordIndex:
    """Over `patterns`, which are named by their place."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._always: list[tuple[int, int]] = []  # branches that need no word
        self._by_start: dict[str, list[_Listed]] = {}
        for place, pattern in enumerate(patterns):
            for number, branch in enumerate(pattern.branches):
                self._enter(place, number, branch)
        self._sizes = sorted({len(start) for start in self._by_start})

    def _enter(self, place: int, number: int, branch: Branch) -> None:
        if not branch.needs:
            self._always.append((place, number))
            return
        # One need of a branch is enough to find it; `wanted` asks for all of them.
        for word in max(branch.needs, key=_distinctive):
            self._by_start.setdefault(word[:_LONGEST], []).append((word, place, number))

    def wanted(self, lowered: str) -> Iterable[tuple[int, list[Branch]]]:
        """Patterns in order, each with its branches, in order, whose needed words `lowered` holds.
        No pattern that fits is missing."""
        near = set(self._always)
        for start in self._starts(lowered):
            near.update(
                (place, number) for word, place, number in self._by_start[start] if word in lowered
            )
        found: dict[int, list[Branch]] = {}
        for place, number in sorted(near):
            branch = self._patterns[place].branches[number]
            if branch.wanted(lowered):
                found.setdefault(place, []).append(branch)
        return found.items()

    def _starts(self, lowered: str) -> set[str]:
        held: set[str] = set()
        for size in self._sizes:
            held.update(lowered[at : at + size] for at in range(len(lowered) - size + 1))
        return held & self._by_start.keys()


def _distinctive(need: AnyOf) -> tuple[int, int]:
    """How well a need finds its branch: long words are rare in texts, few are soon looked up."""
    return min(map(len, need)), -len(need)


_LISTED = """
    a an and any another are as at be been being by can can't cannot could did do does doesn't
    for from had has have in into is isn't it its may must no not of off on or out should that
    the there this to too was wasn't were while will with without you your

    abort aborted abandoned already available bad blocked broken busy cancelled canceled changed
    closed conflict corrupt crashed created defined deleted delivered denied disabled determine
    down duplicate duplicates empty enabled error errors exceeded exceeds exception exceptions
    exist existing exists expired fail failed failing fails failure failures fatal find
    forbidden found full happened held inactive active incomplete incorrect insufficient
    internal invalid left loaded locked lost mapped maximum minimum missing multiple null
    occurred offline open opened outage overdue pending paused process processed queued raised
    reached received refused rejected required reset running sent skipped started stopped stuck
    supported suspended terminated timed time timeout unable unauthorized unavailable unexpected
    unknown unreachable unsupported updated valid violation wait waiting warning wrong

    access account action address amount api app approval assertion authentication authorization
    authorisation batch body call certificate client code company connect connection content
    currency customer data date document documents email entity execution field fields file
    files format gateway header host id input invoice invoices item items job key length limit
    line list load location lock login lookup map mapping message messages method name negative
    network node number object operation order orders page parameter parse partner password path
    payload payment payments period permission port posting price process product program
    property quantity query queue quota rate read receiver record records reference request
    requests resource response retry role row run runtime schema script sender server service
    session signature size sku source status step stock sub supplier sync syntax system table
    target task tax token total transaction translation type update upload upstream url user
    username validation value values vat vendor version warehouse write
"""
_WORDS = frozenset(_LISTED.split())
_GIVEN = re.compile(r"\"[^\"]{0,80}\"|'[^']{0,80}'|[^\s\"'(),;:=]{0,60}\d[^\s\"'(),;:=]{0,60}")
_NUMBER = re.compile(r"\d{2,}")
_NUMBERED = re.compile(r"(?<![\w.-])[A-Za-z]{1,3}\d{2,}(?![\w-])")  # a code such as F5201
_REPETITION = re.compile(r"\{\d*,?\d*\}")
_CODE = re.compile(r"[a-z]{1,30}(?:_[a-z]{1,30}){1,8}")
_WORD = re.compile(r"[a-z]+(?:'t)?")
_LINKS = frozenset(
    {"a", "already", "be", "been", "by", "in", "is", "not", "of", "on", "or", "the", "to"}
)
_COINED = 3  # words in a code such as UNABLE_TO_LOCK_ROW, which somebody must have made up


def everyday(told: str, pattern: str) -> bool:
    """Whether `told`, what a pattern fitted, holds only everybody's words, beside quoted values and
    numbers that the pattern does not name."""
    lowered = told.lower()
    if _NUMBERED.search(told) or _names_a_number(lowered, pattern):
        return False
    if any(len(set(code.split("_")) - _LINKS) >= _COINED for code in _CODE.findall(lowered)):
        return False
    words = _WORD.findall(_GIVEN.sub(" ", lowered)) or _WORD.findall(lowered)
    return all(word in _WORDS for word in words)


def _names_a_number(told: str, pattern: str) -> bool:
    named = set(_NUMBER.findall(_REPETITION.sub(" ", pattern)))
    return not named.isdisjoint(_NUMBER.findall(told))
