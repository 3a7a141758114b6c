"""What is said of changes, releases and unannounced changes: valid for Slack at any size, and
harmless."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.changes.change_request import (
    ChangeApproval,
    ChangeKind,
    ChangeRequest,
    ChangeResult,
    ChangeState,
    Note,
)
from bot.core.changes.notices import (
    ChangeAnswer,
    ChangeApprovalWanted,
    ChangeNews,
    ChangeQuestion,
    ChangeStep,
    ReleaseDue,
    UnannouncedNotOurs,
    UnannouncedSeen,
)
from bot.core.changes.unannounced import AnnouncedBy, UnannouncedChange
from bot.core.estate.history import Release, ReleaseStage, ReleaseTrial, TrialVerdict
from bot.flows.changes.change_requests import ChangesView
from bot.flows.changes.releases import ReleaseLine, ReleasesView
from bot.slack.changes import forms, release_words, words
from bot.slack.changes.words import ChangeDraft
from bot.slack.kit import SlackMessage
from bot.slack.text import Writer
from tests.builders import DAY, NOW, a_connection, an_estate
from tests.core.changes.test_change_request import a_request
from tests.slack.governance.test_governance_blocks import HOSTILE, text_of
from tests.slack.test_blocks import assert_valid, assert_valid_view

LONG = HOSTILE * 8


def a_hostile_request(state: ChangeState, text: str) -> ChangeRequest:
    return a_request(
        state=state,
        what=text,
        why=text,
        impact=text,
        sandbox=text,
        rollback=text,
        documents=text,
        touches=tuple(f"c{n}" for n in range(50)),
        notify=tuple(f"p{n}" for n in range(50)),
        approvals=(ChangeApproval(layer="functional", person="alice", because=text),),
        history=tuple(Note(at=NOW, by="bob", text=text) for _ in range(30)),
        result=ChangeResult.WORKED,
        implemented_at=NOW,
    )


WANTED = ChangeApprovalWanted(
    connection="orders", change=1, reader="alice", speaks_for=("alice", "bob"), again=True
)


def all_letters(request: ChangeRequest, text: str, writer: Writer) -> tuple[SlackMessage, ...]:
    known: dict[str, Any] = {"connection": "orders", "change": 1, "reader": "alice"}
    return (
        words.wanted(WANTED, request, writer),
        words.step(ChangeStep(**known, state=request.state, again=True), request, writer),
        words.news(ChangeNews(**known, state=request.state), request, writer),
        words.question(ChangeQuestion(**known, asker="alice", question=text), request, writer),
        words.answer(ChangeAnswer(**known, by="alice", answer=text), request, writer),
    )


@pytest.mark.parametrize("state", list(ChangeState))
@pytest.mark.parametrize("text", ["", "short", LONG])
def test_every_letter_about_a_change_fits_and_pings_nobody(state: ChangeState, text: str) -> None:
    estate = an_estate(a_connection(name=text or "Orders"))
    writer, request = Writer(catalogue=estate), a_hostile_request(state, text)

    for said in all_letters(request, text, writer):
        assert_valid(said)
        assert "<!channel>" not in text_of(said)


@pytest.mark.parametrize("state", list(ChangeState))
def test_a_letter_offers_approval_only_while_it_is_undecided(state: ChangeState) -> None:
    request = a_hostile_request(state, "short")

    said = words.wanted(WANTED, request, Writer(catalogue=an_estate()))

    undecided = state in (ChangeState.PROPOSED, ChangeState.DONE_FIRST)
    assert any(block["type"] == "actions" for block in said.blocks) is undecided


@pytest.mark.parametrize("count", [0, 1, 60])
def test_the_list_of_changes_fits(count: int) -> None:
    some = tuple(
        replace(a_hostile_request(ChangeState.PROPOSED, LONG), id=n + 1) for n in range(count)
    )
    view = ChangesView(connection=None, open=some, recent=some[:8], filed=())

    said = words.listing(view, Writer(catalogue=an_estate()))

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


@pytest.mark.parametrize("known", [None, AnnouncedBy.NOT_OURS, AnnouncedBy.OURS])
def test_a_question_about_a_change_nobody_announced_fits(known: AnnouncedBy | None) -> None:
    unannounced = UnannouncedChange(
        id=3,
        connection="orders",
        at=NOW,
        what=LONG,
        source="orders/api",
        verdict=known,
        by="alice" if known else None,
        said_at=NOW if known else None,
        change=4 if known is AnnouncedBy.OURS else None,
    )
    known: dict[str, Any] = {"connection": "orders", "name": LONG, "unannounced": 3}
    writer = Writer(catalogue=an_estate())

    for said in (
        words.unannounced(UnannouncedSeen(**known, others=("bob",)), unannounced, writer),
        words.not_ours(UnannouncedNotOurs(**known, by="alice"), unannounced, writer),
    ):
        assert_valid(said)
        assert "<!channel>" not in text_of(said)


def a_release(text: str = LONG) -> Release:
    trial = TrialVerdict(
        release="erp/26",
        connection="c1",
        verdict=ReleaseTrial.PROBLEM,
        by="alice",
        at=NOW,
        note=text,
    )
    return Release(
        system="erp", version="26", at=NOW + DAY, summary=text, notes=text, trials=(trial,)
    )


@pytest.mark.parametrize("stage", list(ReleaseStage))
def test_a_reminder_of_a_release_fits_with_many_connections(stage: ReleaseStage) -> None:
    estate = an_estate(*(a_connection(id=f"c{n}", name=f"{LONG}{n}") for n in range(10)))
    told = ReleaseDue(release="erp/26", stage=stage, connections=tuple(estate.connections), more=20)

    said = release_words.due(told, a_release(), Writer(catalogue=estate))

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


@pytest.mark.parametrize("count", [0, 1, 12])
def test_the_calendar_fits(count: int) -> None:
    items = tuple(a_connection(id=f"c{n}", name=LONG) for n in range(20))
    estate = an_estate(*items)
    lines = tuple(ReleaseLine(release=a_release(), connections=items) for _ in range(count))
    view = ReleasesView(coming=lines, past=lines[:6], problems=(LONG, LONG))

    said = release_words.calendar(view, Writer(catalogue=estate))

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


@pytest.mark.parametrize("text", ["", LONG])
@pytest.mark.parametrize("count", [0, 1, 300])
def test_every_modal_about_a_change_fits(text: str, count: int) -> None:
    draft = ChangeDraft(
        connection="orders",
        name=text or "Orders",
        at=NOW,
        impact=text * 10,
        touches=tuple((f"c{n}", f"{text}{n}" or "x") for n in range(count)),
        touched=("c0", "c299"),
        what=text,
        emergency=True,
        unannounced=3,
    )
    request = a_request(what=text or "x", kind=ChangeKind.NORMAL)

    for view in (
        forms.Propose.shown(draft),
        forms.Reject.shown(request),
        forms.Ask.shown(request),
        forms.AnswerForm.shown(request, "alice"),
        forms.DocumentForm.shown(request),
        forms.CloseForm.shown(request),
        forms.Trial.shown(
            a_release(text or "x"), text or "x", ReleaseTrial.PROBLEM, "problem|c1|erp/26"
        ),
    ):
        assert_valid_view(view)
