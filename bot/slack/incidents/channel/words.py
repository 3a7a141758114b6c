"""What is said about an incident's channel itself, and to whoever joins it."""

from bot.core.incidents.channel import (
    ArchiveSoon,
    Brief,
    ChannelBack,
    ChannelMoved,
    InvitesRefused,
    LeftOut,
)
from bot.core.incidents.timeline import TimelineEntry
from bot.flows.views import IncidentView
from bot.slack.incidents.timeline import entry_line
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.notice_words import line, personal
from bot.slack.text import Writer, escape, time


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
