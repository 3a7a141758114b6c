"""The bot is killed at every step of an incident's life: at any call to Slack and at any commit.

Whatever the moment, in the end everything stands as it does when nobody dies: no click is lost,
nothing is said twice. FIRSTLANE_EVERY_CRASH=1 tries every moment,
FIRSTLANE_EVERY_CRASH=5 every fifth.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.standin import app_manifest
from slack_standin.driver import Driver
from slack_standin.server import Standin
from slack_standin.state.clock import Clock
from tests.e2e.child_processes import ChildProcesses
from tests.e2e.estate import MEMBERS, Connectors, catalogue_text
from tests.e2e.fault_injection import set_kill
from tests.e2e.harness import OUR_FAULT
from tests.e2e.lifetime import Lifetime
from tests.patience import UNHURRIED

pytestmark = [
    pytest.mark.anyio,
    # A killed peer leaves its half of a connection behind, and the collector says so.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SOON = replace(UNHURRIED, retries=(0.0, 1.0, 5.0))  # so that a restart lies within them
CALLS, COMMITS = 60, 150  # of one whole life, about
STRIDE = int(os.environ.get("FIRSTLANE_EVERY_CRASH", "0"))
AT_CALLS = [(25, "after")]
AT_COMMITS = [-26]
if STRIDE:
    AT_CALLS = [(at, moment) for at in range(1, CALLS, STRIDE) for moment in ("before", "after")]
    AT_COMMITS = [sign * at for at in range(8, COMMITS, STRIDE) for sign in (1, -1)]


@pytest.fixture(scope="module")
def child_processes() -> Iterator[ChildProcesses]:
    with ChildProcesses() as running:
        yield running


@asynccontextmanager
async def a_life(child_processes: ChildProcesses, folder: Path) -> AsyncIterator[Lifetime]:
    async with (
        Connectors(Clock()) as erp,
        Standin(members=MEMBERS, manifest=app_manifest(), timing=SOON) as standin,
    ):
        path = folder / "connections.yaml"
        path.write_text(catalogue_text(erp.url), encoding="utf-8")
        life = Lifetime(
            standin=standin,
            slack=Driver(standin),
            erp=erp,
            child_processes=child_processes,
            environment={
                "SLACK_BOT_TOKEN": standin.bot_token,
                "SLACK_APP_TOKEN": standin.app_token,
                "SLACK_API_URL": standin.api_url,
                "FIRSTLANE_CATALOGUE": str(path),
                "FIRSTLANE_STATE": str(folder),
                "FIRSTLANE_HTTP": "127.0.0.1:0",
                "FIRSTLANE_LOG": "error",
            },
        )
        try:
            yield life
        finally:
            await life.ends()


@pytest.fixture(scope="module")
def unharmed(
    child_processes: ChildProcesses, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What remains of a life in which nothing happens to the bot."""
    folder = tmp_path_factory.mktemp("unharmed")

    async def live() -> dict[str, Any]:
        async with a_life(child_processes, folder) as life:
            await life.begins()
            await life.is_lived()
            return life.remains()

    return asyncio.run(live())


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What is said too often (+) or not (-), and the channels where they differ."""
    more = [f"+ {text}" for text in (found["messages"] - wanted["messages"]).elements()]
    less = [f"- {text}" for text in (wanted["messages"] - found["messages"]).elements()]
    rooms = [] if found["rooms"] == wanted["rooms"] else [str(found["rooms"])]
    return [*more, *less, *rooms]


@pytest.mark.parametrize(("number", "moment"), AT_CALLS)
async def test_a_kill_at_a_call_to_slack_changes_nothing_in_the_end(
    child_processes: ChildProcesses,
    tmp_path: Path,
    unharmed: dict[str, Any],
    number: int,
    moment: str,
) -> None:
    async with a_life(child_processes, tmp_path) as life:
        life.kill = set_kill(life.standin, number, moment)

        await life.begins()
        await life.is_lived()

        assert life.deaths == (1 if life.kill.killed else 0)
        wrong = differences(life.remains(), unharmed)
        assert not wrong, "\n\n".join(wrong)
        assert OUR_FAULT.isdisjoint(call.error for call in life.standin.services.log.calls)


@pytest.mark.parametrize("number", AT_COMMITS)
async def test_a_kill_at_a_commit_changes_nothing_in_the_end(
    child_processes: ChildProcesses, tmp_path: Path, unharmed: dict[str, Any], number: int
) -> None:
    async with a_life(child_processes, tmp_path) as life:
        await life.begins(die_at_commit=number)
        await life.is_lived()

        wrong = differences(life.remains(), unharmed)
        assert not wrong, "\n\n".join(wrong)
        assert OUR_FAULT.isdisjoint(call.error for call in life.standin.services.log.calls)
