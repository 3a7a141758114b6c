"""Both changes of the clocks, for everything that turns local days and hours into moments.

`ANSWERS` names every question that the core answers by a wall clock. Each is asked again and again
around both changes of the clocks, in zones east and west of UTC, under a bound on steps. Whoever
asks `bot.language.local_time` or `bot.language.cron` belongs into it: the last test here says so.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checks import templates
from bot.core.estate.catalogue import Catalogue, Hours, LadderRung, PeriodClose, Person
from bot.core.estate.check_spec import Due, RunLimits, VolumeRule
from bot.core.estate.windows import Calendar, Close, Cron, Once, Weekly, When, Window
from bot.core.governance.audit.audit import first_attestation, next_monday, next_morning
from bot.core.governance.credential_expiry import may_hear
from bot.core.incidents.response_time import add_working_time
from bot.core.incidents.severity import in_close
from bot.core.monitoring.counting import begin, findings
from bot.core.monitoring.run_limits import Runs, complaints
from bot.core.monitoring.volume import Habit, Hour, whole_days
from bot.core.people.presence import Presence, next_start, works
from bot.files.estate.fields import utc
from bot.language.cron import last_start, read_cron
from bot.language.errors import Invalid
from bot.language.local_time import DAY, begins, ends, exists, moments_at, span_of
from bot.language.typed_times import read_past, read_until, span_in

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
ZONES = [
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",  # by half an hour
    "America/Santiago",  # at midnight
    "Africa/Cairo",  # at midnight
    "Asia/Kathmandu",  # never, and 5:45 ahead
    "America/Sao_Paulo",  # not any more
]
MOST_STEPS = 20_000
PLACES = [*range(-80, -16, 4), *range(-16, 16), *range(16, 100, 4)]  # in quarters from a change


class TooManySteps(Exception):
    """A question that may have no end."""


@contextmanager
def bounded(most: int = MOST_STEPS) -> Iterator[None]:
    """Counts calls, not seconds: a slow machine is not a loop without end."""
    left = most

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal left
        left -= event in ("call", "c_call")
        if left < 0:
            sys.setprofile(None)
            raise TooManySteps(f"more than {most} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


@cache
def around_changes(zone: str) -> tuple[tuple[datetime, ...], ...]:
    """Every hour from the day before each change of 2027 until the day after, and every quarter of
    an hour near it; of two ordinary days in a zone without one."""
    there = ZoneInfo(zone)
    first = datetime(2027, 1, 1, tzinfo=UTC)
    hours = [first + place * HOUR for place in range(365 * 24)]
    offsets = [one.astimezone(there).utcoffset() for one in hours]
    changes = [two for two, a, b in zip(hours[1:], offsets, offsets[1:], strict=False) if a != b]
    return tuple(
        tuple(change + place * QUARTER for place in PLACES)
        for change in changes or [datetime(2027, 3, 28, tzinfo=UTC)]
    )


def changes() -> list[tuple[str, tuple[datetime, ...]]]:
    return [(zone, moments) for zone in ZONES for moments in around_changes(zone)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(when: When) -> Callable[[datetime, str], datetime | None]:
    return lambda now, zone: Window(name="w", when=when, zone=zone).until(now, Calendar())


def cron(text: str) -> Callable[[datetime, str], datetime | None]:
    return lambda now, zone: last_start(text, zone, now, within=40 * DAY)


def working(start: time, end: time, zone: str) -> Hours:
    return Hours(days=(1, 2, 3, 4, 5, 6, 7), start=start, end=end, timezone=zone)


def catalogue(hours: Hours) -> Catalogue:
    alice = Person(id="alice", name="Alice", hours=hours)
    return Catalogue(company="x", timezone=hours.timezone, people={"alice": alice})


def next_hours(now: datetime, zone: str) -> datetime | None:
    ladder = [LadderRung(after=HOUR, people=("alice",))]
    return next_start(ladder, catalogue(working(time(2, 30), time(11), zone)), Presence(), now)


def told_until(text: str) -> Callable[[datetime, str], datetime | None]:
    def ask(now: datetime, zone: str) -> datetime | None:
        return read_until(text, now, zone)

    return ask


def told_past(text: str) -> Callable[[datetime, str], datetime | None]:
    def ask(now: datetime, zone: str) -> datetime | None:
        try:
            return read_past(text, now, zone)
        except Invalid:
            return None

    return ask


def span_begins(now: datetime, zone: str) -> datetime | None:
    span = span_in("yesterday", now, zone)
    assert span is not None
    assert 22 * HOUR < span[1] - span[0] < 26 * HOUR
    return span[0]


def written(*, last: bool) -> Callable[[datetime, str], datetime | None]:
    """The moment that a text in the estate means, while what is written grows."""

    def ask(now: datetime, zone: str) -> datetime | None:
        winter = datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
        assert winter is not None
        return utc(now.replace(tzinfo=None) + winter, zone, last=last)

    return ask


def filled(text: str) -> Callable[[datetime, str], datetime | None]:
    return lambda now, zone: templates.moment(text, now, ZoneInfo(zone))


def overdue(now: datetime, zone: str) -> datetime | None:
    """The day on which records are overdue at `now`."""
    habit = Habit(zone=zone)
    rule = VolumeRule(due=Due(by=time(2, 30), days=(1, 2, 3, 4, 5, 6, 7)))
    counted = begin(habit, now - 40 * HOUR)
    late = findings(counted, rule, habit=habit, every=QUARTER, now=now)
    return begins(habit.local(now).date(), time(2, 30), zone) if late else None


# By module: the questions that it answers by a wall clock. Answers never go back as `now` grows.
ANSWERS: dict[str, dict[str, Callable[[datetime, str], datetime | None]]] = {
    "bot/core/estate/windows.py": {
        "weekly, in the hour of the change": window(
            Weekly(days=(1, 2, 3, 4, 5, 6, 7), start=time(2, 15), end=time(2, 45))
        ),
        "weekly, over midnight": window(
            Weekly(days=(1, 2, 3, 4, 5, 6, 7), start=time(22), end=time(2, 30))
        ),
        "weekly, whole days": window(Weekly(days=(6, 7), start=time(), end=time())),
        "weekly, around midnight": window(
            Weekly(days=(1, 2, 3, 4, 5, 6, 7), start=time(23, 30), end=time(0, 30))
        ),
        "cron, nightly": window(Cron(expression="0 2 * * *", length=timedelta(minutes=45))),
        "cron, overlapping": window(Cron(expression="*/15 * * * *", length=3 * HOUR)),
        "cron, once a year": window(Cron(expression="0 2 1 1 *", length=366 * DAY)),
        "once": window(Once(start=at("2027-03-27 12:00"), end=at("2027-03-29 12:00"))),
        "the close": window(Close()),
    },
    "bot/language/cron.py": {
        "daily": cron("30 2 * * *"),
        "daily, after midnight": cron("10 0 * * *"),
        "twice in one hour": cron("0,30 1,2,3 * * *"),
        "every quarter": cron("*/15 * * * *"),
        "every second hour": cron("0 */2 * * *"),
        "by the clock in one hour": cron("*/20 2 * * *"),
        "by day or weekday": cron("30 2 1,15 * 0"),
        "a leap day": cron("0 2 29 2 *"),
    },
    "bot/core/incidents/response_time.py": {
        "an hour of support by day": lambda now, zone: add_working_time(
            now, HOUR, working(time(9), time(17), zone)
        ),
        "an hour of support at night": lambda now, zone: add_working_time(
            now, HOUR, working(time(22), time(6), zone)
        ),
        "a long span around the clock": lambda now, zone: add_working_time(
            now, 50 * HOUR, working(time(), time(), zone)
        ),
        "hours inside the change": lambda now, zone: add_working_time(
            now, HOUR, working(time(2, 15), time(2, 45), zone)
        ),
    },
    "bot/core/governance/audit/audit.py": {
        "the next morning": next_morning,
        "the next Monday": next_monday,
        "the first attestation": lambda now, zone: first_attestation(now, 91 * DAY, zone),
    },
    "bot/core/people/presence.py": {"the next beginning of work": next_hours},
    "bot/language/typed_times.py": {
        "until a time": told_until("02:30"),
        "until a day": told_until("tomorrow"),
        "until a weekday and a time": told_until("sunday 02:30"),
        "since a time": told_past("02:30"),
        "since yesterday": told_past("yesterday 02:30"),
        "yesterday": span_begins,
    },
    "bot/core/monitoring/counting.py": {"the day on which records are overdue": overdue},
    "bot/checks/templates.py": {
        "today": filled("{{today}}"),
        "yesterday": filled("{{today-1d}}"),
        "days and hours ago": filled("{{today-2d6h}}"),
    },
    "bot/files/estate/fields.py": {
        "a beginning in the estate": written(last=False),
        "an end in the estate": written(last=True),
    },
}
ASKED = [(module, name) for module, questions in ANSWERS.items() for name in questions]


@pytest.mark.parametrize(("module", "name"), ASKED, ids=[f"{m}: {n}" for m, n in ASKED])
def test_every_moment_around_a_change_has_an_answer_that_never_goes_back(
    module: str, name: str
) -> None:
    for zone, moments in changes():
        latest: datetime | None = None
        for now in moments:
            with bounded():
                answer = ANSWERS[module][name](now, zone)
            if answer is None:
                continue
            assert answer.utcoffset() == timedelta()
            assert latest is None or answer >= latest, f"{zone} {now}: {answer} after {latest}"
            latest = answer


# What answers yes or no, or with a day or an hour of the week, has an answer at every moment.
PLAIN: dict[str, Callable[[datetime, str], object]] = {
    "bot/core/monitoring/run_limits.py": lambda now, zone: complaints(
        RunLimits(starts="30 2 * * *", zone=zone), Runs(known_since=now - 9 * DAY), now
    ),
    "bot/core/governance/credential_expiry.py": lambda now, zone: may_hear(
        Person(id="a", name="A", hours=working(time(2, 15), time(2, 45), zone)), now
    ),
    "bot/core/incidents/severity.py": lambda now, zone: in_close(
        PeriodClose(working_days=(1, 2, 21)), now, zone
    ),
    "bot/core/monitoring/volume.py": lambda now, zone: (
        Habit(zone=zone).slot(now),
        Habit(zone=zone).length(now.astimezone(ZoneInfo(zone)).date()),
    ),
    "bot/core/people/presence.py": lambda now, zone: works(
        catalogue(working(time(2, 15), time(2, 45), zone)), "alice", now
    ),
}


@pytest.mark.parametrize("module", PLAIN)
@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_around_a_change_is_judged(zone: str, module: str) -> None:
    for moments in around_changes(zone):
        for now in moments:
            with bounded():
                PLAIN[module](now, zone)


# Modules that only say which day or time it is, and leave it at that.
ONLY_SHOW = {
    "bot/core/incidents/evidence_packet.py",
    "bot/core/governance/audit/situation.py",
    "bot/flows/outbox/fallback.py",
    "bot/flows/people/presence.py",
    "bot/terminal/printing.py",
    "bot/cli/releases.py",
}
# What a far end wrote, and nothing of now: tests/checks/test_values.py has the two hours.
ONLY_READ = {"bot/checks/values.py"}


def test_whatever_asks_the_wall_clock_is_asked_here() -> None:
    root = Path(__file__).resolve().parents[3]
    asking = {
        str(path.relative_to(root))
        for path in (root / "bot").rglob("*.py")
        if any(
            f"from bot.language.{module} import" in path.read_text(encoding="utf-8")
            for module in ("local_time", "cron")
        )
    }

    only_checks = {"bot/files/estate/schema_watching.py"}
    assert asking - ONLY_SHOW - ONLY_READ - only_checks == {*ANSWERS, *PLAIN}


AUTUMN, SPRING = "2027-10-31", "2027-03-28"  # Sundays, in Amsterdam
NIGHTLY = Cron(expression="0 2 * * *", length=timedelta(minutes=45))
SUNDAYS = Weekly(days=(7,), start=time(2, 15), end=time(2, 45))
OVER_IT = Weekly(days=(7,), start=time(1, 30), end=time(2, 30))


@pytest.mark.parametrize(
    ("when", "opens", "closes"),
    [
        (NIGHTLY, f"{AUTUMN} 00:00", f"{AUTUMN} 00:45"),  # the first of two
        (NIGHTLY, f"{SPRING} 01:00", f"{SPRING} 01:45"),  # right after the jump
        (SUNDAYS, f"{AUTUMN} 00:15", f"{AUTUMN} 01:45"),  # from the first until the last
        (SUNDAYS, f"{SPRING} 01:00", f"{SPRING} 01:30"),  # its length, after the jump
        (OVER_IT, "2027-10-30 23:30", f"{AUTUMN} 01:30"),
        (OVER_IT, f"{SPRING} 00:30", f"{SPRING} 01:00"),
    ],
)
def test_a_window_in_the_hour_of_the_change_is_open_once(
    when: When, opens: str, closes: str
) -> None:
    moments = [at(opens) - 3 * HOUR + place * timedelta(minutes=5) for place in range(84)]

    with bounded(MOST_STEPS * 10):
        open_at = [one for one in moments if window(when)(one, "Europe/Amsterdam")]

    assert open_at == [one for one in moments if at(opens) <= one < at(closes)]
    assert window(when)(at(opens), "Europe/Amsterdam") == at(closes)


@pytest.mark.parametrize(
    ("starts", "zone", "look", "due"),
    [
        ("30 2 * * *", "Europe/Amsterdam", "2026-10-25 01:45", "2026-10-25 00:30"),
        ("30 2 * * *", "Europe/Amsterdam", "2026-10-26 06:00", "2026-10-26 01:30"),
        ("30 2 * * *", "Europe/Amsterdam", "2027-10-31 06:00", "2027-10-31 00:30"),
        ("*/15 * * * *", "Europe/Amsterdam", "2027-10-31 00:45", "2027-10-31 00:30"),
        ("*/15 * * * *", "Europe/Amsterdam", "2027-10-31 01:20", "2027-10-31 01:00"),
        ("30 1 * * *", "America/New_York", "2026-11-01 06:30", "2026-11-01 05:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01 12:00", "2026-11-01 05:30"),
        ("30 2 * * *", "Europe/Amsterdam", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("0 1 1 1 *", "Europe/Amsterdam", "2027-11-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_a_run_is_missed_by_the_start_that_was_due(
    starts: str, zone: str, look: str, due: str
) -> None:
    limits = RunLimits(starts=starts, zone=zone)
    known = at(look) - 390 * DAY
    began_before, began = Runs(known_since=known), Runs(known_since=known, started=at(due))

    with bounded():
        (missed,) = complaints(limits, began_before, at(look))
        assert complaints(limits, began, at(look)) == ()

    assert missed.words.startswith(f"The run due ‹t:{due.replace(' ', 'T')}:00+00:00›")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("15 10 * * 0-4", "1 2 3 4 7"),
        ("15 10 * * sun-thu", "1 2 3 4 7"),
        ("15 10 * * SUN-THU", "1 2 3 4 7"),
        ("0 4 * * 7", "7"),
        ("0 4 * * 5-7", "5 6 7"),
        ("0 4 * * fri-mon", "1 5 6 7"),
        ("0 4 * * sat,sun", "6 7"),
        ("0 4 * * mon-fri/2", "1 3 5"),
        ("0 4 * * */2", "2 4 6 7"),
    ],
)
def test_weekdays_count_from_sunday_as_in_cron(text: str, days: str) -> None:
    week = [date(2027, 3, 1) + place * DAY for place in range(7)]

    assert [one.isoweekday() for one in week if read_cron(text).on(one)] == [
        int(one) for one in days.split()
    ]


def test_of_a_day_of_the_month_and_a_weekday_either_is_enough() -> None:
    either, both = read_cron("0 4 1,15 * 1"), read_cron("0 4 */2 * 1")
    march = [date(2027, 3, day) for day in range(1, 32)]

    assert [one.day for one in march if either.on(one)] == [1, 8, 15, 22, 29]
    assert [one.day for one in march if both.on(one)] == [1, 15, 29]  # a star limits nothing
    assert either.on(date(2027, 4, 15))  # a Thursday


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 2 * *", "five fields"),
        ("@daily", "five fields"),
        ("0 0 2 * * *", "five fields"),
        ("60 2 * * *", "'60' is no minute"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 2 0 * *", "'0' is no day of the month"),
        ("0 2 L * *", "'l' is no day of the month"),
        ("0 2 * 13 *", "'13' is no month"),
        ("0 2 * * 8", "'8' is no weekday"),
        ("0 2 * * mon#1", "'mon#1' is no weekday"),
        ("0 2 ? * *", "'?' is no day of the month"),
        ("0 5-2 * * *", "'5-2' ends before it begins"),
        ("*/0 * * * *", "leads nowhere"),
        ("*-5 * * * *", "'*-5' is no minute"),
        ("0 2, * * *", "'' is no hour"),
        ("0 2 30 2 *", "never comes"),
        ("0 2 31 4,6,9,11 *", "never comes"),
    ],
)
def test_what_cron_would_not_take_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read_cron(text)

    assert said in str(refused.value)


FIELDS = st.tuples(
    st.sampled_from(["0", "30", "*/15", "10,40", "0-10/5"]),
    st.sampled_from(["*", "0", "1", "2", "3", "23", "1-3", "*/2", "0,2,12"]),
    st.sampled_from(["*", "28", "31", "1,15", "*/2"]),
    st.sampled_from(["*", "3", "10,11", "jan-apr"]),
    st.sampled_from(["*", "0", "sun", "mon-fri", "sat-sun", "5-7"]),
)


@given(FIELDS, st.sampled_from(ZONES), st.data())
@settings(max_examples=30, deadline=None)
def test_the_last_start_is_the_one_that_a_minute_by_minute_clock_finds(
    fields: tuple[str, ...], zone: str, data: st.DataObject
) -> None:
    text = " ".join(fields)
    now = data.draw(st.sampled_from([one for part in around_changes(zone) for one in part]))
    within = timedelta(hours=30)

    with bounded():
        found = last_start(text, zone, now, within=within)

    minutes = (now - place * timedelta(minutes=1) for place in range(30 * 60))
    assert found == next((one for one in minutes if fires(text, zone, one)), None)


def fires(text: str, zone: str, minute: datetime) -> bool:
    """Whether a clock that is looked at each minute starts a job at this one."""
    schedule, there = read_cron(text), ZoneInfo(zone)
    wall = minute.astimezone(there)
    before = (minute - timedelta(minutes=1)).astimezone(there)
    if schedule.by_clock:
        return shows(schedule, wall)
    skipped = wall.replace(tzinfo=None) - before.replace(tzinfo=None) - timedelta(minutes=1)
    missed = range(skipped // timedelta(minutes=1) + 1)
    jumped = [wall - place * timedelta(minutes=1) for place in missed]
    return wall.fold == 0 and any(shows(schedule, one) for one in jumped)


def shows(schedule: Any, wall: datetime) -> bool:
    return (
        wall.minute in schedule.minutes and wall.hour in schedule.hours and schedule.on(wall.date())
    )


@given(
    st.sampled_from([*ZONES, "Pacific/Apia", "America/St_Johns", "Antarctica/Troll"]),
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
)
@settings(deadline=None)
def test_a_wall_clock_and_its_moments_agree(zone: str, wall: datetime) -> None:
    day, clock = wall.date(), wall.time()

    shown = moments_at(day, clock, zone)

    assert exists(wall, zone) == bool(shown)
    assert begins(day, clock, zone) <= ends(day, clock, zone)
    if shown:
        assert (begins(day, clock, zone), ends(day, clock, zone)) == (shown[0], shown[-1])
        for one in shown:
            assert one.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == wall
    opens, closes = span_of(day, clock, time(5), zone)
    assert opens < closes


def test_a_day_that_was_left_out_of_the_calendar_is_over_when_it_would_begin() -> None:
    skipped = date(2011, 12, 30)  # Samoa went over the date line

    assert begins(skipped, time(9), "Pacific/Apia") == at("2011-12-30 10:00")
    assert begins(skipped + DAY, time(), "Pacific/Apia") == at("2011-12-30 10:00")


@pytest.mark.parametrize(
    ("text", "now", "until"),
    [
        ("02:30", "2027-10-31 00:10", "2027-10-31 01:30"),  # the last one
        ("02:30", "2027-10-31 00:50", "2027-10-31 01:30"),
        ("02:30", "2027-10-31 01:10", "2027-10-31 01:30"),
        ("02:30", "2027-10-31 01:40", "2027-11-01 01:30"),
        ("02:30", "2027-03-28 00:50", "2027-03-28 01:00"),  # the moment of the jump
        ("2027-10-31", "2027-10-31 00:10", "2027-10-31 23:00"),
    ],
)
def test_what_people_type_ends_when_clocks_show_it_last(text: str, now: str, until: str) -> None:
    assert read_until(text, at(now), "Europe/Amsterdam") == at(until)


@pytest.mark.parametrize(
    ("now", "past"),
    [
        ("2027-10-31 00:50", "2027-10-31 00:30"),
        ("2027-10-31 01:10", "2027-10-31 00:30"),
        ("2027-10-31 01:40", "2027-10-31 01:30"),
        ("2027-03-28 01:10", "2027-03-28 01:00"),
    ],
)
def test_a_time_that_is_over_is_the_last_one_that_clocks_have_shown(now: str, past: str) -> None:
    assert read_past("02:30", at(now), "Europe/Amsterdam") == at(past)


@pytest.mark.parametrize(
    ("day", "hours", "whole"),
    [
        ("2027-03-28", 23, True),
        ("2027-03-29", 23, False),
        ("2027-03-29", 24, True),
        ("2027-10-31", 24, False),
        ("2027-10-31", 25, True),
    ],
)
def test_a_day_is_whole_when_each_of_its_own_hours_is_known(
    day: str, hours: int, whole: bool
) -> None:
    habit, on = Habit(zone="Europe/Amsterdam"), date.fromisoformat(day)
    start = begins(on, time(), "Europe/Amsterdam")
    rows = [Hour(start=start + place * HOUR, count=1) for place in range(hours)]

    assert whole_days(rows, habit) == ({on: float(hours)} if whole else {})
