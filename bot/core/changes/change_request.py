"""Changes: what the record keeps of them, and their life as a table.

Rules of this file. Every pair of state and event is in `TRANSITIONS` or is refused, and a refused
event changes nothing. Deadlines are fields of the record. The diagram in `docs/changes.md` is
drawn from the table by `diagram()`. People, systems and connections are catalogue ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.estate.history import Change
from bot.core.people.backdating import must_be_near, must_have_been
from bot.language.errors import Invalid, NotAllowed, Refused
from bot.language.marks import outside, who


class ChangeKind(StrEnum):
    STANDARD = "standard"  # routine, done before, its risk known
    NORMAL = "normal"
    STRUCTURAL = "structural"  # new segments, renamed dimensions, fields made mandatory
    CREDENTIAL = "credential"
    EMERGENCY = "emergency"  # done first, approved afterwards


KIND_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.STANDARD: "Standard: routine, done before",
    ChangeKind.NORMAL: "Normal",
    ChangeKind.STRUCTURAL: "Structural: fields, dimensions, segments",
    ChangeKind.CREDENTIAL: "Login, key or permission",
    ChangeKind.EMERGENCY: "Emergency: it is done already",
}


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    DONE_FIRST = "done_first"  # an emergency: done, and not approved yet
    APPROVED = "approved"
    REJECTED = "rejected"
    IMPLEMENTED = "implemented"
    DOCUMENTED = "documented"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ChangeEvent(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    IMPLEMENT = "implement"
    DOCUMENT = "document"
    CLOSE = "close"


TRANSITIONS: Mapping[ChangeState, Mapping[ChangeEvent, ChangeState]] = {
    ChangeState.PROPOSED: {
        ChangeEvent.APPROVE: ChangeState.APPROVED,
        ChangeEvent.REJECT: ChangeState.REJECTED,
        ChangeEvent.WITHDRAW: ChangeState.WITHDRAWN,
    },
    ChangeState.DONE_FIRST: {
        ChangeEvent.APPROVE: ChangeState.IMPLEMENTED,
        ChangeEvent.REJECT: ChangeState.REJECTED,
    },
    ChangeState.APPROVED: {
        ChangeEvent.IMPLEMENT: ChangeState.IMPLEMENTED,
        ChangeEvent.WITHDRAW: ChangeState.WITHDRAWN,
    },
    ChangeState.IMPLEMENTED: {ChangeEvent.DOCUMENT: ChangeState.DOCUMENTED},
    ChangeState.DOCUMENTED: {ChangeEvent.CLOSE: ChangeState.CLOSED},
    ChangeState.REJECTED: {},
    ChangeState.CLOSED: {},
    ChangeState.WITHDRAWN: {},
}
OPEN = frozenset(state for state, row in TRANSITIONS.items() if row)
UNDECIDED = frozenset({ChangeState.PROPOSED, ChangeState.DONE_FIRST})

STATE_WORDS: Mapping[ChangeState, str] = {
    ChangeState.PROPOSED: "waits for approval",
    ChangeState.DONE_FIRST: "done already, waits for approval",
    ChangeState.APPROVED: "approved, not done yet",
    ChangeState.REJECTED: "rejected",
    ChangeState.IMPLEMENTED: "done, not documented yet",
    ChangeState.DOCUMENTED: "done and documented, not closed yet",
    ChangeState.CLOSED: "closed",
    ChangeState.WITHDRAWN: "withdrawn",
}


class ChangeResult(StrEnum):
    """How a change turned out, said when it is closed."""

    WORKED = "worked"
    WITH_TROUBLE = "with_trouble"
    TAKEN_BACK = "taken_back"


RESULT_WORDS: Mapping[ChangeResult, str] = {
    ChangeResult.WORKED: "It works as planned",
    ChangeResult.WITH_TROUBLE: "It works, after some trouble",
    ChangeResult.TAKEN_BACK: "It was taken back",
}

IN_A_LINE = 200  # characters of what is changed that are kept
PLAN = 1000  # of why, what it reaches, what was tested and how it is taken back
WORDS = 500  # of whatever somebody says of it later
ASK_AGAIN = timedelta(days=2)
ASK_AGAIN_EMERGENCY = timedelta(days=1)
DOCUMENT_WITHIN = timedelta(days=3)
CLOSE_WITHIN = timedelta(days=7)
DONE_BY = timedelta(days=1)  # after the planned moment somebody is asked whether it is done
SLACK_TIME = timedelta(hours=1)  # a plan may lie so far back; typing takes time


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeApproval:
    """One layer's word. `person` is asked; `because` says why it is not the layer's own owner."""

    layer: str
    person: str
    because: str = ""
    by: str | None = None  # who approved: the person, or who covered for them
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of a change's history, in `language.marks` marks."""

    at: datetime
    by: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """A change from its proposal to its end. `at` is when it is planned, or was done."""

    id: int = 0
    connection: str
    kind: ChangeKind
    what: str
    why: str
    by: str
    proposed_at: datetime
    at: datetime
    impact: str = ""
    touches: tuple[str, ...] = ()  # other connections that it touches
    sandbox: str = ""
    rollback: str = ""
    notify: tuple[str, ...] = ()
    state: ChangeState = ChangeState.PROPOSED
    approvals: tuple[ChangeApproval, ...] = ()
    approve_until: datetime | None = None  # of an emergency
    remind_at: datetime | None = None
    implemented_at: datetime | None = None
    documented_at: datetime | None = None
    documents: str = ""
    closed_at: datetime | None = None
    result: ChangeResult | None = None
    history: tuple[Note, ...] = field(default=())

    @property
    def key(self) -> str:
        return f"CHG-{self.id}"

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def missing(self) -> tuple[ChangeApproval, ...]:
        return tuple(one for one in self.approvals if one.by is None)

    def as_change(self) -> Change | None:
        """What history tells of it; None before it was done."""
        if self.implemented_at is None:
            return None
        # The last word completed it, so it is the one that history names.
        given = [one for one in self.approvals if one.by]
        approved = bool(given) and not self.missing
        return Change(
            connection=self.connection,
            at=self.implemented_at,
            what=self.what,
            by=self.by,
            approved_by=given[-1].by if approved else None,
            number=self.id,
            approve_until=self.approve_until if self.state is ChangeState.DONE_FIRST else None,
            documented=self.documented_at is not None or self.state is ChangeState.REJECTED,
        )


