"""The word and the dot beside it are of one state of one moment, wherever the estate is shown."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.incidents.incident import REPORTED
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from bot.flows import estate_views, views
from bot.flows.incidents import respond
from bot.flows.work import Work
from bot.slack import home
from bot.slack.estate import words as estate
from bot.slack.text import Writer
from tests.builders import MINUTE
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

OK, DEGRADED, BAD, BLIND = Verdict.OK, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNKNOWN
# What a look reads, and what its far end says then.
SAYS = {OK: (0.0, "spotless"), DEGRADED: (5.0, "limping"), BAD: (20.0, "broken")}
# What is believed, and the words of looks that may stand beside it.
BESIDE = {OK: {"spotless"}, DEGRADED: {"limping", "broken"}, BAD: {"limping", "broken"}}
DOT = {OK: "🟢", DEGRADED: "🟡", BAD: "🔴", BLIND: "⚪"}


def look(scene: Scene, verdict: Verdict) -> Observation:
    if verdict is BLIND:
        return Blind(at=scene.now, reason="our own network is down")
    failed, words = SAYS[verdict]
    return Reading(at=scene.now, signals={Signal.FAILED: failed}, error=words)


async def shown(scene: Scene) -> str:
    """All that stands on Alice's Home and in her `/conn status` now."""

    def read(work: Work) -> str:
        writer = Writer(catalogue=work.catalogue)
        mine = estate_views.mine(work, "alice")
        status = estate_views.status(work)
        listed = estate.incidents(views.live_incidents(work), "Name one.", writer).blocks
        alone = estate.status_of(status.lines[0], writer).blocks
        blocks = [*home.home(mine, status, writer)["blocks"], *alone, *listed]
        return "\n".join(_texts(blocks))

    return await scene.do(read)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (part["text"],) if isinstance(part.get("text"), str) else ()
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)


async def check(scene: Scene) -> None:
    """Whatever is said of the connection fits the dot that it has."""
    health = await scene.run(lambda tx: tx.connection_health("orders"))
    page = await shown(scene)
    if health is None:
        return
    dots = {line[0] for line in page.splitlines() if "Shop orders" in line and "INC-" not in line}
    assert dots == {DOT[health.verdict]}, page
    words = {word for _, word in SAYS.values() if word in page}
    assert words <= BESIDE.get(health.verdict, set()), page
    assert REPORTED not in page, "nobody reported it"
    if health.verdict is OK:
        assert "failing" not in page, page


@given(st.lists(st.sampled_from([OK, OK, DEGRADED, BAD, BAD, BLIND]), min_size=3, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_however_it_turns_the_words_are_those_of_the_dot(turns: list[Verdict]) -> None:
    async with await Scene.open() as scene:
        for verdict in turns:
            for _ in range(2):
                await scene.records(look(scene, verdict), check="orders/api")
                await check(scene)
                scene.later(MINUTE)


async def test_what_came_and_went_and_runs_now_is_not_called_reported_or_failing() -> None:
    async with await Scene.open() as scene:
        for verdict in (OK, BAD, OK, BAD, OK, BAD, OK, BAD, OK):
            await scene.sees(verdict, verdict)
        await check(scene)

        assert "INC-1 Shop orders is coming and going" in await shown(scene)


async def test_a_look_that_is_not_believed_yet_says_nothing_beside_the_dot() -> None:
    async with await Scene.open() as scene:
        for verdict in (OK, OK):
            await scene.records(look(scene, verdict))
        before = await shown(scene)
        await scene.records(look(scene, BAD))
        once = await shown(scene)
        await scene.records(look(scene, BAD))

        assert "spotless" in before
        assert "broken" not in once
        assert "🔴 *Shop orders*: failing" in await shown(scene)


async def test_the_words_of_a_good_look_are_no_error_of_what_still_fails() -> None:
    async with await Scene.open() as scene:
        await scene.records(look(scene, BAD))
        await scene.records(look(scene, BAD))
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.records(look(scene, OK))
        view = await scene.do(views.incident_view, 1)

        assert view is not None
        assert "spotless" not in view.error
