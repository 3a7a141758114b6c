"""A fault without a word of error stays on the card when another one, or another connection, brings
an error, in whatever order they come."""

import pytest

from bot.core.estate.check_spec import Rule, Threshold
from bot.core.monitoring.signals import FailedRecords, Observation, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows import views
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE, a_check, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

TEXT = "glorp will not frob"
DEEP = Rule(signal=Signal.QUEUE_DEPTH, fail=Threshold(op=">", value=100))
SILENCE = "200 records waiting"


def loud(scene: Scene) -> Observation:
    failed = (FailedRecords(text=TEXT, count=20),)
    return Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=failed)


def silent(scene: Scene) -> Observation:
    return Reading(at=scene.now, signals={Signal.QUEUE_DEPTH: 200.0})


def short_queue(scene: Scene) -> Observation:
    return Reading(at=scene.now, signals={Signal.QUEUE_DEPTH: 1.0})


async def two_checks() -> Scene:
    checks = (a_check(), a_check(id="queue", rules=(DEEP,)))
    return await Scene.open(an_estate(a_connection(checks=checks)))


async def look(scene: Scene, which: str) -> None:
    for _ in range(2):
        seen, check = (loud(scene), "api") if which == "loud" else (silent(scene), "queue")
        await scene.records(seen, check=f"orders/{check}")
        scene.later(MINUTE)


async def shown(scene: Scene) -> str:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


@pytest.mark.parametrize("order", [("loud", "silent"), ("silent", "loud")])
async def test_both_are_told_in_either_order(order: tuple[str, str]) -> None:
    async with await two_checks() as scene:
        for one in order:
            await look(scene, one)
        said = await shown(scene)

        assert f"*Error:* {TEXT}" in said
        assert f"*Also:* {SILENCE}" in said


async def test_what_is_over_is_told_no_more() -> None:
    async with await two_checks() as scene:
        await look(scene, "loud")
        await look(scene, "silent")
        await scene.records(*[short_queue(scene)] * 2, check="orders/queue")

        assert "*Also:*" not in await shown(scene)


async def test_one_check_that_sees_both_tells_both() -> None:
    rules = (*a_check().rules, DEEP)
    async with await Scene.open(an_estate(a_connection(checks=(a_check(rules=rules),)))) as scene:
        both = Reading(
            at=scene.now,
            signals={Signal.FAILED: 20.0, Signal.QUEUE_DEPTH: 200.0},
            failed=(FailedRecords(text=TEXT, count=20),),
        )
        await scene.records(both, both)
        [ping] = [one for one in await scene.post() if one.what is What.PING]
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        writer = Writer(catalogue=scene.knowledge.catalogue)
        read = str(personal_words.personal(What.PING, ping.facts, view, None, None, writer).blocks)

        assert f"*Also:* {SILENCE}" in await shown(scene)
        assert f"*Also:* {SILENCE}" in read
        assert "*Also:* 20 failed" not in read


async def test_a_silent_connection_of_a_shared_outage_is_named() -> None:
    flows = [
        a_connection(
            id=id,
            name=id.title(),
            checks=(
                a_check(id="api", connection=id),
                a_check(id="queue", connection=id, rules=(DEEP,)),
            ),
        )
        for id in ("shop", "bank")
    ]
    async with await Scene.open(an_estate(*flows)) as scene:
        for id in ("shop", "bank"):
            await scene.records(*[loud(scene)] * 2, check=f"{id}/api")
        await scene.records(*[silent(scene)] * 2, check="bank/queue")

        assert f"*Also:* Bank: {SILENCE}" in await shown(scene)
