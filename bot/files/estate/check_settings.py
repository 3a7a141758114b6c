"""Reads the settings of every check with the model of its kind.

The kinds are given by the caller: this floor does not know which probes exist.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from bot.core.estate.check_spec import CheckSettings
from bot.core.monitoring.signals import Signal
from bot.files.estate.build import CheckPlace
from bot.files.estate.schema_connection import CHECK_KEYS
from bot.files.problems import Problem, did_you_mean
from bot.files.validate import doubted, validate
from bot.files.yaml_nodes import Node
from bot.files.yaml_source import YamlSource
from bot.language.mistakes import Doubt

Kinds = Mapping[str, type[BaseModel]]
_SIGNALS = frozenset(Signal)


@runtime_checkable
class OfKind(CheckSettings, Protocol):
    """What the model of every kind of check has, beside what the rest of the bot asks of it."""

    def gives(self) -> frozenset[str] | None:
        """The signals that a look can bring; None where that is not known."""

    def doubts(self) -> Iterable[Doubt]:
        """What is written and hardly meant."""


def check_settings(
    source: YamlSource, kinds: Kinds
) -> tuple[dict[CheckPlace, CheckSettings], list[Problem]]:
    """Settings by connection id and place in its list of checks, and every problem in them."""
    settings: dict[CheckPlace, CheckSettings] = {}
    problems: list[Problem] = []
    root = source.root
    for connection, entry in root.get("connections").entries() if root else ():
        for place, check in enumerate(entry.node.get("checks").elements()):
            kind = check.get("kind")
            if kind.text in kinds:
                found, wrong = _of_check(source, kinds[kind.text], (connection, place), check)
                problems.extend(wrong)
                if found is not None:
                    settings[connection, place] = found
            elif kind.text and not kind.unreadable:
                problems.append(_unknown_kind(source.file, kind, kinds))
    return settings, problems


def _of_check(
    source: YamlSource, model: type[BaseModel], where: CheckPlace, check: Node
) -> tuple[CheckSettings | None, tuple[Problem, ...]]:
    connection, place = where
    # A kind's model refuses keys that it does not know, and those of every check are none of its.
    own = {key: entry.node.plain() for key, entry in check.entries() if key not in CHECK_KEYS}
    parsed, problems = validate(
        model,
        source,
        at=("connections", connection, "checks", place),
        value=own,
        also_known=CHECK_KEYS,
    )
    if not isinstance(parsed, OfKind):
        return None, problems
    open_to = set(model.model_fields) & {"signals", "perfdata"}
    wrong = _never_judged(source.file, check, parsed.gives(), open_to)
    return parsed, (*wrong, *_doubted(source.file, check, parsed.doubts()))


def _doubted(file: str, check: Node, doubts: Iterable[Doubt]) -> Iterator[Problem]:
    """What comes from a preset, as the kind does then, is not for whoever uses it to mend."""
    kind = check.get("kind")
    for doubt in doubts:
        found = doubted(file, check, doubt)
        if (found.line, found.column) != (kind.line, kind.column):
            yield found


def _never_judged(
    file: str, check: Node, given: frozenset[str] | None, open_to: Collection[str]
) -> Iterator[Problem]:
    """Whatever is judged by a signal that no look of the check can bring, which would be read as
    a failure at every look. `open_to` are the keys under which more can be taken."""
    if given is None:
        return
    add = f"say under '{min(open_to)}' where it stands; " if open_to else ""
    hint = f"{add}it gives {', '.join(sorted(given))}"
    for node, one_of in _judged(check):
        if set(one_of) <= _SIGNALS - given:
            names = " or ".join(f"'{name}'" for name in one_of)
            message = f"a check of kind '{check.get('kind').text}' like this never gives {names}"
            yield Problem(file=file, line=node.line, column=node.column, message=message, hint=hint)


def _judged(check: Node) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The places that judge, each with the signals of which it needs one."""
    for rule in check.get("rules").elements():
        yield rule.get("signal"), (rule.get("signal").text,)
    volume, runs = check.get("volume"), check.get("runs")
    if volume.value is not None:
        named = volume.get("signal")
        yield (named, (named.text,)) if named.text else (volume, (Signal.PROCESSED,))
    if runs.value is not None:
        yield runs, (Signal.RUNNING_SINCE, Signal.LAST_ATTEMPT)


def _unknown_kind(file: str, kind: Node, kinds: Kinds) -> Problem:
    hint = did_you_mean(kind.text, kinds) or f"write one of {', '.join(sorted(kinds))}"
    name = "" if kind.secret else f" '{kind.text}'"
    message = f"unknown kind of check{name}"
    return Problem(file=file, line=kind.line, column=kind.column, message=message, hint=hint)
