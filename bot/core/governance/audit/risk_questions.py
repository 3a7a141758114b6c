"""The five questions of the risk check, answered from data: yes, no or unknown, with the evidence.

Rule of this file: only a direct, well-founded yes counts. What nobody wrote down is not a yes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Monitoring
from bot.core.estate.lane import Layer
from bot.core.governance.audit.situation import Situation, few, listed, signals_ruled
from bot.core.monitoring.signals import Signal
from bot.language.marks import outside, who
from bot.language.units import say_count

NEEDED = 3  # fewer yes answers than this is a governance gap
COUNTING = frozenset({Signal.PROCESSED, Signal.COMPLETENESS, Signal.RECONCILED, "volume"})


class Reply(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class RiskQuestion(StrEnum):
    OWNED = "owned"
    COUNTED = "counted"
    CHANGES = "changes"
    DOCUMENTED = "documented"
    RANKED = "ranked"


WORDS: Mapping[RiskQuestion, str] = {
    RiskQuestion.OWNED: "Does every connection have a named owner?",
    RiskQuestion.COUNTED: "Are daily record counts known, and does a deviation alert somebody?",
    RiskQuestion.CHANGES: "Is there a formal change process?",
    RiskQuestion.DOCUMENTED: "Is the documentation kept current?",
    RiskQuestion.RANKED: "Is it known what is critical and what can be switched off?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAnswer:
    question: RiskQuestion
    reply: Reply
    evidence: str


class ControlStatus(StrEnum):
    """What the number of yes answers means."""

    IN_ORDER = "in order"
    GAPS = "has gaps"
    GOVERNANCE_GAP = "governance gap"


def score(answers: tuple[RiskAnswer, ...]) -> int:
    return sum(one.reply is Reply.YES for one in answers)


def standing(answers: tuple[RiskAnswer, ...]) -> ControlStatus:
    yes = score(answers)
    if yes < NEEDED:
        return ControlStatus.GOVERNANCE_GAP
    return ControlStatus.IN_ORDER if yes == len(RiskQuestion) else ControlStatus.GAPS


def of_connection(situation: Situation, connection: Connection) -> tuple[RiskAnswer, ...]:
    """All five, in order."""
    return tuple(
        RiskAnswer(question=question, reply=reply, evidence=evidence)
        for question in RiskQuestion
        for reply, evidence in (_ANSWERS[question](situation, connection),)
    )


def of_estate(
    situation: Situation, each: Mapping[str, tuple[RiskAnswer, ...]]
) -> tuple[RiskAnswer, ...]:
    """One no makes it no; with none, one unknown makes it unknown."""
    return tuple(_together(situation, question, each) for question in RiskQuestion)


def _together(
    situation: Situation, question: RiskQuestion, each: Mapping[str, tuple[RiskAnswer, ...]]
) -> RiskAnswer:
    replies = {
        key: next(one.reply for one in answers if one.question is question)
        for key, answers in each.items()
    }
    if not replies:
        return RiskAnswer(
            question=question, reply=Reply.UNKNOWN, evidence="No connection is in the catalogue."
        )
    bad = [key for key, reply in replies.items() if reply is not Reply.YES]
    good = len(replies) - len(bad)
    evidence = f"{good} of {say_count(len(replies), 'connection')}"
    if bad:
        names = [outside(situation.catalogue.connections[key].name) for key in bad]
        evidence += f"; not {few(names)}"
    seen = set(replies.values())
    reply = Reply.NO if Reply.NO in seen else Reply.UNKNOWN if Reply.UNKNOWN in seen else Reply.YES
    return RiskAnswer(question=question, reply=reply, evidence=f"{evidence}.")


def _owned(situation: Situation, connection: Connection) -> tuple[Reply, str]:
    owners = {layer: connection.owners.of(layer) for layer in Layer}
    missing = [layer.value for layer, owner in owners.items() if owner is None]
    if missing:
        return Reply.NO, f"No {listed(missing)} owner is named."
    for layer, owner in owners.items():
        why = situation.absence(owner) if owner else ""
        if why:
            return Reply.NO, f"{who(owner)}, {layer} owner, {why}."
    named = [f"{layer} owner {who(owner)}" for layer, owner in owners.items()]
    confirmed = [situation.live.confirmed.get((connection.id, layer.value)) for layer in Layer]
    dates = [one for one in confirmed if one]
    when = f" Confirmed on {min(dates)}." if len(dates) == len(Layer) else ""
    return Reply.YES, f"It has {listed(named)}.{when}"


def _counted(situation: Situation, connection: Connection) -> tuple[Reply, str]:
    if not connection.checks:
        return Reply.NO, "No check looks at it."
    if connection.about.monitoring is Monitoring.PASSIVE:
        return Reply.NO, "It is watched passively: somebody has to go and look."
    ruled = sorted(signals_ruled(connection) & COUNTING)
    if not ruled:
        return Reply.NO, "It is watched, but nothing compares how many records arrive."
    if situation.live.verdicts.get(connection.id) == "unknown":
        return Reply.UNKNOWN, f"Rules on {listed(ruled)} exist, but nobody can look at present."
    return Reply.YES, f"Rules on {listed(ruled)} alert {who(connection.first_responder)}."


def _changes(situation: Situation, connection: Connection) -> tuple[Reply, str]:
    loose = situation.unapproved(connection)
    if loose:
        return Reply.NO, f"“{outside(loose[-1].what)}” was changed without an approval on record."
    roles = connection.about.roles
    process = situation.catalogue.governance.change_process
    if process and connection.owners.functional:
        return Reply.YES, (
            f"{outside(process)}; {who(roles.approves_changes or connection.owners.functional)}"
            " approves."
        )
    parts = {
        "who may change it": roles.may_change,
        "who assesses the impact": roles.assesses_impact,
        "who documents it": roles.updates_docs,
        "who approves it": roles.approves_changes or connection.owners.functional,
    }
    missing = [name for name, given in parts.items() if not given]
    if not missing:
        return Reply.YES, "Who may change it, assesses, approves and documents is named."
    recorded = len(missing) < len(parts)
    return (Reply.NO if recorded else Reply.UNKNOWN), f"Not recorded: {listed(missing)}."


DOC_PARTS = {
    "mapping": "field mappings",
    "schedule": "schedule and triggers",
    "auth": "authentication",
    "playbook": "error playbook",
    "escalation": "escalation contacts",
}


def missing_docs(connection: Connection) -> list[str]:
    return [words for name, words in DOC_PARTS.items() if not getattr(connection.docs, name)]


def _documented(situation: Situation, connection: Connection) -> tuple[Reply, str]:
    docs = connection.docs
    missing = missing_docs(connection)
    if len(missing) == len(DOC_PARTS) and docs.reviewed is None:
        return Reply.UNKNOWN, "Nothing is recorded about its documents."
    if missing:
        return Reply.NO, f"Missing: {listed(missing)}."
    if docs.reviewed is None:
        return Reply.NO, "Nobody recorded when they were last read."
    changed = situation.last_change(connection)
    if changed and docs.reviewed < changed[0]:
        return Reply.NO, (
            f"Last read on {docs.reviewed}, before the change of {changed[0]}"
            f" ({outside(changed[1], 80)})."
        )
    if situation.today - docs.reviewed > situation.catalogue.governance.docs_max_age:
        return Reply.NO, f"Last read on {docs.reviewed}, too long ago."
    return Reply.YES, f"All five parts, read on {docs.reviewed}, after the last change."


def _ranked(situation: Situation, connection: Connection) -> tuple[Reply, str]:
    if connection.criticality is Criticality.UNKNOWN:
        return Reply.UNKNOWN, "Nobody has said how much depends on it."
    part = f" for {outside(connection.domain)}" if connection.domain else ""
    return Reply.YES, f"It is {connection.criticality}{part}."


_ANSWERS: Mapping[RiskQuestion, Callable[[Situation, Connection], tuple[Reply, str]]] = {
    RiskQuestion.OWNED: _owned,
    RiskQuestion.COUNTED: _counted,
    RiskQuestion.CHANGES: _changes,
    RiskQuestion.DOCUMENTED: _documented,
    RiskQuestion.RANKED: _ranked,
}
