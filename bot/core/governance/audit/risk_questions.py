"""The five questions of the risk check, of each connection and of the estate, answered from data:
yes, no or unknown, with the evidence.

Rule of this file: only a direct, well-founded yes counts. What nobody wrote down is not a yes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVarTuple

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Monitoring
from bot.core.estate.lane import Layer
from bot.core.governance.audit.situation import Situation, few, listed, signals_ruled
from bot.core.monitoring.signals import Signal
from bot.language.marks import outside, who
from bot.language.units import say_count

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


COUNTING = frozenset({Signal.PROCESSED, Signal.COMPLETENESS, Signal.RECONCILED, "volume"})


class RiskQuestion(StrEnum):
    OWNED = "owned"
    COUNTED = "counted"
    CHANGES = "changes"
    DOCUMENTED = "documented"
    RANKED = "ranked"


def of_connection(situation: Situation, connection: Connection) -> tuple[AuditAnswer, ...]:
    """All five, in order."""
    return answered(_QUESTIONS, situation, connection)


def of_estate(
    situation: Situation, each: Mapping[str, tuple[AuditAnswer, ...]]
) -> tuple[AuditAnswer, ...]:
    """All five of all connections together."""
    together = ((id, asks, partial(_together, id)) for id, asks, _ in _QUESTIONS)
    return answered(together, situation, each)


def _together(
    question: RiskQuestion, situation: Situation, each: Mapping[str, tuple[AuditAnswer, ...]]
) -> Answer:
    """One no makes it no; with none, one unknown makes it unknown."""
    replies = {
        key: one.reply for key, answers in each.items() for one in answers if one.id == question
    }
    if not replies:
        return Reply.UNKNOWN, "No connection is in the catalogue."
    bad = [key for key, reply in replies.items() if reply is not Reply.YES]
    good = len(replies) - len(bad)
    evidence = f"{good} of {say_count(len(replies), 'connection')}"
    if bad:
        names = [outside(situation.catalogue.connections[key].name) for key in bad]
        evidence += f"; not {few(names)}"
    seen = set(replies.values())
    reply = Reply.NO if Reply.NO in seen else Reply.UNKNOWN if Reply.UNKNOWN in seen else Reply.YES
    return reply, f"{evidence}."


def _owned(situation: Situation, connection: Connection) -> Answer:
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
    # The oldest of the three counts, and none where a layer was never confirmed.
    dates = [one for one in confirmed if one]
    when = f" Confirmed on {min(dates)}." if len(dates) == len(Layer) else ""
    return Reply.YES, f"It has {listed(named)}.{when}"


def _counted(situation: Situation, connection: Connection) -> Answer:
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


def _changes(situation: Situation, connection: Connection) -> Answer:
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
    # Half an answer is a gap, and none is silence.
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


def _documented(situation: Situation, connection: Connection) -> Answer:
    docs = connection.docs
    missing = missing_docs(connection)
    # Nothing at all may mean that the documents stand elsewhere and nobody entered them.
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


def _ranked(situation: Situation, connection: Connection) -> Answer:
    if connection.criticality is Criticality.UNKNOWN:
        return Reply.UNKNOWN, "Nobody has said how much depends on it."
    part = f" for {outside(connection.domain)}" if connection.domain else ""
    return Reply.YES, f"It is {connection.criticality}{part}."


_QUESTIONS: tuple[tuple[RiskQuestion, str, Callable[[Situation, Connection], Answer]], ...] = (
    (RiskQuestion.OWNED, "Does every connection have a named owner?", _owned),
    (
        RiskQuestion.COUNTED,
        "Are daily record counts known, and does a deviation alert somebody?",
        _counted,
    ),
    (RiskQuestion.CHANGES, "Is there a formal change process?", _changes),
    (RiskQuestion.DOCUMENTED, "Is the documentation kept current?", _documented),
    (
        RiskQuestion.RANKED,
        "Is it known what is critical and what can be switched off?",
        _ranked,
    ),
)
