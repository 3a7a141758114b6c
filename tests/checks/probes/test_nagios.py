"""Monitoring plug-ins: only those that are allowed, without a shell, within bounds."""

import asyncio
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.checks.probe import ProbeKind, Tools
from bot.checks.probes.nagios import NagiosSettings, performance_in, probe
from bot.checks.runner import Runner
from bot.core.monitoring.signals import Blind, Observation, Reading
from tests.checks.conftest import NOW, spec
from tests.loop_time import ahead
from tests.patience import never_late

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


@pytest.mark.parametrize(
    ("data", "signals", "said"),
    [
        ("time=6,049175s;;;0,000000;10,000000 size=555B;;;0", {"latency": 6049.175}, ""),
        ("time=0,123s", {"latency": 123.0}, ""),
        ("time=.5s", {"latency": 500.0}, ""),
        ("time=250", {"latency": 250.0}, ""),  # a latency without a unit is in milliseconds
        ("time=3e2ms;;;;", {"latency": 300.0}, ""),
        ("queue=1.5MiB", {"queue_depth": 1572864.0}, ""),
        ("queue=1,234;;", {}, "queue_depth: queue: in “1,234” the comma may mean"),
        ("queue=1.234,5", {}, "queue_depth: queue: “1.234,5” is no number"),
        ("queue=12;20;30 queue=x", {}, "queue_depth: queue: “x” is no number"),
        ("queue=U;;", {}, "queue_depth: queue: “U” is not known"),
        ("queue=12kWh", {}, "queue_depth: queue: the unit “kWh” is not known"),
        ("queue=12-", {}, "queue_depth: queue: “12-” is no number"),
        *(
            (f"queue=1{blank}234{rest}", {}, "queue_depth: queue: “1 234")
            for blank in (" ", "\u00a0", "\u202f", "\u2009", "  ")
            for rest in ("", ";;", ",5s", " other=1")
        ),
        ("queue=12 MB", {}, "queue_depth: queue: “12 MB” may be"),
        ("queue=12;20 000", {"queue_depth": 12.0}, ""),
        ("queue=12 234=5", {"queue_depth": 12.0}, ""),
        ("queue=٤٢", {}, "queue_depth: queue: “٤٢” is no number"),
        ("queue=４２,5", {}, "queue_depth: queue: “４２,5” is no number"),
        ("queue=", {}, "queue_depth: queue: “” is no number"),
        ("queue 12", {}, "queue_depth: queue: not in the performance data"),
        ("other=1", {}, "queue_depth: queue: not in the performance data"),
    ],
)
async def test_a_number_of_the_performance_data_is_read_whole_or_missed_with_the_reason(
    tmp_path: Path, tools: Tools, data: str, signals: dict[str, float], said: str
) -> None:
    program = plugin(tmp_path, f'echo "OK | {data}"')
    label, name = ("time", "latency") if data.startswith("time") else ("queue", "queue_depth")

    seen = await look(tools, program, perfdata={label: name})

    assert isinstance(seen, Reading)
    assert {k: v for k, v in seen.signals.items() if k not in ("reachable", "status")} == (
        pytest.approx(signals)
    )
    assert seen.error.startswith(said)
    assert bool(seen.error) == bool(said)


async def test_performance_data_goes_on_in_the_lines_that_follow(
    tmp_path: Path, tools: Tools
) -> None:
    text = "OK | first=1\\nlong text\\nmore | it''s=2\\n'a b'=3"
    program = plugin(tmp_path, f'printf "{text}"')

    wanted = {"first": "queue_depth", "it''s": "processed", "a b": "failed"}
    seen = await look(tools, program, perfdata=wanted)

    assert isinstance(seen, Reading)
    assert seen.signals["queue_depth"] == 1.0
    assert seen.signals["failed"] == 3.0


TEXTS = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="|"), max_size=9)


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,6}", fullmatch=True), TEXTS), max_size=5))
@example([("a", "႐")])  # a digit, but not of ours
def test_every_part_of_the_performance_data_is_a_value_or_a_reason(
    pairs: list[tuple[str, str]],
) -> None:
    data = " ".join(f"{label}={text}" for label, text in pairs)

    _, measured = performance_in(f"OK | {data}")

    assert [one.label for one in measured] == [label for label, _ in pairs]
    for one, (_, text) in zip(measured, pairs, strict=True):
        assert (one.value is None) == bool(one.why)
        number = text.partition(";")[0]
        assert one.value is None or re.fullmatch(r"[-0-9.,eE+]+[a-zA-Zµ%]{0,3}", number)


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
    script = "printf 'OK | a=1 b=2'; head -c 5000000 /dev/zero | tr '\\0' '3'; echo ' c=4'; exit 2"
    wanted = {"a": "queue_depth", "b": "processed", "c": "failed"}
    seen = await look(tools, plugin(tmp_path, script), perfdata=wanted)

    assert isinstance(seen, Reading)
    assert len(seen.error) <= 300
    assert seen.signals == {"reachable": True, "status": "critical", "queue_depth": 1.0}
    assert "only the first 64 KiB of its output are read" in seen.error


async def test_a_program_that_never_ends_dies_with_its_children(
    tmp_path: Path, tools: Tools
) -> None:
    pids = tmp_path / "pids"
    os.mkfifo(pids)  # reading it waits until the program has written
    program = plugin(tmp_path, f"sleep 1000 & echo $! $$ > {pids}; wait")
    allowed = replace(tools, commands=frozenset({program}))
    runner = Runner(allowed, {"nagios": ProbeKind(NagiosSettings, probe)}, never_late())

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
        NagiosSettings.model_validate({"command": command})
