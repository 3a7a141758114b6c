"""The word of one person that something waits for: asked, given or refused, and on the record."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.language.errors import NotAllowed, Refused
from bot.language.marks import when, who


class Ruling(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    LAPSED = "not needed any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`subject` is what waits: `step:<runbook>:<step>` or `stuck:<group>`. `owner` is None where
    nobody is named, and then nobody can approve it. `terms` say what is approved, in words, and
    `connections` of which."""

    id: int = 0
    incident: int
    subject: str
    title: str
    layer: Layer
    owner: PersonId | None
    terms: str
    connections: tuple[str, ...] = ()
    asked_at: datetime
    asked_by: PersonId | None = None
    ruling: Ruling = Ruling.WAITING
    by: PersonId | None = None
    at: datetime | None = None
    why: str = ""

    @property
    def waiting(self) -> bool:
        return self.ruling is Ruling.WAITING

    @property
    def held(self) -> str:
        """Why nothing may happen yet, in words; empty once it is approved."""
        if self.ruling in (Ruling.APPROVED, Ruling.LAPSED):
            return ""
        if self.ruling is Ruling.DENIED:
            when_ = f" at {when(self.at)}" if self.at else ""
            return f"“{self.title}” was denied by {who(self.by)}{when_}: {self.why}"
        if self.owner is None:
            return f"“{self.title}” needs the {self.layer} owner's word, and nobody is named."
        return f"“{self.title}” is held until {who(self.owner)}, the {self.layer} owner, approves."


def rule(
    approval: Approval,
    *,
    approve: bool,
    by: PersonId,
    seats: tuple[PersonId, ...],
    why: str,
    now: datetime,
) -> Approval:
    """Decide. `seats` are the people whom `by` stands in for. Raises NotAllowed for anybody but
    the owner and their cover, Refused for a second word and for a denial without a reason."""
    must_rule(approval, (by, *seats))
    if approval.ruling is Ruling.LAPSED:
        raise Refused(f"“{approval.title}” needs your word no more. Nothing was changed.")
    if not approval.waiting:
        raise Refused(
            f"{who(approval.by)} has decided it already: {approval.ruling}. Nothing was changed."
        )
    if not approve and not why.strip():
        raise Refused("Say why it is denied; the reason is kept on the timeline.")
    ruling = Ruling.APPROVED if approve else Ruling.DENIED
    return replace(approval, ruling=ruling, by=by, at=now, why=why.strip())


def must_rule(approval: Approval, seats: tuple[PersonId, ...]) -> None:
    """Raises NotAllowed, naming who may."""
    if approval.owner is None or approval.owner not in seats:
        named = who(approval.owner) if approval.owner else "nobody, since none is named"
        raise NotAllowed(
            f"Only the {approval.layer} owner may decide this: {named}. Nothing was changed."
        )
