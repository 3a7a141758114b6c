"""Forms about changes and releases."""

from datetime import datetime
from typing import Any

from bot.core.changes.change_request import (
    IN_A_LINE,
    KIND_WORDS,
    PLAN,
    RESULT_WORDS,
    WORDS,
    ChangeKind,
    ChangeRequest,
    ChangeResult,
)
from bot.core.changes.unannounced import UnannouncedChange
from bot.core.estate.history import TRIAL_WORDS, Release, ReleaseTrial
from bot.core.people.permissions import Deed
from bot.flows.changes import change_requests, releases, unannounced
from bot.flows.estate.ledger import release_of
from bot.flows.incidents import on_flip
from bot.flows.people import permitted
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound
from bot.language.marks import outside, who
from bot.slack.changes.words import ChangeDraft
from bot.slack.forms.fields import Choice, Choices, Moment, People, Text, offer
from bot.slack.forms.form import Form, Reader, form
from bot.slack.ids import Action, first_number, incident_number, opened_at, value
from bot.slack.kit import Block, section
from bot.slack.text import Writer, escape

STALE = "This button is from an older message; use the newest one."


@form("modal:change", "Change a connection", "Propose", Deed.PROPOSE, opened_by=Action.CHANGE_NEW)
class Propose(Form):
    """Everything an approver has to know. It carries `connection|unannounced change`."""

    closing = "Whoever has to approve is asked as soon as you submit."
    what = Text("What is changed?", IN_A_LINE, hint="In a line.")
    why = Text("Why?", PLAN, multiline=True)
    kind = Choice("Type", "Type", KIND_WORDS, hint="The type says whose approval it takes.")
    at = Moment("When?")
    impact = Text("What does it reach?", PLAN, multiline=True)
    touches = Choices(
        "Does it touch other connections?",
        "Other connections",
        optional=True,
        hint="Then the architecture owner has to approve as well.",
    )
    sandbox = Text("What was tested in the sandbox?", PLAN, multiline=True, optional=True)
    rollback = Text("How is it taken back?", PLAN, multiline=True)
    notify = People("Who is told?", optional=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(_draft(work, about, reader.writer))

    @classmethod
    def after_the_fact(cls, work: Work, about: str, reader: Reader) -> Block:
        """It was us: an emergency that nobody announced is recorded."""
        known = unannounced.load(work, incident_number(about))
        return cls.shown(_draft(work, known.connection, reader.writer, known))

    @classmethod
    def shown(cls, draft: ChangeDraft) -> Block:
        first: dict[str, Any] = {
            "what": draft.what,
            "kind": ChangeKind.EMERGENCY if draft.emergency else ChangeKind.NORMAL,
            "at": draft.at,
            "impact": draft.impact,
            "touches": draft.touched,
            "notify": draft.notify,
        }
        return cls.view(
            value(draft.connection, "" if draft.unannounced is None else draft.unannounced),
            f"*{escape(draft.name)}* (`{draft.connection}`)",
            first=first,
            options={"touches": offer(dict(draft.touches))},
        )

    def submitted(self, work: Work, by: str) -> None:
        connection, _, unannounced = self.carried.partition("|")
        request = ChangeRequest(
            connection=connection,
            kind=ChangeKind(self.kind),
            what=outside(self.what, IN_A_LINE),
            why=outside(self.why, PLAN),
            by=by,
            proposed_at=work.now,
            at=_moment(self.at, work.now),
            impact=outside(self.impact, PLAN),
            touches=self.touches,
            sandbox=outside(self.sandbox, PLAN),
            rollback=outside(self.rollback, PLAN),
            notify=_told(work, self.notify),
        )
        number = int(unannounced) if unannounced.isdecimal() else None
        change_requests.propose(work, request, number)


def _draft(
    work: Work, id: str, writer: Writer, known: UnannouncedChange | None = None
) -> ChangeDraft:
    """Filled in with what the catalogue knows of its impact. Raises NotFound."""
    catalogue = work.catalogue
    connection = catalogue.connections.get(id)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    touched = change_requests.dependents(catalogue, connection)
    told = change_requests.to_be_told(catalogue, connection)
    return ChangeDraft(
        connection=connection.id,
        name=connection.name,
        at=known.at if known else work.now,
        impact=change_requests.impact_of(catalogue, connection),
        touches=tuple((one.id, one.name) for one in catalogue.connections.values() if one.id != id),
        touched=tuple(one.id for one in touched),
        notify=tuple(writer.users[person] for person in told if person in writer.users),
        what=writer.plain(known.what) if known else "",
        emergency=known is not None,
        unannounced=known.id if known else None,
    )


def _told(work: Work, people: tuple[str, ...]) -> tuple[str, ...]:
    """Who hears of it. Raises Invalid for whoever the estate file does not list."""
    if strangers := [who(person) for person in people if person not in work.catalogue.people]:
        names = ", ".join(strangers)
        said = f"The estate file does not list {names}, and nobody else is told. Take them out."
        raise Invalid(said, field="notify")
    return people


def _moment(chosen: datetime | None, now: datetime) -> datetime:
    if chosen is None:
        raise Invalid("Choose when it is done.")
    # The picker counts whole minutes: the minute of now is now.
    return min(chosen, now) if 0 <= (chosen - now).total_seconds() < 60 else chosen


class _ChangeForm(Form):
    """Carries the change's number; for whoever has to approve it."""

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(change_requests.load(work, first_number(about)))

    @classmethod
    def shown(cls, request: ChangeRequest) -> Block:
        return cls.view(value(request.id), _head(request))

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        change_requests.must_decide(work, first_number(carried), by)

    def must_be_current(self, work: Work, by: str) -> None:
        at = opened_at(self.body)
        if at is not None:
            on_flip.refuse_change(work, self.number, by=by, opened_at=at)


def _head(request: ChangeRequest) -> str:
    return f"*{request.key}:* {escape(request.what)}"


class _StepForm(_ChangeForm):
    """For whoever works on it."""

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        change_requests.must_work_on(work, first_number(carried), by)


@form("modal:change_reject", "Reject", "Reject", Deed.DECIDE, opened_by=Action.CHANGE_REJECT)
class Reject(_ChangeForm):
    why = Text("Why not?", WORDS, multiline=True)

    def submitted(self, work: Work, by: str) -> None:
        change_requests.reject(work, self.number, by, self.why)


@form("modal:change_ask", "Ask", "Ask", Deed.DECIDE, opened_by=Action.CHANGE_ASK)
class Ask(_ChangeForm):
    question = Text("Your question", WORDS, multiline=True)

    def submitted(self, work: Work, by: str) -> None:
        change_requests.ask(work, self.number, by, self.question)


@form("modal:change_answer", "Answer", "Answer", Deed.ANSWER_FOR, opened_by=Action.CHANGE_ANSWER)
class AnswerForm(_StepForm):
    """Carries who asked, behind the change."""

    answer = Text("Your answer", WORDS, multiline=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        asker = about.partition("|")[2]
        return cls.shown(change_requests.load(work, first_number(about)), asker)

    @classmethod
    def shown(cls, request: ChangeRequest, asker: str = "") -> Block:
        return cls.view(value(request.id, asker), _head(request))

    def submitted(self, work: Work, by: str) -> None:
        change_requests.answer(work, self.number, by=by, asker=self.rest, words=self.answer)


@form(
    "modal:change_document",
    "Documented",
    "Keep it",
    Deed.ANSWER_FOR,
    opened_by=Action.CHANGE_DOCUMENT,
)
class DocumentForm(_StepForm):
    where = Text(
        "Where is it written down?",
        WORDS,
        multiline=True,
        hint="An address, or what you changed in which document.",
    )

    def submitted(self, work: Work, by: str) -> None:
        change_requests.document(work, self.number, by, self.where)


@form(
    "modal:change_close",
    "Close the change",
    "Close",
    Deed.ANSWER_FOR,
    opened_by=Action.CHANGE_CLOSE,
)
class CloseForm(_StepForm):
    result = Choice("How did it turn out?", "Result", RESULT_WORDS)
    note = Text("What should be remembered?", WORDS, multiline=True, optional=True)

    def submitted(self, work: Work, by: str) -> None:
        result = ChangeResult(self.result)
        change_requests.close(work, self.number, by=by, result=result, note=self.note)


@form("modal:trial", "Verdict", "Keep it", Deed.ANSWER_FOR)
class Trial(Form):
    """Asks for the words behind a verdict that is not fine. It carries what its button did."""

    note = Text("What is the problem?", WORDS, multiline=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        verdict, connection, release = read_trial(about)
        known = release_of(work.tx, work.catalogue, release)
        item = work.catalogue.connections.get(connection)
        if known is None or item is None:
            raise NotFound("This release or connection is no longer on record.")
        return cls.shown(known, item.name, verdict, about)

    @classmethod
    def shown(cls, release: Release, name: str, chosen: ReleaseTrial, carried: str) -> Block:
        about = f"*{escape(release.version)}* for *{escape(name)}*: {TRIAL_WORDS[chosen]}"
        untested = chosen is ReleaseTrial.NOT_TESTED
        asked = cls.note.draw(label="Why was it not tested?" if untested else "")
        return cls.modal(carried, [section(about), asked])

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        connection = work.catalogue.connections.get(carried.split("|", 2)[1])
        if connection is not None:
            permitted.must_for(work, Deed.ANSWER_FOR, connection, by)

    def submitted(self, work: Work, by: str) -> None:
        keep_trial(work, self.carried, self.note, by)


def read_trial(carried: str) -> tuple[ReleaseTrial, str, str]:
    """Verdict, connection and release of a value `verdict|connection|release`."""
    parts = carried.split("|", 2)
    if len(parts) != 3 or parts[0] not in set(ReleaseTrial):
        raise Invalid(STALE)
    return ReleaseTrial(parts[0]), parts[1], parts[2]


def keep_trial(work: Work, carried: str, note: str, by: str) -> None:
    verdict, connection, release = read_trial(carried)
    releases.record_trial(work, release, connection, verdict=verdict, note=note, by=by)
