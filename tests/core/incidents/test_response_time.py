"""The counter-party's clock runs only while they are open."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Criticality, Hours, Party
from bot.core.incidents.response_time import add_working_time, response_due
from tests.builders import HOUR, MINUTE, NOW

WEEK = (1, 2, 3, 4, 5)
OFFICE = Hours(days=WEEK, start=time(9), end=time(17), timezone="Europe/Amsterdam")
NIGHT = Hours(days=WEEK, start=time(22), end=time(6), timezone="UTC")
ALWAYS = Hours(days=(1, 2, 3, 4, 5, 6, 7), start=time(0), end=time(0), timezone="UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "start", "span", "due"),
    [
        # Amsterdam is UTC+1 in winter: open 08:00-16:00 UTC.
        pytest.param(OFFICE, "2027-03-01T09:00", 4 * HOUR, "2027-03-01T13:00", id="same day"),
        pytest.param(OFFICE, "2027-03-01T05:00", 1 * HOUR, "2027-03-01T09:00", id="before opening"),
        pytest.param(OFFICE, "2027-03-01T15:00", 4 * HOUR, "2027-03-02T11:00", id="over night"),
        pytest.param(OFFICE, "2027-03-05T15:00", 2 * HOUR, "2027-03-08T09:00", id="over a weekend"),
        pytest.param(OFFICE, "2027-03-06T12:00", 1 * HOUR, "2027-03-08T09:00", id="on a Saturday"),
        pytest.param(OFFICE, "2027-03-01T08:00", 8 * HOUR, "2027-03-01T16:00", id="until closing"),
        pytest.param(OFFICE, "2027-03-01T16:00", 1 * HOUR, "2027-03-02T09:00", id="at closing"),
        # The clocks go forward on 28 March 2027 and back on 31 October 2027.
        pytest.param(OFFICE, "2027-03-26T15:00", 2 * HOUR, "2027-03-29T08:00", id="into summer"),
        pytest.param(OFFICE, "2027-10-29T14:00", 2 * HOUR, "2027-11-01T09:00", id="out of summer"),
        # Monday's night shift lasts until Tuesday 06:00.
        pytest.param(NIGHT, "2027-03-02T02:00", 1 * HOUR, "2027-03-02T03:00", id="past midnight"),
        pytest.param(NIGHT, "2027-03-02T05:00", 2 * HOUR, "2027-03-02T23:00", id="into next shift"),
        pytest.param(NIGHT, "2027-03-06T02:00", 2 * HOUR, "2027-03-06T04:00", id="Friday's shift"),
        pytest.param(NIGHT, "2027-03-07T23:00", 1 * HOUR, "2027-03-08T23:00", id="none on Sunday"),
        pytest.param(ALWAYS, "2027-03-06T23:00", 3 * HOUR, "2027-03-07T02:00", id="always open"),
    ],
)
def test_working_time_is_counted_within_the_hours(
    hours: Hours, start: str, span: timedelta, due: str
) -> None:
    assert add_working_time(at(start), span, hours) == at(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # A shift over the night in which 02:00-03:00 does not exist, and one where it comes twice.
        ("2027-03-27T23:00", "2027-03-28T04:00"),
        ("2027-10-30T22:00", "2027-10-31T03:00"),
    ],
)
def test_five_hours_are_five_real_hours_when_the_clocks_change(start: str, due: str) -> None:
    shift = Hours(days=(6,), start=time(20), end=time(8), timezone="Europe/Amsterdam")

    assert add_working_time(at(start), 5 * HOUR, shift) == at(due)


@given(
    st.integers(min_value=0, max_value=60 * 24 * 400),
    st.integers(min_value=1, max_value=60 * 100),
    st.sampled_from([OFFICE, NIGHT, ALWAYS]),
)
def test_longer_spans_end_later_and_never_before_they_could(
    offset: int, minutes: int, hours: Hours
) -> None:
    start = NOW + offset * MINUTE

    due = add_working_time(start, minutes * MINUTE, hours)

    assert due >= start + minutes * MINUTE
    assert add_working_time(start, (minutes + 1) * MINUTE, hours) > due


def test_a_party_without_hours_answers_round_the_clock() -> None:
    party = Party(id="v", name="V", respond_within={Criticality.CRITICAL: 4 * HOUR})

    assert response_due(party, Criticality.CRITICAL, NOW) == NOW + 4 * HOUR
    assert response_due(party, Criticality.SUPPORTING, NOW) is None


def test_hours_that_never_open_are_an_error_and_not_an_endless_search() -> None:
    never = Hours(days=(), start=time(9), end=time(17), timezone="UTC")

    with pytest.raises(ValueError, match="never open"):
        add_working_time(NOW, HOUR, never)
