"""Reads runbook files, one runbook a file.

A runbook with a mistake in it is left out: a responder must never meet a question that leads
nowhere. Its problems say where the mistake is.

Webhooks that runbook steps call and the estate file does not define.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.core.estate.lane import Lane, Layer
from bot.core.runbooks.lint import LABEL_LIMIT, Flaw, check_runbook, loops
from bot.core.runbooks.runbook import EvidenceKind, Runbook, Step, StepAnswer
from bot.core.runbooks.step_kinds import DeedKind, FieldKind, StepDeed, StepKind, Wait, WaitSignal
from bot.core.runbooks.step_kinds import Field as FormField
from bot.core.triage.playbook import ErrorClass
from bot.files.content import runbooks_dir, yaml_files
from bot.files.estate.entries import Through, taken
from bot.files.estate.fields import Duration
from bot.files.problems import Problem, did_you_mean, errors, in_order
from bot.files.validate import validate
from bot.files.yaml_source import YamlSource, read_yaml_file

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Label = Annotated[str, Field(min_length=1, max_length=LABEL_LIMIT)]
Words = Annotated[str, Field(min_length=1, max_length=400)]


class ContentFile(BaseModel):
    """What every model of a runbook or playbook file shares."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerFile(ContentFile):
    id: Id
    label: Label
    to: Id | None = None
    lane: Lane | None = None
    layer: Layer | None = None
    because: Annotated[str, Field(max_length=400)] = ""
    runbook: Id | None = None
    approves: bool = False


class FieldFile(ContentFile):
    id: Id
    label: Label
    kind: FieldKind = FieldKind.TEXT
    required: bool = True


class WaitFile(ContentFile):
    span: Annotated[Duration | None, Field(alias="for")] = None
    signal: WaitSignal | None = None
    then: Id


class DeedFile(ContentFile):
    kind: DeedKind
    hook: Id | Literal[""] = ""
    confirm: Annotated[str, Field(max_length=200)] = ""


class StepFile(ContentFile):
    id: Id
    title: Annotated[str, Field(min_length=1, max_length=60)]
    ask: Words
    why: Words
    evidence: tuple[EvidenceKind, ...] = ()
    answers: tuple[Annotated[StepAnswer, Through(AnswerFile)], ...]
    if_skipped: Id | None = None
    kind: StepKind = StepKind.QUESTION
    within: Duration | None = None
    fields: tuple[Annotated[FormField, Through(FieldFile)], ...] = ()
    approver: Layer | None = None
    wait: Annotated[Wait, Through(WaitFile)] | None = None
    deed: Annotated[StepDeed, Through(DeedFile)] | None = Field(None, alias="action")
    resends: bool = False


class RunbookFile(ContentFile):
    """The whole of a runbook file; also the source of its JSON Schema."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=60)]
    summary: Words
    classes: Annotated[tuple[ErrorClass, ...], Field(alias="for")] = ()
    confirmed: date | None = None
    steps: tuple[Annotated[Step, Through(StepFile)], ...]


def load_runbooks(
    directory: Path, *, beside: Collection[str] = ()
) -> tuple[Mapping[str, Runbook], tuple[Problem, ...]]:
    """Every sound runbook of a folder by id, and the problems of all files in it. `beside` are
    the ids of runbooks kept elsewhere, which answers may lead to as well."""
    files, problems = yaml_files(directory)
    found: list[tuple[YamlSource, Runbook]] = []
    for path in files:
        source = read_yaml_file(path)
        parsed, invalid = validate(RunbookFile, source)
        problems += [*source.problems, *invalid]
        # A text with mistakes may lack a part (of two equal keys one is dropped) and still look
        # sound.
        if parsed is not None and not errors(source.problems):
            found.append((source, taken(Runbook, parsed)))
    # All are read before any is checked, since answers may lead to runbooks of later files.
    known = {*beside, *(runbook.id for _, runbook in found)}
    sound: dict[str, Runbook] = {}
    for source, runbook in found:
        wrong = [*_misnamed(source, runbook), *_flaws(source, runbook, known)]
        problems += wrong
        if not wrong:
            sound[runbook.id] = runbook
    sources = {runbook.id: source for source, runbook in found}
    for circle in loops(sound):
        # Told, and kept: each of them is sound by itself.
        message = f"the runbooks lead in a circle: {' → '.join(circle)}"
        problems.append(sources[circle[0]].problem(("id",), message))
    return sound, in_order(problems)


@cache
def shipped_runbooks() -> tuple[Mapping[str, Runbook], tuple[Problem, ...]]:
    """As `load_runbooks` of those that ship with Firstlane. A process reads them once."""
    return load_runbooks(runbooks_dir())


def _misnamed(source: YamlSource, runbook: Runbook) -> Iterator[Problem]:
    if Path(source.file).stem != runbook.id:
        message = f"the id is {runbook.id!r} and the file is called {source.file!r}"
        yield source.problem(("id",), message, f"rename the file to {runbook.id}.yaml")


def _flaws(source: YamlSource, runbook: Runbook, known: Collection[str]) -> Iterator[Problem]:
    for flaw in check_runbook(runbook, known=known):
        answer = _answer(runbook, flaw)
        hint = ""
        if answer is not None and answer.to is not None and runbook.step(answer.to) is None:
            hint = did_you_mean(answer.to, [step.id for step in runbook.steps])
        elif answer is not None and answer.runbook is not None and answer.runbook not in known:
            hint = did_you_mean(answer.runbook, known)
        yield source.problem(_place(runbook, flaw), flaw.message, hint)


def _answer(runbook: Runbook, flaw: Flaw) -> StepAnswer | None:
    step = runbook.step(flaw.step) if flaw.step is not None else None
    return step.answer(flaw.answer) if step and flaw.answer is not None else None


def _place(runbook: Runbook, flaw: Flaw) -> tuple[str | int, ...]:
    """Where in the file a flaw is. Of two parts with one id the second one is the mistake."""
    steps = [place for place, step in enumerate(runbook.steps) if step.id == flaw.step]
    if not steps:
        return ("steps",)
    answers = runbook.steps[steps[-1]].answers
    found = [place for place, answer in enumerate(answers) if answer.id == flaw.answer]
    return ("steps", steps[-1], "answers", found[-1]) if found else ("steps", steps[-1])


def missing_hooks(directory: Path, known: Collection[str]) -> tuple[Problem, ...]:
    """One problem for each step of a runbook in `directory` whose webhook is not in `known`."""
    files, problems = yaml_files(directory)
    return in_order([*problems, *(one for path in files for one in _missing(path, known))])


def _missing(path: Path, known: Collection[str]) -> Iterator[Problem]:
    source = read_yaml_file(path)
    steps = source.root.get("steps").elements() if source.root else ()
    for step in steps:
        hook = step.get("action").get("hook")
        if isinstance(hook.value, str) and hook.value and hook.value not in known:
            said = f"no webhook {hook.value!r} is defined in the estate file"
            hint = did_you_mean(hook.value, known) or "define it there under `webhooks`"
            yield Problem.at(source.file, hook, said, hint)
