"""A step that must wait: who held it and why, who may release it, and what they decided.

A held step takes no answer. A denied one can only be skipped, with its reason, until somebody who
may releases it after all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.language.errors import NotAllowed, Refused
from bot.language.marks import outside, when, who


class Decision(StrEnum):
    RELEASED = "released"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`trigger` says what caused it: a person, or a rule in words. `may_release` is never empty
    for a hold that was entered through the flow."""

    id: int
    incident: int
    step: str
    title: str
    why: str
    by: str | None  # None: a rule
    trigger: str
    at: datetime
    may_release: tuple[str, ...]
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the step takes no answer because of it."""
        return self.decision is not Decision.RELEASED


def decide(
    hold: Hold,
    decision: Decision,
    *,
    by: str,
    seats: tuple[str, ...],
    reason: str,
    now: datetime,
) -> Hold:
    """`by`, who may speak for `seats`, releases or denies. Raises NotAllowed for anybody else, and
    Refused without a reason for a denial or when it was released already."""
    must_decide(hold, seats)
    if hold.decision is Decision.RELEASED:
        raise Refused(f"“{hold.title}” was released: {decided(hold)}. Nothing was changed.")
    said = outside(reason)
    if decision is Decision.DENIED and not said:
        raise Refused("Say why it is denied; whoever waits has to know.")
    return replace(hold, decision=decision, decided_by=by, decided_at=now, reason=said)


def must_decide(hold: Hold, seats: tuple[str, ...]) -> None:
    """Raises NotAllowed, naming who may."""
    if not set(seats) & set(hold.may_release):
        people = ", ".join(who(person) for person in hold.may_release)
        raise NotAllowed(f"Only {people} may release or deny “{hold.title}”. Ask one of them.")


def decided(hold: Hold) -> str:
    """By whom, when and why, in marks."""
    at = f" {when(hold.decided_at)}" if hold.decided_at else ""
    return f"{who(hold.decided_by)}{at}{f', {hold.reason}' if hold.reason else ''}"


def refuse_answer(hold: Hold | None, *, skipping: bool) -> None:
    """Raises Refused when the step has to wait, saying for whom."""
    if hold is None or not hold.blocks:
        return
    people = ", ".join(who(person) for person in hold.may_release)
    if hold.decision is Decision.DENIED:
        if skipping:
            return
        raise Refused(
            f"“{hold.title}” was denied by {decided(hold)}. Skip it with your reason, or ask"
            f" {people} to release it after all."
        )
    raise Refused(
        f"“{hold.title}” has to wait: {hold.why} (held by {who(hold.by) if hold.by else 'a rule'},"
        f" {when(hold.at)}). {people} may release it."
    )
