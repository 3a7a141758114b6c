"""Which parts of a secret address look made up by a machine, and are no words, versions and
numbers, one or several of them hanging together."""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

# A part is a secret of its own from so many letters that no word has.
_SHORTEST_ALONE, _TOO_LONG = 8, 24
_NUMBERED = re.compile(r"[A-Za-z]*\d{0,5}|\d{1,11}|\d{1,3}[a-z]+|[a-z]{3,}\d{1,3}[a-z]{3,}")
_PIECE = re.compile(r"[A-Za-z0-9]+")


def random_looking(segment: str) -> bool:
    """Whether a part of a secret address looks made up."""
    pieces = re.split(r"[^A-Za-z0-9]", unquote(segment))
    return sum(len(piece) for piece in pieces if _made_up(piece)) >= _SHORTEST_ALONE


def pieces_of(segment: str) -> Iterator[str]:
    """The pieces of a part that look made up and are long enough to stand alone."""
    for piece in _PIECE.findall(segment):
        if len(piece) >= _SHORTEST_ALONE and _made_up(piece):
            yield piece


def first_piece(address: str) -> int | None:
    """Where the first piece of an address begins that looks made up, behind the scheme."""
    behind = address.find("://") + 1
    for found in _PIECE.finditer(address, behind):
        if len(found[0]) >= _SHORTEST_ALONE and _made_up(found[0]):
            return found.start()
    return None


def _made_up(piece: str) -> bool:
    if not piece.isalpha():
        return not _NUMBERED.fullmatch(piece)
    # A capital inside begins a word (`getOrders`); letters by chance change far more often.
    turns = sum(one.isupper() != other.isupper() for one, other in pairwise(piece))
    return len(piece) >= _TOO_LONG or (len(piece) >= _TOO_LONG * 2 / 3 and turns > len(piece) * 0.4)
