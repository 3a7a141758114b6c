"""How grave a break is, and how it is driven."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.estate.catalogue import BusinessImpact, Criticality, LadderRung, PeriodClose, Policy
from bot.core.estate.lane import Lane
from bot.core.incidents.escalation import ladder_for, policy_for
from bot.core.incidents.review import review_due
from bot.core.incidents.severity import Severity, assess, graver, in_close
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.triage.facts import Facts
from tests.builders import HOUR, MINUTE, NOW, a_connection, an_estate

LATE = {Signal.QUEUE_OLDEST: NOW - 5 * HOUR}
CLOSE = PeriodClose(working_days=(1, 2, 3))


def judged(
    criticality: Criticality,
    *,
    estate: dict[str, Any] | None = None,
    signals: dict[str, Any] | None = None,
    failed: tuple[FailedRecords, ...] = (),
    **changes: Any,
) -> tuple[Severity, int]:
    connection = a_connection(criticality=criticality, **changes)
    facts = Facts(
        connection=connection, failing_since=NOW - MINUTE, signals=signals or {}, failed=failed
    )
    found = assess(facts, connection, an_estate(connection, **(estate or {})), NOW)
    return found.severity, len(found.reasons)


@pytest.mark.parametrize(
    ("criticality", "severity"),
    [
        (Criticality.CRITICAL, Severity.SEV2),
        (Criticality.IMPORTANT, Severity.SEV3),
        (Criticality.UNKNOWN, Severity.SEV3),
        (Criticality.SUPPORTING, Severity.SEV4),
    ],
)
def test_it_starts_from_how_critical_the_connection_is(
    criticality: Criticality, severity: Severity
) -> None:
    assert judged(criticality) == (severity, 1)


def test_a_record_that_waits_longer_than_can_be_borne_raises_it() -> None:
    assert judged(Criticality.CRITICAL, tolerance=4 * HOUR, signals=LATE) == (Severity.SEV1, 2)


def test_within_the_tolerance_nothing_is_raised() -> None:
    assert judged(Criticality.CRITICAL, tolerance=6 * HOUR, signals=LATE) == (Severity.SEV2, 1)


@pytest.mark.parametrize(("amount", "severity"), [(9_999, Severity.SEV3), (10_000, Severity.SEV2)])
def test_the_amount_waiting_raises_it_from_the_limit_on(amount: float, severity: Severity) -> None:
    failed = (FailedRecords(text="no account", count=2, amount=amount, currency="EUR"),)

    found, _ = judged(
        Criticality.IMPORTANT, failed=failed, estate={"effect": BusinessImpact(amount=10_000)}
    )

    assert found is severity


def test_many_records_raise_it() -> None:
    signals = {Signal.QUEUE_DEPTH: 500.0}

    found, _ = judged(
        Criticality.IMPORTANT, signals=signals, estate={"effect": BusinessImpact(records=500)}
    )

    assert found is Severity.SEV2


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"domain": "Finance"}, Severity.SEV2),
        ({"compliance": ("finance",)}, Severity.SEV2),
        ({"domain": "sales"}, Severity.SEV3),
    ],
)
def test_the_period_close_raises_what_it_concerns(
    changes: dict[str, Any], severity: Severity
) -> None:
    found, _ = judged(Criticality.IMPORTANT, estate={"close": CLOSE}, **changes)

    assert found is severity


def test_a_supporting_connection_never_becomes_the_gravest() -> None:
    found, reasons = judged(
        Criticality.SUPPORTING,
        domain="finance",
        tolerance=HOUR,
        signals={**LATE, Signal.QUEUE_DEPTH: 9.0},
        estate={"close": CLOSE, "effect": BusinessImpact(records=1)},
    )

    assert (found, reasons) == (Severity.SEV2, 4)


@pytest.mark.parametrize(
    ("day", "closing"),
    [
        (datetime(2027, 3, 1, 12, tzinfo=UTC), True),  # the first working day, a Monday
        (datetime(2027, 3, 3, 12, tzinfo=UTC), True),
        (datetime(2027, 3, 4, 12, tzinfo=UTC), False),
        (
            datetime(2027, 2, 28, 23, 30, tzinfo=UTC),
            True,
        ),  # already the first of March in Amsterdam
        (datetime(2027, 5, 1, 12, tzinfo=UTC), False),  # a Saturday before the first working day
        (
            datetime(2027, 10, 2, 12, tzinfo=UTC),
            True,
        ),  # a Saturday between the first and the second
    ],
)
def test_the_close_counts_working_days_on_the_companys_clock(day: datetime, closing: bool) -> None:
    assert in_close(CLOSE, day, "Europe/Amsterdam") is closing


def test_graver_knows_nothing_graver_than_the_gravest() -> None:
    assert graver(Severity.SEV1, Severity.SEV2)
    assert not graver(Severity.SEV2, Severity.SEV2)
    assert graver(Severity.SEV4, None)


class TestPolicies:
    quick = Policy(
        lanes=(Lane.VENDOR,),
        ladder=(LadderRung(after=4 * MINUTE, people=("charlie",)),),
        lease=20 * MINUTE,
        ask_before=5 * MINUTE,
        joint_call=30 * MINUTE,
    )

    def test_the_first_one_that_fits_the_lane_drives(self) -> None:
        connection = a_connection(policies=(self.quick,))

        policy = policy_for(connection, Lane.VENDOR, Severity.SEV2)

        assert (policy.lease, policy.ask_before) == (20 * MINUTE, 5 * MINUTE)
        assert policy.joint_call == 30 * MINUTE
        assert ladder_for(an_estate(connection), connection, policy)[1].people == ("charlie",)

    def test_another_lane_goes_as_the_connection_says(self) -> None:
        connection = a_connection(policies=(self.quick,))

        policy = policy_for(connection, Lane.IT, Severity.SEV2)

        assert (policy.lease, policy.ask_before) == (HOUR, 12 * MINUTE)
        assert policy.rungs == connection.ladder

    def test_the_gravest_runs_twice_as_fast(self) -> None:
        policy = policy_for(a_connection(), None, Severity.SEV1)

        assert policy.lease == HOUR / 2
        assert policy.rungs[0].after == 15 * MINUTE / 2


@pytest.mark.parametrize(("day", "due"), [(1, 3), (4, 8), (5, 9), (6, 9)])
def test_a_review_is_due_two_working_days_after_the_end(day: int, due: int) -> None:
    assert review_due(NOW + timedelta(days=day - 1)) == NOW + timedelta(days=due - 1)
