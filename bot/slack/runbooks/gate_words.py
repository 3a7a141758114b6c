"""Steps that wait for an owner, call a webhook or run late: how they look and what is said of
them."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.runbooks.gate_approval import Approval, Ruling
from bot.core.runbooks.notices import ApprovalGiven, ApprovalWanted, StepLate
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
    message,
    section,
    stands_in,
)
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape, time

_RUN = {RunState.RUNNING: "⏳", RunState.DONE: "✓", RunState.FAILED: "✗", RunState.UNKNOWN: "⚠️"}


def held(shown: StepView, writer: Writer) -> Iterator[str]:
    """Whose word the step waits for or has got; nothing for a step that needs none."""
    found = shown.approval
    if found is None:
        return
    yield f"*Terms:* {writer.say(found.terms)}"
    if found.held:
        yield f"✋ {writer.say(found.held)}"
    else:
        yield f"✓ Approved by {writer.person(found.by)}{_at(found.at)}{_why(found)}"


def _at(moment: datetime | None) -> str:
    return f", {time(moment)}" if moment else ""


def _why(found: Approval) -> str:
    return f": {escape(found.why)}" if found.why else ""


def decide(found: Approval) -> list[Block]:
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
    denied = shown.approval is not None and shown.approval.ruling is Ruling.DENIED
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


def _found(view: IncidentView, approval: int) -> Approval | None:
    return next((one for one in view.approvals if one.id == approval), None)


@about_incident
def wanted(
    told: ApprovalWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    found = _found(view, told.approval)
    if found is None or not found.waiting or not view.incident.live:
        state = found.ruling if found and not found.waiting else "not needed any more"
        text = f"✋ {view.incident.key}: the approval is {state}."
        return message(f"{view.incident.key}: {state}", [section(text)])
    where = f" · <#{channel}>" if channel else ""
    head = f"✋ *Your word is needed on {view.incident.key}*: {escape(found.title)}{where}"
    away = found.owner if told.reader not in (None, found.owner) else None
    whom = [section(stands_in([away], writer))] if away else []
    terms = section(writer.say(found.terms))
    blocks = [section(head), *whom, terms, actions(decide(found), "approval")]
    return message(f"Your word is needed on {view.incident.key}", blocks)


@line
def wanted_here(told: ApprovalWanted, view: IncidentView, writer: Writer) -> str:
    found = _found(view, told.approval)
    return f"✋ {writer.say(found.held)}" if found and found.held else "✋ The approval was given."


@line
def given(told: ApprovalGiven, view: IncidentView, writer: Writer) -> str:
    found = _found(view, told.approval)
    if found is None:
        return "✋ The approval is gone."
    return f"✋ {writer.person(found.by)} {found.ruling} “{escape(found.title)}”{_why(found)}."


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
