"""Probe kind `nagios`: a monitoring plug-in, by its exit code and performance data.

A program is started only when the administrator has listed its path for this installation, with the
arguments as they are written, without a shell and without our environment.

Performance data, `'label'=value[unit];warn;crit;min;max`, is read by label and never in part: what
does not have this form, or could mean two numbers, is refused with its reason.
"""

import asyncio
import os
import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field, field_validator

from bot.checks.outcomes import Clean
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.values import is_date, to_signal
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import TIMESTAMPS, Blind, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside

_LABEL = re.compile(r"(?:'((?:[^']|'')+)'|([^\s'=]+))=(\S*)\s*")
# ASCII: digits of other scripts were once taken for a number that nobody had meant.
_VALUE = re.compile(
    r"(-?(?:\d{1,17}(?:\.\d{0,17})?|\.\d{1,17})(?:[eE][+-]?\d{1,2})?)([a-zA-Zµ%]{0,3})(?:;\S*)?",
    re.ASCII,
)
_COMMA = re.compile(r"(-?\d{1,17}),(\d{1,17})([a-zA-Zµ%]{0,3})(?:;\S*)?", re.ASCII)
_FACTORS = {
    "": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "%": 0.01, "c": 1.0,
    "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
    "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40,
}  # fmt: skip
_GOES_ON = re.compile(r"[\d.,].*", re.DOTALL)  # behind a blank, the rest of the number before it
_TIMES = frozenset({"s", "ms", "us", "µs", "ns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`value` is in seconds, bytes or a share where the plug-in names such a unit; None when it
    cannot be read, with the reason in `why`."""

    label: str
    value: float | None = None
    is_time: bool = False
    why: str = ""


def performance_in(output: str) -> tuple[str, tuple[Measured, ...]]:
    """(what the plug-in says, what it measured). Data stands behind the bar of the first line,
    and behind that of the lines that follow it, up to the end."""
    first, _, rest = output.partition("\n")
    said, _, data = first.partition("|")
    _, _, more = rest.partition("|")
    return said, tuple(_parts(f"{data} {more}"))


def _parts(data: str) -> Iterator[Measured]:
    place, end = 0, len(data)
    while place < end:
        if data[place].isspace():
            place += 1
            continue
        form = _LABEL.match(data, place)
        if form is None:
            word = data[place:].split(maxsplit=1)[0]
            yield Measured(label="", why=f"“{word}” is no label with a value")
            place += len(word)
            continue
        quoted, bare, text = form.groups()
        place = form.end()
        label = quoted.replace("''", "'") if quoted else bare
        rest = _rest_of(text, data, place)
        if rest:
            why = f"“{text} {rest}” may be one number or two words"
            yield Measured(label=label, why=why)
            place += len(rest)
        else:
            yield _measured(label, text)


def _rest_of(text: str, data: str, place: int) -> str:
    """The word at `place` when it may belong to the value before it: the thousands behind a blank,
    or a unit."""
    if ";" in text or not text or place >= len(data) or _LABEL.match(data, place):
        return ""
    word = data[place:].split(maxsplit=1)[0]
    unit = word.partition(";")[0].lower()
    return word if _GOES_ON.fullmatch(word) or (unit and unit in _FACTORS) else ""


def _measured(label: str, text: str) -> Measured:
    form = _VALUE.fullmatch(text)
    if form is not None:
        return _in_our_units(label, form[1], form[2])
    comma = _COMMA.fullmatch(text)
    if comma is None:
        why = "is not known" if text.split(";")[0] == "U" else "is no number"
        return Measured(label=label, why=f"“{text.split(';')[0]}” {why}")
    whole, decimals, unit = comma.groups()
    # 1,234 is a thousand in one country and a bit more than one in another.
    if len(decimals) == 3 and whole.lstrip("-") != "0":
        why = f"in “{whole},{decimals}{unit}” the comma may mean decimals or thousands"
        return Measured(label=label, why=why)
    return _in_our_units(label, f"{whole}.{decimals}", unit)


def _in_our_units(label: str, number: str, unit: str) -> Measured:
    factor = _FACTORS.get(unit.lower() if unit != "B" else "b")
    if factor is None:
        return Measured(label=label, why=f"the unit “{unit}” is not known")
    return Measured(label=label, value=float(number) * factor, is_time=unit in _TIMES)


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
