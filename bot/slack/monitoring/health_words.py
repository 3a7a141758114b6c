"""A connection's health as its owner reads it, where no incident is opened for it."""

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.notices import CannotLook, Degraded, Flapping, HealthNotice, Healthy
from bot.core.monitoring.rules import Verdict
from bot.language.marks import ended
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, actions, button, message, section
from bot.slack.monitoring.flapping_words import each_turn
from bot.slack.notice_words import about_connection
from bot.slack.text import Writer, escape, time


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
