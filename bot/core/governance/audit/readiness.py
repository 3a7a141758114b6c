"""The ten signs that integration assumptions are not ready, each answered from data.

Rule of this file: a sign is absent only when something on record says so; silence is unknown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.core.estate.catalogue import Connection
from bot.core.governance.audit.risk_questions import Reply
from bot.core.governance.audit.situation import Situation, few, listed
from bot.language.marks import outside
from bot.language.units import say_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """`ready` is yes when the warning sign is absent on the evidence given."""

    id: str
    asks: str
    ready: Reply
    evidence: str


def readiness(situation: Situation) -> tuple[Sign, ...]:
    """All ten, in order."""
    return tuple(
        Sign(id=id, asks=asks, ready=ready, evidence=evidence)
        for id, asks, rule in _SIGNS
        for ready, evidence in (rule(situation),)
    )


def _names(connections: Iterable[Connection]) -> str:
    return few((outside(one.name) for one in connections), 4)


def _of_all(
    situation: Situation, good: Callable[[Connection], bool], missing: str, present: str
) -> tuple[Reply, str]:
    """Yes when every connection is good, unknown when none says anything, else no."""
    bad = [one for one in situation.managed if not good(one)]
    if not situation.managed:
        return Reply.UNKNOWN, "No connection is in the catalogue."
    if not bad:
        return Reply.YES, present
    reply = Reply.UNKNOWN if len(bad) == len(situation.managed) else Reply.NO
    return reply, f"{missing}: {_names(bad)}."


def _definitions(situation: Situation) -> tuple[Reply, str]:
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
    split = [outside(name) for name, said in meanings.items() if len(said) > 1]
    if split:
        return Reply.NO, f"Defined in more than one way: {listed(split)}."
    return Reply.YES, f"{say_count(len(written), 'definition')} on record, none against another."


def _handoffs(situation: Situation) -> tuple[Reply, str]:
    return _of_all(
        situation,
        lambda one: (
            bool(one.about.handoffs)
            and all(item.owner and item.trigger for item in one.about.handoffs)
        ),
        "No owned handoff with its trigger on record",
        "Every handoff has an owner and a trigger.",
    )


def _fixers(situation: Situation) -> tuple[Reply, str]:
    return _of_all(
        situation,
        lambda one: situation.present(one.about.exceptions.owner),
        "Nobody is named who mends failed records",
        "Failed records have an owner everywhere.",
    )


def _tested(situation: Situation) -> tuple[Reply, str]:
    return _of_all(
        situation,
        lambda one: any(item.awkward and item.passed for item in one.about.trials),
        "No awkward case was tried",
        "Awkward cases were tried and passed everywhere.",
    )


def _by_hand(situation: Situation) -> tuple[Reply, str]:
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


def _truth(situation: Situation) -> tuple[Reply, str]:
    named = situation.catalogue.governance.authority
    if not named:
        return Reply.UNKNOWN, "No system of record is named."
    split = [outside(name) for name, systems in situation.claims.items() if len(systems) > 1]
    if split:
        return Reply.NO, f"Two systems claim {listed(split)}."
    return Reply.YES, f"A system of record is named for {listed(outside(one) for one in named)}."


def _conflicts(situation: Situation) -> tuple[Reply, str]:
    return _of_all(
        situation,
        lambda one: bool(one.about.recovery.conflicts),
        "What happens while another process holds a record is not written down",
        "Conflicting processes are dealt with everywhere.",
    )


def _controls(situation: Situation) -> tuple[Reply, str]:
    bought = [one for one in situation.managed if one.build in ("native", "ipaas")]
    bare = [one for one in bought if not one.about.controls]
    if not situation.managed:
        return Reply.UNKNOWN, "No connection is in the catalogue."
    if not bought:
        return Reply.YES, "No bought connector makes promises."
    if not bare:
        return Reply.YES, "What bought connectors promise is written down as controls."
    reply = Reply.UNKNOWN if len(bare) == len(bought) else Reply.NO
    return reply, f"No controls behind the maker's words: {_names(bare)}."


def _after_launch(situation: Situation) -> tuple[Reply, str]:
    return _of_all(
        situation,
        lambda one: situation.present(one.about.roles.after_launch or one.owners.technical),
        "Nobody has it after launch",
        "Every connection has somebody who runs it after launch.",
    )


def _workarounds(situation: Situation) -> tuple[Reply, str]:
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


_SIGNS: tuple[tuple[str, str, Callable[[Situation], tuple[Reply, str]]], ...] = (
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
