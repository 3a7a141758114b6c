"""A fault that only the owner of the data can mend is put to them when it comes up, also in an
incident that is open already and that somebody has."""

from dataclasses import replace

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.playbook import Playbook
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import reopen
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE, NOW
from tests.core.triage.test_suggest import entry
from tests.flows.incidents.grouping.test_shared_lead import outage
from tests.flows.incidents.test_true_cards import BOOK, scene_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

ASKED = {
    "period-shut": "the period is closed",
    "no-such-code": "a value that the records use is missing or blocked",
    "sent-twice": "the records are there already",
}
OTHER = ["secret-over", "", "an error that nobody knows"]


async def looks(scene: Scene, *texts: str, check: str = "orders/api") -> None:
    """Records refused with each of these, the first for most of them."""
    groups = tuple(
        FailedRecords(text=text, count=40 - place) for place, text in enumerate(texts) if text
    )
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=groups)
        await scene.records(seen, check=check)
        scene.later(MINUTE)


async def taken(scene: Scene, state: str) -> None:
    if state != "open":
        await scene.do(respond.acknowledge, 1, "bob")
    if state == "handed over":
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")


async def asks(scene: Scene) -> list[str]:
    """What the owner of the data reads in the pings that came since."""
    posted = [one for one in await scene.post() if one.what is What.PING]
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return [
        str(personal_words.personal(What.PING, one.facts, view, None, None, writer).blocks)
        for one in posted
        if one.person in ("data-owner", "stock-owner")
    ]


@pytest.mark.parametrize("state", ["open", "acknowledged", "handed over"])
@pytest.mark.parametrize("new", sorted(ASKED))
@pytest.mark.parametrize("first", [*sorted(ASKED), *OTHER])
async def test_each_new_one_is_put_to_the_owner_once(first: str, new: str, state: str) -> None:
    async with await scene_of(first) as scene:
        await scene.post()
        await taken(scene, state)
        await scene.post()
        await looks(scene, first, new)
        said = await asks(scene)
        await looks(scene, new, first)

        assert len(said) == (first != new)
        for one in said:
            assert f"*You:* {ASKED[first]}" in one if first in ASKED else True
            assert ASKED[new] in one
            assert "You own the data, and the fault is in it" in one
            assert ("'Acknowledge'" in one) == (state == "open")
        assert await asks(scene) == []


async def test_the_card_tells_everything_that_only_they_can_do() -> None:
    async with await scene_of("period-shut") as scene:
        await looks(scene, "period-shut", "no-such-code")
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        said = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)

        assert f"{ASKED['period-shut']}; open it, or say which date to use; " in said
        assert ASKED["no-such-code"] in said


async def test_in_a_shared_outage_it_is_put_to_whoever_owns_that_connection() -> None:
    async with await outage(["payments", "stock"]) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=BOOK)
        await scene.post()
        await looks(scene, "posting group missing", "period-shut", check="stock/api")
        said = await asks(scene)

        assert len(said) == 1
        assert "Stock is failing" in said[0]
        assert ASKED["period-shut"] in said[0]


@pytest.mark.parametrize("by", ["a person", "the checks"])
@pytest.mark.parametrize("first", ["period-shut", *OTHER])
async def test_opened_again_with_one_it_is_put_to_the_owner_again(first: str, by: str) -> None:
    async with await scene_of(first, lease=20 * MINUTE) as scene:
        await looks(scene, "period-shut")
        await scene.post()
        await scene.do(respond.resolve, 1, "bob", "restarted")
        await scene.post()
        if by == "a person":
            await scene.do(reopen.reopen, 1, by="bob", why="it is not over")
        else:
            scene.later(21 * MINUTE)
            await looks(scene, "period-shut")
        said = await asks(scene)

        assert (await scene.incident()).reopened == 1
        assert len(said) == 1
        assert ASKED["period-shut"] in said[0]
        assert "You own the data, and the fault is in it" in said[0]
        await looks(scene, "period-shut")
        assert await asks(scene) == []


async def test_whoever_joins_with_one_is_pinged_with_their_responder() -> None:
    book = Playbook(entries=(entry("posting group missing", BOOK.entries[0].error_class),))
    async with await outage([]) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=book)
        for id in ("payments", "stock"):
            await looks(scene, "posting group missing", check=f"{id}/api")
        pinged = await scene.pinged()

        assert scene.now > NOW
        assert sorted(pinged) == ["payments-first", "payments-owner", "stock-first", "stock-owner"]
