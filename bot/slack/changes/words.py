"""Changes as people read them: letters with the next step as buttons, lists, and the questions
about changes that nobody announced. All are drawn from the record, so no button outlives its step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.changes.change_request import (
    KIND_WORDS,
    RESULT_WORDS,
    STATE_WORDS,
    UNDECIDED,
    ChangeRequest,
    ChangeState,
)
from bot.core.changes.notices import (
    ChangeAnswer,
    ChangeApprovalWanted,
    ChangeNews,
    ChangeQuestion,
    ChangeStep,
    UnannouncedNotOurs,
    UnannouncedSeen,
)
from bot.core.changes.unannounced import AnnouncedBy, UnannouncedChange
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Change
from bot.flows.changes.change_requests import ChangesView
from bot.slack.ids import Action, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    confirm,
    context,
    header,
    lines,
    message,
    section,
)
from bot.slack.notice_words import about_record
from bot.slack.text import Writer, escape, time

SYMBOL: Mapping[ChangeState, str] = {
    ChangeState.PROPOSED: "🟡",
    ChangeState.DONE_FIRST: "🟠",
    ChangeState.APPROVED: "🔵",
    ChangeState.REJECTED: "🔴",
    ChangeState.IMPLEMENTED: "🟣",
    ChangeState.DOCUMENTED: "🟣",
    ChangeState.CLOSED: "🟢",
    ChangeState.WITHDRAWN: "⚪",
}
_HISTORY = 6  # lines of history in a letter


def name_of(catalogue: Catalogue, connection: str) -> str:
    known = catalogue.connections.get(connection)
    return known.name if known else connection


def _head(request: ChangeRequest, writer: Writer) -> str:
    name = escape(name_of(writer.catalogue, request.connection))
    state = f"{SYMBOL[request.state]} *{request.key}* {STATE_WORDS[request.state]}"
    return f"{state}\n*{name}:* {escape(request.what)}"


def _details(request: ChangeRequest, writer: Writer) -> Block:
    touched = ", ".join(escape(name_of(writer.catalogue, id)) for id in request.touches)
    planned = "Done" if request.implemented_at else "Planned for"
    told = writer.people(request.notify) if request.notify else ""
    return lines(
        f"*Why:* {escape(request.why)}",
        f"*Type:* {escape(KIND_WORDS[request.kind])}",
        f"*{planned}:* {time(request.implemented_at or request.at)}",
        f"*Proposed by:* {writer.person(request.by)}",
        f"*Impact:* {escape(request.impact)}" if request.impact else "",
        f"*Touches also:* {touched}" if touched else "",
        f"*Sandbox:* {escape(request.sandbox) or 'nothing was tested'}",
        f"*Way back:* {escape(request.rollback)}",
        f"*Told:* {told}" if told else "",
        f"*Documents:* {escape(request.documents)}" if request.documents else "",
        f"*Result:* {RESULT_WORDS[request.result]}" if request.result else "",
    )


def _approvals(request: ChangeRequest, writer: Writer) -> str:
    return "\n".join(_approval(request, place, writer) for place in range(len(request.approvals)))


def _approval(request: ChangeRequest, place: int, writer: Writer) -> str:
    one = request.approvals[place]
    because = f" ({writer.say(one.because)})" if one.because else ""
    if one.by and one.at:
        return f"✓ {one.layer} layer: {writer.person(one.by)}, {time(one.at)}{because}"
    waits = "waits for" if request.state in UNDECIDED else "was not given by"
    return f"• {one.layer} layer: {waits} {writer.person(one.person)}{because}"


def _history(request: ChangeRequest, writer: Writer) -> Block:
    shown = request.history[-_HISTORY:]
    return context("\n".join(f"{time(one.at)} {writer.say(one.text)}" for one in shown))


def _body(request: ChangeRequest, writer: Writer) -> list[Block]:
    approvals = _approvals(request, writer)
    return [
        _details(request, writer),
        *([lines("*Approvals*", approvals)] if approvals else []),
        _history(request, writer),
    ]


@about_record
def wanted(told: ChangeApprovalWanted, request: ChangeRequest, writer: Writer) -> SlackMessage:
    """To an approver; the buttons go once it is decided or their word is given."""
    mine = [one for one in request.missing if one.person in told.speaks_for]
    waiting = request.state in UNDECIDED and bool(mine)
    name = name_of(writer.catalogue, request.connection)
    blocks = [section(_head(request, writer)), *_body(request, writer)]
    text = f"{request.key}: {STATE_WORDS[request.state]}"
    if waiting:
        again = "Still waiting for your word" if told.again else "Your word is needed"
        covers = [whose for whose in told.speaks_for if whose != told.reader]
        whose = f", for {writer.people(covers)}" if covers else ""
        blocks.insert(0, section(f"*{again}{whose}: may this be changed on {escape(name)}?*"))
        carried = value(request.id)
        row = [
            button("Approve", Action.CHANGE_APPROVE, carried, style="primary"),
            button("Reject…", Action.CHANGE_REJECT, carried, style="danger"),
            button("Ask…", Action.CHANGE_ASK, carried),
            button("Everything about it", Action.SHOW, request.connection),
        ]
        blocks.append(actions(row, "change"))
        text = f"{again}: {request.what} on {name} ({request.key})"
    return message(writer.plain(text), blocks)


@about_record
def step(told: ChangeStep, request: ChangeRequest, writer: Writer) -> SlackMessage:
    """To whoever has the next step, with that step as a button while it is theirs."""
    blocks = [section(_head(request, writer)), *_body(request, writer)]
    row = _next_buttons(request) if request.state is told.state else []
    if row:
        blocks.append(lines(_next_words(request, again=told.again)))
        blocks.append(actions(row, "change"))
    return message(writer.plain(f"{request.key}: {STATE_WORDS[request.state]}"), blocks)


def _next_words(request: ChangeRequest, *, again: bool) -> str:
    asked = {
        ChangeState.PROPOSED: "Whoever has to approve is asked. You can withdraw it.",
        ChangeState.DONE_FIRST: "Whoever has to approve afterwards is asked.",
        ChangeState.APPROVED: "*Next:* say when it is done.",
        ChangeState.IMPLEMENTED: "*Next:* write it down; what is not documented cannot be closed.",
        ChangeState.DOCUMENTED: "*Next:* say how it turned out, and close it.",
    }.get(request.state, "")
    return f"*Still open.* {asked}" if again else asked


def _next_buttons(request: ChangeRequest) -> list[Block]:
    carried = value(request.id)
    away = button(
        "Withdraw",
        Action.CHANGE_WITHDRAW,
        carried,
        confirm=confirm("Withdraw this change?", "Nobody is asked about it any more.", "Withdraw"),
    )
    done = button("It is done", Action.CHANGE_DONE, carried, style="primary")
    written = button("Documented…", Action.CHANGE_DOCUMENT, carried, style="primary")
    closed = button("Close…", Action.CHANGE_CLOSE, carried, style="primary")
    rows: Mapping[ChangeState, list[Block]] = {
        ChangeState.PROPOSED: [away],
        ChangeState.APPROVED: [done, away],
        ChangeState.IMPLEMENTED: [written],
        ChangeState.DOCUMENTED: [closed],
    }
    return rows.get(request.state, [])


@about_record
def news(told: ChangeNews, request: ChangeRequest, writer: Writer) -> SlackMessage:
    name = escape(name_of(writer.catalogue, request.connection))
    head = f"*For your information: a change of {name}.* {writer.person(request.by)} proposed it."
    if request.implemented_at:
        head = f"*For your information: {name} was changed.*"
    return message(
        writer.plain(f"{request.key}: a change of {name_of(writer.catalogue, request.connection)}"),
        [section(head), section(_head(request, writer)), _details(request, writer)],
    )


@about_record
def question(told: ChangeQuestion, request: ChangeRequest, writer: Writer) -> SlackMessage:
    said = f"{writer.person(told.asker)} asks about *{request.key}*: {escape(told.question)}"
    blocks = [section(f"❓ {said}"), section(_head(request, writer)), _history(request, writer)]
    if request.open:
        carried = value(request.id, told.asker)
        blocks.append(actions([button("Answer…", Action.CHANGE_ANSWER, carried)], "change"))
    return message(f"A question about {request.key}", blocks)


@about_record
def answer(told: ChangeAnswer, request: ChangeRequest, writer: Writer) -> SlackMessage:
    said = f"{writer.person(told.by)} answers about *{request.key}*: {escape(told.answer)}"
    return message(f"An answer about {request.key}", [section(f"💬 {said}")])


@about_record
def unannounced(told: UnannouncedSeen, known: UnannouncedChange, writer: Writer) -> SlackMessage:
    name = escape(told.name)
    also = writer.people(told.others) if told.others else ""
    blocks = [
        section(
            f"🟠 *{name} changed, and no approved change is on record. Was it you?*\n"
            f"{writer.say(known.what)}"
        ),
        context(f"Seen {time(known.at)}" + (f" · {also} is asked too" if also else "")),
    ]
    text = writer.plain(f"{told.name} changed. Was it you?")
    return message(text, [*blocks, *_said(known, writer)])


def _said(known: UnannouncedChange, writer: Writer) -> list[Block]:
    """The answer that was given, or the buttons for one."""
    if known.change is not None:
        return [section(f"✓ {writer.person(known.by)}: it was us, recorded as CHG-{known.change}.")]
    carried = value(known.id)
    ours = button("It was us: record it…", Action.UNANNOUNCED_OURS, carried, style="primary")
    if known.verdict is AnnouncedBy.NOT_OURS and known.said_at:
        said = f"✗ {writer.person(known.by)}, {time(known.said_at)}: it was not us."
        return [section(said), actions([ours], "suspicion")]
    return [actions([ours, button("Not us", Action.UNANNOUNCED_NOT, carried)], "suspicion")]


@about_record
def not_ours(told: UnannouncedNotOurs, known: UnannouncedChange, writer: Writer) -> SlackMessage:
    name = escape(told.name)
    text = (
        f"🔴 *Unauthorised change of {name}?* {writer.person(told.by)} says that it was not"
        f" them.\n{writer.say(known.what)}\n"
        "*Do:* find out who changed it: the vendor, the publisher"
        " or somebody inside. It stays a finding until a change on record explains it."
    )
    return message(
        writer.plain(f"Unauthorised change of {told.name}?"),
        [section(text), *_said(known, writer)],
    )


def listing(view: ChangesView, writer: Writer) -> SlackMessage:
    """What is on its way, and what came last."""
    whose = f" of {view.connection.name}" if view.connection else ""
    head = f"Changes{whose}"
    ended = (*(_line(one, writer) for one in view.recent), *_filed(view.filed, writer))
    blocks: list[Block] = [header(head)]
    blocks += _rows("On its way", [_line(one, writer) for one in view.open]) or [
        section("No change is on its way.")
    ]
    blocks += _rows("Lately", list(ended))
    propose = view.connection.id if view.connection else "<connection>"
    blocks.append(context(f"Propose one: `/conn change {propose}`"))
    return message(head, blocks)


def _rows(title: str, rows: list[str]) -> list[Block]:
    if not rows:
        return []
    return [section(f"*{title}*"), *(lines(*rows[at : at + 5]) for at in range(0, len(rows), 5))]


def _line(request: ChangeRequest, writer: Writer) -> str:
    name = escape(name_of(writer.catalogue, request.connection))
    missing = dict.fromkeys(writer.name(one.person) for one in request.missing)
    waits = f" for {', '.join(missing)}" if missing and request.state in UNDECIDED else ""
    return (
        f"{SYMBOL[request.state]} *{request.key}* {name}: {escape(request.what)}"
        f" · {STATE_WORDS[request.state]}{waits} · {time(request.implemented_at or request.at)}"
        f" · {writer.name(request.by)}"
    )


def _filed(changes: Iterable[Change], writer: Writer) -> Iterable[str]:
    for one in changes:
        given = writer.name(one.approved_by) if one.approved_by else ""
        approved = f"approved by {given}" if given else "no approval on record"
        name = escape(name_of(writer.catalogue, one.connection))
        yield f"📄 {name}: {escape(one.what)} · {time(one.at)} · {writer.name(one.by)}, {approved}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """What the form of a new change begins with."""

    connection: str
    name: str
    at: datetime
    impact: str = ""
    touches: tuple[tuple[str, str], ...] = ()  # id and name of what may be touched
    touched: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()  # Slack users
    what: str = ""
    emergency: bool = False
    unannounced: int | None = None
