"""How deep and how bushy a decoded foreign value may be.

Whoever searches it visits each part once for each level above it, so that product is bounded and
not the size alone.
"""

from collections.abc import Iterable
from typing import Any

DEEPEST = 200
MOST_VISITS = 3_000_000


class TooNested(ValueError):
    """A value lies beyond the bounds; the text says which."""


def bounded(rows: Iterable[int]) -> None:
    """Raise TooNested when `rows`, the number of parts on each level from the top, go too far.
    No more of them is asked for than is needed to know that."""
    visits = 0
    for level, parts in enumerate(rows):
        if level >= DEEPEST:
            raise TooNested(f"at most {DEEPEST} levels")
        visits += level * parts
        # Depth alone does not tell: 200 levels of thousands of parts each cost more than one deep
        # line.
        if visits > MOST_VISITS:
            raise TooNested("fewer parts at that depth")


def json_rows(value: Any) -> Iterable[int]:
    """The number of parts on each level of dicts and lists, from the top."""
    row = [value]
    while row:
        yield len(row)
        row = [
            part
            for one in row
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
        ]
