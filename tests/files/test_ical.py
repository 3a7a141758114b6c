"""Release calendars in iCalendar form: recurring, moved, cancelled, broken and hostile ones."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.releases import Release
from bot.files.ical import LARGEST, MOST_OCCURRENCES, NotACalendar, Place, read_calendar

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NAMES = {"erp": "erp", "web shop": "shop", "shop": "shop", "business central": "erp"}
PLACE = Place(source="releases.ics", system=None, names=NAMES, zone="Europe/Amsterdam", now=NOW)


def calendar(*entries: str) -> bytes:
    events = "".join(f"BEGIN:VEVENT\n{entry.strip()}\nEND:VEVENT\n" for entry in entries)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{events}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*entries: str, place: Place = PLACE) -> tuple[Release, ...]:
    found, problems = read_calendar(calendar(*entries), place)
    assert problems == ()
    return found


def complaints(*entries: str, place: Place = PLACE) -> list[str]:
    return [str(one) for one in read_calendar(calendar(*entries), place)[1]]


ONE = "UID:1\nSUMMARY:Business Central 2027 wave 1\nDTSTART:20270401T060000Z"


def test_an_entry_is_a_release_of_the_system_that_its_title_names() -> None:
    more = "\nDESCRIPTION:New tax\\nengine\nURL:https://example.com/notes"

    (release,) = read(ONE + more)

    assert (release.system, release.version) == ("erp", "Business Central 2027 wave 1")
    assert release.at == datetime(2027, 4, 1, 6, 0, tzinfo=UTC)
    assert (release.summary, release.notes) == ("New tax engine", "https://example.com/notes")


def test_a_given_system_takes_every_entry() -> None:
    (release,) = read(
        "UID:1\nSUMMARY:Wave 1\nDTSTART:20270401", place=replace(PLACE, system="shop")
    )

    assert release.system == "shop"


def test_a_day_begins_at_midnight_of_the_company_and_a_zone_is_heeded() -> None:
    day, local = read(
        "UID:1\nSUMMARY:ERP 1\nDTSTART;VALUE=DATE:20270401",
        "UID:2\nSUMMARY:ERP 2\nDTSTART;TZID=America/New_York:20270401T220000",
    )

    assert day.at == datetime(2027, 3, 31, 22, 0, tzinfo=UTC)
    assert local.at == datetime(2027, 4, 2, 2, 0, tzinfo=UTC)


def test_a_recurring_entry_is_unfolded_across_summer_time_without_what_is_left_out() -> None:
    found = read(
        "UID:1\nSUMMARY:Shop update\nDTSTART;TZID=Europe/Amsterdam:20270110T200000\n"
        "RRULE:FREQ=MONTHLY;UNTIL=20270601\n"
        "EXDATE;TZID=Europe/Amsterdam:20270510T200000"
    )

    assert [one.at.isoformat()[:16] for one in found] == [
        "2027-01-10T19:00",
        "2027-02-10T19:00",
        "2027-03-10T19:00",
        "2027-04-10T18:00",
    ]
    assert len({one.id for one in found}) == 4


def test_one_occurrence_that_is_moved_replaces_its_own_place_only() -> None:
    found = read(
        "UID:1\nSUMMARY:ERP update\nDTSTART:20270310T200000Z\nRRULE:FREQ=MONTHLY;COUNT=3",
        "UID:1\nSUMMARY:ERP update\nDTSTART:20270413T200000Z\nRECURRENCE-ID:20270410T200000Z",
    )

    assert [one.at.day for one in found] == [10, 13, 10]


def test_an_entry_keeps_its_id_when_it_is_moved() -> None:
    (before,) = read(ONE)
    (after,) = read(ONE.replace("20270401", "20270408"))

    assert before.id == after.id
    assert before.at != after.at


def test_what_is_cancelled_or_long_gone_is_no_release() -> None:
    assert read(f"{ONE}\nSTATUS:CANCELLED", ONE.replace("2027", "2019")) == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("UID:1\nDTSTART:20270401", "no title"),
        ("UID:1\nSUMMARY:ERP", "no beginning"),
        ("UID:1\nSUMMARY:Company picnic\nDTSTART:20270401", "names no system"),
        ("UID:1\nSUMMARY:ERP\nDTSTART:20270401T060000Z\nRRULE:FREQ=SECONDLY", "no release"),
        ("UID:1\nSUMMARY:ERP\nDTSTART:19010101\nRRULE:FREQ=DAILY", "20 years"),
        ("UID:1\nSUMMARY:ERP\nDTSTART:tomorrow", "cannot be read"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_a_problem_and_the_others_count(
    entry: str, said: str
) -> None:
    found, problems = read_calendar(calendar(entry, ONE), PLACE)

    assert [one.version for one in found] == ["Business Central 2027 wave 1"]
    assert [str(one).startswith("releases.ics:4:1: ") for one in problems] == [True]
    assert said in str(problems[0])


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCALENDAR", b"{}", b"a:b"])
def test_what_is_no_calendar_says_so(raw: bytes) -> None:
    with pytest.raises(NotACalendar, match="not an iCalendar file"):
        read_calendar(raw, PLACE)


def test_a_calendar_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(NotACalendar, match="larger than 5 MB"):
        read_calendar(b"x" * (LARGEST + 1), PLACE)


def test_a_rule_without_end_is_bounded_in_number() -> None:
    daily = read("UID:1\nSUMMARY:ERP\nDTSTART:20200101T000000Z\nRRULE:FREQ=DAILY")
    never = read("UID:1\nSUMMARY:ERP\nDTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")

    assert len(daily) == MOST_OCCURRENCES
    assert never == ()


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(max_examples=150)
def test_no_text_in_an_entry_makes_the_reader_raise(lines: list[str]) -> None:
    read_calendar(calendar("\n".join(lines), ONE), PLACE)


def test_complaints_name_a_way_out() -> None:
    assert "--system" in complaints("UID:1\nSUMMARY:Wave 1\nDTSTART:20270401")[0]
