"""What a person opened again is told by that person's word and by what is seen now, and never by
what failed before its end."""

import json

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import reopen
from bot.slack.incidents import card
from tests.builders import HOUR
from tests.flows.incidents.grouping.test_each_turns import each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage

pytestmark = pytest.mark.anyio
WHY = "statements of Friday are there twice"


async def opened_again(size: int, *, runs: bool = True) -> Outage:
    """All failed alike, somebody resolved it, and a person says that it was not over."""
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    await scene.look([(20, 0)] * size)
    if runs:
        await scene.look([(0, 0)] * size, broken=False)
    await scene.do(respond.resolve, 1, "alice", "restarted")
    await scene.post()
    scene.later(HOUR / 4)
    again = await scene.do(reopen.reopen, 1, by="owner-0", why=WHY)
    assert again.state is State.OPEN
    return scene


async def read(scene: Outage) -> list[str]:
    """The card, and each ping."""
    pings = [one for one in await scene.post() if one.what is What.PING]
    assert {str(one.to) for one in pings} >= {"person:first-flow-0"}
    told = [(await scene.read(one)).blocks for one in pings]
    blocks = [card.card(await scene.view(), scene.writer).blocks, *told]
    return [json.dumps(one, ensure_ascii=False) for one in blocks]


@pytest.mark.parametrize("size", [1, 3])
async def test_card_and_every_ping_say_who_opened_it_and_why_and_nothing_of_what_is_over(
    size: int,
) -> None:
    async with await opened_again(size) as scene:
        for said in await read(scene):
            assert f"*Opened again:* by Owner-0 <!date^{int(scene.now.timestamp())}" in said
            assert WHY in said
            assert ERROR not in said
            assert "*Error:*" not in said
            assert "fail too" not in said
            assert "First seen" not in said
            assert "failing" not in said


async def test_the_next_rung_reads_it_too() -> None:
    async with await opened_again(1) as scene:
        await scene.post()
        await scene.tick(HOUR / 4)

        ping = next(one for one in await scene.post() if one.what is What.PING)

        assert str(ping.to) == "person:alice"
        assert WHY in str((await scene.read(ping)).blocks)


async def test_what_fails_still_is_told_with_its_error() -> None:
    async with await opened_again(3, runs=False) as scene:
        for said in await read(scene):
            assert WHY in said
            assert ERROR in said


async def test_a_lane_that_a_person_set_stays() -> None:
    async with await Outage.open(each_with_their_own()) as scene:
        await scene.look([(20, 0)])
        await scene.do(respond.set_lane, 1, Lane.VENDOR, by="alice", why="their token")
        await scene.do(respond.resolve, 1, "alice", "restarted")
        await scene.look([(0, 0)], broken=False)

        again = await scene.do(reopen.reopen, 1, by="owner-0", why=WHY)

        assert (again.lane, again.lane_by) == (Lane.VENDOR, "alice")


@pytest.mark.parametrize("size", [1, 3])
async def test_whoever_judges_the_data_hears_who_opened_it_and_why_and_is_asked_with_it(
    size: int,
) -> None:
    async with await Outage.open(each_with_their_own()) as scene:
        assert isinstance(scene, Outage)
        await scene.look([(20, 0)] * size)
        await scene.look([(0, 0)] * size, broken=False)
        alerted = [one for one in await scene.post() if one.what is What.OWNER_ALERT]
        for place in range(size):
            await scene.do(respond.confirm_data, 1, f"owner-{place}")
        scene.later(HOUR / 4)
        await scene.do(reopen.reopen, 1, by="alice", why=WHY)
        told = [one for one in await scene.post() if one.what is What.REOPENED]
        own = {str(one.to): one for one in told if str(one.to) != "channel"}
        owners = {f"person:owner-{place}" for place in range(size)}

        assert set(own) == owners
        for one in (*own.values(), *(one for one in alerted if str(one.to) in owners)):
            said = str((await scene.read(one)).blocks)
            assert f"*Opened again:* by Alice <!date^{int(scene.now.timestamp())}" in said
            assert WHY in said
        await scene.look([(20, 0)] * size)
        await scene.look([(0, 0)] * size, broken=False)
        assert (await scene.incident()).state is State.VERIFYING
        for letter in (await scene.questions()).values():
            said = str((await scene.read(letter)).blocks)
            assert "'Data is right'" in said
            assert said.count(WHY) == 1


async def test_whoever_opened_it_again_is_told_nothing_that_they_said() -> None:
    async with await opened_again(3) as scene:
        told = {str(one.to) for one in await scene.post() if one.what is What.REOPENED}
        assert told == {"channel", "person:owner-1", "person:owner-2"}
