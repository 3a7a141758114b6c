"""What is wrong, or in doubt, with settings that somebody wrote, and in which part of them."""

from dataclasses import dataclass

Place = tuple[str | int, ...]  # keys and places in lists, below whatever is looked at


class Mistake(ValueError):
    """A setting that can never work: `at` is where it stands, and `hint` what to write instead."""

    def __init__(self, message: str, *at: str | int, hint: str = "") -> None:
        super().__init__(message)
        self.at, self.hint = at, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A setting that works, and is hardly meant."""

    at: Place
    message: str
    hint: str = ""
