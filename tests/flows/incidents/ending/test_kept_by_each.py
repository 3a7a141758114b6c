"""How a party kept its time is told of every connection of what was handed over."""

import pytest

from bot.core.estate.lane import Lane
from bot.flows.governance import response_times
from bot.flows.incidents import counterparty, respond
from bot.slack.governance import response_times as response_time_words
from tests.builders import HOUR
from tests.flows.incidents.grouping.test_shared_outage import Outage, outage

pytestmark = pytest.mark.anyio
SIZE = 3


async def told(scene: Outage) -> list[str]:
    """What `/conn sla` says of each connection, and of all."""
    found = []
    for connection in (*scene.knowledge.catalogue.connections.values(), None):
        if connection is not None and connection.id == "report":
            continue
        rows = await scene.do(response_times.sla, connection)
        found.append(str(response_time_words.table(rows, connection, scene.writer).blocks))
    return found


@pytest.mark.parametrize("late", [False, True])
async def test_one_hand_over_of_several_connections_is_told_of_each(late: bool) -> None:
    async with await outage([(20, 0)] * SIZE) as scene:
        await scene.do(respond.acknowledge, 1, "alice")
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "alice")
        if late:
            await scene.tick(4 * HOUR)
            await scene.tick(HOUR)
        else:
            scene.later(HOUR)
        await scene.do(counterparty.answered, 1, "alice")

        for said in await told(scene):
            assert "Nothing was handed over" not in said
            assert ("1 of 1 hand-over late" if late else "0 of 1 hand-over late") in said
