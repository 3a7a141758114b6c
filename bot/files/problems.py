"""What is wrong in a file, and where: every reader of files returns these, all at once.

A problem never holds a value that came from the environment or from a secret file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

# Below this likeness (0..100) a suggestion confuses more than it helps.
_ALIKE = 65


class ProblemLevel(StrEnum):
    ERROR = "error"  # the file cannot be used
    WARNING = "warning"  # the file loads; somebody should still look


class Placed(Protocol):
    """Whatever has a place in a file."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`line` and `column` count from 1; line 0 is the file as a whole. `hint` says what to write
    instead, or is empty."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    severity: ProblemLevel = ProblemLevel.ERROR

    @classmethod
    def at(
        cls,
        file: str,
        place: "Placed",
        message: str,
        hint: str = "",
        severity: ProblemLevel = ProblemLevel.ERROR,
    ) -> "Problem":
        """What is wrong with something that stands in `file`."""
        return cls(
            file=file,
            line=place.line,
            column=place.column,
            message=message,
            hint=hint,
            severity=severity,
        )

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{where}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by their position in the file, each once."""
    return tuple(
        sorted(set(problems), key=lambda item: (item.file, item.line, item.column, item.message))
    )


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is ProblemLevel.ERROR)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'erp-admin'?` for the most similar known word; empty when none is near."""
    from rapidfuzz import fuzz, process, utils  # only who has made a mistake pays for it

    nearest = process.extractOne(
        word, sorted(known), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_ALIKE
    )
    return f"did you mean '{nearest[0]}'?" if nearest else ""
