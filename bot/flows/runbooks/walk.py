"""Walking the runbook: an answer is stored, and where it names a lane the incident follows.

Two people on the same step: the first answer stands, and the second person is told whose it is
and when it was given; what they would have answered is kept.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.estate.catalogue import Owners
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.monitoring.rules import Verdict
from bot.core.people.permissions import Deed, DeedAbout, permit
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.runbook import Done, Outcome, Progress, Runbook
from bot.core.triage.party_lanes import acting_lane
from bot.flows.people.permitted import doer, must
from bot.flows.runbooks import gates, retry_gate
from bot.flows.triage import past_incidents
from bot.flows.triage.briefing import brief_in, brief_of
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import as_typed, outside, when, who

BOT = "firstlane"  # who answers when a wait is over by itself


def answer(
    work: Work,
    number: int,
    *,
    step: str,
    choice: str,
    by: str,
    note: str = "",
    values: Mapping[str, str] | None = None,
) -> bool:
    """Record an answer, with the values of a form; False when the same answer already stood and
    nothing was done. Raises Refused for an approval that is another person's to give."""
    incident = _open_incident(work, number)
    if by != BOT:
        must(work, Deed.STEP, incident, by)
    book, progress = _open_book(work, number)
    gates.refuse_answer(work, number, step, skipping=choice == walk.SKIP)
    _needs_owner(work.knowledge, incident, book, step, choice, by)
    held = book.step(step)
    if held is not None and choice != walk.SKIP:
        gates.require(work, incident, book, held)
    if choice == walk.SKIP:
        after = walk.skip(book, progress, step=step, by=by, now=work.now, reason=note)
    else:
        after = walk.give(
            book, progress, step=step, answer=choice, by=by, now=work.now, values=values
        )
    # The same answer given twice, as when Slack delivers a click again.
    if after is progress:
        return False
    done = next(item for item in walk.path(book, after) if item.step.id == step)
    _keep(work, incident, done, by)
    # Before the lane follows: what is judged next reads the walk from the record.
    work.tx.save_progress(number, after)
    outcome = walk.outcome(book, after)
    # The file may name a runbook that was removed since; the walk then ends where it is.
    if outcome and outcome.runbook and outcome.runbook in work.knowledge.runbooks:
        work.tx.switch_runbook(number, outcome.runbook)
    after_it = _follow(work, incident, outcome)
    retry_gate.arrived(work, after_it)
    work.show(after_it)
    return True


def _follow(work: Work, incident: Incident, outcome: Outcome | None) -> Incident:
    """The incident with the lane that the walk came to, unless a person has named one."""
    connection = lead_of(work.catalogue, incident)
    if not (outcome and outcome.lane and connection) or incident.lane_by is not None:
        return incident
    lane = acting_lane(outcome.lane, connection)
    kept = incident.lane_reasons if lane is incident.lane else ()  # the others spoke for another
    moved = replace(
        incident,
        lane=lane,
        layer=outcome.layer or incident.layer,
        # What the evidence says for it besides is found when it is judged next.
        lane_reasons=(outcome.because,) if outcome.because else kept,
    )
    work.tx.save_incident(moved)
    return moved


def take_back(
    work: Work,
    number: int,
    *,
    step: str,
    by: str,
) -> None:
    """Undo an answer and what followed from it; the timeline keeps both."""
    incident = _open_incident(work, number)
    must(work, Deed.STEP, incident, by)
    book, progress = _open_book(work, number)
    after = walk.reopen(book, progress, step=step, by=by, now=work.now)
    work.tx.save_progress(number, after)
    _suggest_anew(work, incident, walk.outcome(book, after))
    title = step_title(work, number, step)
    work.log(incident, "taken back", f"{who(by)} took back the answer to “{title}”.", by)
    work.show(incident)


def _suggest_anew(work: Work, incident: Incident, outcome: Outcome | None) -> None:
    """Without an answer that names a lane, the evidence names it again; a person's word stays."""
    briefing = brief_of(work, incident)
    if briefing is None or incident.lane_by is not None or (outcome and outcome.lane):
        return
    suggested = briefing.suggestion
    lane, layer, reasons = suggested.lane, suggested.layer, suggested.reasons
    work.tx.save_incident(replace(incident, lane=lane, layer=layer, lane_reasons=reasons))
    # These rules argue from here on, and are counted when a person says whose lane it is.
    past_incidents.remember_votes(work, incident, suggested.votes)


def step_title(work: Work, number: int, step: str) -> str:
    """What the step is called; its id when the runbook no longer has it."""
    book, _ = _open_book(work, number)
    found = book.step(step)
    return found.title if found else outside(step, 60)


def present_step(work: Work, number: int) -> str | None:
    """The id of the step that is asked now; None when the runbook has come to an end."""
    _open_incident(work, number)
    step = walk.current_step(*_open_book(work, number))
    return step.id if step else None


