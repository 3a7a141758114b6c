"""What is said once, in people's direct messages and in incident channels.

A letter carries facts frozen when the thing happened. A personal letter is rendered again when
its incident moves on, so that its buttons never offer what is over.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.catalogue import LANE_NAMES, Connection, Lane
from bot.core.effects import What
from bot.core.incident import State
from bot.flows.answers import IncidentView
from bot.slack.blocks import cover, credentials, lane_letters, network, rounds, shape
from bot.slack.blocks.incident import SYMBOL, WORD
from bot.slack.blocks.parts import (
    Message,
    actions,
    button,
    lines,
    message,
    section,
)
from bot.slack.blocks.severity import severity_line
from bot.slack.blocks.timeline import timeline_blocks
from bot.slack.ids import Action, value
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def personal(
    what: What,
    facts: Facts,
    view: IncidentView | None,
    connection: Connection | None,
    channel: str | None,
    face: Face,
) -> Message:
    """A direct message about an incident (`view`) or a connection's health (`connection`)."""
    if what in rounds.LETTERS:
        return rounds.letter(what, facts, face)
    if what in credentials.LETTERS:
        return credentials.letter(what, facts, face)
    if what in network.LETTERS:
        return network.letter(what, facts)
    if what in shape.LETTERS:
        return shape.letter(facts, face)
    if view is not None:
        return _INCIDENT_LETTERS[what](facts, view, channel, face)
    if what in cover.LETTERS:
        return cover.LETTERS[what](facts, face)
    if connection is not None:
        return _health(what, facts, connection, face)
    return _catalogue(what, facts)


def _catalogue(what: What, facts: Facts) -> Message:
    if what is What.CATALOGUE_MENDED:
        text = "🟢 The catalogue file is good again and in force."
        return message(text, [section(text)])
    problems = [f"• `{escape(problem)}`" for problem in facts.get("problems", [])]
    more = f"and {facts['more']} more" if facts.get("more") else ""
    head = "⚠️ *The catalogue file is broken.* The last good one stays in force until it is mended."
    return message(
        "The catalogue file is broken; the last good one stays in force",
        [lines(head, *problems, more)],
    )


def _name(view: IncidentView) -> str:
    return view.connection.name if view.connection else view.incident.connection


