"""How commands print: sentences of the core in words, and stable JSON."""

import json
from typing import Any

from bot.core.catalogue import Catalogue
from bot.core.text import render


def plain(text: str, catalogue: Catalogue) -> str:
    """A sentence of the core for a terminal: names, and times in this machine's zone."""
    return render(
        text,
        time=lambda at: at.astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        person=catalogue.person_name,
    )


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
