"""The question about the data spans every failure of its connection until it last ran, whichever
of its checks saw it fail."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Catalogue
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.slack.text import time
from tests.builders import MINUTE, a_check
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage, estate

pytestmark = pytest.mark.anyio
CHECKS = ("api", "queue")


def with_two_checks(size: int) -> Catalogue:
    found = estate(size)
    known = {
        key: replace(one, checks=tuple(a_check(id=id, connection=key) for id in CHECKS))
        for key, one in found.connections.items()
    }
    return replace(found, connections=known)


async def look(scene: Outage, check: str, failed: int) -> None:
    groups = (FailedRecords(text=ERROR, count=failed),) if failed else ()
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: float(failed)}, failed=groups)
        await scene.records(seen, check=check)
        scene.later(MINUTE)


@pytest.mark.parametrize("first", CHECKS)
@pytest.mark.parametrize(("size", "place"), [(1, 0), (2, 0), (2, 1)])
async def test_it_failed_until_the_last_of_its_checks_ran(
    size: int, place: int, first: str
) -> None:
    scene = await Outage.open(with_two_checks(size))
    assert isinstance(scene, Outage)
    async with scene:
        flow, other = f"flow-{place}", f"flow-{1 - place}"
        second = next(one for one in CHECKS if one != first)
        for id in [f"flow-{one}" for one in range(size)]:
            await look(scene, f"{id}/{second}", 0)
            await look(scene, f"{id}/{first}", 20)
        for check in (first, second):
            await look(scene, f"{flow}/{check}", 20)
            await look(scene, f"{flow}/{check}", 0)
            ran = scene.now - MINUTE
        if size > 1:
            scene.later(5 * MINUTE)
            await look(scene, f"{other}/{first}", 0)
        await scene.post()
        said = str((await scene.read((await scene.questions())[f"owner-{place}"])).blocks)

        assert f"to {time(ran)}" in said
