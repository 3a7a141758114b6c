"""What a letter or a card says that somebody did, said or set is what they did, said or set."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.estate.catalogue import Party
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.review import CauseClass
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import newcomer_view, views
from bot.flows.incidents import end, open_incident, respond
from bot.flows.incidents.grouping import merge
from bot.flows.views import IncidentView
from bot.slack.incidents import current
from bot.slack.incidents.overtaken import overtaken
from bot.slack.text import Writer
from bot.slack.triage import lessons
from tests.builders import a_check, a_connection, an_estate
from tests.flows.scene import Scene

FAILING = Verdict.FAILING
pytestmark = pytest.mark.anyio
STOCK = a_connection(
    id="stock",
    name="Stock levels",
    lanes={Lane.VENDOR: "depot"},
    checks=(a_check(connection="stock"),),
)


async def scene_of(*connections: Any) -> Scene:
    estate = an_estate(*(connections or (a_connection(),)))
    depot = Party(id="depot", name="Depot desk")
    estate = replace(estate, parties={**estate.parties, "depot": depot})
    scene = await Scene.open(estate)
    await scene.sees(FAILING, FAILING)
    return scene


async def view_of(scene: Scene, number: int = 1) -> IncidentView:
    found = await scene.do(views.incident_view, number)
    assert found is not None
    return found


async def over(scene: Scene) -> str:
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return json.dumps(overtaken(await view_of(scene), None, writer).blocks, ensure_ascii=False)


async def ends(scene: Scene) -> None:
    await scene.does_all_the_same(respond.resolve_if_over, 1, "bob", "new secret")
    await scene.do(
        end.review,
        1,
        cause=CauseClass.CREDENTIAL,
        helped="a new key",
        follow_ups="",
        by="alice",
    )


class TestWhoDidIt:
    async def test_who_has_it_is_not_said_to_have_handed_it_over(self) -> None:
        async with await scene_of() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "alice")

            assert "handed over by Alice; Bob has it" in await over(scene)

    async def test_who_resolved_it_is_not_said_to_have_reviewed_it(self) -> None:
        async with await scene_of() as scene:
            await ends(scene)

            assert "resolved by Bob and reviewed by Alice" in await over(scene)

    async def test_who_resolved_it_is_not_said_to_have_found_what_helped(self) -> None:
        async with await scene_of() as scene:
            await ends(scene)
            known = scene.knowledge.catalogue.connections["orders"]
            again = await scene.do(
                open_incident.declare, known, open_incident.Report(by="bob", why="again")
            )
            view = await view_of(scene, again.id)
            writer = Writer(catalogue=scene.knowledge.catalogue)
            said = " ".join(lessons.earlier(view.past_incidents, writer))

            assert "by Bob; what helped, says Alice: a new key" in said
            assert "fixed" not in said


class TestWhatTheySet:
    async def test_whom_they_meant_stays_whoever_leads_it_by_then(self) -> None:
        orders = a_connection(criticality=STOCK.criticality)
        async with await scene_of(orders, STOCK) as scene:
            await scene.sees(FAILING, FAILING, check="stock/api")
            await scene.do(respond.set_lane, 2, Lane.VENDOR, by="alice", why="")
            await scene.do(merge.merge, 1, into=2, by="bob")
            view = await view_of(scene, 2)
            said = current.lane(view, Writer(catalogue=scene.knowledge.catalogue))

            assert view.incident.lead == "orders"
            assert "(Depot desk), set by Alice" in said

    async def test_their_word_stands_after_the_counterparty_gave_it_back(self) -> None:
        async with await scene_of(a_connection(), STOCK) as scene:
            await scene.sees(FAILING, FAILING, check="stock/api")
            await scene.do(respond.hand_over, 2, Lane.VENDOR, "alice")
            await scene.do(respond.acknowledge, 2, "alice")
            await scene.do(merge.merge, 1, into=2, by="bob")

            assert (await view_of(scene, 2)).parties[Lane.VENDOR].id == "depot"

    async def test_another_lane_does_not_change_whose_clock_runs(self) -> None:
        async with await scene_of(
            a_connection(lanes={Lane.VENDOR: "vendor", Lane.IT: "depot"})
        ) as scene:
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "alice")
            await scene.do(respond.set_lane, 1, Lane.IT, by="alice", why="")
            view = await view_of(scene)

            assert view.incident.state is State.HANDED_OVER
            assert view.counterparty is not None
            assert view.counterparty.id == "vendor"
            assert view.parties[Lane.IT].id == "depot"

    @pytest.mark.parametrize("why", ["", "their outage"])
    async def test_what_we_found_for_it_is_not_their_reason(self, why: str) -> None:
        async with await scene_of() as scene:
            view = await view_of(scene)
            lane = view.incident.lane or Lane.IT
            await scene.do(respond.set_lane, 1, lane, by="alice", why=why)
            view = await view_of(scene)
            said = current.lane(view, Writer(catalogue=scene.knowledge.catalogue))

            assert "set by Alice, because" not in said
            assert ("• Alice: their outage" in said) is bool(why)
            found = [one for one in view.incident.lane_reasons if not why]
            assert ("What speaks for it:" in said) is bool(found)

    @pytest.mark.parametrize("over", ["runs again", "resolved while it runs", "resolved, it fails"])
    async def test_what_we_found_for_it_is_told_as_of_its_time_once_it_is_over(
        self, over: str
    ) -> None:
        async with await scene_of() as scene:
            lane = (await view_of(scene)).incident.lane or Lane.IT
            await scene.do(respond.set_lane, 1, lane, by="alice", why="")
            if over != "resolved, it fails":
                await scene.sees(Verdict.OK, Verdict.OK)
            if over != "runs again":
                await scene.does_all_the_same(respond.resolve_if_over, 1, "bob", "new secret")
            view = await view_of(scene)
            said = current.lane(view, Writer(catalogue=scene.knowledge.catalogue))

            assert "What spoke for it while it failed:" in said
            assert "speaks" not in said

    async def test_nor_does_whoever_comes_when_it_runs_again_read_it_as_of_now(self) -> None:
        async with await scene_of() as scene:
            lane = (await view_of(scene)).incident.lane or Lane.IT
            await scene.do(respond.set_lane, 1, lane, by="alice", why="")
            await scene.sees(Verdict.OK, Verdict.OK)
            await scene.run(lambda tx: tx.save_channel("incident:1", "C1"))
            await scene.do(newcomer_view.joined, "C1", "slack:U1")
            (brief,) = [one for one in await scene.post() if one.what is What.BRIEF]

            assert "What spoke for it while it failed:" in brief.facts["lane"]
