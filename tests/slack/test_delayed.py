"""A late message says from when it is, and that Slack held it up only where Slack did."""

from collections.abc import Awaitable, Callable

import pytest

from bot.core.incidents.self_check import ClockJumped
from bot.core.outbox.letter import LATE
from bot.core.outbox.notice import What
from bot.jobs import Timekeeper
from bot.slack.incidents.words import jumped
from bot.slack.text import Writer
from tests.builders import NOW, an_estate
from tests.slack.conftest import Bench
from tests.slack.outbox.test_transport import incident_of_bob, queued, sender_of

pytestmark = pytest.mark.anyio

HELD_UP = "sent late because Slack did not take it then"
HOURS = 3 * 3600
WAIT = LATE.total_seconds() + 1


async def nothing(bench: Bench) -> None:
    """It leaves at once."""


async def slack_refuses(bench: Bench) -> None:
    bench.standin.faults.limit("chat.postMessage", calls=1, retry_after=1)
    await sender_of(bench).send_due()
    bench.clock.shift(WAIT)


async def slack_is_silent(bench: Bench) -> None:
    bench.proxy.shut = True
    await sender_of(bench).send_due()
    bench.clock.shift(WAIT)
    bench.proxy.shut = False


async def the_clock_jumps(bench: Bench) -> None:
    bench.clock.jump(HOURS)


async def slack_refuses_and_the_clock_jumps(bench: Bench) -> None:
    timekeeper = Timekeeper(bench.runtime, wake=lambda: None)
    await timekeeper.look()
    bench.standin.faults.limit("chat.postMessage", calls=1, retry_after=1)
    await sender_of(bench).send_due()
    bench.clock.shift(5)
    bench.clock.jump(HOURS)
    await timekeeper.look()


async def the_bot_stands_still(bench: Bench) -> None:
    bench.clock.shift(HOURS)


async def our_own_pace_is_used_up(bench: Bench) -> None:
    bob = await bench.runtime.store.run(lambda tx: tx.slack_user("bob"))
    assert bob is not None
    for _ in range(4):  # what a channel takes at once
        await bench.gateway.call("chat.postMessage", channel=bob.dm, text="Hello.")
    await sender_of(bench).send_due()
    bench.clock.shift(WAIT)


Story = Callable[[Bench], Awaitable[None]]


@pytest.mark.parametrize(
    ("story", "dated", "blamed"),
    [
        (nothing, False, False),
        (slack_refuses, True, True),
        (slack_is_silent, True, True),
        (the_clock_jumps, True, False),
        (slack_refuses_and_the_clock_jumps, True, False),
        (the_bot_stands_still, True, False),
        (our_own_pace_is_used_up, True, False),
    ],
)
async def test_slack_is_blamed_only_for_what_it_held_up(
    bench: Bench, story: Story, dated: bool, blamed: bool
) -> None:
    dm = await incident_of_bob(bench)
    await queued(bench, What.PING)

    await story(bench)
    await sender_of(bench).send_due()

    (ping,) = [seen for seen in bench.slack.messages(dm) if "INC-1" in seen.text]
    assert ("_From " in str(ping.blocks)) is dated
    assert (HELD_UP in str(ping.blocks)) is blamed


async def test_what_waited_behind_a_letter_that_slack_refused_was_held_up_too(
    bench: Bench,
) -> None:
    dm = await incident_of_bob(bench)
    await queued(bench, What.PING)
    await queued(bench, What.PING)

    await slack_refuses(bench)
    await sender_of(bench).send_due()
    bench.clock.shift(5)
    await sender_of(bench).send_due()

    pings = [seen for seen in bench.slack.messages(dm) if "INC-1" in seen.text]
    assert [HELD_UP in str(ping.blocks) for ping in pings] == [True, True]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (30.0, "forward by 30 s"),
        (-89.6, "back by 1 min"),
        (6000.0, "forward by 1 h 40 min"),
        (7199.98, "forward by 2 h"),
        (-7200.02, "back by 2 h"),
        (-86399.7, "back by 1 d"),
        (9660.0, "forward by 2 h 41 min"),
    ],
)
def test_a_jump_is_said_as_long_as_it_was(seconds: float, said: str) -> None:
    notice = jumped(ClockJumped(seconds=seconds, at=NOW), Writer(catalogue=an_estate()))

    assert f"{said}*" in str(notice.blocks)
