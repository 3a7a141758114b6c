"""Two lists answered from data: the ten signs that integration assumptions are not ready, of the
estate, and what must hold before a connection may be called live, in three phases.

Rule of this file: a sign is absent only when something on record says so; silence is unknown.
"""

from collections.abc import Callable, Iterable, Sequence

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Lane, Layer
from bot.core.governance.audit.risk_questions import (
    COUNTING,
    Answer,
    AuditAnswer,
    Reply,
    answered,
    missing_docs,
)
from bot.core.governance.audit.situation import Situation, few, listed, signals_ruled
from bot.language.marks import outside, who
from bot.language.units import say_count


def readiness(situation: Situation) -> tuple[AuditAnswer, ...]:
    """All ten, in order. Yes when the warning sign is absent on the evidence given."""
    return answered(_SIGNS, situation)


def _names(connections: Iterable[Connection]) -> str:
    return few((outside(one.name) for one in connections), 4)


def _of_all(
    connections: Sequence[Connection],
    good: Callable[[Connection], bool],
    missing: str,
    present: str,
) -> Answer:
    """Yes when every one is good, unknown when none says anything, else no."""
    if not connections:
        return Reply.UNKNOWN, "No connection is in the catalogue."
    bad = [one for one in connections if not good(one)]
    if not bad:
        return Reply.YES, present
    # Where nobody wrote a word the question was never asked; where some did, the others were left
    # out.
    reply = Reply.UNKNOWN if len(bad) == len(connections) else Reply.NO
    return reply, f"{missing}: {_names(bad)}."


def _definitions(situation: Situation) -> Answer:
    records = [item for one in situation.managed for item in one.about.records]
    domains = situation.catalogue.governance.authority.values()
    texts = [item.definition for item in records] + [item.definition for item in domains]
    written = [text for text in texts if text]
    if not written:
        return Reply.UNKNOWN, "No definition of any record is written down."
    meanings: dict[str, set[str]] = {}
    for item in records:
        if item.definition:
            meanings.setdefault(item.name.casefold(), set()).add(item.definition.casefold())
    # By name: two connections that both move orders have to mean the same by it.
    split = [outside(name) for name, said in meanings.items() if len(said) > 1]
    if split:
        return Reply.NO, f"Defined in more than one way: {listed(split)}."
    return Reply.YES, f"{say_count(len(written), 'definition')} on record, none against another."


def _handoffs(situation: Situation) -> Answer:
    return _of_all(
        situation.managed,
        lambda one: (
            bool(one.about.handoffs)
            and all(item.owner and item.trigger for item in one.about.handoffs)
        ),
        "No owned handoff with its trigger on record",
        "Every handoff has an owner and a trigger.",
    )


def _fixers(situation: Situation) -> Answer:
    return _of_all(
        situation.managed,
        lambda one: situation.present(one.about.exceptions.owner),
        "Nobody is named who mends failed records",
        "Failed records have an owner everywhere.",
    )


def _tested(situation: Situation) -> Answer:
    return _of_all(
        situation.managed,
        lambda one: any(item.awkward and item.passed for item in one.about.trials),
        "No awkward case was tried",
        "Awkward cases were tried and passed everywhere.",
    )


def _by_hand(situation: Situation) -> Answer:
    manual = [one for one in situation.managed if one.about.reconciles_by_hand]
    if manual:
        return Reply.NO, f"Compared by hand: {_names(manual)}."
    counted = [
        one
        for one in situation.managed
        if any(rule.signal == "reconciled" for check in one.checks for rule in check.rules)
    ]
    if counted:
        return Reply.YES, f"Compared by a check: {_names(counted)}."
    return Reply.UNKNOWN, "Nothing says how figures are compared."


def _truth(situation: Situation) -> Answer:
    named = situation.catalogue.governance.authority
    if not named:
        return Reply.UNKNOWN, "No system of record is named."
    split = [outside(name) for name, systems in situation.claims.items() if len(systems) > 1]
    if split:
        return Reply.NO, f"Two systems claim {listed(split)}."
    return Reply.YES, f"A system of record is named for {listed(outside(one) for one in named)}."


def _conflicts(situation: Situation) -> Answer:
    return _of_all(
        situation.managed,
        lambda one: bool(one.about.recovery.conflicts),
        "What happens while another process holds a record is not written down",
        "Conflicting processes are dealt with everywhere.",
    )


def _controls(situation: Situation) -> Answer:
    bought = [one for one in situation.managed if one.build in ("native", "ipaas")]
    # No promise can stand without a control where nobody made one.
    if situation.managed and not bought:
        return Reply.YES, "No bought connector makes promises."
    return _of_all(
        bought,
        lambda one: bool(one.about.controls),
        "No controls behind the maker's words",
        "What bought connectors promise is written down as controls.",
    )


def _after_launch(situation: Situation) -> Answer:
    return _of_all(
        situation.managed,
        lambda one: situation.present(one.about.roles.after_launch or one.owners.technical),
        "Nobody has it after launch",
        "Every connection has somebody who runs it after launch.",
    )


def _workarounds(situation: Situation) -> Answer:
    late = [
        one
        for one in situation.managed
        if any(
            item.review is None or item.review <= situation.today for item in one.about.workarounds
        )
    ]
    if late:
        return Reply.NO, f"Workarounds nobody looked at again: {_names(late)}."
    if any(one.about.workarounds for one in situation.managed):
        return Reply.YES, "Every workaround has a date to look at it again."
    return Reply.UNKNOWN, "No workaround is registered; that may mean that nobody asked."


_SIGNS: tuple[tuple[str, str, Callable[[Situation], Answer]], ...] = (
    ("definitions", "Do all mean the same by a customer, product or order?", _definitions),
    ("handoffs", "Do handoffs run without mail, spreadsheets and memory?", _handoffs),
    ("fixers", "Is it clear who mends a rejected or conflicting record?", _fixers),
    ("exceptions", "Were exception cases tried before launch?", _tested),
    ("reporting", "Does reporting do without comparing by hand?", _by_hand),
    ("truth", "Is it agreed which system owns the truth?", _truth),
    ("conflicts", "Does work wait while another process holds the record?", _conflicts),
    ("controls", "Are the maker's promises turned into specific controls?", _controls),
    ("after-launch", "Is the owner after launch clear?", _after_launch),
    ("workarounds", "Are workarounds looked at before they become the process?", _workarounds),
)


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


def _owner_after_launch(situation: Situation, connection: Connection) -> str:
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
    _owners, _owner_after_launch, _lanes, _errors,  # design
    _responder, _watched, _documented, _tried, _keys,  # go-live
)  # fmt: skip
