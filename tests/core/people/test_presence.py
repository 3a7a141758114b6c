"""Who is there, who stands in, and whom the ladder then pings."""

from datetime import datetime, time, timedelta

import pytest

from bot.core.estate.catalogue import Criticality, Hours, LadderRung, Party
from bot.core.incidents.escalation import escalate, ladder_for, next_ping
from bot.core.incidents.incident import Incident
from bot.core.people.presence import (
    Absence,
    AbsenceKind,
    Attendance,
    Cover,
    can_wait,
    presence,
    refuse_circle,
    says_absent,
    works,
)
from bot.language.errors import Invalid
from bot.language.typed_times import read_until
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, a_person, an_estate, an_incident

OFFICE = Hours(days=(1, 2, 3, 4, 5), start=time(8), end=time(17), timezone="Europe/Amsterdam")
NIGHT = NOW.replace(hour=2)  # of a Monday
MORNING = NOW.replace(hour=7)  # 08:00 in Amsterdam


def cover(person: str, by: str, **changes: object) -> Cover:
    given = {"id": 1, "since": NOW - DAY, "entered_by": person, **changes}
    return Cover(person=person, by=by, **given)  # type: ignore[arg-type]


def away(person: str) -> Absence:
    return Absence(person=person, kind=AbsenceKind.STATUS, why="on holiday", since=NOW - DAY)


class TestStandingIn:
    def test_somebody_without_cover_acts_themselves(self) -> None:
        assert presence([], [], NOW).acting("bob") == "bob"

    def test_a_cover_holds_from_its_beginning_to_its_end(self) -> None:
        one = cover("bob", "alice", until=NOW)

        before, after = presence([one], [], NOW - MINUTE), presence([one], [], NOW)

        assert (before.acting("bob"), after.acting("bob")) == ("alice", "bob")

    def test_a_cover_of_a_cover_is_followed(self) -> None:
        there = presence([cover("bob", "alice"), cover("alice", "dana")], [], NOW)

        assert there.acting("bob") == "dana"
        assert there.people_spoken_for("dana") == ("dana", "bob", "alice")

    def test_a_circle_leads_to_nobody(self) -> None:
        there = presence([cover("bob", "alice"), cover("alice", "bob")], [], NOW)

        assert there.acting("bob") is None

    def test_a_chain_ends_somewhere(self) -> None:
        chain = [cover(f"p{place}", f"p{place + 1}") for place in range(20)]

        assert presence(chain, [], NOW).acting("p0") is None

    def test_whoever_is_away_without_cover_is_not_there(self) -> None:
        assert presence([], [away("bob")], NOW).acting("bob") is None

    def test_whoever_is_away_with_cover_is_replaced(self) -> None:
        assert presence([cover("bob", "alice")], [away("bob")], NOW).acting("bob") == "alice"

    def test_a_stand_in_who_is_away_helps_nobody(self) -> None:
        assert presence([cover("bob", "alice")], [away("alice")], NOW).acting("bob") is None

    @pytest.mark.parametrize("by", ["bob", "alice"])
    def test_a_cover_that_would_go_in_a_circle_is_refused(self, by: str) -> None:
        there = presence([cover("alice", "bob")], [], NOW)

        with pytest.raises(Invalid, match=r"themselves|circle"):
            refuse_circle("bob", by, there)


@pytest.mark.parametrize(
    ("text", "emoji", "absent"),
    [
        ("Vacationing", ":palm_tree:", True),
        ("", ":face_with_thermometer:", True),
        ("Out of office until Monday", "", True),
        ("On  Holiday", "", True),
        ("sick", "", True),
        ("OOO", ":spiral_calendar_pad:", True),
        ("In a meeting", ":spiral_calendar_pad:", False),
        ("Working remotely", ":house_with_garden:", False),
        ("fixing a homesick server", "", False),
        ("", "", False),
    ],
)
def test_a_slack_status_says_whether_somebody_is_away(text: str, emoji: str, absent: bool) -> None:
    assert says_absent(text, emoji) is absent


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2h", NOW + 2 * HOUR),
        ("for 3d", NOW + 3 * DAY),
        ("2 hours", NOW + 2 * HOUR),
        ("for 3 days", NOW + 3 * DAY),
        ("16th of August", datetime(2027, 8, 16, 22, tzinfo=NOW.tzinfo)),
        ("back", None),
        ("friday", datetime(2027, 3, 5, 23, tzinfo=NOW.tzinfo)),
        ("next Monday", datetime(2027, 3, 8, 23, tzinfo=NOW.tzinfo)),
        ("tomorrow", datetime(2027, 3, 2, 23, tzinfo=NOW.tzinfo)),
        ("17:00", datetime(2027, 3, 1, 16, tzinfo=NOW.tzinfo)),
        ("9am", datetime(2027, 3, 2, 8, tzinfo=NOW.tzinfo)),
        ("2027-08-16", datetime(2027, 8, 16, 22, tzinfo=NOW.tzinfo)),
        ("2027-03-05 12:30", datetime(2027, 3, 5, 11, 30, tzinfo=NOW.tzinfo)),
        ("tomorrow at 8:00", datetime(2027, 3, 2, 7, tzinfo=NOW.tzinfo)),
        ("16 Aug", datetime(2027, 8, 16, 22, tzinfo=NOW.tzinfo)),
        ("August 16th, 2027", datetime(2027, 8, 16, 22, tzinfo=NOW.tzinfo)),
        ("3 January", datetime(2028, 1, 3, 23, tzinfo=NOW.tzinfo)),
    ],
)
def test_an_end_is_read_as_people_write_it(text: str, end: datetime | None) -> None:
    assert read_until(text, NOW, "Europe/Amsterdam") == end


