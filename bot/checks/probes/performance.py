"""Performance data of monitoring plug-ins: `'label'=value[unit];warn;crit;min;max`, by label.

Nothing is read in part: what does not have this form, or could mean two numbers, has its reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
