"""What people may do to an incident, and what a refused click leaves behind: nothing."""

from typing import Any

import pytest

from bot.core.estate.catalogue import Owners
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import estate_views, views
from bot.flows.incidents import open_incident, respond
from bot.flows.runbooks import walk
from bot.language.errors import BotError, Invalid, NotAllowed, NotFound, Refused
from tests.builders import HOUR, MINUTE, a_connection, a_person, an_estate, knowledge_of
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio


async def broken(**connection: Any) -> Scene:
    """An open incident of which bob heard."""
    scene = await Scene.open(an_estate(a_connection(**connection)))
    await scene.sees(FAILING, FAILING)
    await scene.post()
    return scene


async def running_again(**connection: Any) -> Scene:
    """The checks are good again; the data waits for a word."""
    scene = await broken(**connection)
    await scene.sees(OK, OK)
    await scene.post()
    return scene


async def act(scene: Scene, what: str, by: str) -> None:
    if what == "hand over":
        await scene.do(respond.hand_over, 1, Lane.VENDOR, by)
    elif what == "resolve":
        await scene.do(respond.resolve, 1, by, "restarted")
    elif what == "confirm":
        await scene.do(respond.confirm_data, 1, by)
    else:
        await scene.do(respond.reject_data, 1, by, "half is missing")


@pytest.mark.parametrize(
    ("what", "by", "allowed"),
    [
        ("hand over", "charlie", False),
        ("hand over", "bob", True),
        ("resolve", "charlie", False),
        ("resolve", "alice", True),
        ("resolve", "manager", True),
        ("confirm", "charlie", False),
        ("confirm", "bob", False),
        ("confirm", "alice", False),
        ("confirm", "data-owner", True),
        ("confirm", "architect", True),
        ("reject", "charlie", False),
        ("reject", "data-owner", True),
    ],
)
async def test_only_those_named_for_it_may(what: str, by: str, allowed: bool) -> None:
    async with await (broken() if what == "hand over" else running_again()) as scene:
        before, kinds = await scene.incident(), await scene.kinds()

        if allowed:
            await act(scene, what, by)
            assert (await scene.incident()).state is not before.state
        else:
            with pytest.raises(NotAllowed, match=r"Only .*‹p:"):
                await act(scene, what, by)
            assert await scene.incident() == before
            assert await scene.kinds() == kinds
            assert await scene.said() == []


