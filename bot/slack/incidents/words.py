"""Who has an incident and what it is taken for, in its channel and to those whom it concerns."""

from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.incident import State
from bot.core.incidents.notices import (
    Acknowledged,
    GivenBack,
    Helping,
    LaneChanged,
    LeaseLapsed,
    NoteAdded,
    Rejudged,
    SeverityRose,
    StillOnIt,
    TakenOver,
)
from bot.core.incidents.severity import Severity
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.incidents.many import heading, named
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import SlackMessage, actions, button, message, section
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape, time


@line
def acknowledged(told: Acknowledged, view: IncidentView, writer: Writer) -> str:
    taken = f", taken over from {writer.person(told.taken_from)}" if told.taken_from else ""
    until = f" until {time(told.until)}" if told.until else ""
    return f"🟠 {writer.person(told.by)} has it{until}{taken}."


@line
def helping(told: Helping, view: IncidentView, writer: Writer) -> str:
    people = f" {writer.people(told.told)} is told." if told.told else ""
    goes_on = f"{writer.person(told.holder)} still has it" if told.holder else "The ladder goes on"
    by, key = writer.person(told.by), view.incident.key
    return f"🤝 {by} helps with {key}, without being named for it. {goes_on}.{people}"


@about_incident
def helping_you(
    told: Helping, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    whose = "You have it" if told.holder else "It is still yours: acknowledge it, or hand it on"
    text = f"🤝 {writer.person(told.by)} helps with {view.incident.key}{room(channel)}. {whose}."
    return message(writer.plain(f"{view.incident.key}: somebody helps"), [section(text)])


@about_incident
def taken_over(
    told: TakenOver, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = f"🟠 {writer.person(told.by)} took {view.incident.key} over from you{room(channel)}."
    return message(f"{view.incident.key} was taken over from you", [section(text)])


@about_incident
def still_on_it(
    told: StillOnIt, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    if incident.state is not State.ACKNOWLEDGED or incident.lease_until != told.until:
        return overtaken(view, channel, writer)  # answered, or somebody else's by now
    number, whom = value(incident.id), writer.person(told.covers)
    whose = f" You are asked for {whom}, whom you stand in for." if told.covers else ""
    text = (
        f"🟠 *Still on {escape(heading(view)[0])}?* {incident.key}{room(channel)}.{whose}"
        f" Say so by {time(told.until)}, or it is open again and the next person is pinged."
    )
    row = [
        button("Still on it", Action.STILL_ON_IT, number, style="primary"),
        button("Hand over…", Action.HAND_OVER, number),
    ]
    return message(f"Still on {incident.key}?", [section(text), actions(row, "lease")])


@line
def lease_lapsed(told: LeaseLapsed, view: IncidentView, writer: Writer) -> str:
    holder, key = writer.person(told.holder), view.incident.key
    return f"🔴 {holder} did not say “still on it”; {key} is open again."


@line
def given_back(told: GivenBack, view: IncidentView, writer: Writer) -> str:
    return (
        f"🟠 The clock of my machine was wrong, so that {view.incident.key} was open too early."
        f" {writer.person(told.holder)} has it still."
    )


@line
def lane_changed(told: LaneChanged, view: IncidentView, writer: Writer) -> str:
    why = f": {escape(told.why)}" if told.why else ""
    before = LANE_NAMES[told.before] if told.before else ""
    kept = told.before is told.lane
    verb = "confirmed the lane" if kept else f"changed the lane from {before} to"
    return f"🧭 {writer.person(told.by)} {verb} {LANE_NAMES[told.lane]}{why}."


@line
def rejudged(told: Rejudged, view: IncidentView, writer: Writer) -> str:
    """What changed and why, in one line."""
    said = []
    if told.other or told.error:
        where = f" on {name}" if (name := named(told.of, writer)) else ""
        error = escape(told.error).rstrip(".") or "one that says nothing of its own"
        said.append(f"Other error now{where}: {error}.")
    lane, why = LANE_NAMES[told.lane], writer.say(told.because).rstrip(".")
    if told.doubted and told.before:
        who = writer.person(told.set_by) if told.set_by else "The runbook's answers"
        said.append(
            f"{who} set the lane to {LANE_NAMES[told.before]}, and it stays;"
            f" the evidence speaks for {lane} now: {why}."
        )
    elif told.moved:
        said.append(f"Lane is now perhaps {lane}: {why}.")
    if told.first_check:
        said.append(f"First check: {escape(told.first_check)}")
    return f"🧭 {' '.join(said)}"


@line
def severity_rose(told: SeverityRose, view: IncidentView, writer: Writer) -> str:
    why = writer.say("; ".join(told.reasons))
    faster = " Ladder and lease run twice as fast now." if told.severity is Severity.SEV1 else ""
    return f"🔺 *Severity rose from {told.before} to {told.severity}:* {why}.{faster}"


@line
def note_added(told: NoteAdded, view: IncidentView, writer: Writer) -> str:
    return f"📝 {writer.person(told.by)}: {escape(told.text)}"


def room(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""
