"""The bot is killed in the middle of opening an incident, at every call it makes to Slack.

Whatever the moment, after the restart there is one channel, one card, and everybody was told once.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.standin import app_manifest
from slack_standin.driver import Driver
from slack_standin.server import Standin
from slack_standin.state.clock import Clock
from tests.e2e.child_processes import ChildProcesses
from tests.e2e.estate import MEMBERS, Connectors, catalogue_text
from tests.e2e.fault_injection import set_kill
from tests.e2e.harness import OUR_FAULT
from tests.patience import UNHURRIED

pytestmark = [
    pytest.mark.anyio,
    # A killed peer leaves its half of a connection behind, and the collector says so.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CALLS = 14  # what it takes until everybody knows; the decorations come later
# A few calls by default, in turns before Slack acts and after; all with the variable set.
EVERY = "FIRSTLANE_EVERY_CRASH" in os.environ
MOMENTS = [
    (number, moment)
    for number in range(1, CALLS + 1)
    for place, moment in enumerate(("before", "after"))
    if EVERY or number % 6 == 3 * place + 1
]


@pytest.fixture(scope="module")
def child_processes() -> Iterator[ChildProcesses]:
    with ChildProcesses() as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_left_behind(child_processes: ChildProcesses) -> Iterator[None]:
    yield
    child_processes.clear()


@pytest.mark.parametrize(("number", "moment"), MOMENTS)
async def test_a_kill_at_any_call_loses_nobody_and_tells_nobody_twice(
    child_processes: ChildProcesses, tmp_path: Path, number: int, moment: str
) -> None:
    async with (
        Connectors(Clock()) as erp,
        Standin(members=MEMBERS, manifest=app_manifest(), timing=UNHURRIED) as standin,
    ):
        erp.breaks("orders")
        path = tmp_path / "connections.yaml"
        path.write_text(catalogue_text(erp.url), encoding="utf-8")
        environment = {
            "SLACK_BOT_TOKEN": standin.bot_token,
            "SLACK_APP_TOKEN": standin.app_token,
            "SLACK_API_URL": standin.api_url,
            "FIRSTLANE_CATALOGUE": str(path),
            "FIRSTLANE_STATE": str(tmp_path),
            "FIRSTLANE_HTTP": "127.0.0.1:0",
            "FIRSTLANE_LOG": "error",
        }
        slack = Driver(standin)
        kill = set_kill(standin, number, moment)

        kill.pid = child_processes.run(environment)
        await slack.until(lambda: kill.killed or None, "the kill")
        child_processes.reap()
        child_processes.run(environment)

        await everything_stands(slack)
        assert OUR_FAULT.isdisjoint(call.error for call in standin.services.log.calls)
        assert channels(standin) == ["inc-1-orders"]
        for words in ("You are the first responder", "You own it", "*Who has it:*", "*Triage: "):
            assert posts(standin, words) == 1, f"{words}\n{slack.transcript()}"


async def everything_stands(slack: Driver) -> None:
    alice, bob, dana = (slack.member(name) for name in ("Alice", "Bob", "Dana"))
    await bob.gets_dm("Web shop orders is failing")
    await alice.gets_dm("You own it")
    await bob.sees("#inc-1-orders", "Where is the newest missing record seen last?")
    await alice.sees("#inc-1-orders", "Pinged: @Bob Responder ✓")
    await dana.sees("#inc-1-orders", "Pinged: @Bob Responder ✓")


def channels(standin: Standin) -> list[str]:
    rooms = standin.workspace.channels.values()
    return [room.name for room in rooms if room.name.startswith("inc-")]


def posts(standin: Standin, words: str) -> int:
    """How many messages of the bot have these words, in all conversations."""
    pools = standin.workspace.messages.values()
    return sum(words in str(message.body) for pool in pools for message in pool.values())
