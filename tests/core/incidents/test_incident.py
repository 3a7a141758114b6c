"""The table of an incident's life: every pair of state and event is in it or refused."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents import incident as machine
from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.incident import LIVE, TRANSITIONS, Event, Incident, State
from bot.core.incidents.review import CauseClass
from bot.core.people.denial import Denial
from bot.language.errors import Refused
from tests.builders import HOUR, MINUTE, NOW, an_incident
from tests.incident_diagram import diagram

LATER = NOW + 10 * MINUTE
DUE = NOW + 4 * HOUR


def handed_over(incident: Incident) -> Incident:
    return machine.hand_over(
        incident, lane=Lane.VENDOR, by="bob", due_at=DUE, ticket="T-1", now=LATER
    )


WRONG = (Denial(connection="orders", by="data-owner", why="half is missing", at=LATER),)
ACTS: Mapping[Event, Callable[[Incident], Incident]] = {
    Event.ACKNOWLEDGE: lambda it: machine.acknowledge(it, by="bob", now=LATER),
    Event.EXPIRE: lambda it: machine.expire_lease(it, now=LATER),
    Event.HAND_OVER: handed_over,
    Event.RECOVER: lambda it: machine.recover(it, approvers=("data-owner",), now=LATER),
    Event.RELAPSE: lambda it: relapsing.relapse(replace(it, holder=None), now=LATER),
    Event.GO_ON: lambda it: relapsing.relapse(replace(it, holder="bob"), now=LATER),
    Event.CONFIRM_DATA: lambda it: machine.confirm_data(
        replace(it, asked=True, awaiting=("data-owner",)),
        by="data-owner",
        for_all=False,
        now=LATER,
    ),
    Event.REJECT_DATA: lambda it: relapsing.reject_data(replace(it, asked=True), WRONG, now=LATER),
    Event.RESOLVE: lambda it: machine.resolve(it, by="bob", how="restarted", now=LATER),
    Event.MERGE: lambda it: merge_and_reopen.merge(it, into=7),
    Event.SPLIT: lambda it: merge_and_reopen.split(it, now=LATER),
    Event.REOPEN: lambda it: merge_and_reopen.reopen(it, seen_failing=True, now=LATER),
    Event.REVIEW: lambda it: merge_and_reopen.review(
        it, by="bob", cause=CauseClass.DATA, helped="a restart", follow_ups="", now=LATER
    ),
}

STORIES: Mapping[State, tuple[Event, ...]] = {
    State.OPEN: (),
    State.ACKNOWLEDGED: (Event.ACKNOWLEDGE,),
    State.HANDED_OVER: (Event.HAND_OVER,),
    State.VERIFYING: (Event.RECOVER,),
    State.RESOLVED: (Event.RESOLVE,),
    State.REVIEWED: (Event.RESOLVE, Event.REVIEW),
    State.MERGED: (Event.MERGE,),
}


def in_state(state: State) -> Incident:
    """An incident that came there by its own acts."""
    incident = an_incident()
    for event in STORIES[state]:
        incident = ACTS[event](incident)
    return incident


TABLE = [
    # given, when, expected; whatever is not here is refused
    (State.OPEN, Event.ACKNOWLEDGE, State.ACKNOWLEDGED),
    (State.OPEN, Event.HAND_OVER, State.HANDED_OVER),
    (State.OPEN, Event.RECOVER, State.VERIFYING),
    (State.OPEN, Event.RESOLVE, State.RESOLVED),
    (State.ACKNOWLEDGED, Event.ACKNOWLEDGE, State.ACKNOWLEDGED),
    (State.ACKNOWLEDGED, Event.EXPIRE, State.OPEN),
    (State.ACKNOWLEDGED, Event.HAND_OVER, State.HANDED_OVER),
    (State.ACKNOWLEDGED, Event.RECOVER, State.VERIFYING),
    (State.ACKNOWLEDGED, Event.RESOLVE, State.RESOLVED),
    (State.HANDED_OVER, Event.ACKNOWLEDGE, State.ACKNOWLEDGED),
    (State.HANDED_OVER, Event.HAND_OVER, State.HANDED_OVER),
    (State.HANDED_OVER, Event.RECOVER, State.VERIFYING),
    (State.HANDED_OVER, Event.RESOLVE, State.RESOLVED),
    # Where the data of what runs was asked about.
    (State.OPEN, Event.CONFIRM_DATA, State.RESOLVED),
    (State.OPEN, Event.REJECT_DATA, State.OPEN),
    (State.ACKNOWLEDGED, Event.CONFIRM_DATA, State.RESOLVED),
    (State.ACKNOWLEDGED, Event.REJECT_DATA, State.ACKNOWLEDGED),
    (State.HANDED_OVER, Event.CONFIRM_DATA, State.RESOLVED),
    (State.HANDED_OVER, Event.REJECT_DATA, State.HANDED_OVER),
    (State.VERIFYING, Event.ACKNOWLEDGE, State.VERIFYING),
    (State.VERIFYING, Event.RELAPSE, State.OPEN),
    (State.VERIFYING, Event.GO_ON, State.ACKNOWLEDGED),
    (State.VERIFYING, Event.CONFIRM_DATA, State.RESOLVED),
    (State.VERIFYING, Event.REJECT_DATA, State.OPEN),
    (State.VERIFYING, Event.RESOLVE, State.RESOLVED),
    *((state, Event.MERGE, State.MERGED) for state in sorted(LIVE)),
    (State.MERGED, Event.SPLIT, State.OPEN),
    (State.RESOLVED, Event.REVIEW, State.REVIEWED),
    (State.RESOLVED, Event.CONFIRM_DATA, State.RESOLVED),
    (State.REVIEWED, Event.CONFIRM_DATA, State.REVIEWED),
    (State.RESOLVED, Event.REOPEN, State.OPEN),
    (State.REVIEWED, Event.REOPEN, State.OPEN),
]
EXPECTED = {(given, event): after for given, event, after in TABLE}


@pytest.mark.parametrize(
    ("given", "event"), [*itertools.product(State, ACTS)], ids=lambda value: value.replace(" ", "_")
)
def test_every_pair_moves_as_the_table_says_or_is_refused(given: State, event: Event) -> None:
    before = in_state(given)
    expected = EXPECTED.get((given, event))

    if expected is None:
        with pytest.raises(Refused, match=f"Cannot {event} INC-1: .* Nothing was changed"):
            ACTS[event](before)
    else:
        assert ACTS[event](before).state is expected


def test_the_published_table_holds_nothing_that_is_untold_here() -> None:
    published = {
        (given, event): after for given, row in TRANSITIONS.items() for event, after in row.items()
    }

    assert published == EXPECTED


def test_every_state_has_a_row_and_can_be_reached_from_open() -> None:
    reached, fresh = {State.OPEN}, {State.OPEN}

    while fresh:
        fresh = {after for state in fresh for after in TRANSITIONS[state].values()} - reached
        reached |= fresh

    assert reached == set(State)
    assert set(TRANSITIONS) == set(State)


def test_every_live_state_can_end_and_an_ended_one_lives_again_only_from_the_start() -> None:
    ended = set(State) - LIVE

    for state in LIVE:
        assert ended & set(TRANSITIONS[state].values())
    for state in ended:
        assert LIVE & set(TRANSITIONS[state].values()) == {State.OPEN}


@pytest.mark.parametrize(("given", "event", "expected"), TABLE)
def test_every_live_state_has_a_next_deadline_of_its_own_and_no_other(
    given: State, event: Event, expected: State
) -> None:
    after = ACTS[event](in_state(given))

    deadlines = {
        "escalate_at": after.escalate_at,
        "lease_until": after.lease_until,
        "remind_at": after.remind_at,
    }
    kept = {
        State.OPEN: {"escalate_at"},
        State.ACKNOWLEDGED: {"lease_until", "remind_at"},
        State.HANDED_OVER: {"remind_at"},
        State.VERIFYING: {"remind_at"},
    }
    assert {name for name, at in deadlines.items() if at} == kept.get(expected, set())


def test_the_first_acknowledgement_is_remembered_through_a_takeover() -> None:
    mine = machine.acknowledge(an_incident(), by="bob", now=NOW)

    theirs = machine.acknowledge(mine, by="charlie", now=LATER)

    assert (theirs.holder, theirs.acknowledged_at) == ("charlie", NOW)
    assert theirs.lease_until == LATER + HOUR


def test_the_holder_is_asked_when_four_fifths_of_the_lease_have_passed() -> None:
    mine = machine.acknowledge(an_incident(), by="bob", now=NOW)

    assert mine.remind_at == NOW + 48 * MINUTE
    assert mine.lease_until == NOW + 60 * MINUTE


def test_without_a_contract_the_holder_is_reminded_after_a_lease() -> None:
    after = machine.hand_over(
        an_incident(), lane=Lane.IT, by="bob", due_at=None, ticket="", now=NOW
    )

    assert after.counterparty_due_at is None
    assert after.remind_at == NOW + HOUR


def test_taking_it_back_stops_the_counter_partys_clock() -> None:
    back = machine.acknowledge(handed_over(an_incident()), by="bob", now=LATER)

    assert back.counterparty_due_at is None
    assert back.counterparty_ticket == "T-1"


def test_a_lapse_goes_on_up_the_ladder() -> None:
    held = machine.acknowledge(an_incident(rung=1), by="bob", now=NOW)

    expired = machine.expire_lease(held, now=LATER)

    assert (expired.rung, expired.holder, expired.escalate_at) == (1, None, LATER)


def recovered(incident: Incident) -> Incident:
    return machine.recover(incident, approvers=(), now=NOW)


def test_a_relapse_goes_on_up_the_ladder_with_the_time_that_has_passed() -> None:
    waiting = recovered(an_incident(rung=1, escalate_at=NOW + 15 * MINUTE))

    soon = relapsing.relapse(waiting, now=NOW + 10 * MINUTE)
    late = relapsing.relapse(waiting, now=NOW + 20 * MINUTE)

    assert (soon.state, soon.rung, soon.escalate_at) == (State.OPEN, 1, NOW + 15 * MINUTE)
    assert (late.state, late.rung, late.escalate_at) == (State.OPEN, 1, NOW + 20 * MINUTE)
    assert soon.recovered_at is None


def test_after_hours_on_good_ground_the_ladder_begins_anew() -> None:
    relapsed = relapsing.relapse(recovered(an_incident(rung=1)), now=NOW + 4 * HOUR)

    assert (relapsed.rung, relapsed.escalate_at) == (-1, NOW + 4 * HOUR)


def test_whoever_has_it_keeps_it_through_a_relapse_and_the_lease_goes_on() -> None:
    held = recovered(machine.acknowledge(an_incident(), by="bob", now=NOW))

    soon = relapsing.relapse(held, now=LATER)
    late = relapsing.relapse(held, now=NOW + 55 * MINUTE)

    assert (soon.state, soon.holder) == (State.ACKNOWLEDGED, "bob")
    assert (soon.lease_until, soon.remind_at) == (NOW + HOUR, NOW + 48 * MINUTE)
    assert (late.lease_until, late.remind_at) == (NOW + 67 * MINUTE, NOW + 55 * MINUTE)


def test_whoever_took_it_while_it_ran_has_a_whole_lease_after_the_relapse() -> None:
    taken = machine.acknowledge(recovered(an_incident()), by="bob", now=NOW)

    assert relapsing.relapse(taken, now=LATER).lease_until == NOW + HOUR


def test_only_what_the_checks_saw_failing_can_be_seen_to_recover() -> None:
    runs = recovered(an_incident())

    assert an_incident().seen_failing
    assert not runs.seen_failing
    assert relapsing.relapse(runs, now=LATER).seen_failing
    assert not relapsing.reject_data(runs, WRONG, now=LATER).seen_failing


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER])
def test_nobody_speaks_of_data_that_was_not_asked_about(state: State) -> None:
    with pytest.raises(Refused, match="Cannot confirm data"):
        machine.confirm_data(in_state(state), by="data-owner", for_all=True, now=LATER)
    with pytest.raises(Refused, match="Cannot reject data"):
        relapsing.reject_data(in_state(state), WRONG, now=LATER)


def test_of_each_connection_the_last_word_on_its_data_counts() -> None:
    runs = replace(recovered(an_incident(name="Orders")), confirmed=("orders", "stock"))
    other = replace(WRONG[0], connection="stock", why="it came twice")

    wrong = relapsing.reject_data(runs, WRONG, now=LATER)
    both = relapsing.reject_data(wrong, (other,), now=LATER)
    fails = relapsing.fails_itself(replace(both, confirmed=("orders", "stock")), "orders")

    assert (wrong.denied, wrong.confirmed) == (WRONG, ("stock",))
    assert (both.denied, both.confirmed) == ((*WRONG, other), ())
    assert (fails.denied, fails.confirmed) == (both.denied, ("stock",))
    assert wrong.headline == "the data of Orders is wrong"


def test_the_last_missing_word_on_the_data_closes_it() -> None:
    waiting = machine.recover(an_incident(), approvers=("alice", "data-owner"), now=NOW)

    once = machine.confirm_data(waiting, by="alice", for_all=False, now=LATER)
    again = machine.confirm_data(once, by="alice", for_all=False, now=LATER)
    both = machine.confirm_data(once, by="data-owner", for_all=False, now=LATER)

    assert (once.state, once.awaiting) == (State.VERIFYING, ("data-owner",))
    assert again == once
    assert both.state is State.RESOLVED


def test_one_may_speak_for_everybody() -> None:
    waiting = machine.recover(an_incident(), approvers=("alice", "data-owner"), now=NOW)

    after = machine.confirm_data(waiting, by="architect", for_all=True, now=LATER)

    assert (after.state, after.data_confirmed_by) == (State.RESOLVED, "architect")


def test_the_diagram_names_every_transition() -> None:
    drawn = diagram()

    assert drawn.startswith("stateDiagram-v2\n    [*] --> open\n")
    for state, row in TRANSITIONS.items():
        for event, after in row.items():
            assert f"    {state} --> {after}: {event}" in drawn
    assert "    reviewed --> [*]" in drawn


def test_an_incident_of_no_lease_at_all_still_has_deadlines_in_order() -> None:
    held = machine.acknowledge(an_incident(lease=timedelta(seconds=1)), by="bob", now=NOW)

    assert held.remind_at is not None
    assert held.lease_until is not None
    assert NOW < held.remind_at < held.lease_until
