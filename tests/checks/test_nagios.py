"""Monitoring plug-ins: only those that are allowed, without a shell, within bounds."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.checks.nagios import Settings, probe
from bot.checks.probing import ProbeKind, Tools
from bot.checks.runner import Runner
from bot.core.signals import Blind, Observation, Reading
from tests.checks.conftest import NOW, spec
from tests.loop_time import ahead

pytestmark = pytest.mark.anyio


def plugin(folder: Path, script: str) -> str:
    file = folder / "check_it"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


async def look(tools: Tools, program: str, *arguments: str, **settings: Any) -> Observation:
    allowed = replace(tools, commands=frozenset({program}))
    return await probe(spec("nagios", command=[program, *arguments], **settings), allowed, NOW)


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [(0, "ok", ""), (1, "warning", "IDOC 64"), (2, "critical", "IDOC 64")],
)
async def test_the_exit_code_is_the_status(
    tmp_path: Path, tools: Tools, code: int, status: str, error: str
) -> None:
    program = plugin(tmp_path, f"echo 'IDOC 64 | waiting=12;20;30;0'; exit {code}")

    seen = await look(tools, program)

    assert isinstance(seen, Reading)
    assert seen.signals == {"reachable": True, "status": status}
    assert seen.error == error


async def test_performance_data_becomes_signals_in_our_units(tmp_path: Path, tools: Tools) -> None:
    data = "'in queue'=12;20;30 time=0.25s;1;2 age=5400s size=1.5MB used=80% junk=abc other=1"
    program = plugin(tmp_path, f'echo "OK | {data}"')

    seen = await look(
        tools,
        program,
        perfdata={
            "in queue": "queue_depth",
            "time": "latency",
            "age": "queue_oldest",
            "size": "size",
            "used": "quota_used",
            "junk": "processed",
        },
    )

    assert isinstance(seen, Reading)
    assert seen.signals == {
        "reachable": True,
        "status": "ok",
        "queue_depth": 12.0,
        "latency": 250.0,
        "queue_oldest": NOW - timedelta(seconds=5400),
        "size": 1.5e6,
        "quota_used": 0.8,
    }


@pytest.mark.parametrize("code", [3, 4, 127])
async def test_unknown_makes_us_blind(tmp_path: Path, tools: Tools, code: int) -> None:
    seen = await look(tools, plugin(tmp_path, f"echo 'bad arguments'; exit {code}"))

    assert isinstance(seen, Blind)
    assert "bad arguments" in seen.reason


async def test_a_program_that_nobody_allowed_is_not_started(tmp_path: Path, tools: Tools) -> None:
    mark = tmp_path / "ran"
    program = plugin(tmp_path, f"touch {mark}")

    seen = await probe(spec("nagios", command=[program]), tools, NOW)

    assert isinstance(seen, Blind)
    assert "has not allowed" in seen.reason
    assert not mark.exists()


async def test_arguments_reach_the_program_as_they_are_written(
    tmp_path: Path, tools: Tools
) -> None:
    seen = await look(tools, plugin(tmp_path, 'echo "$1"; exit 1'), "$(id); rm -rf `x`")

    assert isinstance(seen, Reading)
    assert seen.error == "$(id); rm -rf `x`"


async def test_the_program_does_not_see_our_environment(
    tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")

    seen = await look(tools, plugin(tmp_path, 'echo "token: $SLACK_BOT_TOKEN."; exit 1'))

    assert isinstance(seen, Reading)
    assert seen.error == "token: ."


async def test_a_program_that_is_not_there_makes_us_blind(tmp_path: Path, tools: Tools) -> None:
    seen = await look(tools, str(tmp_path / "gone"))

    assert isinstance(seen, Blind)
    assert "cannot be started" in seen.reason


async def test_output_without_end_is_read_within_bounds(tmp_path: Path, tools: Tools) -> None:
    seen = await look(tools, plugin(tmp_path, "head -c 5000000 /dev/zero | tr '\\0' 'x'; exit 2"))

    assert isinstance(seen, Reading)
    assert len(seen.error) <= 300


async def test_a_program_that_never_ends_dies_with_its_children(
    tmp_path: Path, tools: Tools
) -> None:
    pids = tmp_path / "pids"
    os.mkfifo(pids)  # reading it waits until the program has written
    program = plugin(tmp_path, f"sleep 1000 & echo $! $$ > {pids}; wait")
    allowed = replace(tools, commands=frozenset({program}))
    runner = Runner(allowed, {"nagios": ProbeKind(Settings, probe)})

    looking = asyncio.create_task(runner.observe(spec("nagios", command=[program]), NOW))
    started = (await asyncio.to_thread(pids.read_text)).split()

    with ahead(minutes=2):
        seen = await looking

    assert isinstance(seen, Reading)
    assert "no complete answer within" in seen.error
    assert len(started) == 2
    for pid in started:
        await asyncio.to_thread(wait_until_gone, int(pid))


def wait_until_gone(pid: int) -> None:
    stat = Path(f"/proc/{pid}/stat")
    while stat.exists() and stat.read_text().split()[2] != "Z":
        os.sched_yield()


@pytest.mark.parametrize("command", [[], ["check_it"], ["./check_it"], "check_it -w 5"])
def test_only_a_whole_path_with_a_list_of_arguments_is_taken(command: Any) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"command": command})