class TestAcknowledging:
    async def test_it_stops_the_pings_and_starts_a_lease(self) -> None:
        async with await broken() as scene:
            after = await scene.do(respond.acknowledge, 1, "bob")

            assert (after.holder, after.escalate_at) == ("bob", None)
            assert after.lease_until == scene.now + HOUR
            assert await scene.tick(40 * MINUTE) == 0

    async def test_a_second_click_renews_the_lease(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            scene.later(10 * MINUTE)

            after = await scene.do(respond.acknowledge, 1, "bob")

            assert after.lease_until == scene.now + HOUR
            assert (await scene.kinds())[-1] == "renewed"

    async def test_another_persons_click_takes_it_over_and_says_from_whom(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")

            after = await scene.does_all_the_same(respond.acknowledge, 1, "alice")

            assert after.holder == "alice"
            assert (await scene.timeline())[-1].text == "‹p:alice› took it over from ‹p:bob›."

    async def test_the_holder_of_a_handed_over_one_takes_it_back_and_not_from_himself(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")

            after = await scene.do(respond.acknowledge, 1, "bob")

            assert after.state is State.ACKNOWLEDGED
            assert "took it back" in (await scene.timeline())[-1].text

    async def test_while_the_data_is_judged_a_second_click_changes_nothing(self) -> None:
        async with await running_again() as scene:
            once = await scene.do(respond.acknowledge, 1, "bob")
            kinds = await scene.kinds()

            twice = await scene.do(respond.acknowledge, 1, "bob")

            assert twice == once
            assert await scene.kinds() == kinds

    @pytest.mark.parametrize("by", ["alice", "charlie"])
    async def test_only_the_holder_is_still_on_it(self, by: str) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")

            with pytest.raises(NotAllowed, match="held by ‹p:bob›"):
                await scene.do(respond.still_on_it, 1, by)

    async def test_still_on_it_is_refused_where_there_is_no_lease(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
            with pytest.raises(Refused, match="no lease"):
                await scene.do(respond.still_on_it, 1, "bob")

            await scene.do(respond.resolve, 1, "bob", "")

            with pytest.raises(Refused, match="resolved"):
                await scene.do(respond.still_on_it, 1, "bob")


class TestHandingOver:
    async def test_the_contracts_clock_starts(self) -> None:
        async with await broken() as scene:
            after = await scene.do(
                respond.hand_over, 1, Lane.VENDOR, "bob", respond.HandOverDetails(ticket="T‹p:x›")
            )

            assert after.counterparty_due_at == scene.now + 4 * HOUR
            assert after.counterparty_ticket == "T<p:x>"
            assert after.lane_by == "bob"

    async def test_a_lane_that_names_nobody_is_refused_with_those_that_do(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Invalid, match="Named are: connector vendor"):
                await scene.do(respond.hand_over, 1, Lane.IT, "bob")

            assert (await scene.incident()).state is State.OPEN


class TestEnding:
    async def test_rejected_data_pings_the_first_responder_anew(self) -> None:
        async with await running_again() as scene:
            after = await scene.do(respond.reject_data, 1, "data-owner", "half is missing")

            assert (after.state, after.rung, after.awaiting) == (State.OPEN, 0, ())
            assert await scene.pinged() == ["bob"]

    async def test_a_second_word_on_the_data_is_refused(self) -> None:
        async with await running_again() as scene:
            await scene.do(respond.confirm_data, 1, "data-owner")

            with pytest.raises(Refused, match="nobody's word is missing"):
                await scene.do(respond.confirm_data, 1, "data-owner")

            assert (await scene.kinds()).count("resolved") == 1

    async def test_data_cannot_be_confirmed_before_it_runs(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Refused, match="nobody has it yet"):
                await scene.do(respond.confirm_data, 1, "data-owner")

    async def test_without_an_owner_whoever_took_it_may_judge_the_data(self) -> None:
        async with await running_again(owners=Owners(), first_responder=None, ladder=()) as scene:
            with pytest.raises(NotAllowed, match="nobody yet"):
                await scene.do(respond.confirm_data, 1, "charlie")
            await scene.do(respond.acknowledge, 1, "charlie")

            after = await scene.do(respond.confirm_data, 1, "charlie")

            assert after.state is State.RESOLVED

    async def test_a_resolved_one_has_no_deadline_left_but_its_review(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.resolve, 1, "bob", "restarted")

            touched = [await scene.tick(span * HOUR) for span in (47, 1, 100)]

            assert touched == [0, 1, 0]


class TestAConnectionThatLeftTheCatalogue:
    async def gone(self) -> Scene:
        scene = await broken()
        scene.knowledge = knowledge_of(an_estate(a_connection(id="other")))
        return scene

    async def test_the_frozen_ladder_goes_on_pinging(self) -> None:
        async with await self.gone() as scene:
            pinged = []
            for _ in range(4):
                await scene.tick(30 * MINUTE)
                pinged += await scene.pinged()

            assert pinged[:2] == ["alice", "manager"]
            assert set(pinged[2:]) <= {"manager", "architect"}
            assert len(pinged) >= 4

    async def test_those_on_the_ladder_may_still_resolve_it(self) -> None:
        async with await self.gone() as scene:
            with pytest.raises(NotAllowed):
                await scene.do(respond.resolve, 1, "charlie", "gone")

            after = await scene.do(respond.resolve, 1, "bob", "the connection was retired")

            assert after.state is State.RESOLVED

    async def test_it_cannot_be_handed_over_and_that_is_said(self) -> None:
        async with await self.gone() as scene:
            with pytest.raises(NotFound, match="no longer in the catalogue"):
                await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")

    async def test_it_stays_on_the_list_of_its_people(self) -> None:
        async with await self.gone() as scene:
            mine = await scene.do(estate_views.mine, "bob")

            assert [incident.id for incident, _ in mine.incidents] == [1]

    async def test_its_card_can_still_be_shown(self) -> None:
        async with await self.gone() as scene:
            view = await scene.do(views.incident_view, 1)

            assert view is not None
            assert view.connection is None
            assert view.members[0] == "bob"

    async def test_while_the_data_is_judged_the_channel_is_asked(self) -> None:
        async with await running_again() as scene:
            scene.knowledge = knowledge_of(an_estate(a_connection(id="other")))

            await scene.tick(HOUR)

            assert ("person:data-owner", What.CONFIRM_NUDGE) in await scene.said()
            after = await scene.do(respond.confirm_data, 1, "data-owner")
            assert after.state is State.RESOLVED


class TestText:
    async def test_what_people_type_cannot_pose_as_somebody(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.note, 1, "charlie", "‹p:alice› agreed")
            await scene.do(respond.set_lane, 1, Lane.IT, "bob", "‹p:alice› said so")
            await scene.do(
                walk.answer, 1, step="erp", choice="skip", by="bob", note="‹p:alice› did it"
            )
            await scene.do(respond.resolve, 1, "bob", "‹p:alice› fixed it")

            told = " ".join(entry.text for entry in await scene.timeline())
            assert "‹p:alice›" not in told
            facts = [str(letter.facts) for letter in await scene.post()]
            assert not any("‹p:alice›" in one for one in facts)

    async def test_a_declaration_cannot_either(self) -> None:
        connection = a_connection()
        async with await Scene.open(an_estate(connection)) as scene:
            live = await scene.do(
                open_incident.declare,
                connection,
                open_incident.Report(by="charlie", why="‹p:alice› said so"),
            )

            assert "‹p:alice›" not in " ".join(live.reasons)

    async def test_an_empty_note_is_refused(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Invalid):
                await scene.do(respond.note, 1, "bob", " \x00\n")


class TestRunbook:
    async def test_taking_back_the_answer_takes_back_its_lane(self) -> None:
        async with await broken() as scene:
            before = await scene.incident()
            await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")
            named = await scene.incident()

            await scene.do(walk.take_back, 1, step="erp", by="bob")

            assert named.lane is Lane.PUBLISHER
            assert (await scene.incident()).lane is before.lane

    async def test_a_persons_lane_stays_whatever_the_walk_says(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.set_lane, 1, Lane.IT, "bob", "our firewall")

            await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")
            await scene.do(walk.take_back, 1, step="erp", by="bob")

            assert (await scene.incident()).lane is Lane.IT

    async def test_the_same_answer_twice_is_one_answer(self) -> None:
        async with await broken() as scene:
            assert await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")
            kinds = await scene.kinds()

            again = await scene.do(walk.answer, 1, step="erp", choice="yes", by="alice")

            assert not again
            assert await scene.kinds() == kinds

    async def test_a_closed_incidents_runbook_stays_as_it_is(self) -> None:
        async with await broken() as scene:
            await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")
            await scene.do(respond.resolve, 1, "bob", "")
            kinds = await scene.kinds()

            for late in (
                scene.do(walk.answer, 1, step="erp", choice="no", by="bob"),
                scene.do(walk.take_back, 1, step="erp", by="bob"),
                scene.do(walk.switch, 1, runbook="generic", by="bob"),
            ):
                with pytest.raises(Refused, match="closed"):
                    await late

            assert await scene.kinds() == kinds


async def test_an_unknown_incident_is_named_in_the_answer() -> None:
    async with await Scene.open() as scene:
        with pytest.raises(NotFound, match="There is no incident INC-7"):
            await scene.do(respond.acknowledge, 7, "bob")


async def test_every_refusal_is_an_answer_that_a_person_may_read() -> None:
    estate = an_estate(people={"x": a_person("x")})
    async with await Scene.open(estate) as scene:
        await scene.sees(FAILING, FAILING)

        for what in ("hand over", "resolve", "confirm", "reject"):
            with pytest.raises(BotError):
                await act(scene, what, "charlie")


async def test_a_question_that_nobody_answers_any_more_is_shown_as_left_open() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.OK, Verdict.FAILING, Verdict.FAILING)

        async def questions() -> list[bool]:
            view = await scene.do(views.incident_view, 1)
            return [step.left for step in view.steps if step.done is None]

        asked = await questions()
        await scene.do(respond.resolve, 1, by="alice", how="renewed")

        assert asked == [False]
        assert await questions() == [True]
