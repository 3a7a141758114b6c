"""What merging by hand must not change: how grave it is, how grave each connection is, since when
what fails, who is asked to go on, and where."""

import pytest

from bot.core.estate.catalogue import Criticality
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.severity import Severity
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import counterparty, open_incident, respond
from bot.flows.incidents.grouping import merge
from bot.slack.incidents import card as cards
from bot.slack.outbox import personal_words
from bot.slack.text import Writer, time
from tests.builders import MINUTE, NOW, a_connection, an_estate
from tests.flows.incidents.grouping.test_recover import fails
from tests.flows.scene import Scene
from tests.slack.governance.test_governance_blocks import text_of

pytestmark = pytest.mark.anyio


def a_flow(id: str, **changes: object) -> object:
    own = {"source": id, "target": f"{id}-erp", "first_responder": "charlie", "ladder": ()}
    return a_connection(id=id, name=id.title(), **{**own, **changes})


PAYROLL = a_flow("payroll", criticality=Criticality.IMPORTANT, first_responder="alice")
ORDERS, STOCK = a_connection(id="orders"), a_flow("stock")


async def two() -> Scene:
    """INC-1 was declared as sev1 and is in Alice's hands; INC-2 is an outage that came later."""
    scene = await Scene.open(an_estate(PAYROLL, ORDERS, STOCK))
    await scene.do(
        open_incident.declare,
        PAYROLL,
        open_incident.Report(by="alice", why="doubled", severity=Severity.SEV1),
    )
    await scene.do(respond.acknowledge, 1, "alice")
    scene.later(30 * MINUTE)
    await fails(scene, "orders")
    await scene.post()
    return scene


async def card_of(scene: Scene, number: int) -> str:
    view = await scene.do(views.incident_view, number)
    assert view is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return text_of(cards.card(view, writer))


async def test_severity_never_falls_by_merging() -> None:
    async with await two() as scene:
        before = (await scene.incident(2)).lease
        grown = await scene.do(merge.merge, 1, into=2, by="alice")

        assert (grown.severity, grown.lease) == (Severity.SEV1, before / 2)
        assert "said so" in " ".join(grown.severity_reasons)
        assert ("channel", What.SEVERITY) in await scene.said()


async def test_each_keeps_how_grave_it_is_and_since_when_is_the_first_ones() -> None:
    async with await two() as scene:
        await scene.do(merge.merge, 2, into=1, by="alice")
        await scene.do(merge.split, ORDERS, by="alice")
        await scene.do(merge.merge, 1, into=2, by="alice")

        part, whole = await card_of(scene, 1), await card_of(scene, 2)

        assert (await scene.incident(1)).criticality is Criticality.IMPORTANT
        assert (await scene.incident(2)).criticality is Criticality.CRITICAL
        assert "(important)" in part
        assert "it began with Payroll, payroll → payroll-erp (important)" in whole
        assert "the first of them" in whole


async def test_whoever_had_what_is_merged_is_asked_and_does_not_have_it() -> None:
    async with await two() as scene:
        await scene.do(merge.merge, 1, into=2, by="bob")
        letters_ = await scene.post()

        [ping] = [
            one for one in letters_ if one.what is What.PING and str(one.to) == "person:alice"
        ]
        said = await read(scene, ping)

        assert "You had INC-1, which is a part of this now: INC-2" in said
        assert "Acknowledge" in said
        assert "Who has it" not in await card_of(scene, 1)
        assert "*Had it until it was merged:* Alice" in await card_of(scene, 1)


@pytest.mark.parametrize("first", ["sees", "takes"])
async def test_what_the_card_of_a_part_says_no_later_moment_makes_untrue(first: str) -> None:
    """Nobody draws it again: its channel is quiet."""
    async with await two() as scene:
        await fails(scene, "stock")
        await scene.do(respond.set_lane, 2, Lane.VENDOR, "bob", "theirs")
        if first == "takes":
            await scene.do(respond.acknowledge, 2, "bob")
        at = scene.now
        await scene.do(merge.merge, 2, into=3, by="bob")
        await scene.post()
        said = await all_of(scene, 2)
        for later in (
            lambda: runs(scene, "stock"),
            lambda: scene.do(respond.resolve, 1, "alice", "restarted"),
            lambda: fails(scene, "stock"),
            lambda: runs(scene, "orders"),
            lambda: fails(scene, "orders"),
            lambda: scene.tick(30 * MINUTE),
            lambda: scene.do(respond.resolve, 3, "bob", "restarted"),
        ):
            await later()
            assert await all_of(scene, 2) == said
        assert (await scene.incident(2)).state is State.MERGED
        assert "failed, " not in said
        assert "Last good" not in said
        assert f"Merged {time(at)}, a part of INC-3: how it stands is told there" in said


async def runs(scene: Scene, id: str) -> None:
    await scene.sees(Verdict.OK, Verdict.OK, Verdict.OK, check=f"{id}/api")


async def all_of(scene: Scene, number: int) -> str:
    view = await scene.do(views.incident_view, number)
    assert view is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return f"{cards.card(view, writer)} {cards.topic(view, writer)}"


async def read(scene: Scene, letter: OutboxMessage) -> str:
    view = await scene.do(views.incident_view, 2)
    writer = Writer(catalogue=scene.knowledge.catalogue)
    assert letter.what is not None
    return str(personal_words.personal(letter.what, letter.facts, view, None, None, writer).blocks)


async def test_what_was_merged_before_points_to_where_it_goes_on_now() -> None:
    async with await two() as scene:
        await fails(scene, "stock")
        await scene.do(merge.merge, 3, into=1, by="alice")
        await scene.post()
        await scene.do(merge.merge, 1, into=2, by="alice")

        pointers = [one for one in await scene.post() if one.what is What.MERGED]

        assert {one.subject for one in pointers} == {"incident:1", "incident:3"}
        assert {one.facts["into"] for one in pointers} == {2}


async def test_what_is_said_of_a_part_is_read_where_it_goes_on() -> None:
    async with await two() as scene:
        await scene.do(merge.merge, 1, into=2, by="alice")
        await scene.post()

        await scene.do(counterparty.joint_call_held, 1, "the publisher acts", "alice")
        await scene.do(respond.note, 1, "bob", "called them", now=NOW)

        said = [one for one in await scene.post() if one.what in (What.NOTE, What.JOINT_HELD)]
        assert [one.subject for one in said] == ["incident:2"] * 2
