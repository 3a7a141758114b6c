"""A held step as people see it, and what they say when they hold, release or deny."""

from bot.core.runbooks.gate_hold import Decision, Hold
from bot.core.runbooks.notices import Denied, Held, Released
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
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape, time


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


@about_incident
def may_it_go_on(
    told: Held, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever may release it; without buttons once that is decided."""
    incident = view.incident
    title, why = escape(told.title), escape(told.why)
    where = f" · <#{channel}>" if channel else ""
    by = writer.person(told.by) if told.by else "A rule"
    current = view.steps[-1].hold if view.steps else None
    blocks = [
        section(f"⏸ *May “{title}” go on?* {incident.key}{where}\n{by} held it: {why}."),
    ]
    if current is not None and current.id == told.hold and incident.live:
        if current.decision is None:
            blocks.append(_choices(current))
        else:
            blocks.append(context(f"{current.decision} by {writer.person(current.decided_by)}"))
    else:
        blocks.append(context("It is decided, or over; the timeline says how."))
    return message(f"{incident.key}: may “{told.title}” go on?", blocks)


@line
def held(told: Held, view: IncidentView, writer: Writer) -> str:
    by = writer.person(told.by) if told.by else "A rule"
    return (
        f"⏸ {by} held “{escape(told.title)}”: {escape(told.why)}."
        f" {writer.people(told.may_release)} may release it."
    )


@line
def decided(told: Released | Denied, view: IncidentView, writer: Writer) -> str:
    said = "▶️ {} released" if isinstance(told, Released) else "⛔ {} denied"
    why = f": {escape(told.reason)}" if told.reason else ""
    return f"{said.format(writer.person(told.decided_by))} “{escape(told.title)}”{why}."
