"""What a good estate file becomes: defaults filled in, times and rules in the core's own types."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.checks.probes.heartbeat import HeartbeatSettings
from bot.core.estate.catalogue import Connection, Criticality, Hours, LadderRung
from bot.core.estate.check_spec import Rule, Threshold
from bot.core.estate.lane import Lane
from bot.core.estate.pacing import paced
from bot.core.estate.windows import Weekly
from bot.core.monitoring.signals import Signal
from bot.files.estate.rule_text import read_threshold
from bot.files.estate.working_hours import read_hours, read_weekly
from tests.files.estate_text import ESTATE, NOW, BeatSettings, catalogue

DEFAULTS = """\
company: {name: Example, timezone: Europe/Amsterdam, announce_channel: "#integrations"}
defaults:
  hours: Mon-Fri 07:00-18:00
  check: {every: 5m, confirm: 3}
  lease: 2h
  ladder: [{after: 15m, ping: [alice]}]
"""


def connection(extra: str = "", checks: str = "") -> Connection:
    text = ESTATE.replace("    first_responder: bob\n", f"    first_responder: bob\n{extra}")
    return catalogue(text + checks + DEFAULTS).connections["orders"]


def test_an_entry_that_says_nothing_takes_the_defaults() -> None:
    orders = connection()

    assert orders.lease == timedelta(hours=2)
    assert orders.ladder == (LadderRung(after=timedelta(minutes=15), people=("alice",)),)
    assert orders.checks[0].every == timedelta(minutes=5)
    assert orders.checks[0].timeout == timedelta(seconds=10)
    assert (orders.checks[0].confirm, orders.checks[0].recover) == (3, 2)


@pytest.mark.parametrize("written", ["abc\u202etxt.exe", '"abc\\u202etxt.exe"', "\u2066abctxt.exe"])
def test_a_name_holds_no_marks_that_turn_the_direction(written: str) -> None:
    people = catalogue(ESTATE.replace("{name: Bob", f"{{name: {written}") + DEFAULTS).people

    assert people["bob"].name == "abctxt.exe"


def test_what_an_entry_says_itself_wins() -> None:
    orders = connection(
        "    lease: 30m\n    ladder: []\n",
        "      - {id: beat, kind: beat, every: 10s, timeout: 2s, confirm: 1, recover: 4}\n",
    )

    beat = orders.checks[1]
    assert orders.lease == timedelta(minutes=30)
    assert orders.ladder == ()
    assert (beat.every, beat.timeout) == (timedelta(seconds=10), timedelta(seconds=2))
    assert (beat.confirm, beat.recover) == (1, 4)
    assert beat.settings == BeatSettings(period="1h")


def test_working_hours_come_from_the_entry_else_from_the_defaults() -> None:
    text = ESTATE.replace(
        "maker: {name: Maker}",
        "maker: {name: Maker, hours: always, respond: {critical: 1h}}\n  bank: {name: Bank}",
    ).replace("manager: alice", "manager: alice, timezone: UTC, hours: 'Sat,Sun 10:00-12:00'")

    estate = catalogue(text + DEFAULTS)

    office = Hours(days=(1, 2, 3, 4, 5), start=time(7), end=time(18), timezone="Europe/Amsterdam")
    assert estate.people["alice"].hours == office
    assert estate.people["bob"].hours == Hours(
        days=(6, 7), start=time(10), end=time(12), timezone="UTC"
    )
    assert estate.parties["maker"].hours is None
    assert estate.parties["maker"].respond_within == {Criticality.CRITICAL: timedelta(hours=1)}
    assert estate.parties["bank"].hours == office


def test_rules_become_thresholds() -> None:
    orders = connection(
        checks="      - id: beat\n        kind: beat\n        rules:\n"
        "          - {signal: last_success, warn: '> 20m', fail: '>1h30m'}\n"
        "          - {signal: status, fail: '!= ok'}\n"
    )

    assert orders.checks[1].rules == (
        Rule(
            signal="last_success",
            warn=Threshold(op=">", value=timedelta(minutes=20)),
            fail=Threshold(op=">", value=timedelta(minutes=90)),
        ),
        Rule(signal="status", fail=Threshold(op="!=", value="ok")),
    )


THRESHOLDS = [
    (Signal.EXPIRES_AT, "< 30d", Threshold(op="<", value=timedelta(days=30))),
    (Signal.QUEUE_DEPTH, ">= 200", Threshold(op=">=", value=200.0)),
    (Signal.COMPLETENESS, " <0.98 ", Threshold(op="<", value=0.98)),
    (Signal.VERSION, "== 24.2 LTS", Threshold(op="==", value="24.2 LTS")),
    (Signal.REACHABLE, "== false", Threshold(op="==", value=0.0)),
    (Signal.ENABLED, "!= True", Threshold(op="!=", value=1.0)),
]


@pytest.mark.parametrize(("signal", "text", "expected"), THRESHOLDS)
def test_a_threshold_takes_the_type_of_its_signal(
    signal: Signal, text: str, expected: Threshold
) -> None:
    assert read_threshold(text, signal) == expected


HOURS = {
    "Mon-Fri 07:00-18:00": (1, 2, 3, 4, 5),
    "monday - friday 7:00 - 18:00": (1, 2, 3, 4, 5),
    "Sat-Mon 07:00-18:00": (1, 6, 7),
    "Tue,Thu 07:00-18:00": (2, 4),
    "Mon-Wed, Fri 07:00-18:00": (1, 2, 3, 5),
}


@pytest.mark.parametrize(("text", "days"), HOURS.items())
def test_weekdays_are_read_as_people_write_them(text: str, days: tuple[int, ...]) -> None:
    assert replace(read_hours(text), timezone="UTC") == Hours(
        days=days, start=time(7), end=time(18), timezone="UTC"
    )


def test_midnight_at_the_end_may_be_written_as_24_00_and_midnight_is_no_beginning() -> None:
    late = Hours(days=(1, 2, 3, 4, 5), start=time(22), end=time(), timezone="UTC")

    assert replace(read_hours("Mon-Fri 22:00-24:00"), timezone="UTC") == late
    assert replace(read_hours("Mon-Fri 22:00-00:00"), timezone="UTC") == late
    assert read_weekly("Sat 22:00-24:00") == Weekly(days=(6,), start=time(22), end=time())
    for text in ("Sat 24:00-06:00", "Sat 22:00-24:30"):
        with pytest.raises(ValueError, match="time of day"):
            read_weekly(text)


@pytest.mark.parametrize(
    "text", ["Mon-Fri", "Mon-Fry 07:00-18:00", "Mon-Fri 18:00-07:00", "Mon 07:00-25:00", ""]
)
def test_hours_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|weekday|time of day"):
        read_hours(text)


def test_moments_are_on_the_companys_clock_and_end_in_utc() -> None:
    estate = catalogue(
        ESTATE
        + DEFAULTS
        + "releases: [{system: erp, version: '24.3', at: 2026-08-03 06:00}]\n"
        + "changes: [{connection: orders, at: '2026-01-05T06:00:00+00:00', what: New field}]\n"
    )

    assert estate.releases[0].at == datetime(2026, 8, 3, 4, 0, tzinfo=UTC)
    assert estate.changes[0].at == datetime(2026, 1, 5, 6, 0, tzinfo=UTC)


def test_an_example_may_count_its_dates_from_the_moment_it_is_loaded() -> None:
    text = ESTATE.replace("version: 1", "version: 1\nexample: true").replace(
        "first_responder: bob",
        "first_responder: bob\n    credentials: [{id: cert, name: Certificate, expires: +35d}]",
    )

    estate = catalogue(text + "releases: [{system: erp, version: '24.3', at: -3h}]\n")

    assert estate.connections["orders"].credentials[0].expires == date(2026, 9, 7)
    assert estate.releases[0].at == NOW - timedelta(hours=3)


def test_lanes_that_are_not_named_are_left_out() -> None:
    orders = connection("    lanes: {vendor: maker}\n")

    assert orders.lanes == {Lane.VENDOR: "maker"}


def test_the_company_names_its_channel_with_or_without_the_sign() -> None:
    assert catalogue(ESTATE + DEFAULTS).announce_channel == "integrations"


def test_a_fast_clock_also_speeds_up_the_waiting_times_in_settings() -> None:
    estate = catalogue(ESTATE)
    orders = estate.connections["orders"]
    settings = HeartbeatSettings(period=timedelta(minutes=30))
    heartbeat = replace(orders.checks[0], settings=settings)
    slow = replace(estate, connections={"orders": replace(orders, checks=(heartbeat,))})

    fast = paced(slow, 30).connections["orders"].checks[0]

    assert fast.settings == HeartbeatSettings(
        period=timedelta(minutes=1), grace=timedelta(seconds=20)
    )
