"""Our own slowness is not told as the far end's."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from bot.checks.own_pace import Pace, theirs
from bot.checks.probe import ProbeKind, Tools
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal
from tests.checks.conftest import NOW
from tests.checks.test_runner import Settings, odd
from tests.loop_time import ahead

pytestmark = pytest.mark.anyio


class Machine:
    """A clock that moves only as a test says, beside a loop that goes on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Story:
    """One look, of which a probe tells what happened."""

    def __init__(self, tools: Tools) -> None:
        self.tools, self.machine = tools, Machine()

    async def looks(self, probe: Callable[[CheckSpec], Awaitable[Observation]]) -> Observation:
        async def asked(one: CheckSpec, tools: Tools, now: datetime) -> Observation:
            return await probe(one)

        kinds = {"odd": ProbeKind(Settings, asked)}
        runner = Runner(self.tools, kinds, Pace(self.machine))
        return await runner.observe(odd(host="h"), NOW)


@pytest.fixture
def story(tools: Tools) -> Story:
    return Story(tools)


def silence(cause: Cause) -> Reading:
    return Reading(at=NOW, signals={Signal.REACHABLE: False}, error="no answer", cause=cause)


LIMIT = odd().timeout.total_seconds()


@pytest.mark.parametrize("ends", ["by the limit", Cause.TIMEOUT, Cause.CLOSED])
@pytest.mark.parametrize(("share", "blind"), [(0.0, False), (0.1, False), (0.5, True), (3, True)])
async def test_who_is_not_heard_while_we_are_late_is_not_called_broken(
    story: Story, ends: str | Cause, share: float, blind: bool
) -> None:
    async def probe(_: CheckSpec) -> Observation:
        story.machine.now += LIMIT * share  # nothing else in the loop gets its turn
        if isinstance(ends, Cause):
            return silence(ends)
        with ahead(minutes=5):
            await asyncio.Event().wait()
        raise AssertionError

    seen = await story.looks(probe)

    assert isinstance(seen, Blind) is blind
    if isinstance(seen, Blind):
        assert seen.reason.startswith("this machine was too busy to judge")
        assert seen.cause is None


@pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.TLS, Cause.STATUS, Cause.UNREADABLE])
async def test_what_the_far_end_said_counts_however_late_we_heard_it(
    story: Story, cause: Cause
) -> None:
    async def probe(_: CheckSpec) -> Observation:
        story.machine.now += LIMIT
        return silence(cause)

    assert await story.looks(probe) == silence(cause)


def test_what_a_look_loads_is_loaded_with_its_kind_before_its_time_runs() -> None:
    ask = """
import sys
from bot.checks import PROBES
for kind, library in (("sql", "sqlalchemy"), ("sftp", "asyncssh"), ("dns", "dns.asyncresolver")):
    before = library in sys.modules
    PROBES[kind]
    print(kind, before, library in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert told.stdout.splitlines() == [f"{kind} False True" for kind in ("sql", "sftp", "dns")]


async def test_why_we_could_not_look_is_said_however_late_we_were(story: Story) -> None:
    no_token = Blind(at=NOW, reason="no token for the monitoring credential")

    async def probe(_: CheckSpec) -> Observation:
        story.machine.now += LIMIT
        return no_token

    assert await story.looks(probe) == no_token


async def test_how_long_they_took_leaves_out_what_we_were_late(story: Story) -> None:
    async def probe(_: CheckSpec) -> Observation:
        began = theirs()
        story.machine.now += 0.04
        quick = theirs() - began
        story.machine.now += 2.0
        return Reading(at=NOW, signals={"quick": quick, "all": theirs() - began})

    seen = await story.looks(probe)

    assert isinstance(seen, Reading)
    assert seen.signals["quick"] == pytest.approx(0.04)
    assert seen.signals["all"] == pytest.approx(0.05)
