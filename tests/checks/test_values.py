"""How far ends write values, and what is not a value."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.checks.values import NEVER_ENDS, to_flag, to_number, to_signal, to_timestamp, why_absent
from bot.core.monitoring.signals import Signal

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T10:00:00Z",
        "2026-11-20T11:00:00+01:00",
        "2026-11-20T10:00:00.0000000Z",
        " 2026-11-20 10:00:00 ",
        1795168800,
        "1795168800",
        1795168800000,
        "1795168800000",
        "/Date(1795168800000)/",
        "/Date(1795168800000+0100)/",
        "1795168800.0",
        1795168800.0,
        1795168800000000,
        1795168800000000000,
        "2026-11-20t10:00:00z",
        "2026-11-20 10:00:00 UTC",
        "2026-11-20 10:00:00 GMT",
        "2026-11-20 11:00:00 +0100",
        "2026-11-20T11:00+01",
        "2026-11-20T11:00:00+01:00[Europe/Amsterdam]",
        "2026-11-20T11:00:00[Europe/Amsterdam]",
        "2026-11-20 11:00:00 Europe/Amsterdam",
        "2026-11-20T10:00:00Z[UTC]",
        "20261120T100000Z",
        "20261120100000",
        20261120100000,
        "20261120100000.0000000",
        "20261120100000000",
        "202611201000",
        "Fri, 20 Nov 2026 10:00:00 GMT",
        "Fri, 20 Nov 2026 11:00:00 +0100",
        "20 Nov 2026 10:00 GMT",
        "2026-W47-5T10:00:00Z",
    ],
)
def test_a_moment_is_read_in_every_common_form(written: Any) -> None:
    assert to_timestamp(written) == TEN


AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EMPTY = [
    "0001-01-01",
    "0001-01-01T00:00:00Z",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "00000000",
    "00000000000000",
    "1753-01-01",
    "1753-01-01 00:00:00.000",
    "1899-12-30T00:00:00",
    "1900-01-01",
    "1900-01-01T00:00:00+01:00",
    "19000101",
    "1970-01-01T00:00:00Z",
    "1970-01-01T01:00:00+01:00[Europe/Amsterdam]",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "/Date(0)/",
    "/Date(-62135596800000)/",
    -62135596800,
    "9999-12-31",
    "9999-12-31T23:59:59.9999999",
    "9999-12-31 23:59:59.999999",
    "99991231",
    "99991231235959",
]


@pytest.mark.parametrize("written", EMPTY)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Midway"])
def test_an_empty_date_is_no_moment_and_is_named(written: Any, zone: str) -> None:
    where = ZoneInfo(zone)

    assert to_timestamp(written, where) is None
    assert str(written) in why_absent(Signal.LAST_SUCCESS, written, where)
    assert to_signal(Signal.QUEUE_OLDEST, written, where) is None
    ends = to_signal(Signal.EXPIRES_AT, written, where)
    assert ends == (NEVER_ENDS if str(written).startswith("9999") else None)


@pytest.mark.parametrize("written", ["2026-11-20T11:00:00", "20261120110000", 20261120110000])
def test_a_moment_without_an_offset_is_read_in_the_zone_of_the_check(written: Any) -> None:
    assert to_timestamp(written, AMSTERDAM) == TEN


@pytest.mark.parametrize("written", ["2026-11-20", "20261120", 20261120])
def test_a_day_begins_at_its_midnight_in_the_zone_of_the_check(written: Any) -> None:
    assert to_timestamp(written, AMSTERDAM) == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_what_clocks_show_twice_is_the_first_and_what_they_never_show_comes_after() -> None:
    twice, never = "2026-10-25 02:30:00", "2026-03-29 02:30:00"

    assert to_timestamp(twice, AMSTERDAM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert to_timestamp(never, AMSTERDAM) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


MOMENTS = st.datetimes(datetime(2001, 9, 10), datetime(2099, 12, 31)).map(  # noqa: DTZ001
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)
FORMS = {
    "iso": lambda at: at.isoformat(),
    "a word": lambda at: f"{at:%Y-%m-%d %H:%M:%S} UTC",
    "seconds": lambda at: str(int(at.timestamp())),
    "milliseconds": lambda at: str(int(at.timestamp()) * 1000),
    "nanoseconds": lambda at: str(int(at.timestamp()) * 10**9),
    "digits": lambda at: f"{at:%Y%m%d%H%M%S}",
    "digits and milliseconds": lambda at: f"{at:%Y%m%d%H%M%S}000",
    "mail": lambda at: format_datetime(at, usegmt=True),
    ".NET": lambda at: f"/Date({int(at.timestamp())}000)/",
    "Java": lambda at: f"{at.astimezone(AMSTERDAM).isoformat()}[Europe/Amsterdam]",
}


@given(MOMENTS, st.sampled_from(sorted(FORMS)))
def test_no_date_that_can_be_meant_is_called_empty(at: datetime, form: str) -> None:
    assert why_absent(Signal.LAST_SUCCESS, FORMS[form](at), UTC) == ""


@given(MOMENTS, st.sampled_from(sorted(FORMS)))
def test_a_moment_is_the_one_that_was_written_or_not_understood(at: datetime, form: str) -> None:
    read = to_timestamp(FORMS[form](at))

    assert read == at or (form == "seconds" and read is None and at.year >= 2033)


@given(MOMENTS, st.sampled_from(sorted(FORMS)), st.text(min_size=1, max_size=12))
def test_no_part_of_a_moment_is_left_unread(at: datetime, form: str, rest: str) -> None:
    text = FORMS[form](at)
    assume(rest.strip() and not rest.strip()[0].isdigit())

    for longer in (f"{text}{rest}", f"{text} {rest}", f"{text}; {rest}"):
        read = to_timestamp(longer)
        # An offset, a zone or a fraction may well follow; then all of it was read.
        assert read is None or re.fullmatch(r"\s*[-+.,:Z0-9\[\]A-Za-z/_]+", longer[len(text) :])


@pytest.mark.parametrize(
    "written",
    [
        "",
        "never",
        "20/11/2026",
        None,
        True,
        [],
        {},
        1e30,
        "/Date(99999999999999999)/",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        0,
        "0",
        20261320,  # no such month
        "20261320",
        "20261120095500123456",
        "20261320095500",
        20261131,
        2026,
        2026112009,  # an hour of 2026, or a second of 2034
        "202613010000",
        -1795168800,
        "20261120.5",
        "2026-11-20x10:00:00",
        "2026-11-20 10:00:00 CST",  # of Chicago or of Shanghai
        "2026-11-20 10:00:00 Nowhere/Land",
        "2026-11-20T10:00:00+05:00[Europe/Amsterdam]",
        "2026-11-20T10:00:00Z and some",
        "Thu, 20 Nov 2026 10:00:00 GMT",  # it was a Friday
        "Fri Nov 20 10:00:00 2026",
        "11/20/2026 10:00",
        "253402300799",
    ],
)
def test_what_is_no_moment_is_not_guessed(written: Any) -> None:
    assert to_timestamp(written) is None


@pytest.mark.parametrize(("written", "number"), [(3, 3.0), ("12", 12.0), (" 2.5 ", 2.5), (0, 0.0)])
def test_a_number_is_read_from_numbers_and_text(written: Any, number: float) -> None:
    assert to_number(written) == number


@pytest.mark.parametrize(
    "written", ["", "1,204", "12 orders", "NaN", "inf", True, None, float("nan"), 10**400]
)
def test_what_is_no_number_is_not_guessed(written: Any) -> None:
    assert to_number(written) is None


@pytest.mark.parametrize(
    ("written", "flag"),
    [(True, True), ("false", False), ("On", True), (0, False), ("maybe", None), (None, None)],
)
def test_a_flag_is_read_from_the_usual_words(written: Any, flag: bool | None) -> None:
    assert to_flag(written) is flag


@given(st.sampled_from(Signal), st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_no_value_of_any_kind_breaks_the_reading(signal: Signal, value: Any) -> None:
    read = to_signal(signal, value, UTC)

    assert read is None or isinstance(read, (bool, float, str, datetime))
