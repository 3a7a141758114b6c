"""How far ends write values, and what is not a value."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.values import to_flag, to_number, to_signal, to_timestamp
from bot.core.signals import Signal

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
    ],
)
def test_a_moment_is_read_in_every_common_form(written: Any) -> None:
    assert to_timestamp(written) == TEN


def test_a_moment_without_an_offset_is_read_in_the_zone_of_the_check() -> None:
    assert to_timestamp("2026-11-20T11:00:00", ZoneInfo("Europe/Amsterdam")) == TEN


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
