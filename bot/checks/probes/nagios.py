"""Probe kind `nagios`: a monitoring plug-in, by its exit code and performance data.

A program is started only when the administrator has listed its path for this installation, with
the arguments as they are written, without a shell and without our environment.
"""

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field, field_validator

from bot.checks.outcomes import Clean
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.probes.performance import Measured, performance_in
from bot.checks.timestamps import is_date
from bot.checks.values import to_signal
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import TIMESTAMPS, Blind, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside

LARGEST_OUTPUT = 64 * 1024
_CUT = f"only the first {LARGEST_OUTPUT // 1024} KiB of its output are read"
_SAID = 200  # characters of what it says, so that what is missing is told as well
_STATES: Mapping[int, str] = {0: "ok", 1: "warning", 2: "critical"}


class NagiosSettings(ProbeSettings):
    """Runs a monitoring plug-in. Off unless the administrator lists its path."""

    command: tuple[str, ...] = Field(
        min_length=1, description="Absolute path of the program and its arguments; no shell."
    )
    perfdata: Mapping[str, Signal] = Field(
        default_factory=dict, description="Label in the performance data to the signal it is."
    )

    @field_validator("command")
    @classmethod
    def _absolute(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if not Path(command[0]).is_absolute():
            raise ValueError("write the program with its whole path")
        return command

    def origin(self) -> str:
        return f"command:{self.command[0]}"

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.STATUS, *self.perfdata.values()})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading whose `status` is ok, warning or critical; Blind for UNKNOWN and whatever keeps
    the program from running."""
    settings = NagiosSettings.of(spec)
    program = settings.command[0]
    clean: Clean = tools.without(settings.secrets())
    if program not in tools.commands:
        return Blind(at=now, reason=f"the administrator has not allowed {outside(program, 100)}")
    try:
        code, output, whole = await _run([str.__str__(part) for part in settings.command])
    except OSError as error:
        return Blind(at=now, reason=f"{program} cannot be started: {error.strerror}")
    said, measured = performance_in(output)
    said = clean(said)
    if code not in _STATES:
        return Blind(at=now, reason=f"{program} says UNKNOWN ({code}): {outside(said, 160)}")
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True, Signal.STATUS: _STATES[code]}
    # Cut through, the last number may have lost digits and still look like one.
    found, missing = _signals(measured if whole else measured[:-1], settings.perfdata, now)
    words = [
        *([outside(said, _SAID)] if code else []),
        *map(clean, missing),
        *([] if whole else [_CUT]),
    ]
    return Reading(at=now, signals=signals | found, error=outside("; ".join(words)))


async def _run(command: list[str]) -> tuple[int, str, bool]:
    """(exit code, head of the output, whether that is all of it). The program and its children
    die with us."""
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            # A plug-in that asks for a password would wait for ever.
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Our environment holds the tokens, and a locale may put commas into numbers.
            env={"PATH": os.defpath, "LC_ALL": "C"},
            # A group of its own, so that what the program starts can be ended with it.
            start_new_session=True,
        )
    )
    try:
        # A start that is cancelled halfway would end the program alone and leave its children.
        process = await asyncio.shield(starting)
        output, whole = await _head(process)
        return await process.wait(), output.decode("utf-8", errors="replace"), whole
    finally:
        await _end(await starting)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _head(process: asyncio.subprocess.Process) -> tuple[bytes, bool]:
    kept, size = bytearray(), 0
    if process.stdout is not None:
        while chunk := await process.stdout.read(LARGEST_OUTPUT):
            kept += chunk[: LARGEST_OUTPUT - len(kept)]
            # Read to its end and dropped: a program whose pipe is full would wait and never exit.
            size += len(chunk)
    return bytes(kept), size == len(kept)


def _signals(
    measured: Iterable[Measured], wanted: Mapping[str, Signal], now: datetime
) -> tuple[dict[str, SignalValue], list[str]]:
    """(signals in their units, why one that is wanted is missing). Of a moment the number is an
    age in seconds, and a latency without a unit is in milliseconds."""
    known = {one.label: one for one in measured}
    signals: dict[str, SignalValue] = {}
    missing: list[str] = []
    for label, name in wanted.items():
        one = known.get(label)
        value = _in_its_type(one, name, now) if one else None
        if value is not None:
            signals[name] = value
        else:
            why = one.why or "it cannot be read as that" if one else "not in the performance data"
            missing.append(f"{name}: {label}: {why}")
    return signals, missing


def _in_its_type(one: Measured, name: Signal, now: datetime) -> SignalValue | None:
    if one.value is None:
        return None
    if name in TIMESTAMPS:
        try:
            at = now.astimezone(UTC) - timedelta(seconds=one.value)
        except OverflowError:
            return None
        return at if is_date(at) else None  # the age of an empty date
    if name is Signal.LATENCY and one.is_time:
        return one.value * 1000
    return to_signal(name, one.value, UTC)
