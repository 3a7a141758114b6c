"""Windows, the company's calendar and the limits on runs, as tables."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core.estate.check_spec import RunLimits
from bot.core.estate.windows import (
    Calendar,
    Close,
    Cron,
    MonthEnd,
    Once,
    Weekly,
    When,
    Window,
    suppressed_opening,
)
from bot.core.monitoring.run_limits import Runs, complaints, follow
from bot.core.monitoring.signals import Reading, SignalValue

ZONE = "Europe/Amsterdam"  # UTC+1 in winter
NIGHT = Weekly(days=(7,), start=time(22), end=time(2))
NIGHTLY = Cron(expression="0 2 * * 0", length=timedelta(hours=4))
ONCE = Once(start=datetime(2027, 2, 6, 19, tzinfo=UTC), end=datetime(2027, 2, 7, 1, tzinfo=UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "now", "until"),
    [
        (ONCE, "2027-02-06 18:59", None),
        (ONCE, "2027-02-06 19:00", "2027-02-07 01:00"),
        (ONCE, "2027-02-07 01:00", None),
        (NIGHT, "2027-02-07 21:30", "2027-02-08 01:00"),  # Sunday 22:30 local
        (NIGHT, "2027-02-08 00:30", "2027-02-08 01:00"),  # its end, Monday 01:30 local
        (NIGHT, "2027-02-08 21:30", None),  # Monday night
        (NIGHTLY, "2027-02-07 03:00", "2027-02-07 05:00"),  # cron's 0 is Sunday
        (NIGHTLY, "2027-02-08 03:00", None),
        (Close(), "2027-02-26 12:00", "2027-03-05 23:00"),  # the last working day of February
        (Close(), "2027-02-25 12:00", None),
    ],
)
def test_a_window_is_open_from_its_start_until_before_its_end(
    when: When, now: str, until: str | None
) -> None:
    window = Window(name="update", when=when, zone=ZONE)

    found = window.until(at(now), Calendar())

    assert found == (at(until) if until else None)


def test_a_window_covers_what_it_names_and_without_names_everything() -> None:
    erp = Window(name="erp", when=ONCE, systems=frozenset({"erp"}))
    orders = Window(name="orders", when=ONCE, connections=frozenset({"orders"}))
    everything = Window(name="all", when=ONCE)

    covered = [
        [window.covers(connection, systems) for window in (erp, orders, everything)]
        for connection, systems in (("orders", ("shop", "bank")), ("stock", ("erp", "shop")))
    ]

    assert covered == [[False, True, True], [True, False, True]]


def test_of_several_open_windows_the_one_that_ends_last_shelters() -> None:
    longer = Window(name="longer", when=Once(start=ONCE.start, end=ONCE.end + timedelta(hours=1)))
    windows = (longer, Window(name="shorter", when=ONCE))

    found = suppressed_opening(
        windows, Calendar(), connection="orders", systems=("shop", "erp"), now=ONCE.start
    )

    assert found is not None
    assert found.window.name == "longer"


def test_the_close_lies_around_the_turn_of_the_month_in_working_days() -> None:
    calendar = Calendar(
        holidays=frozenset({date(2027, 1, 1)}), month_end=MonthEnd(before=1, after=2)
    )

    days = [date(2026, 12, 28) + timedelta(days=offset) for offset in range(12)]
    closing = [day.isoformat()[5:] for day in days if calendar.closing(day)]

    assert closing == ["12-31", "01-01", "01-02", "01-03", "01-04", "01-05"]


HOUR = timedelta(hours=1)
LIMITS = RunLimits(
    longest=HOUR, shortest=timedelta(minutes=5), starts="0 2 * * *", late=timedelta(minutes=10)
)
KNOWN = at("2027-02-01 00:00")


def look(now: str, **signals: SignalValue) -> Reading:
    return Reading(at=at(now), signals=signals)


def words(runs: Runs, now: str) -> list[str]:
    return [finding.words for finding in complaints(LIMITS, runs, at(now))]


def test_a_run_that_does_not_end_is_stuck_only_after_its_limit() -> None:
    began = at("2027-02-01 02:00")
    runs = follow(Runs(known_since=KNOWN), look("2027-02-01 02:30", running_since=began))

    early, late = words(runs, "2027-02-01 03:00"), words(runs, "2027-02-01 03:01")

    assert early == []
    assert [one.partition(":")[0] for one in late] == ["A run that began ‹t"]


def test_a_run_that_ended_too_soon_is_told_until_a_whole_one_ends() -> None:
    began, end = at("2027-02-01 02:00"), at("2027-02-01 02:02")
    going = follow(Runs(known_since=KNOWN), look("2027-02-01 02:01", running_since=began))
    short = follow(going, look("2027-02-01 02:05", last_success=end))
    again = follow(short, look("2027-02-02 02:01", running_since=at("2027-02-02 02:00")))
    whole = follow(again, look("2027-02-02 02:30", last_success=at("2027-02-02 02:25")))

    told = words(short, "2027-02-01 02:06")
    assert told == ["The last run took only 2 min, at least 5 min expected."]
    assert words(whole, "2027-02-02 02:30") == []


def test_a_run_is_late_after_its_grace_and_a_clock_slightly_ahead_is_no_delay() -> None:
    never = follow(Runs(known_since=KNOWN), look("2027-02-01 02:05"))
    early = follow(
        Runs(known_since=KNOWN),
        look("2027-02-01 02:05", last_attempt=at("2027-02-01 01:58")),
    )

    in_grace, over = words(never, "2027-02-01 02:09"), words(never, "2027-02-01 02:11")

    assert in_grace == []
    assert [one.endswith("has not begun.") for one in over] == [True]
    assert words(early, "2027-02-01 02:11") == []


def test_nothing_is_late_that_was_due_before_we_knew_of_it() -> None:
    runs = Runs(known_since=at("2027-02-01 12:00"))

    assert words(runs, "2027-02-01 12:30") == []
