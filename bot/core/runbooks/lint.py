"""Reading a runbook as a whole: the mistakes in it, and a picture of it.

Answers may only lead further down the file. That rules out loops and makes skipping a step safe.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.estate.lane import Lane
from bot.core.runbooks.runbook import SKIP, AnswerId, Runbook, RunbookId, Step, StepAnswer, StepId
from bot.core.runbooks.step_kinds import LEFT_BY_ONE, DeedKind, StepKind, Wait
from bot.language.marks import outside

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
    kinds = [
        Flaw(message=message, step=step.id) for step in runbook.steps for message in _kind(step)
    ]
    whole = (*_duplicates(runbook), *_dead_steps(runbook), *_unreached(runbook))
    return (*whole, *answers, *skips, *kinds)


def loops(runbooks: Mapping[RunbookId, Runbook]) -> tuple[tuple[RunbookId, ...], ...]:
    """The circles in which runbooks lead to one another; a responder would never come out."""
    leads = {
        book.id: [to for step in book.steps for answer in step.answers if (to := answer.runbook)]
        for book in runbooks.values()
    }
    circles = (_circle(leads, start) for start in sorted(leads))
    return tuple(circle for circle in circles if circle)


def _circle(leads: Mapping[str, Sequence[str]], start: str) -> tuple[RunbookId, ...]:
    """A way from `start` back to it over runbooks that sort behind it; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in leads.get(way[-1], ()):
            if following == start:
                return (*way, start)
            # Each circle is told once, from its first name on.
            if following > start and following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def mermaid(runbook: Runbook) -> str:
    """The runbook as a Mermaid flowchart: each kind of step in its own shape, ends as rounded
    boxes."""
    number = {step.id: f"s{index}" for index, step in enumerate(runbook.steps)}
    lines = ["flowchart TD"]
    lines += [f"  {number[step.id]}{_box(step)}" for step in runbook.steps]
    for step in runbook.steps:
        for index, answer in enumerate(step.answers):
            source, label = number[step.id], _plain(answer.label)
            end = f'{source}e{index}(["{_plain(_end_name(answer))}"])'
            target = number.get(answer.to, end) if answer.to is not None else end
            lines.append(f'  {source} -->|"{label}"| {target}')
    return "\n".join(lines) + "\n"


def _duplicates(runbook: Runbook) -> Iterator[Flaw]:
    # Answers lead to ids: with two of one name nobody could say which is meant.
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
        fewest = 1 if step.kind in LEFT_BY_ONE else 2
        if len(step.answers) < fewest:
            words = "one answer" if fewest == 1 else "two answers"
            yield Flaw(message=f"{_a(step.kind)} needs at least {words}", step=step.id)
        if len(step.answers) > MOST_ANSWERS:
            yield Flaw(message=f"a question has at most {MOST_ANSWERS} answers", step=step.id)
    if all(answer.to is not None for step in runbook.steps for answer in step.answers):
        yield Flaw(message="no answer ends the runbook, so it never comes to an outcome")


def _a(kind: StepKind) -> str:
    return f"{'an' if kind.value[0] in 'aei' else 'a'} {kind}"


_BELONGS = {
    "fields": StepKind.FORM,
    "approver": StepKind.APPROVAL,
    "wait": StepKind.WAIT,
    "deed": StepKind.ACTION,
}
_WRITTEN = {"deed": "action"}  # the name in the file where it is another one


def _kind(step: Step) -> Iterator[str]:
    for part, kind in _BELONGS.items():
        name, there = _WRITTEN.get(part, part), bool(getattr(step, part))
        if step.kind is kind and not there:
            yield f"{_a(kind)} needs `{name}`"
        elif there and step.kind is not kind:
            yield f"`{name}` belongs to {_a(kind)}, and this is {_a(step.kind)}"
    approving = [answer.id for answer in step.answers if answer.approves]
    if step.kind is StepKind.APPROVAL and len(approving) != 1:
        yield "an approval needs one answer with `approves: true`"
    if approving and step.kind is not StepKind.APPROVAL:
        yield f"`approves` belongs to an approval, and this is {_a(step.kind)}"
    if step.kind is StepKind.EVIDENCE and not step.evidence:
        yield "an evidence step needs `evidence`"
    yield from _wait(step.wait, step)
    if step.deed and step.deed.kind is DeedKind.WEBHOOK and not step.deed.hook:
        yield "a webhook needs the name under which the operator configured it (`hook`)"


def _wait(wait: Wait | None, step: Step) -> Iterator[str]:
    if wait is None:
        return
    if wait.span is None and wait.signal is None:
        yield "a wait needs a time (`for`), a `signal`, or both"
    if step.answer(wait.then) is None:
        yield f"the wait ends in the answer {wait.then!r}, which this step does not have"


def _wording(answer: StepAnswer) -> Iterator[str]:
    if answer.id == SKIP:
        yield f"the answer id {SKIP!r} is reserved for skipped steps"
    if len(answer.label) > LABEL_LIMIT:
        yield f"the label has {len(answer.label)} characters; {LABEL_LIMIT} fit on a button"
    # The reason stands on the card and in the timeline as what triage came to.
    if answer.to is None and not answer.because:
        yield "ends the runbook without a `because`"
    # “Internal IT” alone names no person who could be pinged.
    if answer.lane is Lane.IT and answer.layer is None:
        yield "names the lane `it` without a layer; say technical, functional or architecture"


def _target(
    runbook: Runbook, step: Step, answer: StepAnswer, known: Collection[RunbookId] | None
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
            # One pass is enough, since all ways lead down the file.
            reached |= {answer.to for answer in step.answers if answer.to is not None}
        else:
            yield Flaw(message="no answer leads to this step", step=step.id)


def _end_name(answer: StepAnswer) -> str:
    if answer.runbook is not None:
        return f"runbook: {answer.runbook}"
    if answer.lane is None:
        return "nobody has to act"
    return f"lane: {answer.lane}" + (f", {answer.layer}" if answer.layer else "")


_SHAPES = {
    StepKind.QUESTION: ("[", "]"),
    StepKind.INSTRUCTION: ("[/", "/]"),
    StepKind.EVIDENCE: ("[(", ")]"),
    StepKind.FORM: ("[[", "]]"),
    StepKind.APPROVAL: ("{{", "}}"),
    StepKind.WAIT: ("((", "))"),
    StepKind.ACTION: (">", "]"),
}


def _box(step: Step) -> str:
    left, right = _SHAPES[step.kind]
    return f'{left}"{_plain(step.ask)}"{right}'


def _plain(text: str) -> str:
    # Both end a label in Mermaid, whatever is around it.
    return outside(text, 120).replace('"', "#quot;").replace("|", "/")
