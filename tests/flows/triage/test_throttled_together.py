"""Connections of ours that draw on one allowance are throttled together: that is shared out by our
own side, whoever made them, and whatever was released before with good runs since."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Build, Catalogue, Connection
from bot.core.estate.description import About, Governance, Interface, Quota
from bot.core.estate.history import Release
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from tests.builders import HOUR, MINUTE, NOW, a_connection, an_estate
from tests.core.scene_estate import BOOK
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

THROTTLED = "429 Too Many Requests Retry-After: 30"
CLOSED = "The accounting period is closed"


def a_flow(id: str, build: Build, quota: str | None) -> Connection:
    return a_connection(
        id=id,
        name=id.title(),
        source=f"{id}-end",
        build=build,
        maintained_by=f"maker-{id}" if build is Build.NATIVE else None,
        about=About(interface=Interface(quota=quota)),
    )


def estate(build: Build, released: timedelta | None, quotas: str) -> Catalogue:
    flows = [a_flow(id, build, quotas[0] if quotas else None) for id in ("shop", "bank", "edi")]
    own = a_flow("own", build, quotas[-1] if quotas else None)
    flows.append(a_flow("closed", build, None))
    named = {"a": Quota(name="ERP API calls"), "b": Quota(name="Another pool")}
    came = (Release(system="erp", version="25.0", at=NOW - released),) if released else ()
    made = an_estate(*flows, own, releases=came)
    return replace(made, governance=Governance(quotas=named))


async def throttled(catalogue: Catalogue) -> Scene:
    """All of them still worked a moment before; one then meets a closed period."""
    scene = await Scene.open(catalogue)
    scene.knowledge = replace(scene.knowledge, playbook=BOOK)
    for text in ("", THROTTLED, THROTTLED):
        for id in catalogue.connections:
            said = CLOSED if text and id == "closed" else text
            failed = (FailedRecords(text=said, count=20),) if said else ()
            signals = {Signal.FAILED: 20.0 if said else 0.0, Signal.LAST_SUCCESS: NOW}
            seen = Reading(at=scene.now, signals=signals, failed=failed)
            await scene.records(seen, check=f"{id}/api")
        scene.later(MINUTE)
    return scene


async def whole(scene: Scene) -> Incident:
    return max(await scene.lives(), key=lambda one: one.size)


@pytest.mark.parametrize("build", [Build.NATIVE, Build.CUSTOM])
@pytest.mark.parametrize("released", [None, MINUTE, HOUR, 3 * HOUR, 30 * HOUR])
async def test_what_shares_an_allowance_is_our_own_matter_whatever_came_before(
    build: Build, released: timedelta | None
) -> None:
    async with await throttled(estate(build, released, "a")) as scene:
        one = await whole(scene)

        assert (one.size, one.lane) == (4, Lane.IT), one.lane_reasons
        said = " ".join(one.lane_reasons)
        assert "they share the quota ERP API calls" in said
        assert "Closed" not in said
        if released and released > 2 * HOUR:
            assert "25.0" not in said


@pytest.mark.parametrize(
    ("quotas", "said"), [("", "they share a quota"), ("a", "they share the quota ERP API calls")]
)
async def test_the_allowance_is_named_where_the_estate_does(quotas: str, said: str) -> None:
    async with await throttled(estate(Build.NATIVE, None, quotas)) as scene:
        assert said in " ".join((await whole(scene)).lane_reasons)


async def test_what_draws_on_another_allowance_was_not_throttled_with_it() -> None:
    async with await throttled(estate(Build.NATIVE, None, "ab")) as scene:
        said = " ".join((await whole(scene)).lane_reasons)

        assert "ERP API calls" in said
        assert "Own" not in said
