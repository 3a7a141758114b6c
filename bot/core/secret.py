"""Text that is never shown."""

from typing import Self


class Secret(str):
    """Text from the environment or a secret file. Printing and formatting it shows `***`;
    use as text (encode, compare, search) works on the real characters."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        # str() of a Secret is ***: one made from another keeps the characters.
        return super().__new__(cls, str.__str__(text))

    def reveal(self) -> str:
        """The characters themselves, as an ordinary str: for the request that needs them."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"
