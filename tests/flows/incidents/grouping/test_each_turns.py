"""Turns are of one connection each: what shares an incident with others that ran and failed again
neither comes and goes by that, nor is it passed over."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.incident import State
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from tests.builders import HOUR, MINUTE, a_person
from tests.flows.incidents.ending.test_wrong_and_failing import turn
from tests.flows.incidents.grouping.test_shared_outage import Outage, estate

pytestmark = pytest.mark.anyio
SIZE = 3
PLACES = st.lists(st.integers(0, SIZE - 1), min_size=3, max_size=8)


def each_with_their_own() -> Catalogue:
    found = estate(SIZE)
    known = {
        key: replace(one, first_responder=f"first-{key}") for key, one in found.connections.items()
    }
    people = {f"first-{key}": a_person(f"first-{key}") for key in known}
    return replace(found, connections=known, people={**found.people, **people})


async def ran(*, held: bool = False) -> Outage:
    """All failed together, and run again."""
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    await scene.look([(20, 0)] * SIZE)
    if held:
        await scene.do(respond.acknowledge, 1, "alice")
    scene.later(5 * MINUTE)
    await scene.look([(0, 0)] * SIZE, broken=False)
    await scene.post()
    return scene


async def shown(scene: Outage) -> str:
    return str(card.card(await scene.view(), scene.writer).blocks)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(places=PLACES, held=st.booleans())
async def test_only_what_itself_fell_three_times_comes_and_goes(
    places: list[int], held: bool
) -> None:
    async with await ran(held=held) as scene:
        falls = [1] * SIZE
        for place in places:
            falls[place] += 1
            name, seen = f"Flow {chr(65 + place)}", len(await scene.timeline())
            await turn(scene, place, broken=True)
            said, posted = await shown(scene), await scene.post()
            assert ("coming and going" in said) == (falls[place] > 2), (falls, said)
            told = {str(one.to) for one in posted if one.what in (What.RELAPSED, What.PING)}
            if falls[place] < 3:
                assert f"person:first-flow-{place}" in told
                assert ("person:alice" in told) >= held
                assert await _told_by_name(scene, name, seen)
            await turn(scene, place, broken=False)
            flapping = {f"Flow {chr(65 + one)}" for one in range(SIZE) if falls[one] > 2}
            words = await shown(scene)
            line = words.partition("*It comes and goes:* ")[2].partition(" times")[0]
            assert all(
                f"Flow {chr(65 + one)}" not in line
                for one in range(SIZE)
                if f"Flow {chr(65 + one)}" not in flapping
            ), line
            await scene.post()


async def _told_by_name(scene: Outage, name: str, seen: int) -> bool:
    new = [entry.text for entry in (await scene.timeline())[seen:]]
    return any(text.startswith(f"{name} fails again.") for text in new)


async def test_what_falls_again_in_hand_is_told_by_its_name_to_whose_it_is() -> None:
    async with await ran(held=True) as scene:
        await turn(scene, 0, broken=True)
        await scene.post()
        await turn(scene, 2, broken=True)
        posted = [one for one in await scene.post() if one.what is What.RELAPSED]
        assert {str(one.to) for one in posted} == {"channel", "person:alice", "person:first-flow-2"}
        view = await scene.view()
        for one in posted:
            if str(one.to) == "channel":
                said = personal_words.in_channel(What.RELAPSED, one.facts, view, scene.writer)
            else:
                said = await scene.read(one)
            assert "Flow C, Flow A fail again." in str(said.blocks)

        await turn(scene, 2, broken=False)
        kinds = [entry.text for entry in await scene.timeline()]
        assert any(text.startswith("Flow C fails again.") for text in kinds)
        assert "Flow C runs again." in kinds
        [theirs] = [one for one in posted if str(one.to) == "person:first-flow-2"]
        assert "Flow C" not in str((await scene.read(theirs)).blocks)


async def test_many_that_fall_again_at_once_are_one_letter_each() -> None:
    async with await ran(held=True) as scene:
        await scene.look([(20, 0)] * SIZE)
        posted = [str(one.to) for one in await scene.post() if one.what is What.RELAPSED]

        assert sorted(posted) == [
            "channel",
            "person:alice",
            *(f"person:first-flow-{one}" for one in range(SIZE)),
        ]


async def test_one_that_comes_and_goes_takes_no_question_from_the_others() -> None:
    async with await ran(held=True) as scene:
        asked = await scene.questions()
        for _ in range(4):
            await turn(scene, 0, broken=True)
            for place in (1, 2):
                said = str((await scene.read(asked[f"owner-{place}"])).blocks)
                assert "Data is right" in said
                assert "came and went" not in said
            await turn(scene, 0, broken=False)
        assert "Data is right" not in str((await scene.read(asked["owner-0"])).blocks)
        for place in (1, 2):
            await scene.do(respond.confirm_data, 1, f"owner-{place}")
        assert (await scene.incident()).state is State.ACKNOWLEDGED
        while (await scene.incident()).calm_at:
            await scene.tick(15 * MINUTE)
        said = str((await scene.read(asked["owner-0"])).blocks)

        assert (await scene.incident()).state is State.VERIFYING
        assert "Data is right" in said
        assert "came and went:* Flow A 5 times" in said


@pytest.mark.parametrize("known", [False, True], ids=["new people", "people of another one too"])
@pytest.mark.parametrize("holder", ["alice", "first-flow-0"])
async def test_who_answers_for_what_joins_in_hand_reads_of_their_own(
    known: bool, holder: str
) -> None:
    estate_ = each_with_their_own()
    flow = estate_.connections["flow-2"]
    if known:
        owners = replace(flow.owners, functional="owner-0")
        flow = replace(flow, first_responder="first-flow-0", owners=owners)
    scene = await Outage.open(replace(estate_, connections={**estate_.connections, "flow-2": flow}))
    assert isinstance(scene, Outage)
    async with scene:
        await scene.look([(20, 0)] * 2)
        await scene.post()
        await scene.do(respond.acknowledge, 1, holder)
        scene.later(15 * MINUTE)
        await scene.look([(20, 0)] * SIZE)
        posted = {
            str(one.to): one for one in await scene.post() if str(one.to).startswith("person:")
        }
        for person, says in (
            (flow.first_responder, "You are the first responder of Flow C"),
            (flow.owners.functional, "You own it"),
        ):
            said = str((await scene.read(posted[f"person:{person}"])).blocks)
            assert "Flow C is failing" in said
            assert says in said
        pinged = str((await scene.read(posted[f"person:{flow.first_responder}"])).blocks)
        theirs = holder == flow.first_responder
        assert ("You have it." if theirs else f"{scene.writer.person(holder)} has it.") in pinged
        assert "incident:acknowledge" not in pinged


async def test_the_question_says_again_only_of_what_ran_before() -> None:
    estate_ = each_with_their_own()
    flows = {
        key: replace(one, owners=replace(one.owners, functional="owner-0"))
        for key, one in estate_.connections.items()
    }
    scene = await Outage.open(replace(estate_, connections=flows))
    assert isinstance(scene, Outage)
    async with scene:
        await scene.look([(20, 0)] * 2)
        scene.later(5 * MINUTE)
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        [letter] = (await scene.questions()).values()
        await turn(scene, 1, broken=True)
        await turn(scene, 2, broken=True)
        said = str((await scene.read(letter)).blocks)

        assert "*Flow B*: it fails again, since" in said
        assert "*Flow C*: it fails, since" in said
        assert "*Flow A*" in said


@pytest.mark.parametrize("place", range(SIZE))
async def test_what_is_calm_by_now_stays_asked_whoever_calls_the_data_of_another_wrong(
    place: int,
) -> None:
    async with await ran() as scene:
        for _ in range(2):
            await turn(scene, place, broken=True)
            await turn(scene, place, broken=False)
        while (await scene.incident()).calm_at:
            await scene.tick(15 * MINUTE)
        await scene.post()
        asked, other = await scene.questions(), (place + 1) % SIZE
        await scene.do(respond.reject_data, 1, f"owner-{other}", "came twice", of=f"flow-{other}")
        question = str((await scene.read(asked[f"owner-{place}"])).blocks)
        scene.later(2 * HOUR)
        while await scene.tick():
            continue
        nudges = [one for one in await scene.post() if one.what is What.CONFIRM_NUDGE]

        assert (await scene.incident()).state is State.OPEN
        assert "'Data is right'" in question
        assert "'Data is wrong…'" in question
        assert f"person:owner-{place}" in {str(one.to) for one in nudges}
        assert "'Data is right'" in str((await scene.read(asked[f"owner-{place}"])).blocks)


async def test_a_reminder_points_at_no_question_that_waits_until_it_is_calm() -> None:
    async with await ran(held=True) as scene:
        scene.later(2 * HOUR)
        while await scene.tick():
            continue
        reminders = {
            str(one.to): one for one in await scene.post() if one.what is What.CONFIRM_NUDGE
        }
        for _ in range(2):
            await turn(scene, 0, broken=True)
            await turn(scene, 0, broken=False)

        assert (await scene.incident()).flaps == ("flow-0",)
        assert "nswer above" not in str((await scene.read(reminders["person:owner-0"])).blocks)
        assert "Answer above" in str((await scene.read(reminders["person:owner-1"])).blocks)
