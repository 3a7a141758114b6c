"""Ending what is not over: said first, done by a person's word, and never told as if it were."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal
from bot.core.outbox.notice import What
from bot.flows.incidents import end, open_incident, respond
from bot.flows.incidents.grouping import reopen
from bot.language.errors import Invalid, Unsure
from bot.slack.incidents import forms as of_incidents
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAILING, OK = Verdict.FAILING, Verdict.OK


async def broken(lease: timedelta = HOUR) -> Scene:
    scene = await Scene.open(an_estate(a_connection(lease=lease)))
    await scene.sees(FAILING, FAILING)
    await scene.post()
    return scene


async def running_again() -> Scene:
    scene = await broken()
    await scene.sees(OK, OK)
    await scene.post()
    return scene


async def resolved(scene: Scene, by: str = "bob") -> Incident:
    after: Incident = await scene.do(respond.resolve, 1, by, "restarted")
    return after


async def declared() -> Scene:
    """The checks see nothing wrong."""
    scene = await Scene.open()
    await scene.sees(OK, OK)
    await scene.do(
        open_incident.declare,
        a_connection(),
        open_incident.Report(by="bob", why="orders are missing"),
    )
    await scene.post()
    return scene


async def declared_of_what_nobody_looks_at() -> Scene:
    scene = await Scene.open()
    await scene.do(
        open_incident.declare,
        a_connection(),
        open_incident.Report(by="bob", why="orders are missing"),
    )
    return scene


async def opened_again() -> Scene:
    scene = await declared()
    await resolved(scene)
    await scene.do(reopen.reopen, 1, by="bob", why="orders are missing still")
    return scene


class TestWhatStillFails:
    async def test_is_said_with_the_figures_of_now_and_changes_nothing(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Unsure, match=r"Shop orders still fails, since .*20 failed records"):
                await scene.do(respond.resolve_if_over, 1, "bob", "restarted")

            assert (await scene.incident()).state is State.OPEN

    async def test_can_be_closed_all_the_same_and_the_owner_is_asked_about_the_data(self) -> None:
        async with await broken() as scene:
            after = await resolved(scene)

            assert after.state is State.RESOLVED
            assert "still fails" in after.left_failing[0]
            assert ("person:data-owner", What.DATA_AFTER_END) in await scene.said()
            assert "still fails" in (await scene.timeline())[-1].text

    async def test_is_later_said_never_to_have_stopped(self) -> None:
        async with await broken(lease=20 * MINUTE) as scene:
            await resolved(scene)
            await scene.post()
            scene.later(20 * MINUTE)

            await scene.sees(FAILING)

            live = await scene.live()
            assert live is not None
            told = " ".join(entry.text for entry in await scene.timeline(live.id))
            assert "never stopped failing" in told
            assert "fails again" not in told

    async def test_what_came_back_is_not_said_never_to_have_stopped(self) -> None:
        async with await running_again() as scene:
            await scene.do(respond.confirm_data, 1, "data-owner")

            await scene.sees(FAILING, FAILING)

            told = " ".join(entry.text for entry in await scene.timeline())
            assert "It fails again, in the same way." in told


class TestTheData:
    async def test_that_nobody_confirmed_is_said_before_the_end(self) -> None:
        async with await running_again() as scene:
            with pytest.raises(Unsure, match="‹p:data-owner› has not said yet"):
                await scene.do(respond.resolve_if_over, 1, "bob", "restarted")

    @pytest.mark.parametrize(
        "stage", [running_again, declared, declared_of_what_nobody_looks_at, opened_again]
    )
    async def test_needs_a_tick_whoever_opened_it_and_is_asked_about_after_the_end(
        self, stage: Callable[[], Awaitable[Scene]]
    ) -> None:
        async with await stage() as scene:
            await scene.post()
            incident = await scene.incident()
            ends = await scene.do(end.loose_ends, incident)
            form = str(
                of_incidents.Resolve.shown(
                    incident, ends, Writer(catalogue=scene.knowledge.catalogue)
                )
            )
            mark = await asked(scene)
            after = await scene.do(respond.resolve_if_over, 1, "bob", "mended", agreed=mark)

            assert "has not said yet whether the data is right" in form
            assert "The data is not confirmed" in form
            assert after.awaiting == ("data-owner",)
            assert ("person:data-owner", What.DATA_AFTER_END) in await scene.said()

    async def test_that_was_called_wrong_is_said_before_the_end(self) -> None:
        async with await running_again() as scene:
            await scene.do(respond.reject_data, 1, "data-owner", "half is missing")

            with pytest.raises(Unsure, match=r"said that the data of .* is wrong: half is missing"):
                await scene.do(respond.resolve_if_over, 1, "bob", "restarted")

    async def test_is_not_asked_of_the_one_who_judges_it_and_ends_it(self) -> None:
        async with await broken() as scene:
            after = await resolved(scene, "data-owner")

            assert after.awaiting == ()
            assert ("person:data-owner", What.DATA_AFTER_END) not in await scene.said()

    async def test_can_be_confirmed_after_the_end_once(self) -> None:
        async with await broken() as scene:
            ended = await resolved(scene)

            after = await scene.do(respond.confirm_data, 1, "data-owner")

            assert (after.state, after.resolved_at) == (State.RESOLVED, ended.resolved_at)
            assert (after.data_confirmed_by, after.awaiting) == ("data-owner", ())

    async def test_that_is_wrong_after_the_end_opens_it_again(self) -> None:
        async with await broken() as scene:
            await resolved(scene)
            await scene.post()

            after = await scene.do(respond.reject_data, 1, "data-owner", "half is missing")

            assert after.state is State.OPEN
            assert await scene.pinged() == ["bob"]

    async def test_cannot_be_called_wrong_without_a_word_why(self) -> None:
        async with await running_again() as scene:
            with pytest.raises(Invalid, match="what is wrong"):
                await scene.do(respond.reject_data, 1, "data-owner", " ")


class TestWhatWasAgreedTo:
    async def test_is_done_while_it_is_so_whatever_the_figures(self) -> None:
        async with await broken() as scene:
            mark = await asked(scene)
            await scene.sees(FAILING, **{Signal.QUEUE_DEPTH: 77.0})

            after = await scene.do(respond.resolve_if_over, 1, "bob", "restarted", agreed=mark)

            assert after.state is State.RESOLVED

    async def test_ends_no_other_life_of_the_incident(self) -> None:
        async with await broken() as scene:
            mark = await asked(scene)
            await resolved(scene)
            await scene.do(reopen.reopen, 1, by="bob", why="orders are missing")

            with pytest.raises(Unsure, match="is not over by what is known"):
                await scene.do(respond.resolve_if_over, 1, "bob", "restarted", agreed=mark)

            assert (await scene.incident()).state is State.OPEN

    async def test_is_asked_anew_when_somebody_else_has_it(self) -> None:
        async with await broken() as scene:
            mark = await asked(scene)
            await scene.do(respond.acknowledge, 1, "alice")

            with pytest.raises(Unsure):
                await scene.do(respond.resolve_if_over, 1, "bob", "restarted", agreed=mark)

    async def test_takes_it_from_nobody_else(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            with pytest.raises(Unsure) as question:
                await scene.do(respond.acknowledge, 1, "alice")
            mark = question.value.mark
            await scene.does_all_the_same(respond.acknowledge, 1, "data-owner")

            with pytest.raises(Unsure, match="‹p:data-owner› has INC-1"):
                await scene.do(respond.acknowledge, 1, "alice", agreed=mark)


async def asked(scene: Scene) -> str:
    """The mark of what bob is asked about before he ends it."""
    with pytest.raises(Unsure) as question:
        await scene.do(respond.resolve_if_over, 1, "bob", "restarted")
    return question.value.mark


async def test_a_plain_end_asks_nothing() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        await scene.sees(OK, OK)
        await scene.do(respond.confirm_data, 1, "data-owner")
        incident = await scene.incident()

        ends = await scene.do(end.loose_ends, incident)

        assert ends.all == ()
