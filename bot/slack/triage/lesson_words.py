"""What the playbook learns: the form, the owner's question, and what became of it."""

from collections.abc import Mapping
from typing import Any

from bot.core.estate.lane import LANE_TITLES, Lane, Layer
from bot.core.triage.lesson import Lesson, LessonState, Proposal
from bot.core.triage.notices import EntryDecided, EntryProposed
from bot.core.triage.playbook import ErrorClass, Retry
from bot.flows.triage.lessons import LessonDraft
from bot.flows.views import IncidentView
from bot.language.marks import KEPT
from bot.slack.ids import Action, Modal, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    field,
    lines,
    message,
    modal,
    option,
    section,
    select,
    text_input,
)
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape

_RETRY = {
    Retry.SAFE: "Safe: nothing was accepted",
    Retry.WAIT: "Safe after waiting",
    Retry.AFTER_FIX: "Only after the fix",
    Retry.LOOK_UP_FIRST: "Look each record up first",
    Retry.NEVER: "Never: a copy would be wrong",
}


def teach(draft: LessonDraft) -> Block:
    """The short form, filled in as far as the incident tells."""
    incident = draft.incident
    head = f"*{escape(incident.headline)}* ({incident.key})."
    if draft.known:
        head += f" `{draft.known.id}` knows this text; your entry would go before it."
    elif draft.signature:
        head += " The playbook does not know this error yet. Close this to leave it so."
    given = _Given(
        signature=draft.signature, fix=draft.fix, lane=incident.lane, layer=incident.layer
    )
    return modal(
        Modal.TEACH,
        "Teach the playbook",
        [section(head), *_fields(given)],
        submit="Propose",
        private=value(incident.id),
    )


def edit(proposal: Proposal) -> Block:
    lesson = proposal.lesson
    given = _Given(
        signature=lesson.signature,
        fix=lesson.fix,
        lane=lesson.lane,
        layer=lesson.layer,
        meaning=lesson.meaning,
        first_check=lesson.first_check,
        error_class=lesson.error_class,
        retry=lesson.retry,
    )
    head = section("What you change here is approved at once, under your name.")
    return modal(
        Modal.LESSON_EDIT,
        "Edit the entry",
        [head, *_fields(given)],
        submit="Approve",
        private=value(proposal.id),
    )


def reject(proposal: Proposal) -> Block:
    blocks = [
        section(f"“{escape(proposal.lesson.signature)}”"),
        field("why", "Why is it rejected?", text_input("why", longest=KEPT)),
    ]
    return modal(
        Modal.LESSON_REJECT, "Reject it", blocks, submit="Reject", private=value(proposal.id)
    )


class _Given:
    """What the fields hold at first."""

    def __init__(
        self,
        *,
        signature: str = "",
        fix: str = "",
        lane: Lane | None = None,
        layer: Layer | None = None,
        meaning: str = "",
        first_check: str = "",
        error_class: ErrorClass | None = None,
        retry: Retry | None = None,
    ) -> None:
        self.texts = {
            "signature": signature,
            "meaning": meaning,
            "first_check": first_check,
            "fix": fix,
        }
        self.choices = {"class": error_class, "retry": retry, "lane": lane, "layer": layer}


def _fields(given: _Given) -> list[Block]:
    text, pick = given.texts, given.choices
    classes = [option(kind.words.capitalize(), kind.value) for kind in ErrorClass]
    retries = [option(words, retry.value) for retry, words in _RETRY.items()]
    lanes = [option(LANE_TITLES[lane], lane.value) for lane in Lane]
    layers = [option(layer.value.capitalize(), layer.value) for layer in Layer]
    return [
        _text(
            "signature",
            "The words that tell this error",
            text,
            hint="… stands for what varies. No names, numbers or secrets of one record.",
        ),
        _pick("class", "Class", classes, pick),
        _text("meaning", "What was the cause?", text),
        _text("first_check", "What to look at first?", text),
        _text("fix", "What fixes it?", text),
        _pick("retry", "May records be sent again?", retries, pick),
        _pick("lane", "Whose lane?", lanes, pick),
        _pick("layer", "Which owner?", layers, pick),
    ]


def _text(name: str, label: str, given: Mapping[str, str], hint: str = "") -> Block:
    box = text_input(name)
    box["max_length"] = 400
    if given[name]:
        box["initial_value"] = given[name][:400]
    return field(name, label, box, hint=hint)


def _pick(name: str, label: str, options: list[Block], given: Mapping[str, Any]) -> Block:
    chosen = select(name, label, options)
    preset = next((item for item in options if item["value"] == given[name]), None)
    if preset:
        chosen["initial_option"] = preset
    return field(name, label, chosen)


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
