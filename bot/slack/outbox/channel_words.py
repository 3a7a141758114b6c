"""One line for each thing that happens, in the incident's channel.

Some are said to people too; those have public names here and are used by `letters`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.flapping import TurnsTold
from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.units import are
from bot.slack import notice_words
from bot.slack.incidents import taking_words
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.many import heading, named
from bot.slack.kit import SlackMessage, message, section
from bot.slack.monitoring.flapping_words import turns_words
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.text import Writer, escape, time
from bot.slack.triage import lesson_words

Facts = Mapping[str, Any]


def in_channel(what: What, facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    """One line in the incident's channel; the last one brings the whole timeline."""
    return drill_words.marked(_line(what, facts, view, writer), view)


def _line(what: What, facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    told = read_notice(what, facts)
    if (write := notice_words.post.of(told)) is not None:
        post: SlackMessage = write(told, view, writer)
        return post
    one_line = notice_words.line.of(told)
    text = one_line(told, view, writer) if one_line else LINES[what](facts, view, writer)
    return message(writer.plain(f"{view.incident.key}: {what.replace('_', ' ')}"), [section(text)])


def _climbed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    people, upcoming = facts["people"], facts.get("next_people") or []
    verb = "is" if len(people) == 1 else "are"
    pinged = f"{writer.people(people)} {verb} pinged now"
    if facts.get("let_go") in people:
        others = [one for one in people if one != facts["let_go"]]
        pinged = f"they{f' and {writer.people(others)}' if others else ''} are pinged now"
    head = f"🔴 {why_pinged(facts, view.incident.key, writer)}; {pinged}"
    if not facts.get("next_at") or not upcoming:
        return f"{head}."
    if set(upcoming) == set(people):
        return f"{head}, and again {at(facts['next_at'])} unless somebody takes it."
    then = f"{writer.people(upcoming)} {are(upcoming)} {pinged_then(view, upcoming)}"
    then = f"{then} {at(facts['next_at'])}"
    return f"{head}. Without an acknowledgement, {then}."


def why_pinged(facts: Facts, key: str, writer: Writer) -> str:
    """Why the ladder went on to somebody, as a sentence without its full stop."""
    if facts.get("let_go"):
        had = "You" if facts.get("reader") == facts["let_go"] else writer.person(facts["let_go"])
        return f"{had} had {key} and did not go on"
    if facts.get("unnamed"):
        return f"No first responder is named for {named(facts['unnamed'], writer) or key}"
    if facts.get("away"):
        verb = "is" if len(facts["away"]) == 1 else "are"
        return f"{writer.people(facts['away'])} {verb} away without cover"
    return f"Nobody took {key}"


def _acknowledged(facts: Facts, view: IncidentView, writer: Writer) -> str:
    taken = f", taken over from {writer.person(facts['from'])}" if facts.get("from") else ""
    until = f" until {at(facts['until'])}" if facts.get("until") else ""
    return f"🟠 {writer.person(facts['by'])} has it{until}{taken}."


def _lane_changed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    why = f": {escape(facts['why'])}" if facts.get("why") else ""
    before = LANE_NAMES[Lane(facts["before"])] if facts.get("before") else ""
    kept = facts.get("before") == facts["lane"]
    verb = "confirmed the lane" if kept else f"changed the lane from {before} to"
    return f"🧭 {writer.person(facts['by'])} {verb} {LANE_NAMES[Lane(facts['lane'])]}{why}."


def _rejudged(facts: Facts, view: IncidentView, writer: Writer) -> str:
    """What changed and why, in one line."""
    said = []
    if facts.get("other") or facts.get("error"):
        where = f" on {name}" if (name := named(facts.get("of"), writer)) else ""
        error = escape(facts.get("error") or "").rstrip(".") or "one that says nothing of its own"
        said.append(f"Other error now{where}: {error}.")
    lane = LANE_NAMES[Lane(facts["lane"])]
    why = writer.say(facts.get("because", "")).rstrip(".")
    if facts.get("doubted") and facts.get("before"):
        before = LANE_NAMES[Lane(facts["before"])]
        who = writer.person(facts["set_by"]) if facts.get("set_by") else "The runbook's answers"
        said.append(
            f"{who} set the lane to {before}, and it stays;"
            f" the evidence speaks for {lane} now: {why}."
        )
    elif facts.get("moved"):
        said.append(f"Lane is now perhaps {lane}: {why}.")
    if facts.get("first_check"):
        said.append(f"First check: {escape(facts['first_check'])}")
    return f"🧭 {' '.join(said)}"


def _turns(facts: Facts) -> TurnsTold | None:
    if not facts.get("falls"):
        return None
    since, names = datetime.fromisoformat(facts["since"]), tuple(facts.get("names") or ())
    return TurnsTold(falls=facts["falls"], since=since, share=facts["share"], names=names)


def _flapping(facts: Facts, view: IncidentView, writer: Writer) -> str:
    turns, key = turns_words(_turns(facts)), view.incident.key
    told = f": it comes and goes{f', {turns}' if turns else ''}"
    asked = "nobody is asked to confirm the data before"
    if view.parts:
        asked = "the data of what comes and goes is asked about then"
    return f"🟠 {escape(heading(view)[0])}{told}. {key} stays open until it is calm; {asked}."


def undelivered(facts: Facts, view: IncidentView, writer: Writer) -> str:
    person = writer.name(facts.get("person"))
    then = " The next person is pinged now." if facts.get("climbs", True) else ""
    if facts.get("perhaps"):
        return (
            f"⚠️ *{person} was perhaps pinged* for {view.incident.key}: Slack's answer was lost, and"
            f" the next try ended with: {escape(str(facts.get('why', '')))}.{then}"
        )
    return (
        f"⚠️ *{person} could not be pinged* for {view.incident.key}:"
        f" {escape(str(facts.get('why', '')))}.{then}"
    )


def nobody(facts: Facts, view: IncidentView, writer: Writer) -> str:
    name = named(facts.get("of"), writer) or escape(name_of(view))
    if (rungs := facts.get("rungs")) and 0 not in rungs:
        which = " and ".join(str(rung) for rung in rungs)
        return (
            f"⚠️ *Rung {which} of the ladder of {name} names nobody* ({view.incident.key}), so the"
            " next one is pinged. Name somebody in the catalogue."
        )
    holder, then = view.incident.holder, "Name one in the catalogue."
    if view.incident.state is State.OPEN:
        then = "Somebody must take it: press Acknowledge. Then name one in the catalogue."
    elif view.incident.live and holder:
        then = f"{writer.person(holder)} has it. {then}"
    return f"⚠️ *Nobody is named as first responder of {name}* ({view.incident.key}). {then}"


def at(iso: Any) -> str:
    return time(datetime.fromisoformat(iso)) if iso else "now"


def name_of(view: IncidentView) -> str:
    return view.connection.name if view.connection else view.incident.connection


LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.CLIMBED: _climbed,
    What.NOBODY: nobody,
    What.UNDELIVERED: undelivered,
    What.ACKNOWLEDGED: _acknowledged,
    What.LEASE_LAPSED: lambda facts, view, writer: (
        f"🔴 {writer.person(facts['holder'])} did not say “still on it”;"
        f" {view.incident.key} is open again."
    ),
    What.GIVEN_BACK: lambda facts, view, writer: (
        f"🟠 The clock of my machine was wrong, so that {view.incident.key} was open too early."
        f" {writer.person(facts['holder'])} has it still."
    ),
    **counterparty_words.CHANNEL_LINES,
    **taking_words.CHANNEL_LINES,
    **hold_words.CHANNEL_LINES,
    **lesson_words.CHANNEL_LINES,
    **gate_words.CHANNEL_LINES,
    **failed_record_posts.CHANNEL_LINES,
    **drill_words.CHANNEL_LINES,
    What.LANE_CHANGED: _lane_changed,
    What.REJUDGED: _rejudged,
    What.FLAPPING: _flapping,
    What.NOTE: lambda facts, view, writer: (
        f"📝 {writer.person(facts['by'])}: {escape(facts['text'])}"
    ),
}
