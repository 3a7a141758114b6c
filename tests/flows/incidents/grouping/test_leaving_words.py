"""What leaves the company about several connections: of one whose data is protected nothing that
people wrote or that its records failed with, whichever of them leads, joined or was declared."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Catalogue, Party
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows.incidents import counterparty, open_incident, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.slack.incidents import counterparty as of_parties
from tests.builders import MINUTE
from tests.flows.incidents.grouping.test_shared_lead import SLOWLY, a_flow, estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

IDS = ("payments", "stock", "leaflets")
NUMBER = {"payments": 1111, "stock": 2222, "leaflets": 3333}
OF_THEM = st.sets(st.sampled_from(IDS))
ORDERS = st.permutations(IDS)
LEAVES = frozenset({What.PACKET, What.JOINT_CALL})


async def breaks(scene: Scene, *ids: str) -> None:
    """Each with an error that is its own by a number in it."""
    for id in ids:
        group = (FailedRecords(text=f"posting group missing {NUMBER[id]}", count=20),)
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=group)
        await scene.records(seen, seen, check=f"{id}/api")


async def all_run(scene: Scene) -> None:
    for id in IDS:
        seen = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        await scene.records(seen, seen, check=f"{id}/api")


def with_makers(*protected: str) -> Catalogue:
    flows = [a_flow(id, compliance=("finance",) if id in protected else ()) for id in IDS]
    made = estate(*flows)
    makers = {f"{id}-maker": Party(id=f"{id}-maker", name=f"Maker of {id}") for id in IDS}
    return replace(made, parties={**made.parties, **makers})


async def declared(scene: Scene, id: str) -> None:
    told = scene.knowledge.catalogue.connections[id]
    await scene.do(
        open_incident.declare,
        told,
        open_incident.Report(by=f"{id}-owner", why=f"{id} rows are there twice"),
    )


async def together(scene: Scene) -> int:
    """All incidents as one; those that were declared are merged by a person."""
    first, *others = sorted(one.id for one in await scene.lives())
    for number in others:
        connection = (await scene.incident(number)).connection
        await scene.do(merge.merge, number, into=first, by=f"{connection}-tech")
    return first


async def leaving(scene: Scene, number: int) -> str:
    """The letter as it goes out and as it is copied, and the call that is proposed."""
    lead = (await scene.incident(number)).lead or (await scene.incident(number)).connection
    await scene.post()
    await scene.do(counterparty.propose_joint_call, await scene.incident(number))
    handed = await scene.do(respond.hand_over, number, Lane.PUBLISHER, f"{lead}-tech")
    copied = await scene.do(counterparty.evidence_for, handed, Lane.PUBLISHER)
    assert copied is not None
    sent = [str(letter.facts) for letter in await scene.post() if letter.what in LEAVES]
    return " ".join([*sent, str(of_parties.shown_packet(handed, copied))])


@SLOWLY
@given(order=ORDERS, told=OF_THEM, wrong=OF_THEM, again=st.booleans(), protected=OF_THEM)
async def test_no_protected_word_leaves_whoever_leads_joined_or_was_declared(
    order: list[str], told: set[str], wrong: set[str], again: bool, protected: set[str]
) -> None:
    async with await Scene.open(with_makers(*protected)) as scene:
        for id in order:
            if id in told:
                await declared(scene, id)
            await breaks(scene, id)
            scene.later(MINUTE)
        number = await together(scene)
        if again:
            await all_run(scene)
            await scene.do(respond.resolve, number, f"{order[0]}-first", "mended")
            why = f"{order[-1]} items are wrong again"
            await scene.do(reopen.reopen, number, by=f"{order[0]}-first", why=why)
            await breaks(scene, *order)
        if wrong:
            await all_run(scene)
            for id in wrong:
                await scene.do(respond.reject_data, number, f"{id}-owner", f"{id} is odd", of=id)
            await breaks(scene, *(id for id in order if id not in wrong))
        text = await leaving(scene, number)

        for id in IDS:
            leaves = [f"{id} rows", f"{id} is odd", f"missing {NUMBER[id]}", f"{id} items"]
            assert id not in protected or not any(one in text for one in leaves)
            assert again or id in protected or id not in told or f"{id} rows" in text
