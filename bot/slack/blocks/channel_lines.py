"""One line for each thing that happens, in the incident's channel.

Some are said to people too; those have public names here and are used by `letters`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.catalogue import LANE_NAMES, Lane
from bot.core.effects import What
from bot.flows.answers import IncidentView
from bot.slack.blocks import (
    drill,
    held_steps,
    holds,
    lane_letters,
    lessons,
    rooms,
    second_life,
    stuck,
    taking,
)
from bot.slack.blocks.parts import Message, message, section
from bot.slack.blocks.timeline import timeline_blocks
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def in_channel(what: What, facts: Facts, view: IncidentView, face: Face) -> Message:
    """One line in the incident's channel; the last one brings the whole timeline."""
    return drill.marked(_line(what, facts, view, face), view)


def _line(what: What, facts: Facts, view: IncidentView, face: Face) -> Message:
    if what in lane_letters.IN_CHANNEL:
        return lane_letters.IN_CHANNEL[what](facts, view, face)
    text = LINES[what](facts, view, face)
    blocks = [section(text)]
    if what in (What.RESOLVED, What.DATA_CONFIRMED):
        blocks += timeline_blocks(view.timeline, face)
    return message(face.plain(f"{view.incident.key}: {what.replace('_', ' ')}"), blocks)


def _climbed(facts: Facts, view: IncidentView, face: Face) -> str:
    people = face.people(facts["people"])
    then = deadline(facts, face).removeprefix("*Next:* unless you acknowledge, ")
    after = f" Without an acknowledgement, {then}." if then else ""
    return f"🔴 Nobody took {view.incident.key}; {people} is pinged now.{after}"


def _acknowledged(facts: Facts, view: IncidentView, face: Face) -> str:
    taken = f", taken over from {face.person(facts['from'])}" if facts.get("from") else ""
    until = f" until {at(facts['until'])}" if facts.get("until") else ""
    return f"🟠 {face.person(facts['by'])} has it{until}{taken}."


def _handed_over(facts: Facts, view: IncidentView, face: Face) -> str:
    lane = Lane(facts["lane"])
    party = view.parties.get(lane)
    name = escape(party.name) if party else LANE_NAMES[lane]
    contact = f" ({escape(party.contact)})" if party and party.contact else ""
    ticket = f" Ticket: {escape(facts['ticket'])}." if facts.get("ticket") else ""
    due = f" They must answer by {at(facts['due'])}." if facts.get("due") else ""
    return f"🟣 {face.person(facts['by'])} handed over to {name}{contact}.{due}{ticket}"


def _lane_changed(facts: Facts, view: IncidentView, face: Face) -> str:
    why = f": {escape(facts['why'])}" if facts.get("why") else ""
    before = LANE_NAMES[Lane(facts["before"])] if facts.get("before") else ""
    kept = facts.get("before") == facts["lane"]
    verb = "confirmed the lane" if kept else f"changed the lane from {before} to"
    return f"🧭 {face.person(facts['by'])} {verb} {LANE_NAMES[Lane(facts['lane'])]}{why}."


def _recovered(facts: Facts, view: IncidentView, face: Face) -> str:
    asked = facts.get("asked")
    verb = "is" if asked and len(asked) == 1 else "are"
    whom = f"{face.people(asked)} {verb} asked to confirm the data." if asked else ""
    return f"🔵 The checks are good again. {whom or 'Somebody has to confirm the data.'}"


def _closed(facts: Facts, view: IncidentView, face: Face) -> str:
    how = f": {escape(facts['how'])}" if facts.get("how") else ""
    failing = [f"⚠️ {face.say(one)}" for one in facts.get("failing") or ()]
    asked = facts.get("asked") or ()
    data = [f"{face.people(asked)} is asked whether the data is right."] if asked else []
    head = f"🟢 *{view.incident.key} is resolved* by {face.person(facts['by'])}{how}."
    return "\n".join([head, *failing, *data])


def counterparty(facts: Facts, view: IncidentView, face: Face) -> str:
    incident = view.incident
    party = view.parties.get(incident.lane) if incident.lane else None
    name = escape(party.name) if party else "the counter-party"
    contact = f" ({escape(party.contact)})" if party and party.contact else ""
    holder = face.person(incident.holder)
    if facts.get("due"):
        return (
            f"🟣 *{name}{contact} did not answer in time* on {incident.key}:"
            f" due {at(facts['due'])}. {holder}, ask them and name the contract;"
            " the breach is on the timeline."
        )
    return f"🟣 {holder}, {name}{contact} has {incident.key}: ask them where they are."


def undelivered(facts: Facts, view: IncidentView, face: Face) -> str:
    person = face.name(facts.get("person"))
    return (
        f"⚠️ *{person} could not be pinged* for {view.incident.key}:"
        f" {escape(str(facts.get('why', '')))}. The next person is pinged now."
    )


def nobody(facts: Facts, view: IncidentView, face: Face) -> str:
    return (
        f"⚠️ *Nobody is named as first responder of {escape(name_of(view))}* ({view.incident.key})."
        " Somebody must take it: press Acknowledge. Then name one in the catalogue."
    )


def deadline(facts: Facts, face: Face) -> str:
    if not facts.get("next_at"):
        return ""
    at = time(datetime.fromisoformat(facts["next_at"]))
    return f"*Next:* unless you acknowledge, {face.people(facts['next_people'])} is pinged {at}"


def at(iso: Any) -> str:
    return time(datetime.fromisoformat(iso)) if iso else "now"


def name_of(view: IncidentView) -> str:
    return view.connection.name if view.connection else view.incident.connection


LINES: Mapping[What, Callable[[Facts, IncidentView, Face], str]] = {
    What.CLIMBED: _climbed,
    What.NOBODY: nobody,
    What.UNDELIVERED: undelivered,
    What.ACKNOWLEDGED: _acknowledged,
    What.LEASE_LAPSED: lambda facts, view, face: (
        f"🔴 {face.person(facts['holder'])} did not say “still on it”;"
        f" {view.incident.key} is open again."
    ),
    What.HANDED_OVER: _handed_over,
    What.COUNTERPARTY_DUE: counterparty,
    **lane_letters.CHANNEL_LINES,
    **taking.CHANNEL_LINES,
    **second_life.CHANNEL_LINES,
    **rooms.CHANNEL_LINES,
    **holds.CHANNEL_LINES,
    **lessons.CHANNEL_LINES,
    **held_steps.CHANNEL_LINES,
    **stuck.CHANNEL_LINES,
    **drill.CHANNEL_LINES,
    What.LANE_CHANGED: _lane_changed,
    What.RECOVERED: _recovered,
    What.DATA_WRONG: lambda facts, view, face: (
        f"🔴 {face.person(facts['by'])} says that the data is wrong: {escape(facts['why'])}."
        " Open again; the first responder is pinged."
    ),
    What.RELAPSED: lambda facts, view, face: (
        "🔴 It fails again before the data was confirmed. Open again; the ladder starts anew."
    ),
    What.DATA_CONFIRMED: _closed,
    What.RESOLVED: _closed,
    What.FLAPPING: lambda facts, view, face: (
        f"🟠 {escape(name_of(view))} comes and goes. {view.incident.key} stays open until it"
        " settles; nobody is asked to confirm the data before."
    ),
    What.NOTE: lambda facts, view, face: f"📝 {face.person(facts['by'])}: {escape(facts['text'])}",
}
