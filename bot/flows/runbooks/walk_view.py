"""The walk through the runbooks as people see it: what was answered, and the question of now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.core.estate.check_spec import Webhook
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.runbooks import evidence
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.choice import GENERIC, choose
from bot.core.runbooks.evidence import EvidenceLine
from bot.core.runbooks.gate import Gate
from bot.core.runbooks.runbook import Done, Outcome, Progress, Runbook, Step
from bot.core.runbooks.webhook_calls import HookRun
from bot.core.triage.facts import Facts
from bot.core.triage.party_lanes import acting_lane
from bot.flows.runbooks import gates, webhook_calls
from bot.flows.triage.briefing import Briefing
from bot.flows.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrower:
    """A runbook that fits the evidence better than the one being walked, and why."""

    runbook: Runbook
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One runbook step as it stands: `done` when it was answered, else the question of now."""

    slot: str  # stable name of the message that shows it
    number: int
    step: Step
    done: Done | None
    evidence: tuple[EvidenceLine, ...] = ()
    since: datetime | None = None  # when the question of now was reached
    narrower: Narrower | None = None  # offered beside the question of now
    hold: Gate | None = None  # the newest of the question of now, decided or not
    left: bool = False  # never answered: the incident went on with another runbook, or
    over: bool = False  # ended, with this question asked last
    off: bool = False  # neither answered nor asked: no answer that stands leads to it
    approval: Gate | None = None  # the owner's word that it waits for, or has got
    hook: Webhook | None = None  # what it may call
    runs: tuple[HookRun, ...] = ()  # the calls made so far


class Walked(NamedTuple):
    """The steps so far, where they led, and the runbook that is walked now."""

    steps: tuple[StepView, ...]
    outcome: Outcome | None
    runbook: Runbook | None


def walk_view(
    work: Work, incident: Incident, briefing: Briefing | None, error: Facts | None
) -> Walked:
    """Every step answered in any runbook of this incident, then the question of now. `error` are
    the facts that the card's error is of; None where nothing fails."""
    steps: list[StepView] = []
    outcome, book = None, None
    walks = work.tx.walks(incident.id)
    for progress in walks:
        book = work.knowledge.runbooks.get(progress.runbook)
        if book is None:
            continue
        steps += _done(book, progress, len(steps), work.tx.hook_runs_of(incident.id))
        outcome = _acting(walk.outcome(book, progress), briefing)
        current = walk.current_step(book, progress)
        last = progress is walks[-1]
        # Shown without buttons: a question that vanished would look like one that was answered.
        if current is not None and not (incident.live and last):
            slot, place = gates.subject_of(book, current), len(steps) + 1
            left = StepView(slot=slot, number=place, step=current, done=None, left=True, over=last)
            steps.append(left)
        elif current is not None:
            asked = _asked(work, incident, book, current, briefing)
            narrower = _narrower(work.knowledge, walks, error, work.now) if error else None
            steps.append(replace(asked, number=len(steps) + 1, narrower=narrower))
    return Walked(tuple(steps), outcome, book)


def off_the_way(work: Work, incident: Incident, walked: Iterable[StepView]) -> tuple[StepView, ...]:
    """The steps of its runbooks beside those `walked`. One of them may have been asked before an
    answer was taken back."""
    found = {one.slot: None for one in walked}
    beside: dict[str, StepView] = {}
    for progress in work.tx.walks(incident.id):
        book = work.knowledge.runbooks.get(progress.runbook)
        for step in book.steps if book else ():
            if book and (slot := gates.subject_of(book, step)) not in found:
                beside[slot] = StepView(slot=slot, number=0, step=step, done=None, off=True)
    return tuple(beside.values())


def _asked(
    work: Work, incident: Incident, book: Runbook, step: Step, briefing: Briefing | None
) -> StepView:
    """The question of now, with everything that stands beside it."""
    catalogue, walks = work.catalogue, work.tx.walks(incident.id)
    slot = gates.subject_of(book, step)
    return StepView(
        slot=slot,
        number=0,
        step=step,
        done=None,
        evidence=evidence.lines(briefing.facts, catalogue, step.evidence, work.now)
        if briefing
        else (),
        since=walk.asked_since(book, walks[-1], started=incident.opened_at),
        hold=work.tx.held_step(incident.id, step.id),
        approval=gates.approval_of(work, incident.id, slot),
        hook=catalogue.webhooks.get(step.deed.hook) if step.deed else None,
        runs=webhook_calls.runs_of(work, incident.id, book, step),
    )


def _acting(found: Outcome | None, briefing: Briefing | None) -> Outcome | None:
    """The outcome with the lane that acts on this connection, as the card has it."""
    if found is None or found.lane is None or briefing is None:
        return found
    return replace(found, lane=acting_lane(found.lane, briefing.facts.connection))


def _narrower(
    knowledge: Knowledge, walks: tuple[Progress, ...], error: Facts, now: datetime
) -> Narrower | None:
    """Only beside the generic runbook: a person who chose another one meant it."""
    if walks[-1].runbook != GENERIC:
        return None
    choice = choose(knowledge.runbooks, error, now)
    found = knowledge.runbooks.get(choice.runbook)
    if found is None or choice.runbook in {progress.runbook for progress in walks}:
        return None
    return Narrower(runbook=found, why=choice.why)


def _done(
    book: Runbook, progress: Progress, before: int, runs: tuple[HookRun, ...]
) -> list[StepView]:
    return [
        StepView(
            slot=f"step:{book.id}:{done.step.id}",
            number=before + place,
            step=done.step,
            done=done,
            runs=tuple(run for run in runs if (run.runbook, run.step) == (book.id, done.step.id)),
        )
        for place, done in enumerate(walk.path(book, progress), start=1)
    ]
