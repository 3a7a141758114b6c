"""Webhooks that a step may call: written down before the call, and never made a second time by
itself. What was begun and never ended is unknown until a person has looked."""

from dataclasses import dataclass, replace

from bot.core.estate.check_spec import Webhook
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.people.permissions import Deed
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.runbook import Runbook, Step
from bot.core.runbooks.step_kinds import DeedKind
from bot.core.runbooks.webhook_calls import HookOutcome, HookRun, RunState, give_up_at
from bot.flows.people.permitted import must
from bot.flows.runbooks import gates
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, when, who


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A call to make now, once: by whoever was given this and by nobody else."""

    run: HookRun
    hook: Webhook
    places: tuple[tuple[str, str], ...]  # what the body's places are filled with


def runs_of(work: Work, incident: int, book: Runbook, step: Step) -> tuple[HookRun, ...]:
    return tuple(
        run
        for run in work.tx.hook_runs_of(incident)
        if (run.runbook, run.step) == (book.id, step.id)
    )


def begin(
    work: Work,
    number: int,
    *,
    step: str,
    seen: int,
    by: str,
) -> Begun:
    """Store that `by` confirmed the call. `seen` is how many calls the button knew of: one that
    somebody else made in the meantime, or a second click, is refused."""
    incident = work.incident(number)
    book, asked = _asked(work, incident, step)
    hook = _hook(work.knowledge, asked)
    if incident.drill:
        raise Refused("This is a drill: nothing outside is called. Answer as if it had been.")
    must(work, Deed.RUN_HOOK, incident, by)
    gates.require_free(work, incident, book, asked)
    earlier = runs_of(work, number, book, asked)
    # Calling twice may pay twice, so a button that knows less than the record does nothing.
    if len(earlier) != seen or any(run.state is RunState.RUNNING for run in earlier):
        last = earlier[-1] if earlier else None
        told = f"{who(last.by)} ran it at {when(last.begun_at)}" if last else "The step changed"
        raise Refused(f"{told}. Nothing was sent twice; look at the step.")
    # Stored before the call: a crash in between leaves one of unknown outcome, and on record.
    run = work.tx.add_hook_run(
        HookRun(
            incident=number,
            runbook=book.id,
            step=asked.id,
            hook=hook.id,
            by=by,
            begun_at=work.now,
            give_up_at=give_up_at(hook, work.now),
        )
    )
    work.log(incident, "webhook", f"{who(by)} confirmed “{hook.id}” on “{asked.title}”.", by)
    work.show(incident)
    places = {
        "connection": incident.connection,
        "incident": incident.key,
        "step": asked.id,
        "by": by,
        # Sent as Idempotency-Key as well, so it is another one for each confirmation.
        "run": f"{incident.key}-{run.id}",
    }
    return Begun(run=run, hook=hook, places=tuple(places.items()))


def finish(work: Work, number: int, outcome: HookOutcome) -> None:
    """What the call came to. A run that was given up meanwhile keeps what was told of it, unless
    the outcome is known now after all."""
    run = work.tx.hook_run(number)
    # Unknown may still become known; what is known never changes.
    if run is None or run.state in (RunState.DONE, RunState.FAILED):
        return
    _end(work, run, outcome)


def give_up(work: Work) -> int:
    """Calls that nobody can be making any more; their outcome is unknown. Returns how many."""
    lost = [run for run in work.tx.hook_runs_under_way() if run.give_up_at <= work.now]
    for run in lost:
        said = "nobody knows whether it arrived: look before you run it again"
        _end(work, run, HookOutcome(state=RunState.UNKNOWN, status=None, said=said))
    return len(lost)


def _end(work: Work, run: HookRun, outcome: HookOutcome) -> None:
    said = outside(outcome.said, 200)
    after = replace(run, state=outcome.state, status=outcome.status, said=said, ended_at=work.now)
    work.tx.save_hook_run(after)
    incident = work.tx.incident(run.incident)
    if incident is not None:
        line = f"“{run.hook}”, confirmed by {who(run.by)}: {after.state}, {said}."
        work.log(incident, "webhook", line, run.by)
        work.show(incident)


def _asked(work: Work, incident: Incident, step: str) -> tuple[Runbook, Step]:
    walks = work.tx.walks(incident.id)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    asked = walk.current_step(book, walks[-1]) if book else None
    if not incident.live or book is None or asked is None or asked.id != step:
        raise Refused("This step is not the one being asked now. Nothing was sent.")
    return book, asked


def _hook(knowledge: Knowledge, step: Step) -> Webhook:
    if step.deed is None or step.deed.kind is not DeedKind.WEBHOOK:
        raise Refused(f"“{step.title}” calls nothing.")
    hook = knowledge.catalogue.webhooks.get(step.deed.hook)
    if hook is None:
        raise NotFound(
            f"No webhook “{outside(step.deed.hook, 40)}” is configured."
            " Whoever runs the bot adds it under `webhooks` in the estate file."
        )
    return hook
