"""It fails again just as the ladder goes on: whoever was pinged last hears of it, whoever is pinged
now reads it in the ping, and the channel names both."""

import json

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import views
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("rung", range(4))
async def test_whoever_was_pinged_last_is_told_once_by_a_ping_or_by_a_word(rung: int) -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        for _ in range(rung):
            await scene.tick(HOUR)
        incident = await scene.incident()
        last = {*incident.ladder[incident.rung].people}
        await scene.sees(Verdict.OK, Verdict.OK)
        scene.later(2 * HOUR)  # the next step falls due meanwhile
        await scene.post()

        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        posted = await scene.post()

        told = {one.person for one in posted if one.what is What.RELAPSED} - {""}
        pinged = {one.person for one in posted if one.what is What.PING}
        assert pinged
        assert told == last - pinged
        [line] = [one for one in posted if one.what is What.RELAPSED and str(one.to) == "channel"]
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        writer = Writer(catalogue=scene.knowledge.catalogue)
        assert line.what is not None
        said = personal_words.in_channel(line.what, line.facts, view, writer)
        assert all(one.title() in json.dumps(said.blocks) for one in last)
        assert "pinged last, and the ladder goes on" in json.dumps(said.blocks)


async def test_with_time_left_on_the_ladder_nobody_is_pinged_and_the_last_one_is_told() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING, Verdict.OK, Verdict.OK)
        await scene.post()
        scene.later(MINUTE)
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        said = await scene.said()

        assert ("person:bob", What.RELAPSED) in said
        assert What.PING not in [what for _, what in said]
