"""As soon as somebody stands in, all that waits for the absent person's word reaches them, in
messages of their own that say for whom."""

import json

import pytest

from bot.core.incidents.notices import Undelivered
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPerson
from bot.core.outbox.letter import OutboxMessage, asked_again
from bot.core.outbox.notice import What
from bot.flows import handle_absence, views
from bot.flows.incidents import channels, ping, respond
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import a_connection
from tests.flows.incidents.grouping.test_shared_lead import GRAVITY
from tests.flows.incidents.grouping.test_shared_lead import outage as of_many
from tests.flows.incidents.grouping.test_shared_outage import Outage, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


async def stands_in(scene: Outage, person: str, by: str = "charlie") -> dict[What, OutboxMessage]:
    """What the stand-in gets at once."""
    await scene.post()
    await scene.do(handle_absence.enter, person=person, stand_in=by, until=None, by=person)
    posted = [one for one in await scene.post() if str(one.to) == f"person:{by}" and one.what]
    return {one.what: one for one in posted if one.what}


async def read(scene: Outage, letter: OutboxMessage) -> str:
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
            one for one in sent if str(one.letter.to) == "person:owner-1" and _asks(one.letter)
        )
        again, view = asked_again(sent), await scene.view()
        shown = [
            personal_words.redrawn(one, again, view, None, scene.writer) for one in (older, newer)
        ]
        first, second = (json.dumps(one.blocks) for one in shown if one)

        assert "the newest question has the buttons" in first
        assert "Data is right" not in first
        assert "Data is right" in second


def _asks(letter: OutboxMessage) -> bool:
    return letter.what in (What.CONFIRM_DATA, What.DATA_AFTER_END)


async def test_data_that_is_asked_about_after_the_end_too() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.do(respond.resolve, 1, "bob", "restarted")
        got = await stands_in(scene, "owner-0")

        said = await read(scene, got[What.DATA_AFTER_END])
        assert "You are asked for Owner-0, whom you stand in for." in said
        assert "Data is right" in said


async def test_nothing_is_asked_of_what_was_answered_or_fails_still() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        assert What.CONFIRM_DATA not in await stands_in(scene, "owner-0")
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.do(respond.confirm_data, 1, "owner-1", of="flow-1")
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
        await scene.do(
            handle_absence.enter,
            person="payments-owner",
            stand_in="stock-tech",
            until=None,
            by="payments-owner",
        )
        asked = [one for one in await scene.post() if one.what is What.APPROVAL_WANTED]
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        (one,) = asked

        told = personal_words.personal(What.APPROVAL_WANTED, one.facts, view, None, None, writer)

        assert str(one.to) == "person:stock-tech"
        assert "You are asked for Payments-Owner, whom you stand in for." in str(told.blocks)


SEEN = [
    (What.BLIND, [Verdict.OK] + [Verdict.UNKNOWN] * 4),
    (What.DEGRADED, [Verdict.OK] + [Verdict.DEGRADED] * 3),
    (What.HEALTHY, [Verdict.OK] + [Verdict.DEGRADED] * 3 + [Verdict.OK] * 3),
]


@pytest.mark.parametrize(("what", "looks"), SEEN)
async def test_what_an_owner_reads_of_a_connection(what: What, looks: list[Verdict]) -> None:
    async with await Scene.open() as scene:
        await scene.do(
            handle_absence.enter, person="alice", stand_in="charlie", until=None, by="alice"
        )
        await scene.sees(*looks)
        told = [one for one in await scene.post() if one.what is what]
        writer = Writer(catalogue=scene.knowledge.catalogue)
        (one,) = told

        said = personal_words.personal(what, one.facts, None, a_connection(), None, writer)

        assert str(one.to) == "person:charlie"
        assert "You read this for Alice, whom you stand in for." in str(said.blocks)


async def test_that_somebody_else_cannot_be_reached_or_let_in() -> None:
    async with await Scene.open() as scene:
        await scene.do(
            handle_absence.enter, person="manager", stand_in="charlie", until=None, by="manager"
        )
        await scene.do(
            handle_absence.enter, person="architect", stand_in="charlie", until=None, by="architect"
        )
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        refused = {"bob": "user_is_restricted"}
        await scene.do(channels.invited, "incident:1", refused, channel="C1", private=False)
        gone = Undelivered(person="bob", why="gone", escalates=False)
        await scene.do(ping.tell_undelivered, await scene.incident(), gone)
        told = {one.what: one for one in await scene.post() if one.to == ToPerson("charlie")}
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)

        for what in (What.INVITES_REFUSED, What.UNDELIVERED):
            said = personal_words.personal(what, told[what].facts, view, None, None, writer)
            assert "whom you stand in for" in str(said.blocks)


async def test_whoever_hears_that_it_fails_again_can_take_it_there() -> None:
    """Their ping is brought up to date later, when Slack takes the edit."""
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING, Verdict.OK, Verdict.OK)
        await scene.post()
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        posted = await scene.post()
        (told,) = (one for one in posted if one.what is What.RELAPSED and "person" in str(one.to))
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)

        said = personal_words.personal(What.RELAPSED, told.facts, view, None, None, writer)

        assert "Nobody has it." in str(said.blocks)
        assert "Acknowledge" in str(said.blocks)
        older = personal_words.personal(
            What.RELAPSED, told.facts, view, None, None, writer, again=True
        )
        assert "Acknowledge" not in str(older.blocks)
        assert "the newest message says how it stands" in str(older.blocks)
