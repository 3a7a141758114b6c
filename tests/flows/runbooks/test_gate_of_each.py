"""May the failed records of a shared outage be sent again? Each connection has an answer of its
own, and whoever owns its data gives the word for it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Owners
from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import What
from bot.core.runbooks.gate import Gate
from bot.core.runbooks.retry import advice_of, shared_advice
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import Retry
from bot.flows import views
from bot.flows.incidents.grouping import merge
from bot.flows.runbooks import gates as rules
from bot.flows.runbooks import walk
from bot.flows.work import Work
from bot.language.errors import NotAllowed, Refused
from bot.store.tx import Tx
from tests.builders import NOW, a_connection
from tests.flows import gates
from tests.flows.incidents.grouping.test_shared_lead import GRAVITY, a_flow, estate, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

SLOWLY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CLASSES = st.lists(st.sampled_from([*Retry]), min_size=1, max_size=5)
SUBJECT = "step:generic:send"


@given(doubts=CLASSES, money=st.lists(st.booleans(), min_size=5, max_size=5))
def test_no_connection_is_told_bolder_than_its_own_gate(
    doubts: list[Retry], money: list[bool]
) -> None:
    each = [
        Facts(
            connection=a_connection(
                id=f"flow-{place}",
                name=f"Flow {chr(65 + place)}",
                owners=Owners(functional=f"owner-{place}"),
                entities=("payments",) if money[place] else ("customers",),
            ),
            doubt=doubt,
            failing_since=NOW,
        )
        for place, doubt in enumerate(doubts)
    ]
    said = shared_advice(each, NOW)

    for facts in each:
        alone = shared_advice([facts], NOW).split(". ")[0]
        assert alone.split(": ")[0] in said
        owner = f"‹p:{facts.connection.owners.functional}›"
        assert (owner in said) == (advice_of(facts, NOW).approver is not None)


async def asked(scene: Scene) -> dict[str | None, Gate]:
    return {one.owner: one for one in await scene.do(gates.approvals, 1)}


async def may_send(scene: Scene) -> bool:
    """Whether the step may be answered now."""
    found = await scene.do(rules.approval_of, 1, SUBJECT)
    return found is None or not found.blocks


@SLOWLY
@given(
    money=st.sets(st.sampled_from(sorted(GRAVITY)), min_size=1),
    order=st.permutations(sorted(GRAVITY)),
)
async def test_the_step_waits_for_every_owner_whose_records_need_a_word(
    money: set[str], order: list[str]
) -> None:
    flows = [a_flow(id, entities=("payments",) if id in money else ("news",)) for id in GRAVITY]
    async with await outage(order, estate(*flows)) as scene:
        await settle_the_rest(scene)
        await scene.tick()
        told = {to for to, what in await scene.said() if what is What.APPROVAL_WANTED}
        waiting = await asked(scene)

        assert told == {f"person:{id}-owner" for id in money}
        for id in sorted(money):
            assert not await may_send(scene)
            wanted = waiting[f"{id}-owner"]
            assert wanted.connections == (id,)
            assert id.title() in wanted.why
            with pytest.raises(NotAllowed):
                await scene.do(decide, wanted.id, "alice")
            await scene.do(decide, wanted.id, f"{id}-owner")
        assert await may_send(scene)


async def settle_the_rest(scene: Scene) -> None:
    """Nothing of them is in doubt, so that only money takes a word."""
    numbers = [1, *(part.id for part in await scene.run(lambda tx: tx.children_of(1)))]
    for number in numbers:
        safe = replace(await scene.incident(number), doubt=Retry.SAFE)
        await scene.run(_save, safe)


def _save(tx: Tx, incident: Incident) -> None:
    tx.save_incident(incident)


def decide(work: Work, number: int, by: str) -> object:
    return gates.approve(work, number, by)


async def test_what_leaves_holds_nothing_up_any_more() -> None:
    async with await outage(["payments", "stock"]) as scene:
        await scene.tick()
        wanted = await asked(scene)
        await scene.do(decide, wanted["payments-owner"].id, "payments-owner")
        with pytest.raises(Refused, match="stock-owner"):
            await scene.do(walk.answer, 1, step="send", choice="sent", by="payments-first")
        gone = scene.knowledge.catalogue.connections["stock"]
        await scene.do(merge.split, gone, by="stock-first")
        await scene.tick()

        assert await may_send(scene)


async def test_the_card_says_it_of_each() -> None:
    async with await outage(["payments", "stock"]) as scene:
        view = await scene.do(views.incident_view, 1)
        assert view is not None

        assert "‹p:payments-owner›, ‹p:stock-owner› (functional owner) approve" in view.retry
