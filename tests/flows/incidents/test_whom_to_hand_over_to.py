"""Of several connections it is handed over to the party of what still fails, and to the party of
any of them by choice; who leads and runs again decides nothing."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.core.estate.lane import Lane
from bot.core.outbox.notice import What
from bot.flows import views as answers
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.grouping import lead
from bot.language.errors import Invalid
from bot.slack.incidents import forms as of_incidents
from tests.flows.incidents.grouping.test_each_since import runs
from tests.flows.incidents.grouping.test_leaving_words import IDS, breaks, with_makers
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


async def outage(*still: str) -> Scene:
    """Of all three, of which only these fail by now."""
    scene = await Scene.open(with_makers())
    await breaks(scene, *IDS)
    await runs(scene, *(id for id in IDS if id not in still))
    await scene.post()
    return scene


async def form_of(scene: Scene, wanted: Lane | None = None) -> dict[str, Any]:
    offered = await scene.do(lead.offers, await scene.incident())
    fields = of_incidents.HandOver.shown(await scene.incident(), offered, wanted)["blocks"]
    (asked,) = [one["element"] for one in fields if one.get("element", {}).get("options")]
    return asked


@pytest.mark.parametrize(
    "still", [("leaflets",), ("stock",), ("stock", "leaflets"), ("payments", "stock"), IDS]
)
async def test_the_party_of_what_the_card_says_fails_is_offered_first_and_all_others_too(
    still: Sequence[str],
) -> None:
    async with await outage(*still) as scene:
        view = await scene.do(answers.incident_view, 1)
        asked = await form_of(scene, Lane.VENDOR)
        await scene.do(counterparty.propose_joint_call, await scene.incident())
        calls = [one.facts for one in await scene.post() if one.what is What.JOINT_CALL]

        of = next(id for id in IDS if view.error.startswith(id.title()))
        assert of in still
        assert asked["initial_option"]["value"] == f"vendor|{of}-maker"
        offered = {one["value"] for one in asked["options"]}
        assert {f"vendor|{id}-maker" for id in IDS} <= offered
        assert {f"publisher|{id}-far-end" for id in IDS} <= offered
        assert view.parties[Lane.VENDOR].id == f"{of}-maker"
        called = {one["name"] for one in calls[0]["lanes"]}
        assert {f"Maker of {id}" for id in still} <= called
        assert (view.parties[Lane.PUBLISHER].id == "erp-co") is (len(still) > 1)


@pytest.mark.parametrize("chosen", IDS)
async def test_whoever_is_chosen_has_it_and_reads_of_their_own(chosen: str) -> None:
    async with await outage(*IDS) as scene:
        handed = await scene.do(
            respond.hand_over,
            1,
            Lane.VENDOR,
            "payments-tech",
            respond.HandOverDetails(party=f"{chosen}-maker"),
        )
        sent = [one.facts for one in await scene.post() if one.what is What.PACKET]

        assert handed.handed_to == f"{chosen}-maker"
        assert f"Asked of: Maker of {chosen}" in sent[0]["body"]
        assert f"What follows is of {chosen.title()}," in sent[0]["body"]


async def test_a_party_that_none_of_them_names_is_refused() -> None:
    async with await outage(*IDS) as scene:
        with pytest.raises(Invalid, match="Named are: "):
            await scene.do(
                respond.hand_over,
                1,
                Lane.VENDOR,
                "payments-tech",
                respond.HandOverDetails(party="erp-co"),
            )
