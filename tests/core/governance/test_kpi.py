"""Figures are counted from the record and nothing else."""

from datetime import timedelta
from typing import Any

from bot.core.estate.lane import Lane
from bot.core.governance.audit.audit import audit
from bot.core.governance.kpi import KpiRecord, Kpis, Measure, Period, kpis
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.review import CauseClass
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, an_estate, an_incident, believed

MONTH = Period(since=NOW - 30 * DAY, until=NOW)
ESTATE = an_estate(a_connection(), a_connection(id="bare", name="Bare", checks=()))


def record(*incidents: Incident, **changes: Any) -> KpiRecord:
    return KpiRecord(catalogue=ESTATE, incidents=incidents, audit=audit(ESTATE, NOW), **changes)


def after(days: int, number: int = 1, took: timedelta = HOUR, **changes: Any) -> Incident:
    """It opened `days` ago, was taken after a quarter of `took`, and ended after `took`."""
    opened = NOW - days * DAY
    ended = {
        "opened_at": opened,
        "failing_since": opened - 10 * MINUTE,
        "state": State.RESOLVED,
        "acknowledged_at": opened + took / 4,
        "resolved_at": opened + took,
    }
    return an_incident(id=number, **{**ended, **changes})


def measure(found: Kpis, id: str) -> Measure:
    return next(one for one in found.measures if one.id == id)


def said(found: Kpis, id: str) -> str | None:
    value = measure(found, id).value
    return value.text if value else None


def test_times_are_medians_so_one_long_night_does_not_bend_them() -> None:
    nights = record(after(1, 1), after(2, 2), after(3, 3, took=48 * HOUR))

    found = kpis(nights, MONTH)

    assert said(found, "time_to_detect") == "10 min"
    assert said(found, "time_to_acknowledge") == "15 min"
    assert said(found, "time_to_resolve") == "1 h"
    assert measure(found, "time_to_resolve").value.cases == 3  # type: ignore[union-attr]


def test_the_time_before_is_counted_alike_and_apart() -> None:
    two_months = record(after(1, 1), after(40, 2, took=4 * HOUR), after(70, 3, took=9 * HOUR))

    resolve = measure(kpis(two_months, MONTH), "time_to_resolve")

    assert (resolve.value.text, resolve.value.cases) == ("1 h", 1)  # type: ignore[union-attr]
    assert (resolve.before.text, resolve.before.cases) == ("4 h", 1)  # type: ignore[union-attr]


def test_nothing_counted_is_no_number_but_a_reason() -> None:
    found = kpis(record(), MONTH)

    resolve = measure(found, "time_to_resolve")
    assert (resolve.value, resolve.before, resolve.note) == (None, None, "none is resolved")
    assert (
        measure(found, "failed_rate").note
        == "nothing to judge yet: no check has read anything so far"
    )
    assert (found.causes, found.lanes, found.connections) == ((), (), ())


def test_a_part_of_a_larger_incident_is_no_case_of_its_own() -> None:
    whole, part = after(1, 1), after(1, 2, state=State.MERGED, parent=1, connection="bare")

    found = kpis(record(whole, part), MONTH)

    assert found.connections == (("orders", 1),)
    assert said(found, "detected_by_system") == "100% (1 of 1)"


def test_who_saw_it_who_took_it_and_how_it_ended() -> None:
    declared = after(8, 1, detected_by="alice", data_confirmed_by="dora")
    seen = after(2, 2, state=State.REVIEWED, cause_class=CauseClass.MAPPING)
    escalated = {1: declared.opened_at, 2: seen.opened_at + HOUR}

    found = kpis(record(declared, seen, escalated=escalated), MONTH)

    half = "50% (1 of 2)"
    for id in ("detected_by_system", "taken_by_first", "data_confirmed", "reviewed"):
        assert said(found, id) == half, id
    assert found.causes == (("A mapping or configuration of the connection", 1),)


def test_data_is_confirmed_once_nobodys_word_is_missing() -> None:
    partly = after(9, 1, data_confirmed_by="dora", awaiting=("alice",))
    whole = after(9, 2, data_confirmed_by="dora")

    assert said(kpis(record(partly, whole), MONTH), "data_confirmed") == "50% (1 of 2)"


def test_a_lane_counts_once_a_person_agreed_to_it() -> None:
    agreed = after(1, 1, lane=Lane.VENDOR, lane_by="alice")
    guessed = after(2, 2, lane=Lane.IT)

    found = kpis(record(agreed, guessed, lane_agreed={1: NOW - DAY + 20 * MINUTE}), MONTH)

    assert said(found, "time_to_lane") == "20 min"
    assert found.lanes == (("connector vendor", 1),)


def test_what_nobody_watches_is_named_by_how_much_it_matters() -> None:
    assert said(kpis(record(), MONTH), "watched") == "50% (1 of 2), not: 1 critical"


def test_the_worst_reconciliation_counts_and_failures_are_summed() -> None:
    first = believed(Verdict.OK, signals={Signal.RECONCILED: 0.999, Signal.FAILED: 3.0})
    other = believed(
        Verdict.OK,
        signals={Signal.RECONCILED: 0.97, Signal.FAILED: 2.0, Signal.PROCESSED: 98.0},
    )

    found = kpis(record(checks=(first, other)), MONTH)

    assert said(found, "reconciled") == "97.0% at worst, of 2 checks"
    assert said(found, "failed_rate") == "2.0% (2 of 100)"


def test_more_late_answers_than_hand_overs_are_none_in_time() -> None:
    assert said(kpis(record(handed_over=2, late=3), MONTH), "response_times_kept") == "0% (0 of 2)"
