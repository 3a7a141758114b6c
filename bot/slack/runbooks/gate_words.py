"""Steps that wait for an owner, call a webhook or run late: how they look and what is said of
them."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.runbooks.gate import Decision, Gate
from bot.core.runbooks.notices import (
    ApprovalGiven,
    ApprovalWanted,
    Denied,
    Held,
    Released,
    StepLate,
)
from bot.core.runbooks.step_kinds import DeedKind
from bot.core.runbooks.webhook_calls import HookRun, RunState
from bot.flows.runbooks.walk_view import StepView
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    confirm,
    context,
    message,
    section,
    stands_in,
)
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape, time

_RUN = {RunState.RUNNING: "⏳", RunState.DONE: "✓", RunState.FAILED: "✗", RunState.UNKNOWN: "⚠️"}


def approval(shown: StepView, writer: Writer) -> Iterator[str]:
    """Whose word the step waits for or has got; nothing for a step that needs none."""
    found = shown.approval
    if found is None:
        return
    yield f"*Terms:* {writer.say(found.why)}"
    if found.blocks:
        yield f"✋ {writer.say(found.refusal)}"
    else:
        yield f"✓ Approved by {writer.person(found.decided_by)}{_at(found.decided_at)}{_why(found)}"


def _at(moment: datetime | None) -> str:
    return f", {time(moment)}" if moment else ""


def _why(found: Gate) -> str:
    return f": {escape(found.reason)}" if found.reason else ""


def decide(found: Gate) -> list[Block]:
    number = value(found.id)
    return [
        button("Approve…", Action.APPROVE, number, style="primary"),
        button("Deny…", Action.DENY, number, style="danger"),
    ]


def runs(shown: StepView, writer: Writer) -> Iterator[str]:
    yield from (_run(one, writer) for one in shown.runs)


def _run(one: HookRun, writer: Writer) -> str:
    told = f": {escape(one.said)}" if one.said else ""
    return (
        f"{_RUN[one.state]} `{escape(one.hook)}` {one.state}{told}"
        f" ({writer.person(one.by)}, {time(one.begun_at)})"
    )


def run(view: IncidentView, shown: StepView) -> list[Block]:
    """The button that calls the step's webhook, behind a question; none while a call is under
    way, while the step is denied, or where nobody configured the webhook."""
    deed, hook = shown.step.deed, shown.hook
    if deed is None or deed.kind is not DeedKind.WEBHOOK or hook is None:
        return []
    denied = shown.approval is not None and shown.approval.decision is Decision.DENIED
    if denied or any(one.state is RunState.RUNNING for one in shown.runs):
        return []
    last = shown.runs[-1] if shown.runs else None
    unknown = last is not None and last.state is RunState.UNKNOWN
    asked = deed.confirm or hook.confirm or f"Call “{hook.id}” for this connection?"
    if unknown:
        asked = f"Did you look whether the last call arrived? {asked}"
    elif last is not None:
        asked = f"It was called before. Call it again? {asked}"
    return [
        button(
            f"Run {hook.id} again…" if last else f"Run {hook.id}…",
            Action.RUN_HOOK,
            value(view.incident.id, shown.step.id, len(shown.runs)),
            word=shown.step.id,
            style="" if last else "primary",
            confirm=confirm(f"Run {hook.id}", escape(asked), "Run it"),
        )
    ]


def _found(view: IncidentView, approval: int) -> Gate | None:
    return next((one for one in view.approvals if one.id == approval), None)


@about_incident
def wanted(
    told: ApprovalWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    found = _found(view, told.approval)
    if found is None or not found.waiting or not view.incident.live:
        state = found.state if found and not found.waiting else "not needed any more"
        text = f"✋ {view.incident.key}: the approval is {state}."
        return message(f"{view.incident.key}: {state}", [section(text)])
    where = f" · <#{channel}>" if channel else ""
    head = f"✋ *Your word is needed on {view.incident.key}*: {escape(found.title)}{where}"
    away = found.owner if told.reader not in (None, found.owner) else None
    whom = [section(stands_in([away], writer))] if away else []
    terms = section(writer.say(found.why))
    blocks = [section(head), *whom, terms, actions(decide(found), "approval")]
    return message(f"Your word is needed on {view.incident.key}", blocks)


@line
def wanted_here(told: ApprovalWanted, view: IncidentView, writer: Writer) -> str:
    found = _found(view, told.approval)
    if found is None or not found.blocks:
        return "✋ The approval was given."
    return f"✋ {writer.say(found.refusal)}"


@line
def given(told: ApprovalGiven, view: IncidentView, writer: Writer) -> str:
    found = _found(view, told.approval)
    if found is None:
        return "✋ The approval is gone."
    return (
        f"✋ {writer.person(found.decided_by)} {found.state} “{escape(found.title)}”{_why(found)}."
    )


@line
def late_here(told: StepLate, view: IncidentView, writer: Writer) -> str:
    return (
        f"⏰ *“{escape(told.step)}” takes longer than {escape(told.limit)}* (asked"
        f" {time(told.since)}). Answer it, or skip it with a reason."
    )


@about_incident
def late(told: StepLate, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    where = f" <#{channel}>" if channel else ""
    text = f"{late_here(told, view, writer)} {view.incident.key}{where}"
    return message(f"{view.incident.key}: a step takes long", [section(text)])


def banner(held: Gate, writer: Writer) -> list[Block]:
    """Above a step that takes no answer: who held it and why, and who may release it."""
    people = writer.people(held.may_decide)
    by = writer.person(held.asked_by) if held.asked_by else "A rule"
    if held.decision is Decision.DENIED and held.decided_at:
        who = writer.person(held.decided_by)
        text = (
            f"⛔ *Denied by {who}* {time(held.decided_at)}: {escape(held.reason)}."
            f" Skip the step with your reason, or ask {people} to release it after all."
        )
    else:
        trigger = f" ({escape(held.trigger)})" if held.asked_by is None else ""
        text = (
            f"⏸ *This step has to wait:* {escape(held.why)}. {by} held it{trigger},"
            f" {time(held.asked_at)}. {people} may release it."
        )
    return [section(text), _choices(held)]


def _choices(held: Gate) -> Block:
    target = value(held.incident, held.subject)
    row = [button("Release…", Action.RELEASE, target, word=held.subject, style="primary")]
    if held.decision is None:
        row.append(button("Deny…", Action.HOLD_DENY, target, word=held.subject, style="danger"))
    return actions(row, f"hold:{held.subject}")


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
def held_here(told: Held, view: IncidentView, writer: Writer) -> str:
    by = writer.person(told.by) if told.by else "A rule"
    return (
        f"⏸ {by} held “{escape(told.title)}”: {escape(told.why)}."
        f" {writer.people(told.may_release)} may release it."
    )


@line
def decided_here(told: Released | Denied, view: IncidentView, writer: Writer) -> str:
    said = "▶️ {} released" if isinstance(told, Released) else "⛔ {} denied"
    why = f": {escape(told.reason)}" if told.reason else ""
    return f"{said.format(writer.person(told.decided_by))} “{escape(told.title)}”{why}."
