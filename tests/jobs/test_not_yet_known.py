"""What was never asked is not said to work: it is unknown, since when, and with what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from bot.app import readiness
from bot.core.monitoring.vitals import Part
from bot.jobs import SelfWatch
from bot.jobs.ask_vitals import Vitals
from bot.jobs.metronome import Timekeeper
from bot.language.redaction import Secret
from tests.builders import NOW
from tests.jobs.test_check_loop import House, a_house
from tests.slack.conftest import Bench, bench

__all__ = ["bench"]
pytestmark = pytest.mark.anyio


@dataclass
class Rig:
    """A bot whose parts were put together, and that did nothing so far."""

    house: House
    bench: Bench
    vitals: Vitals
    self_watch: SelfWatch

    async def does(self, name: str) -> None:
        """The work of one part, once."""
        works = {
            "checks": lambda: self.house.watch.look_now("orders"),
            "slack": lambda: self.bench.gateway.call("auth.test"),
            "store": self.vitals.write,
            "alone": self.vitals.enter,
        }
        if name == "deadlines":
            self.self_watch.ticked()
        elif name == "auditor":
            await self.self_watch.audit()  # the first round is left out
            await self.self_watch.audit()
        elif name in works:
            await works[name]()

    def parts(self) -> dict[str, Part]:
        return {part.name: part for part in self.vitals.parts()}

    def later(self, minutes: int) -> None:
        self.house.passed += 60 * minutes
        self.bench.clock.shift(60 * minutes)


@asynccontextmanager
async def a_rig(bench: Bench) -> AsyncIterator[Rig]:
    async with a_house(with_reference_hosts=False) as house:
        runtime = house.watch._runtime
        self_watch = SelfWatch(
            runtime,
            Secret(""),
            timekeeper=Timekeeper(runtime, wake=lambda: None),
            dark=lambda: False,
            late=lambda: (),
            wake=lambda: None,
            metrics=CollectorRegistry(),
        )
        slack = readiness.slack_of(bench.gateway, lambda: None, bench.clock.steady)
        vitals = Vitals(lambda: NOW, runtime.steady, starting="", me="box:1")
        vitals.looks = [
            readiness.looks_of(house.watch),
            readiness.deadlines_of(self_watch),
            slack,
            readiness.self_check_of(self_watch),
        ]
        vitals.has(house.store)
        yield Rig(house, bench, vitals, self_watch)


ASKED = ("checks", "alone", "deadlines", "slack", "auditor")  # each known by its own work alone


async def test_after_a_start_only_what_was_done_is_said_to_work(bench: Bench) -> None:
    async with a_rig(bench) as rig:
        rig.bench.gateway.answered_at = None
        for done in range(len(ASKED) + 1):
            parts = rig.parts()
            unknown = {name for name, part in parts.items() if part.unknown and not part.wrong}
            assert unknown == set(ASKED[done:])
            assert all(parts[name].since == NOW and parts[name].todo for name in unknown)
            assert [part.wrong for part in parts.values() if part.wrong] == []
            if done < len(ASKED):
                await rig.does(ASKED[done])


@pytest.mark.parametrize("name", ["deadlines", "slack", "auditor"])
@pytest.mark.parametrize("once", [False, True])
async def test_what_should_have_been_known_long_ago_is_wrong(
    bench: Bench, name: str, once: bool
) -> None:
    async with a_rig(bench) as rig:
        if once:
            await rig.does(name)
        rig.later(10)
        part = rig.parts()[name]

        assert "10 min" in part.wrong
        assert part.todo


async def test_nothing_is_ready_before_its_deadlines_were_looked_at_and_slack_answered(
    bench: Bench,
) -> None:
    async with a_rig(bench) as rig:
        rig.bench.gateway.answered_at = None
        await rig.does("alone")
        before = {name for name, part in rig.parts().items() if not part.fine}
        await rig.does("deadlines")
        await rig.does("slack")

        assert before == {"deadlines", "slack"}
        assert all(part.fine for part in rig.parts().values())


async def test_who_else_came_is_unknown_once_the_signs_were_not_read_for_long(
    bench: Bench,
) -> None:
    async with a_rig(bench) as rig:
        await rig.does("alone")
        rig.later(1)
        silent = rig.parts()["alone"]
        await rig.does("store")

        assert (silent.wrong, bool(silent.unknown), silent.fine) == ("", True, False)
        assert rig.parts()["alone"].fine


async def test_while_the_start_waits_for_a_database_nothing_is_said_of_it() -> None:
    parts = {part.name: part for part in Vitals(lambda: NOW, lambda: 1.0).parts()}

    assert parts["start"].wrong
    assert parts["store"].unknown
    assert parts["alone"].unknown
