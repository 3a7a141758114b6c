"""A change's life as a table, whose approval it takes, and when a release is told of."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.changes import change_request
from bot.core.changes.approvers import LAYERS, approvals_for
from bot.core.changes.change_request import (
    OPEN,
    TRANSITIONS,
    ChangeEvent,
    ChangeKind,
    ChangeRequest,
    ChangeResult,
    ChangeState,
    follow,
)
from bot.core.changes.release import ReleaseWatch, due_stage
from bot.core.estate.catalogue import Owners
from bot.core.estate.description import About, Roles
from bot.core.estate.history import Release, ReleaseStage, Reminders
from bot.core.people.presence import ALL_PRESENT, Presence
from bot.language.errors import Invalid, NotAllowed, Refused
from tests.builders import DAY, HOUR, NOW, a_connection, an_estate

WITHIN = timedelta(days=3)


def a_request(**changes: Any) -> ChangeRequest:
    request = ChangeRequest(
        id=7,
        connection="orders",
        kind=ChangeKind.NORMAL,
        what="Map the new tax code",
        why="Sales to Norway begin",
        by="bob",
        proposed_at=NOW,
        at=NOW + DAY,
        rollback="Take the mapping out again",
    )
    return replace(request, **changes)


def asked(request: ChangeRequest, there: Presence = ALL_PRESENT, **connection: Any) -> list[str]:
    item = a_connection(**connection)
    found = approvals_for(request, item, an_estate(item), there)
    return [f"{one.layer}: {one.person}" for one in found]


@pytest.mark.parametrize("state", list(ChangeState))
@pytest.mark.parametrize("event", list(ChangeEvent))
def test_every_pair_of_state_and_event_is_listed_or_refused_with_its_reason(
    state: ChangeState, event: ChangeEvent
) -> None:
    request = a_request(state=state)

    if event in TRANSITIONS[state]:
        assert follow(request, event) is TRANSITIONS[state][event]
    else:
        with pytest.raises(Refused, match=r"CHG-7.*Nothing was changed"):
            follow(request, event)


def test_what_is_not_documented_cannot_be_closed() -> None:
    done = a_request(state=ChangeState.IMPLEMENTED)

    with pytest.raises(Refused, match="not documented yet"):
        change_request.close(done, by="bob", result=ChangeResult.WORKED, note="", now=NOW)


def test_a_proposal_without_a_way_back_a_reason_or_a_moment_to_come_is_refused() -> None:
    for wrong in (
        a_request(rollback=" "),
        a_request(why=""),
        a_request(at=NOW - 2 * HOUR),
        a_request(kind=ChangeKind.EMERGENCY, at=NOW + HOUR),
    ):
        with pytest.raises(Invalid):
            change_request.proposed(wrong, approve_within=WITHIN)


def test_an_emergency_is_done_first_and_its_approval_may_follow_for_some_days() -> None:
    emergency = a_request(kind=ChangeKind.EMERGENCY, at=NOW - HOUR)

    kept = change_request.proposed(emergency, approve_within=WITHIN)

    change = kept.as_change()
    assert kept.state is ChangeState.DONE_FIRST
    assert change is not None
    assert (change.at, change.approved_by) == (NOW - HOUR, None)
    assert not change.unapproved(NOW + 2 * DAY)
    assert change.unapproved(NOW + 3 * DAY)


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_each_type_asks_the_layers_of_the_table(kind: ChangeKind) -> None:
    found = asked(a_request(kind=kind))

    assert [line.split(":")[0] for line in found] == [layer.value for layer in LAYERS[kind]]


def test_a_change_that_touches_other_connections_needs_architecture_as_well() -> None:
    found = asked(a_request(touches=("stock",)))

    assert found == ["functional: data-owner", "architecture: architect"]


def test_nobody_approves_their_own_change_while_somebody_else_is_there() -> None:
    found = asked(a_request(by="data-owner"))

    assert found == ["functional: architect"]


def test_who_is_alone_approves_their_own_and_the_record_says_so() -> None:
    alone = a_connection(owners=Owners(technical="alice", functional="alice", architecture="alice"))

    (approval,) = approvals_for(a_request(by="alice"), alone, an_estate(alone), ALL_PRESENT)

    assert approval.person == "alice"
    assert "nobody else" in approval.because


def test_a_cover_who_proposed_it_does_not_approve_for_whom_they_cover() -> None:
    there = Presence(cover={"data-owner": "bob"})

    assert asked(a_request(by="bob"), there) == ["functional: architect"]


def test_somebody_away_without_cover_is_passed_over() -> None:
    there = Presence(absent={"data-owner": "on holiday"})

    assert asked(a_request(), there) == ["functional: architect"]


def test_the_approver_named_in_the_roles_takes_the_place_of_the_functional_owner() -> None:
    about = About(roles=Roles(approves_changes="manager"))

    assert asked(a_request(), about=about) == ["functional: manager"]


def a_waiting(**more: Any) -> ChangeRequest:
    item = a_connection()
    request = a_request(kind=ChangeKind.STRUCTURAL, **more)
    found = approvals_for(request, item, an_estate(item), ALL_PRESENT)
    return change_request.proposed(replace(request, approvals=found), approve_within=WITHIN)


def test_it_is_approved_when_no_layer_is_missing() -> None:
    first = change_request.approve(
        a_waiting(), by="data-owner", speaks_for=("data-owner",), now=NOW
    )
    second = change_request.approve(
        first, by="charlie", speaks_for=("charlie", "architect"), now=NOW
    )

    assert first.state is ChangeState.PROPOSED
    assert second.state is ChangeState.APPROVED
    assert [one.by for one in second.approvals] == ["data-owner", "charlie"]


def test_somebody_who_is_not_asked_is_told_who_is() -> None:
    with pytest.raises(NotAllowed, match=r"data-owner.*architect"):
        change_request.approve(a_waiting(), by="charlie", speaks_for=("charlie",), now=NOW)


def test_a_proposer_who_covers_for_the_approver_still_cannot_approve() -> None:
    with pytest.raises(NotAllowed):
        change_request.approve(a_waiting(), by="bob", speaks_for=("bob", "data-owner"), now=NOW)


def test_a_rejection_says_why() -> None:
    with pytest.raises(Invalid, match="why"):
        change_request.reject(
            a_waiting(), by="architect", speaks_for=("architect",), why=" ", now=NOW
        )


STEPS = st.lists(st.sampled_from(list(ChangeEvent)), max_size=12)


def take(request: ChangeRequest, event: ChangeEvent) -> ChangeRequest:
    speaks_for = ("data-owner", "architect")
    match event:
        case ChangeEvent.APPROVE:
            return change_request.approve(request, by="data-owner", speaks_for=speaks_for, now=NOW)
        case ChangeEvent.REJECT:
            return change_request.reject(
                request, by="architect", speaks_for=speaks_for, why="no", now=NOW
            )
        case ChangeEvent.WITHDRAW:
            return change_request.withdraw(request, by="bob", now=NOW)
        case ChangeEvent.IMPLEMENT:
            return change_request.implement(request, by="bob", now=NOW)
        case ChangeEvent.DOCUMENT:
            return change_request.document(request, by="bob", where="the wiki", now=NOW)
        case ChangeEvent.CLOSE:
            result = ChangeResult.WORKED
            return change_request.close(request, by="bob", result=result, note="", now=NOW)


@given(STEPS, st.booleans())
@settings(max_examples=80)
def test_whatever_is_tried_nothing_is_done_unapproved_or_closed_undocumented(
    steps: list[ChangeEvent], emergency: bool
) -> None:
    kind = {"kind": ChangeKind.EMERGENCY, "at": NOW - HOUR} if emergency else {}
    item = a_connection()
    request = a_request(**kind)
    found = approvals_for(request, item, an_estate(item), ALL_PRESENT)
    request = change_request.proposed(replace(request, approvals=found), approve_within=WITHIN)

    for event in steps:
        try:
            request = take(request, event)
        except Refused:
            continue

    if request.state is ChangeState.CLOSED:
        assert request.documented_at is not None
        assert request.missing == ()
    if request.implemented_at is not None and not emergency:
        assert request.missing == ()
    assert (request.remind_at is None) is (request.state not in OPEN)


RELEASE = Release(system="erp", version="26", at=NOW + 30 * DAY)


def told_over(days: range, *, release: Release = RELEASE) -> list[tuple[int, ReleaseStage]]:
    watch, told = ReleaseWatch(release=release.id), []
    for day in days:
        stage, watch = due_stage(release, watch, Reminders(), NOW + day * DAY)
        if stage:
            told.append((day, stage))
    return told


def test_each_stage_of_a_release_is_told_once_on_its_day() -> None:
    assert told_over(range(60)) == [
        (9, ReleaseStage.NOTES),
        (20, ReleaseStage.SANDBOX),
        (28, ReleaseStage.FREEZE),
        (31, ReleaseStage.AFTER),
    ]


def test_of_several_stages_that_came_due_at_once_only_the_last_is_told() -> None:
    assert told_over(range(22, 60)) == [
        (22, ReleaseStage.SANDBOX),
        (28, ReleaseStage.FREEZE),
        (31, ReleaseStage.AFTER),
    ]


def test_a_release_that_came_long_ago_is_not_told_of() -> None:
    assert told_over(range(45, 60)) == []


def test_a_release_that_is_put_off_is_told_of_again_when_its_time_comes() -> None:
    watch = ReleaseWatch(release=RELEASE.id, told=(ReleaseStage.NOTES, ReleaseStage.SANDBOX))
    later = replace(RELEASE, at=RELEASE.at + 30 * DAY)

    stage, after = due_stage(later, watch, Reminders(), NOW + 25 * DAY)

    assert stage is None
    assert after.told == ()
    assert due_stage(later, after, Reminders(), NOW + 39 * DAY)[0] is ReleaseStage.NOTES
