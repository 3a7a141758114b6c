"""The five signals that call for action now, and the honest answer how urgent it is.

Rule of this file: "not urgent" is said when it is true, with the facts that make it so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.lane import Layer
from bot.core.governance.audit.risk_questions import (
    Answer,
    AuditAnswer,
    Reply,
    RiskQuestion,
    answered,
)
from bot.core.governance.audit.situation import LOOK_BACK, Situation, few, listed
from bot.core.governance.ripe import Pending
from bot.language.marks import outside
from bot.language.units import say_count, say_duration

UPDATE_SHADOW = timedelta(days=7)  # a break this soon after an update may come from it
FOUND_WITHIN = timedelta(hours=1)  # to somebody taking an incident
_LATELY = f"the last {LOOK_BACK.days} days"
_NOT_WATCHING = Reply.UNKNOWN, "Only the running bot knows: its database is not at hand."
FEW = 5  # an estate below this is small


class Urgency(StrEnum):
    URGENT = "urgent"
    ACT = "needs attention"
    NOT_URGENT = "not urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedUrgency:
    urgency: Urgency
    why: str


def answers(situation: Situation) -> tuple[AuditAnswer, ...]:
    """All five, in order. Yes when it calls for action."""
    return answered(_SIGNALS, situation)


def _said(found: list[str], none: str | Pending) -> Answer:
    """`none` says what is so when nothing was `found`, or why there was nothing to judge."""
    if found:
        return Reply.YES, f"{'; '.join(found[:4])}."
    if isinstance(none, Pending):
        return Reply.UNKNOWN, f"{none.words[0].upper()}{none.words[1:]}."
    return Reply.NO, none


def _ownerless(situation: Situation, connection: Connection) -> bool:
    """Whether it has no technical or no functional owner who is here."""
    owners = connection.owners
    return not (situation.present(owners.technical) and situation.present(owners.functional))


def _unowned(situation: Situation) -> Answer:
    bare = [outside(one.name) for one in situation.managed if _ownerless(situation, one)]
    found = bare if len(bare) >= 2 else []
    good = f"One is: {bare[0]}." if bare else "Every connection has its owners."
    none = good if situation.managed else Pending(why="no connection is in the catalogue")
    return _said(found, none)


def _update_unnoticed(situation: Situation) -> Answer:
    if not situation.live.watching:
        return _NOT_WATCHING
    found, noticed = [], False
    for incident in situation.recent_incidents():
        connection = situation.catalogue.connections.get(incident.connection)
        if connection is None:
            continue
        updates = [
            (one.at, one.called(situation.catalogue.system_name(one.system)))
            for one in situation.releases_of(connection)
        ]
        updates += list(situation.live.observed.get(connection.id, ()))
        for at, what in updates:
            if at <= incident.failing_since <= at + UPDATE_SHADOW:
                if incident.detected_by == "check":
                    noticed = True
                    break
                found.append(f"{incident.key} after {outside(what, 80)}, seen by a person first")
                break
    good = "No break after an update was left to people to see."
    none = good if noticed else Pending(why=f"no break after an update of {_LATELY} is on record")
    return _said(found, none)


def _unauthorised(situation: Situation) -> Answer:
    recent = situation.now - LOOK_BACK
    found = [
        f"{outside(connection.name)}: {outside(one.what, 80)}"
        for connection in situation.managed
        for one in situation.unapproved(connection)
    ]
    found += [
        f"{outside(connection.name)}: {one.what}"
        for connection in situation.managed
        for one in situation.unannounced_changes(connection)
        if one.verdict is AnnouncedBy.NOT_OURS
    ]
    known = [
        change
        for one in situation.managed
        for change in situation.changes_of(one)
        if change.at >= recent
    ]
    # Neither good nor bad yet: it is not counted to either.
    waiting = [
        one for one in known if one.approved_by is None and not one.unapproved(situation.now)
    ]
    none: str | Pending = f"Every change of {_LATELY} was approved."
    if len(waiting) == len(known):
        none = Pending(why=_still(waiting, "change", f"no change of {_LATELY} is on record"))
    elif waiting:
        none = f"Every other change of {_LATELY} was approved; {_still(waiting, 'change')}."
    return _said(found, none)


def _still(waiting: Sequence[object], noun: str, without: str = "") -> str:
    verb = "has" if len(waiting) == 1 else "have"
    return f"{say_count(len(waiting), noun)} still {verb} time" if waiting else without


def _slow_to_find(situation: Situation) -> Answer:
    if not situation.live.watching:
        return _NOT_WATCHING
    found, waiting, had = [], [], 0
    for one in situation.recent_incidents():
        taken = one.acknowledged_at or one.resolved_at
        took = (taken or situation.now) - one.opened_at
        # What was merged or cancelled before anybody had it is no case.
        if took > FOUND_WITHIN and (taken or one.live):
            found.append(f"{one.key} waited {say_duration(took)} for somebody")
        elif taken:
            had += 1
        elif one.live:
            waiting.append(one)
    within = f"within {say_duration(FOUND_WITHIN)}"
    none: str | Pending = f"Somebody had every incident of {_LATELY} {within}."
    if not had:
        none = Pending(why=_still(waiting, "incident", f"no incident of {_LATELY} is on record"))
    elif waiting:
        none = f"Somebody had every other incident {within}; {_still(waiting, 'incident')}."
    return _said(found, none)


def _stale(situation: Situation) -> Answer:
    found, current = [], False
    for one in situation.managed:
        changed = situation.last_change(one)
        # Documents without a date are told of by the question after documentation.
        if changed is None or one.docs.reviewed is None:
            continue
        current = current or one.docs.reviewed >= changed[0]
        if one.docs.reviewed < changed[0]:
            found.append(f"{outside(one.name)}: read {one.docs.reviewed}, changed {changed[0]}")
    good = "No documents are older than the last change."
    none = good if current else Pending(why="nothing changed that has documents with a date")
    return _said(found, none)


_SIGNALS: tuple[tuple[str, str, Callable[[Situation], Answer]], ...] = (
    ("unowned", "Two or more connections are unowned", _unowned),
    ("update", "An update disrupted a connection unnoticed", _update_unnoticed),
    ("unauthorised", "A change was made without authorisation", _unauthorised),
    ("slow", "Whoever is responsible was not found quickly", _slow_to_find),
    ("stale", "Documents are older than the last change", _stale),
)


def judge(
    situation: Situation, answers: tuple[AuditAnswer, ...], signals: tuple[AuditAnswer, ...]
) -> JudgedUrgency:
    """Urgent when something critical is unowned or unwatched; not urgent when the estate is small,
    stable and in order; otherwise it needs attention."""
    exposed = [
        outside(one.name)
        for one in situation.managed
        if one.criticality is Criticality.CRITICAL
        and (_ownerless(situation, one) or not one.checks)
    ]
    if exposed:
        return JudgedUrgency(
            urgency=Urgency.URGENT,
            why=f"Critical and unowned or unwatched: {few(exposed)}.",
        )
    lacking = _not_small_and_quiet(situation, answers)
    if not lacking:
        quiet = f" without an incident in {_LATELY}" if situation.live.watching else ""
        return JudgedUrgency(
            urgency=Urgency.NOT_URGENT,
            why=f"{say_count(len(situation.managed), 'connection')}{quiet}, owned and watched,"
            " documents current. Nothing has to be done.",
        )
    on = [signal.asks for signal in signals if signal.reply is Reply.YES]
    said = f"{listed(on)}." if on else f"No action signal is on; {lacking}."
    return JudgedUrgency(urgency=Urgency.ACT if on else _without_signals(answers), why=said)


def _without_signals(answers: tuple[AuditAnswer, ...]) -> Urgency:
    """Without any signal a larger estate is no emergency either, when its answers are all yes."""
    good = all(one.reply is Reply.YES for one in answers)
    return Urgency.NOT_URGENT if good else Urgency.ACT


def _not_small_and_quiet(situation: Situation, answers: tuple[AuditAnswer, ...]) -> str:
    """Why the estate is not one that can be left alone; empty when it is."""
    replies = {one.id: one.reply for one in answers}
    if len(situation.managed) >= FEW:
        return f"the estate has {len(situation.managed)} connections"
    if situation.recent_incidents():
        return "there were incidents of late"
    owners = (one.owners.of(layer) for one in situation.managed for layer in Layer)
    if not all(situation.present(owner) for owner in owners):
        return "not every layer is owned"
    if any(not one.checks for one in situation.managed):
        return "not everything is watched"
    return "" if replies.get(RiskQuestion.DOCUMENTED) is Reply.YES else "documents are not current"