@pytest.mark.parametrize("text", ["", "soon", "2027-13-01", "2020-01-01", "25:00", "99999999999d"])
def test_an_end_that_is_none_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(Invalid, match="write a date"):
        read_until(text, NOW, "UTC")


class TestHours:
    def at(self, now: datetime) -> bool:
        return works(an_estate(people={"bob": a_person("bob", hours=OFFICE)}), "bob", now)

    @pytest.mark.parametrize(
        ("now", "working"),
        [
            (MORNING, True),
            (MORNING - MINUTE, False),
            (NOW.replace(hour=15, minute=59), True),
            (NOW.replace(hour=16), False),
            (NOW - DAY, False),
        ],
    )
    def test_they_count_in_the_persons_own_zone(self, now: datetime, working: bool) -> None:
        assert self.at(now) is working

    @pytest.mark.parametrize(
        ("criticality", "gravest", "waits"),
        [
            (Criticality.CRITICAL, False, False),
            (Criticality.UNKNOWN, False, False),
            (Criticality.IMPORTANT, False, True),
            (Criticality.SUPPORTING, False, True),
            (Criticality.IMPORTANT, True, False),
        ],
    )
    def test_only_what_can_wait_spares_people(
        self, criticality: Criticality, gravest: bool, waits: bool
    ) -> None:
        assert can_wait(criticality, gravest=gravest) is waits


def attended(*covers: Cover, absent: tuple[str, ...] = (), waits: bool = False) -> Attendance:
    people = {
        key: a_person(key, hours=OFFICE if key != "manager" else None)
        for key in ("alice", "bob", "dana", "manager")
    }
    return Attendance(
        catalogue=an_estate(people=people),
        presence=presence(covers, [away(one) for one in absent], NOW),
        can_wait=waits,
    )


def fresh(**changes: object) -> Incident:
    return an_incident(**{"rung": -1, "escalate_at": NOW, **changes})


class TestEscalation:
    def test_the_stand_in_is_pinged_and_remembered(self) -> None:
        step = escalate(fresh(), NOW, attended(cover("bob", "dana")))

        assert step.pinged == {"dana": "bob"}
        assert step.incident.stand_ins == ("dana",)

    def test_an_absent_responder_is_not_waited_for(self) -> None:
        step = escalate(fresh(), NOW, attended(absent=("bob",)))

        assert step.people == ("alice",)
        assert step.absent == {"bob": "on holiday"}

    def test_when_everybody_is_away_it_goes_on_trying(self) -> None:
        step = escalate(fresh(), NOW, attended(absent=("alice", "bob", "manager")))

        assert step.people == ()
        assert step.incident.escalate_at == NOW + 30 * MINUTE

    def test_at_night_the_first_ping_is_sent_and_whoever_works_is_next_at_once(self) -> None:
        there = attended(waits=True)

        first = escalate(fresh(), NIGHT, there)
        second = escalate(first.incident, NIGHT, there)

        assert first.people == ("bob",)
        assert first.incident.escalate_at == NIGHT
        assert second.people == ("manager",)

    def test_what_can_wait_rests_until_somebody_begins_to_work(self) -> None:
        short = fresh(ladder=an_incident().ladder[:2])
        there = attended(waits=True)

        night = escalate(escalate(short, NIGHT, there).incident, NIGHT, there)
        morning = escalate(night.incident, MORNING, there)

        assert (night.quiet_hours, night.people) == (True, ())
        assert night.incident.escalate_at == MORNING
        assert next_ping(night.incident, there) == (MORNING, ("alice",))
        assert morning.people == ("alice",)

    def test_what_is_critical_wakes_people(self) -> None:
        step = escalate(fresh(rung=0), NIGHT, attended())

        assert step.people == ("alice",)


def test_the_named_contact_of_the_accountable_lane_is_on_the_first_rung() -> None:
    vendor = Party(id="vendor", name="ShopLink", person="charlie")
    connection = a_connection(accountable="vendor")

    ladder = ladder_for(an_estate(connection, parties={"vendor": vendor}), connection)

    assert ladder[0] == LadderRung(after=timedelta(0), people=("bob", "charlie"))
