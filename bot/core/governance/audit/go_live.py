"""The go-live gate: what must hold before a connection may be called live, in three phases.

Rule of this file: every item says who and what is missing; a connection passes when none is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Lane, Layer
from bot.core.governance.audit.risk_questions import COUNTING, missing_docs
from bot.core.governance.audit.situation import Situation, listed, signals_ruled
from bot.language.marks import outside, who


class Phase(StrEnum):
    SCOPE = "scope"
    DESIGN = "design"
    GO_LIVE = "go-live"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateItem:
    phase: Phase
    passed: bool
    what: str  # what holds, or what is missing


def gate(situation: Situation, connection: Connection) -> tuple[GateItem, ...]:
    """All items, in order."""
    return tuple(
        GateItem(phase=phase, passed=not missing, what=missing or good)
        for phase, rules in _RULES.items()
        for good, rule in rules
        for missing in (rule(situation, connection),)
    )


def failing(situation: Situation, connection: Connection) -> tuple[GateItem, ...]:
    """What a connection that is going live still lacks; empty for any other stage."""
    if connection.about.lifecycle.stage is not Stage.GOING_LIVE:
        return ()
    return tuple(item for item in gate(situation, connection) if not item.passed)


def _entities(situation: Situation, connection: Connection) -> str:
    return "" if connection.entities else "Which records move is not written down."


def _ranked(situation: Situation, connection: Connection) -> str:
    if connection.criticality is Criticality.UNKNOWN:
        return "Its criticality is not decided."
    return "" if connection.tolerance else "How late it may be is not decided."


def _owners(situation: Situation, connection: Connection) -> str:
    missing = [layer.value for layer in Layer if not situation.present(connection.owners.of(layer))]
    return f"No {listed(missing)} owner who is here." if missing else ""


def _after_launch(situation: Situation, connection: Connection) -> str:
    roles = connection.about.roles
    if roles.after_launch is None:
        return "Who has it after launch is not named."
    if roles.after_launch == roles.builder:
        return f"{who(roles.builder)} built it and would also run it; name somebody else."
    return ""


def _responder(situation: Situation, connection: Connection) -> str:
    if not situation.present(connection.first_responder):
        return "No first responder who is here."
    behind = {one for rung in connection.ladder for one in rung.people}
    return "" if behind - {connection.first_responder} else "Nobody stands behind them."


def _lanes(situation: Situation, connection: Connection) -> str:
    lacking = [
        lane.value
        for lane in (Lane.VENDOR, Lane.IT)
        if not ((party := situation.catalogue.party_of(connection, lane)) and party.contact)
    ]
    return f"No contact in the {listed(lacking)} lane." if lacking else ""


def _errors(situation: Situation, connection: Connection) -> str:
    exceptions = connection.about.exceptions
    if not situation.present(exceptions.owner):
        return "Nobody owns records that fail."
    return "" if exceptions.process else "How failed records are dealt with is not written down."


def _watched(situation: Situation, connection: Connection) -> str:
    if not connection.checks:
        return "No check looks at it."
    ruled = signals_ruled(connection) & COUNTING
    return "" if ruled else "Nothing compares how many records arrive."


def _documented(situation: Situation, connection: Connection) -> str:
    missing = missing_docs(connection)
    return f"Not documented: {listed(missing)}." if missing else ""


def _tried(situation: Situation, connection: Connection) -> str:
    trials = connection.about.trials
    bad = [one.case for one in trials if not one.passed]
    if bad:
        return f"Tried without success: {listed(outside(case) for case in bad)}."
    if not any(not one.awkward for one in trials):
        return "No scenario was tried end to end."
    return "" if any(one.awkward for one in trials) else "No awkward case was tried."


def _keys(situation: Situation, connection: Connection) -> str:
    bad = [
        one.name
        for one in connection.credentials
        if one.identity != "service" or not situation.present(one.owner)
    ]
    return f"Not a service login with an owner: {listed(bad)}." if bad else ""


_Rule = Callable[[Situation, Connection], str]
_RULES: Mapping[Phase, tuple[tuple[str, _Rule], ...]] = {
    Phase.SCOPE: (
        ("The records that move are named.", _entities),
        ("Criticality and tolerance are decided.", _ranked),
    ),
    Phase.DESIGN: (
        ("All three layers have an owner.", _owners),
        ("Somebody other than its builder has it after launch.", _after_launch),
        ("The lanes have contacts.", _lanes),
        ("Records that fail have an owner and a process.", _errors),
    ),
    Phase.GO_LIVE: (
        ("A first responder and somebody behind them are named.", _responder),
        ("Checks count what arrives.", _watched),
        ("All five documents exist.", _documented),
        ("Ordinary and awkward cases were tried and passed.", _tried),
        ("Every login is a service account with an owner.", _keys),
    ),
}
