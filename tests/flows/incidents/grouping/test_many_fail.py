"""Many failures at once: as many incidents as causes, and one ping per person for each."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, Credential, Owners, System
from bot.core.incidents.incident import State
from bot.core.monitoring.signals import CheckResult, FailedRecords, Reading, Signal
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import looks
from bot.flows.views import incident_view
from bot.slack.incidents.card import card
from bot.slack.text import Writer
from tests.builders import MINUTE, a_connection, a_person, an_estate
from tests.flows.scene import Scene
from tests.slack.governance.test_governance_blocks import assert_valid, text_of

pytestmark = pytest.mark.anyio
TEXT = "HTTP 401 invalid_client"


def many_flows(count: int, causes: int, crew: int = 2) -> Catalogue:
    """`count` connections; those of one cause share a credential and `crew` responders."""
    people = [a_person(f"r{cause}-{one}") for cause in range(causes) for one in range(crew)]
    owners = [a_person(f"owner{cause}") for cause in range(causes)]
    connections = [
        a_connection(
            id=f"c{number}",
            name=f"Flow {number}",
            source=f"shop{number % causes}",
            target=f"erp{number % causes}",
            first_responder=f"r{number % causes}-{number // causes % crew}",
            owners=Owners(technical=f"owner{number % causes}"),
            credentials=(
                Credential(
                    id=f"key{number % causes}",
                    name=f"Key {number % causes}",
                    same_as=f"c{number % causes}/key{number % causes}",
                ),
            ),
        )
        for number in range(count)
    ]
    systems = [f"{end}{cause}" for end in ("shop", "erp") for cause in range(causes)]
    return an_estate(
        *connections,
        people={person.id: person for person in (*people, *owners)},
        systems={name: System(id=name, name=name) for name in systems},
    )


async def fails(scene: Scene, numbers: range, text: str = TEXT) -> None:
    """Two looks at each of them, stored in one batch as the runner does."""
    failed = (FailedRecords(text=text, count=20),) if text else ()
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=failed)
        results = [CheckResult(check=f"c{number}/api", observation=seen) for number in numbers]
        await scene.do(looks.record, results)
        scene.later(MINUTE)


def pinged(letters: list[OutboxMessage]) -> Counter[tuple[str, str]]:
    """Person and incident of every ping."""
    return Counter((str(one.to), one.subject) for one in letters if one.what is What.PING)


async def test_as_many_incidents_as_causes_and_one_ping_per_person_for_each() -> None:
    async with await Scene.open(many_flows(120, causes=6)) as scene:
        await fails(scene, range(120))

        letters = await scene.post()

        assert len(await scene.lives()) == 6
        assert len(pinged(letters)) == 12
        assert set(pinged(letters).values()) == {1}


async def test_what_an_incident_says_of_newcomers_it_says_once() -> None:
    async with await Scene.open(many_flows(40, causes=1)) as scene:
        await fails(scene, range(40))

        joined = [entry.text for entry in await scene.timeline() if entry.kind == "joined"]

        assert len(joined) == 1
        assert "and 34 more fail too; in common: shop0." in joined[0]


async def test_a_latecomer_joins_and_pings_only_who_was_not_pinged() -> None:
    async with await Scene.open(many_flows(10, causes=1, crew=5)) as scene:
        await fails(scene, range(3))
        first = pinged(await scene.post())
        await fails(scene, range(3, 10))

        later = pinged(await scene.post())

        assert sorted(to for to, _ in first) == ["person:r0-0", "person:r0-1", "person:r0-2"]
        assert sorted(to for to, _ in later) == ["person:r0-3", "person:r0-4"]


async def test_an_owner_who_is_a_responder_too_is_pinged_and_not_only_told() -> None:
    both = a_connection(id="c1", name="Flow 1", first_responder="alice")
    async with await Scene.open(an_estate(a_connection(id="c0"), both)) as scene:
        await fails(scene, range(1), "posting group missing")
        await scene.post()

        await fails(scene, range(1, 2), "posting group missing")

        assert ("person:alice", "incident:1") in pinged(await scene.post())


async def test_a_part_recovers_and_the_rest_goes_on() -> None:
    async with await Scene.open(many_flows(30, causes=1)) as scene:
        await fails(scene, range(30))
        good = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        for _ in range(2):
            results = [CheckResult(check=f"c{n}/api", observation=good) for n in range(10, 30)]
            await scene.do(looks.record, results)
            scene.later(MINUTE)

        child_states = await scene.run(lambda tx: tx.recovered_of(1))

        assert (await scene.incident()).state is State.OPEN
        assert sum(recovered for _, recovered in child_states) == 20


async def test_many_that_fall_silent_on_one_system_are_one_cause() -> None:
    async with await Scene.open(many_flows(20, causes=1)) as scene:
        await fails(scene, range(20), "")

        assert len(await scene.lives()) == 1
        assert (await scene.incident()).cause in ("shop0", "erp0")


async def test_two_that_fall_silent_are_two_incidents() -> None:
    async with await Scene.open(many_flows(20, causes=1)) as scene:
        await fails(scene, range(2), "")

        assert len(await scene.lives()) == 2


async def test_the_first_ping_of_everybody_goes_before_second_pings_and_notices() -> None:
    async with await Scene.open(many_flows(60, causes=6)) as scene:
        await fails(scene, range(60))
        taken = await scene.run(
            lambda tx: tx.claim_letters(scene.now, scene.now + timedelta(minutes=1), "t", 12)
        )

        assert {letter.what for letter in taken} == {What.PING}
        assert len({str(letter.to) for letter in taken}) == 12


async def test_the_card_of_three_hundred_connections_fits_and_names_some() -> None:
    async with await Scene.open(many_flows(300, causes=1, crew=40)) as scene:
        await fails(scene, range(300))
        view = await scene.do(incident_view, 1)
        assert view is not None

        said = card(view, Writer(catalogue=scene.knowledge.catalogue))

        assert_valid(said)
        assert "*Connections (300):*" in text_of(said)
        assert "288 🔴" in text_of(said)
        assert "0 of 40 delivered" in text_of(said)
