"""A storm against Slack's real limits: a channel for each cause, one ping per person, none lost."""

from pathlib import Path

import pytest

from benchmarks.storm import Plan, storm, until

pytestmark = pytest.mark.anyio


async def test_everybody_is_pinged_once_and_every_cause_gets_one_channel(tmp_path: Path) -> None:
    plan = Plan(connections=60, causes=6, crew=3, every=5)
    async with storm(plan, tmp_path, warm=False) as run:
        run.breaks()

        await until(lambda: len(run.pings) >= plan.pings and len(run.channels) >= plan.causes, 60)
        refused = [call for call in run.calls if not call.ok and call.status != 429]

        assert len(run.pings) == plan.pings == 18
        assert set(run.pinged_channels.values()) == {1}
        assert len(run.channels) == plan.causes
        assert refused == []
