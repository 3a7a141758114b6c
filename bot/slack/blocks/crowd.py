"""Many connections and many people on one card: the first are named, the rest are counted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.flows.answers import IncidentView
from bot.flows.parts import PartView
from bot.ports import Receipt
from bot.slack.text import cut, escape

NAMED = 12  # connections, and pings that arrived
TROUBLED = 6  # pings that did not
_NAME = 60  # characters


def connections_line(parts: Sequence[PartView]) -> str:
    """Every connection of the incident, those that still fail first."""
    failing = [part for part in parts if not part.recovered]
    running = [part for part in parts if part.recovered]
    shown = [*failing, *running][:NAMED]
    rows = [f"{'🟢' if part.recovered else '🔴'} {escape(cut(part.name, _NAME))}" for part in shown]
    more = (
        f"{len(failing) - sum(not part.recovered for part in shown)} 🔴 and"
        f" {len(running) - sum(part.recovered for part in shown)} 🟢 more"
    )
    left = [more] if len(parts) > NAMED else []
    return f"*Connections ({len(parts)}):* {' · '.join([*rows, *left])}"


def receipts_line(receipts: Sequence[Receipt], say: Callable[[Receipt], str]) -> str:
    """What became of every ping; those that failed first, for somebody has to act on them."""
    failed = [one for one in receipts if one.state == "failed"]
    others = [one for one in receipts if one.state != "failed"]
    if len(receipts) <= NAMED:
        return ", ".join(say(one) for one in receipts)
    shown = [*failed[:TROUBLED], *others[-NAMED:]]
    arrived = sum(one.state == "delivered" for one in receipts)
    told = f"{arrived} of {len(receipts)} delivered, {len(failed)} failed; "
    return told + ", ".join(say(one) for one in shown)


def heading(view: IncidentView) -> tuple[str, str]:
    """What the incident is about, by its shared cause where it has parts, and the verb that fits:
    `Business Central: 10 connections`, `are`."""
    if not view.parts:
        return (view.connection.name if view.connection else view.incident.connection), "is"
    failing = sum(not part.recovered for part in view.parts)
    count, size = failing or len(view.parts), len(view.parts)
    of = f" of {size}" if count < size else ""
    verb = "is" if count == 1 and not of else "are"
    noun = "connection" if count == size == 1 else "connections"
    return f"{view.incident.cause}: {count}{of} {noun}", verb


def named_parts(facts: Mapping[str, Any], whole: tuple[str, str]) -> tuple[str, str]:
    """The connections that a letter is about, `Orders and 24 more`, and the verb that fits them;
    the whole incident's where it names none."""
    if not facts.get("part"):
        return whole
    name, others = str(facts["part"]), int(facts.get("others", 0))
    return (f"{name} and {others} more", "are") if others else (name, "is")
