"""What is said in channels when incidents are merged, split and opened again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.effects import What
from bot.core.units import incident_key
from bot.flows.answers import IncidentView
from bot.slack.blocks.crowd import called
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def _at(iso: str) -> str:
    return time(datetime.fromisoformat(iso))


def _merged(facts: Facts, view: IncidentView, face: Face) -> str:
    where = f" in <#{facts['channel']}>" if facts.get("channel") else ""
    if not facts.get("by"):
        return (
            f"⚪ *{view.incident.key} is a part of {incident_key(facts['into'])}*: the cause is"
            f" {escape(str(facts['cause']))}. It goes on{where}, and this channel falls quiet."
            f" If that is wrong: `/conn split {escape(view.incident.connection)}`"
        )
    return (
        f"⚪ {face.person(facts['by'])} merged {view.incident.key} into"
        f" *{incident_key(facts['into'])}*: it goes on{where}, and this channel falls quiet."
        f" To undo it: `/conn split {escape(view.incident.connection)}`"
    )


def _joined(facts: Facts, view: IncidentView, face: Face) -> str:
    part = f"{incident_key(facts['number'])} ({escape(facts['title'])})"
    had = f" {face.person(facts['holder'])} had it." if facts.get("holder") else ""
    if facts.get("by"):
        merger = face.person(facts["by"])
        return f"🔗 {merger} merged {part} into this.{had} Its people are here now."
    return (
        f"🔗 {part} has the same cause, {escape(str(facts['cause']))}, and is a part of this"
        f" now.{had} Its people are here."
    )


def _split(facts: Facts, view: IncidentView, face: Face) -> str:
    from_whom = f" from {incident_key(facts['whole'])}" if facts.get("whole") else ""
    who = f" {face.person(facts['by'])} split it{from_whom}." if facts.get("by") else ""
    return f"🔴 *{view.incident.key} is on its own again.*{who}{called(facts, face)}"


def _reopened(facts: Facts, view: IncidentView, face: Face) -> str:
    if facts.get("by"):
        said = f"{face.person(facts['by'])} opened it again: {escape(facts['why'])}."
    else:
        ended = f"was resolved {_at(facts['resolved_at'])} and " if facts.get("resolved_at") else ""
        said = f"It {ended}fails again in the same way."
        if facts.get("never_stopped"):
            said = f"It was resolved {_at(facts['resolved_at'])} but never stopped failing."
    return f"🔴 *{view.incident.key} was not over.* {said}{called(facts, face)}"


CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Face], str]] = {
    What.MERGED: _merged,
    What.JOINED: _joined,
    What.SPLIT: _split,
    What.SPLIT_OFF: lambda facts, view, face: (
        f"🔗 {face.person(facts['by'])} split {escape(str(facts['part']))} off:"
        f" it is {incident_key(facts['number'])} now."
    ),
    What.REOPENED: _reopened,
}
