"""Two processes on one database: each is told of the other, and a dead one holds up nobody."""

from datetime import timedelta

import pytest

from bot.core.monitoring.rules import Verdict
from bot.flows import looks, processes
from bot.flows.processes import SILENT, Process
from tests.builders import MINUTE
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


class Company:
    """A database, and which processes of this machine were killed."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.dead: set[str] = set()

    async def enters(self, name: str) -> tuple[Process, list[Process]]:
        me = Process(name=name, since=self.scene.now)
        return me, await self.signs(me, first=True)

    async def signs(self, me: Process, *, first: bool = False) -> list[Process]:
        scene = self.scene
        is_dead = self.dead.__contains__
        return [*await scene.run(processes.sign, me, scene.now, is_dead, first=first)]

    async def claims_all(self) -> int:
        scene = self.scene
        return len(await scene.do(looks.claim_due))


async def test_a_second_process_is_named_to_both_with_its_begin_until_it_leaves() -> None:
    async with await Scene.open() as scene:
        company = Company(scene)
        one, alone = await company.enters("box:1")
        scene.later(MINUTE)
        await company.signs(one)
        two, met = await company.enters("box:2")
        seen = await company.signs(one)
        await scene.run(processes.leave, two)

        assert (alone, met, seen) == ([], [one], [two])
        assert await company.signs(one) == []


async def test_two_machines_of_one_name_are_told_apart() -> None:
    async with await Scene.open() as scene:
        company = Company(scene)
        one, _ = await company.enters("container:1")
        scene.later(SECOND)
        two, _ = await company.enters("container:1")

        assert await company.signs(one) == [two]
        assert await company.signs(two) == [one]


@pytest.mark.parametrize("silently", [False, True])
async def test_the_looks_of_one_that_died_are_done_by_the_next_at_once(silently: bool) -> None:
    """Killed here, or somewhere whose processes nobody sees from here."""
    async with await Scene.open() as scene:
        company = Company(scene)
        await company.enters("box:1")
        claimed = await company.claims_all()
        if silently:
            scene.later(SILENT)
        else:
            company.dead.add("box:1")
        _, met = await company.enters("box:2")

        assert met == []
        assert await company.claims_all() == claimed > 0


async def test_the_looks_of_one_that_lives_are_left_to_it() -> None:
    async with await Scene.open() as scene:
        company = Company(scene)
        await company.enters("box:1")
        await company.claims_all()
        two, _ = await company.enters("box:2")
        first = await company.claims_all()
        company.dead.add("box:1")
        await company.signs(two)

        assert first == 0
        assert await company.claims_all() > 0


async def test_a_look_that_ended_is_not_done_again() -> None:
    async with await Scene.open() as scene:
        company = Company(scene)
        await company.enters("box:1")
        await company.claims_all()
        await scene.sees(Verdict.OK)
        company.dead.add("box:1")
        await company.enters("box:2")

        assert await company.claims_all() == 0


@pytest.mark.parametrize(("killed", "free"), [(True, True), (False, False)])
async def test_only_letters_of_a_process_that_is_surely_gone_are_free(
    killed: bool, free: bool
) -> None:
    async with await Scene.open() as scene:
        company = Company(scene)
        await company.enters("box:1")
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        until = scene.now + MINUTE
        await scene.run(lambda tx: tx.claim_letters(scene.now, until, "box:1", 9))
        company.dead |= {"box:1"} if killed else set()
        scene.later(SILENT)
        await company.enters("box:2")

        assert (await scene.run(lambda tx: tx.claiming_processes()) == frozenset()) is free
