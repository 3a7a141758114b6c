"""A rehearsal: marked, measured, counted nowhere, and beside a real break."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Party
from bot.core.estate.lane import Lane
from bot.core.estate.ledger import Handover
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.governance import audit, kpi, response_times
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.outbox import fallback
from bot.flows.runbooks import drills
from bot.flows.triage import past_incidents
from bot.language.errors import NotAllowed, Refused
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, NOW, an_estate
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage
from tests.flows.incidents.grouping.test_shared_outage import estate as estate_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    estate = an_estate()
    vendor = replace(estate.parties["vendor"], email="support@maker.example")
    parties: dict[str, Party] = {"vendor": vendor}
    async with await Scene.open(replace(estate, parties=parties)) as opened:
        yield opened


async def begun(scene: Scene, by: str = "alice") -> int:
    connection = scene.knowledge.catalogue.connections["orders"]
    return (await scene.do(drills.start, connection, by)).id


async def test_only_the_first_responder_is_pinged(scene: Scene) -> None:
    number = await begun(scene)
    said = await scene.said()
    view = await scene.do(views.incident_view, number)

    assert said == [("person:bob", What.PING)]
    assert view.incident.title.startswith("DRILL")
    assert set(view.members) == {"bob", "alice"}


async def test_a_drill_that_slack_does_not_take_wakes_nobody_by_another_way(scene: Scene) -> None:
    await scene.do(fallback.configure, everybody=True)
    await begun(scene)
    scene.later(HOUR)

    turned = await scene.do(fallback.tick, dark=True)

    assert turned == 0


async def test_a_drill_that_does_not_arrive_is_not_told_to_the_manager(scene: Scene) -> None:
    await begun(scene)
    await scene.post(refuse=frozenset({"person:bob"}))

    said = await scene.said()

    assert [to for to, _ in said if to.startswith("person:")] == []


async def test_the_acknowledgement_is_measured_and_what_was_missing_kept(scene: Scene) -> None:
    number = await begun(scene)
    scene.later(3 * MINUTE)
    await scene.do(respond.acknowledge, number, "bob")
    scene.later(20 * MINUTE)

    drill = await scene.do(drills.end, number, triaged=False, missing="whom to call", by="bob")
    view = await scene.do(audit.view)

    assert (drill.reaction, drill.triaged) == (3 * MINUTE, False)
    found = {one.id: one.what for one in view.audit.findings.open}
    assert "whom to call" in found["drill-failed"]
    assert "drill-missed" not in found


async def test_a_no_needs_to_say_what_was_missing(scene: Scene) -> None:
    number = await begun(scene)

    with pytest.raises(Refused, match="Say what was missing"):
        await scene.do(drills.end, number, triaged=False, missing=" ", by="bob")


async def test_a_real_break_during_a_drill_opens_its_own_incident(scene: Scene) -> None:
    number = await begun(scene)
    await scene.sees(Verdict.FAILING, Verdict.FAILING)

    live = await scene.live()

    assert live is not None
    assert live.id != number
    assert not live.drill
    assert (await scene.incident(number)).live


async def test_a_drill_waits_while_the_connection_really_is_broken(scene: Scene) -> None:
    await scene.sees(Verdict.FAILING, Verdict.FAILING)

    with pytest.raises(Refused, match="really is broken"):
        await begun(scene)


async def test_a_recovery_of_the_checks_does_not_end_a_drill(scene: Scene) -> None:
    number = await begun(scene)
    await scene.sees(Verdict.OK, Verdict.OK)

    assert (await scene.incident(number)).state is State.OPEN


async def test_handing_a_drill_over_writes_to_nobody_outside(scene: Scene) -> None:
    number = await begun(scene)
    await scene.do(respond.acknowledge, number, "bob")
    await scene.do(respond.hand_over, number, Lane.VENDOR, "bob")
    scene.later(5 * HOUR)

    said = await scene.said()

    assert [to for to, _ in said if to.startswith("party")] == []
    assert await scene.run(lambda tx: tx.breaches(NOW)) == ()


async def test_a_drill_counts_in_no_figure(scene: Scene) -> None:
    number = await begun(scene)
    await scene.do(respond.set_lane, number, Lane.VENDOR, by="alice", why="")
    await scene.do(drills.end, number, triaged=True, missing="", by="bob")

    figures = await scene.do(kpi.view)
    rows = await scene.do(response_times.sla)

    assert await scene.run(lambda tx: tx.opened_since(NOW - HOUR)) == ()
    assert await scene.run(lambda tx: tx.rule_votes()) == ()
    assert sum(row.handed_over for row in rows) == 0
    assert figures is not None


async def test_earlier_drills_are_not_shown_as_earlier_breaks(scene: Scene) -> None:
    number = await begun(scene)
    await scene.do(drills.end, number, triaged=True, missing="", by="bob")
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    live = await scene.live()

    assert live is not None
    assert await scene.do(past_incidents.find, live) == (past_incidents.PastIncidents())


async def test_a_drill_that_nobody_ends_is_ended_and_the_missing_answer_is_a_finding(
    scene: Scene,
) -> None:
    number = await begun(scene)
    await scene.tick(5 * HOUR)

    view = await scene.do(audit.view)

    assert not (await scene.incident(number)).live
    assert "drill-missed" in {one.id for one in view.audit.findings.open}


async def test_a_drill_is_never_reviewed_resolved_or_taught_from(scene: Scene) -> None:
    number = await begun(scene)
    with pytest.raises(Refused, match="This is a drill"):
        await scene.do(respond.resolve, number, "alice", "done")
    await scene.do(drills.end, number, triaged=True, missing="", by="bob")
    await scene.post()

    await scene.tick(240 * HOUR)

    assert What.REVIEW_WANTED not in {what for _, what in await scene.said()}


async def test_who_has_nothing_to_do_with_it_begins_none(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="Only somebody named"):
        await begun(scene, by="charlie")


async def test_a_new_owner_who_took_part_has_the_item_ticked_off(scene: Scene) -> None:
    handover = Handover(
        connection="orders", layer="technical", person="bob", before="alice", opened_at=NOW
    )
    await scene.run(lambda tx: tx.add_handover(handover))
    number = await begun(scene)
    await scene.do(respond.acknowledge, number, "bob")

    await scene.do(drills.end, number, triaged=True, missing="", by="bob")

    (after,) = await scene.run(lambda tx: tx.open_handovers())
    assert after.done == ("drill",)


async def test_a_drill_is_neither_merged_nor_opened_again(scene: Scene) -> None:
    number = await begun(scene)
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    live = await scene.live()
    assert live is not None

    with pytest.raises(Refused, match="merged with none"):
        await scene.do(merge.merge, live.id, into=number, by="alice")
    await scene.do(drills.end, number, triaged=True, missing="", by="bob")
    with pytest.raises(Refused, match="stays over"):
        await scene.do(reopen.reopen, number, by="alice", why="again")


async def test_an_example_is_told_as_one_and_nothing_of_it_can_be_looked_up(scene: Scene) -> None:
    """A break that left no words is on record all the same."""
    none = await scene.incident(await begun(scene))
    await scene.do(drills.end, none.id, triaged=True, missing="", by="alice")
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    (broken,) = await scene.lives()
    await scene.sees(Verdict.OK, Verdict.OK)
    await scene.do(respond.resolve, broken.id, "alice", "restarted")
    number = await begun(scene)
    view = await scene.do(views.incident_view, number)
    shown = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)

    assert "no break of it is on record" in none.reasons[0]
    assert "left no words" in view.incident.reasons[0]
    assert "12 records" in shown
    assert "/conn stuck" not in shown


@pytest.mark.parametrize("joins", [False, True], ids=["alone", "with others"])
async def test_a_real_break_is_told_in_the_drill_and_is_none_of_its_evidence(joins: bool) -> None:
    async with await Outage.open(estate_of(2)) as scene:
        assert isinstance(scene, Outage)
        flow = scene.knowledge.catalogue.connections["flow-1"]
        number = (await scene.do(drills.start, flow, "alice")).id
        await scene.post()
        for place in range(0 if joins else 1, 2):
            failed = (FailedRecords(text=ERROR, count=20),)
            seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=failed)
            await scene.records(seen, seen, check=f"flow-{place}/api")
        (real,) = await scene.lives()
        told = [one for one in await scene.post() if one.what is What.DRILL_BROKE]
        drill, view = await scene.incident(number), await scene.view(number)
        said = personal_words.in_channel(What.DRILL_BROKE, told[0].facts, view, scene.writer)
        packet = await scene.do(counterparty.evidence_for, drill, Lane.VENDOR)
        shown = str(card.card(view, scene.writer).blocks)

        assert [one.subject for one in told] == [f"incident:{number}"]
        assert f"Flow B really broke meanwhile: {real.key}" in str(said.blocks)
        assert "Nothing is broken" not in str(said.blocks)
        assert f"{real.key} is the real break" in card.topic(view, scene.writer)
        assert packet is not None
        assert "invalid_client" in packet.body
        assert ERROR not in packet.body + shown
