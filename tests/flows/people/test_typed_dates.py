"""A date that somebody typed lies where it can be meant; else the field says what is allowed."""

from datetime import datetime

import pytest

from bot.core.changes.change_request import ChangeKind, ChangeRequest, proposed
from bot.core.people.backdating import LONGEST_AGO, LONGEST_AHEAD
from bot.flows import handle_absence
from bot.flows.incidents import open_incident
from bot.language.errors import Invalid
from bot.language.marks import when
from bot.language.typed_times import read_past, read_until, span_in
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@pytest.mark.parametrize("since", [EPOCH, NOW - LONGEST_AGO - MINUTE, NOW + MINUTE])
async def test_an_incident_is_declared_since_a_time_that_can_be_meant(since: datetime) -> None:
    async with await Scene.open() as scene:
        with pytest.raises(Invalid) as refused:
            await scene.do(
                open_incident.declare,
                a_connection(),
                open_incident.Report(by="bob", why="gone"),
                since=since,
            )

        assert refused.value.field == "since"
        assert when(NOW - LONGEST_AGO) in str(refused.value)
        assert await scene.lives() == ()


async def test_the_bound_itself_is_allowed() -> None:
    async with await Scene.open() as scene:
        first = NOW - LONGEST_AGO
        found = await scene.do(
            open_incident.declare,
            a_connection(),
            open_incident.Report(by="bob", why="gone"),
            since=first,
        )

        assert found.failing_since == first


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (EPOCH, NOW, "since"),
        (NOW - HOUR, NOW + HOUR, "until"),
        (NOW - HOUR, NOW - 2 * HOUR, "until"),
        (NOW + HOUR, NOW + 2 * HOUR, "since"),
    ],
)
async def test_a_report_has_times_that_can_be_meant(
    since: datetime, until: datetime, field: str
) -> None:
    async with await Scene.open() as scene:
        with pytest.raises(Invalid) as refused:
            await scene.do(
                open_incident.write_down,
                a_connection(),
                open_incident.Report(by="bob", why="gone"),
                since=since,
                until=until,
            )

        assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "at", "allowed"),
    [
        (ChangeKind.EMERGENCY, NOW - HOUR, True),
        (ChangeKind.EMERGENCY, EPOCH, False),
        (ChangeKind.NORMAL, NOW + DAY, True),
        (ChangeKind.NORMAL, NOW + LONGEST_AHEAD + DAY, False),
    ],
)
def test_a_change_was_done_lately_or_is_planned_soon(
    kind: ChangeKind, at: datetime, allowed: bool
) -> None:
    request = ChangeRequest(
        id=0,
        connection="orders",
        kind=kind,
        what="map",
        why="tax",
        by="bob",
        proposed_at=NOW,
        at=at,
        rollback="back",
    )
    if allowed:
        assert proposed(request, approve_within=DAY).at == at
        return
    with pytest.raises(Invalid) as refused:
        proposed(request, approve_within=DAY)
    assert refused.value.field == "at"


async def test_a_cover_ends_within_a_year_or_openly() -> None:
    async with await Scene.open() as scene:
        entering = {"person": "bob", "stand_in": "alice", "by": "bob"}
        with pytest.raises(Invalid, match="too far ahead"):
            await scene.do(handle_absence.enter, **entering, until=NOW + LONGEST_AHEAD + DAY)

        assert (await scene.do(handle_absence.enter, **entering, until=None)).until is None


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "31 dec 9999"])
def test_the_ends_of_the_calendar_are_refused_in_words(day: str, zone: str) -> None:
    for read, text in ((read_until, day), (read_past, f"{day} 00:00"), (read_past, f"{day} 23:59")):
        with pytest.raises(Invalid, match="cannot read"):
            read(text, NOW, zone)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_question_about_them_names_no_day(zone: str) -> None:
    for text in ("who owned it on 9999-12-31?", "who owned it on 0001-01-01?"):
        found = span_in(text, NOW, zone)
        assert found is None or found[0] < found[1]
