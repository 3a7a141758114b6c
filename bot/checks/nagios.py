"""Probe kind `nagios`: a monitoring plug-in, by its exit code and performance data.

A program is started only when the administrator has listed its path for this installation, with
the arguments as they are written, without a shell and without our environment.
"""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import Field, field_validator

from bot.checks.outcomes import Clean
from bot.checks.probing import ProbeSettings, Tools
from bot.checks.secrecy import scrub
from bot.checks.values import to_number, to_signal
from bot.core.catalogue import CheckSpec
from bot.core.signals import TIMESTAMPS, Blind, Observation, Reading, Signal, SignalValue
from bot.core.text import outside

LARGEST_OUTPUT = 64 * 1024
_STATES: Mapping[int, str] = {0: "ok", 1: "warning", 2: "critical"}
_PERFORMANCE = re.compile(
    r"(?:'([^'=]{1,100})'|([^\s'=]{1,100}))=(-?[0-9.]{1,20})([a-zA-Z%]{0,3})(?:;\S*)?"
)
_UNITS: Mapping[str, float] = {"ms": 0.001, "us": 0.000001, "%": 0.01}
_BYTES: Mapping[str, float] = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


class Settings(ProbeSettings):
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


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading whose `status` is ok, warning or critical; Blind for UNKNOWN and whatever keeps
    the program from running."""
    settings = Settings.of(spec)
    program = settings.command[0]
    clean: Clean = partial(scrub, secrets=settings.secrets())
    if program not in tools.commands:
        return Blind(at=now, reason=f"the administrator has not allowed {outside(program, 100)}")
    try:
        code, output = await _run([str.__str__(part) for part in settings.command])
    except OSError as error:
        return Blind(at=now, reason=f"{program} cannot be started: {error.strerror}")
    said, _, data = clean(output.splitlines()[0] if output else "").partition("|")
    if code not in _STATES:
        return Blind(at=now, reason=f"{program} says UNKNOWN ({code}): {outside(said, 160)}")
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True, Signal.STATUS: _STATES[code]}
    signals |= _measured(data, settings.perfdata, now)
    return Reading(at=now, signals=signals, error=outside(said) if code else "")


async def _run(command: list[str]) -> tuple[int, str]:
    """(exit code, head of the output). The program and its children die with us."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        start_new_session=True,
    )
    try:
        output = await _head(process)
        return await process.wait(), output.decode("utf-8", errors="replace")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _head(process: asyncio.subprocess.Process) -> bytes:
    kept = bytearray()
    if process.stdout is not None:
        while chunk := await process.stdout.read(LARGEST_OUTPUT):
            kept += chunk[: LARGEST_OUTPUT - len(kept)]
    return bytes(kept)


def _measured(data: str, wanted: Mapping[str, Signal], now: datetime) -> dict[str, SignalValue]:
    """Performance data in the units that signals have: seconds, bytes, shares; ages of moments."""
    signals: dict[str, SignalValue] = {}
    for found in _PERFORMANCE.finditer(data):
        quoted, bare, number, unit = found.groups()
        name = wanted.get(quoted or bare)
        value = to_number(number)
        if name is None or value is None:
            continue
        value *= _UNITS.get(unit, _BYTES.get(unit.upper(), 1.0))
        if name in TIMESTAMPS:
            signals[name] = datetime.fromtimestamp(now.timestamp() - value, UTC)
        elif name is Signal.LATENCY and unit in ("s", "ms", "us"):
            signals[name] = value * 1000
        elif (read := to_signal(name, value, UTC)) is not None:
            signals[name] = read
    return signals
