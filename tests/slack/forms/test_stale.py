"""A form speaks of what was seen when it was opened. What somebody else did since is not written
over: the form is refused, with whose word stands and since when."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.changes.change_request import ChangeState
from bot.core.estate.lane import Lane
from bot.core.runbooks.gate import Decision
from bot.core.runbooks.runbook import Runbook, Step, StepAnswer
from bot.flows.changes import change_requests
from bot.flows.incidents import counterparty, respond
from bot.flows.runbooks import walk
from bot.language.errors import Refused
from bot.slack.changes import forms as changes
from bot.slack.forms.form import FORMS, Form, FormOfIncident
from bot.slack.ids import Action, carried, opened_at, stamped
from bot.slack.registry import ACTIONS
from tests.builders import HOUR, MINUTE, NOW, a_connection, an_estate
from tests.core.changes.test_change_request import a_request
from tests.flows import gates
from tests.flows.incidents.test_respond import broken
from tests.flows.scene import Scene
from tests.flows.triage.test_lane_stories import handed_over

pytestmark = pytest.mark.anyio

# Why a form needs no look at what others did while it stood open.
OF_THEIR_OWN = {
    "modal:resolve": "it is asked anew when what speaks against the end has changed",
    "modal:reject_data": "each judge says their own word; the table refuses one too late",
    "modal:note": "a note stands beside others",
    "modal:skip": "the first answer stands, and the second person is told whose it is",
    "modal:hold": "only the question of now can be held",
    "modal:release": "it names the hold that it showed",
    "modal:hold_deny": "it names the hold that it showed",
    "modal:deny": "the first word on an approval stands",
    "modal:approve": "the first word on an approval stands",
    "modal:declare": "what is open already is joined",
    "modal:successor": "a closed question is refused",
    "modal:timeline": "it only shows",
    "modal:review": "a second review is refused",
    "modal:reopen": "the table refuses one that is open",
    "modal:merge": "the table refuses what is merged or over",
    "modal:split": "a part that left is refused",
    "modal:rotated": "the newest date is the one that counts",
    "modal:drill_end": "a drill that is over is refused",
    "modal:teach": "a proposal stands beside others",
    "modal:lesson_edit": "the first word on a proposal stands",
    "modal:lesson_reject": "the first word on a proposal stands",
    "modal:change": "a change stands beside others",
    "modal:trial": "the newest word on a release is the one that counts",
}


def looks(form: type[Form]) -> bool:
    of_incident = form.must_be_current is FormOfIncident.must_be_current
    return bool(of_incident and form.overtaken_by) or form in OF_CHANGES


OF_CHANGES = {
    changes.Reject,
    changes.Ask,
    changes.AnswerForm,
    changes.DocumentForm,
    changes.CloseForm,
}


def test_of_every_form_it_is_known_what_it_may_not_have_seen() -> None:
    assert Action.TIMELINE in ACTIONS  # every wing is known
    looking = {name for name, form in FORMS.items() if looks(form)}
    assert sorted(FORMS) == sorted([*looking, *OF_THEIR_OWN])


def opened_then(callback: str, at: datetime) -> Form:
    """The form about number 1, as it is sent."""
    return FORMS[callback]({"view": stamped({"private_metadata": "1"}, at)})


def test_a_form_says_when_it_was_opened_and_carries_the_rest_as_it_was() -> None:
    opened = NOW + timedelta(microseconds=7)
    view = stamped({"private_metadata": "1|a@b"}, opened)

    assert opened_at({"view": view}) == opened
    assert carried({"view": view}) == "1|a@b"
    assert opened_at({"view": {"private_metadata": "1|a@b"}}) is None


async def gives_ticket(scene: Scene, by: str) -> None:
    await scene.do(counterparty.give_ticket, 1, "88123", by)


async def names_lane(scene: Scene, by: str) -> None:
    await scene.do(respond.set_lane, 1, Lane.IT, by=by, why="it was us")


async def hands_over(scene: Scene, by: str) -> None:
    await scene.do(respond.hand_over, 1, Lane.VENDOR, by)


async def agrees_in_a_call(scene: Scene, by: str) -> None:
    await scene.do(counterparty.joint_call_held, 1, "the vendor rolls back", by)


async def turns_to(scene: Scene, by: str) -> None:
    await scene.do(walk.switch, 1, runbook="generic", by=by)


Deed = Callable[[Scene, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("modal", "deed"),
    [
        ("modal:hand_over", hands_over),
        ("modal:hand_over", names_lane),
        ("modal:lane", hands_over),
        ("modal:lane", names_lane),
        ("modal:ticket", gives_ticket),
        ("modal:joint_held", agrees_in_a_call),
        ("modal:runbook", turns_to),
    ],
)
async def test_a_form_of_an_incident_does_not_write_over_another_persons_word(
    modal: str, deed: Deed
) -> None:
    async with await handed_over() as scene:
        opened = scene.now
        scene.later(MINUTE)

        async def sent(by: str) -> None:
            await scene.do(opened_then(modal, opened).must_be_current, by)

        await sent("bob")
        await deed(scene, "alice")
        await sent("alice")
        with pytest.raises(Refused, match=r"Since you opened this form: ‹p:alice› .*, at ‹t:"):
            await sent("bob")


@pytest.mark.parametrize("form", sorted(OF_CHANGES, key=lambda form: form.callback))
async def test_every_form_of_a_change_sees_what_was_said_of_it_meanwhile(
    form: type[Form],
) -> None:
    async with await Scene.open(an_estate(a_connection())) as scene:
        asked = a_request(state=ChangeState.PROPOSED)
        number = await scene.run(lambda tx: tx.add_change(asked).id)
        assert number == 1
        opened = scene.now
        scene.later(MINUTE)

        async def sent(by: str) -> None:
            await scene.do(opened_then(form.callback, opened).must_be_current, by)

        await sent("alice")
        await scene.do(change_requests.withdraw, number, "bob")
        with pytest.raises(Refused, match="Since you opened this form: ‹p:bob› withdrew it"):
            await sent("alice")


ENDS = (StepAnswer(id="no", label="No", because="x"), StepAnswer(id="so", label="So", because="y"))
TWO_STEPS = Runbook(
    id="generic",
    name="Generic",
    summary="",
    steps=(
        Step(
            id="erp",
            title="Is the ERP up?",
            ask="Is it?",
            why="",
            answers=(StepAnswer(id="yes", label="Yes", to="since"), ENDS[0]),
        ),
        Step(id="since", title="Since when?", ask="Since when?", why="", answers=ENDS),
    ),
)


async def held_by(scene: Scene, by: str, step: str = "erp") -> None:
    await scene.do(gates.hold, 1, step=step, title="Is it up?", why="they call", by=by)


async def answered_by(scene: Scene, by: str, choice: str = "yes") -> None:
    await scene.do(walk.answer, 1, step="erp", choice=choice, by=by)


async def test_a_step_that_somebody_answered_meanwhile_is_not_held() -> None:
    async with await broken() as scene:
        scene.knowledge = replace(scene.knowledge, runbooks={"generic": TWO_STEPS})
        scene.later(MINUTE)
        await answered_by(scene, "alice")

        said = r"‹p:alice› answered “Is the ERP up\?” at ‹t:[^›]*›\. Hold “Since when\?” instead\?"
        with pytest.raises(Refused, match=said):
            await held_by(scene, "bob")
        await held_by(scene, "bob", "since")


async def test_a_step_of_another_runbook_than_the_present_one_is_not_held() -> None:
    async with await broken() as scene:
        with pytest.raises(Refused, match=r"“Is it up.*” is not the question now"):
            await held_by(scene, "bob", "elsewhere")


@pytest.mark.parametrize("decision", Decision)
async def test_a_form_decides_only_about_the_hold_that_it_showed(decision: Decision) -> None:
    async with await broken() as scene:
        await held_by(scene, "bob")
        held_step = await scene.run(lambda tx: tx.held_step(1, "erp"))
        assert held_step is not None

        async def decides(decision: Decision) -> None:
            said = {"step": "erp", "by": "alice", "reason": "no", "seen": held_step.id}
            await scene.do(gates.decide_hold, 1, decision, **said)

        await decides(Decision.RELEASED)
        scene.later(HOUR)
        await held_by(scene, "bob")

        with pytest.raises(Refused, match="held for another reason by now"):
            await decides(decision)


@pytest.mark.parametrize("decision", Decision)
async def test_a_step_that_was_skipped_meanwhile_is_neither_released_nor_denied(
    decision: Decision,
) -> None:
    async with await broken() as scene:
        await held_by(scene, "bob")
        said = {"step": "erp", "by": "alice", "reason": "no"}
        await scene.do(gates.decide_hold, 1, Decision.DENIED, **said)
        skipped = {"step": "erp", "choice": "skip", "by": "bob", "note": "denied"}
        await scene.do(walk.answer, 1, **skipped)

        with pytest.raises(Refused, match=r"‹p:bob› skipped “.*Nothing waits there any more"):
            await scene.do(gates.decide_hold, 1, decision, **said)
