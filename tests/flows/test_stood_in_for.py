"""As soon as somebody stands in, all that waits for the absent person's word reaches them, in
messages of their own that say for whom."""

import json

import pytest

from bot.core.effects import What
from bot.core.outbox import Letter, asked_again
from bot.flows import answers, covers, responses
from bot.slack.blocks import letters
from bot.slack.text import Face
from tests.flows.test_shared_lead import GRAVITY
from tests.flows.test_shared_lead import outage as of_many
from tests.flows.test_shared_outage import Outage, outage

pytestmark = pytest.mark.anyio


async def stands_in(scene: Outage, person: str, by: str = "charlie") -> dict[What, Letter]:
    """What the stand-in gets at once."""
    await scene.post()
    await scene.does(covers.enter, person=person, stand_in=by, until=None, by=person)
    posted = [one for one in await scene.post() if one.to == f"person:{by}" and one.what]
    return {one.what: one for one in posted if one.what}


async def read(scene: Outage, letter: Letter) -> str:
    return json.dumps((await scene.read(letter)).blocks, ensure_ascii=False)


@pytest.mark.parametrize("by", ["charlie", "owner-1", "bob"])
async def test_the_question_about_the_data_comes_in_a_message_of_its_own(by: str) -> None:
    """Also to who was asked about data of their own, or was pinged, before."""
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        got = await stands_in(scene, "owner-0", by)

        said = await read(scene, got[What.CONFIRM_DATA])
        assert "You are asked for Owner-0, whom you stand in for." in said
        assert "Data is right" in said
        assert "Flow A" in said
        assert ("Flow B" in said) == (by == "owner-1")


async def test_of_two_questions_to_one_person_the_older_points_to_the_newer() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await stands_in(scene, "owner-0", "owner-1")
        sent = await scene.run(lambda tx: tx.letters_in_slack("incident:1"))
        older, newer = (
            one for one in sent if one.letter.to == "person:owner-1" and _asks(one.letter)
        )
        again, view = asked_again(sent), await scene.view()
        shown = [letters.standing(one, again, view, None, scene.face) for one in (older, newer)]
        first, second = (json.dumps(one.blocks) for one in shown if one)

        assert "the newest question has the buttons" in first
        assert "Data is right" not in first
        assert "Data is right" in second


def _asks(letter: Letter) -> bool:
    return letter.what in (What.CONFIRM_DATA, What.DATA_AFTER_END)


async def test_data_that_is_asked_about_after_the_end_too() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.does(responses.resolve, 1, "bob", "restarted")
        got = await stands_in(scene, "owner-0")

        said = await read(scene, got[What.DATA_AFTER_END])
        assert "You are asked for Owner-0, whom you stand in for." in said
        assert "Data is right" in said


async def test_nothing_is_asked_of_what_was_answered_or_fails_still() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        assert What.CONFIRM_DATA not in await stands_in(scene, "owner-0")
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.does(responses.confirm_data, 1, "owner-1", of="flow-1")
        assert What.CONFIRM_DATA not in await stands_in(scene, "owner-1")


async def test_each_open_incident_pings_the_stand_in_whatever_they_heard_of_it() -> None:
    async with await outage([(20, 0)]) as scene:
        got = await stands_in(scene, "bob", "owner-0")  # told as an owner before

        assert "You cover for Bob" in await read(scene, got[What.PING])
        assert What.PING not in await stands_in(scene, "bob", "owner-0")  # entered once more


async def test_a_step_that_waits_for_their_word() -> None:
    async with await of_many(list(GRAVITY)) as scene:
        await scene.tick()
        await scene.post()
        await scene.does(
            covers.enter,
            person="payments-owner",
            stand_in="stock-tech",
            until=None,
            by="payments-owner",
        )
        asked = [one for one in await scene.post() if one.what is What.APPROVAL_WANTED]
        view = await scene.does(answers.incident_view, 1)
        face = Face(catalogue=scene.knowledge.catalogue)
        (one,) = asked

        told = letters.personal(What.APPROVAL_WANTED, one.facts, view, None, None, face)

        assert one.to == "person:stock-tech"
        assert "You are asked for Payments-Owner, whom you stand in for." in str(told.blocks)
