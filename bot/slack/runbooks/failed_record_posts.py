"""Failed records in groups, with what can be done about each."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.estate.lane import Layer
from bot.core.outbox.notice import What
from bot.core.runbooks.failed_records import Assignment, FailedGroup, worth
from bot.flows.runbooks.failed_records import StuckView
from bot.flows.views import IncidentView
from bot.language.units import say_count
from bot.slack.ids import Action, action_id, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    confirm,
    header,
    lines,
    message,
    option,
    section,
    select,
)
from bot.slack.text import Writer, cut, escape, time

Facts = Mapping[str, Any]

SHOWN = 10


def stuck(view: StuckView, writer: Writer) -> SlackMessage:
    """The largest groups first."""
    name = view.connection.name
    if not view.groups:
        text = f"No failed record of *{escape(name)}* is known."
        return message(f"Nothing is stuck on {name}", [section(text)])
    total = sum(group.count for group in view.groups)
    head = f"{say_count(total, 'failed record')}: {cut(name, 100)}"
    blocks = [header(head)]
    for place, group in enumerate(view.groups[:SHOWN]):
        given = view.given.get(group.key)
        blocks.append(lines(*_group(group, given, writer)))
        if view.incident is not None:
            blocks.append(_buttons(view.incident.id, group, place))
    if len(view.groups) > SHOWN:
        blocks.append(section(f"and {say_count(len(view.groups) - SHOWN, 'more group')}"))
    return message(head, blocks)


def of_which(view: IncidentView, writer: Writer) -> SlackMessage:
    """An incident of several connections: how much stands in error on each, the most first."""
    found = sorted((part for part in view.parts if part.failed), key=lambda part: -part.failed)
    head = f"{view.incident.key}: {writer.plain(view.stuck) or 'no failed record is known'}"
    rows = [
        f"*{part.failed:,} ×* {escape(part.name)}: `/conn stuck {escape(part.connection)}`"
        for part in found[:SHOWN]
    ]
    left = len(found) - len(rows)
    more = [f"and {say_count(left, 'more connection')}"] if left else []
    return message(head, [header(cut(head, 150)), lines(*rows, *more)])


def _group(group: FailedGroup, given: Assignment | None, writer: Writer) -> list[str]:
    oldest = f" · oldest {time(group.oldest)}" if group.oldest else ""
    amount = f" · worth {escape(worth(group))}" if group.amounts else ""
    rows = [f"*{group.count:,} ×* {escape(group.label)}{oldest}{amount}"]
    if group.samples:
        rows.append("for example " + ", ".join(f"`{escape(one)}`" for one in group.samples))
    if given:
        rows.append(
            f"👤 {writer.person(given.person)} ({given.layer} owner) since {time(given.at)}"
        )
    if given and given.cleared_by and given.cleared_at:
        rows.append(f"🔁 cleared by {writer.person(given.cleared_by)}, {time(given.cleared_at)}")
    return rows


def _buttons(incident: int, group: FailedGroup, place: int) -> Block:
    layers = [
        option(f"{layer.capitalize()} owner", value(incident, group.ref, layer)) for layer in Layer
    ]
    ask = confirm(
        "Fixed, send again",
        "Is the cause removed? The retry gate is asked, and the functional owner where it must be.",
        "It is fixed",
    )
    return actions(
        [
            select(action_id(Action.STUCK_GIVE, str(place)), "Give to…", layers),
            button(
                "Fixed, send again…",
                Action.STUCK_CLEAR,
                value(incident, group.ref),
                word=str(place),
                confirm=ask,
            ),
        ],
        f"stuck:{place}",
    )


def _records(facts: Facts, view: IncidentView) -> str:
    count = say_count(int(facts.get("count") or 0), "record")
    return f"{count}{_of(facts, view)}: {escape(facts.get('label', ''))}"


def _of(facts: Facts, view: IncidentView) -> str:
    """Of which of several connections."""
    names = [one.name for one in view.parts if one.connection == facts.get("connection")]
    return f" of {escape(names[0])}" if names else ""


def _given(facts: Facts, view: IncidentView, writer: Writer) -> str:
    whom = writer.person(facts.get("person"))
    return f"👤 {writer.person(facts.get('by'))} gave {whom} {_records(facts, view)}"


def _cleared(facts: Facts, view: IncidentView, writer: Writer) -> str:
    terms = writer.say(facts.get("terms", ""))
    by, records = writer.person(facts.get("cleared_by")), _records(facts, view)
    return f"🔁 {by}: fixed, {records}\n*Terms:* {terms}"


def _gone(facts: Facts, view: IncidentView, writer: Writer) -> str:
    most = say_count(int(facts.get("most") or 0), "record")
    return f"✓ None left of {most}{_of(facts, view)}: {escape(facts.get('label', ''))}"


def _yours(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    where = f" · <#{channel}>" if channel else ""
    samples = ", ".join(f"`{escape(str(one))}`" for one in facts.get("samples", []))
    blocks = [
        lines(
            f"👤 *Yours to see to:* {_records(facts, view)}",
            f"for example {samples}" if samples else "",
            f"{writer.person(facts.get('by'))} gave them to you as {facts.get('layer', '')} owner;"
            f" {view.incident.key}{where}",
        )
    ]
    if view.incident.live:
        number = value(view.incident.id, facts.get("key", ""))
        blocks.append(actions([button("Fixed, send again", Action.STUCK_CLEAR, number)], "yours"))
    return message(f"Failed records of {view.incident.key} are yours to see to", blocks)


def _reminder(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    since = facts.get("since")
    given = f" since {time(datetime.fromisoformat(since))}" if since else ""
    where = f" <#{channel}>" if channel else ""
    text = f"⏰ *Still yours{given}:* {_records(facts, view)} {view.incident.key}{where}"
    return message(f"Failed records of {view.incident.key} still wait", [section(text)])


INCIDENT_LETTERS: Mapping[
    What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]
] = {
    What.STUCK_YOURS: _yours,
    What.STUCK_REMINDER: _reminder,
}
CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.STUCK_GIVEN: _given,
    What.STUCK_CLEARED: _cleared,
    What.STUCK_GONE: _gone,
}
