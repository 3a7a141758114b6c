"""Runbooks: questions, answers that branch, and what was answered so far in one incident.

Progress is a list of facts (who answered what, and when) and never a cursor: the current step is
worked out from them, so an edited runbook file or a repeated click cannot lead astray.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Owners
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Lane, Layer
from bot.core.runbooks.step_kinds import Field, StepDeed, StepKind, Wait, filled
from bot.core.triage.playbook import ErrorClass
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, when, who

StepId = str
AnswerId = str
RunbookId = str

SKIP: AnswerId = "skip"  # reserved: the answer that is recorded when a step is skipped


class EvidenceKind(StrEnum):
    """What a step wants shown beside its question."""

    WHERE_STOPPED = "where_stopped"
    HEALTH_CREDENTIALS = "health_credentials"
    CHANGES_RELEASES = "changes_releases"
    ERROR_TYPES = "error_types"
    NEIGHBOURS = "siblings"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """One choice. It leads on (`to`) or it ends the runbook, and then `because` says why.

    An end may name a lane, another runbook to go on with, or neither: nobody has to act.
    `approves` marks the answer that only the owner named by the step may give.
    """

    id: AnswerId
    label: str
    to: StepId | None = None
    lane: Lane | None = None
    layer: Layer | None = None
    because: str = ""
    runbook: RunbookId | None = None
    approves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A question, or another thing to do that ends in an answer. Skipping it leads to
    `if_skipped`, or to the step below when that is None. `within` is how long it should take."""

    id: StepId
    title: str
    ask: str
    why: str
    evidence: tuple[EvidenceKind, ...] = ()
    answers: tuple[StepAnswer, ...] = ()
    if_skipped: StepId | None = None
    kind: StepKind = StepKind.QUESTION
    within: timedelta | None = None
    fields: tuple[Field, ...] = ()
    approver: Layer | None = None
    wait: Wait | None = None
    deed: StepDeed | None = None
    resends: bool = False  # it sends records again: the retry gate is asked first

    def answer(self, answer: AnswerId) -> StepAnswer | None:
        return next((item for item in self.answers if item.id == answer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """Steps in the order of the file: the first one opens, and all ways lead further down.

    `classes` are the kinds of breakage it is made for; `confirmed` is when somebody last read it
    and found it right.
    """

    id: RunbookId
    name: str
    summary: str
    steps: tuple[Step, ...]
    classes: tuple[ErrorClass, ...] = ()
    confirmed: date | None = None

    def step(self, step: StepId) -> Step | None:
        return next((item for item in self.steps if item.id == step), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """`answer` is `SKIP` for a skipped step, and `note` is then the reason. `values` are the
    fields of a form with what was written into them."""

    step: StepId
    answer: AnswerId
    by: PersonId
    at: datetime
    note: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """An answer that stood once, and who took it back."""

    given: GivenAnswer
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one incident stands in one runbook: the answers that count, and those taken back."""

    runbook: RunbookId
    given: tuple[GivenAnswer, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that is behind us. `answer` is None when it was skipped."""

    step: Step
    answer: StepAnswer | None
    given: GivenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the answers add up to. Without a lane nobody has to act; `runbook` says what to do
    next when the answers point to a narrower runbook."""

    lane: Lane | None
    layer: Layer | None
    because: str
    runbook: RunbookId | None = None


def path(runbook: Runbook, progress: Progress) -> tuple[Done, ...]:
    """The steps answered or skipped so far, in the order they were asked."""
    by_step = {given.step: given for given in progress.given}
    done: list[Done] = []
    step = runbook.steps[0] if runbook.steps else None
    while step is not None and step.id in by_step:
        given = by_step.pop(step.id)
        answer = step.answer(given.answer)
        if answer is None and given.answer != SKIP:
            break  # the file was edited and no longer knows this answer: ask again
        done.append(Done(step=step, answer=answer, given=given))
        step = _next(runbook, step, answer)
    return tuple(done)


def current_step(runbook: Runbook, progress: Progress) -> Step | None:
    """The question to ask now; None when the runbook has come to an end."""
    done = path(runbook, progress)
    if not done:
        return runbook.steps[0] if runbook.steps else None
    return _next(runbook, done[-1].step, done[-1].answer)


def give(
    runbook: Runbook,
    progress: Progress,
    *,
    step: StepId,
    answer: AnswerId,
    by: PersonId,
    now: datetime,
    note: str = "",
    values: Mapping[str, str] | None = None,
) -> Progress:
    """Record an answer, with the values of a form. The same answer once more returns the same
    progress.

    Raises Refused when another answer stands, the step is not being asked or its form is not
    filled in, NotFound when the runbook has no such answer.
    """
    asked = _step(runbook, step)
    if answer != SKIP and asked.answer(answer) is None:
        raise NotFound(f"“{asked.title}” has no answer “{outside(answer, 60)}”")
    for done in path(runbook, progress):
        if done.step.id != step:
            continue
        if done.given.answer == answer:
            return progress
        raise Refused(_already(done))
    current = current_step(runbook, progress)
    if current is None or current.id != step:
        raise Refused(f"“{asked.title}” is not the question now; {_asked_now(current)}")
    kept_values, wrong = filled(asked.fields, values or {}) if answer != SKIP else ((), ())
    if wrong:
        raise Refused(f"“{asked.title}”: {'; '.join(wrong)}.")
    given = GivenAnswer(step=step, answer=answer, by=by, at=now, note=note, values=kept_values)
    # A leftover for this step can only come from an older text of the file.
    kept = tuple(item for item in progress.given if item.step != step)
    return replace(progress, given=(*kept, given))


def skip(
    runbook: Runbook,
    progress: Progress,
    *,
    step: StepId,
    by: PersonId,
    now: datetime,
    reason: str,
) -> Progress:
    """Leave a step unanswered and go on with what follows it. Raises as `give`, and
    Refused when no reason is given or the step is an approval."""
    if _step(runbook, step).kind is StepKind.APPROVAL:
        raise Refused("An approval cannot be skipped; choose the answer for a missing approval")
    if not reason.strip():
        raise Refused("Say why this step is skipped; the reason is kept in the timeline")
    return give(runbook, progress, step=step, answer=SKIP, by=by, now=now, note=reason.strip())


def left_behind(runbook: Runbook, progress: Progress, step: StepId) -> str:
    """Who answered or skipped the step and when, in marks; empty while it is not behind us."""
    for done in path(runbook, progress):
        if done.step.id == step:
            said = "answered" if done.answer else "skipped"
            return f"{who(done.given.by)} {said} “{done.step.title}” at {when(done.given.at)}."
    return ""


def may_answer(step: Step, answer: AnswerId, *, owners: Owners, by: PersonId) -> None:
    """Raises Refused when `answer` takes the word of an owner and `by` is not that owner."""
    chosen = step.answer(answer)
    if step.approver is None or chosen is None or not chosen.approves:
        return
    owner = owners.of(step.approver)
    if owner is None:
        raise Refused(
            f"No {step.approver} owner is named, so nobody may approve “{step.title}”: "
            "name one first, or choose the answer for a missing approval."
        )
    if owner != by:
        raise Refused(f"Only {who(owner)}, the {step.approver} owner, may approve “{step.title}”.")


def asked_since(runbook: Runbook, progress: Progress, *, started: datetime) -> datetime:
    """When the present step was reached: with the last answer that counts, or at `started`."""
    done = path(runbook, progress)
    return max((item.given.at for item in done), default=started)


def late_by(step: Step, *, since: datetime, now: datetime) -> timedelta | None:
    """How far a step is past its time limit; None when it has none or is within it."""
    over = now - since - step.within if step.within is not None else timedelta()
    return over if over > timedelta() else None


def reopen(
    runbook: Runbook, progress: Progress, *, step: StepId, by: PersonId, now: datetime
) -> Progress:
    """Take back the answer to `step` and everything that followed from it, and keep them as
    history. Raises Refused when the step has no answer that counts."""
    asked = _step(runbook, step)
    done = path(runbook, progress)
    order = [item.step.id for item in done]
    if step not in order:
        raise Refused(f"“{asked.title}” has no answer to take back")
    start = order.index(step)
    back = tuple(TakenBack(given=item.given, by=by, at=now) for item in done[start:])
    return replace(
        progress,
        given=tuple(item.given for item in done[:start]),
        taken_back=(*progress.taken_back, *back),
    )


def outcome(runbook: Runbook, progress: Progress) -> Outcome | None:
    """What the runbook came to; None while it is still being asked or when it ran out of steps
    because the last one was skipped."""
    done = path(runbook, progress)
    if not done or done[-1].answer is None or done[-1].answer.to is not None:
        return None
    end = done[-1].answer
    return Outcome(lane=end.lane, layer=end.layer, because=end.because, runbook=end.runbook)


def _next(runbook: Runbook, step: Step, answer: StepAnswer | None) -> Step | None:
    if answer is not None:
        return runbook.step(answer.to) if answer.to is not None else None
    if step.if_skipped is not None:
        return runbook.step(step.if_skipped)
    following = runbook.steps.index(step) + 1
    return runbook.steps[following] if following < len(runbook.steps) else None


def _step(runbook: Runbook, step: StepId) -> Step:
    found = runbook.step(step)
    if found is None:
        raise NotFound(f"The runbook “{runbook.name}” has no step “{outside(step, 60)}”")
    return found


def _already(done: Done) -> str:
    said = f"answered “{done.answer.label}”" if done.answer else "skipped it"
    return (
        f"“{done.step.title}”: {who(done.given.by)} {said} at {when(done.given.at)}. "
        "Take that answer back first to change it."
    )


def _asked_now(current: Step | None) -> str:
    return f"it is “{current.title}”" if current else "the runbook is finished"
