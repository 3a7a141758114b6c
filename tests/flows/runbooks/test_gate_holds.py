"""Steps that wait, and two people on one step: the first answer stands and no word is lost."""

import pytest

from bot.core.outbox.notice import What
from bot.core.runbooks.gate import Decision
from bot.flows import handle_absence, views
from bot.flows.incidents import respond
from bot.flows.runbooks import gates as gates_of
from bot.flows.runbooks import walk
from bot.flows.runbooks.gates import Reason
from bot.language.errors import Invalid, NotAllowed, NotFound, Refused
from tests.builders import HOUR
from tests.flows import gates
from tests.flows.incidents.test_respond import broken
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


BY_HAND = Reason(why="the vendor calls back", by="bob")


async def held(reason: Reason = BY_HAND) -> Scene:
    scene = await broken()
    await scene.do(gates_of.hold, 1, "erp", "Is the ERP up?", reason)
    return scene


async def gives(scene: Scene, choice: str, by: str) -> str:
    return await scene.do(walk.answer_once, 1, step="erp", choice=choice, by=by)


async def decides(scene: Scene, decision: Decision, by: str, reason: str = "") -> None:
    await scene.do(gates.decide_hold, 1, decision, step="erp", by=by, reason=reason)


class TestHold:
    async def test_a_held_step_takes_no_answer_and_says_who_may_release_it(self) -> None:
        async with await held() as scene:
            with pytest.raises(Refused, match="the vendor calls back"):
                await gives(scene, "yes", "manager")
            with pytest.raises(Refused, match="has to wait"):
                await scene.do(walk.answer, 1, step="erp", choice="skip", by="bob", note="no time")

    async def test_whoever_may_release_it_is_told_in_person_and_the_channel_hears_it(self) -> None:
        async with await held() as scene:
            said = await scene.said()

            assert ("channel", What.HELD) in said
            told = {to for to, what in said if what is What.HELD and to != "channel"}
            assert told == {"person:alice", "person:architect"}

    async def test_released_it_takes_answers_again_and_the_record_says_by_whom(self) -> None:
        async with await held() as scene:
            await decides(scene, Decision.RELEASED, "alice", "they called")
            told = await gives(scene, "yes", "manager")

            texts = [entry.text for entry in await scene.timeline()]

            assert told == ""
            assert "‹p:bob› held “Is the ERP up?” (by hand): the vendor calls back" in texts
            assert "‹p:alice› released “Is the ERP up?”: they called" in texts

    async def test_denied_it_can_only_be_skipped(self) -> None:
        async with await held() as scene:
            await decides(scene, Decision.DENIED, "alice", "too risky")
            with pytest.raises(Refused, match="denied by ‹p:alice›"):
                await gives(scene, "yes", "bob")
            await scene.do(walk.answer, 1, step="erp", choice="skip", by="bob", note="denied")

            view = await scene.do(views.incident_view, 1)

            assert view.steps[0].done.given.note == "denied"

    async def test_a_denied_step_may_be_released_after_all(self) -> None:
        async with await held() as scene:
            await decides(scene, Decision.DENIED, "alice", "too risky")
            await decides(scene, Decision.RELEASED, "alice")

            assert await gives(scene, "yes", "bob") == ""

    @pytest.mark.parametrize("decision", Decision)
    async def test_only_those_named_decide(self, decision: Decision) -> None:
        async with await held() as scene:
            with pytest.raises(NotAllowed, match="may release or deny"):
                await decides(scene, decision, "charlie", "x")

    async def test_whoever_covers_for_one_of_them_decides(self) -> None:
        async with await held() as scene:
            await scene.do(
                handle_absence.enter, person="alice", stand_in="charlie", until=None, by="alice"
            )
            await decides(scene, Decision.RELEASED, "charlie")

            assert await gives(scene, "yes", "bob") == ""

    async def test_a_rule_names_what_triggered_it_and_who_releases(self) -> None:
        rule = Reason(
            why="it may be paid twice",
            by=None,
            trigger="the outcome of a payment is unknown",
            may_decide=("data-owner",),
        )
        async with await held(rule) as scene:
            with pytest.raises(NotAllowed, match="Only ‹p:data-owner›"):
                await decides(scene, Decision.RELEASED, "alice")
            await decides(scene, Decision.RELEASED, "data-owner")

            entry = next(entry for entry in await scene.timeline() if entry.kind == "held")
            assert entry.text.startswith("A rule held")
            assert "the outcome of a payment is unknown" in entry.text

    async def test_a_denial_without_a_reason_is_refused(self) -> None:
        async with await held() as scene:
            with pytest.raises(Refused, match="Say why"):
                await decides(scene, Decision.DENIED, "alice")

    async def test_held_twice_the_second_person_reads_that_it_is(self) -> None:
        async with await held() as scene:
            with pytest.raises(Refused, match="has to wait: the vendor calls back"):
                await scene.do(gates.hold, 1, step="erp", title="x", why="y", by="alice")

    async def test_without_a_reason_or_after_the_end_nothing_is_held(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Invalid, match="what it has to wait for"):
                await scene.do(gates.hold, 1, step="erp", title="x", why=" ", by="bob")
            await scene.do(respond.resolve, 1, "bob", "restarted")
            with pytest.raises(Refused, match="is closed"):
                await scene.do(gates.hold, 1, step="erp", title="x", why="y", by="bob")
            with pytest.raises(NotFound, match="Nothing is held"):
                await decides(scene, Decision.RELEASED, "alice")

    async def test_the_step_shows_its_hold(self) -> None:
        async with await held() as scene:
            view = await scene.do(views.incident_view, 1)

            assert view.steps[0].hold is not None
            assert view.steps[0].hold.blocks


class TestTwoOnOneStep:
    async def test_the_second_is_told_who_answered_and_when(self) -> None:
        async with await broken() as scene:
            first = await gives(scene, "yes", "bob")
            moment = scene.now
            scene.later(HOUR)
            told = await gives(scene, "no", "manager")

            assert first == ""
            assert f"‹p:bob› answered “Yes” on “Is the ERP up?” ‹t:{moment.isoformat()}›" in told

    async def test_what_the_second_would_have_answered_is_kept_and_the_first_stands(self) -> None:
        async with await broken() as scene:
            await gives(scene, "yes", "bob")
            await gives(scene, "no", "manager")

            view = await scene.do(views.incident_view, 1)
            last = (await scene.timeline())[-1]

            assert view.steps[0].done.given.by == "bob"
            assert last.text == "‹p:manager› would have answered “No” on “Is the ERP up?”."
            assert last.by == "manager"

    async def test_the_same_answer_is_said_to_be_the_same(self) -> None:
        async with await broken() as scene:
            await gives(scene, "yes", "bob")
            lines = len(await scene.timeline())

            told = await gives(scene, "yes", "manager")

            assert told.endswith("So would you; nothing was changed.")
            assert len(await scene.timeline()) == lines

    async def test_ones_own_second_click_says_nothing(self) -> None:
        async with await broken() as scene:
            await gives(scene, "yes", "bob")

            assert await gives(scene, "yes", "bob") == ""
