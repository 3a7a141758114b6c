"""Data was called wrong, then the connection fails once more and runs: the further failure counts,
and what was said stands until somebody takes it back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.notices import OwnerAlert, PingSent
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, stored
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.language.errors import Refused
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import time
from tests.builders import HOUR, MINUTE
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage, estate, outage

pytestmark = pytest.mark.anyio

Turn = Callable[[Outage], Awaitable[object]]


async def nobody(scene: Outage) -> None:
    """It stays open."""


async def taken(scene: Outage) -> None:
    await scene.do(respond.acknowledge, 1, "bob")


async def handed_over(scene: Outage) -> None:
    await taken(scene)
    await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")


async def comes_and_goes(scene: Outage) -> None:
    """It turns so often that a recovery is not believed at once."""
    await taken(scene)
    for _ in range(2):
        await turn(scene, len(await members(scene)) - 1, broken=True)
        await turn(scene, len(await members(scene)) - 1, broken=False)


TURNS = [
    pytest.param(nobody, State.OPEN, id="open"),
    pytest.param(taken, State.ACKNOWLEDGED, id="acknowledged"),
    pytest.param(handed_over, State.HANDED_OVER, id="handed over"),
    pytest.param(comes_and_goes, State.ACKNOWLEDGED, id="held"),
]


async def members(scene: Outage) -> list[str]:
    return [part.connection for part in (await scene.view()).connections]


async def turn(scene: Outage, place: int, *, broken: bool) -> datetime:
    """One connection fails or runs; the time at which that is known."""
    scene.later(5 * MINUTE)
    for look in range(2):
        scene.later(look * MINUTE)
        failed = (FailedRecords(text=ERROR, count=30),) if broken else ()
        signals = {Signal.FAILED: 30.0 if broken else 0.0, Signal.QUEUE_DEPTH: 0.0}
        seen = Reading(at=scene.now, signals=signals, failed=failed)
        await scene.records(seen, check=f"flow-{place}/api")
    return scene.now


async def called_wrong(size: int, *, approvers: int = 99) -> Outage:
    """Everything runs, and the owner of the last connection says that its data is wrong."""
    scene = await outage([(20, 0)] * size, approvers=approvers)
    scene.later(5 * MINUTE)
    await scene.look([(0, 0)] * size, broken=False)
    await scene.post()
    scene.later(MINUTE)
    last = size - 1
    owner = f"owner-{last % approvers}"
    await scene.do(respond.reject_data, 1, owner, "came twice", of=f"flow-{last}")
    await scene.post()
    return scene


async def shown(scene: Outage, letter: OutboxMessage) -> str:
    return str((await scene.read(letter)).blocks)


@pytest.mark.parametrize(("meanwhile", "state"), TURNS)
@pytest.mark.parametrize("size", [1, 2], ids=["alone", "a part"])
async def test_a_further_failure_counts_and_what_was_said_stands(
    size: int, meanwhile: Turn, state: State
) -> None:
    async with await called_wrong(size) as scene:
        last = size - 1
        owner, flow = f"owner-{last}", f"flow-{last}"
        question = (await scene.questions())[owner]
        await meanwhile(scene)
        await turn(scene, last, broken=True)
        failing, during = await scene.incident(), await shown(scene, question)
        seen = str(card.card(await scene.view(), scene.writer).blocks)
        with pytest.raises(Refused, match="It fails now"):
            await scene.do(respond.confirm_data, 1, owner)
        over = await turn(scene, last, broken=False)
        while (await scene.incident()).calm_at:
            await scene.tick(15 * MINUTE)
        runs = await scene.incident()
        asked = [one for one in await scene.post() if one.what is What.CONFIRM_NUDGE]
        after = await shown(scene, question)

        assert [one.connection for one in failing.denied] == [flow]
        assert "it fails again" in during
        assert "that its data is wrong: came twice" in during
        assert "is wrong*, says" in seen
        assert (runs.state, runs.recovered_at) == (state, over)
        assert runs.denied == failing.denied
        assert f"to {time(over)}" in after
        assert "came twice" in after
        assert "It is right now" in after
        assert {str(one.to) for one in asked} >= {f"person:{owner}"}
        told = await shown(scene, next(one for one in asked if str(one.to) == f"person:{owner}"))
        assert "came twice" in told
        assert f"runs again, since {time(over)}" in told


@pytest.mark.parametrize("size", [1, 2], ids=["alone", "a part"])
async def test_the_duration_on_the_card_ends_with_the_last_failure(size: int) -> None:
    async with await called_wrong(size) as scene:
        last = size - 1
        await turn(scene, last, broken=True)
        over = await turn(scene, last, broken=False)
        for place in range(size):
            await scene.do(respond.confirm_data, 1, f"owner-{place}", of=f"flow-{place}")

        incident = await scene.incident()
        assert (incident.state, incident.denied) == (State.RESOLVED, ())
        assert incident.recovered_at == over


async def test_the_others_are_asked_for_the_time_of_their_own_failure() -> None:
    async with await called_wrong(2) as scene:
        before = (await scene.view()).connections[0].recovered_at
        await turn(scene, 1, broken=True)
        await turn(scene, 1, broken=False)

        assert before is not None
        assert (await scene.view()).connections[0].recovered_at == before


async def test_who_spoke_of_another_connection_is_not_asked_anew() -> None:
    async with await called_wrong(2) as scene:
        await turn(scene, 0, broken=True)
        await turn(scene, 0, broken=False)

        asked = [str(one.to) for one in await scene.post() if one.what is What.CONFIRM_NUDGE]
        assert asked == ["person:owner-0"]


async def test_what_was_said_goes_along_with_a_connection_that_is_split_off() -> None:
    async with await called_wrong(2) as scene:
        await turn(scene, 1, broken=True)
        flow = scene.knowledge.catalogue.connections["flow-1"]
        alone = await scene.do(merge.split, flow, by="alice")
        whole, own = await scene.incident(), await scene.incident(alone.id)

        assert whole.denied == ()
        assert whole.state is State.VERIFYING
        assert [one.connection for one in own.denied] == ["flow-1"]


async def test_while_it_runs_the_owner_is_reminded_of_the_word_that_stands() -> None:
    async with await called_wrong(1) as scene:
        await turn(scene, 0, broken=True)
        await turn(scene, 0, broken=False)
        await scene.post()
        scene.later(HOUR)
        while await scene.tick():
            continue

        again = [str(one.to) for one in await scene.post() if one.what is What.CONFIRM_NUDGE]
        assert again == ["person:owner-0"]


async def test_one_that_joins_meanwhile_is_a_further_failure_as_well() -> None:
    async with await Outage.open(estate(3)) as scene:
        assert isinstance(scene, Outage)
        await scene.look([(20, 0)] * 2)
        scene.later(5 * MINUTE)
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-1")
        for place in (0, 2):
            await turn(scene, place, broken=True)
        await turn(scene, 0, broken=False)
        over = await turn(scene, 2, broken=False)

        assert await members(scene) == ["flow-0", "flow-1", "flow-2"]
        assert (await scene.incident()).recovered_at == over
        ran = [part.recovered_at for part in (await scene.view()).connections]
        assert ran[2] == over
        assert max(one for one in ran[:2] if one) < over


async def test_a_reminder_names_what_was_said_and_what_is_unanswered() -> None:
    async with await called_wrong(2, approvers=1) as scene:
        await turn(scene, 1, broken=True)
        await turn(scene, 1, broken=False)
        [asked] = [one for one in await scene.post() if one.what is What.CONFIRM_NUDGE]

        said = await shown(scene, asked)
        assert "came twice" in said
        assert "Of Flow A your word is missing" in said


@pytest.mark.parametrize(
    ("by", "whose"), [("owner-0", "as you said"), ("architect", "as Architect said")]
)
async def test_as_you_said_reads_whoever_said_it(by: str, whose: str) -> None:
    async with await outage([(20, 0)]) as scene:
        await scene.look([(0, 0)], broken=False)
        await scene.post()
        question = (await scene.questions())["owner-0"]
        await scene.do(respond.reject_data, 1, by, "came twice")

        assert f"The data of Flow A is wrong, {whose}" in await shown(scene, question)


@pytest.mark.parametrize(
    "kind", [OwnerAlert(parts=(), responders=(), reader="owner-0"), PingSent(reader="owner-0")]
)
@pytest.mark.parametrize(("about", "told"), [("flow-1", True), ("flow-0", False)])
async def test_what_was_written_of_data_reaches_those_whose_connection_it_is(
    kind: OwnerAlert | PingSent, about: str, told: bool
) -> None:
    async with await called_wrong(2) as scene:
        facts = stored(replace(kind, parts=(about,)))
        view, writer = await scene.view(), scene.writer
        letter = personal_words.personal(kind.what, facts, view, None, None, writer)

        said = str(letter.blocks)

        assert "*Data of Flow B is wrong*, says" in said
        assert ("came twice" in said) is told
