"""Whoever is asked about the data is reminded once, however much came due while the bot or Slack
was away."""

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from tests.builders import HOUR, MINUTE
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
ASKS = (What.CONFIRM_DATA, What.CONFIRM_NUDGE)


@pytest.mark.parametrize("away", [1, 5])  # leases
@pytest.mark.parametrize("sends_first", [True, False])
@pytest.mark.parametrize("waiting", ASKS)
async def test_after_a_time_away_one_question_or_reminder_comes(
    waiting: What, sends_first: bool, away: int
) -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.post()
        await scene.sees(Verdict.OK, Verdict.OK, Verdict.OK)
        if waiting is What.CONFIRM_NUDGE:
            await scene.post()
            await scene.tick(HOUR + MINUTE)
        scene.later(away * HOUR + MINUTE)

        came = await scene.said() if sends_first else []
        for _ in range(3):
            await scene.tick(MINUTE)
            came += await scene.said()

        assert [what for to, what in came if to == "person:data-owner" and what in ASKS] == [
            waiting
        ]


async def test_a_reminder_that_did_not_come_through_while_leases_pass_is_one() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.sees(Verdict.OK, Verdict.OK, Verdict.OK)
        await scene.post()
        for _ in range(6):
            await scene.tick(HOUR + MINUTE)

        nudges = [what for _, what in await scene.said() if what is What.CONFIRM_NUDGE]
        assert len(nudges) == 1

        await scene.tick(HOUR + MINUTE)
        assert What.CONFIRM_NUDGE in [what for _, what in await scene.said()]
