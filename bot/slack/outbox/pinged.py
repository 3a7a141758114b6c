"""What somebody reads who is pinged: what is the matter, why it comes to them, and what follows."""

from collections.abc import Mapping
from typing import Any

from bot.core.incidents.incident import WITH_SOMEBODY, State
from bot.flows.views import IncidentView
from bot.language.units import incident_key, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.severity_line import severity_line
from bot.slack.kit import Block, SlackMessage, actions, button, lines, message, section
from bot.slack.outbox.channel_words import at, why_pinged
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def ping(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    incident = view.incident
    joined = facts.get("joined") and current.fails(view, facts)
    # Whoever has it cannot mend what only the owner of the data can.
    holds = _has_it_still(facts, view)
    needed = holds or joined or (facts.get("anew") and current.asked(view, facts))
    held = incident.state in WITH_SOMEBODY
    if incident.state is not State.OPEN and not (held and needed):
        return overtaken(view, channel, writer)
    if facts.get("again") and not (held and (joined or holds)):
        text = f"{incident.key}: you were pinged again; the newest ping has the buttons."
        return message(text, [section(text)])
    if left := current.gone(view, facts, writer):
        return message(left, [section(left)])
    role, told = _role(facts, view, writer), current.matter(view, facts)
    waits, where = current.waiting(view, facts), f"{room(channel)}{_with(facts, view, writer)}"
    blocks = [
        section(f"🔴 *{escape(told)}.* {role}: {incident.key}{where}"),
        lines(
            f"*Since:* {current.since(view, facts)}{current.last_success(view, writer)}",
            current.turns(view, facts),
            current.first_seen(view, writer) if incident.reopened_by or not view.parts else "",
            f"*Waiting:* {writer.say(waits)}" if waits else "",
            severity_line(incident, writer, len(view.connections)),
            current.wrong_data(view, writer, facts),
            current.error(view, writer, facts),
            current.first_check(view, facts),
            current.lane(view, writer, 1, facts),
            yours(view, facts),
            current.deadline(view, writer, facts),
        ),
        actions(_row(facts, view), "ping"),
    ]
    waiting = f"; waiting: {writer.plain(waits)}" if waits else ""
    return message(f"{told}{waiting}. {role}: {incident.key}", blocks)


def _has_it_still(facts: Facts, view: IncidentView) -> bool:
    """Of a ping because its holder is away: whether it is theirs still."""
    return bool(facts.get("holds")) and facts["holds"] == view.incident.holder


def _row(facts: Facts, view: IncidentView) -> list[Block]:
    return [*_take(facts, view), button("Who owns it", Action.WHO, _meant(facts, view))]


def _meant(facts: Facts, view: IncidentView) -> str:
    """The connection for whose sake this person is pinged, where it is one of several."""
    ids = [str(one) for one in (*(facts.get("parts") or ()), *(facts.get("of") or ()))]
    return ids[0] if ids and view.parts else view.incident.connection


def _with(facts: Facts, view: IncidentView, writer: Writer) -> str:
    holder = view.incident.holder
    if holder and facts.get("reader") == holder:
        return " You have it."
    until = view.incident.lease_until if facts.get("holds") else None
    ends = f" until {time(until)}" if until else ""
    return f" {writer.person(holder)} has it{ends}." if holder else ""


def _take(facts: Facts, view: IncidentView) -> list[Block]:
    number = value(view.incident.id)
    if _has_it_still(facts, view):
        return [button("Take it over", Action.ACKNOWLEDGE, number)]
    if view.incident.state is not State.OPEN:
        return []
    return [button("Acknowledge", Action.ACKNOWLEDGE, number, style="primary")]


def _role(facts: Facts, view: IncidentView, writer: Writer) -> str:
    """Why this person is pinged, or who is in their place by now."""
    if instead := current.stood_in_for(view, facts):
        until = view.presence.until.get(str(facts["reader"]))
        ends = f" until {time(until)}" if until else ""
        return f"{writer.person(instead)} covers for you{ends}"
    if facts.get("covers"):
        ends = f" until {at(facts['until'])}" if facts.get("until") else ""
        return f"You cover for {writer.person(facts['covers'])}{ends}"
    if facts.get("had"):
        return f"You had {incident_key(facts['had'])}, which is a part of this now"
    if facts.get("owns_data") and current.asked(view, facts):
        return "You own the data, and the fault is in it"
    if facts.get("accountable"):
        return "You are the named contact of the accountable lane"
    if facts.get("first", facts.get("rung") == 0):
        return f"You are the first responder{_whose(facts, view)}"
    if facts.get("anew") or (facts.get("rung") == 0 and not facts.get("unnamed")):
        return f"You own the data{_whose(facts, view)}"
    if any(facts.get(key) for key in ("let_go", "unnamed", "away")):
        return f"{why_pinged(facts, 'it', writer)}, so it comes to you"
    return "Nobody has taken it so far"


def _whose(facts: Facts, view: IncidentView) -> str:
    """Of which of several connections; nothing where all of it is meant."""
    ids = facts.get("of") or ()
    names = [part.name for part in view.parts if part.connection in ids]
    return f" of {escape(say_names(names))}" if names else ""


def yours(view: IncidentView, facts: Facts) -> str:
    """What only this reader can do, as owner of data that is at fault."""
    asked = current.asked(view, facts)
    return f"*You:* {asked}." if asked else ""


def room(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""
