"""How it began, what it was and whether it is well again is said of each connection as it is."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Criticality
from bot.core.incidents.correlation import BY_HAND, UNREACHABLE
from bot.core.incidents.incident import State
from bot.core.monitoring.signals import Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.playbook import ErrorClass
from bot.flows import views
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.flows.incidents.grouping.test_shared_lead import GRAVITY, outage
from tests.flows.incidents.grouping.test_shared_outage import outage as flows_fail
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

OUTAGE, RATE = ErrorClass.PLATFORM_OUTAGE.value, ErrorClass.RATE_LIMIT.value


@pytest.mark.parametrize("first", sorted(GRAVITY))
async def test_how_grave_what_it_began_with_is_is_its_own_matter(first: str) -> None:
    async with await outage([first, *(id for id in GRAVITY if id != first)]) as scene:
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        said = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)

        assert f"it began with {first.title()}, {first.title()}-Source → Big ERP" in said
        assert f"→ Big ERP ({GRAVITY[first]})" in said
        assert view.incident.criticality is Criticality.CRITICAL


@pytest.mark.parametrize(
    ("kinds", "cause", "said"),
    [
        ((OUTAGE,), "Big ERP", "after the outage of Big ERP"),
        ((OUTAGE, ErrorClass.CONNECTIVITY.value), "Big ERP", "after the outage of Big ERP"),
        ((UNREACHABLE,), "ShopLink", "after the outage of ShopLink"),
        ((RATE,), "Big ERP", "after the shared failure (Big ERP)"),
        ((OUTAGE, RATE), "Big ERP", "after the shared failure (Big ERP)"),
        ((ErrorClass.CREDENTIALS.value,), "ERP login", "after the shared failure (ERP login)"),
        ((), "Big ERP", "after the shared failure (Big ERP)"),
        ((OUTAGE,), BY_HAND, "after the shared failure."),
    ],
)
async def test_only_an_outage_is_called_one(kinds: tuple[str, ...], cause: str, said: str) -> None:
    async with await flows_fail([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        now = await scene.incident()
        kind = kinds[-1] if kinds else ""
        await scene.run(
            lambda tx: tx.save_incident(replace(now, kind=kind, kinds=kinds, cause=cause))
        )
        asked = (await scene.questions())["owner-0"]

        assert f"Flow A runs again {said}" in str((await scene.read(asked)).blocks)


async def ends_as(scene: Scene, *failed: float) -> str:
    """What the channel reads when the last of them runs again."""
    for id, count in zip(("payments", "stock"), failed, strict=True):
        seen = Reading(at=scene.now, signals={Signal.FAILED: count})
        await scene.records(seen, seen, check=f"{id}/api")
    assert (await scene.incident()).state is State.VERIFYING
    [told] = [one for one in await scene.post() if one.what is What.RECOVERED]
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    assert told.what is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return str(personal_words.in_channel(told.what, told.facts, view, writer).blocks)


@pytest.mark.parametrize(
    ("payments", "stock", "said"),
    [
        (0.0, 0.0, "The checks are good again."),
        (5.0, 0.0, "It runs again, but Payments is degraded."),
        (0.0, 5.0, "It runs again, but Stock is degraded."),
        (5.0, 5.0, "It runs again, but Payments, Stock are degraded."),
    ],
)
async def test_the_checks_are_good_again_only_where_all_of_them_are(
    payments: float, stock: float, said: str
) -> None:
    async with await outage(["payments", "stock"]) as scene:
        await scene.post()

        assert said in await ends_as(scene, payments, stock)


async def test_one_connection_that_is_degraded_is_not_good_again() -> None:
    async with await outage(["payments"]) as scene:
        await scene.post()
        seen = Reading(at=scene.now, signals={Signal.FAILED: 5.0})
        await scene.records(seen, seen, check="payments/api")
        [told] = [one for one in await scene.post() if one.what is What.RECOVERED]
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        writer = Writer(catalogue=scene.knowledge.catalogue)
        said = str(personal_words.in_channel(What.RECOVERED, told.facts, view, writer).blocks)

        assert "It runs again, but is degraded." in said
