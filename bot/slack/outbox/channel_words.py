"""One line for each thing that happens, in the incident's channel.

Some are said to people too; those have public names here and are used by `letters`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.units import are
from bot.slack import notice_words
from bot.slack.incidents import current
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.many import called, heading, named
from bot.slack.incidents.merging import merge_words
from bot.slack.incidents.timeline import timeline_blocks
from bot.slack.kit import SlackMessage, message, section
from bot.slack.monitoring.flapping_words import turns_words
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drill_words
from bot.slack.text import Writer, escape, time

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
    blocks = [section(text)]
    if what in (What.RESOLVED, What.DATA_CONFIRMED):
        blocks += timeline_blocks(view.timeline, writer)
    return message(writer.plain(f"{view.incident.key}: {what.replace('_', ' ')}"), blocks)


def _recovered(facts: Facts, view: IncidentView, writer: Writer) -> str:
    asked = facts.get("asked")
    verb = "is" if asked and len(asked) == 1 else "are"
    whom = f"{writer.people(asked)} {verb} asked to confirm the data." if asked else ""
    turns = turns_words(facts)
    calm = f"It is calm after it came and went {turns}. " if turns else ""
    asks = whom or "Somebody has to confirm the data."
    seen = writer.say(facts.get("seen") or "The checks are good again.")
    return f"🔵 {seen} {calm}{asks}"


def _relapsed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    turns, several = turns_words(facts), bool(view.parts)
    what = "It fails again before the data was confirmed."
    if several:
        ids = facts.get("parts") or ()
        name = named(ids, writer)
        what = f"{escape(current.again(view, ids)) or f'{name} failed again, and runs by now'}."
    if turns:
        it = what if several else "It fails again."
        what = (
            f"{it} It comes and goes: {turns}. From here on"
            f" {view.incident.key} stays open until it is calm; only then the data is asked for."
        )
    if facts.get("holder"):
        return f"🔴 {what} {writer.person(facts['holder'])} has it still."
    if facts.get("climbs"):
        last = facts.get("last") or ()
        told = f"; {writer.people(last)} {'was' if len(last) == 1 else 'were'} pinged last"
        return f"🔴 {what} Nobody has it{told if last else ''}, and the ladder goes on."
    at_, people = view.next_ping or (None, ())
    whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}"
    then = f"; {whom} {time(at_)}" if at_ and people else ""
    return f"🔴 {what} Nobody has it, so the ladder goes on{then}."


def _flapping(facts: Facts, view: IncidentView, writer: Writer) -> str:
    turns, key = turns_words(facts), view.incident.key
    told = f": it comes and goes{f', {turns}' if turns else ''}"
    asked = "nobody is asked to confirm the data before"
    if view.parts:
        asked = "the data of what comes and goes is asked about then"
    return f"🟠 {escape(heading(view)[0])}{told}. {key} stays open until it is calm; {asked}."


def data_wrong(facts: Facts, view: IncidentView, writer: Writer) -> str:
    whose = f" of {escape(str(facts['part']))}" if facts.get("part") else ""
    after = f" Open again.{called(facts, writer)}"
    if not facts.get("again", True):
        after = f" {writer.person(facts['holder'])} has it." if facts.get("holder") else ""
    why = escape(facts["why"]).rstrip(".")
    return f"🔴 {writer.person(facts['by'])} says that the data{whose} is wrong: {why}.{after}"


def _closed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    how = f": {escape(facts['how'])}" if facts.get("how") else ""
    failing = [f"⚠️ {writer.say(one)}" for one in facts.get("failing") or ()]
    asked = facts.get("asked") or ()
    data = (
        [f"{writer.people(asked)} {are(asked)} asked whether the data is right."] if asked else []
    )
    head = f"🟢 *{view.incident.key} is resolved* by {writer.person(facts['by'])}{how}."
    return "\n".join([head, *failing, *data])


def _data_confirmed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    if not facts.get("after_end"):
        return _closed(facts, view, writer)
    asked = facts.get("asked") or ()
    left = f" {writer.people(asked)} {are(asked)} asked still." if asked else ""
    part = f", of {escape(str(facts['part']))}" if facts.get("part") else ""
    return f"✓ {writer.person(facts['by'])} confirmed the data of {view.incident.key}{part}.{left}"


def at(iso: Any) -> str:
    return time(datetime.fromisoformat(iso)) if iso else "now"


LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    **counterparty_words.CHANNEL_LINES,
    **merge_words.CHANNEL_LINES,
    What.RECOVERED: _recovered,
    What.DATA_WRONG: data_wrong,
    What.RELAPSED: _relapsed,
    What.DATA_CONFIRMED: _data_confirmed,
    What.RESOLVED: _closed,
    What.FLAPPING: _flapping,
}
