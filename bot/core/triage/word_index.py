"""Finds the branches of many patterns that a text may fit, by the words that they need.

Trying 2,500 branches one by one takes several milliseconds a text. Here every branch is listed
under the beginning of the words of one of its needs, and a text is asked which of these beginnings
it holds: that costs a few look-ups for each of its characters, however many patterns there are.
"""

from collections.abc import Iterable, Sequence

from bot.core.triage.required_words import AnyOf, Branch, Pattern

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
        for word in max(branch.needs, key=_telling):
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


def _telling(need: AnyOf) -> tuple[int, int]:
    """How well a need finds its branch: long words are rare in texts, few are soon looked up."""
    return min(map(len, need)), -len(need)
