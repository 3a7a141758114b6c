"""A form takes no more than is kept: what somebody wrote is never cut without a word."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.approval import Approval
from bot.core.catalogue import Lane, Layer
from bot.core.changes import ChangeKind, ChangeRequest
from bot.core.errors import Invalid, NotAllowed
from bot.core.health import Verdict
from bot.core.hold import Hold
from bot.core.releases import Release, Trial
from bot.core.step_kinds import LONGEST_VALUE, Field, FieldKind, filled
from bot.core.teaching import Proposal
from bot.flows import answers, lanes, responses, teaching
from bot.flows.ending import LooseEnds
from bot.slack import change_views, home, lane_views, views
from bot.slack.blocks import (
    declaring,
    drill,
    held_steps,
    holds,
    lessons,
    second_life_views,
    steps,
)
from bot.slack.blocks.changes import Draft
from bot.slack.ids import Modal
from bot.slack.submissions import submitted
from bot.slack.text import Face
from tests.builders import DAY, NOW, a_connection, an_estate, an_incident
from tests.flows.scene import Scene
from tests.flows.test_permissions import LESSON
from tests.slack.conftest import Bench
from tests.slack.test_desk import desk_at

ONE = an_incident()
CHANGE = ChangeRequest(
    id=1,
    connection="orders",
    kind=ChangeKind.NORMAL,
    what="a key",
    why="old",
    by="alice",
    proposed_at=NOW,
    at=NOW + DAY,
)
LONG = "x" * 5000
DRAFT = Draft(connection="orders", name="Orders", at=NOW, what=LONG, impact=LONG)
PROPOSAL = Proposal(id=1, incident=1, lesson=LESSON, by="alice", at=NOW, asked="bob")
HOLD = Hold(
    id=1,
    incident=1,
    step="erp",
    title="Is it up?",
    why="x",
    by="bob",
    trigger="bob",
    at=NOW,
    may_release=("alice",),
)
APPROVAL = Approval(
    incident=1,
    subject="step:generic:erp",
    title="Send again",
    layer=Layer.FUNCTIONAL,
    owner="alice",
    terms="",
    asked_at=NOW,
)
RELEASE = Release(system="erp", version="26", at=NOW)
FORMS = {
    "declare": declaring.declare([a_connection()]),
    "propose a change": change_views.propose(DRAFT),
    "reject a change": change_views.reject(CHANGE),
    "ask about a change": change_views.ask(CHANGE),
    "answer about a change": change_views.answer(CHANGE, "bob"),
    "document a change": change_views.document(CHANGE),
    "close a change": change_views.close(CHANGE),
    "trial of a release": change_views.trial(RELEASE, "Orders", Trial.PROBLEM, "x"),
    "teach": lessons.teach(teaching.Draft(incident=ONE, signature="x", fix="", known=None)),
    "edit an entry": lessons.edit(PROPOSAL),
    "reject an entry": lessons.reject(PROPOSAL),
    "allow a step": held_steps.ruling(APPROVAL, approve=True),
    "deny a step": held_steps.ruling(APPROVAL, approve=False),
    "release a hold": holds.release(HOLD),
    "deny a hold": holds.deny(HOLD),
    "hand over": views.hand_over(ONE, [(Lane.VENDOR, an_estate().parties["vendor"])]),
    "resolve": views.resolve(ONE, LooseEnds(), Face(catalogue=an_estate())),
    "reject data": views.reject_data(ONE),
    "note": views.note(ONE),
    "lane": views.lane(ONE),
    "skip": views.skip(1, "step", "A step"),
    "ticket": lane_views.ticket(ONE),
    "joint call": lane_views.joint_held(ONE),
    "review": lane_views.review(ONE),
    "reopen": second_life_views.reopen(ONE),
    "end of a drill": drill.end(ONE),
    "hold": holds.hold(1, "step", "A step"),
}


# Nothing is written in these.
WORDLESS = {Modal.TIMELINE, Modal.RUNBOOK, Modal.MERGE, Modal.SPLIT, Modal.SUCCESSOR, Modal.ROTATED}


def test_every_form_in_which_something_is_written_is_looked_at() -> None:
    assert {form["callback_id"] for form in FORMS.values()} == set(Modal) - WORDLESS


def texts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "plain_text_input":
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_text_of_a_form_is_bounded(form: str) -> None:
    found = list(texts(FORMS[form]))
    assert found
    assert [one["action_id"] for one in found if not one.get("max_length")] == []
    assert all(len(one.get("initial_value", "")) <= one["max_length"] for one in found)


@pytest.mark.anyio
@pytest.mark.parametrize("form", sorted(FORMS))
async def test_a_text_longer_than_is_kept_is_refused_at_its_field(bench: Bench, form: str) -> None:
    view, refused = FORMS[form], []

    async def ack(**answer: Any) -> None:
        refused.append(answer)

    fields = [b for b in view["blocks"] if b["type"] == "input" and list(texts(b))]
    most = {b["block_id"]: b["element"]["max_length"] for b in fields}
    values = {name: {"x": {"value": "y" * (size + 1)}} for name, size in most.items()}
    await submitted(desk_at(bench), ack, {"view": {**view, "state": {"values": values}}})

    assert refused == [
        {
            "response_action": "errors",
            "errors": {
                name: f"At most {size:,} characters are kept, and these are {size + 1:,}."
                for name, size in most.items()
            },
        }
    ]


def test_what_is_filled_in_at_a_step_is_bounded_and_refused_by_name() -> None:
    kinds = [Field(id=kind, label=kind.title(), kind=kind, required=False) for kind in FieldKind]
    drawn = [steps.field_input("step", item) for item in kinds]
    given = {item.id: "7" * (LONGEST_VALUE + 1) for item in kinds}

    _, wrong = filled(kinds, given)

    assert {one["max_length"] for one in texts(drawn)} == {LONGEST_VALUE}
    assert [item.label in said for item, said in zip(kinds, wrong, strict=True)] == [True] * len(
        kinds
    )


@pytest.mark.anyio
async def test_a_ticket_number_that_is_too_long_is_refused_and_not_cut() -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.does(responses.hand_over, 1, Lane.VENDOR, "bob")

        with pytest.raises(Invalid, match="at most 80 characters"):
            await scene.does(lanes.give_ticket, 1, "7" * 400, "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
async def test_a_ticket_of_what_was_taken_back_is_refused() -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.does(responses.hand_over, 1, Lane.VENDOR, "bob")
        await scene.does(responses.acknowledge, 1, "bob")

        with pytest.raises(NotAllowed, match="INC-1 is not with a counter-party"):
            await scene.does(lanes.give_ticket, 1, "88123", "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
@pytest.mark.parametrize("declares", [True, False])
async def test_the_home_of_who_may_only_look_offers_no_declaring(declares: bool) -> None:
    async with await Scene.open(an_estate()) as scene:
        mine = await scene.does(answers.mine, "stranger")
        status = await scene.does(answers.status)
        face = Face(catalogue=scene.knowledge.catalogue)

        shown = str(home.home(mine, status, face, declares=declares))

        assert ("Declare an incident" in shown) is declares
