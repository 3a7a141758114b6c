"""Who held what, and days as people write them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.estate import ledger
from bot.core.estate.catalogue import Owners
from bot.core.governance.audit.audit import next_monday, next_morning
from bot.language.typed_times import day_in, span_in
from tests.builders import DAY, NOW, a_connection, an_estate

TODAY = date(2027, 3, 1)


def test_the_first_catalogue_opens_a_line_for_everybody_it_names() -> None:
    moves = ledger.moves((), an_estate(), NOW, "file")

    assert {(one.layer, one.person) for one in moves.opened} == {
        ("technical", "alice"),
        ("functional", "data-owner"),
        ("architecture", "architect"),
        ("first_responder", "bob"),
    }
    assert moves.closed == ()
    assert moves.replaced() == ()


def test_the_same_catalogue_again_moves_nothing() -> None:
    lines = ledger.moves((), an_estate(), NOW, "file").opened

    assert ledger.moves(lines, an_estate(), NOW + DAY, "file") == ledger.Moves()


def test_a_new_owner_ends_one_line_and_begins_another_at_the_same_moment() -> None:
    lines = ledger.moves((), an_estate(), NOW, "file").opened
    owners = Owners(technical="bob", functional="data-owner", architecture="architect")

    moves = ledger.moves(lines, an_estate(a_connection(owners=owners)), NOW + DAY, "file")

    ((before, after),) = moves.replaced()
    assert (before.person, before.until) == ("alice", NOW + DAY)
    assert (after.person, after.since, after.until) == ("bob", NOW + DAY, None)


def test_a_connection_that_is_dropped_ends_all_its_lines() -> None:
    lines = ledger.moves((), an_estate(), NOW, "file").opened
    empty = replace(an_estate(), connections={})

    moves = ledger.moves(lines, empty, NOW + DAY, "file")

    assert len(moves.closed) == 4
    assert moves.opened == ()


def test_at_the_moment_of_a_change_the_new_owner_already_holds_it() -> None:
    lines = ledger.moves((), an_estate(), NOW, "file").opened
    owners = Owners(technical="bob", functional="data-owner", architecture="architect")
    moves = ledger.moves(lines, an_estate(a_connection(owners=owners)), NOW + DAY, "file")
    kept = [one for one in lines if one.layer != "technical"]
    history = (*moves.closed, *moves.opened, *kept)

    assert ledger.at(history, NOW + DAY / 2)["technical"].person == "alice"
    assert ledger.at(history, NOW + DAY)["technical"].person == "bob"
    assert "technical" not in ledger.at(history, NOW - DAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("who owned it on 1 March?", date(2027, 3, 1)),
        ("who owned it on 2 March?", date(2026, 3, 2)),
        ("who owned it on March 3rd, 2026", date(2026, 3, 3)),
        ("on the 1st of April", date(2026, 4, 1)),
        ("on 2026-12-07", date(2026, 12, 7)),
        ("on 07/12/2026", date(2026, 12, 7)),
        ("in February", date(2027, 2, 1)),
        ("in May 2025", date(2025, 5, 1)),
        ("yesterday", date(2027, 2, 28)),
        ("three weeks ago", date(2027, 2, 8)),
        ("10 days ago", date(2027, 2, 19)),
        ("a year ago", date(2026, 3, 1)),
        ("last month", date(2027, 2, 1)),
        ("who may change it", None),
        ("who owns shop orders", None),
        ("on 30 February", None),
        ("version 2027.1", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert day_in(text, TODAY) == day


def test_a_named_day_has_its_begin_and_end_on_the_company_s_clock() -> None:
    span = span_in("on 28 March 2026", NOW, "Europe/Amsterdam")
    short = span_in("on 29 March 2026", NOW, "Europe/Amsterdam")  # summer time begins

    assert span == (
        datetime(2026, 3, 27, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
    )
    assert short == (
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
    )


def test_on_the_day_of_a_change_both_owners_are_the_answer() -> None:
    lines = ledger.moves((), an_estate(), NOW, "file").opened
    owners = Owners(technical="bob", functional="data-owner", architecture="architect")
    moves = ledger.moves(lines, an_estate(a_connection(owners=owners)), NOW + DAY / 4, "file")

    held = ledger.during((*moves.opened, *moves.closed), NOW, NOW + DAY)

    assert [one.person for one in held["technical"]] == ["alice", "bob"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2027, 3, 27, 8, 30, tzinfo=UTC), datetime(2027, 3, 28, 7, 0, tzinfo=UTC)),
        (datetime(2027, 3, 26, 7, 59, tzinfo=UTC), datetime(2027, 3, 26, 8, 0, tzinfo=UTC)),
        (datetime(2027, 3, 26, 8, 0, tzinfo=UTC), datetime(2027, 3, 27, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_morning_round_follows_the_company_s_clock_through_summer_time(
    now: datetime, expected: datetime
) -> None:
    assert next_morning(now, "Europe/Amsterdam") == expected


def test_the_weekly_round_is_on_monday() -> None:
    assert next_monday(NOW, "UTC") == NOW + 7 * DAY
    assert next_monday(NOW + 2 * DAY, "UTC") == NOW + 7 * DAY
