"""A gate's states as a table, and what each of them keeps from happening."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.estate.lane import Layer
from bot.core.runbooks import gate
from bot.core.runbooks.gate import MAY_DECIDE, Decision, Gate, GateKind
from bot.language.errors import NotAllowed, Refused

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOLD = Gate(
    incident=1,
    kind=GateKind.HOLD,
    subject="erp",
    title="Is it up?",
    why="the vendor calls back",
    may_decide=("alice", "bob"),
    asked_at=NOON,
)
APPROVAL = replace(HOLD, kind=GateKind.APPROVAL, layer=Layer.FUNCTIONAL, may_decide=("data-owner",))
STATES = (None, *Decision)


def a_gate(kind: GateKind, decision: Decision | None) -> Gate:
    asked = HOLD if kind is GateKind.HOLD else APPROVAL
    decided = {"decided_by": "alice", "decided_at": NOON, "reason": "it answers"}
    return replace(asked, decision=decision, **(decided if decision else {}))


@pytest.mark.parametrize("kind", GateKind)
@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", Decision)
def test_every_pair_of_states_is_in_the_table_or_refused_and_changes_nothing(
    kind: GateKind, before: Decision | None, after: Decision
) -> None:
    one = a_gate(kind, before)

    if after in MAY_DECIDE[kind].get(before, ()):
        decided = gate.decide(one, after, by="bob", reason="seen", now=NOON)
        assert (decided.decision, decided.decided_by, decided.reason) == (after, "bob", "seen")
    else:
        with pytest.raises(Refused, match="Nothing was changed"):
            gate.decide(one, after, by="bob", reason="seen", now=NOON)


@pytest.mark.parametrize("kind", GateKind)
def test_nobody_denies_without_a_reason_and_anybody_named_may_release_without_one(
    kind: GateKind,
) -> None:
    one = a_gate(kind, None)

    with pytest.raises(Refused, match="Say why it is denied"):
        gate.decide(one, Decision.DENIED, by="bob", reason=" ", now=NOON)
    assert not gate.decide(one, Decision.RELEASED, by="bob", reason=" ", now=NOON).blocks


@pytest.mark.parametrize(
    ("kind", "decision", "answered", "skipped"),
    [
        (GateKind.HOLD, None, False, False),
        (GateKind.HOLD, Decision.DENIED, False, True),
        (GateKind.HOLD, Decision.RELEASED, True, True),
        (GateKind.APPROVAL, None, False, True),
        (GateKind.APPROVAL, Decision.DENIED, True, True),
        (GateKind.APPROVAL, Decision.RELEASED, True, True),
        (GateKind.APPROVAL, Decision.LAPSED, True, True),
    ],
)
def test_what_a_step_takes_while_a_gate_stands(
    kind: GateKind, decision: Decision | None, answered: bool, skipped: bool
) -> None:
    one = a_gate(kind, decision)

    for skipping, may in ((False, answered), (True, skipped)):
        if may:
            gate.refuse_answer(one, skipping=skipping)
        else:
            with pytest.raises(Refused):
                gate.refuse_answer(one, skipping=skipping)


def test_only_whoever_is_named_decides_and_others_read_who_that_is() -> None:
    gate.must_decide(HOLD, ("manager", "bob"))
    with pytest.raises(NotAllowed, match="‹p:alice›, ‹p:bob›"):
        gate.must_decide(HOLD, ("manager",))
    with pytest.raises(NotAllowed, match="‹p:data-owner›"):
        gate.must_decide(APPROVAL, ("alice",))


def test_where_no_owner_is_named_nobody_can_approve() -> None:
    nobody = replace(APPROVAL, may_decide=())

    assert "nobody is named" in nobody.refusal
    with pytest.raises(NotAllowed, match="since none is named"):
        gate.must_decide(nobody, ("alice",))
