"""What is said of an incident in its channel and to those whom it concerns: who has it, how grave
it is and why, what happened, oldest first, and what follows where somebody takes or ends it against
what is known of it.

Beside it stand the words about the channel itself, to whoever joins it, and about faults that the
bot finds with its own work.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.channel import (
    ArchiveSoon,
    Brief,
    ChannelBack,
    ChannelMoved,
    InvitesRefused,
    LeftOut,
    TimelineEntry,
)
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import (
    Acknowledged,
    GivenBack,
    Helping,
    LaneChanged,
    LeaseExpired,
    NoteAdded,
    Rejudged,
    SeverityRose,
    StillOnIt,
    TakenOver,
)
from bot.core.incidents.notices_of_endings import DataAfterEnd, ReopenWanted
from bot.core.incidents.self_check import ClockJumped, FaultFound, FaultOver
from bot.core.incidents.severity import Severity
from bot.flows.views import IncidentView
from bot.language.units import say_duration
from bot.slack.ids import Action, value
from bot.slack.incidents import current, data_question
from bot.slack.incidents.many import heading, named
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import Block, SlackMessage, actions, button, context, lines, message, section
from bot.slack.notice_words import about_incident, line, personal, repeatable
from bot.slack.text import Writer, cut, escape, time


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
    text = (
        f"🤝 {writer.person(told.by)} helps with {view.incident.key}{in_channel(channel)}. {whose}."
    )
    return message(writer.plain(f"{view.incident.key}: somebody helps"), [section(text)])


@about_incident
def taken_over(
    told: TakenOver, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = (
        f"🟠 {writer.person(told.by)} took {view.incident.key} over from you{in_channel(channel)}."
    )
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
        f"🟠 *Still on {escape(heading(view)[0])}?* {incident.key}{in_channel(channel)}.{whose}"
        f" Say so by {time(told.until)}, or it is open again and the next person is pinged."
    )
    row = [
        button("Still on it", Action.STILL_ON_IT, number, style="primary"),
        button("Hand over…", Action.HAND_OVER, number),
    ]
    return message(f"Still on {incident.key}?", [section(text), actions(row, "lease")])


@line
def lease_expired(told: LeaseExpired, view: IncidentView, writer: Writer) -> str:
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


def in_channel(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""


def severity_line(incident: Incident, writer: Writer, size: int = 1) -> str:
    """`Severity: sev2: critical connection`, by the gravest where there are `size` of them; empty
    for an incident older than severities."""
    if not incident.severity_reasons:
        return ""
    gravest = f"the gravest of {size}: " if size > 1 else ""
    reasons = writer.say("; ".join(incident.severity_reasons))
    return f"*Severity:* {incident.severity}: {gravest}{reasons}"


LONGEST = 60  # entries shown; of a longer story the beginning and the end
_BEGINNING = 10
_PER_BLOCK = 10  # entries in one section, so that it stays below Slack's limit
_LINE = 240
_QUOTED = frozenset({"note", "message"})  # somebody's own words, so that the author is named


def timeline_blocks(entries: Sequence[TimelineEntry], writer: Writer) -> list[Block]:
    shown = list(entries)
    left_out = max(0, len(shown) - LONGEST)
    if left_out:
        shown = [*shown[:_BEGINNING], *shown[_BEGINNING + left_out :]]
    rows = [entry_line(entry, writer) for entry in shown]
    blocks = [lines(*rows[start : start + _PER_BLOCK]) for start in range(0, len(rows), _PER_BLOCK)]
    if left_out:
        blocks.append(context(f"_{left_out} entries in the middle are left out._"))
    return blocks


def entry_line(entry: TimelineEntry, writer: Writer) -> str:
    """When, who, what, and the way to the message it was taken from."""
    link = f" <{escape(entry.permalink)}|↗>" if entry.permalink else ""
    author = f"{writer.person(entry.by)}: " if entry.by and entry.kind in _QUOTED else ""
    text = cut(f"{author}{writer.say(entry.text)}", _LINE)
    return f"{time(entry.at)}  {f'~{text}~ (struck)' if entry.struck else text}{link}"


Facts = Mapping[str, Any]


@repeatable
def data_after_end(
    told: DataAfterEnd, view: IncidentView, channel: str | None, writer: Writer, newer: bool
) -> SlackMessage:
    """The question for as long as the reader's word is missing, then what was said."""
    incident = view.incident
    if newer:
        return data_question.asked_again(view)
    if incident.live:
        return data_question.question(told.person, view, channel, writer)
    if incident.resolved_at is None:
        return overtaken(view, channel, writer)
    how = f": {escape(incident.resolution)}" if incident.resolution else ""
    by = writer.person(incident.resolved_by)
    head = f"*{by} resolved {incident.key}*{how}.{_in_channel(channel)}"
    failing = [f"⚠️ {writer.say(one)}" for one in incident.left_failing]
    if told.person not in view.data_approvers or not incident.awaiting:
        said = current.data_after_end(view, writer)
        text = lines(f"🟢 {head} {said}".rstrip(), *failing)
        return message(f"{incident.key} was resolved", [text])
    asked, rows = data_question.after_end(view, told.person, writer)
    said = f"{incident.key} was resolved. Is the data right?"
    return message(said, [lines(f"🔵 {head} {asked}", *failing), *rows])


