"""Whether the data is right, asked after a person ended the incident: every message says how far
that is, and asks nobody who has answered."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Owners
from bot.core.incidents.incident import State
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows.incidents import open_incident, respond
from bot.flows.incidents.grouping import reopen
from bot.slack.incidents import card
from bot.slack.text import time
from tests.builders import HOUR
from tests.flows.incidents.grouping.test_shared_outage import Outage, estate, outage

pytestmark = pytest.mark.anyio
ASKS = "Is the data right?"


async def declared() -> Outage:
    scene = await Outage.open(estate(1))
    assert isinstance(scene, Outage)
    await scene.look([(0, 0)], broken=False)
    flow = scene.knowledge.catalogue.connections["flow-0"]
    await scene.do(
        open_incident.declare, flow, open_incident.Report(by="bob", why="orders are missing")
    )
    return scene


async def failing() -> Outage:
    return await outage([(20, 0)])


async def running() -> Outage:
    scene = await outage([(20, 0)] * 3)
    await scene.look([(0, 0)] * 3, broken=False)
    return scene


Stage = Callable[[], Awaitable[Outage]]


async def ended(stage: Stage) -> tuple[Outage, dict[str, OutboxMessage]]:
    """Bob resolved it; who is asked, with what they got."""
    scene = await stage()
    await scene.post()
    await scene.do(respond.resolve, 1, "bob", "restarted")
    posted = [one for one in await scene.post() if one.what is What.DATA_AFTER_END]
    return scene, {one.person: one for one in posted}


async def closing(scene: Outage) -> str:
    blocks = card.card(await scene.view(), scene.writer).blocks
    return json.dumps(blocks, ensure_ascii=False)


@pytest.mark.parametrize("stage", [declared, failing, running])
async def test_every_message_asks_until_it_is_said_and_then_says_so(stage: Stage) -> None:
    scene, letters = await ended(stage)
    async with scene:
        silent = list(letters)
        assert len(silent) == len((await scene.view()).connections)
        while silent:
            told = await closing(scene)
            assert "not said yet whether the data is right" in told
            assert all(person.title() in told for person in silent)
            for person, letter in letters.items():
                said = str((await scene.read(letter)).blocks)
                assert (ASKS in said) == ("confirm_data" in said) == (person in silent)
            scene.later(HOUR)
            await scene.do(respond.confirm_data, 1, last := silent.pop())

        end = f"✓ {last.title()} confirmed the data {time(scene.now)}."
        assert end in await closing(scene)
        assert "data was confirmed" not in await closing(scene)
        for letter in letters.values():
            said = str((await scene.read(letter)).blocks)
            assert end in said
            assert "Nobody" not in said


async def test_the_channel_hears_each_word_once() -> None:
    scene, letters = await ended(running)
    async with scene:
        for person in letters:
            await scene.do(respond.confirm_data, 1, person)
            if person != "owner-2":
                await scene.do(respond.confirm_data, 1, person)  # pressed once more

        told = [one for one in await scene.post() if one.what is What.DATA_CONFIRMED]
        assert [one.facts["by"] for one in told] == list(letters)
        assert [str(one.to) for one in told] == ["channel"] * 3


async def test_the_letter_of_an_earlier_end_tells_of_the_last_one() -> None:
    scene, letters = await ended(declared)
    async with scene:
        await scene.do(reopen.reopen, 1, by="bob", why="orders are missing still")
        await scene.do(respond.resolve, 1, "owner-0", "mended by hand")
        said = str((await scene.read(letters["owner-0"])).blocks)

        assert (await scene.incident()).state is State.RESOLVED
        assert "Owner-0 resolved INC-1*: mended by hand" in said
        assert ASKS not in said
        assert "Bob" not in said


WORDS = st.lists(st.sampled_from(["right", "wrong", "silent"]), min_size=6, max_size=6)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=WORDS, approvers=st.integers(1, 6))
async def test_only_what_nobody_has_confirmed_is_asked_and_a_complaint_stands(
    words: list[str], approvers: int
) -> None:
    async with await outage([(20, 0)] * 6, approvers=approvers) as scene:
        await scene.look([(0, 0)] * 6, broken=False)
        approver = [f"owner-{place % approvers}" for place in range(6)]
        if set(words) == {"right"}:
            return
        for place in sorted(range(6), key=words.__getitem__):
            if words[place] != "silent":
                flow = respond.confirm_data if words[place] == "right" else rejected
                await scene.do(flow, 1, approver[place], of=f"flow-{place}")
        await scene.post()
        await scene.do(respond.resolve, 1, "bob", "restarted")
        letters = [one for one in await scene.post() if one.what is What.DATA_AFTER_END]
        missing = [place for place in range(6) if words[place] != "right"]

        assert {str(one.to) for one in letters} == {
            f"person:{approver[place]}" for place in missing
        }
        wrong = [place for place in missing if words[place] == "wrong"]
        told = await closing(scene)
        assert ("not said yet" in told) == (len(missing) > len(wrong))
        for place in wrong:
            assert (
                f"*Data of Flow {chr(65 + place)} is wrong*, says {approver[place].title()}" in told
            )
        for letter in letters:
            theirs = [one for one in missing if f"person:{approver[one]}" == str(letter.to)]
            await _asks_for(scene, letter, theirs, wrong)

        for place in sorted(missing, key=lambda one: one in wrong):
            await scene.do(respond.confirm_data, 1, approver[place], of=f"flow-{place}")
        assert (await scene.incident()).awaiting == ()
        assert "is wrong" not in await closing(scene)


def rejected(*args: Any, **kwargs: Any) -> Any:
    """The data of one connection is called wrong."""
    work, number, by = args
    return respond.reject_data(work, number, by, "two are missing", **kwargs)


async def _asks_for(
    scene: Outage, letter: OutboxMessage, theirs: list[int], wrong: list[int]
) -> None:
    """The letter has buttons for each of these connections and for no other one."""
    said = str((await scene.read(letter)).blocks)
    for place in range(6):
        buttons = f"flow-{place}" in said
        assert buttons == (place in theirs), (place, said)
        assert (f"Flow {chr(65 + place)}*: Owner" in said) == (place in theirs and place in wrong)
    assert "Nobody" not in said or (await scene.incident()).confirmed == ()


async def test_one_button_for_all_leaves_what_was_called_wrong() -> None:
    async with await outage([(20, 0)] * 3, approvers=1) as scene:
        await scene.look([(0, 0)] * 3, broken=False)
        await scene.do(rejected, 1, "owner-0", of="flow-1")
        await scene.do(respond.resolve, 1, "bob", "restarted")
        await scene.do(respond.confirm_data, 1, "owner-0")
        after = await scene.incident()

        assert set(after.confirmed) == {"flow-0", "flow-2"}
        assert [one.connection for one in after.denied] == ["flow-1"]
        assert after.awaiting == ("owner-0",)


async def test_a_complaint_that_stands_is_in_view_when_it_is_opened_again() -> None:
    async with await outage([(20, 0)] * 3) as scene:
        await scene.look([(0, 0)] * 3, broken=False)
        await scene.do(rejected, 1, "owner-1", of="flow-1")
        await scene.do(respond.resolve, 1, "bob", "restarted")
        await scene.do(rejected, 1, "owner-2", of="flow-2")
        after = await scene.incident()

        assert after.live
        assert {one.connection for one in after.denied} == {"flow-1", "flow-2"}


@pytest.mark.parametrize("unowned", [(), (1,), (1, 2)])
async def test_the_card_names_what_nobody_could_confirm(unowned: tuple[int, ...]) -> None:
    found = estate(3)
    known = {
        key: replace(one, owners=Owners()) if int(key[-1:]) in unowned else one
        for key, one in found.connections.items()
        if key.startswith("flow-")
    }
    async with await Outage.open(replace(found, connections=known)) as scene:
        assert isinstance(scene, Outage)
        await scene.look([(20, 0)] * 3)
        await scene.look([(0, 0)] * 3, broken=False)
        for place in {0, 1, 2}.difference(unowned):
            await scene.do(respond.confirm_data, 1, f"owner-{place}")
        said = await closing(scene)

        names = ", ".join(f"Flow {chr(65 + place)}" for place in unowned)
        assert (f"Nobody confirmed the data of {names}: no owner is named." in said) == bool(names)
        assert ("Nobody confirmed" in said) == bool(names)
