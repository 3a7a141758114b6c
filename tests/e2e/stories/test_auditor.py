"""The bot finds an incident that nothing would move, sets it going and tells a person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.incidents.self_check import next_turn
from bot.store.tx import Tx
from tests.e2e.harness import QUICK, told

pytestmark = pytest.mark.anyio


def lose(tx: Tx) -> None:
    """What only a mistake of ours could leave: an incident without a next deadline."""
    incident = tx.incident(1)
    assert incident is not None
    tx.save_incident(replace(incident, escalate_at=None))


async def test_a_lost_incident_is_set_going_and_told_in_person_and_in_the_channel(
    tmp_path: Path,
) -> None:
    async with told(tmp_path, announce="integrations", channels=("integrations",)) as story:
        story.slack.member("Dana").invites_app("#integrations")
        await story.stops()
        story.intervals = replace(QUICK, audit=timedelta(seconds=0.2))
        await story.starts()
        await story.breaks("orders")
        assert story.bot is not None
        assert story.bot.runtime is not None
        store = story.bot.runtime.store

        await store.run(lose)

        said = await story.dana.gets_dm("INC-1 (open) had no next deadline")
        await story.dana.sees("#integrations", "had no next deadline")
        incident = await store.run(lambda tx: tx.incident(1))
        assert incident is not None
        assert next_turn(incident) is not None
        assert "It goes on now." in said.text
        assert story.our_faults() == []
