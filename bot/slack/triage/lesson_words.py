"""What the playbook learns: the form, the owner's question, and what became of it."""

from bot.core.estate.lane import LANE_TITLES
from bot.core.triage.lesson import Lesson, LessonState, Proposal
from bot.core.triage.notices import EntryDecided, EntryProposed
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
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape


def _told(lesson: Lesson) -> Block:
    return lines(
        f"*Words:* “{escape(lesson.signature)}”",
        f"*Class:* {lesson.error_class.words} · *send again:* {lesson.retry.words}",
        f"*Cause:* {escape(lesson.meaning)}",
        f"*First check:* {escape(lesson.first_check)}",
        f"*Fix:* {escape(lesson.fix)}",
        f"*Lane:* {LANE_TITLES[lesson.lane]}, {lesson.layer} owner",
    )


def _found(view: IncidentView, entry: int) -> Proposal | None:
    return next((one for one in view.hindsight.lessons if one.id == entry), None)


@about_incident
def proposed(
    told: EntryProposed, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    found = _found(view, told.entry)
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


@line
def decided_here(told: EntryDecided, view: IncidentView, writer: Writer) -> str:
    found = _found(view, told.entry)
    return f"📖 {_outcome(found, writer)}" if found else "📖 A playbook entry was decided."


@about_incident
def decided(
    told: EntryDecided, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    return message("Your playbook entry", [section(decided_here(told, view, writer))])
