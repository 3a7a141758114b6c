"""Modals about changes and releases, pure."""

from bot.core.changes.change_request import (
    IN_A_LINE,
    KIND_WORDS,
    PLAN,
    RESULT_WORDS,
    WORDS,
    ChangeKind,
    ChangeRequest,
)
from bot.core.estate.history import TRIAL_WORDS, Release, ReleaseTrial
from bot.slack.changes.words import ChangeDraft
from bot.slack.ids import Modal, value
from bot.slack.kit import (
    Block,
    choices,
    context,
    field,
    modal,
    option,
    plain,
    section,
    select,
    text_input,
)
from bot.slack.text import escape


def propose(draft: ChangeDraft) -> Block:
    """Everything an approver has to know. Its private part is `connection|suspicion`."""
    kinds = [option(words, kind.value) for kind, words in KIND_WORDS.items()]
    kind = select("kind", "Type", kinds)
    first = ChangeKind.EMERGENCY if draft.emergency else ChangeKind.NORMAL
    kind["initial_option"] = next(item for item in kinds if item["value"] == first)
    blocks = [
        section(f"*{escape(draft.name)}* (`{draft.connection}`)"),
        field("what", "What is changed?", _box("what", IN_A_LINE, draft.what), hint="In a line."),
        field("why", "Why?", _box("why", PLAN, multiline=True)),
        field("kind", "Type", kind, hint="The type says whose approval it takes."),
        field("at", "When?", _moment(draft)),
        field("impact", "What does it reach?", _box("impact", PLAN, draft.impact, multiline=True)),
        *_touches(draft),
        field(
            "sandbox",
            "What was tested in the sandbox?",
            _box("sandbox", PLAN, multiline=True),
            optional=True,
        ),
        field("rollback", "How is it taken back?", _box("rollback", PLAN, multiline=True)),
        _told(draft),
        context("Whoever has to approve is asked as soon as you submit."),
    ]
    private = value(draft.connection, "" if draft.suspicion is None else draft.suspicion)
    return modal(Modal.CHANGE, "Change a connection", blocks, submit="Propose", private=private)


def _box(action: str, longest: int, text: str = "", *, multiline: bool = False) -> Block:
    box = text_input(action, multiline=multiline, longest=longest)
    if text:
        box["initial_value"] = text[:longest]
    return box


def _moment(draft: ChangeDraft) -> Block:
    return {
        "type": "datetimepicker",
        "action_id": "at",
        "initial_date_time": int(draft.at.timestamp()),
    }


def _touches(draft: ChangeDraft) -> list[Block]:
    options = [option(name, id) for id, name in draft.touches[:100]]
    if not options:
        return []
    picker = choices("touches", "Other connections", options)
    chosen = [item for item in options if item["value"] in draft.touched]
    if chosen:
        picker["initial_options"] = chosen
    hint = "Then the architecture owner has to approve as well."
    return [field("touches", "Does it touch other connections?", picker, optional=True, hint=hint)]


def _told(draft: ChangeDraft) -> Block:
    picker: Block = {
        "type": "multi_users_select",
        "action_id": "notify",
        "placeholder": plain("People"),
    }
    if draft.notify:
        picker["initial_users"] = list(draft.notify)
    return field("notify", "Who is told?", picker, optional=True)


def _about(request: ChangeRequest) -> Block:
    return section(f"*{request.key}:* {escape(request.what)}")


def reject(request: ChangeRequest) -> Block:
    blocks = [_about(request), field("why", "Why not?", _box("why", WORDS, multiline=True))]
    return modal(Modal.CHANGE_REJECT, "Reject", blocks, submit="Reject", private=value(request.id))


def ask(request: ChangeRequest) -> Block:
    blocks = [
        _about(request),
        field("question", "Your question", _box("question", WORDS, multiline=True)),
    ]
    return modal(Modal.CHANGE_ASK, "Ask", blocks, submit="Ask", private=value(request.id))


def answer(request: ChangeRequest, asker: str) -> Block:
    blocks = [
        _about(request),
        field("answer", "Your answer", _box("answer", WORDS, multiline=True)),
    ]
    return modal(
        Modal.CHANGE_ANSWER, "Answer", blocks, submit="Answer", private=value(request.id, asker)
    )


def document(request: ChangeRequest) -> Block:
    blocks = [
        _about(request),
        field(
            "where",
            "Where is it written down?",
            _box("where", WORDS, multiline=True),
            hint="An address, or what you changed in which document.",
        ),
    ]
    return modal(
        Modal.CHANGE_DOCUMENT, "Documented", blocks, submit="Keep it", private=value(request.id)
    )


def close(request: ChangeRequest) -> Block:
    results = [option(words, result.value) for result, words in RESULT_WORDS.items()]
    blocks = [
        _about(request),
        field("result", "How did it turn out?", select("result", "Result", results)),
        field(
            "note", "What should be remembered?", _box("note", WORDS, multiline=True), optional=True
        ),
    ]
    return modal(
        Modal.CHANGE_CLOSE, "Close the change", blocks, submit="Close", private=value(request.id)
    )


def trial(release: Release, name: str, chosen: ReleaseTrial, carried: str) -> Block:
    """Asks for the words behind a verdict that is not fine."""
    asked = (
        "Why was it not tested?" if chosen is ReleaseTrial.NOT_TESTED else "What is the problem?"
    )
    blocks = [
        section(f"*{escape(release.version)}* for *{escape(name)}*: {TRIAL_WORDS[chosen]}"),
        field("note", asked, _box("note", WORDS, multiline=True)),
    ]
    return modal(Modal.TRIAL, "Verdict", blocks, submit="Keep it", private=carried)