def switch(
    work: Work,
    number: int,
    *,
    runbook: str,
    by: str,
) -> None:
    """Go on with another runbook; what was answered in the old one still stands."""
    incident = _open_incident(work, number)
    must(work, Deed.USE_RUNBOOK, incident, by)
    book = work.knowledge.runbooks.get(runbook)
    if book is None:
        raise NotFound(f"There is no runbook “{as_typed(runbook, 60)}”.")
    work.tx.switch_runbook(number, runbook)
    work.log(incident, "runbook", f"{who(by)} switched to the runbook “{book.name}”.", by)
    retry_gate.arrived(work, incident)
    work.show(incident)


def confirm(work: Work, runbook: str, by: str) -> Runbook:
    """Somebody read the runbook and found it right. Raises NotFound for one that is not there."""
    book = work.knowledge.runbooks.get(runbook)
    if book is None:
        raise NotFound(f"There is no runbook “{as_typed(runbook, 60)}”.")
    permit(Deed.CONFIRM_RUNBOOK, DeedAbout(name=book.name), doer(work, by))
    work.tx.confirm_runbook(runbook, by, work.now)
    return book


def end_wait(work: Work, number: int) -> bool:
    """Answer the present step when it is a wait that is over; False when there is none."""
    incident = work.incident(number)
    walks = work.tx.walks(number)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    step = walk.current_step(book, walks[-1]) if book else None
    if not incident.live or book is None or step is None or not step.wait:
        return False
    if gates.waits(work, incident, book, step):
        return False
    connection = lead_of(work.catalogue, incident)
    if connection is None:
        return False
    health = work.tx.connection_health(connection.id)
    why = step.wait.over(
        walk.asked_since(book, walks[-1], started=incident.opened_at),
        work.now,
        recovered=health is not None and health.verdict is Verdict.OK,
        last_success=brief_in(work, incident, connection).facts.last_success,
    )
    if not why:
        return False
    work.log(incident, "step", f"The waiting of “{step.title}” ended: {why}.")
    return answer(work, number, step=step.id, choice=step.wait.then, by=BOT, note=why)


def _needs_owner(
    knowledge: Knowledge, incident: Incident, book: Runbook, step: str, choice: str, by: str
) -> None:
    asked = book.step(step)
    connection = lead_of(knowledge.catalogue, incident)
    if asked is not None:
        owners = connection.owners if connection else Owners()
        walk.may_answer(asked, choice, owners=owners, by=by)


def _keep(work: Work, incident: Incident, done: Done, by: str) -> None:
    said = f"skipped it: {outside(done.given.note)}"
    if done.answer:
        said = f"answered “{done.answer.label}”{_filled(done)}"
    work.log(incident, "step", f"{who(by)} on “{done.step.title}” {said}.", by)


def _filled(done: Done) -> str:
    labels = {field.id: field.label for field in done.step.fields}
    told = (f"{labels.get(key, key)}: {text}" for key, text in done.given.values)
    written = "; ".join(told)
    return f" ({written})" if written else ""


def _open_incident(work: Work, number: int) -> Incident:
    incident = work.incident(number)
    if not incident.live:
        raise Refused(f"{incident.key} is closed; its runbook stays as it is.")
    return incident


def _open_book(work: Work, number: int) -> tuple[Runbook, Progress]:
    walks = work.tx.walks(number)
    progress = walks[-1] if walks else Progress(runbook="generic")
    book = work.knowledge.runbooks.get(progress.runbook)
    if book is None:
        raise NotFound(f"The runbook “{progress.runbook}” is no longer there; choose another one.")
    return book, progress


def answer_once(
    work: Work,
    number: int,
    *,
    step: str,
    choice: str,
    by: str,
    note: str = "",
    values: Mapping[str, str] | None = None,
) -> str:
    """Answer the step as `runbooks.answer` does. Returns what to tell `by` when somebody else was
    faster, in marks; empty when the answer was taken."""
    first = _given(work, number, step)
    if first is None or first.given.by == by:
        answer(work, number, step=step, choice=choice, by=by, note=note, values=values)
        return ""
    told = f"{who(first.given.by)} {_said(first)} on “{first.step.title}” {when(first.given.at)}."
    # Both agree, so there is nothing to keep.
    if first.given.answer == choice:
        return f"{told} So would you; nothing was changed."
    incident = work.incident(number)
    other = first.step.answer(choice)
    differs = f"would have answered “{other.label}”" if other else "would have skipped it"
    reason = "; ".join([note, *(values or {}).values()]).strip("; ")
    because = f": {outside(reason)}" if reason else "."
    text = f"{who(by)} {differs} on “{first.step.title}”{because}"
    work.log(incident, "step", text, by)
    work.show(incident)
    return f"{told} Yours is on the timeline; to change it, take theirs back first."


def _given(work: Work, number: int, step: str) -> Done | None:
    """The answer that stands, in whichever runbook of the incident it was given."""
    for progress in reversed(work.tx.walks(number)):
        book = work.knowledge.runbooks.get(progress.runbook)
        for done in walk.path(book, progress) if book else ():
            if done.step.id == step:
                return done
    return None


def _said(done: Done) -> str:
    return f"answered “{done.answer.label}”" if done.answer else "skipped it"
