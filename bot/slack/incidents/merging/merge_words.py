"""What is said in channels when incidents are merged, split and opened again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.outbox.notice import What
from bot.flows.views import IncidentView
from bot.language.units import incident_key, say_names
from bot.slack.incidents.many import called, named
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def _at(iso: str) -> str:
    return time(datetime.fromisoformat(iso))


def _merged(facts: Facts, view: IncidentView, writer: Writer) -> str:
    where = f" in <#{facts['channel']}>" if facts.get("channel") else ""
    if not facts.get("by"):
        return (
            f"⚪ *{view.incident.key} is a part of {incident_key(facts['into'])}*: the cause is"
            f" {escape(str(facts['cause']))}. It goes on{where}, and this channel falls quiet."
            f" If that is wrong: `/conn split {escape(view.incident.connection)}`"
        )
    return (
        f"⚪ {writer.person(facts['by'])} merged {view.incident.key} into"
        f" *{incident_key(facts['into'])}*: it goes on{where}, and this channel falls quiet."
        f" To undo it: `/conn split {escape(view.incident.connection)}`"
    )


def _joined(facts: Facts, view: IncidentView, writer: Writer) -> str:
    part = f"{incident_key(facts['number'])} ({escape(facts['title'])})"
    had = f" {writer.person(facts['holder'])} had it." if facts.get("holder") else ""
    if facts.get("by"):
        merger = writer.person(facts["by"])
        return f"🔗 {merger} merged {part} into this.{had} Its people are here now."
    return (
        f"🔗 {part} has the same cause, {escape(str(facts['cause']))}, and is a part of this"
        f" now.{had} Its people are here."
    )


def _split(facts: Facts, view: IncidentView, writer: Writer) -> str:
    from_whom = f" from {incident_key(facts['whole'])}" if facts.get("whole") else ""
    whole = incident_key(facts["whole"]) if facts.get("whole") else "the other one"
    who = f" It still fails while {whole} runs again."
    if facts.get("by"):
        who = f" {writer.person(facts['by'])} split it{from_whom}."
    return f"🔴 *{view.incident.key} is on its own again.*{who}{called(facts, writer)}"


def _reopened(facts: Facts, view: IncidentView, writer: Writer) -> str:
    if facts.get("by"):
        said = f"{writer.person(facts['by'])} opened it again: {escape(facts['why'])}."
    else:
        ended = f"was resolved {_at(facts['resolved_at'])} and " if facts.get("resolved_at") else ""
        said = f"It {ended}fails again in the same way."
        if facts.get("never_stopped"):
            said = f"It was resolved {_at(facts['resolved_at'])} but never stopped failing."
    return f"🔴 *{view.incident.key} was not over.* {said}{called(facts, writer)}"


def _split_off(facts: Facts, view: IncidentView, writer: Writer) -> str:
    if facts.get("by"):
        who, name = writer.person(facts["by"]), escape(str(facts["part"]))
        return f"🔗 {who} split {name} off: it is {incident_key(facts['number'])} now."
    left = facts["left"]
    several, ids = len(left) > 1, [one for one, _ in left]
    are, they = ("are", "they") if several else ("is", "it")
    why = f"{they} still fail{'' if several else 's'} while the others run again"
    if not facts["still"]:
        why = f"{they} failed again before this was opened again"
    keys = list(dict.fromkeys(incident_key(number) for _, number in left if number is not None))
    there = f" {they.title()} go{'' if several else 'es'} on in {say_names(keys)}." if keys else ""
    none = "" if all(number for _, number in left) else " `/conn status` says how the rest stands."
    head = f"{named(ids, writer)} {are} no part of {view.incident.key} any more"
    return f"🔗 *{head}:* {why}.{there}{none}"


CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.MERGED: _merged,
    What.JOINED: _joined,
    What.SPLIT: _split,
    What.SPLIT_OFF: _split_off,
    What.REOPENED: _reopened,
}
