"""The small language Block Kit is described in: a rule looks at a value and yields problems.

Messages are worded as Slack's validator words them; pointers are JSON pointers.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One violated constraint at one place."""

    message: str
    pointer: str


Rule = Callable[[object, str], Iterator[Problem]]


def string(longest: int = 0, *, shortest: int = 1, pattern: str = "") -> Rule:
    """A string of `shortest` to `longest` characters (0 = no upper limit)."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must provide a string", at)
            return
        if longest and len(value) > longest:
            yield Problem(f"must be less than {longest + 1} characters", at)
        if len(value) < shortest:
            yield Problem(f"must be more than {shortest - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem(f"input must match regex pattern: {pattern}", at)

    return check


def url(longest: int = 3000) -> Rule:
    def check(value: object, at: str) -> Iterator[Problem]:
        yield from string(longest)(value, at)
        if isinstance(value, str) and value and not re.match(r"[a-zA-Z][\w+.-]*:", value):
            yield Problem("input must be a valid: uri", at)

    return check


def boolean(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem("must be a boolean", at)


def anything(value: object, at: str) -> Iterator[Problem]:
    yield from ()


def integer(low: int | None = None, high: int | None = None) -> Rule:
    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem("must provide an integer", at)
        elif low is not None and value < low:
            yield Problem(f"must be at least {low}", at)
        elif high is not None and value > high:
            yield Problem(f"must be at most {high}", at)

    return check


def number(*, above: float | None = None) -> Rule:
    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield Problem("must provide a number", at)
        elif above is not None and value <= above:
            yield Problem(f"must be greater than {above}", at)

    return check


def one_of(*allowed: str) -> Rule:
    def check(value: object, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem("must be a valid enum value", at)

    return check


def array(rule: Rule, *, most: int, least: int = 0) -> Rule:
    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must provide an array", at)
            return
        if len(value) > most:
            yield Problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield Problem(f"must provide at least {least} items", at)
        for index, item in enumerate(value):
            yield from rule(item, f"{at}/{index}")

    return check


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with exactly these fields; `type` is always allowed."""
    known = {"type": anything, **required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must provide an object", at)
            return
        for name in required:
            if value.get(name) is None:
                yield Problem(f"missing required field: {name}", at)
        for name, item in value.items():
            if name not in known:
                yield Problem(f"invalid additional property: {name}", at)
            elif item is not None:
                yield from known[name](item, f"{at}/{name}")

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` chooses the rule. Problems inside come after a general one."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must provide an object", at)
        elif "type" not in value:
            yield Problem("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            yield Problem(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from rules[value["type"]](value, at)

    return check


def also(*rules: Rule) -> Rule:
    """All rules must hold."""

    def check(value: object, at: str) -> Iterator[Problem]:
        for rule in rules:
            yield from rule(value, at)

    return check


def when(holds: Callable[[dict[str, object]], bool], message: str, field: str = "") -> Rule:
    """For an object: yield `message` at `field` unless the condition holds."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if isinstance(value, dict) and not holds(value):
            yield Problem(message, f"{at}/{field}" if field else at)

    return check


def general(rule: Rule) -> Rule:
    """Slack's summary line first, then what is wrong inside."""

    def check(value: object, at: str) -> Iterator[Problem]:
        problems = list(rule(value, at))
        if problems:
            yield Problem("failed to match all allowed schemas", at)
            yield from problems

    return check
