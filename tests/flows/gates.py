"""Words said to gates, as the forms and commands say them."""

from bot.core.runbooks.gate import Decision, Gate, GateKind
from bot.flows.runbooks import gates
from bot.flows.work import Work


def hold(work: Work, number: int, *, step: str, title: str, why: str, by: str) -> Gate:
    return gates.hold(work, number, step, title, gates.Reason(why=why, by=by))


def decide_hold(
    work: Work,
    number: int,
    decision: Decision,
    *,
    step: str,
    by: str,
    reason: str,
    seen: int | None = None,
) -> Gate:
    said = gates.Said(by=by, reason=reason, seen=seen)
    return gates.decide(work, gates.held(work, number, step), decision, said)


def approve(work: Work, gate: int, by: str, why: str = "") -> Gate:
    said = gates.Said(by=by, reason=why)
    return gates.decide(work, gates.asked(work, gate), Decision.RELEASED, said)


def deny(work: Work, gate: int, by: str, why: str) -> Gate:
    said = gates.Said(by=by, reason=why)
    return gates.decide(work, gates.asked(work, gate), Decision.DENIED, said)


def approvals(work: Work, incident: int) -> tuple[Gate, ...]:
    return work.tx.gates_of(incident, GateKind.APPROVAL)
