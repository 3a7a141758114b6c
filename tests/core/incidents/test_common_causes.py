"""A cause is named of what every connection has of which it is said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Connection, Credential
from bot.core.incidents.correlation import UNREACHABLE, Common, same_failure, signature
from bot.core.incidents.grouping import CauseGroups
from bot.core.monitoring.signals import FailedRecords
from bot.core.triage.facts import Facts, LaneFactKind, Observed
from bot.core.triage.playbook import ErrorClass, Playbook
from tests.builders import (
    HOUR,
    MINUTE,
    NOW,
    a_check,
    a_connection,
    an_estate,
    an_incident,
    gathered,
)

SYSTEMS, KEYS, MAKERS = ("erp", "shop", "bank"), ("token", "secret"), ("one", "two")
KINDS = [*(kind.value for kind in ErrorClass), UNREACHABLE, "field # is blank"]


@st.composite
def estates(draw: st.DrawFn) -> tuple[Connection, ...]:
    def one(place: int) -> Connection:
        source, target = draw(st.permutations(SYSTEMS))[:2]
        held = draw(st.sets(st.sampled_from(KEYS)))
        keys = (Credential(id=key, name=key, same_as=f"all/{key}") for key in sorted(held))
        return a_connection(
            id=f"c{place}",
            source=source,
            target=target,
            credentials=tuple(keys),
            maintained_by=draw(st.sampled_from(MAKERS)),
        )

    return tuple(one(place) for place in range(draw(st.integers(2, 6))))


@given(connections=estates(), kind=st.sampled_from(KINDS))
def test_the_cause_of_an_incident_that_grew_is_shared_by_all_of_it(
    connections: tuple[Connection, ...], kind: str
) -> None:
    estate = an_estate(*connections, systems={}, parties={})
    groups, together, causes = CauseGroups(estate, NOW), {}, {}
    for connection in connections:
        found = groups.place(connection, kind)
        if found is None:
            alone = an_incident(id=len(together), connection=connection.id, kind=kind)
            groups.watch(alone)
            together[alone.id] = [connection]
            continue
        whole, causes[whole.id] = found
        together[whole.id].append(connection)

    for number, cause in causes.items():
        for one in together[number]:
            names = {*one.systems, *(item.name for item in one.credentials), one.maintained_by}
            assert cause in names


def kind_of(text: str) -> str:
    """The kind of a failure of which nothing but this text is known."""
    failed, nothing_known = (FailedRecords(text=text, count=3),), Playbook(entries=())
    estate = an_estate()
    return signature(gathered(a_connection(), estate, nothing_known, now=NOW, failed=failed))


# Texts that nobody knows: each pair reads alike once numbers and ids are taken out.
NOTHING_IN_COMMON = (
    *(("4711", "4712"), ("Error 500", "Error 404"), ("0x80070005", "0x8007007e"), ("-", "-")),
    *(("Unknown error", "Unknown error"), ("Internal error 17", "Internal error 4")),
    *(("ERR-9 (id 12)", "ERR-8 (id 13)"), ("Unbekannter Fehler 3", "Unbekannter Fehler 9")),
    ("An unexpected error occurred.", "An unexpected error occurred."),
)


@pytest.mark.parametrize(("one", "other"), NOTHING_IN_COMMON)
def test_two_errors_that_say_nothing_have_no_cause_in_common(one: str, other: str) -> None:
    pair = a_connection(id="orders"), a_connection(id="stock")
    for kind in {kind_of(one), kind_of(other)}:
        assert Common.of(*pair).cause(kind, an_estate(*pair)) is None
        assert not same_failure(kind, kind)
        assert kind, "it is not silent: others that are have nothing to do with it"


def test_two_errors_that_read_the_same_and_say_what_they_miss_are_one_kind() -> None:
    pair = a_connection(id="orders"), a_connection(id="stock")
    kind = kind_of("Field 17 of order 4711 is blank")

    assert kind == kind_of("Field 18 of order 4712 is blank")
    assert Common.of(*pair).cause(kind, an_estate(*pair)) == "Shop"


@pytest.mark.parametrize("every", [3 * MINUTE, 20 * MINUTE, 24 * HOUR])
@pytest.mark.parametrize(
    ("looks", "followed"),
    [(-25.0, False), (-1.0, True), (0.0, True), (1.0, True), (1.5, False), (40.0, False)],
)
def test_a_break_follows_an_update_that_was_seen_a_look_later_at_most(
    every: timedelta, looks: float, followed: bool
) -> None:
    """We see both only when we look; what came well after the break broke nothing."""
    at = NOW + looks * min(every, HOUR)
    update = Observed(at=at, what="24.2 became 25.0", kind=LaneFactKind.VERSION)
    connection = a_connection(checks=(a_check(every=every),))
    facts = Facts(connection=connection, failing_since=NOW, observed=(update,))

    assert bool(signature(facts)) is followed