def follow(request: ChangeRequest, event: ChangeEvent) -> ChangeState:
    """The state after `event`. Raises Refused, saying why, for a pair the table does not have."""
    after = TRANSITIONS[request.state].get(event)
    if after is None:
        raise Refused(
            f"Cannot {event} {request.key}: it is {STATE_WORDS[request.state]}."
            " Nothing was changed."
        )
    return after


def proposed(request: ChangeRequest, *, approve_within: timedelta) -> ChangeRequest:
    """Check a new request and give it its first state. Raises Invalid for one that lacks its
    reason, a way back, or a moment that fits its kind."""
    now = request.proposed_at
    for text, said in (
        (request.what, "Say what is changed."),
        (request.why, "Say why; whoever approves must know."),
        (request.rollback, "Say how it is taken back when it goes wrong."),
    ):
        if not text.strip():
            raise Invalid(said)
    if request.kind is ChangeKind.EMERGENCY:
        if request.at > now:
            raise Invalid(
                "An emergency change is entered after it was done. Choose a moment that is past,"
                " or another type."
            )
        must_have_been(request.at, now, field="at")
        started = replace(
            request,
            state=ChangeState.DONE_FIRST,
            implemented_at=request.at,
            approve_until=now + approve_within,
        )
    elif request.at < now - SLACK_TIME:
        raise Invalid(
            "This moment is past. If the change is done already, choose the type “Emergency”."
        )
    else:
        must_be_near(request.at, now, field="at")
        started = replace(request, state=ChangeState.PROPOSED)
    said = f"{who(request.by)} proposed it."
    if request.kind is ChangeKind.EMERGENCY:
        said = f"{who(request.by)} recorded it after it was done."
    return noted(started, said, request.by, now)


def noted(request: ChangeRequest, text: str, by: str | None, now: datetime) -> ChangeRequest:
    """The same with one more line of history and its next reminder."""
    line = Note(at=now, by=by, text=text)
    after = replace(request, history=(*request.history, line))
    return replace(after, remind_at=remind_next(after, now))


