"""Error texts as systems write them, and texts that are no errors; kept in `texts/`, one a line.

None of them is a sample of a playbook entry. What the sets were worth before they were used for
tuning is written down in docs/playbooks.md.
"""

import json
from pathlib import Path
from typing import NamedTuple

_TEXTS = Path(__file__).parent / "texts"


class Told(NamedTuple):
    """A text with its class and the lanes that a senior engineer accepts, such as `it` or
    `it/functional`. `system` is None when nobody said who spoke."""

    error_class: str
    system: str | None
    lanes: tuple[str, ...]
    text: str
    also: tuple[str, ...] = ()  # other classes that are right as well


def read_texts(name: str) -> tuple[Told, ...]:
    """Every line as a value; a `= heading` names the class of the lines below it."""
    told: list[Told] = []
    error_class = ""
    for line in (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            error_class = line[2:]
        elif not line.startswith("#"):
            system, lanes, text = line.split(" | ", 2)
            known = None if system == "-" else system
            told.append(Told(error_class, known, tuple(lanes.split(",")), text))
    return tuple(told)


def read_wordings(name: str) -> dict[str, list[tuple[str, str]]]:
    """Under each `= heading` of a file its texts, each with who words it so."""
    found: dict[str, list[tuple[str, str]]] = {}
    told: list[tuple[str, str]] = []
    for line in (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            told = found.setdefault(line[2:], [])
        elif not line.startswith("#"):
            wording, text = line.split(" | ", 1)
            told.append((wording, text))
    return found


def read_raw_texts(name: str) -> tuple[Told, ...]:
    """A set whose texts have several lines, kept as JSON lines."""
    rows = (
        json.loads(line)
        for line in (_TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    )
    return tuple(
        Told(row["class"][0], row["system"], tuple(row["lanes"]), row["text"], tuple(row["class"]))
        for row in rows
    )


SETS = {
    name: read_texts(name) for name in ("first", "second", "third", "fourth", "seventh", "ninth")
} | {name: read_raw_texts(name) for name in ("fifth", "sixth", "eighth")}
HARMLESS = tuple(dict.fromkeys((_TEXTS / "harmless.txt").read_text(encoding="utf-8").splitlines()))
