"""What is said when an incident runs again, fails again, and ends.

The card of an incident that was merged into another one.
"""

from bot.core.incidents.incident import State
from bot.core.incidents.notices_of_endings import (
    DataConfirmed,
    DataWrong,
    Recovered,
    Relapsed,
    Resolved,
)
from bot.core.monitoring.notices import Flapping
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.units import are
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.many import called, heading, named, sent_line
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.words import timeline_blocks
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    header,
    lines,
    message,
    section,
)
from bot.slack.monitoring.words import turns_words
from bot.slack.notice_words import about_incident, line, post, repeatable
from bot.slack.text import Writer, escape, time


@line
def recovered(told: Recovered, view: IncidentView, writer: Writer) -> str:
    verb = "is" if len(told.asked) == 1 else "are"
    whom = f"{writer.people(told.asked)} {verb} asked to confirm the data." if told.asked else ""
    turns = turns_words(told.turns)
    came_and_went = f"It is calm after it came and went {turns}. " if turns else ""
    asks = whom or "Somebody has to confirm the data."
    seen = writer.say(told.seen or "The checks are good again.")
    return f"🔵 {seen} {came_and_went}{asks}"


@line
def relapsed(told: Relapsed, view: IncidentView, writer: Writer) -> str:
    turns, several = turns_words(told.turns), bool(view.children)
    what = "It fails again before the data was confirmed."
    if several:
        name = named([*told.parts], writer)
        again = escape(current.again(view, told.parts))
        what = f"{again or f'{name} failed again, and runs by now'}."
    if turns:
        it = what if several else "It fails again."
        what = (
            f"{it} It comes and goes: {turns}. From here on"
            f" {view.incident.key} stays open until it is calm; only then the data is asked for."
        )
    if told.holder:
        return f"🔴 {what} {writer.person(told.holder)} has it still."
    if told.escalates:
        verb = "was" if len(told.last) == 1 else "were"
        last = f"; {writer.people(told.last)} {verb} pinged last" if told.last else ""
        return f"🔴 {what} Nobody has it{last}, and the ladder goes on."
    at, people = view.next_ping or (None, ())
    whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}"
    then = f"; {whom} {time(at)}" if at and people else ""
    return f"🔴 {what} Nobody has it, so the ladder goes on{then}."


@repeatable
def relapsed_in_person(
    told: Relapsed, view: IncidentView, channel: str | None, writer: Writer, newer: bool
) -> SlackMessage:
    """To whoever has it, or was pinged last. It has the button itself: Slack may bring their ping
    up to date a while later."""
    incident = view.incident
    over = not incident.live or incident.state is State.VERIFYING
    again = "" if over else current.again(view, told.parts)
    if not again:
        return overtaken(view, channel, writer)
    if newer:
        text = f"{incident.key} failed again later too; the newest message says how it stands."
        return message(text, [section(text)])
    turns = turns_words(told.turns)
    often = f" It comes and goes: {turns}." if turns else ""
    row: list[Block] = []
    if incident.holder:
        until = f" until {time(incident.lease_until)}" if incident.lease_until else ""
        theirs = (told.reader or told.holder) == incident.holder
        whose = f"{'You have' if theirs else f'{writer.person(incident.holder)} has'} it{until}."
    else:
        whose, number = "Nobody has it.", value(incident.id)
        row = [
            actions([button("Acknowledge", Action.ACKNOWLEDGE, number, style="primary")], "ping")
        ]
    text = f"🔴 *{escape(again)}.*{often} {incident.key}{_where(channel)}. {whose}"
    return message(f"{again} ({incident.key})", [section(text), *row])


@line
def data_wrong(told: DataWrong, view: IncidentView, writer: Writer) -> str:
    whose = f" of {escape(told.part)}" if told.part else ""
    after = f" Open again.{called(told.pinged, writer)}"
    if not told.again:
        after = f" {writer.person(told.holder)} has it." if told.holder else ""
    why = escape(told.why).rstrip(".")
    return f"🔴 {writer.person(told.by)} says that the data{whose} is wrong: {why}.{after}"


@about_incident
def data_wrong_in_person(
    told: DataWrong, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever has it or was pinged last. No button: theirs is in the ping."""
    text = f"{data_wrong(told, view, writer)} {view.incident.key}{_where(channel)}"
    return message(f"{view.incident.key}: wrong data", [section(text)])


@post
def resolved(told: Resolved, view: IncidentView, writer: Writer) -> SlackMessage:
    return _with_story("resolved", _ended(told, view, writer), view, writer)


@post
def data_confirmed(told: DataConfirmed, view: IncidentView, writer: Writer) -> SlackMessage:
    key, asked = view.incident.key, told.asked
    said = _ended(told, view, writer)
    if told.after_end:
        left = f" {writer.people(asked)} {are(asked)} asked still." if asked else ""
        child = f", of {escape(told.part)}" if told.part else ""
        said = f"✓ {writer.person(told.by)} confirmed the data of {key}{child}.{left}"
    return _with_story("data confirmed", said, view, writer)


def _ended(told: Resolved | DataConfirmed, view: IncidentView, writer: Writer) -> str:
    how = f": {escape(told.how)}" if told.how else ""
    rows = [f"🟢 *{view.incident.key} is resolved* by {writer.person(told.by)}{how}."]
    rows += [f"⚠️ {writer.say(one)}" for one in told.failing]
    if asked := told.asked:
        rows.append(f"{writer.people(asked)} {are(asked)} asked whether the data is right.")
    return "\n".join(rows)


def _with_story(what: str, said: str, view: IncidentView, writer: Writer) -> SlackMessage:
    blocks = [section(said), *timeline_blocks(view.timeline, writer)]
    return message(writer.plain(f"{view.incident.key}: {what}"), blocks)


def _where(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""


@line
def flapping(told: Flapping, view: IncidentView, writer: Writer) -> str:
    turns, key = turns_words(told.often), view.incident.key
    often = f": it comes and goes{f', {turns}' if turns else ''}"
    asked = "nobody is asked to confirm the data before"
    if view.children:
        asked = "the data of what comes and goes is asked about then"
    return f"🟠 {escape(heading(view)[0])}{often}. {key} stays open until it is calm; {asked}."


def card(view: IncidentView, symbol: str, writer: Writer) -> SlackMessage:
    """Of one that was merged, whose channel is quiet: nothing that time alone could make untrue.
    How it stands is told by the parent."""
    incident = view.incident
    key, channel = view.merged_into or ("another incident", None)
    at = next((one.at for one in reversed(view.timeline) if one.kind == "merged"), None)
    head = f"{symbol} {incident.key} · {heading(view)[0]}, a part of {key}"
    where = f" in <#{channel}>" if channel else ""
    when = f"Merged {time(at)}, a part" if at else "A part"
    had = (
        f"*Had it until it was merged:* {writer.person(incident.holder)}" if incident.holder else ""
    )
    what, seen = current.ends(view, writer), current.first_seen(view, writer)
    began = f"*Began:* {time(incident.began)}"
    blocks = [
        header(head),
        lines(what, seen, began, had, sent_line(view)),
        context(f"{when} of {key}: how it stands is told there{where}."),
        actions([button("Timeline", Action.TIMELINE, value(incident.id))], "closed"),
    ]
    return message(head, blocks)
