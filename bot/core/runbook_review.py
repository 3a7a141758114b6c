"""Reading a runbook as a whole: the mistakes in it, and a picture of it.

Answers may only lead further down the file. That rules out loops and makes skipping a step safe.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.core.catalogue import Lane
from bot.core.runbook import SKIP, Answer, AnswerId, Runbook, RunbookId, Step, StepId
from bot.core.text import outside

LABEL_LIMIT = 70  # characters that fit a button or a select of the chat
MOST_ANSWERS = 5  # more choices than this are not read but guessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A mistake in a runbook, at a step and an answer of it where these are known."""

    message: str
    step: StepId | None = None
    answer: AnswerId | None = None


def check_runbook(
    runbook: Runbook, *, known: Collection[RunbookId] | None = None
) -> tuple[Flaw, ...]:
    """Every mistake that would leave a responder stuck. `known` are the ids of all runbooks;
    None leaves links to other runbooks unchecked."""
    if not runbook.steps:
        return (Flaw(message="the runbook has no steps"),)
    answers = [
        Flaw(message=message, step=step.id, answer=answer.id)
        for step in runbook.steps
        for answer in step.answers
        for message in (*_wording(answer), *_target(runbook, step, answer, known))
    ]
    skips = [
        Flaw(message=f"when skipped, {message}", step=step.id)
        for step in runbook.steps
        for message in _way(runbook, step, step.if_skipped)
    ]
    whole = (*_duplicates(runbook), *_dead_steps(runbook), *_unreached(runbook))
    return (*whole, *answers, *skips)


def mermaid(runbook: Runbook) -> str:
    """The runbook as a Mermaid flowchart: questions as boxes, ends as rounded boxes."""
    number = {step.id: f"s{index}" for index, step in enumerate(runbook.steps)}
    lines = ["flowchart TD"]
    lines += [f'  {number[step.id]}["{_plain(step.ask)}"]' for step in runbook.steps]
    for step in runbook.steps:
        for index, answer in enumerate(step.answers):
            source, label = number[step.id], _plain(answer.label)
            end = f'{source}e{index}(["{_plain(_end_name(answer))}"])'
            target = number.get(answer.to, end) if answer.to is not None else end
            lines.append(f'  {source} -->|"{label}"| {target}')
    return "\n".join(lines) + "\n"


def _duplicates(runbook: Runbook) -> Iterator[Flaw]:
    steps = [step.id for step in runbook.steps]
    for step in runbook.steps:
        if steps.count(step.id) > 1:
            yield Flaw(message=f"the step id {step.id!r} is used twice", step=step.id)
        answers = [answer.id for answer in step.answers]
        for answer in sorted({item for item in answers if answers.count(item) > 1}):
            message = f"the answer id {answer!r} is used twice in this step"
            yield Flaw(message=message, step=step.id, answer=answer)


def _dead_steps(runbook: Runbook) -> Iterator[Flaw]:
    for step in runbook.steps:
        if len(step.answers) < 2:
            yield Flaw(message="a question needs at least two answers", step=step.id)
        if len(step.answers) > MOST_ANSWERS:
            yield Flaw(message=f"a question has at most {MOST_ANSWERS} answers", step=step.id)
    if all(answer.to is not None for step in runbook.steps for answer in step.answers):
        yield Flaw(message="no answer ends the runbook, so it never comes to an outcome")


def _wording(answer: Answer) -> Iterator[str]:
    if answer.id == SKIP:
        yield f"the answer id {SKIP!r} is reserved for skipped steps"
    if len(answer.label) > LABEL_LIMIT:
        yield f"the label has {len(answer.label)} characters; {LABEL_LIMIT} fit on a button"
    if answer.to is None and not answer.because:
        yield "ends the runbook without a `because`"
    if answer.lane is Lane.IT and answer.layer is None:
        yield "names the lane `it` without a layer; say technical, functional or architecture"


def _target(
    runbook: Runbook, step: Step, answer: Answer, known: Collection[RunbookId] | None
) -> Iterator[str]:
    yield from _way(runbook, step, answer.to)
    if answer.to is not None and (answer.lane is not None or answer.runbook is not None):
        yield "leads on to a step and ends the runbook as well; keep one of them"
    if known is not None and answer.runbook is not None and answer.runbook not in known:
        yield f"leads to runbook {answer.runbook!r}, which does not exist"


def _way(runbook: Runbook, step: Step, to: StepId | None) -> Iterator[str]:
    target = runbook.step(to) if to is not None else None
    if to is not None and target is None:
        yield f"leads to step {to!r}, which does not exist"
    elif target is not None and runbook.steps.index(target) <= runbook.steps.index(step):
        yield f"leads back to step {to!r}; all ways lead further down"


def _unreached(runbook: Runbook) -> Iterator[Flaw]:
    reached = {runbook.steps[0].id}
    for step in runbook.steps:
        if step.id in reached:
            reached |= {answer.to for answer in step.answers if answer.to is not None}
        else:
            yield Flaw(message="no answer leads to this step", step=step.id)


def _end_name(answer: Answer) -> str:
    if answer.runbook is not None:
        return f"runbook: {answer.runbook}"
    if answer.lane is None:
        return "nobody has to act"
    return f"lane: {answer.lane}" + (f", {answer.layer}" if answer.layer else "")


def _plain(text: str) -> str:
    return outside(text, 120).replace('"', "#quot;").replace("|", "/")
