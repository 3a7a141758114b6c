"""Durations and keys read back what they write, and refuse the rest in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.units import (
    incident_key,
    parse_duration,
    parse_incident_key,
    say_count,
    say_duration,
    say_limit,
    write_duration,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        (" 2D ", 172800),
        ("1w", 604800),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("0s", 0),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "5 minutes", "1h-30m", "٥m", "1e3s", "1..5h", "five", "٣h"]
)
def test_anything_else_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match="write for example 90s"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["99999999w", "5300w", "99999999999999w", "9" * 400 + "s"])
def test_a_duration_beyond_all_calendars_is_refused_and_not_a_crash(text: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"), [("90M", "'90m'"), ("1M", "'1m'"), ("1h 30 M", "'1h 30 m'"), ("P1M", "'1m'")]
)
def test_a_month_is_not_taken_for_a_minute(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {meant}. that is minutes"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("PT1M", "1m"), ("pt15s", "15s"), ("PT1H30M", "1h30m"), ("P2D", "2d"), ("P1DT2H", "1d2h")],
)
def test_a_duration_as_iso_writes_it_is_answered_with_how_it_is_written_here(
    text: str, meant: str
) -> None:
    with pytest.raises(ValueError, match=f"; write {meant}$"):
        parse_duration(text)

    assert parse_duration(meant)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_written_duration_reads_back_to_the_same_second(seconds: int) -> None:
    span = timedelta(seconds=seconds)

    assert parse_duration(write_duration(span)) == span


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=80), "1 h 20 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
        (timedelta(days=2, minutes=59), "2 d"),
        (-timedelta(minutes=5), "5 min"),
    ],
)
def test_a_duration_is_said_in_two_units_rounded_down(span: timedelta, said: str) -> None:
    assert say_duration(span) == said


@given(st.integers(min_value=0, max_value=999_999_999))
def test_an_incident_key_reads_back(number: int) -> None:
    assert parse_incident_key(incident_key(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("INC-42", 42), ("inc42", 42), (" 42 ", 42), ("inc-", None), ("INC-4 2", None), ("٤٢", None)],
)
def test_an_incident_key_is_read_in_its_usual_forms_only(text: str, number: int | None) -> None:
    assert parse_incident_key(text) == number


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 records"), (1, "1 record"), (1204, "1,204 records")]
)
def test_counts_are_said_with_their_noun(number: int, said: str) -> None:
    assert say_count(number, "record") == said


@pytest.mark.parametrize(
    ("limit", "said"), [("500ms", "0.5 s"), ("1500ms", "1.5 s"), ("4s", "4 s"), ("2m", "2 min")]
)
def test_a_limit_is_told_as_it_was_set(limit: str, said: str) -> None:
    assert say_limit(parse_duration(limit)) == said