def remind_next(request: ChangeRequest, now: datetime) -> datetime | None:
    """When whoever has the next step hears of it again; None when nothing is left to do."""
    if request.state is ChangeState.PROPOSED:
        # Whoever approves should hear again while there is still a day to say no.
        day_before = request.at - DONE_BY
        return min(now + ASK_AGAIN, day_before) if day_before > now else now + ASK_AGAIN
    return {
        ChangeState.DONE_FIRST: now + ASK_AGAIN_EMERGENCY,
        ChangeState.APPROVED: max(request.at, now) + DONE_BY,
        ChangeState.IMPLEMENTED: now + DOCUMENT_WITHIN,
        ChangeState.DOCUMENTED: now + CLOSE_WITHIN,
    }.get(request.state)


def approve(
    request: ChangeRequest, *, by: str, speaks_for: tuple[str, ...], now: datetime
) -> ChangeRequest:
    """`by` approves for every layer whose word is theirs, or theirs for whom they cover
    (`speaks_for`). The change is approved when no layer is missing."""
    follow(request, ChangeEvent.APPROVE)
    mine = must_decide(request, by, speaks_for)
    given = tuple(replace(one, by=by, at=now) if one in mine else one for one in request.approvals)
    after = replace(request, approvals=given)
    if not after.missing:
        after = replace(after, state=follow(request, ChangeEvent.APPROVE))
    layers = " and ".join(one.layer for one in mine)
    return noted(after, f"{who(by)} approved it ({layers} layer).", by, now)


def reject(
    request: ChangeRequest, *, by: str, speaks_for: tuple[str, ...], why: str, now: datetime
) -> ChangeRequest:
    """One no is enough, and it says why."""
    # The state is asked first: a change that is decided says so to whoever may not decide, too.
    after = replace(request, state=follow(request, ChangeEvent.REJECT))
    must_decide(request, by, speaks_for)
    if not why.strip():
        raise Invalid("Say why, so that it can be mended.")
    return noted(after, f"{who(by)} rejected it: {outside(why, WORDS)}", by, now)


def must_decide(
    request: ChangeRequest, by: str, speaks_for: tuple[str, ...]
) -> tuple[ChangeApproval, ...]:
    """The approvals that `by` can give. Raises NotAllowed, naming who can."""
    alone = all(one.person == request.by for one in request.approvals)
    open_approvals = request.missing
    mine = tuple(one for one in open_approvals if one.person in speaks_for)
    if by == request.by and not alone:
        # Covering for the approver does not make one's own proposal somebody else's.
        mine = tuple(one for one in mine if one.person == by)
    if not mine:
        named = ", ".join(dict.fromkeys(who(one.person) for one in open_approvals)) or "nobody"
        raise NotAllowed(
            f"{request.key} waits for the word of {named}, or of whoever covers for them."
            " Nothing was changed."
        )
    return mine


def withdraw(request: ChangeRequest, *, by: str, now: datetime) -> ChangeRequest:
    after = replace(request, state=follow(request, ChangeEvent.WITHDRAW))
    if by != request.by:
        raise NotAllowed(f"Only {who(request.by)} can withdraw {request.key}.")
    return noted(after, f"{who(by)} withdrew it.", by, now)


def implement(request: ChangeRequest, *, by: str, now: datetime) -> ChangeRequest:
    after = replace(request, state=follow(request, ChangeEvent.IMPLEMENT), implemented_at=now)
    return noted(after, f"{who(by)} says that it is done.", by, now)


def document(request: ChangeRequest, *, by: str, where: str, now: datetime) -> ChangeRequest:
    """`where` is the address of what was written, or the words themselves."""
    after = replace(request, state=follow(request, ChangeEvent.DOCUMENT))
    said = outside(where, WORDS)
    if not said:
        raise Invalid("Say where it is written down: an address, or what was changed in which.")
    written = replace(after, documented_at=now, documents=said)
    return noted(written, f"{who(by)} documented it: {said}", by, now)


def close(
    request: ChangeRequest, *, by: str, result: ChangeResult, note: str, now: datetime
) -> ChangeRequest:
    """What is not documented cannot be closed: the table has no such step."""
    after = replace(request, state=follow(request, ChangeEvent.CLOSE), closed_at=now, result=result)
    more = f": {outside(note, WORDS)}" if note.strip() else ""
    return noted(after, f"{who(by)} closed it. {RESULT_WORDS[result]}{more}.", by, now)


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", "    [*] --> proposed", "    [*] --> done_first: emergency"]
    for state, row in TRANSITIONS.items():
        lines += [f"    {state} --> {after}: {event}" for event, after in row.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)
