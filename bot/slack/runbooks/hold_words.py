"""A held step as people see it, and what they say when they hold, release or deny."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.outbox.notice import What
from bot.core.runbooks.gate_hold import Decision, Hold
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    message,
    section,
)
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def banner(held: Hold, writer: Writer) -> list[Block]:
    """Above a step that takes no answer: who held it and why, and who may release it."""
    people = writer.people(held.may_release)
    by = writer.person(held.by) if held.by else "A rule"
    if held.decision is Decision.DENIED and held.decided_at:
        who = writer.person(held.decided_by)
        text = (
            f"⛔ *Denied by {who}* {time(held.decided_at)}: {escape(held.reason)}."
            f" Skip the step with your reason, or ask {people} to release it after all."
        )
    else:
        trigger = f" ({escape(held.trigger)})" if held.by is None else ""
        text = (
            f"⏸ *This step has to wait:* {escape(held.why)}. {by} held it{trigger},"
            f" {time(held.at)}. {people} may release it."
        )
    return [section(text), _choices(held)]


def _choices(held: Hold) -> Block:
    target = value(held.incident, held.step)
    row = [button("Release…", Action.RELEASE, target, word=held.step, style="primary")]
    if held.decision is None:
        row.append(button("Deny…", Action.HOLD_DENY, target, word=held.step, style="danger"))
    return actions(row, f"hold:{held.step}")


def _letter(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    """To whoever may release it; without buttons once that is decided."""
    incident = view.incident
    title, why = escape(facts["title"]), escape(facts["why"])
    where = f" · <#{channel}>" if channel else ""
    by = writer.person(facts["by"]) if facts.get("by") else "A rule"
    current = view.steps[-1].hold if view.steps else None
    blocks = [
        section(f"⏸ *May “{title}” go on?* {incident.key}{where}\n{by} held it: {why}."),
    ]
    if current is not None and current.id == facts["hold"] and incident.live:
        if current.decision is None:
            blocks.append(_choices(current))
        else:
            blocks.append(context(f"{current.decision} by {writer.person(current.decided_by)}"))
    else:
        blocks.append(context("It is decided, or over; the timeline says how."))
    return message(f"{incident.key}: may “{facts['title']}” go on?", blocks)


PERSONAL: Mapping[What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]] = {
    What.HELD: _letter
}


def _held(facts: Facts, view: IncidentView, writer: Writer) -> str:
    by = writer.person(facts["by"]) if facts.get("by") else "A rule"
    return (
        f"⏸ {by} held “{escape(facts['title'])}”: {escape(facts['why'])}."
        f" {writer.people(facts['may_release'])} may release it."
    )


def _decided(word: str, symbol: str) -> Callable[[Facts, IncidentView, Writer], str]:
    def line(facts: Facts, view: IncidentView, writer: Writer) -> str:
        why = f": {escape(facts['reason'])}" if facts.get("reason") else ""
        title = escape(facts["title"])
        return f"{symbol} {writer.person(facts['decided_by'])} {word} “{title}”{why}."

    return line


CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.HELD: _held,
    What.RELEASED: _decided("released", "▶️"),
    What.DENIED: _decided("denied", "⛔"),
}