def _room(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""


def _ping(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    incident = view.incident
    role = _role(facts, face)
    name = str(facts.get("part") or _name(view))
    head = f"🔴 *{escape(name)} is failing.* {role}: {incident.key}{_room(channel)}"
    if incident.state is not State.OPEN:
        return _overtaken(view, channel, face)
    last = facts.get("last_success")
    blocks = [
        section(head),
        lines(
            f"*Since:* {time(incident.failing_since)}"
            + (f" · last good sync {face.say(last)}" if last else ""),
            f"*Seen:* {face.say(' '.join(incident.reasons))}" if incident.reasons else "",
            f"*Waiting:* {escape(facts['waiting'])}" if facts.get("waiting") else "",
            severity_line(incident),
            f"*Error:* {escape(facts['error'])}" if facts.get("error") else "",
            f"*First check:* {escape(facts['first_check'])}" if facts.get("first_check") else "",
            _lane(facts, face),
            _deadline(facts, face),
        ),
        actions(
            [
                button("Acknowledge", Action.ACKNOWLEDGE, value(incident.id), style="primary"),
                button("Who owns it", Action.WHO, incident.connection),
            ],
            "ping",
        ),
    ]
    waiting = f"; waiting: {facts['waiting']}" if facts.get("waiting") else ""
    return message(f"{name} is failing{waiting}. {role}: {incident.key}", blocks)


def _role(facts: Facts, face: Face) -> str:
    """Why this person is pinged."""
    if facts.get("covers"):
        ends = f" until {_at(facts['until'])}" if facts.get("until") else ""
        return f"You cover for {face.person(facts['covers'])}{ends}"
    if facts.get("accountable"):
        return "You are the named contact of the accountable lane"
    return "You are the first responder" if facts.get("rung") == 0 else "Nobody has taken it so far"


def _overtaken(view: IncidentView, channel: str | None, face: Face) -> Message:
    """What a ping says once somebody has it: the state, and no button that is over."""
    incident = view.incident
    if incident.state is State.VERIFYING:
        whose = face.people(view.judges) if view.judges else ""
    else:
        whose = face.person(incident.holder if incident.live else incident.resolved_by)
    who = f" by {whose}" if whose and whose != "nobody" else ""
    text = (
        f"{SYMBOL[incident.state]} *{escape(_name(view))}* · {incident.key}:"
        f" {WORD[incident.state]}{who}{_room(channel)}"
    )
    return message(f"{incident.key}: {WORD[incident.state]}", [section(text)])


def _lane(facts: Facts, face: Face) -> str:
    if not facts.get("lane"):
        return ""
    sure = "" if facts.get("confident") else "perhaps "
    reason = facts.get("lane_reason", "")
    because = f". {face.say(reason)}" if reason else ""
    return f"*Lane:* {sure}{LANE_NAMES[Lane(facts['lane'])]}{because}"


def _deadline(facts: Facts, face: Face) -> str:
    if not facts.get("next_at"):
        return ""
    at = time(datetime.fromisoformat(facts["next_at"]))
    return f"*Next:* unless you acknowledge, {face.people(facts['next_people'])} is pinged {at}"


def _owner_alert(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    incident = view.incident
    if not incident.live or incident.state is State.VERIFYING:
        return _overtaken(view, channel, face)
    name = str(facts.get("part") or _name(view))
    responders = facts.get("responders", [])
    who = face.people(responders) if responders else "Nobody could be"
    state = "" if incident.state is State.OPEN else f" It is {WORD[incident.state]} now."
    blocks = [
        section(
            f"{SYMBOL[incident.state]} *{escape(name)} is failing.*"
            f" {incident.key}{_room(channel)}. You own it; {who} was pinged to fix it.{state}"
        ),
        lines(
            f"*Since:* {time(incident.failing_since)}",
            f"*Waiting:* {escape(facts['waiting'])}" if facts.get("waiting") else "",
            f"*Error:* {escape(facts['error'])}" if facts.get("error") else "",
            "*You:* nothing to do now. You are asked to confirm the data once it runs again."
            if view.judges
            else "",
        ),
    ]
    return message(f"{_name(view)} is failing ({incident.key}); you own it", blocks)


def _confirm(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    incident = view.incident
    if incident.state is not State.VERIFYING:
        return _overtaken(view, channel, face)
    number = value(incident.id)
    again = "Still waiting for your word: " if facts.get("again") else ""
    since = time(incident.failing_since)
    recovered = time(incident.recovered_at) if incident.recovered_at else "now"
    blocks = [
        section(
            f"🔵 {again}*{escape(_name(view))} runs again. Is the data right?*"
            f" {incident.key}{_room(channel)}"
        ),
        lines(
            f"*It failed:* from {since} to {recovered}",
            f"*Still waiting:* {escape(facts['waiting'] or 'nothing')}",
            "*Please look:* did everything from that time arrive, once, and complete?",
        ),
        actions(
            [
                button("Data is right", Action.CONFIRM_DATA, number, style="primary"),
                button("Data is wrong…", Action.REJECT_DATA, number, style="danger"),
            ],
            "confirm",
        ),
    ]
    return message(f"{_name(view)} runs again. Is the data right? ({incident.key})", blocks)


def _still(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    incident = view.incident
    asked_of = facts.get("until")
    lease = incident.lease_until.isoformat() if incident.lease_until else None
    if incident.state is not State.ACKNOWLEDGED or lease != asked_of:
        return _overtaken(view, channel, face)  # answered, or somebody else's by now
    until = _at(asked_of)
    number = value(incident.id)
    text = (
        f"🟠 *Still on {escape(_name(view))}?* {incident.key}{_room(channel)}."
        f" Say so by {until}, or it is open again and the next person is pinged."
    )
    row = [
        button("Still on it", Action.STILL_ON_IT, number, style="primary"),
        button("Hand over…", Action.HAND_OVER, number),
    ]
    return message(f"Still on {incident.key}?", [section(text), actions(row, "lease")])


def _counterparty(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    return message(
        f"{view.incident.key}: ask the counter-party",
        [section(_counterparty_text(facts, view, face) + _room(channel))],
    )


def _counterparty_text(facts: Facts, view: IncidentView, face: Face) -> str:
    incident = view.incident
    party = view.parties.get(incident.lane) if incident.lane else None
    name = escape(party.name) if party else "the counter-party"
    contact = f" ({escape(party.contact)})" if party and party.contact else ""
    holder = face.person(incident.holder)
    if facts.get("due"):
        return (
            f"🟣 *{name}{contact} did not answer in time* on {incident.key}:"
            f" due {_at(facts['due'])}. {holder}, ask them and name the contract;"
            " the breach is on the timeline."
        )
    return f"🟣 {holder}, {name}{contact} has {incident.key}: ask them where they are."


def _undelivered(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    text = _undelivered_text(facts, view, face) + _room(channel)
    return message(f"{view.incident.key}: a ping was not delivered", [section(text)])


def _undelivered_text(facts: Facts, view: IncidentView, face: Face) -> str:
    person = face.name(facts.get("person"))
    return (
        f"⚠️ *{person} could not be pinged* for {view.incident.key}:"
        f" {escape(str(facts.get('why', '')))}. The next person is pinged now."
    )


def _nobody(facts: Facts, view: IncidentView, channel: str | None, face: Face) -> Message:
    text = _nobody_text(facts, view, face) + _room(channel)
    return message(f"{view.incident.key}: nobody is named", [section(text)])


def _nobody_text(facts: Facts, view: IncidentView, face: Face) -> str:
    return (
        f"⚠️ *Nobody is named as first responder of {escape(_name(view))}* ({view.incident.key})."
        " Somebody must take it: press Acknowledge. Then name one in the catalogue."
    )


_INCIDENT_LETTERS: Mapping[What, Callable[[Facts, IncidentView, str | None, Face], Message]] = {
    What.PING: _ping,
    What.OWNER_ALERT: _owner_alert,
    What.CONFIRM_DATA: _confirm,
    What.STILL_ON_IT: _still,
    What.COUNTERPARTY_DUE: _counterparty,
    **lane_letters.PERSONAL,
    What.UNDELIVERED: _undelivered,
    What.NOBODY: _nobody,
}


def _health(what: What, facts: Facts, connection: Connection, face: Face) -> Message:
    name = escape(connection.name)
    reasons = face.say(" ".join(facts.get("reasons", [])))
    since = _at(facts.get("since"))
    text = {
        What.DEGRADED: f"🟡 *{name} is degraded* since {since}. {reasons} No incident was opened.",
        What.BLIND: f"⚪ *We are blind on {name}* since {since}: {reasons}"
        " Whether it works is unknown; please mend the check.",
        What.HEALTHY: f"🟢 *{name} is fine again* since {since}.",
    }[what]
    if what is What.HEALTHY and facts.get("was") == "unknown":
        text = f"🟢 *We can see {name} again* since {since}: it is fine."
    row = [button("Check now", Action.CHECK, connection.id)]
    show = button("Everything about it", Action.SHOW, connection.id)
    return message(
        face.plain(f"{connection.name}: {what}"),
        [section(text), actions([*row, show], "health")],
    )


def _at(iso: Any) -> str:
    return time(datetime.fromisoformat(iso)) if iso else "now"


def in_channel(what: What, facts: Facts, view: IncidentView, face: Face) -> Message:
    """One line in the incident's channel; the last one brings the whole timeline."""
    if what in lane_letters.IN_CHANNEL:
        return lane_letters.IN_CHANNEL[what](facts, view, face)
    text = _CHANNEL_LINES[what](facts, view, face)
    blocks = [section(text)]
    if what in (What.RESOLVED, What.DATA_CONFIRMED):
        blocks += timeline_blocks(view.timeline, face)
    return message(face.plain(f"{view.incident.key}: {what.replace('_', ' ')}"), blocks)


def _climbed(facts: Facts, view: IncidentView, face: Face) -> str:
    people = face.people(facts["people"])
    deadline = _deadline(facts, face).removeprefix("*Next:* unless you acknowledge, ")
    after = f" Without an acknowledgement, {deadline}." if deadline else ""
    return f"🔴 Nobody took {view.incident.key}; {people} is pinged now.{after}"


def _acknowledged(facts: Facts, view: IncidentView, face: Face) -> str:
    taken = f", taken over from {face.person(facts['from'])}" if facts.get("from") else ""
    until = f" until {_at(facts['until'])}" if facts.get("until") else ""
    return f"🟠 {face.person(facts['by'])} has it{until}{taken}."


def _handed_over(facts: Facts, view: IncidentView, face: Face) -> str:
    lane = Lane(facts["lane"])
    party = view.parties.get(lane)
    name = escape(party.name) if party else LANE_NAMES[lane]
    contact = f" ({escape(party.contact)})" if party and party.contact else ""
    ticket = f" Ticket: {escape(facts['ticket'])}." if facts.get("ticket") else ""
    due = f" They must answer by {_at(facts['due'])}." if facts.get("due") else ""
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
    return f"🟢 *{view.incident.key} is resolved* by {face.person(facts['by'])}{how}."


_CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Face], str]] = {
    What.CLIMBED: _climbed,
    What.NOBODY: _nobody_text,
    What.UNDELIVERED: _undelivered_text,
    What.ACKNOWLEDGED: _acknowledged,
    What.LEASE_LAPSED: lambda facts, view, face: (
        f"🔴 {face.person(facts['holder'])} did not say “still on it”;"
        f" {view.incident.key} is open again."
    ),
    What.HANDED_OVER: _handed_over,
    What.COUNTERPARTY_DUE: _counterparty_text,
    **lane_letters.CHANNEL_LINES,
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
        f"🟠 {escape(_name(view))} comes and goes. {view.incident.key} stays open until it"
        " settles; nobody is asked to confirm the data before."
    ),
    What.NOTE: lambda facts, view, face: f"📝 {face.person(facts['by'])}: {escape(facts['text'])}",
}
