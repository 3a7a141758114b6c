"""Truth and numbers as YAML 1.2 has them (`yes` and `on` are text, and `true` is no number), and
how deep and bushy a decoded foreign value may be.

Whoever searches such a value visits each part once for each level above it, so that product is
bounded and not the size alone.
"""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from bot.language.errors import Mistake

_NUMBERS = frozenset({int, float})


def meant(value: Any, annotation: Any) -> Any:
    """`value` of a field of the type `annotation`. Raises ValueError where truth is given for a
    number, and where a word that only other readers take for truth is given for truth."""
    kinds = set(_plain(annotation))
    if isinstance(value, bool) and kinds & _NUMBERS and not kinds & {bool, Any}:
        raise ValueError("must be a number, not true or false")
    # From outside the file everything comes as text.
    # `bool` is a kind of `int` to Python, so it is looked at first everywhere here.
    if isinstance(value, int | str) and not isinstance(value, bool) and kinds == {bool}:
        if str.__str__(str(value) if isinstance(value, int) else value).lower() in _TRUTH:
            return value
        raise ValueError("must be true or false; yes, no, on and off are text")
    for kind in kinds if isinstance(value, list | tuple) else ():
        if get_origin(kind) in (list, tuple):
            _parts_meant(value, get_args(kind)[0])
    return value


def _parts_meant(parts: Iterable[Any], annotation: Any) -> None:
    for place, part in enumerate(parts):
        try:
            meant(part, annotation)
        except ValueError as error:
            raise Mistake(str(error), place) from None


_TRUTH = frozenset({"true", "false"})


def _plain(annotation: Any) -> list[Any]:
    """The types that a field takes beside nothing, without what is annotated to them."""
    if hasattr(annotation, "__metadata__"):
        return _plain(annotation.__origin__)
    if type(None) in get_args(annotation):
        return [
            kind for one in get_args(annotation) for kind in _plain(one) if kind is not type(None)
        ]
    return [annotation]


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
