"""What the owners read when the shape of the data changed and no approved change says why."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.effects import What
from bot.slack.blocks.parts import Message, lines, message, section
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def _letter(facts: Facts, face: Face) -> Message:
    name, others = str(facts["name"]), facts.get("others", [])
    head = (
        f"🟡 *The shape of the data of {escape(name)} changed*"
        f" {time(datetime.fromisoformat(facts['at']))}; no approved change is recorded."
    )
    tell = f"Tell {face.people(others)} what changed, and record it" if others else "Record it"
    steps = lines(
        f"*Was this you?* {tell} with its approver under `changes` in the estate file.",
        "*Was it not?* Ask whoever maintains it, and look at the mapping before records fail.",
        f"*Seen by:* the check `{escape(str(facts['check']))}`",
    )
    plain = f"The shape of the data of {name} changed; no approved change is recorded"
    return message(face.plain(plain), [section(head), steps])


LETTERS: Mapping[What, Callable[[Facts, Face], Message]] = {What.SHAPE_CHANGED: _letter}
