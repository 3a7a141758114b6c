"""What leads an outage of several connections is what they share and which of them is gravest;
never which of them happened to fail first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Criticality,
    LadderRung,
    Owners,
    Party,
    System,
)
from bot.core.estate.lane import Lane
from bot.core.incidents.grouping import lead_of, parties_for
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.people.permissions import Role
from bot.flows import views
from bot.flows.incidents import counterparty
from bot.flows.incidents import respond as responses
from bot.flows.incidents.grouping import merge
from bot.flows.people.permitted import about_incident
from bot.slack.incidents import card
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, NOW, a_connection, a_person, an_estate
from tests.flows import gates
from tests.flows.runbooks.test_held_steps import a_book
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

ERROR = "posting group missing"
GRAVITY = {
    "leaflets": Criticality.SUPPORTING,
    "stock": Criticality.IMPORTANT,
    "payments": Criticality.CRITICAL,
    "payroll": Criticality.CRITICAL,
}
ORDERS = st.permutations(list(GRAVITY))
SLOWLY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def a_flow(id: str, **changes: object) -> Connection:
    """From a system of its own into the ERP, with people and parties of its own."""
    wait = 10 * MINUTE if GRAVITY[id] is Criticality.CRITICAL else HOUR
    made = a_connection(
        id=id,
        name=id.title(),
        source=f"{id}-source",
        criticality=GRAVITY[id],
        owners=Owners(technical=f"{id}-tech", functional=f"{id}-owner", architecture=f"{id}-guard"),
        first_responder=f"{id}-first",
        ladder=(LadderRung(after=wait, people=(f"{id}-second",)),),
        lanes={Lane.VENDOR: f"{id}-maker", Lane.PUBLISHER: f"{id}-far-end"},
        entities=("payments",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def estate(*flows: Connection, publisher: str | None = "erp-co") -> Catalogue:
    made = flows or tuple(a_flow(id) for id in GRAVITY)
    respond = {Criticality.SUPPORTING: 8 * HOUR, Criticality.IMPORTANT: HOUR}
    parties = {"erp-co": "ERP Co", **{f"{id}-far-end": f"{id} far end" for id in GRAVITY}}
    systems = {one: System(id=one, name=one.title()) for each in made for one in each.systems}
    systems["erp"] = System(id="erp", name="Big ERP", publisher=publisher)
    roles = ("tech", "owner", "guard", "first", "second")
    people = [a_person(f"{id}-{role}") for id in GRAVITY for role in roles]
    return an_estate(
        *made,
        people={one.id: one for one in people},
        systems=systems,
        parties={
            key: Party(id=key, name=name, respond_within=respond) for key, name in parties.items()
        },
    )


async def fail(scene: Scene, *ids: str) -> None:
    """One after the other, with the same error."""
    group = (FailedRecords(text=ERROR, count=20),)
    for id in ids:
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=group)
        await scene.records(seen, seen, check=f"{id}/api")
        scene.later(timedelta(seconds=10))


async def outage(ids: Sequence[str], catalogue: Catalogue | None = None) -> Scene:
    scene = await Scene.open(catalogue or estate())
    scene.knowledge = replace(scene.knowledge, runbooks={"generic": a_book(resends=True)})
    await fail(scene, *ids)
    return scene


@SLOWLY
@given(order=ORDERS)
async def test_in_every_order_of_failing_the_same_leads_and_the_same_are_asked(
    order: list[str],
) -> None:
    async with await outage(order) as scene:
        assert len(await scene.lives()) == 1
        incident, catalogue = await scene.incident(), scene.knowledge.catalogue
        lead = lead_of(catalogue, incident)
        about = await scene.do(about_incident, incident)
        await scene.tick()
        approvals = await scene.do(gates.approvals, 1)
        handed = await scene.do(
            responses.hand_over, 1, Lane.PUBLISHER, about.cast[Role.TECHNICAL][0]
        )
        packet = await scene.do(counterparty.evidence_for, handed, Lane.PUBLISHER)

        assert lead is not None
        assert lead.id == "payments"
        assert incident.criticality is Criticality.CRITICAL
        assert [rung.people for rung in incident.ladder[1:]] == [
            ("payments-second",),
            ("payments-guard",),
        ]
        assert parties_for(catalogue, handed)[Lane.PUBLISHER].name == "ERP Co"
        assert handed.counterparty_due_at == scene.now + HOUR
        assert {one.owner for one in approvals} == {f"{id}-owner" for id in GRAVITY}
        assert about.cast[Role.TECHNICAL] == ("payments-tech",)
        assert packet is not None
        assert packet.subject == "[INC-1] Big ERP: 4 connections are failing"
        assert "What follows is of Payments, which stands for them:" in packet.body
        listed = [packet.body.index(f"- {id.title()} ({id})") for id in _gravest_first()]
        assert listed == sorted(listed)


def _gravest_first() -> list[str]:
    return ["payments", "payroll", "stock", "leaflets"]


@SLOWLY
@given(order=ORDERS)
async def test_in_every_order_each_first_responder_is_pinged_once(order: list[str]) -> None:
    async with await outage(order) as scene:
        pinged = await scene.pinged()

        assert sorted(pinged) == sorted(f"{id}-first" for id in GRAVITY)


@SLOWLY
@given(order=ORDERS, leaving=st.sampled_from([*GRAVITY]))
async def test_when_one_is_split_off_the_gravest_of_the_others_leads(
    order: list[str], leaving: str
) -> None:
    async with await outage(order) as scene:
        await scene.post()
        gone = scene.knowledge.catalogue.connections[leaving]
        if order[0] == leaving:
            return  # what it began with stays
        await scene.do(merge.split, gone, by="payments-first")
        lead = lead_of(scene.knowledge.catalogue, await scene.incident())
        left = [id for id in _gravest_first() if id != leaving]

        assert lead is not None
        assert lead.id == left[0]
        assert set(await scene.pinged()) <= {f"{leaving}-first"}
        assert (await scene.incident()).rung == 0


async def test_a_graver_one_that_joins_is_waited_for_no_longer_than_its_own_ladder_says() -> None:
    async with await outage(["leaflets"]) as scene:
        before = (await scene.incident()).escalate_at
        await fail(scene, "payments")
        incident = await scene.incident()
        await scene.post()
        await scene.tick(10 * MINUTE)

        assert before is not None
        assert before > NOW + 50 * MINUTE
        assert incident.escalate_at is not None
        assert incident.escalate_at < NOW + 12 * MINUTE
        assert await scene.pinged() == ["payments-second"]


async def test_one_that_can_wait_changes_nothing_for_a_graver_one() -> None:
    async with await outage(["payments"]) as scene:
        before = await scene.incident()
        await fail(scene, "leaflets")
        after = await scene.incident()

        assert (after.ladder, after.escalate_at) == (before.ladder, before.escalate_at)
        assert (after.lease, after.criticality) == (before.lease, before.criticality)


async def test_a_ladder_that_was_climbed_goes_on_where_it_is() -> None:
    async with await outage(["leaflets"]) as scene:
        await scene.post()
        await scene.tick(HOUR)
        escalated = await scene.incident()
        await scene.post()
        await fail(scene, "payments")
        after = await scene.incident()

        assert (escalated.rung, after.rung) == (1, 1)
        assert after.ladder[:2] == escalated.ladder[:2]
        assert await scene.pinged() == ["payments-first"]


async def test_with_a_counter_party_its_time_for_what_joins_begins_then() -> None:
    async with await outage(["leaflets"]) as scene:
        handed = await scene.do(responses.hand_over, 1, Lane.PUBLISHER, "leaflets-tech")
        scene.later(MINUTE)
        await fail(scene, "stock")
        joined_at = scene.now
        after = await scene.do(merge.merge, 2, into=1, by="stock-first")
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        shown = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)

        # It was handed over when the connection was alone, to whom that one names.
        assert handed.handed_to == "leaflets-far-end"
        assert after.counterparty_due_at == joined_at + HOUR
        assert "leaflets far end must answer by" in shown


async def test_without_a_publisher_on_record_the_gravest_names_the_party() -> None:
    async with await outage(["leaflets", "payments"], estate(publisher=None)) as scene:
        found = parties_for(scene.knowledge.catalogue, await scene.incident())

        assert found[Lane.PUBLISHER].id == "payments-far-end"


async def test_whoever_owns_what_joins_is_asked_for_their_word_too() -> None:
    async with await outage(["leaflets"]) as scene:
        await scene.tick()
        first = [to for to, what in await scene.said() if what is What.APPROVAL_WANTED]
        await fail(scene, "payments")
        await scene.tick()
        later = [to for to, what in await scene.said() if what is What.APPROVAL_WANTED]

        assert (first, later) == (["person:leaflets-owner"], ["person:payments-owner"])
        asked = await scene.do(gates.approvals, 1)
        assert [one.owner for one in asked] == ["leaflets-owner", "payments-owner"]


async def test_what_leaves_takes_its_response_time_along() -> None:
    async with await outage(["leaflets", "stock"]) as scene:
        handed = await scene.do(responses.hand_over, 1, Lane.PUBLISHER, "stock-tech")
        scene.later(MINUTE)
        gone = scene.knowledge.catalogue.connections["stock"]
        begun = handed.handed_over_at
        await scene.do(merge.split, gone, by="stock-first")
        after = await scene.incident()

        assert begun is not None
        assert handed.counterparty_due_at == begun + HOUR
        assert after.counterparty_due_at == begun + 8 * HOUR
        assert after.remind_at == begun + 0.8 * 8 * HOUR
        assert after.handed_to == handed.handed_to
