"""What is said once, in people's direct messages and in incident channels.

A letter carries facts frozen when the thing happened. A personal letter is rendered again when
its incident moves on, so that its buttons never offer what is over.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import State
from bot.core.outbox.letter import SentMessage
from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.views import IncidentView
from bot.language.marks import ended
from bot.language.units import say_names
from bot.slack import notice_words
from bot.slack.delayed import dated
from bot.slack.ids import Action, value
from bot.slack.incidents import current, data_question, taking_words
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.owner_words import owners_part
from bot.slack.incidents.words import room
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    lines,
    message,
    section,
)
from bot.slack.monitoring.flapping_words import each_turn, turns_words
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.outbox.channel_words import at, data_wrong
from bot.slack.runbooks import drill_words
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]

# What needs neither an incident nor a connection's health: every module brings its own.
_PLAIN: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {}


def personal(
    what: What,
    facts: Facts,
    view: IncidentView | None,
    connection: Connection | None,
    channel: str | None,
    writer: Writer,
    *,
    again: bool = False,
) -> SlackMessage:
    """A direct message about an incident (`view`) or a connection's health (`connection`); `again`
    when a newer one of its kind follows."""
    told = read_notice(what, facts)
    if (write := notice_words.personal.of(told)) is not None:
        return _for_whom(write(told, writer), what, facts, writer)
    if view is not None and (write := notice_words.about_incident.of(told)) is not None:
        said = _for_whom(write(told, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    if view is not None and (write := notice_words.repeatable.of(told)) is not None:
        return drill_words.marked(write(told, view, channel, writer, again), view)
    if connection is not None and (write := notice_words.about_connection.of(told)) is not None:
        return _for_whom(write(told, connection, writer), what, facts, writer)
    if what in _PLAIN:
        return _for_whom(_PLAIN[what](facts, writer), what, facts, writer)
    if view is not None:
        said = _for_whom(_INCIDENT_LETTERS[what](facts, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    if connection is not None:
        return _for_whom(_health(what, facts, connection, writer), what, facts, writer)
    raise ValueError(f"{what} has no words")


def standing(
    item: SentMessage,
    again: Collection[int],
    view: IncidentView,
    channel: str | None,
    writer: Writer,
) -> SlackMessage | None:
    """What a letter that stands in Slack says now. Only the newest ping to a person has buttons;
    those `again` followed by another one have none."""
    letter = item.letter
    if letter.what is None:
        return None
    newer = letter.id in again
    facts = {**letter.facts, "again": newer}
    said = personal(letter.what, facts, view, None, channel, writer, again=newer)
    return dated(said, letter, item.sent_at)


def _catalogue(what: What, facts: Facts) -> SlackMessage:
    if what is What.CATALOGUE_MENDED:
        text = "🟢 The catalogue file is good again and in force."
        return message(text, [section(text)])
    problems = [f"• `{escape(problem)}`" for problem in facts.get("problems", [])]
    more = f"and {facts['more']} more" if facts.get("more") else ""
    head = "⚠️ *The catalogue file is broken.* The last good one stays in force until it is mended."
    return message(
        "The catalogue file is broken; the last good one stays in force",
        [lines(head, *problems, more)],
    )


def _reopened(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever judges data of it and is not pinged: a person says that it was not over."""
    if not view.incident.live or view.incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    key, told = view.incident.key, escape(current.matter(view))
    mine = [part.name for part in view.connections if part.judge == facts.get("reader")]
    whose = f" You own the data of {escape(say_names(mine))}." if mine else ""
    head = f"🔴 *{key} was not over.* {told}{room(channel)}.{whose}"
    rows = lines(
        head, current.opened_again(view, writer), owners_part(facts.get("reader"), view, writer)
    )
    return message(f"{key} was opened again", [rows])


def _for_whom(said: SlackMessage, what: What, facts: Facts, writer: Writer) -> SlackMessage:
    """With whom the reader stands in for, where the message does not say so itself."""
    if not facts.get("covers") or what in (What.PING, What.STILL_ON_IT):
        return said
    whom = f"You read this for {writer.person(facts['covers'])}, whom you stand in for."
    return replace(said, blocks=(*said.blocks, context(whom)))


def _relapsed(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever has it, or was pinged last. It has the button itself: Slack may bring their ping
    up to date a while later."""
    incident = view.incident
    if not incident.live or incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    told = current.again(view, facts.get("parts") or ())
    if not told:
        return overtaken(view, channel, writer)
    if facts.get("again"):
        newer = f"{incident.key} failed again later too; the newest message says how it stands."
        return message(newer, [section(newer)])
    turns = turns_words(facts)
    often = f" It comes and goes: {turns}." if turns else ""
    reader = str(facts.get("reader") or facts.get("holder") or "")
    row: list[Block] = []
    if incident.holder:
        until = f" until {time(incident.lease_until)}" if incident.lease_until else ""
        theirs = reader == incident.holder
        whose = f"{'You have' if theirs else f'{writer.person(incident.holder)} has'} it{until}."
    else:
        whose, number = "Nobody has it.", value(incident.id)
        row = [
            actions([button("Acknowledge", Action.ACKNOWLEDGE, number, style="primary")], "ping")
        ]
    text = f"🔴 *{escape(told)}.*{often} {incident.key}{room(channel)}. {whose}"
    return message(f"{told} ({incident.key})", [section(text), *row])


def _data_wrong(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever has it or was pinged last. No button: theirs is in the ping."""
    text = f"{data_wrong(facts, view, writer)} {view.incident.key}{room(channel)}"
    return message(f"{view.incident.key}: wrong data", [section(text)])


_INCIDENT_LETTERS: Mapping[
    What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]
] = {
    What.REOPENED: _reopened,
    **data_question.LETTERS,
    What.RELAPSED: _relapsed,
    What.DATA_WRONG: _data_wrong,
    **counterparty_words.PERSONAL,
    **taking_words.PERSONAL,
}


def _health(what: What, facts: Facts, connection: Connection, writer: Writer) -> SlackMessage:
    name = escape(connection.name)
    reasons = writer.say(" ".join(map(ended, facts.get("reasons", []))))
    since = at(facts.get("since"))
    text = {
        What.FLAPPING: f"🟡 *{name} comes and goes:* {each_turn(facts)} since {since}, so it is not"
        f" told each time. You hear of it when it has settled. {reasons}",
        What.DEGRADED: f"🟡 *{name} is degraded* since {since}. {reasons} No incident was opened.",
        What.BLIND: f"⚪ *We are blind on {name}* since {since}: {reasons}"
        " Whether it works is unknown; please mend the check.",
        What.HEALTHY: f"🟢 *{name} is fine again* since {since}.",
    }[what]
    if what is What.HEALTHY and facts.get("was") == "unknown":
        text = f"🟢 *We can see {name} again* since {since}: it is fine."
    row = [button("Check now", Action.CHECK, connection.id)]
    show = button("Everything about it", Action.SHOW, connection.id)
    return message(
        writer.plain(f"{connection.name}: {what}"),
        [section(text), actions([*row, show], "health")],
    )
