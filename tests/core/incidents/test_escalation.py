"""The ladder ends in nobody's silence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import LadderRung, Owners
from bot.core.incidents.escalation import escalate, ladder_for, next_ping
from bot.core.incidents.incident import State
from tests.builders import HOUR, MINUTE, NOW, a_connection, an_estate, an_incident


def rungs(*people: tuple[str, ...]) -> tuple[LadderRung, ...]:
    return tuple(
        LadderRung(after=place * 15 * MINUTE, people=named) for place, named in enumerate(people)
    )


def people_of(ladder: tuple[LadderRung, ...]) -> list[tuple[str, ...]]:
    return [rung.people for rung in ladder]


NOBODY = Owners()
OWNED = Owners(technical="alice", functional="data-owner", architecture="architect")


@pytest.mark.parametrize(
    ("first", "owners", "people", "expected"),
    [
        pytest.param(
            "bob",
            OWNED,
            [("alice",)],
            [("bob",), ("alice",), ("manager", "architect")],
            id="manager and architect are the last rung",
        ),
        pytest.param(
            None,
            OWNED,
            [],
            [("alice",), ("architect",)],
            id="the technical owner stands in",
        ),
        pytest.param(None, NOBODY, [], [()], id="nobody at all stays a finding"),
        pytest.param(
            "bob",
            OWNED,
            [("bob",), ("alice", "bob"), ("manager", "architect")],
            [("bob",), ("alice",), ("manager", "architect")],
            id="each person once, and no rung for those pinged below",
        ),
        pytest.param(
            "bob",
            NOBODY,
            [("somebody-who-left",), ("alice",)],
            [("bob",), (), ("alice",), ("manager",)],
            id="a rung of strangers stays a finding",
        ),
    ],
)
def test_the_ladder_is_frozen_from_the_catalogue(
    first: str | None,
    owners: Owners,
    people: list[tuple[str, ...]],
    expected: list[tuple[str, ...]],
) -> None:
    ladder = tuple(
        LadderRung(after=15 * MINUTE * (place + 1), people=named)
        for place, named in enumerate(people)
    )
    connection = a_connection(first_responder=first, owners=owners, ladder=ladder)

    frozen = ladder_for(an_estate(connection), connection)

    assert people_of(frozen) == expected
    assert [rung.after for rung in frozen] == sorted(rung.after for rung in frozen)


@pytest.mark.parametrize(
    ("people", "rung", "pinged", "passed_over"),
    [
        pytest.param([("bob",), ("alice",)], -1, ("bob",), (), id="the first"),
        pytest.param([("bob",), ("alice",)], 0, ("alice",), (), id="the next"),
        pytest.param([("bob",), ("alice",)], 1, ("alice",), (), id="the last one again"),
        pytest.param([(), ("alice",)], -1, ("alice",), (0,), id="past an empty first rung"),
        pytest.param([("bob",), (), (), ("alice",)], 0, ("alice",), (1, 2), id="past two"),
        pytest.param([("bob",), ()], 0, ("bob",), (1,), id="an empty last rung"),
        pytest.param([("bob",), ()], 1, ("bob",), (), id="above an empty last rung"),
        pytest.param([()], -1, (), (0,), id="nobody"),
        pytest.param([], -1, (), (), id="no ladder"),
    ],
)
def test_climbing_pings_somebody_where_anybody_is_named(
    people: list[tuple[str, ...]],
    rung: int,
    pinged: tuple[str, ...],
    passed_over: tuple[int, ...],
) -> None:
    step = escalate(an_incident(ladder=rungs(*people), rung=rung), NOW)

    assert step.people == pinged
    assert step.passed_over == passed_over


LADDERS = st.lists(
    st.lists(st.sampled_from(["alice", "bob", "manager"]), max_size=2, unique=True).map(tuple),
    max_size=5,
)


@given(LADDERS)
def test_every_rung_is_pinged_in_order_and_then_the_highest_again_and_again(
    people: list[tuple[str, ...]],
) -> None:
    incident, at = an_incident(ladder=rungs(*people), rung=-1), NOW
    pinged = []

    for _ in range(len(people) + 3):
        step = escalate(incident, at)
        assert step.incident.escalate_at is not None
        assert at < step.incident.escalate_at <= at + HOUR + 15 * MINUTE * len(people)
        incident, at = step.incident, step.incident.escalate_at
        pinged.append(step.people)

    named = [one for one in people if one]
    expected = named + [named[-1]] * len(pinged) if named else [()] * len(pinged)
    assert pinged == expected[: len(pinged)]


@given(LADDERS, st.integers(min_value=-1, max_value=4))
def test_what_is_announced_as_next_is_what_happens_next(
    people: list[tuple[str, ...]], rung: int
) -> None:
    incident = an_incident(ladder=rungs(*people), rung=min(rung, len(people) - 1))

    ahead = next_ping(incident)

    assert (ahead is None) == (not people)
    assert ahead is None or ahead[1] == escalate(incident, NOW).people


def test_above_the_last_rung_it_repeats_every_half_hour_or_every_lease() -> None:
    incident = an_incident(rung=2)

    assert escalate(incident, NOW).incident.escalate_at == NOW + 30 * MINUTE
    quick = replace(incident, lease=10 * MINUTE)
    assert escalate(quick, NOW).incident.escalate_at == NOW + 10 * MINUTE


@pytest.mark.parametrize("state", [state for state in State if state is not State.OPEN])
def test_nobody_is_announced_while_nobody_will_be_pinged(state: State) -> None:
    assert next_ping(an_incident(state=state)) is None


def test_the_distance_between_rungs_is_kept() -> None:
    late = NOW + 3 * MINUTE  # the tick came late

    step = escalate(an_incident(rung=0), late)

    assert step.incident.escalate_at == late + 15 * MINUTE
