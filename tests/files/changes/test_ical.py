"""Release calendars in iCalendar form: recurring, moved, cancelled, broken and hostile ones."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.estate.history import Release
from bot.files.changes.ical import LARGEST, NotACalendar, Place, read_calendar
from bot.files.changes.ical_times import MOST_OCCURRENCES
from bot.files.yaml_slips import SHOWN_BY_WINDOWS

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
        ("UID:2\nDTSTART:20270401", "no title"),
        ("UID:2\nSUMMARY:ERP", "no beginning"),
        ("UID:2\nSUMMARY:Company picnic\nDTSTART:20270401", "names no system"),
        ("UID:2\nSUMMARY:ERP\nDTSTART:20270401T060000Z\nRRULE:FREQ=SECONDLY", "no release"),
        ("UID:2\nSUMMARY:ERP\nDTSTART:19010101\nRRULE:FREQ=DAILY", "20 years"),
        ("UID:2\nSUMMARY:ERP\nDTSTART:tomorrow", "cannot be read"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_a_problem_and_the_others_count(
    entry: str, said: str
) -> None:
    found, problems = read_calendar(calendar(entry, ONE), PLACE)

    assert [one.version for one in found] == ["Business Central 2027 wave 1"]
    assert [str(one).startswith("releases.ics:4:1: ") for one in problems] == [True]
    assert said in str(problems[0])


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCAL", b"{}", b"a:b"])
def test_what_is_no_calendar_says_so(raw: bytes) -> None:
    with pytest.raises(NotACalendar, match="not an iCalendar file"):
        read_calendar(raw, PLACE)


WITH_ZONE = calendar(ONE, "UID:2\nSUMMARY:ERP\nDTSTART:20270402T060000Z").replace(
    b"BEGIN:VEVENT",
    b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    b"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT",
    1,
)


@pytest.mark.parametrize("end", range(len("BEGIN:VCALENDAR"), WITH_ZONE.index(b"END:VCALENDAR"), 7))
def test_a_calendar_that_is_cut_off_anywhere_says_at_which_line(end: int) -> None:
    kept = WITH_ZONE[:end]

    with pytest.raises(NotACalendar, match=f"cut off at line {len(kept.splitlines())}: BEGIN:V?"):
        read_calendar(kept, PLACE)


def test_an_entry_without_its_end_is_named_by_its_line_and_is_not_called_cut_off() -> None:
    with pytest.raises(NotACalendar, match=r"^BEGIN:VEVENT in line 4 has no END:VEVENT$"):
        read_calendar(calendar(ONE).replace(b"END:VEVENT\r\n", b""), PLACE)


def test_a_broken_line_of_a_whole_calendar_is_the_reason_that_is_given() -> None:
    broken = calendar(ONE).replace(b"PRODID", b"VERSION;;\r\nPRODID")

    with pytest.raises(NotACalendar, match=r"cannot be read as a calendar .*VERSION"):
        read_calendar(broken, PLACE)


def test_a_text_that_is_the_path_of_a_calendar_opens_no_file(tmp_path: Path) -> None:
    there = tmp_path / "secret.ics"
    there.write_bytes(calendar(ONE))

    with pytest.raises(NotACalendar, match="not an iCalendar file"):
        read_calendar(str(there).encode(), PLACE)


def test_a_makers_own_name_of_a_zone_is_read_without_a_warning() -> None:
    (release,) = read(
        "UID:1\nSUMMARY:ERP\nDTSTART;TZID=/example.org/America/New_York:20270401T220000"
    )

    assert release.at == datetime(2027, 4, 2, 2, 0, tzinfo=UTC)


def test_a_calendar_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(NotACalendar, match="larger than 5 MB"):
        read_calendar(b"x" * (LARGEST + 1), PLACE)


def test_a_rule_without_end_is_bounded_in_number() -> None:
    daily = read("UID:1\nSUMMARY:ERP\nDTSTART:20200101T000000Z\nRRULE:FREQ=DAILY")
    never = read("UID:1\nSUMMARY:ERP\nDTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")

    assert len(daily) == MOST_OCCURRENCES
    assert never == ()


@given(st.lists(st.text(max_size=60), max_size=8))
@example(["\x1b\x0c0", "0"])
@example(["\x08", "\t0", ":"])
def test_no_text_in_an_entry_makes_the_reader_raise(lines: list[str]) -> None:
    nested = any(line.strip().upper().startswith(("BEGIN:", "END:")) for line in lines)
    with suppress(*[NotACalendar] if nested else []):
        read_calendar(calendar("\n".join(lines), ONE), PLACE)


def test_complaints_name_a_way_out() -> None:
    assert "--system" in complaints("UID:1\nSUMMARY:Wave 1\nDTSTART:20270401")[0]


WINTER = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
SERIES = "UID:wave\nSUMMARY:ERP wave\nRRULE:FREQ=WEEKLY;COUNT=3\n"
OWN = "UID:wave\nSUMMARY:ERP wave\n"
DAYS = SERIES + "DTSTART;VALUE=DATE:20261201"
FLOATING = SERIES + "DTSTART:20261201T200000"
IN_NEW_YORK = SERIES + "DTSTART;TZID=America/New_York:20261201T200000"


@pytest.mark.parametrize(
    ("entries", "days"),
    [
        # An occurrence of its own: called off, or moved to the 10th.
        (
            [DAYS, OWN + "STATUS:CANCELLED\nRECURRENCE-ID;VALUE=DATE:20261208\nDTSTART:20261208"],
            "1 15",
        ),
        ([DAYS, OWN + "RECURRENCE-ID;VALUE=DATE:20261208\nDTSTART;VALUE=DATE:20261210"], "1 10 15"),
        ([FLOATING, OWN + "RECURRENCE-ID:20261208T200000\nDTSTART:20261210T200000"], "1 10 15"),
        (
            [IN_NEW_YORK, OWN + "RECURRENCE-ID:20261209T010000Z\nDTSTART:20261210T200000Z"],
            "2 10 16",
        ),
        ([DAYS, OWN + "RECURRENCE-ID:20261208T000000\nDTSTART;VALUE=DATE:20261210"], "1 10 15"),
        # A day that is left out, as programs write it.
        ([DAYS + "\nEXDATE;VALUE=DATE:20261208"], "1 15"),
        ([DAYS + "\nEXDATE;TZID=Pacific Standard Time:20261208T000000"], "1 15"),
        ([DAYS + "\nEXDATE:20261208T000000Z"], "1 15"),
        ([DAYS + "\nEXDATE:20261207T230000Z"], "1 15"),  # midnight in Amsterdam
        ([DAYS + "\nEXDATE;VALUE=DATE:20261201,20261208"], "15"),
        ([FLOATING + "\nEXDATE:20261208T200000"], "1 15"),
        ([FLOATING + "\nEXDATE;VALUE=DATE:20261208"], "1 15"),
        ([IN_NEW_YORK + "\nEXDATE:20261208T200000"], "2 16"),
        ([IN_NEW_YORK + "\nEXDATE:20261209T010000Z"], "2 16"),
        ([IN_NEW_YORK + "\nEXDATE;TZID=Europe/Amsterdam:20261209T020000"], "2 16"),
        ([DAYS + "\nRDATE;VALUE=DATE:20261220"], "1 8 15 20"),
        ([OWN + "DTSTART:20261201\nRDATE;VALUE=DATE:20261210,20261220\nEXDATE:20261210"], "1 20"),
        # An end by the wall clock of the beginning: 21:00 in New York is the 16th in UTC.
        (
            [IN_NEW_YORK.replace("COUNT=3", "UNTIL=20261215T210000")],
            "2 9 16",
        ),
        ([IN_NEW_YORK.replace("COUNT=3", "UNTIL=20261216T005959Z")], "2 9"),
        ([IN_NEW_YORK.replace("COUNT=3", "UNTIL=20261215")], "2 9 16"),
    ],
)
def test_days_are_compared_as_days_and_hours_where_they_were_written(
    entries: list[str], days: str
) -> None:
    found = read(*entries, place=replace(PLACE, now=WINTER))

    amsterdam = ZoneInfo("Europe/Amsterdam")
    assert [one.at.astimezone(amsterdam).day for one in found] == [int(one) for one in days.split()]


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Europe/Amsterdam", 12),
        ("W. Europe Standard Time", 12),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', 12),
        ('"(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna"', 12),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', 18),
        ('"(UTC) Coordinated Universal Time"', 13),
        ('"tzone://Microsoft/Utc"', 13),
        ("GMT", 13),
    ],
)
def test_known_spellings_of_a_zone_are_translated(zone: str, hour: int) -> None:
    (release,) = read(f"{OWN}DTSTART;TZID={zone}:20261217T130000", place=replace(PLACE, now=WINTER))

    assert release.at == datetime(2026, 12, 17, hour, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/Chicago", 19), ("Central Standard Time", 19), ("", 12)]
)
def test_an_hour_without_a_zone_is_one_on_the_calendar_s_clock(zone: str, hour: int) -> None:
    entries = calendar(
        f"{OWN}DTSTART:20261217T130000", "UID:2\nSUMMARY:ERP day\nDTSTART;VALUE=DATE:20261218"
    )
    head = f"VERSION:2.0\r\nX-WR-TIMEZONE:{zone}".encode() if zone else b"VERSION:2.0"

    found, problems = read_calendar(
        entries.replace(b"VERSION:2.0", head), replace(PLACE, now=WINTER)
    )

    assert problems == ()
    assert [one.at for one in found] == [
        datetime(2026, 12, 17, hour, 0, tzinfo=UTC),
        datetime(2026, 12, 17, 23, 0, tzinfo=UTC),  # a day is the company's
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (f'{OWN}DTSTART;TZID="Customized Time Zone":20261217T130000', "“Customized Time Zone”"),
        (f"{OWN}DTSTART;TZID=Nonsense/Zone:20261217T130000", "“Nonsense/Zone”"),
        (f'{OWN}DTSTART;TZID="tzone://Microsoft/Custom":20261217T130000', "look up its time zone"),
        (f"{OWN}DTSTART;TZID=GMT+0100:20261217T130000", "“GMT+0100”"),  # east or west?
        (f"{IN_NEW_YORK}\nEXDATE;TZID=Nonsense/Zone:20261208T130000", "“Nonsense/Zone”"),
        (f"{DAYS}\nEXDATE;TZID=Asia/Tokyo:20261208T130000", "by an hour (13:00)"),
        (f"{DAYS}\nEXDATE:nonsense", "Wrong date format"),
        (f"{DAYS}\nEXDATE:20261208,20261301", "Wrong date format"),
        (f"{DAYS}\nRDATE:gaga", "cannot be read"),
        (f"{DAYS}\nRRULE:FREQ=DAILY;COUNT=2", "more than one rule"),
        (f"{DAYS}\nEXRULE:FREQ=DAILY;COUNT=2", "EXRULE"),
        (f"{SERIES}DTSTART:20261201\nDTSTART:20261202", "2 values for DTSTART"),
        (DAYS.replace("COUNT=3", "COUNT=3;FOO=1"), "cannot be read"),
        (
            f"{OWN}RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T200000Z\nDTSTART:20261210T200000Z",
            "moves or calls off all that follow",
        ),
    ],
)
def test_what_would_have_to_be_guessed_is_a_problem_with_its_line(entry: str, said: str) -> None:
    found, problems = read_calendar(calendar(entry), replace(PLACE, now=WINTER))

    assert found == ()
    assert [str(one).startswith("releases.ics:4:1: ") for one in problems] == [True]
    assert said in str(problems[0])


@pytest.mark.parametrize("off", ["", "\nSTATUS:CANCELLED"])
def test_a_series_of_which_all_that_follows_is_moved_is_not_taken_at_all(off: str) -> None:
    rest = f"{SERIES}RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261208\nDTSTART:20261210"
    other = "UID:other\nSUMMARY:ERP day\nDTSTART;VALUE=DATE:20261218"
    single = f"{SERIES}RECURRENCE-ID;VALUE=DATE:20261215\nDTSTART;VALUE=DATE:20261216"

    found, problems = read_calendar(
        calendar(DAYS, single, other, rest + off), replace(PLACE, now=WINTER)
    )

    assert [one.version for one in found] == ["ERP day"]
    assert ["nothing of its series is taken" in str(one) for one in problems] == [True]


@pytest.mark.parametrize("word", ["Canceled", "Cancelled", "Abgesagt", "Annulé", "Geannuleerd"])
def test_what_outlook_titles_as_called_off_is(word: str) -> None:
    off = f"UID:1\nSUMMARY:{word}: ERP release\nSTATUS:CONFIRMED\nDTSTART;VALUE=DATE:20261218"
    on = f"UID:2\nSUMMARY:{word} orders in ERP\nDTSTART;VALUE=DATE:20261219"

    found, problems = read_calendar(calendar(off, on), replace(PLACE, now=WINTER))

    assert ([one.version for one in found], problems) == ([f"{word} orders in ERP"], ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_calendar_is_read_in_the_encodings_that_can_be_told(encoding: str) -> None:
    raw = calendar("UID:1\nSUMMARY:ERP größer\nDTSTART;VALUE=DATE:20261218")

    found, _ = read_calendar(raw.decode().encode(encoding), replace(PLACE, now=WINTER))

    assert [one.version for one in found] == ["ERP größer"]


def test_a_character_that_a_fold_divides_is_one() -> None:
    raw = calendar("UID:1\nSUMMARY:ERP größer\nDTSTART;VALUE=DATE:20261218")
    divided = raw.replace("ö".encode(), b"\xc3\r\n \xb6")

    found, _ = read_calendar(divided, replace(PLACE, now=WINTER))

    assert [one.version for one in found] == ["ERP größer"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp850"])
def test_a_calendar_in_another_encoding_is_refused_with_the_reason(encoding: str) -> None:
    raw = calendar("UID:1\nSUMMARY:ERP größer\nDTSTART;VALUE=DATE:20261218")

    with pytest.raises(NotACalendar, match=r"not in UTF-8, as line \d shows: .* save it as UTF-8"):
        read_calendar(raw.decode().encode(encoding), replace(PLACE, now=WINTER))


def several(*calendars: tuple[str, str]) -> tuple[list[tuple[int, str]], list[str]]:
    """Calendars of one file, each with a head and an entry; what is left on which day."""
    raw = b"".join(
        calendar(entry).replace(b"VERSION:2.0", f"VERSION:2.0\r\n{head}".encode())
        for head, entry in calendars
    )
    found, problems = read_calendar(raw, replace(PLACE, now=WINTER))
    amsterdam = ZoneInfo("Europe/Amsterdam")
    days = [(one.at.astimezone(amsterdam).day, one.version) for one in found]
    return days, [str(one) for one in problems]


PUBLISH, CANCEL = "METHOD:PUBLISH", "METHOD:CANCEL"


def at(day: int, sequence: int | None = None, more: str = "") -> str:
    told = "" if sequence is None else f"\nSEQUENCE:{sequence}"
    return f"{OWN}DTSTART;VALUE=DATE:202612{day:02}{told}{more}"


@pytest.mark.parametrize(
    ("calendars", "days"),
    [
        # The highest number counts, wherever it stands.
        ([(PUBLISH, at(3, 2)), (PUBLISH, at(1, 1))], [3]),
        ([(PUBLISH, at(1)), (PUBLISH, at(3, 10)), (PUBLISH, at(2, 9))], [3]),
        # Of the same number the newest, and of the same moment what comes last.
        (
            [
                (PUBLISH, at(3, 1, "\nDTSTAMP:20261102T000000Z")),
                (PUBLISH, at(1, 1, "\nDTSTAMP:20261101T000000Z")),
            ],
            [3],
        ),
        ([(PUBLISH, at(1, 1)), (PUBLISH, at(3, 1))], [3]),
        # Called off by a method or by a status; and taken up again by a higher number.
        ([(PUBLISH, at(1)), (CANCEL, at(1))], []),
        ([(CANCEL, at(1, 4)), (PUBLISH, at(1, 3))], []),
        ([(PUBLISH, at(1, 3)), (PUBLISH, at(1, 4, "\nSTATUS:CANCELLED"))], []),
        ([(CANCEL, at(1, 4)), (PUBLISH, at(3, 5))], [3]),
        # A series without one occurrence, with one that moved twice, and called off as a whole.
        ([(PUBLISH, DAYS), (CANCEL, at(8, 0, "\nRECURRENCE-ID;VALUE=DATE:20261208"))], [1, 15]),
        (
            [
                (PUBLISH, DAYS),
                (PUBLISH, at(11, 2, "\nRECURRENCE-ID;VALUE=DATE:20261208")),
                (PUBLISH, at(10, 1, "\nRECURRENCE-ID;VALUE=DATE:20261208")),
            ],
            [1, 11, 15],
        ),
        (
            [
                (PUBLISH, DAYS),
                (PUBLISH, at(11, 1, "\nRECURRENCE-ID;VALUE=DATE:20261208")),
                (CANCEL, at(1, 2)),
            ],
            [],
        ),
        ([(PUBLISH, DAYS), (PUBLISH, f"{DAYS.replace('1201', '1202')}\nSEQUENCE:1")], [2, 9, 16]),
        # Of something else, and of nothing that has a name, nothing is a version.
        ([(PUBLISH, at(1)), (PUBLISH, at(3).replace("UID:wave", "UID:other"))], [1, 3]),
        ([(PUBLISH, "SUMMARY:ERP 1\nDTSTART:20261201"), (CANCEL, "SUMMARY:ERP 2")], [1]),
    ],
)
def test_the_newest_version_of_an_entry_counts_and_what_is_called_off_is_gone(
    calendars: list[tuple[str, str]], days: list[int]
) -> None:
    found, problems = several(*calendars)

    assert problems == []
    assert [day for day, _ in found] == days


def test_each_calendar_of_a_file_has_its_own_clock_and_problems_their_own_line() -> None:
    hour = "SUMMARY:ERP {}\nDTSTART:20261217T130000"
    found, problems = several(
        ("X-WR-TIMEZONE:America/Chicago", "UID:1\n" + hour.format("a")),
        ("X-WR-TIMEZONE:Asia/Tokyo", "UID:2\n" + hour.format("b")),
        (PUBLISH, "UID:3\nSUMMARY:ERP"),
    )

    assert [version for _, version in found] == ["ERP b", "ERP a"]
    assert len(problems) == 1
    assert problems[0].startswith("releases.ics:25:1: “ERP” has no beginning")


def test_a_calendar_without_its_end_is_told_and_the_others_count() -> None:
    whole = calendar(ONE)
    found, problems = read_calendar(whole + whole.replace(b"END:VCALENDAR", b""), PLACE)

    assert len(found) == 1
    assert ["has no END:VCALENDAR" in str(one) for one in problems] == [True]


def test_every_shown_zone_of_windows_is_one_that_can_be_looked_up() -> None:
    assert set(SHOWN_BY_WINDOWS.values()) <= available_timezones()