@about_incident
def reopen_wanted(
    told: ReopenWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    text = (
        f"❓ *{writer.person(told.by)} says that {incident.key} is not over*"
        f" ({escape(incident.headline)}): {escape(told.why)}{_in_channel(channel)}"
    )
    blocks = [section(text)]
    if not incident.live:
        row = [button("Open again…", Action.REOPEN, value(incident.id), style="primary")]
        blocks.append(actions(row, "reopen"))
    return message(f"Is {incident.key} not over?", blocks)


def _in_channel(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""


@personal
def found(told: FaultFound, writer: Writer) -> SlackMessage:
    mended = writer.say(told.mended)
    text = f"🩺 *Firstlane watches itself and found:* {writer.say(told.words)} {mended}"
    todo = (
        "_You are told once. Nothing to do, but please report it: it should not have happened._"
        if mended
        else "_You are told once, and again when it is over. `firstlane doctor` says what else is._"
    )
    return message("Firstlane found fault with its own work", [section(text), context(todo)])


@personal
def over(told: FaultOver, writer: Writer) -> SlackMessage:
    text = f"🟢 *Over, since {time(told.since)} it was so:* {writer.say(told.words)}"
    return message("Firstlane's own work is in order again", [section(text)])


@personal
def jumped(told: ClockJumped, writer: Writer) -> SlackMessage:
    at, span = time(told.at), say_duration(timedelta(seconds=round(abs(told.seconds))))
    if told.seconds < 0:
        text = (
            f"🕰️ *The clock of my machine was set back by {span}*, at {at} of the time that now"
            " counts. Checks, messages and deadlines that waited for the wrong time were"
            " brought back; times said before may be wrong by as much."
        )
    else:
        text = (
            f"🕰️ *The clock of my machine went forward by {span}*, to {at}: it was set, or the"
            " machine stood still. What was due in between was done at once."
        )
    todo = "_Please let the machine take its time from a time server, and look why it jumped._"
    return message("The clock of Firstlane's machine jumped", [section(text), context(todo)])


@personal
def brief(told: Brief, writer: Writer) -> SlackMessage:
    """What failed, since when, who has it, whose lane, what was done, what next and by when."""
    head = told.head or f"{told.name} is failing"
    done = [
        entry_line(TimelineEntry(at=one.at, by=one.by, kind=one.kind, text=one.text), writer)
        for one in told.done
    ]
    where = f" · <#{told.channel}>" if told.channel else ""
    blocks = [
        section(f"👋 *{escape(head)}.* {told.key}{where}, in short:"),
        lines(
            f"*What:* {writer.say(told.reasons)}" if told.reasons else "",
            f"*Since:* {time(told.since)} · {told.severity}",
            f"*Who:* {writer.say(told.holder)}",
            f"*Lane:* {writer.say(told.lane)}",
        ),
        *([lines("*So far:*", *done)] if done else []),
        lines(f"*Next:* {writer.say(told.next)}"),
        context("As it stood when you joined; the card in the channel is always current."),
    ]
    return message(f"{head} ({told.key}): what you should know", blocks)


@personal
def left_out(told: LeftOut, writer: Writer) -> SlackMessage:
    """What somebody reads who could not be added; the buttons are on the ping."""
    words = ", ".join(f"`{escape(str(why))}`" for why in sorted(set(told.refused.values())))
    way = (
        "It is private, so you cannot join it yourself: act here, with the buttons of my messages"
        " and `/conn`."
        if told.private
        else f"Please join it yourself: <#{told.channel}>."
    )
    text = (
        f"🚪 *Slack did not let me add you to the channel of {told.key}* ({words}). {way} I try"
        " again by and by, and whoever keeps the estate was told."
    )
    return message(f"You could not be added to the channel of {told.key}", [section(text)])


@personal
def invites_refused(told: InvitesRefused, writer: Writer) -> SlackMessage:
    rows = [
        f"• {writer.person(person)}: `{escape(str(why))}`" for person, why in told.refused.items()
    ]
    kind = "private" if told.private else "public"
    text = (
        f"🚪 *Slack does not let me add people to the channel of {told.key}.* Left out:\n"
        + "\n".join(rows)
        + f"\nThey were told, and get their messages directly. Please ask a workspace admin to let"
        f" this app invite people to {kind} channels, or add them yourself. I try again by and by."
    )
    return message(f"People are left out of the channel of {told.key}", [section(text)])


@line
def archive_soon(told: ArchiveSoon, view: IncidentView, writer: Writer) -> str:
    return (
        f"📦 {view.incident.key} is over and it is quiet here: this channel is archived"
        f" {time(told.at)}. Write a word to keep it."
    )


@line
def channel_back(told: ChannelBack, view: IncidentView, writer: Writer) -> str:
    return (
        f"📂 *{view.incident.key} is not over, so this channel is open again.*{_by(told, writer)}"
        " Resolve it first; a quiet channel is archived by itself later."
    )


@line
def channel_moved(told: ChannelMoved, view: IncidentView, writer: Writer) -> str:
    by = _by(told, writer)
    return f"📂 *{view.incident.key} goes on here*, because its channel is gone.{by}"


def _by(told: ChannelBack | ChannelMoved, writer: Writer) -> str:
    return f" {writer.person(told.by)} archived it." if told.by else ""
