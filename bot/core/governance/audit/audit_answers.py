"""Questions that the data answers: yes, no or unknown, with the evidence.

Rule of this file: only a direct, well-founded yes counts. What nobody wrote down is not a yes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVarTuple

NEEDED = 3  # fewer yes answers than this is a governance gap
Looked = TypeVarTuple("Looked")  # at what a question looks


class Reply(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


Answer = tuple[Reply, str]  # with the evidence in the marks of `bot.language.marks`


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAnswer:
    id: str
    asks: str
    reply: Reply
    evidence: str


def answered(
    questions: Iterable[tuple[str, str, Callable[[*Looked], Answer]]], *looked: *Looked
) -> tuple[AuditAnswer, ...]:
    """All questions, each with its id and words, in order."""
    return tuple(
        AuditAnswer(id=id, asks=asks, reply=reply, evidence=evidence)
        for id, asks, look in questions
        for reply, evidence in (look(*looked),)
    )


class ControlStatus(StrEnum):
    """What the number of yes answers means."""

    IN_ORDER = "in order"
    GAPS = "has gaps"
    GOVERNANCE_GAP = "governance gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Of whatever the five risk questions were asked."""

    answers: tuple[AuditAnswer, ...]

    @property
    def score(self) -> int:
        return sum(one.reply is Reply.YES for one in self.answers)

    @property
    def status(self) -> ControlStatus:
        if self.score < NEEDED:
            return ControlStatus.GOVERNANCE_GAP
        return ControlStatus.IN_ORDER if self.score == len(self.answers) else ControlStatus.GAPS
