"""What is said of whoever is pinged next, and of what is asked of them, fits what they were told
already."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.incidents.notices import Escalated
from bot.core.incidents.notices_of_endings import Relapsed
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage, asked_again
from bot.core.outbox.notice import What
from bot.core.outbox.received import Receipt
from bot.flows import handle_absence, newcomer_view, views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.outbox import fallback
from bot.flows.views import IncidentView
from bot.slack import commands
from bot.slack.incidents import card, ending_words, ping_words
from bot.slack.incidents.many import receipts_line
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.request import Request
from bot.slack.text import Writer
from tests.builders import HOUR, NOW, a_connection, an_estate, knowledge_of
from tests.flows.incidents.grouping.test_shared_outage import outage
from tests.flows.scene import Scene
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio


async def view_of(scene: Scene) -> IncidentView:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return view


async def everywhere(scene: Scene) -> dict[str, str]:
    """Every sentence that names who is pinged next, by where it stands."""
    writer, view = Writer(catalogue=scene.knowledge.catalogue), await view_of(scene)
    pings = [one for one in await letters_of(scene) if one.what is What.PING]
    ahead = view.next_ping
    assert ahead is not None
    told = Escalated(people=("nobody-else",), rung=1, next_at=ahead[0], next_people=ahead[1])
    ping = personal_words.personal(
        What.PING, {**pings[-1].facts, "reader": "x"}, view, None, None, writer
    )
    other_way = OutboxMessage(
        id=99,
        kind="say",
        stream="",
        subject="incident:1",
        to=ToPersonElsewhere("bob"),
        what=What.PING,
        created_at=scene.now,
    )
    page = await scene.do(fallback.write, other_way)
    assert page is not None
    return {
        "card": json.dumps(card.card(view, writer).blocks),
        "ping": json.dumps(ping.blocks),
        "climbed": ping_words.escalated(told, view, writer),
        "relapsed": ending_words.relapsed(Relapsed(holder=None, escalates=False), view, writer),
        "brief": newcomer_view.next_words(view),
        "page": page.body,
    }


async def letters_of(scene: Scene) -> list[OutboxMessage]:
    return [one.letter for one in await scene.run(lambda tx: tx.letters_in_slack("incident:1"))]


async def test_pinged_again_is_said_of_whom_it_is_not_the_first_time_and_of_nobody_else() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        said: dict[tuple[str, bool], set[bool]] = {}
        for _ in range(8):
            await scene.post()
            view = await view_of(scene)
            assert view.next_ping is not None
            known = {one.person for one in view.receipts}
            before = known.issuperset(view.next_ping[1])
            for where, text in (await everywhere(scene)).items():
                said.setdefault((where, before), set()).add("pinged again" in text)
            scene.now = view.next_ping[0]
            await scene.tick()

        assert len(said) == 12
        assert {where: found for where, found in said.items() if found != {where[1]}} == {}


async def stands(scene: Scene) -> list[tuple[OutboxMessage, str]]:
    """Every direct message of INC-1, as it stands now."""
    view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)
    sent = await scene.run(lambda tx: tx.letters_in_slack("incident:1"))
    again = asked_again(sent)
    shown = [(one.letter, personal_words.redrawn(one, again, view, None, writer)) for one in sent]
    return [(letter, json.dumps(said.blocks)) for letter, said in shown if said]


async def idle_after_a_ping(scene: Scene) -> list[str]:
    """Who was pinged and reads somewhere that there is nothing to do."""
    pinged = {one.person for one in (await view_of(scene)).receipts}
    read = [(letter.person, said) for letter, said in await stands(scene)]
    return [person for person, said in read if person in pinged and "nothing to do" in said]


async def test_whoever_was_pinged_reads_nowhere_that_there_is_nothing_to_do() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.post()
        idle = [str(to.to) for to, said in await stands(scene) if "nothing to do" in said]
        assert "person:alice" in idle  # the owner, before the ladder comes to her

        for _ in range(4):
            await scene.tick(HOUR)
            await scene.post()
            assert await idle_after_a_ping(scene) == []
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.post()
        assert await idle_after_a_ping(scene) == []


async def test_of_several_an_owner_who_is_pinged_for_another_one_does_not_either() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        for _ in range(4):
            await scene.tick(HOUR)
            await scene.post()
        await scene.look([(0, 0)], broken=False)  # Flow A runs, Flow B fails
        await scene.post()
        assert await idle_after_a_ping(scene) == []


async def merged_late() -> Scene:
    """A second before the ladder goes on, another incident is merged into it."""
    other = a_connection(
        id="stock", name="Stock", first_responder="charlie", source="s", target="t"
    )
    scene = await Scene.open(an_estate(a_connection(), other))
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    await scene.sees(Verdict.FAILING, Verdict.FAILING, check="stock/api")
    await scene.post()
    ahead = (await view_of(scene)).next_ping
    assert ahead is not None
    scene.now = ahead[0] - timedelta(seconds=1)
    await scene.do(merge.merge, 2, into=1, by="bob")
    return scene


async def covered_late() -> Scene:
    scene = await Scene.open()
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    await scene.post()
    ahead = (await view_of(scene)).next_ping
    assert ahead is not None
    scene.now = ahead[0] - timedelta(seconds=1)
    await scene.do(handle_absence.enter, person="bob", stand_in="charlie", until=None, by="bob")
    return scene


@pytest.mark.parametrize("stage", [merged_late, covered_late])
async def test_who_joins_reads_that_the_ladder_goes_on_and_gets_no_time_of_others(
    stage: Callable[[], Awaitable[Scene]],
) -> None:
    async with await stage() as scene:
        before = (await scene.incident()).escalate_at
        await scene.post()
        mine = [said for letter, said in await stands(scene) if str(letter.to) == "person:charlie"]

        assert (await scene.incident()).escalate_at == before  # nobody gets more time by that
        assert len(mine) == 1
        assert "unless you acknowledge by" not in mine[0]
        assert "the ladder goes on by itself" in mine[0]


async def test_whoever_the_ladder_pings_has_the_time_to_its_next_step() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.post()
        bobs = [said for one, said in await stands(scene) if str(one.to) == "person:bob"]
        assert "unless you acknowledge by" in bobs[0]


async def test_whoever_is_covered_reads_so_in_what_they_were_told_and_not_afterwards() -> None:
    async def bobs() -> str:
        await scene.post()
        (found,) = [said for letter, said in await stands(scene) if str(letter.to) == "person:bob"]
        return found

    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        assert "You are the first responder" in await bobs()

        await scene.do(handle_absence.enter, person="bob", stand_in="charlie", until=None, by="bob")
        said = await bobs()
        assert "Charlie covers for you" in said
        assert "You are the first responder" not in said
        assert "unless you acknowledge" not in said

        await scene.do(handle_absence.cancel, person="bob", by="bob")
        assert "You are the first responder" in await bobs()


async def test_a_merge_is_undone_by_the_command_that_its_answer_names(bench: Bench) -> None:
    other = a_connection(id="stock", name="Stock", source="s", target="t")
    knowledge = knowledge_of(an_estate(a_connection(), other))
    handler = handler_at(
        replace(bench, runtime=replace(bench.runtime, knowledge=lambda: knowledge))
    )

    async def says(words: str) -> SlackMessage:
        return await commands.answer(handler, Request(by="bob", channel="C1", words=words))

    for connection in ("orders", "stock"):
        await says(f"declare {connection}: nothing arrives")
    merged = await says("merge INC-2 into INC-1")
    undo = re.search("/conn ([^`]*)", merged.text)
    assert undo is not None

    assert "is on its own again: INC-2" in (await says(undo[1])).text


async def test_the_card_says_again_of_every_ping_of_somebody_but_the_first() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        for _ in range(5):
            await scene.post()
            view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)
            assert view.next_ping is not None
            text = card._who(view, writer)
            for person in {one.person for one in view.receipts}:
                times = sum(one.person == person for one in view.receipts)
                assert text.count(f"{writer.person(person)} again ✓") == times - 1, text
                assert text.count(f"{writer.person(person)} ✓") == 1, text
            scene.now = view.next_ping[0]
            await scene.tick()

        assert len(view.receipts) > len({one.person for one in view.receipts})


def test_another_way_is_no_second_ping() -> None:
    first = Receipt(person="bob", state="failed", at=NOW)
    pings = [first, replace(first, elsewhere=True), replace(first, person="alice"), first]

    said = receipts_line(pings, lambda one, again: f"{one.person} {again}")

    assert said == "bob False, bob False, alice False, bob True"
