"""What is said about an incident's channel itself, and to whoever joins it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.incidents.timeline import TimelineEntry
from bot.core.outbox.notice import What
from bot.flows.views import IncidentView
from bot.slack.incidents.timeline import entry_line
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def _brief(facts: Facts, writer: Writer) -> SlackMessage:
    """What failed, since when, who has it, whose lane, what was done, what next and by when."""
    head = facts.get("head") or f"{facts['name']} is failing"
    done = [
        entry_line(TimelineEntry(**{**one, "at": datetime.fromisoformat(one["at"])}), writer)
        for one in facts["done"]
    ]
    where = f" · <#{facts['channel']}>" if facts.get("channel") else ""
    blocks = [
        section(f"👋 *{escape(head)}.* {facts['key']}{where}, in short:"),
        lines(
            f"*What:* {writer.say(facts['reasons'])}" if facts.get("reasons") else "",
            f"*Since:* {_at(facts['since'])} · {facts['severity']}",
            f"*Who:* {writer.say(facts['holder'])}",
            f"*Lane:* {writer.say(facts['lane'])}",
        ),
        *([lines("*So far:*", *done)] if done else []),
        lines(f"*Next:* {writer.say(facts['next'])}"),
        context("As it stood when you joined; the card in the channel is always current."),
    ]
    return message(f"{head} ({facts['key']}): what you should know", blocks)


def _at(moment: str) -> str:
    return time(datetime.fromisoformat(moment))


def _left_out(facts: Facts, writer: Writer) -> SlackMessage:
    """What somebody reads who could not be added; the buttons are on the ping."""
    words = ", ".join(f"`{escape(str(why))}`" for why in sorted(set(facts["refused"].values())))
    way = (
        "It is private, so you cannot join it yourself: act here, with the buttons of my messages"
        " and `/conn`."
        if facts["private"]
        else f"Please join it yourself: <#{facts['channel']}>."
    )
    text = (
        f"🚪 *Slack did not let me add you to the channel of {facts['key']}* ({words}). {way} I try"
        " again by and by, and whoever keeps the estate was told."
    )
    return message(f"You could not be added to the channel of {facts['key']}", [section(text)])


def _invites_refused(facts: Facts, writer: Writer) -> SlackMessage:
    rows = [
        f"• {writer.person(person)}: `{escape(str(why))}`"
        for person, why in facts["refused"].items()
    ]
    kind = "private" if facts["private"] else "public"
    text = (
        f"🚪 *Slack does not let me add people to the channel of {facts['key']}.* Left out:\n"
        + "\n".join(rows)
        + f"\nThey were told, and get their messages directly. Please ask a workspace admin to let"
        f" this app invite people to {kind} channels, or add them yourself. I try again by and by."
    )
    return message(f"People are left out of the channel of {facts['key']}", [section(text)])


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.BRIEF: _brief,
    What.LEFT_OUT: _left_out,
    What.INVITES_REFUSED: _invites_refused,
}


def _by(facts: Facts, writer: Writer) -> str:
    return f" {writer.person(facts['by'])} archived it." if facts.get("by") else ""


CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.ARCHIVE_SOON: lambda facts, view, writer: (
        f"📦 {view.incident.key} is over and it is quiet here: this channel is archived"
        f" {_at(facts['at'])}. Write a word to keep it."
    ),
    What.ROOM_BACK: lambda facts, view, writer: (
        f"📂 *{view.incident.key} is not over, so this channel is open again.*{_by(facts, writer)}"
        " Resolve it first; a quiet channel is archived by itself later."
    ),
    What.ROOM_MOVED: lambda facts, view, writer: (
        f"📂 *{view.incident.key} goes on here*, because its channel is gone.{_by(facts, writer)}"
    ),
}
