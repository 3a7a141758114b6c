"""Ids and names that are taken once only, as the estate file wants them."""

import re
import unicodedata
from collections.abc import Iterable

# The estate file takes 63 and 120: there is room for a number behind each.
_LONGEST_ID, _LONGEST_NAME = 56, 110


def slug(text: str, fallback: str) -> str:
    """`Bestellungen Köln (neu)` as `bestellungen-koln-neu`; `fallback` when nothing is left."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_ID].strip("-") or fallback


class Labels:
    """Ids and names of one kind of thing; no two things may share one, whatever the case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {label.casefold().strip() for label in taken}

    def id(self, text: str, fallback: str) -> str:
        """A new id made from a text."""
        found = wanted = slug(text, fallback)
        number = 1
        while not self.take(found):
            number += 1
            found = f"{wanted}-{number}"
        return found

    def take(self, text: str) -> bool:
        """Take a text, and say whether it was free."""
        key = text.casefold().strip()
        free = bool(key) and key not in self._taken
        self._taken.add(key)
        return free

    def named(self, text: str, fallback: str, *, id: str = "") -> tuple[str, str]:
        """Id and name of one thing, which may be spelt alike. The id is made from the text, unless
        one is wished for."""
        found = wanted = slug(id or text, fallback)
        name = called = text[:_LONGEST_NAME].strip() or fallback
        number = 1
        # Ids and names share one space in the estate file: no word may lead to two connections.
        while {found, name.casefold()} & self._taken:
            number += 1
            found, name = f"{wanted}-{number}", f"{called} ({number})"
        self._taken |= {found, name.casefold()}
        return found, name
