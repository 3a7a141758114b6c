"""Since when somebody has an incident is since they took it last, whatever came before."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.lane import Lane
from bot.core.incidents import incident as machine
from bot.core.incidents import relapsing
from bot.core.incidents.incident import Incident, State
from bot.core.people.denial import Denial
from bot.language.errors import Refused
from tests.builders import HOUR, MINUTE, NOW, an_incident

MOVES = ("take", "hand over", "lapse", "recover", "relapse", "wrong data")
WRONG = (Denial(connection="orders", by="data-owner", why="half is missing", at=NOW),)


def moved(before: Incident, move: str, by: str, now: datetime) -> Incident:
    if move == "take":
        return machine.acknowledge(before, by=by, now=now)
    if move == "hand over":
        return machine.hand_over(
            before, lane=Lane.VENDOR, by=by, due_at=now + HOUR, ticket="T", now=now
        )
    if move == "lapse":
        return machine.expire_lease(before, now=now)
    if move == "recover":
        return machine.recover(before, approvers=("data-owner",), now=now)
    if move == "relapse":
        if before.state is not State.VERIFYING:
            raise Refused("it fails already")
        return relapsing.relapse(before, now=now)
    return relapsing.reject_data(before, WRONG, now=now)


def takes(before: Incident, move: str, by: str) -> bool:
    """Whether somebody has it anew by that."""
    if move == "take":
        return before.holder != by or before.state is State.HANDED_OVER
    return move == "hand over" and before.holder is None


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(("bob", "alice"))), max_size=12))
def test_it_is_the_beginning_of_the_present_hold(story: list[tuple[str, str]]) -> None:
    incident, now, taken_at = an_incident(), NOW, None
    for move, by in story:
        now += MINUTE
        try:
            after = moved(incident, move, by, now)
        except Refused:
            continue
        taken_at = now if takes(incident, move, by) else taken_at
        incident = after

        assert incident.held_since == (taken_at if incident.holder else None)
