"""How many connections of an incident fail, and which, is said as it is at that moment; after its
end it is about all that were in it."""

import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.core.monitoring.rules import Verdict
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import reopen
from bot.flows.views import IncidentView
from bot.slack.incidents import card
from tests.builders import HOUR
from tests.flows.incidents.grouping.test_each_turns import each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import Outage

pytestmark = pytest.mark.anyio
SIZE = 3
BAD = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)
WHY = "prices missing"


def numbers(bad: list[bool]) -> list[tuple[int, int]]:
    return [(20 if one else 0, 0) for one in bad]


async def together() -> Outage:
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    await scene.look(numbers([True] * SIZE))
    return scene


async def failing(scene: Outage, view: IncidentView) -> set[str]:
    """By name, as the checks see them now."""
    found = set()
    for part in view.connections:
        health = await scene.run(lambda tx, key=part.connection: tx.connection_health(key))
        found |= {part.name} if health and health.verdict is Verdict.FAILING else set()
    return found


async def shows_what_is_so(scene: Outage) -> None:
    view = await scene.view()
    said, fail = str(card.card(view, scene.writer).blocks), await failing(scene, view)
    size = len(view.connections)
    [head] = re.findall(r"INC-1 · ([^']*)", said)[:1]
    if not view.children:
        return
    assert set(re.findall(r"🔴 (Flow [A-Z])", said)) == fail, said
    if not view.incident.live:
        assert f": {size} connections failed" in head, head
    elif fail and len(fail) < size:
        assert f": {len(fail)} of {size} connections " in head, head
    else:
        assert f": {size} connections " in head, head


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=BAD, meanwhile=BAD, after=BAD)
async def test_before_and_after_a_person_opens_it_again(
    before: list[bool], meanwhile: list[bool], after: list[bool]
) -> None:
    async with await together() as scene:
        await scene.look(numbers(before))
        await shows_what_is_so(scene)
        if (await scene.incident()).live:
            await scene.do(respond.resolve, 1, "alice", "restarted")
        await shows_what_is_so(scene)

        scene.later(HOUR)
        await scene.look(numbers(meanwhile))
        assume((await scene.live("flow-0")) is None and not (await scene.incident()).live)
        assume(await scene.run(lambda tx: tx.child_for("flow-0")) is None)
        await scene.do(reopen.reopen, 1, by="owner-0", why=WHY)
        await shows_what_is_so(scene)

        await scene.look(numbers(after))
        await shows_what_is_so(scene)
