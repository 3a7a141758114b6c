"""What each failure does to the numbers, told in simulated time; nothing here waits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from estate_sim import Failure, UnknownSwitch
from estate_sim.failures import STORIES, Scope
from estate_sim.world import World
from tests.estate_sim.conftest import CONNECTIONS

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class Days:
    """A world and its clock."""

    def __init__(self) -> None:
        self.now = START
        self.world = World(CONNECTIONS, erp="erp", pace=30, now=START)
        self.live(120)

    def live(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            self.now += timedelta(seconds=0.5)
            self.world.advance(self.now, 0.5)

    def status(self, connection: str = "shop-orders") -> dict[str, Any]:
        return self.world.connector(connection, self.now)[1]

    def age(self, connection: str = "shop-orders") -> float:
        last = datetime.fromisoformat(self.status(connection)["last_success_at"])
        return (self.now - last).total_seconds()

    def on(self, failure: Failure, connection: str | None = None) -> None:
        self.world.switch(failure, connection, True, self.now)


@pytest.fixture
def days() -> Days:
    return Days()


def test_on_a_good_day_records_flow_and_nothing_stands_in_error(days: Days) -> None:
    before = days.status()["processed_today"]

    days.live(60)

    after = days.status()
    assert after["processed_today"] > before
    assert after["errors"] == []
    assert after["status"] == "ok"
    assert days.age() <= 11
    assert {days.world.health(one.id, days.now) for one in CONNECTIONS} == {"ok"}


def test_two_worlds_live_alike() -> None:
    assert Days().status() == Days().status()


def test_an_expired_credential_stops_everything_with_the_far_ends_own_words(days: Days) -> None:
    days.on(Failure.CREDENTIAL_EXPIRED, "shop-orders")

    days.live(60)

    status = days.status()
    (error,) = status["errors"]
    assert error["text"].startswith("AADSTS7000222")
    assert 40 < error["count"] <= status["queue"]["depth"]
    assert error["amount"] == pytest.approx(error["count"] * 184)
    assert len(error["ids"]) == 5
    assert days.age() >= 59
    assert status["status"] == "error"


def test_a_silent_stall_looks_well_and_only_time_betrays_it(days: Days) -> None:
    done = days.status()["processed_today"]
    days.on(Failure.SILENT_STALL, "shop-orders")

    days.live(60)

    status = days.status()
    assert (status["status"], status["errors"]) == ("ok", [])
    assert status["processed_today"] == done
    assert days.age() >= 59


def test_a_growing_queue_gets_deeper_and_older_while_syncs_succeed(days: Days) -> None:
    days.on(Failure.QUEUE_GROWS, "mes-bridge")

    days.live(60)

    status = days.status("mes-bridge")
    oldest = datetime.fromisoformat(status["queue"]["oldest_at"])
    assert status["queue"]["depth"] > 500
    assert days.now - oldest > timedelta(seconds=45)
    assert days.age("mes-bridge") <= 11


def test_an_erp_update_fails_new_records_of_every_writer_and_of_no_reader(days: Days) -> None:
    days.on(Failure.FIELD_RENAMED)

    days.live(60)

    for writer in ("shop-orders", "ap-invoices", "mes-bridge"):
        status = days.status(writer)
        assert status["version"] == "25.0"
        assert "must not be blank or empty" in status["errors"][0]["text"]
        assert status["completeness"] < 0.9
        assert days.age(writer) >= 55
    assert days.status("bi-pipeline")["version"] == "24.2"
    assert days.status("crm-mail")["errors"] == []
    assert days.world.system("erp") == {"status": "up", "version": "25.0"}


def test_the_erp_being_down_blocks_all_its_connections_and_its_own_page(days: Days) -> None:
    days.on(Failure.ERP_DOWN)

    days.live(30)

    for user in ("shop-orders", "ap-invoices", "mes-bridge", "bi-pipeline"):
        assert "503" in days.status(user)["errors"][0]["text"]
    assert days.status("crm-mail")["errors"] == []
    system = days.world.system("erp")
    assert system is not None
    assert system["status"] == "down"


def test_a_shared_quota_starves_its_members_only(days: Days) -> None:
    days.on(Failure.RATE_LIMITED)

    days.live(60)

    assert "429 Too Many Requests" in days.status("shop-orders")["errors"][0]["text"]
    assert days.status("crm-mail")["errors"] == []


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.PERIOD_CLOSED, "Posting Date is not within your range"),
        (Failure.MASTER_DATA, "cannot be found in the related table (Dimension Value)"),
    ],
)
def test_refused_records_stand_in_error_while_the_rest_flows(
    days: Days, failure: Failure, words: str
) -> None:
    done = days.status("ap-invoices")["processed_today"]
    days.on(failure, "ap-invoices")

    days.live(120)

    status = days.status("ap-invoices")
    assert words in status["errors"][0]["text"]
    assert status["processed_today"] > done


def test_a_flapping_connection_is_bad_and_good_in_turn(days: Days) -> None:
    days.on(Failure.FLAPPING, "shop-orders")
    seen = []
    days.live(20)
    for _ in range(4):
        seen.append(bool(days.status()["errors"]))
        days.live(25)

    assert seen == [True, False, True, False]


BACKLOGS = [
    (Failure.CREDENTIAL_EXPIRED, "shop-orders"),
    (Failure.SILENT_STALL, "shop-orders"),
    (Failure.QUEUE_GROWS, "mes-bridge"),
    (Failure.FIELD_RENAMED, "ap-invoices"),
    (Failure.ERP_DOWN, "bi-pipeline"),
    (Failure.RATE_LIMITED, "mes-bridge"),
    (Failure.PERIOD_CLOSED, "ap-invoices"),
]


@pytest.mark.parametrize(("failure", "connection"), BACKLOGS)
def test_once_mended_the_backlog_drains_within_a_quarter_of_a_minute(
    days: Days, failure: Failure, connection: str
) -> None:
    days.on(failure, connection)
    days.live(120)
    assert days.world.health(connection, days.now) == "broken"

    days.world.reset(days.now)
    days.live(15)

    assert days.world.health(connection, days.now) == "ok"
    assert days.status(connection)["errors"] == []
    assert days.world.active(connection) == ()


def test_no_record_is_lost_in_a_failure(days: Days) -> None:
    def known() -> float:
        stream = days.world.streams["shop-orders"]
        return stream.processed + stream.depth + stream.in_error

    before = known()
    days.on(Failure.FIELD_RENAMED)
    days.live(60)
    during = known()
    days.world.reset(days.now)
    days.live(60)

    rate = 110 / 3600 * 30
    assert during - before == pytest.approx(60 * rate, rel=0.15)
    assert known() - during == pytest.approx(60 * rate, rel=0.15)


def test_several_failures_at_once_are_all_active_and_leave_one_by_one(days: Days) -> None:
    days.on(Failure.CREDENTIAL_EXPIRED, "shop-orders")
    days.on(Failure.ERP_DOWN)
    days.live(20)

    days.world.switch(Failure.ERP_DOWN, None, False, days.now)
    days.live(20)

    assert days.world.active("shop-orders") == (Failure.CREDENTIAL_EXPIRED,)
    assert days.status()["errors"][0]["text"].startswith("AADSTS7000222")
    assert days.world.active("ap-invoices") == ()


@pytest.mark.parametrize("connection", [None, "no-such-connection"])
def test_a_failure_of_one_connection_needs_that_connection(
    days: Days, connection: str | None
) -> None:
    with pytest.raises(UnknownSwitch):
        days.on(Failure.SILENT_STALL, connection)


def test_the_count_of_the_day_starts_anew_at_midnight(days: Days) -> None:
    days.now = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)

    days.live(15)

    assert days.status()["processed_today"] < 30


def test_every_failure_tells_its_story() -> None:
    assert set(STORIES) == set(Failure)
    for story in STORIES.values():
        assert all(text.endswith(".") for text in (story.tells, story.shows))


REFUSING = (Failure.PERIOD_CLOSED, Failure.MASTER_DATA, Failure.FIELD_RENAMED)


@pytest.mark.parametrize("refusing", REFUSING)
@pytest.mark.parametrize("other", [one for one in Failure if one is not Failure.FLAPPING])
def test_what_was_refused_stays_in_error_while_something_else_fails_too(
    days: Days, refusing: Failure, other: Failure
) -> None:
    def switch(failure: Failure) -> None:
        shared = STORIES[failure].scope is not Scope.CONNECTION
        days.on(failure, None if shared else "shop-orders")

    def in_error() -> dict[str, int]:
        stream = days.world.streams["shop-orders"]
        return {text: round(one.count) for text, one in stream.errors.items() if not one.waits}

    switch(refusing)
    days.live(40)
    before = in_error()
    switch(other)
    days.live(40)
    after = in_error()

    assert before
    assert all(after.get(text, 0) >= count for text, count in before.items())
    if other in REFUSING and other is not refusing:
        assert len(after) > len(before)


@pytest.mark.parametrize("minutes", [2, 90])
@pytest.mark.parametrize("failure", Failure)
def test_what_was_on_when_it_ended_fails_from_the_first_look_of_the_next_start(
    days: Days, failure: Failure, minutes: int
) -> None:
    hit = days.world.members(failure)
    begun = days.now
    days.on(failure, hit[0])
    days.live(120)
    later = begun + timedelta(minutes=minutes)

    again = World(CONNECTIONS, erp="erp", pace=30, now=later)
    again.restore(days.world.switched(), later)

    for one in hit if STORIES[failure].scope is not Scope.CONNECTION else hit[:1]:
        lived = days.world.connector(one, days.now)[1]
        told = again.connector(one, later)[1]
        assert again.health(one, later) == days.world.health(one, days.now)
        assert told["status"] == lived["status"]
        assert {e["text"] for e in told["errors"]} == {e["text"] for e in lived["errors"]}
        if days.age(one) > 120:
            assert told["last_success_at"] <= begun.isoformat()
