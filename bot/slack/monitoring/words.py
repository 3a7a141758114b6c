"""What people read about watching: pauses, how often something came and went, a connection's health
where no incident is opened for it, and our own network when it goes and comes back."""

from collections.abc import Mapping, Sequence

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.flapping import Down, TurnsTold
from bot.core.monitoring.notices import (
    CannotLook,
    Degraded,
    Flapping,
    HealthNotice,
    Healthy,
    OurNetworkBack,
    OurNetworkDown,
    Paused,
    PauseEnded,
)
from bot.core.monitoring.pause import Pause
from bot.core.monitoring.rules import Verdict
from bot.language.marks import ended
from bot.language.units import say_duration, say_names
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, actions, button, context, lines, message, section
from bot.slack.notice_words import about_connection, personal
from bot.slack.text import Writer, escape, time


@personal
def paused(told: Paused, writer: Writer) -> SlackMessage:
    text = (
        f"⏸ *{escape(told.name)} is paused until {time(told.until)}.* {writer.person(told.by)}:"
        f" {escape(told.why)}. It is still watched, but opens no incident."
    )
    return message(writer.plain(f"{told.name} is paused"), [section(text)])


@personal
def pause_ended(told: PauseEnded, writer: Writer) -> SlackMessage:
    how = f"{writer.person(told.by)} ended it" if told.by else "its time is over"
    then = "It fails, so an incident opens now." if told.failing else "It does not fail."
    text = f"▶️ *The pause of {escape(told.name)} has ended:* {how}. {then}"
    return message(writer.plain(f"The pause of {told.name} has ended"), [section(text)])


def listing(pauses: Sequence[Pause], writer: Writer) -> SlackMessage:
    """What is paused, by whom, why and until when."""
    known = writer.catalogue.connections
    rows = [
        f"⏸ *{escape(known[one.connection].name if one.connection in known else one.connection)}*"
        f" until {time(one.until)}: {escape(one.why)} ({writer.name(one.by)})"
        for one in pauses
    ]
    return message(
        "What is paused",
        [
            lines(*(rows or ["Nothing is paused."])),
            context("`/conn pause <connection> 2h <why>` · `/conn resume <connection>`"),
        ],
    )


def say_down(down: Down) -> str:
    """For how long, and of several stretches how many: `5 min in all, in 2 stretches`."""
    span = say_duration(down.span)
    return span if down.stretches == 1 else f"{span} in all, in {down.stretches} stretches"


def turns_words(told: TurnsTold | None) -> str:
    """`6 times since 22:35, about half of the time down`, of several connections with which of them
    did; empty when none comes and goes."""
    if told is None:
        return ""
    said = f"{told.falls} times since {time(told.since)}, {told.share} down"
    if not told.names:
        return said
    return f"{escape(say_names(told.names))} {'up to ' if len(told.names) > 1 else ''}{said}"


_BAD = {
    Verdict.FAILING: "it failed",
    Verdict.DEGRADED: "it was degraded",
    Verdict.UNKNOWN: "we could not see it",
}


def each_turn(turns: Mapping[Verdict, int]) -> str:
    """`it failed 2 times, it was degraded once`."""
    said = [f"{words} {_times(turns[one])}" for one, words in _BAD.items() if turns.get(one)]
    return ", ".join(said) or "again and again"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


@about_connection
def degraded(told: Degraded, connection: Connection, writer: Writer) -> SlackMessage:
    text = (
        f"🟡 *{escape(connection.name)} is degraded* since {time(told.since)}."
        f" {_reasons(told, writer)} No incident was opened."
    )
    return _message(told, text, connection, writer)


@about_connection
def blind(told: CannotLook, connection: Connection, writer: Writer) -> SlackMessage:
    text = (
        f"⚪ *We are blind on {escape(connection.name)}* since {time(told.since)}:"
        f" {_reasons(told, writer)} Whether it works is unknown; please mend the check."
    )
    return _message(told, text, connection, writer)


@about_connection
def healthy(told: Healthy, connection: Connection, writer: Writer) -> SlackMessage:
    name, since = escape(connection.name), time(told.since)
    text = f"🟢 *{name} is fine again* since {since}."
    if told.was is Verdict.UNKNOWN:
        text = f"🟢 *We can see {name} again* since {since}: it is fine."
    return _message(told, text, connection, writer)


@about_connection
def flapping(told: Flapping, connection: Connection, writer: Writer) -> SlackMessage:
    since = time(told.since) if told.since else "now"
    text = (
        f"🟡 *{escape(connection.name)} comes and goes:* {each_turn(told.turns)} since {since}, so"
        f" it is not told each time. You hear of it when it has settled. {_reasons(told, writer)}"
    )
    return _message(told, text, connection, writer)


def _reasons(told: HealthNotice | Flapping, writer: Writer) -> str:
    return writer.say(" ".join(map(ended, told.reasons)))


def _message(
    told: HealthNotice | Flapping, text: str, connection: Connection, writer: Writer
) -> SlackMessage:
    row = [
        button("Check now", Action.CHECK, connection.id),
        button("Everything about it", Action.SHOW, connection.id),
    ]
    said = writer.plain(f"{connection.name}: {told.what}")
    return message(said, [section(text), actions(row, "health")])


@personal
def down(told: OurNetworkDown, _: Writer) -> SlackMessage:
    text = (
        f"⚪ *We are blind since {time(told.since)}.* Nothing outside answers, so our own network"
        " is the likeliest cause. Until it is back every connection is unknown and no incident is"
        " opened. Please look at the network of the machine that runs Firstlane."
    )
    return message("We are blind: our own network looks down", [section(text)])


@personal
def back(told: OurNetworkBack, _: Writer) -> SlackMessage:
    until = time(told.until) if told.until else "now"
    text = f"🟢 *We see again.* Our own network was down from {time(told.since)} to {until}."
    return message("We see again: our own network is back", [section(text)])
