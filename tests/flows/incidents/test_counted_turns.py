"""What a notice of coming and going counts is what happened, of each kind of turn."""

from collections import Counter

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.flows.scene import Scene

OK, BAD, DOUBT, BLIND = Verdict.OK, Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN
SAID = {BAD: "it failed", DOUBT: "it was degraded", BLIND: "we could not see it"}
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "turns",
    [
        (OK, BAD, OK, BAD, OK, DOUBT),
        (OK, DOUBT, OK, DOUBT, OK, DOUBT),
        (OK, BLIND, OK, DOUBT, OK, DOUBT, OK, DOUBT, OK, DOUBT),
        (OK, BLIND, OK, BLIND, OK, DOUBT),
        (OK, BLIND, DOUBT, OK, BLIND, OK, BLIND),
    ],
)
async def test_each_kind_of_turn_is_counted_as_it_happened(turns: tuple[Verdict, ...]) -> None:
    async with await Scene.open() as scene:
        happened: Counter[Verdict] = Counter()
        told = 0
        for verdict in turns:
            happened[verdict] += 1
            await scene.sees(*[verdict] * 3)
            live = await scene.live()
            if live and verdict is OK:
                await scene.do(respond.resolve, live.id, "bob", "mended")
            for letter in await scene.post():
                if letter.what is What.FLAPPING:
                    told += 1
                    connection = scene.knowledge.catalogue.connections["orders"]
                    writer = Writer(catalogue=scene.knowledge.catalogue)
                    shown = personal_words.personal(
                        letter.what, letter.facts, None, connection, None, writer
                    )
                    bad = [one for one in SAID if happened[one]]
                    counts = (f"{SAID[one]} {times(happened[one])}" for one in bad)
                    assert f"comes and goes:* {', '.join(counts)} since" in str(shown.blocks)
        assert told


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
