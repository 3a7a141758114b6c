"""The words that a text must hold before a pattern can fit it, so that most patterns are never run.

Rule of this file: a pattern may be run in vain, and may never be passed over when it would fit.
Whatever the reader below does not understand therefore asks for no words at all.
"""

import re
from collections.abc import Iterator
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
            # Of each alternative its most telling need stands for it.
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
