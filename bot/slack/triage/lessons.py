"""What the playbook learns (the form, the owner's question with its buttons, and what became of
it), and what earlier incidents and people's corrections say on the card and in the audit."""

from collections.abc import Iterator, Sequence

from bot.core.estate.lane import LANE_TITLES
from bot.core.triage.lane_rules import RuleVotes, words_of
from bot.core.triage.lesson import Lesson, LessonState, Proposal
from bot.core.triage.notices import EntryDecided, EntryProposed
from bot.flows.triage import lessons
from bot.flows.triage.past_incidents import PastIncidents, Similar
from bot.flows.views import IncidentView
from bot.language.units import say_count
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, incident_number, value
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
from bot.slack.text import Writer, cut, escape, time


async def approve(handler: Handler, body: Body) -> None:
    await handler.runtime.do(
        lessons.decide,
        incident_number(clicked(body)),
        approve=True,
        by=await handler.actor(body),
        why="",
    )


ACTIONS = {Action.LESSON_APPROVE: approve}


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
    return next((one for one in view.past_incidents.lessons if one.id == entry), None)


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


SHOWN = 8  # rules listed in the audit


def earlier(found: PastIncidents, writer: Writer) -> Iterator[str]:
    """Lines about incidents like this one; none the first time."""
    if not found.seen:
        return
    yield f"*Seen before:* {escape(found.seen)}"
    yield from (f"• {_similar(one, writer)}" for one in found.similar)


def _similar(one: Similar, writer: Writer) -> str:
    past = one.incident
    where = f"<#{one.channel}>" if one.channel else past.key
    who = f" by {writer.name(past.resolved_by)}" if past.resolved_by else ""
    ended = f" {time(past.resolved_at)}" if past.resolved_at else ""
    how = f": {escape(cut(past.resolution, 160))}" if past.resolution else ""
    if past.helped:  # whoever wrote the review said so, and need not be who resolved it
        says = f", says {writer.name(past.reviewed_by)}" if past.reviewed_by else ""
        how = f"; what helped{says}: {escape(cut(past.helped, 160))}"
    return f"{where} ({escape(one.why)}), resolved{ended}{who}{how}"


def rules(rule_votes: Sequence[RuleVotes]) -> list[Block]:
    """How the lane rules fared; nothing before the first correction or confirmation."""
    if not rule_votes:
        return []
    rows = [
        f"{'🔴' if one.doubtful else '🟢' if not one.wrong else '🟡'}"
        f" {escape(words_of(one.rule))}: {one.words}"
        for one in rule_votes[:SHOWN]
    ]
    more = len(rule_votes) - SHOWN
    if more > 0:
        rows.append(f"and {say_count(more, 'more rule')}; `firstlane lanes` prints all of them")
    return [lines("*How often the lane rules were right*", *rows)]
