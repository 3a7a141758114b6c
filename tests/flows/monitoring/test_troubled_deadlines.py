"""One incident whose turn fails does not hold up the others."""

from collections.abc import Iterator, Mapping, ValuesView
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.rules import Verdict
from bot.flows import tick
from tests.builders import MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


class Spoiled(Mapping[str, Connection]):
    """Connections of which one cannot be looked up by its id."""

    def __init__(self, sound: Mapping[str, Connection], spoiled: str) -> None:
        self._sound = sound
        self._spoiled = spoiled

    def __getitem__(self, key: str) -> Connection:
        if key == self._spoiled:
            raise RuntimeError("this entry is spoiled")
        return self._sound[key]

    def values(self) -> ValuesView[Connection]:
        return self._sound.values()

    def __iter__(self) -> Iterator[str]:
        return iter(self._sound)

    def __len__(self) -> int:
        return len(self._sound)


async def test_the_ladder_of_one_incident_climbs_while_another_cannot_be_acted_on() -> None:
    elsewhere = a_connection(id="stock", source="depot", target="planning")
    estate = an_estate(a_connection(id="orders"), elsewhere)
    async with await Scene.open(estate) as scene:
        await scene.sees(Verdict.OK)
        await scene.sees(Verdict.OK, check="stock/api")
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.sees(Verdict.FAILING, Verdict.FAILING, check="stock/api")
        before = {incident.connection: incident for incident in await scene.lives()}
        scene.later(timedelta(hours=1))
        broken = replace(estate, connections=Spoiled(estate.connections, "orders"))
        knowledge = replace(scene.knowledge, catalogue=broken)

        ticked = await scene.do(tick.tick, knowledge=knowledge)

        after = {incident.connection: incident for incident in await scene.lives()}
        assert [key for key, _ in ticked.troubled] == [before["orders"].key]
        assert after["orders"] == before["orders"]
        assert after["stock"].rung > before["stock"].rung


async def test_a_troubled_incident_is_tried_again_and_not_at_every_tick() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.OK, Verdict.FAILING, Verdict.FAILING)
        scene.later(timedelta(hours=1))
        broken = replace(
            scene.knowledge.catalogue,
            connections=Spoiled(scene.knowledge.catalogue.connections, "orders"),
        )
        sick = replace(scene.knowledge, catalogue=broken)
        await scene.do(tick.tick, knowledge=sick)

        at_once = await scene.do(tick.tick, knowledge=sick)
        healed = await scene.tick(2 * MINUTE)

        assert at_once.troubled == ()
        assert healed == 1
