"""What waits for the word of somebody: a step of a runbook, or a group of failed records.

A gate is asked for by a person or a rule (`HOLD`), or because records may be sent again only with
their owner's consent (`APPROVAL`). While it blocks, the step takes no answer. A held step that was
denied can be skipped with a reason, or released after all; an approval is decided once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.language.errors import NotAllowed, Refused
from bot.language.marks import outside, when, who


class GateKind(StrEnum):
    HOLD = "hold"
    APPROVAL = "approval"


class Decision(StrEnum):
    RELEASED = "released"
    DENIED = "denied"
    LAPSED = "lapsed"  # it is another owner's word by now


# What may be decided, by what was decided before; every other pair is refused.
MAY_DECIDE: Mapping[GateKind, Mapping[Decision | None, frozenset[Decision]]] = {
    GateKind.HOLD: {
        None: frozenset({Decision.RELEASED, Decision.DENIED}),
        Decision.DENIED: frozenset({Decision.RELEASED, Decision.DENIED}),
    },
    GateKind.APPROVAL: {None: frozenset({Decision.RELEASED, Decision.DENIED})},
}
_AS_SAID = {  # of an approval
    None: "waiting",
    Decision.RELEASED: "approved",
    Decision.DENIED: "denied",
    Decision.LAPSED: "not needed any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`subject` is what waits: the id of a held step, `step:<runbook>:<step>` of one that needs an
    approval, or `stuck:<group>`. `why` is the reason of a hold or the terms of an approval, in
    marks, and `connections` those that an approval is for. An approval names one person in
    `may_decide`, the owner of `layer`, or nobody, and then nobody can give it."""

    id: int = 0
    incident: int
    kind: GateKind
    subject: str
    title: str
    why: str
    trigger: str = ""  # what caused a hold: `by hand`, or a rule in words
    layer: Layer | None = None
    may_decide: tuple[PersonId, ...]
    connections: tuple[str, ...] = ()
    asked_at: datetime
    asked_by: PersonId | None = None  # None: a rule
    decision: Decision | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def owner(self) -> PersonId | None:
        """Whose approval it takes."""
        return next(iter(self.may_decide), None)

    @property
    def waiting(self) -> bool:
        return self.decision is None

    @property
    def blocks(self) -> bool:
        """Whether nothing may happen yet."""
        return self.decision not in (Decision.RELEASED, Decision.LAPSED)

    @property
    def state(self) -> str:
        """What became of an approval, in a word or two."""
        return _AS_SAID[self.decision]

    @property
    def refusal(self) -> str:
        """Why nothing may happen yet, in marks; empty where it may."""
        if not self.blocks:
            return ""
        if self.kind is GateKind.HOLD:
            return _held_up(self)
        if self.decision is Decision.DENIED:
            at = f" at {when(self.decided_at)}" if self.decided_at else ""
            return f"“{self.title}” was denied by {who(self.decided_by)}{at}: {self.reason}"
        if self.owner is None:
            return f"“{self.title}” needs the {self.layer} owner's word, and nobody is named."
        return f"“{self.title}” is held until {who(self.owner)}, the {self.layer} owner, approves."


def _held_up(gate: Gate) -> str:
    people = ", ".join(map(who, gate.may_decide))
    if gate.decision is Decision.DENIED:
        return (
            f"“{gate.title}” was denied by {_decided(gate)}. Skip it with your reason, or ask"
            f" {people} to release it after all."
        )
    by = who(gate.asked_by) if gate.asked_by else "a rule"
    return (
        f"“{gate.title}” has to wait: {gate.why} (held by {by}, {when(gate.asked_at)})."
        f" {people} may release it."
    )


def _decided(gate: Gate) -> str:
    """By whom, when and why, in marks."""
    at = f" {when(gate.decided_at)}" if gate.decided_at else ""
    return f"{who(gate.decided_by)}{at}{f', {gate.reason}' if gate.reason else ''}"


def decide(gate: Gate, decision: Decision, *, by: PersonId, reason: str, now: datetime) -> Gate:
    """Released or denied by `by`, of whom `must_decide` knows whether they may. Raises Refused for
    what the table does not have, and for a denial without a reason."""
    if decision not in MAY_DECIDE[gate.kind].get(gate.decision, ()):
        raise Refused(f"{_decided_before(gate)} Nothing was changed.")
    said = outside(reason)
    if decision is Decision.DENIED and not said:
        kept = gate.kind is GateKind.APPROVAL
        why = "the reason is kept on the timeline" if kept else "whoever waits has to know"
        raise Refused(f"Say why it is denied; {why}.")
    return replace(gate, decision=decision, decided_by=by, decided_at=now, reason=said)


def _decided_before(gate: Gate) -> str:
    if gate.kind is GateKind.HOLD:
        return f"“{gate.title}” was released: {_decided(gate)}."
    if gate.decision is Decision.LAPSED:
        return f"“{gate.title}” needs your word no more."
    return f"{who(gate.decided_by)} has decided it already: {gate.state}."


def must_decide(gate: Gate, speaks_for: tuple[PersonId, ...]) -> None:
    """Raises NotAllowed, naming who may."""
    if set(speaks_for) & set(gate.may_decide):
        return
    if gate.kind is GateKind.HOLD:
        people = ", ".join(map(who, gate.may_decide))
        raise NotAllowed(f"Only {people} may release or deny “{gate.title}”. Ask one of them.")
    named = who(gate.owner) if gate.owner else "nobody, since none is named"
    raise NotAllowed(f"Only the {gate.layer} owner may decide this: {named}. Nothing was changed.")


def refuse_answer(gate: Gate | None, *, skipping: bool) -> None:
    """Raises Refused where the step takes no answer, saying whom it waits for. What was denied may
    be skipped, and so may what waits for an approval."""
    if gate is None or not gate.blocks:
        return
    if gate.kind is GateKind.APPROVAL:
        # A denied approval stops what the step would do, and not the walk.
        if gate.waiting and not skipping:
            raise Refused(f"{gate.refusal} Skip it with a reason, or wait.")
    elif not (skipping and gate.decision is Decision.DENIED):
        raise Refused(gate.refusal)
