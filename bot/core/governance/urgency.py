"""The five signals that call for action now, and the honest answer how urgent it is.

Rule of this file: "not urgent" is said when it is true, with the facts that make it so.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.catalogue import Connection, Criticality, Layer
from bot.core.governance.questions import Answered, Question, Reply
from bot.core.governance.situation import LOOK_BACK, Situation, few, listed
from bot.core.suspicions import Verdict
from bot.core.text import outside
from bot.core.units import say_duration

UPDATE_SHADOW = timedelta(days=7)  # a break this soon after an update may come from it
FOUND_WITHIN = timedelta(hours=1)  # to somebody taking an incident
FEW = 5  # an estate below this is small


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSignal:
    id: str
    says: str
    on: Reply  # yes: it calls for action
    evidence: str


class Urgency(StrEnum):
    URGENT = "urgent"
    ACT = "needs attention"
    NOT_URGENT = "not urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    urgency: Urgency
    why: str


def action_signals(situation: Situation) -> tuple[ActionSignal, ...]:
    """All five, in order."""
    return (
        _unowned(situation),
        _update_unnoticed(situation),
        _unauthorised(situation),
        _slow_to_find(situation),
        _stale(situation),
    )


def _signal(id: str, says: str, found: list[str], none: str) -> ActionSignal:
    evidence = f"{'; '.join(found[:4])}." if found else none
    return ActionSignal(id=id, says=says, on=Reply.YES if found else Reply.NO, evidence=evidence)


def _blank(id: str, says: str) -> ActionSignal:
    why = "Only the running bot knows: its database is not at hand."
    return ActionSignal(id=id, says=says, on=Reply.UNKNOWN, evidence=why)


def _ownerless(situation: Situation, connection: Connection) -> bool:
    """Whether it has no technical or no functional owner who is here."""
    owners = connection.owners
    return not (situation.present(owners.technical) and situation.present(owners.functional))


def _unowned(situation: Situation) -> ActionSignal:
    bare = [outside(one.name) for one in situation.managed if _ownerless(situation, one)]
    found = bare if len(bare) >= 2 else []
    none = f"One is: {bare[0]}." if bare else "Every connection has its owners."
    return _signal("unowned", "Two or more connections are unowned", found, none)


def _update_unnoticed(situation: Situation) -> ActionSignal:
    says = "An update disrupted a connection unnoticed"
    if not situation.live.watching:
        return _blank("update", says)
    found = []
    for incident in situation.recent_incidents():
        connection = situation.catalogue.connections.get(incident.connection)
        if connection is None or incident.detected_by == "check":
            continue
        updates = [
            (one.at, f"{situation.catalogue.system_name(one.system)} {one.version}")
            for one in situation.catalogue.releases
            if one.system in connection.systems
        ]
        updates += list(situation.live.observed.get(connection.id, ()))
        for at, what in updates:
            if at <= incident.failing_since <= at + UPDATE_SHADOW:
                found.append(f"{incident.key} after {outside(what, 80)}, seen by a person first")
                break
    return _signal("update", says, found, "No break after an update was left to people to see.")


def _unauthorised(situation: Situation) -> ActionSignal:
    found = [
        f"{outside(connection.name)}: {outside(one.what, 80)}"
        for connection in situation.managed
        for one in situation.changes_of(connection)
        if one.unapproved(situation.now) and one.at >= situation.now - LOOK_BACK
    ]
    found += [
        f"{outside(connection.name)}: {one.what}"
        for connection in situation.managed
        for one in situation.suspicions_of(connection)
        if one.verdict is Verdict.NOT_OURS
    ]
    none = "Every change on record was approved."
    return _signal("unauthorised", "A change was made without authorisation", found, none)


def _slow_to_find(situation: Situation) -> ActionSignal:
    says = "Whoever is responsible was not found quickly"
    if not situation.live.watching:
        return _blank("slow", says)
    found = []
    for one in situation.recent_incidents():
        taken = one.acknowledged_at or one.resolved_at
        took = (taken or situation.now) - one.opened_at
        if took > FOUND_WITHIN and (taken or one.live):
            found.append(f"{one.key} waited {say_duration(took)} for somebody")
    none = f"Somebody had every incident within {say_duration(FOUND_WITHIN)}."
    return _signal("slow", says, found, none)


def _stale(situation: Situation) -> ActionSignal:
    found = []
    for one in situation.managed:
        changed = situation.last_change(one)
        if changed and one.docs.reviewed and one.docs.reviewed < changed[0]:
            found.append(f"{outside(one.name)}: read {one.docs.reviewed}, changed {changed[0]}")
    none = "No documents are older than the last change."
    return _signal("stale", "Documents are older than the last change", found, none)


def judge(
    situation: Situation, answers: tuple[Answered, ...], signals: tuple[ActionSignal, ...]
) -> Judged:
    """Urgent when something critical is unowned or unwatched; not urgent when the estate is small,
    stable and in order; otherwise it needs attention."""
    exposed = [
        outside(one.name)
        for one in situation.managed
        if one.criticality is Criticality.CRITICAL
        and (_ownerless(situation, one) or not one.checks)
    ]
    if exposed:
        return Judged(
            urgency=Urgency.URGENT,
            why=f"Critical and unowned or unwatched: {few(exposed)}.",
        )
    lacking = _not_small_and_quiet(situation, answers)
    if not lacking:
        return Judged(
            urgency=Urgency.NOT_URGENT,
            why=f"{len(situation.managed)} stable connections, all owned and watched,"
            " documents current. Nothing has to be done.",
        )
    on = [signal.says for signal in signals if signal.on is Reply.YES]
    said = f"{listed(on)}." if on else f"No action signal is on; {lacking}."
    return Judged(urgency=Urgency.ACT if on else _calm(answers), why=said)


def _calm(answers: tuple[Answered, ...]) -> Urgency:
    """Without any signal a larger estate is no emergency either, when its answers are all yes."""
    good = all(one.reply is Reply.YES for one in answers)
    return Urgency.NOT_URGENT if good else Urgency.ACT


def _not_small_and_quiet(situation: Situation, answers: tuple[Answered, ...]) -> str:
    """Why the estate is not one that can be left alone; empty when it is."""
    replies = {one.question: one.reply for one in answers}
    if len(situation.managed) >= FEW:
        return f"the estate has {len(situation.managed)} connections"
    if situation.recent_incidents():
        return "there were incidents of late"
    owners = (one.owners.of(layer) for one in situation.managed for layer in Layer)
    if not all(situation.present(owner) for owner in owners):
        return "not every layer is owned"
    if any(not one.checks for one in situation.managed):
        return "not everything is watched"
    return "" if replies.get(Question.DOCUMENTED) is Reply.YES else "documents are not current"
