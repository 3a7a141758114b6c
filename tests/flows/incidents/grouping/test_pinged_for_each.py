"""Whoever is the first responder of a connection that joins an incident reads so, whatever they
were pinged for before: on a rung of its ladder, as an owner, in somebody's place or for what a
person said."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Catalogue, LadderRung, Owners
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import handle_absence
from bot.flows.incidents import open_incident, respond
from tests.builders import MINUTE
from tests.flows.incidents.grouping.test_each_turns import each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import Outage

pytestmark = pytest.mark.anyio
JOINS = "flow-1"
EARLIER = ["nothing", "rung", "owner", "stand-in", "first"]


def estate(earlier: str) -> Catalogue:
    """Charlie is the first responder of what joins, and something else to what was there before."""
    found = each_with_their_own()
    first, joins = found.connections["flow-0"], found.connections[JOINS]
    if earlier == "rung":
        first = replace(first, ladder=(LadderRung(after=MINUTE, people=("charlie",)),))
    if earlier == "owner":
        first = replace(first, owners=Owners(technical="charlie", functional="owner-0"))
    if earlier == "first":
        first = replace(first, first_responder="charlie")
    joins = replace(joins, first_responder="charlie")
    return replace(found, connections={**found.connections, "flow-0": first, JOINS: joins})


async def stage(earlier: str, *, by_word: bool) -> Outage:
    scene = await Outage.open(estate(earlier))
    assert isinstance(scene, Outage)
    if earlier == "stand-in":
        await scene.do(
            handle_absence.enter,
            person="first-flow-0",
            stand_in="charlie",
            until=None,
            by="first-flow-0",
        )
    flow = scene.knowledge.catalogue.connections["flow-0"]
    if by_word:
        await scene.do(
            open_incident.declare,
            flow,
            open_incident.Report(by="owner-0", why="statements are there twice"),
        )
    await scene.look([(20, 0)])
    if earlier == "rung":
        await scene.tick(2 * MINUTE)
    await scene.post()
    return scene


async def joins(scene: Outage) -> list[OutboxMessage]:
    """What Charlie is pinged with once both fail; what a person declared becomes a part."""
    await scene.look([(20, 0), (20, 0)])
    assert [one.size for one in await scene.lives()] == [2]
    posted = await scene.post()
    return [one for one in posted if str(one.to) == "person:charlie" and one.what is What.PING]


@pytest.mark.parametrize("by_word", [False, True])
@pytest.mark.parametrize("earlier", EARLIER)
async def test_the_first_responder_of_what_joins_is_pinged_for_it(
    earlier: str, by_word: bool
) -> None:
    async with await stage(earlier, by_word=by_word) as scene:
        got = await joins(scene)

        # For what the checks saw fail before they are first responders already: once is enough.
        once = earlier in ("first", "stand-in") and not by_word
        assert len(got) == (0 if once else 1)
        for one in got:
            assert "You are the first responder of Flow B" in (await scene.read(one)).text


@pytest.mark.parametrize("earlier", EARLIER)
async def test_also_while_somebody_has_it(earlier: str) -> None:
    async with await stage(earlier, by_word=False) as scene:
        await scene.do(respond.acknowledge, 1, "alice")
        await scene.post()

        assert len(await joins(scene)) == 1
