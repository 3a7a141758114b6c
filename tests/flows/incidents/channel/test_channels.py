"""An incident's channel: who is briefed in it, when it is announced and archived, what is lost."""

from datetime import datetime, timedelta

import pytest

from bot.core.incidents.channel import ChannelRecord
from bot.core.outbox.notice import What, incident_subject
from bot.flows import newcomer_view
from bot.flows.incidents import channels, respond
from bot.flows.incidents.grouping import reopen
from tests.builders import DAY, HOUR, MINUTE
from tests.flows.incidents.test_respond import broken
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
CHANNEL, WEEK = incident_subject(1), 7 * DAY


async def in_its_channel() -> Scene:
    scene = await broken()
    await scene.run(lambda tx: tx.name_channel(CHANNEL, "inc-1-orders"))
    await scene.run(lambda tx: tx.save_channel(CHANNEL, "C1"))
    return scene


async def over() -> Scene:
    scene = await in_its_channel()
    await scene.do(respond.resolve, 1, "bob", "restarted")
    await ticks(scene, scene.now, WEEK)
    await scene.post()
    return scene


async def joins(scene: Scene, person: str) -> list[tuple[str, What]]:
    await scene.do(newcomer_view.joined, "C1", person)
    return [(to, what) for to, what in await scene.said() if what is What.BRIEF]


async def ticks(scene: Scene, now: datetime, after: timedelta = WEEK) -> int:
    return await scene.do(channels.tick, after=after, now=now)


async def channel_record(scene: Scene) -> ChannelRecord:
    found = await scene.run(lambda tx: tx.channel_record(CHANNEL))
    assert found is not None
    return found


async def looked(scene: Scene, **last: timedelta) -> bool:
    word = scene.now - last["ago"] if last else None
    return await scene.do(channels.looked, CHANNEL, word, WEEK)


class TestNewcomers:
    async def test_whoever_joins_is_briefed_once(self) -> None:
        async with await in_its_channel() as scene:
            first, second = await joins(scene, "charlie"), await joins(scene, "charlie")

            assert (first, second) == ([("person:charlie", What.BRIEF)], [])

    async def test_whoever_was_pinged_a_moment_ago_is_not_told_twice(self) -> None:
        async with await in_its_channel() as scene:
            assert await joins(scene, "bob") == []

    async def test_whoever_comes_back_hours_later_is_briefed(self) -> None:
        async with await in_its_channel() as scene:
            scene.later(3 * HOUR)

            assert await joins(scene, "bob") == [("person:bob", What.BRIEF)]

    async def test_the_brief_has_the_last_five_entries_and_what_comes_next(self) -> None:
        async with await in_its_channel() as scene:
            for number in range(7):
                await scene.do(respond.note, 1, "bob", f"note {number}")
            await scene.do(newcomer_view.joined, "C1", "charlie")
            brief = next(one for one in await scene.post() if one.what is What.BRIEF)

            assert [one["text"] for one in brief.facts["done"]] == [
                f"note {n}" for n in range(2, 7)
            ]
            assert brief.facts["next"].startswith("Without an acknowledgement ‹p:alice› is pinged")
            assert brief.facts["holder"] == "Nobody has it yet."

    async def test_nobody_is_briefed_elsewhere_or_when_it_is_over(self) -> None:
        async with await over() as scene:
            elsewhere = await scene.do(newcomer_view.joined, "C-OTHER", "charlie")

            assert (elsewhere, await joins(scene, "charlie")) == (False, [])


class TestArchiving:
    async def test_a_quiet_channel_is_announced_a_day_ahead_and_then_archived(self) -> None:
        async with await over() as scene:
            early = await ticks(scene, scene.later(6 * DAY - MINUTE), WEEK)
            due = await ticks(scene, scene.later(2 * MINUTE), WEEK)
            first = await looked(scene)
            announced = await scene.said()
            scene.later(DAY)
            again = await ticks(scene, scene.now, WEEK)

            assert (early, due, first, again) == (0, 1, False, 1)
            assert announced == [("channel", What.ARCHIVE_SOON)]
            assert await looked(scene)

    async def test_a_channel_in_which_people_talk_waits(self) -> None:
        async with await over() as scene:
            scene.later(6 * DAY + MINUTE)
            now = await looked(scene, ago=2 * DAY)

            assert (now, await scene.said()) == (False, [])
            assert (await channel_record(scene)).tidy_at == scene.now + 4 * DAY

    async def test_a_word_after_the_announcement_starts_the_wait_anew(self) -> None:
        async with await over() as scene:
            scene.later(6 * DAY + MINUTE)
            await looked(scene)
            scene.later(DAY)
            now = await looked(scene, ago=HOUR)

            assert (now, (await channel_record(scene)).announced_at) == (False, None)
            assert (await channel_record(scene)).tidy_at == scene.now - HOUR + 6 * DAY

    async def test_zero_days_mean_never(self) -> None:
        async with await over() as scene:
            scene.later(90 * DAY)

            assert await ticks(scene, scene.now, timedelta(0)) == 0

    async def test_the_deadline_is_in_the_record_and_a_look_is_repeated_after_a_crash(self) -> None:
        async with await over() as scene:
            first = await ticks(scene, scene.later(7 * DAY), WEEK)
            at_once = await ticks(scene, scene.now, WEEK)
            later = await ticks(scene, scene.later(HOUR), WEEK)

            assert (first, at_once, later) == (1, 0, 1)

    async def test_an_incident_opened_again_keeps_its_channel(self) -> None:
        async with await over() as scene:
            await scene.do(channels.archived, CHANNEL)
            await scene.do(reopen.reopen, 1, by="bob", why="again")

            assert (await channel_record(scene)).archived_at is None
            assert await ticks(scene, scene.later(90 * DAY), WEEK) == 0
            assert not await looked(scene)


class TestLost:
    async def test_archived_by_hand_is_a_matter_only_while_the_incident_lives(self) -> None:
        async with await in_its_channel() as scene:
            live = await scene.do(channels.archived_by_hand, "C1")
            await scene.do(respond.resolve, 1, "bob", "restarted")
            ended = await scene.do(channels.archived_by_hand, "C1")
            other = await scene.do(channels.archived_by_hand, "C9")

            assert live is not None
            assert (ended, other) == (None, None)
            assert (await channel_record(scene)).archived_at == scene.now

    async def test_a_lost_channel_is_forgotten_and_everything_is_shown_anew(self) -> None:
        async with await in_its_channel() as scene:
            await scene.run(lambda tx: tx.remember(CHANNEL, "topic", "old"))
            await scene.do(channels.lost, await scene.incident(), "charlie")

            known = await scene.run(
                lambda tx: (tx.channel_of(CHANNEL), tx.recall(CHANNEL, "topic"))
            )

            assert known == (None, None)
            assert ("channel", What.CHANNEL_MOVED) in await scene.said()
            assert (await scene.kinds())[-1] == "channel"
