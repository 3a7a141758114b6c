"""Two people on the same step: the first answer stands, and the second person is told whose it is
and when it was given; what they would have answered is kept."""

from collections.abc import Mapping

from bot.core.runbooks import runbook as walk
from bot.core.runbooks.runbook import Done
from bot.flows.runbooks import walk as runbooks
from bot.flows.work import Work
from bot.language.marks import outside, when, who


def answer(
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
    first = _standing(work, number, step)
    if first is None or first.given.by == by:
        runbooks.answer(work, number, step=step, choice=choice, by=by, note=note, values=values)
        return ""
    told = f"{who(first.given.by)} {_said(first)} on “{first.step.title}” {when(first.given.at)}."
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


def _standing(work: Work, number: int, step: str) -> Done | None:
    """The answer that stands, in whichever runbook of the incident it was given."""
    for progress in reversed(work.tx.walks(number)):
        book = work.knowledge.runbooks.get(progress.runbook)
        for done in walk.path(book, progress) if book else ():
            if done.step.id == step:
                return done
    return None


def _said(done: Done) -> str:
    return f"answered “{done.answer.label}”" if done.answer else "skipped it"
