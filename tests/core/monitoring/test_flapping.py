"""Turns are counted over hours, and only a summary of them is kept."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns
from tests.builders import DAY, HOUR, MINUTE, NOW

GAPS = st.lists(st.tuples(st.integers(1, 120), st.integers(1, 120)), min_size=1, max_size=40)


def lived(*gaps: tuple[int, int]) -> tuple[Turns, datetime]:
    """Minutes bad and minutes good in turn; at the end it has just become good."""
    turns, at = None, NOW
    for place, (bad, good) in enumerate(gaps):
        turns = flapping.fall(turns, at)
        at += bad * MINUTE
        turns = flapping.rise(turns, at)
        if place + 1 < len(gaps):
            at += good * MINUTE
    assert turns is not None
    return turns, at


@given(GAPS)
def test_every_fall_within_hours_is_counted_however_far_apart(gaps: list[tuple[int, int]]) -> None:
    turns, at = lived(*gaps)

    assert (turns.falls, turns.since) == (len(gaps), NOW)
    assert turns.many == (len(gaps) >= 3)
    assert flapping.down(turns, at) == sum(bad for bad, _ in gaps) * MINUTE


@given(GAPS)
def test_it_is_calm_only_after_twice_its_longest_good_stretch(gaps: list[tuple[int, int]]) -> None:
    turns, _ = lived(*gaps)

    least = 5 * MINUTE
    longest = max((good for _, good in gaps[:-1]), default=0) * MINUTE
    assert flapping.steady_after(turns, least) == min(max(least, 2 * longest), 4 * HOUR)


def test_after_hours_on_good_ground_the_count_begins_anew() -> None:
    turns, at = lived((5, 5), (5, 5), (5, 5))

    again = flapping.fall(turns, at + 4 * HOUR)

    assert (turns.many, again.falls, again.since) == (True, 1, at + 4 * HOUR)


def test_a_fall_while_it_is_bad_and_a_rise_while_it_is_good_count_nothing() -> None:
    once = flapping.fall(None, NOW)
    good = flapping.rise(once, NOW + MINUTE)

    assert flapping.fall(once, NOW + HOUR) == once
    assert flapping.rise(good, NOW + HOUR) == good


def test_a_clock_that_is_set_back_takes_no_time_away() -> None:
    turns = flapping.rise(flapping.fall(None, NOW), NOW - MINUTE)

    assert (turns.down, turns.turned_at) == (timedelta(0), NOW)
    assert flapping.down(flapping.fall(turns, NOW - DAY), NOW - DAY) == timedelta(0)


@pytest.mark.parametrize(
    ("bad", "good", "words"),
    [
        (1, 60, "hardly any of the time"),
        (10, 80, "about a tenth of the time"),
        (10, 30, "about a quarter of the time"),
        (10, 10, "about half of the time"),
        (30, 15, "about two thirds of the time"),
        (90, 10, "most of the time"),
        (99, 1, "nearly all of the time"),
    ],
)
def test_how_much_of_the_time_it_was_down_is_said_in_words(bad: int, good: int, words: str) -> None:
    turns, at = lived((bad, good))

    assert flapping.share_down(turns, at + good * MINUTE) == words
