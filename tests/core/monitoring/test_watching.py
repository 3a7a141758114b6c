"""What several looks show together: N of M, clear limits, new failures, our own network."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.check_spec import Rule, Threshold
from bot.core.monitoring import health
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.new_failures import KnownFailures, tell_apart
from bot.core.monitoring.own_network import (
    REASON,
    LastLook,
    NetworkState,
    judge_network,
    mark_as_blind,
    newest,
    no_answer,
)
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Cause, FailedRecords, Reading, Signal
from bot.language.redaction import Secret
from tests.builders import MINUTE, NOW, a_check, saw

OK, BAD, BLIND = Verdict.OK, Verdict.FAILING, Verdict.UNKNOWN


def walk(spec_changes: dict[str, int], *verdicts: Verdict) -> list[CheckHealth]:
    spec = a_check(**spec_changes)
    state, states = health.first(spec, NOW), []
    for place, verdict in enumerate(verdicts):
        now = NOW + place * MINUTE
        state = health.step(state, spec, saw(verdict, now), now)
        states.append(state)
    return states


@pytest.mark.parametrize(
    ("verdicts", "believed"),
    [
        ((OK, BAD, OK, BAD, OK), OK),
        ((OK, BAD, OK, BAD, OK, BAD), BAD),
        ((OK, BAD, BAD, BAD), BAD),
        ((OK, BAD, BAD, OK, OK, OK, BAD), OK),
        ((OK, BAD, BLIND, BAD, BLIND, BAD), BAD),
    ],
)
def test_three_bad_looks_of_the_last_five_are_enough(
    verdicts: tuple[Verdict, ...], believed: Verdict
) -> None:
    states = walk({"confirm": 3, "within": 5}, *verdicts)

    assert states[-1].verdict is believed


def test_the_start_is_the_first_bad_look_even_with_good_ones_between() -> None:
    states = walk({"confirm": 3, "within": 5}, OK, BAD, OK, BAD, BAD)

    assert states[-1].since == NOW + MINUTE


def test_while_bad_looks_are_counted_the_next_one_comes_sooner() -> None:
    states = walk({"confirm": 3, "within": 5}, OK, BAD, OK)

    assert states[1].next_check_at == NOW + MINUTE + a_check().every / 3
    assert states[2].next_check_at == NOW + 2 * MINUTE + a_check().every / 3


DEPTH = Rule(
    signal=Signal.QUEUE_DEPTH,
    fail=Threshold(op=">", value=200.0),
    clear=Threshold(op="<", value=150.0),
)


@pytest.mark.parametrize(
    ("depths", "believed"),
    [
        ((100, 190), OK),
        ((201, 190, 160), BAD),
        ((201, 149), OK),
        ((201, 149, 190), OK),
    ],
)
def test_a_rule_with_a_clear_limit_does_not_come_and_go_around_its_threshold(
    depths: tuple[float, ...], believed: Verdict
) -> None:
    spec = a_check(rules=(DEPTH,), confirm=1, recover=1)
    state = health.first(spec, NOW)

    for depth in depths:
        reading = Reading(at=NOW, signals={Signal.QUEUE_DEPTH: float(depth)})
        state = health.step(state, spec, reading, NOW)

    assert state.verdict is believed


def test_a_held_rule_says_what_it_waits_for() -> None:
    spec = a_check(rules=(DEPTH,), confirm=1, recover=1)
    state = health.first(spec, NOW)

    for depth in (201.0, 190.0):
        reading = Reading(at=NOW, signals={Signal.QUEUE_DEPTH: depth})
        state = health.step(state, spec, reading, NOW)

    assert state.reasons == ("Records waiting is 190; it is good again only when < 150.",)


def failed(run: int, **counts: int) -> Reading:
    return Reading(
        at=NOW,
        signals={Signal.LAST_ATTEMPT: NOW + run * MINUTE},
        failed=tuple(FailedRecords(text=text, count=count) for text, count in counts.items()),
    )


def test_new_failures_are_those_that_came_since_the_last_run() -> None:
    known: KnownFailures | None = None
    new = []
    for reading in (
        failed(1, locked=5),  # stood there before we looked
        failed(1, locked=5),
        failed(2, locked=5, missing=2),
        failed(2, locked=4, missing=2),  # somebody worked one off
        failed(3, locked=7, missing=2),
        failed(4, locked=7, missing=2),
    ):
        known, told = tell_apart(known, reading)
        new.append(told.signals[Signal.FAILED_NEW])

    assert new == [0, 0, 2, 2, 3, 0]


def test_a_source_that_counts_new_failures_itself_is_believed() -> None:
    reading = Reading(at=NOW, signals={Signal.FAILED: 9.0, Signal.FAILED_NEW: 1.0})

    _, told = tell_apart(None, reading)

    assert told.signals[Signal.FAILED_NEW] == 1.0


def last_looks(seen: int, hidden: int, age: timedelta = timedelta(0)) -> dict[str, LastLook]:
    looks = [LastLook(at=NOW - age, no_answer=place < hidden) for place in range(seen + hidden)]
    return {f"host-{place}": look for place, look in enumerate(looks)}


@pytest.mark.parametrize(
    ("seen", "hidden", "hosts_answer", "down"),
    [
        (0, 3, None, True),
        (1, 4, None, True),
        (0, 2, None, False),
        (2, 3, None, False),
        (0, 1, False, True),
        (0, 9, True, False),
    ],
)
def test_our_line_is_down_when_unrelated_systems_go_dark_or_no_canary_answers(
    seen: int, hidden: int, hosts_answer: bool | None, down: bool
) -> None:
    assert judge_network(NetworkState(), last_looks(seen, hidden), NOW, hosts_answer).down is down


def test_old_looks_say_nothing_of_our_line() -> None:
    assert not judge_network(NetworkState(), last_looks(0, 9, age=4 * MINUTE), NOW).down


def test_our_line_is_back_when_most_systems_are_seen_again() -> None:
    down = NetworkState(since=NOW - 5 * MINUTE)

    still, back = (
        judge_network(down, last_looks(1, 3), NOW),
        judge_network(down, last_looks(3, 1), NOW),
    )

    assert still.down
    assert back == NetworkState(back=NOW, began=down.since)


@pytest.mark.parametrize("cause", [None, *Cause])
def test_only_the_cause_tells_whether_a_look_saw_nothing(cause: Cause | None) -> None:
    words = "ConnectTimeout, ReadTimeout, no route to host, unreachable, Name or service not known"
    nothing = cause in (Cause.NAME, Cause.NO_ROUTE, Cause.TIMEOUT, Cause.OWN_NETWORK)
    gone = Reading(at=NOW, signals={Signal.REACHABLE: False}, error=words, cause=cause)
    blind = Blind(at=NOW, reason=words, cause=cause)
    seen = replace(gone, signals={Signal.REACHABLE: True})

    assert [no_answer(one) for one in (gone, blind, seen)] == [nothing, nothing, False]
    assert (mark_as_blind(gone) == Blind(at=NOW, reason=REASON, cause=Cause.OWN_NETWORK)) is nothing


def test_checks_of_one_host_count_once_and_the_look_that_saw_something_counts() -> None:
    specs = [
        a_check(settings={"url": Secret("https://user:pw@Shop.example.com/a")}),
        a_check(settings={"url": "https://shop.example.com:8443/b?c=1"}),
        a_check(kind="tcp", settings={"host": "sftp.example.com", "port": 22}),
        a_check(kind="tls", settings={"host": "2001:db8::1"}),
        a_check(kind="sql", settings={"url": "pg://u:p@DB.example.com:5432/x", "row": "select 1"}),
        a_check(kind="dns", settings={"name": "erp.example.com", "nameserver": "10.0.0.53"}),
        a_check(kind="credential", settings={"expires": "2027-01-01"}),
    ]
    looks = [
        ("shop", LastLook(at=NOW, no_answer=True)),
        ("shop", LastLook(at=NOW, no_answer=False)),
    ]

    hosts = [spec.settings.hosts() for spec in specs]

    assert hosts == [
        *[("shop.example.com",)] * 2,
        ("sftp.example.com",),
        ("2001:db8::1",),
        ("db.example.com",),
        (),
        (),
    ]
    assert newest(looks)["shop"].no_answer is False
