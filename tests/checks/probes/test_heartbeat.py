"""What pings say, and what their absence says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.checks.probe import Tools
from bot.checks.probes.heartbeat import probe
from bot.core.monitoring.heartbeat import Beat, Ping, PingKind, fold, judge_beat
from bot.core.monitoring.signals import Blind, FailedRecords, Reading, Signal
from bot.core.monitoring.webhook_bodies import hook_ping
from tests.checks.conftest import NOW, Memory, spec

HOUR, GRACE = timedelta(hours=1), timedelta(minutes=10)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ping(kind: PingKind, minutes: float, rid: str = "", exit: int | None = None) -> Ping:
    return Ping(at=ago(minutes), kind=kind, rid=rid, exit=exit)


S, F, B, L = PingKind.SUCCESS, PingKind.FAIL, PingKind.START, PingKind.LOG


@pytest.mark.parametrize(
    ("pings", "beat"),
    [
        ([(S, 5)], Beat.FINE),
        ([(S, 60)], Beat.FINE),
        ([(S, 61)], Beat.LATE),
        ([(S, 70)], Beat.LATE),
        ([(S, 71)], Beat.OVERDUE),
        ([(S, 5), (F, 1)], Beat.FAILED),
        ([(F, 5), (S, 1)], Beat.FINE),
        ([(B, 5)], Beat.RUNNING),
        ([(B, 11)], Beat.STUCK),
        ([(S, 65), (B, 5)], Beat.RUNNING),
        ([(S, 30), (B, 11)], Beat.STUCK),
        ([(F, 30), (B, 5)], Beat.FAILED),
        ([(B, 12), (S, 3)], Beat.FINE),
        ([(S, 71), (L, 1)], Beat.OVERDUE),
        ([(B, 12, "a"), (S, 3, "b")], Beat.STUCK),
        ([(B, 12, "a"), (F, 3, "b")], Beat.FAILED),
        ([(B, 12, "a"), (S, 3, "a")], Beat.FINE),
        ([(B, 12, "a"), (S, 3)], Beat.FINE),
        ([(B, 12, "a"), (B, 8, "b"), (S, 3, "b")], Beat.STUCK),
        ([(B, 12, "a"), (B, 8, "b"), (S, 3, "b"), (S, 1, "a")], Beat.FINE),
        ([(B, 12, "a"), (B, 8, "b"), (B, 5, "c"), (S, 3, "c"), (S, 1, "a")], Beat.RUNNING),
        # Which of two has ended is not known: the older one may hang.
        ([(B, 12, "a"), (B, 8, "b"), (S, 3)], Beat.STUCK),
        ([(B, 12), (B, 5)], Beat.RUNNING),
        ([(B, 12), (B, 5, "b"), (S, 3, "x")], Beat.RUNNING),
        # Given up a period and a grace after it should have ended, if another went well since.
        ([(B, 80, "a"), (B, 8, "b"), (S, 3, "b")], Beat.STUCK),
        ([(B, 81, "a"), (B, 8, "b"), (S, 3, "b")], Beat.FINE),
        ([(B, 81, "a"), (S, 75, "b"), (F, 3, "c")], Beat.FAILED),
        ([(S, 95), (B, 81, "a"), (B, 5, "b")], Beat.STUCK),
    ],
)
def test_the_pings_of_an_hourly_job_say_how_it_is(pings: list[tuple], beat: Beat) -> None:
    kept = None
    for one in pings:
        kept = fold(kept, ping(*one))

    assert judge_beat(kept, period=HOUR, grace=GRACE, first_seen=ago(999), now=NOW) is beat


@pytest.mark.parametrize(("minutes", "beat"), [(70, Beat.WAITING), (71, Beat.NEVER)])
def test_a_job_that_never_pinged_has_its_first_period_and_grace(minutes: float, beat: Beat) -> None:
    first_seen = ago(minutes)

    assert judge_beat(None, period=HOUR, grace=GRACE, first_seen=first_seen, now=NOW) is beat


def test_a_log_ping_alone_is_no_sign_of_life() -> None:
    assert fold(None, ping(L, 1)) is None


def test_the_last_good_run_is_remembered_through_failures() -> None:
    kept = fold(fold(None, ping(S, 50)), ping(F, 5, exit=3))

    assert kept is not None
    assert (kept.last_success, kept.exit) == (ago(50), 3)


HOURLY = {"period": "1h", "grace": "10m"}


@pytest.mark.anyio
async def test_before_the_first_ping_is_due_we_are_blind(tools: Tools, memory: Memory) -> None:
    check = spec("heartbeat", **HOURLY)
    memory.seen[check.key] = ago(5)

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Blind)
    assert "no ping has come yet" in seen.reason


@pytest.mark.anyio
async def test_a_job_that_should_have_called_by_now_is_not_reachable(
    tools: Tools, memory: Memory
) -> None:
    check = spec("heartbeat", **HOURLY)
    memory.seen[check.key] = ago(80)

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False


@pytest.mark.anyio
async def test_a_message_that_nobody_understood_is_no_ping(tools: Tools, memory: Memory) -> None:
    check = spec("heartbeat", **HOURLY)
    unread = hook_ping("audit", {"hello": 1}, NOW)
    assert unread is not None
    memory.pings[check.key] = unread

    assert isinstance(await probe(check, tools, NOW), Blind)


@pytest.mark.anyio
async def test_a_good_ping_carries_its_counts_and_error_texts(tools: Tools, memory: Memory) -> None:
    check = spec("heartbeat", **HOURLY)
    group = FailedRecords(text="Customer is blocked", count=2)
    memory.pings[check.key] = replace(
        ping(S, 5), processed=120, failed=(group,), last_success=ago(5)
    )

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.failed == (group,)
    assert seen.signals == {
        "reachable": True,
        "status": "fine",
        "heartbeat": ago(5),
        "last_success": ago(5),
        "processed": 120,
        "failed": 2.0,
    }


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("last", "words"),
    [
        (ping(F, 5, exit=2), "exit status 2"),
        (ping(S, 90), "one is expected every 1 h"),
        (replace(ping(S, 40), running_since=ago(30)), "has not ended within 10 min"),
        (
            replace(ping(S, 2), running_since=ago(30), running={"7": ago(30), "8": ago(20)}),
            "2 runs that started have not ended within 10 min (“7”, “8”)",
        ),
    ],
)
async def test_a_bad_state_says_what_is_wrong(
    tools: Tools, memory: Memory, last: Ping, words: str
) -> None:
    check = spec("heartbeat", **HOURLY)
    memory.pings[check.key] = last

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert words in seen.error
