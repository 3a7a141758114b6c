"""Text that is never shown."""

from collections.abc import Iterable
from typing import Self


class Secret(str):
    """Text from the environment or a secret file. Printing and formatting it shows `***`;
    use as text (encode, compare, search) works on the real characters. `parts` are the values
    from outside that it was put together of: each is as secret as the whole."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, text: str, parts: Iterable[str] = ()) -> Self:
        # str() of a Secret is ***: one made from another keeps the characters.
        made = super().__new__(cls, str.__str__(text))
        known = (str.__str__(part) for part in (*getattr(text, "parts", ()), *parts))
        made.parts = tuple(dict.fromkeys(known))
        return made

    def reveal(self) -> str:
        """The characters themselves, as an ordinary str: for the request that needs them."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"
