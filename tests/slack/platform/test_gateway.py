"""The door to Slack: paced before Slack has to refuse, and every refusal is later or never."""

import asyncio
from datetime import timedelta

import pytest

from bot.app import readiness
from bot.slack.platform.gateway import Later, OurWait, Refusal
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


async def post(bench: Bench, text: str = "hello") -> None:
    await bench.gateway.call("chat.postMessage", channel=bench.general, text=text)


async def test_posts_to_one_channel_are_paced_before_slack_refuses_them(bench: Bench) -> None:
    for _ in range(4):
        await post(bench)

    with pytest.raises(Later) as paced:
        await post(bench)

    assert paced.value.error == "paced"
    assert paced.value.after <= timedelta(seconds=1)
    bench.clock.shift(1)
    await post(bench)
    assert all(call.ok for call in bench.standin.services.log.calls)


async def test_one_slow_channel_does_not_hold_up_another(bench: Bench) -> None:
    for _ in range(4):
        await post(bench)
    bob = await bench.gateway.call("conversations.open", users=bench.slack.member("Bob").id)

    await bench.gateway.call("chat.postMessage", channel=bob["channel"]["id"], text="ping")

    assert await bench.slack.member("Bob").gets_dm("ping")


async def test_slacks_own_waiting_time_is_kept(bench: Bench) -> None:
    bench.standin.faults.limit("chat.postMessage", calls=1, retry_after=7)

    with pytest.raises(Later) as told:
        await post(bench)
    with pytest.raises(Later) as still:
        await post(bench)

    assert told.value.after == timedelta(seconds=7)
    assert not told.value.maybe_done
    assert still.value.error == "ratelimited"
    assert not isinstance(still.value, OurWait)
    bench.clock.shift(7)
    await post(bench)


@pytest.mark.parametrize(
    ("asked", "kept"), [(7, 7), (300, 300), (301, 60), (86_400, 60), (10**30, 60)]
)
@pytest.mark.parametrize("method", ["chat.postMessage", "auth.test", "users.info"])
async def test_no_call_is_made_before_slacks_waiting_time_is_over(
    bench: Bench, method: str, asked: int, kept: int, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"chat.postMessage": {"channel": bench.general, "text": "hello"}}
    given["users.info"] = {"user": bench.slack.member("Bob").id}
    bench.standin.faults.limit(method, calls=1, retry_after=asked)
    waits = []
    for passes in (0, kept / 2, kept / 2 - 1):
        bench.clock.shift(passes)
        with pytest.raises(Later) as told:
            await bench.gateway.call(method, **given.get(method, {}))
        waits.append(told.value.after.total_seconds())
    bench.clock.shift(1)
    await bench.gateway.call(method, **given.get(method, {}))

    assert waits == pytest.approx([kept, kept / 2, 1], abs=0.9)
    assert len(bench.standin.services.log.of(method)) == 2
    assert f"retry_after={str(asked)[:20]}" in caplog.text
    assert f"wait_s={kept} " in caplog.text


async def test_a_wait_that_no_limit_of_slack_has_is_over_for_one_call_at_a_time(
    bench: Bench,
) -> None:
    bench.standin.faults.limit("chat.postMessage", calls=2, retry_after=999_999_999)
    for _ in range(2):
        with pytest.raises(Later):
            await post(bench)
        bench.clock.shift(60)

    answers = await asyncio.gather(*(post(bench) for _ in range(3)), return_exceptions=True)

    assert [isinstance(one, Later) for one in answers] == [False, True, True]
    assert len(bench.standin.services.log.of("chat.postMessage")) == 3
    await post(bench)


async def test_who_asks_whether_we_are_ready_reads_what_slack_lets_us_wait_with(
    bench: Bench,
) -> None:
    look = readiness.slack_of(bench.gateway, lambda: None, bench.clock.steady)
    said = []
    for asked in (7, 300):
        bench.standin.faults.limit("users.info", calls=1, retry_after=asked)
        with pytest.raises(Later):
            await bench.gateway.call("users.info", user=bench.slack.member("Bob").id)
        said.append(look())
        bench.clock.shift(120)
    said.append(look())

    assert said[0].wrong == ""
    assert said[1].wrong == "Slack told us to wait with users.info, for another 5 min"
    assert said[1].since is not None
    assert said[2].wrong == "Slack told us to wait with users.info, for another 3 min"
    bench.clock.shift(180)
    await bench.gateway.call("auth.test")
    assert look().wrong == ""


async def test_a_server_error_may_have_done_the_work(bench: Bench) -> None:
    bench.standin.faults.fail("chat.postMessage", calls=1, status=503)

    with pytest.raises(Later) as later:
        await post(bench)

    assert later.value.maybe_done


async def test_a_lost_answer_may_have_done_the_work(bench: Bench) -> None:
    bench.proxy.loses("chat.postMessage", calls=1)

    with pytest.raises(Later) as later:
        await post(bench)

    assert later.value.maybe_done
    assert await bench.slack.member("Bob").sees("#general", "hello")


async def test_a_refusal_carries_slacks_word(bench: Bench) -> None:
    with pytest.raises(Refusal, match=r"chat.postMessage: channel_not_found"):
        await bench.gateway.call("chat.postMessage", channel="C000", text="hello")


async def test_a_lost_token_is_no_reason_to_give_anything_up(bench: Bench) -> None:
    assert bench.standin.app is not None
    bench.standin.app.revoked = True

    with pytest.raises(Later) as later:
        await post(bench)

    assert later.value.error == "token_revoked"


async def test_arguments_that_are_none_are_left_out(bench: Bench) -> None:
    await bench.gateway.call(
        "chat.postMessage", channel=bench.general, text="hello", thread_ts=None
    )

    assert "thread_ts" not in bench.standin.services.log.of("chat.postMessage")[0].args
