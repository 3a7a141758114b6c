"""A form takes no more than is kept: what somebody wrote is never cut without a word."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.core.changes.change_request import ChangeKind, ChangeRequest
from bot.core.estate.history import Release, ReleaseTrial
from bot.core.estate.lane import Lane, Layer
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.evidence_packet import EvidencePacket
from bot.core.monitoring.rules import Verdict
from bot.core.runbooks.gate import Gate, GateKind
from bot.core.runbooks.step_kinds import LONGEST_VALUE, Field, FieldKind, filled
from bot.core.triage.lesson import Proposal
from bot.flows import estate_views
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.end import LooseEnds
from bot.flows.triage import lessons as teaching
from bot.language.errors import Invalid, NotAllowed
from bot.slack import home
from bot.slack.changes import forms
from bot.slack.changes.words import ChangeDraft
from bot.slack.forms.form import FORMS as EVERY
from bot.slack.forms.sending import submitted
from bot.slack.governance import forms as governance
from bot.slack.incidents import counterparty as of_parties
from bot.slack.incidents import forms as of_incidents
from bot.slack.incidents import merge_and_reopen as merging
from bot.slack.incidents.declare import Declare
from bot.slack.runbooks import forms as steps
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.slack.triage import forms as lessons
from tests.builders import DAY, NOW, a_connection, a_runbook, an_estate, an_incident
from tests.flows.people.test_permissions import LESSON
from tests.flows.scene import Scene
from tests.shipped import shipped_playbook
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

ONE, WRITER = an_incident(), Writer(catalogue=an_estate())
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
DRAFT = ChangeDraft(connection="orders", name="Orders", at=NOW, what=LONG, impact=LONG)
PROPOSAL = Proposal(id=1, incident=1, lesson=LESSON, by="alice", at=NOW, asked="bob")
HOLD = Gate(
    id=1,
    incident=1,
    kind=GateKind.HOLD,
    subject="erp",
    title="Is it up?",
    why="x",
    trigger="bob",
    asked_by="bob",
    asked_at=NOW,
    may_decide=("alice",),
)
APPROVAL = Gate(
    incident=1,
    kind=GateKind.APPROVAL,
    subject="step:generic:erp",
    title="Send again",
    why="",
    layer=Layer.FUNCTIONAL,
    may_decide=("alice",),
    asked_at=NOW,
)
RELEASE = Release(system="erp", version="26", at=NOW)
FORMS = {
    "declare": Declare.shown([a_connection()]),
    "propose a change": forms.Propose.shown(DRAFT),
    "reject a change": forms.Reject.shown(CHANGE),
    "ask about a change": forms.Ask.shown(CHANGE),
    "answer about a change": forms.AnswerForm.shown(CHANGE, "bob"),
    "document a change": forms.DocumentForm.shown(CHANGE),
    "close a change": forms.CloseForm.shown(CHANGE),
    "trial of a release": forms.Trial.shown(RELEASE, "Orders", ReleaseTrial.PROBLEM, "x"),
    "teach": lessons.Teach.shown(
        teaching.LessonDraft(incident=ONE, signature="x", fix="", known=None)
    ),
    "edit an entry": lessons.EditLesson.shown(PROPOSAL),
    "reject an entry": lessons.RejectLesson.shown(PROPOSAL),
    "allow a step": steps.Approve.shown(APPROVAL),
    "deny a step": steps.Deny.shown(APPROVAL),
    "release a hold": steps.ReleaseForm.shown(HOLD),
    "deny a hold": steps.DenyHold.shown(HOLD),
    "hand over": of_incidents.HandOver.shown(ONE, [(Lane.VENDOR, an_estate().parties["vendor"])]),
    "resolve": of_incidents.Resolve.shown(ONE, LooseEnds(), WRITER),
    "reject data": of_incidents.RejectData.shown(ONE),
    "note": of_incidents.NoteForm.shown(ONE),
    "lane": of_incidents.ChangeLane.shown(ONE),
    "skip": steps.Skip.shown(1, "step", "A step"),
    "ticket": of_parties.Ticket.shown(ONE),
    "joint call": of_parties.JointHeld.shown(ONE),
    "review": of_parties.Review.shown(ONE),
    "reopen": merging.Reopen.shown(ONE),
    "end of a drill": steps.EndDrill.shown(ONE),
    "hold": steps.HoldForm.shown(1, "step", "A step"),
}

ANOTHER = replace(ONE, id=2, title="Stock")
TAKEN = replace(ONE, lane=Lane.VENDOR, layer=Layer.TECHNICAL, counterparty_ticket="88123")
VENDOR, STOCK = an_estate().parties["vendor"], a_connection(id="stock", name="Stock")
SPEAKS_AGAINST = LooseEnds(mark="a1", failing=("orders fail",), data=("‹p:bob› has not said yet",))
FILLED_IN = ChangeDraft(
    connection="orders",
    name="Orders & more",
    at=NOW,
    touches=(("stock", "Stock"), ("bank", "Bank")),
    touched=("bank",),
    notify=("U0BOB",),
    what="a key",
    emergency=True,
    unannounced=3,
)
KNOWN = shipped_playbook().entries[0]
# What is only shown or chosen, and forms that are filled in or that the record shapes.
SHOWN = {
    "timeline": of_incidents.shown_timeline(
        ONE, [TimelineEntry(at=NOW, kind="note", text="seen", by="bob")], WRITER
    ),
    "packet": of_parties.shown_packet(ONE, EvidencePacket(subject="S", body="B")),
    "more": merging.shown_more(ONE, (of_incidents.UseRunbook, merging.Merge, merging.SplitForm)),
    "merge": merging.Merge.shown(ONE, [ANOTHER]),
    "merge into nothing": merging.Merge.shown(ONE, []),
    "split": merging.SplitForm.shown(ONE, {"stock": "Stock"}),
    "split nothing off": merging.SplitForm.shown(ONE, {}),
    "use another runbook": of_incidents.UseRunbook.shown(ONE, [a_runbook()]),
    "successor": governance.Successor.shown(7, "Orders", "technical"),
    "rotated": governance.Rotated.shown("orders/key", "The key"),
    "resolve all the same": of_incidents.Resolve.shown(ONE, SPEAKS_AGAINST, WRITER),
    "resolve unconfirmed": of_incidents.Resolve.shown(
        ONE, replace(SPEAKS_AGAINST, failing=()), WRITER
    ),
    "reject data of one": of_incidents.RejectData.shown(ONE, [STOCK]),
    "reject data of several": of_incidents.RejectData.shown(ONE, [a_connection(), STOCK]),
    "hand over to whom it is suggested": of_incidents.HandOver.shown(
        TAKEN, [(Lane.IT, VENDOR), (Lane.VENDOR, VENDOR)]
    ),
    "hand over to another": of_incidents.HandOver.shown(
        TAKEN, [(Lane.IT, VENDOR), (Lane.VENDOR, VENDOR)], Lane.IT
    ),
    "hand over to nobody": of_incidents.HandOver.shown(ONE, ()),
    "declare one": Declare.shown([a_connection(), STOCK], "stock", NOW),
    "propose what is filled in": forms.Propose.shown(FILLED_IN),
    "not tested": forms.Trial.shown(RELEASE, "Orders", ReleaseTrial.NOT_TESTED, "x"),
    "teach what is filled in": lessons.Teach.shown(
        teaching.LessonDraft(incident=TAKEN, signature="x", fix="y", known=None)
    ),
    "teach what is known": lessons.Teach.shown(
        teaching.LessonDraft(incident=ONE, signature="x", fix="", known=KNOWN)
    ),
    "ticket again": of_parties.Ticket.shown(TAKEN),
    "reopen as asked": merging.Reopen.shown(ONE, "orders are missing"),
    "lane again": of_incidents.ChangeLane.shown(TAKEN),
}


# Nothing is written in these.
WORDLESS = {
    *("modal:timeline", "modal:runbook", "modal:merge", "modal:split", "modal:successor"),
    "modal:rotated",
}


def test_every_form_in_which_something_is_written_is_looked_at() -> None:
    assert {form["callback_id"] for form in FORMS.values()} == set(EVERY) - WORDLESS


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
    await submitted(handler_at(bench), ack, {"view": {**view, "state": {"values": values}}})

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
    drawn = [step_posts.field_input("step", item) for item in kinds]
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
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")

        with pytest.raises(Invalid, match="at most 80 characters"):
            await scene.do(counterparty.give_ticket, 1, "7" * 400, "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
async def test_a_ticket_of_what_was_taken_back_is_refused() -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
        await scene.do(respond.acknowledge, 1, "bob")

        with pytest.raises(NotAllowed, match="INC-1 is not with a counter-party"):
            await scene.do(counterparty.give_ticket, 1, "88123", "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
@pytest.mark.parametrize("declares", [True, False])
async def test_the_home_of_who_may_only_look_offers_no_declaring(declares: bool) -> None:
    async with await Scene.open(an_estate()) as scene:
        mine = await scene.do(estate_views.mine, "stranger")
        status = await scene.do(estate_views.status)
        writer = Writer(catalogue=scene.knowledge.catalogue)

        shown = str(home.home(mine, status, writer, declares=declares))

        assert ("Declare an incident" in shown) is declares
