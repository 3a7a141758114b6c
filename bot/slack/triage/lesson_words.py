"""What the playbook learns: the form, the owner's question, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.estate.lane import LANE_TITLES
from bot.core.outbox.notice import What
from bot.core.triage.lesson import Lesson, LessonState, Proposal
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
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
from bot.slack.text import Writer, escape

Facts = Mapping[str, Any]


def _told(lesson: Lesson) -> Block:
    return lines(
        f"*Words:* “{escape(lesson.signature)}”",
        f"*Class:* {lesson.error_class.words} · *send again:* {lesson.retry.words}",
        f"*Cause:* {escape(lesson.meaning)}",
        f"*First check:* {escape(lesson.first_check)}",
        f"*Fix:* {escape(lesson.fix)}",
        f"*Lane:* {LANE_TITLES[lesson.lane]}, {lesson.layer} owner",
    )


def _of(facts: Facts, view: IncidentView) -> Proposal | None:
    return next((one for one in view.hindsight.lessons if one.id == facts.get("entry")), None)


def _proposed(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    found = _of(facts, view)
    if found is None:
        return message("A proposal that is gone", [section("This proposal is gone.")])
    if found.standing is not LessonState.PROPOSED:
        text = f"📖 {_outcome(found, writer)}"
        return message(f"{found.entry_id} is {found.standing}", [section(text)])
    number = value(found.id)
    head = f"📖 *{writer.person(found.by)} proposes a playbook entry* from {view.incident.key}."
    blocks = [
        section(head),
        _told(found.lesson),
        context("Approved, it counts at once for every incident."),
        actions(
            [
                button("Approve", Action.LESSON_APPROVE, number, style="primary"),
                button("Edit…", Action.LESSON_EDIT, number),
                button("Reject…", Action.LESSON_REJECT, number),
            ],
            "lesson",
        ),
    ]
    return message(f"A playbook entry to approve, from {view.incident.key}", blocks)


def _outcome(found: Proposal, writer: Writer) -> str:
    why = f": {escape(found.why)}" if found.why else ""
    good = found.standing is LessonState.APPROVED
    tail = " It counts from now on." if good else " Nothing was changed."
    return (
        f"{writer.person(found.decided_by)} {found.standing} the playbook entry"
        f" “{escape(found.lesson.signature)}”{why}.{tail}"
    )


def _decided(facts: Facts, view: IncidentView, writer: Writer) -> str:
    found = _of(facts, view)
    return f"📖 {_outcome(found, writer)}" if found else "📖 A playbook entry was decided."


def _decided_letter(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    return message("Your playbook entry", [section(_decided(facts, view, writer))])


INCIDENT_LETTERS: Mapping[
    What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]
] = {
    What.ENTRY_PROPOSED: _proposed,
    What.ENTRY_DECIDED: _decided_letter,
}
CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.ENTRY_DECIDED: _decided,
}
