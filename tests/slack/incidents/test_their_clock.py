"""From the hand-over on somebody can say that the counter-party answered, wherever they read of it;
and nobody is asked for what was given already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.notices import EvidenceWritten
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import counterparty, respond
from bot.slack import commands, registry
from bot.slack.incidents import card as incident
from bot.slack.incidents import counterparty as counterparty_words
from bot.slack.kit import Block
from bot.slack.outbox import personal_words
from bot.slack.request import Request
from bot.slack.text import Writer
from tests.builders import HOUR, NOW, an_incident
from tests.flows.scene import Scene
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio
SAID = "They answered"
LATER = {"just now": timedelta(0), "before it ends": 3.5 * HOUR, "after it ended": 5 * HOUR}


async def handed_over(ticket: str = "") -> Scene:
    scene = await Scene.open()
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    await scene.do(respond.acknowledge, 1, "bob")
    await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob", respond.HandOverDetails(ticket=ticket))
    return scene


def labels(blocks: Sequence[Block]) -> list[str]:
    """What can be pressed: buttons, and what a menu offers."""
    found: list[dict[str, Any]] = [one for block in blocks for one in block.get("elements", ())]
    pressed = [one for each in found for one in (each, *each.get("options", ()))]
    return [one["text"]["text"] for one in pressed if isinstance(one.get("text"), dict)]


async def card(scene: Scene) -> list[str]:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return labels(incident.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


async def reminders(scene: Scene) -> list[tuple[What, list[str]]]:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    writer, found = Writer(catalogue=scene.knowledge.catalogue), []
    for letter in await scene.post():
        reminds = letter.what in (What.COUNTERPARTY_SOON, What.COUNTERPARTY_DUE)
        if letter.what and reminds and str(letter.to) == "person:bob":
            said = personal_words.personal(letter.what, letter.facts, view, None, None, writer)
            found.append((letter.what, labels(said.blocks)))
    return found


@pytest.mark.parametrize("when", LATER)
async def test_it_can_be_said_from_the_hand_over_on_until_it_was_said(when: str) -> None:
    async with await handed_over() as scene:
        await scene.tick(LATER[when])

        assert SAID in await card(scene)
        assert all(SAID in offered for _, offered in await reminders(scene))

        await scene.do(counterparty.answered, 1, "bob")
        assert SAID not in await card(scene)


async def test_the_holder_reads_it_in_both_reminders() -> None:
    async with await handed_over() as scene:
        told = []
        for _ in range(20):
            await scene.tick(HOUR / 4)
            told += await reminders(scene)

        assert {what for what, _ in told} == {What.COUNTERPARTY_SOON, What.COUNTERPARTY_DUE}
        assert all(SAID in offered for _, offered in told)


async def given_over(bench: Bench) -> None:
    known = an_incident(
        state=State.HANDED_OVER,
        holder="bob",
        lane=Lane.VENDOR,
        counterparty_due_at=NOW + 4 * HOUR,
    )
    await bench.runtime.store.run(lambda tx: tx.add_incident(known))


@pytest.mark.parametrize("way", ["menu", "command"])
async def test_the_menu_and_the_command_stop_their_clock(bench: Bench, way: str) -> None:
    await given_over(bench)
    handler, bob = handler_at(bench), bench.slack.member("Bob")
    if way == "menu":
        chosen = {"action_id": "incident:more", "selected_option": {"value": "1|answered"}}
        who = {"user": {"id": bob.id}, "channel": {"id": bench.general}}
        await registry.more(handler, {**who, "actions": [chosen]})
    else:
        asked = Request(by="bob", channel="C1", words="answered INC-1")
        assert "clock has stopped" in (await commands.answer(handler, asked)).text

    found = await bench.runtime.store.run(lambda tx: tx.incident(1))
    assert found is not None
    assert found.counterparty_answered_at is not None
    assert found.counterparty_due_at is None


def test_the_list_of_commands_has_it() -> None:
    assert "answered" in commands.COMMANDS


@pytest.mark.parametrize("ticket", ["", "T-1"])
async def test_the_evidence_asks_for_a_ticket_only_while_there_is_none(ticket: str) -> None:
    async with await handed_over(ticket) as scene:
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        [packet] = [one for one in await scene.post() if one.what is What.PACKET]
        assert isinstance(packet.notice, EvidenceWritten)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        said = counterparty_words.packet(packet.notice, view, writer)

        assert ("Add their ticket…" in labels(said.blocks)) == (not ticket)
