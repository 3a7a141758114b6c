"""How commands print: sentences of the core in words, and stable JSON."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.language.local_time import local
from bot.language.marks import render

if TYPE_CHECKING:
    from bot.core.estate.catalogue import Catalogue
    from bot.files.problems import Problem


def plain(text: str, catalogue: "Catalogue") -> str:
    """A sentence of the core for a terminal: names, and times in the zone of the estate. A server
    may run in any other, where a day of the estate would begin on the one before."""
    return render(
        text,
        time=lambda at: local(at, catalogue.timezone).strftime("%Y-%m-%d %H:%M %Z"),
        person=catalogue.person_name,
    )


def print_json(value: Any, catalogue: "Catalogue | None" = None) -> None:
    """Stable JSON; with a catalogue its texts are sentences of the core."""
    said = _plainly(value, catalogue) if catalogue else value
    print(json.dumps(said, indent=2, ensure_ascii=False, default=str))


def _plainly(value: Any, catalogue: "Catalogue") -> Any:
    match value:
        case str():
            return plain(value, catalogue)
        case dict():
            return {key: _plainly(item, catalogue) for key, item in value.items()}
        case list() | tuple():
            return [_plainly(item, catalogue) for item in value]
    return value


def show(problems: "Iterable[Problem]", out: TextIO) -> None:
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=out)
