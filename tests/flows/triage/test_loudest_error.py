"""What stands for incidents that a person put together is the error that most records have; the
others are named beside it, and merging alone changes nothing of that."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Build, Catalogue, Connection, Criticality
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.flows.incidents.grouping import merge
from bot.flows.triage.briefing import brief_in, main_error
from bot.flows.views import shown
from bot.slack.incidents import card
from bot.slack.text import Writer
from tests.builders import MINUTE, a_connection, an_estate
from tests.core.scene_estate import BOOK
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

CERTIFICATE = "certificate verify failed: certificate has expired"
MISSING = "The field Department Code contains a value (D-410) that cannot be found in the table"
THROTTLED = "429 Too Many Requests"
GRAVITY = {"edi": Criticality.IMPORTANT, "pay": Criticality.CRITICAL, "crm": Criticality.SUPPORTING}


def a_flow(id: str) -> Connection:
    own = {"source": f"{id}-end", "target": f"{id}-erp", "build": Build.NATIVE}
    return a_connection(id=id, name=id.upper(), criticality=GRAVITY[id], **own)


def estate() -> Catalogue:
    return an_estate(*(a_flow(id) for id in GRAVITY))


async def fails(scene: Scene, id: str, texts: dict[str, int]) -> None:
    failed = tuple(FailedRecords(text=text, count=count) for text, count in texts.items())
    for _ in range(2):
        signals = {Signal.FAILED: float(sum(texts.values()))}
        seen = Reading(at=scene.now, signals=signals, failed=failed)
        await scene.records(seen, check=f"{id}/api")
        scene.later(MINUTE)


async def begun(errors: dict[str, dict[str, int]]) -> Scene:
    scene = await Scene.open(estate())
    scene.knowledge = replace(scene.knowledge, playbook=BOOK)
    for id, texts in errors.items():
        await fails(scene, id, texts)
    return scene


ERRORS = [
    pytest.param(
        {"edi": {CERTIFICATE: 52, MISSING: 7}, "pay": {MISSING: 12}}, "edi", id="a graver one"
    ),
    pytest.param({"edi": {MISSING: 20}, "pay": {CERTIFICATE: 70}}, "pay", id="the gravest itself"),
    pytest.param({"edi": {CERTIFICATE: 20}, "pay": {MISSING: 20}}, "pay", id="as many"),
    pytest.param(
        {"edi": {THROTTLED: 40}, "pay": {MISSING: 50}, "crm": {THROTTLED: 30}},
        "edi",
        id="of two together",
    ),
]


@pytest.mark.parametrize(("errors", "leads"), ERRORS)
@pytest.mark.parametrize("backwards", [False, True])
async def test_the_error_that_most_records_have_leads_with_its_lane(
    errors: dict[str, dict[str, int]], leads: str, backwards: bool
) -> None:
    async with await begun(errors) as scene:
        numbers = [one.id for one in sorted(await scene.lives(), key=lambda one: one.id)]
        whole, *parts = numbers[::-1] if backwards else numbers
        for part in parts:
            await scene.do(merge.merge, part, into=whole, by="bob")
        view = await scene.do(shown, whole)
        assert view is not None
        loudest = scene.knowledge.catalogue.connections[leads]
        alone = await scene.do(brief_in, view.incident, loudest)

        assert view.error == f"{leads.upper()}: {main_error(alone.facts)}"
        assert view.incident.lane is alone.suggestion.lane
        assert view.incident.lane_reasons == alone.suggestion.reasons
        said = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)
        assert f"*Error:* {view.error[:60]}" in said
        for other in errors.keys() - {leads}:
            assert f"*Also:* {other.upper()}: " in said


async def test_fewer_records_for_a_moment_change_neither_error_nor_lane() -> None:
    async with await begun({"edi": {CERTIFICATE: 52}, "pay": {MISSING: 30}}) as scene:
        await scene.do(merge.merge, 2, into=1, by="bob")
        seen = []
        for count in (52, 20, 12, 40):
            await fails(scene, "edi", {CERTIFICATE: count})
            view = await scene.do(shown, 1)
            assert view is not None
            seen.append((view.error, view.incident.lane))

        assert len({*seen}) == 1
