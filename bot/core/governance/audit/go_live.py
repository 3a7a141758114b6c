"""The go-live check: what must hold before a connection may be called live, in three phases."""

from collections.abc import Callable

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Lane, Layer
from bot.core.governance.audit.risk_questions import COUNTING, missing_docs
from bot.core.governance.audit.situation import Situation, listed, signals_ruled
from bot.language.marks import outside, who


def lacking(situation: Situation, connection: Connection) -> tuple[str, ...]:
    """What a connection that is going live still lacks; empty for any other stage."""
    if connection.about.lifecycle.stage is not Stage.GOING_LIVE:
        return ()
    return tuple(said for rule in CONDITIONS if (said := rule(situation, connection)))


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


# Each says what is missing, or nothing when it is met.
CONDITIONS: tuple[Callable[[Situation, Connection], str], ...] = (
    _entities, _ranked,  # scope
    _owners, _after_launch, _lanes, _errors,  # design
    _responder, _watched, _documented, _tried, _keys,  # go-live
)  # fmt: skip
