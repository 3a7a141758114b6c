"""What a runbook step may ask of people: to answer, to do, to fill in, to approve, to wait.

Every kind is left by an answer, so that progress stays one list of answers whatever was asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.language.marks import outside

LONGEST_VALUE = 500  # characters of one filled-in field that are kept


class StepKind(StrEnum):
    QUESTION = "question"
    INSTRUCTION = "instruction"  # something to do by hand
    EVIDENCE = "evidence"  # something to look at, gathered by the bot
    FORM = "form"  # facts to write down
    APPROVAL = "approval"  # the word of one owner
    WAIT = "wait"  # until a time has passed or a signal came
    ACTION = "action"  # something the bot does once a person says so


LEFT_BY_ONE = frozenset({StepKind.INSTRUCTION, StepKind.EVIDENCE, StepKind.FORM, StepKind.ACTION})
"""The kinds that may have a single way on."""


class FieldKind(StrEnum):
    TEXT = "text"
    LONG = "long"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in on a form."""

    id: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True


class WaitSignal(StrEnum):
    RECOVERED = "recovered"  # the checks call the connection ok again
    SYNCED = "synced"  # a good sync happened after the step was reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Over when `span` has passed or `signal` came, whichever is first. `then` is the answer
    that this gives."""

    then: str
    span: timedelta | None = None
    signal: WaitSignal | None = None

    def over(
        self, since: datetime, now: datetime, *, recovered: bool, last_success: datetime | None
    ) -> str:
        """Why the waiting is over, in words; empty while it is not."""
        if self.signal is WaitSignal.RECOVERED and recovered:
            return "the checks are good again"
        synced = last_success is not None and last_success > since
        if self.signal is WaitSignal.SYNCED and synced:
            return "a good sync has happened"
        if self.span is not None and now - since >= self.span:
            return "the time has passed"
        return ""


class DeedKind(StrEnum):
    CHECK = "check"  # look at the connection now
    WEBHOOK = "webhook"  # call an address that the operator has configured under a name


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDeed:
    """What an action step offers to do. `confirm` is asked before; a webhook always asks."""

    kind: DeedKind
    hook: str = ""
    confirm: str = ""


def filled(
    fields: Sequence[Field], given: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The values that belong to `fields`, in their order, and what is wrong with them."""
    written = {item.id: text for item in fields if (text := given.get(item.id, "").strip())}
    values = tuple((key, outside(text, LONGEST_VALUE)) for key, text in written.items())
    return values, tuple(_wrong(fields, written))


def _wrong(fields: Sequence[Field], values: Mapping[str, str]) -> Iterator[str]:
    for item in fields:
        value = values.get(item.id, "")
        if item.required and not value:
            yield f"fill in “{item.label}”"
        elif value and item.kind is FieldKind.NUMBER and not _number(value):
            yield f"“{item.label}” is a number"
        elif len(value) > LONGEST_VALUE:
            these = f"and these are {len(value):,}"
            yield f"of “{item.label}” at most {LONGEST_VALUE} characters are kept, {these}"


def _number(text: str) -> bool:
    bare = text.replace(" ", "").replace(",", "").replace(".", "").removeprefix("-")
    return bare.isdecimal()
