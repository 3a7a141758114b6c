"""No figure judges a case before its time has passed, and each says when there is none to judge."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.changes.change_request import ChangeRequest, ChangeResult, ChangeState
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Change, Release
from bot.core.governance.audit.audit import audit
from bot.core.governance.audit.risk_questions import Reply
from bot.core.governance.audit.situation import Live
from bot.core.governance.kpi import KpiRecord, Pinged, kpis
from bot.core.governance.ripe import SHADOW, YET
from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal
from tests.builders import DAY, HOUR, MINUTE, NOW, an_estate, an_incident, believed
from tests.core.changes.test_change_request import a_request
from tests.core.governance.test_governance import a_sound_estate
from tests.core.governance.test_kpi import ESTATE, MONTH, after, measure

Facts = Mapping[str, Any]
NOBODY_MANAGES = replace(an_estate(), connections={})
OPEN = an_incident(opened_at=NOW - 2 * MINUTE)
JUST_OVER = after(0, state=State.RESOLVED, opened_at=NOW - 2 * HOUR, resolved_at=NOW - MINUTE)


def a_change(done: timedelta, result: ChangeResult = ChangeResult.WORKED) -> ChangeRequest:
    """Implemented so long ago, and closed a moment later."""
    return a_request(
        state=ChangeState.CLOSED,
        result=result,
        implemented_at=NOW - done,
        closed_at=NOW - done + MINUTE,
    )


def figure(id: str, facts: Facts) -> str:
    """What people read: the value, or the note in its place."""
    estate = facts.get("catalogue", ESTATE)
    rest = {"incidents": (), **{key: it for key, it in facts.items() if key != "catalogue"}}
    found = kpis(KpiRecord(catalogue=estate, audit=audit(estate, NOW), **rest), MONTH)
    one = measure(found, id)
    return one.value.text if one.value else one.note


def looked(**signals: float) -> dict[str, Any]:
    return {"checks": (believed(Verdict.OK, signals={Signal(k): v for k, v in signals.items()}),)}


_YOUNG: dict[str, Any] = {"incidents": (OPEN,)}
_UNREAD = {"checks": (replace(believed(Verdict.UNKNOWN), checked_at=None),)}
_UNMANAGED = {"catalogue": NOBODY_MANAGES}
# Of each figure: nothing on record, a case that is too young, and one whose time has passed.
FIGURES: dict[str, tuple[tuple[Facts, str], tuple[Facts, str] | None, tuple[Facts, str]]] = {
    "time_to_detect": (({}, "no incident"), None, ({"incidents": (after(1),)}, "10 min")),
    "detected_by_system": (({}, "no incident"), None, ({"incidents": (OPEN,)}, "100%")),
    "time_to_acknowledge": (
        ({}, "nobody took one"),
        (_YOUNG, "1 incident not over"),
        ({"incidents": (after(1),)}, "15 min"),
    ),
    "taken_by_first": (
        ({}, "nobody took one"),
        (_YOUNG, "1 incident not over"),
        ({"incidents": (after(1, rung=0),)}, "100%"),
    ),
    "pings_unanswered": (
        ({}, "nobody was pinged"),
        ({**_YOUNG, "pings": {1: Pinged(judged=0, unanswered=0, time=1)}}, "1 ping sent just now"),
        ({**_YOUNG, "pings": {1: Pinged(judged=2, unanswered=1, time=1)}}, "50% (1 of 2)"),
    ),
    "time_to_lane": (
        ({}, "nobody confirmed"),
        (_YOUNG, "1 incident not over"),
        ({"incidents": (after(1),), "lane_agreed": {1: NOW - DAY + HOUR}}, "1 h"),
    ),
    "time_to_resolve": (
        ({}, "none is resolved"),
        (_YOUNG, "1 incident not over"),
        ({"incidents": (after(1),)}, "1 h"),
    ),
    "data_confirmed": (
        ({}, "none is resolved"),
        ({"incidents": (replace(JUST_OVER, awaiting=("dora",)),)}, "1 incident resolved just now"),
        ({"incidents": (after(9, awaiting=("dora",)),)}, "0% (0 of 1)"),
    ),
    "reviewed": (
        ({}, "none is resolved"),
        ({"incidents": (JUST_OVER,)}, "1 incident resolved just now"),
        ({"incidents": (JUST_OVER, after(9, 2))}, "0% (0 of 1)"),
    ),
    "changes_worked": (
        ({}, "no change was closed"),
        ({"changes": (a_change(SHADOW - MINUTE),)}, "1 change done less than 3 days ago"),
        ({"changes": (a_change(HOUR), a_change(SHADOW))}, "100% (1 of 1)"),
    ),
    "response_times_kept": (
        ({}, "nothing was handed over"),
        ({"running": 2}, "2 response times not over"),
        ({"running": 2, "handed_over": 2, "late": 1}, "50% (1 of 2)"),
    ),
    "owned": ((_UNMANAGED, "no connection is managed"), None, ({}, "of 2")),
    "watched": ((_UNMANAGED, "no connection is managed"), None, ({}, "50% (1 of 2)")),
    "counted": ((_UNMANAGED, "no connection is managed"), None, ({}, "of 2")),
    "documented": ((_UNMANAGED, "no connection is managed"), None, ({}, "of 2")),
    "risk_check": ((_UNMANAGED, "no connection is managed"), None, ({}, "of 5")),
    "reconciled": (
        (looked(failed=1), "no check reconciles"),
        (_UNREAD, "no check has read anything so far"),
        (looked(reconciled=0.97), "97.0% at worst"),
    ),
    "failed_rate": (
        (looked(reconciled=1), "no check reads both"),
        (_UNREAD, "no check has read anything so far"),
        (looked(failed=1, processed=9), "10.0% (1 of 10)"),
    ),
}


def test_the_table_holds_every_figure() -> None:
    found = kpis(KpiRecord(catalogue=ESTATE, incidents=(), audit=audit(ESTATE, NOW)), MONTH)

    assert {one.id for one in found.measures} == set(FIGURES)


@pytest.mark.parametrize("id", FIGURES)
def test_a_figure_counts_only_what_can_be_judged(id: str) -> None:
    empty, young, ripe = FIGURES[id]

    assert figure(id, empty[0]).startswith(empty[1])
    if young is not None:
        assert figure(id, young[0]) == f"{YET}: {young[1]}"
    assert ripe[1] in figure(id, ripe[0])


def test_what_failed_is_judged_at_once() -> None:
    done = a_change(HOUR)
    broke = an_incident(failing_since=NOW - 10 * MINUTE)
    taken_back = a_change(HOUR, ChangeResult.TAKEN_BACK)

    assert figure("changes_worked", {"changes": (done,), "incidents": (broke,)}) == "0% (0 of 1)"
    assert figure("changes_worked", {"changes": (taken_back,)}) == "0% (0 of 1)"


def signal(number: int, estate: Catalogue, *incidents: Incident) -> tuple[Reply, str]:
    one = audit(estate, NOW, Live(watching=True, incidents=incidents)).signals[number]
    return one.reply, one.evidence


UNDECIDED = Change(
    connection="orders", at=NOW - HOUR, what="Moved", by="bob", approve_until=NOW + DAY
)
APPROVED = replace(UNDECIDED, approved_by="data-owner")
UPDATED = a_sound_estate(releases=(Release(system="erp", version="25", at=NOW - DAY),))
HAD = after(1)
Case = Callable[[], tuple[Reply, str]]


@pytest.mark.parametrize(
    ("case", "on", "says"),
    [
        (lambda: signal(0, replace(a_sound_estate(), connections={})), "unknown", YET),
        (lambda: signal(0, a_sound_estate()), "no", "Every connection has its owners."),
        (lambda: signal(1, a_sound_estate(), HAD), "unknown", "no break after an update"),
        (lambda: signal(1, UPDATED, OPEN), "no", "No break after an update was left"),
        (lambda: signal(2, a_sound_estate()), "unknown", "no change of the last 90 days"),
        (
            lambda: signal(2, a_sound_estate(changes=(UNDECIDED,))),
            "unknown",
            "1 change still has time",
        ),
        (
            lambda: signal(2, a_sound_estate(changes=(UNDECIDED, APPROVED))),
            "no",
            "Every other change of the last 90 days was approved; 1 change still has time.",
        ),
        (
            lambda: signal(2, a_sound_estate(changes=(APPROVED,))),
            "no",
            "Every change of the last 90 days was approved.",
        ),
        (lambda: signal(3, a_sound_estate()), "unknown", "no incident of the last 90 days"),
        (lambda: signal(3, a_sound_estate(), OPEN), "unknown", "1 incident still has time"),
        (
            lambda: signal(3, a_sound_estate(), OPEN, HAD),
            "no",
            "Somebody had every other incident within 1 h; 1 incident still has time.",
        ),
        (
            lambda: signal(3, a_sound_estate(), HAD),
            "no",
            "Somebody had every incident of the last 90 days within 1 h.",
        ),
        (lambda: signal(4, a_sound_estate()), "unknown", "nothing changed that has documents"),
        (
            lambda: signal(4, a_sound_estate(changes=(replace(APPROVED, at=NOW - 20 * DAY),))),
            "no",
            "No documents are older",
        ),
    ],
)
def test_a_signal_is_off_only_where_there_was_something_to_judge(
    case: Case, on: str, says: str
) -> None:
    reply, evidence = case()

    assert reply == on
    assert says.casefold() in evidence.casefold()


def test_without_the_database_nobody_says_that_there_was_no_incident() -> None:
    assert "incident" not in audit(a_sound_estate(), NOW).judged.why
    assert "without an incident in the last 90 days" in (
        audit(a_sound_estate(), NOW, Live(watching=True)).judged.why
    )
