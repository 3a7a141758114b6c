"""Checks the settings of every check with the model of its kind, and keeps their secrets marked.

The kinds are given by the caller: this room does not know which probes exist.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, SecretStr

from bot.core.monitoring.signals import Signal
from bot.files.estate.build import CheckPlace
from bot.files.estate.schema_connection import CHECK_KEYS
from bot.files.problems import Problem, did_you_mean
from bot.files.validate import SHORTEST_SECRET, doubted, validate
from bot.files.yaml_nodes import Node
from bot.files.yaml_source import YamlSource
from bot.language.mistakes import Doubt
from bot.language.secret import Secret

Kinds = Mapping[str, type[BaseModel]]
_SIGNALS = frozenset(Signal)


@runtime_checkable
class Giving(Protocol):
    """Settings that know which signals a look can bring; None where that is not known."""

    def gives(self) -> frozenset[str] | None: ...


@runtime_checkable
class Doubting(Protocol):
    """Settings that know what is written and hardly meant."""

    def doubts(self) -> Iterable[Doubt]: ...


def check_settings(
    source: YamlSource, kinds: Kinds
) -> tuple[dict[CheckPlace, Mapping[str, Any]], list[Problem]]:
    """Settings by connection id and place in its list of checks, and every problem in them."""
    settings: dict[CheckPlace, Mapping[str, Any]] = {}
    finder = SecretFinder.of(source.secrets)
    problems: list[Problem] = []
    root = source.root
    for connection, entry in root.get("connections").entries() if root else ():
        for place, check in enumerate(entry.node.get("checks").elements()):
            kind = check.get("kind")
            if kind.text in kinds:
                found, wrong = _of_check(source, kinds[kind.text], (connection, place), check)
                marks = {key: marked(value, finder) for key, value in found.items()}
                settings[connection, place] = marks
                problems.extend(wrong)
            elif kind.text and not kind.unreadable:
                problems.append(_unknown_kind(source.file, kind, kinds))
    return settings, problems


def _of_check(
    source: YamlSource, model: type[BaseModel], where: CheckPlace, check: Node
) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    connection, place = where
    own = {key: entry.node.plain() for key, entry in check.entries() if key not in CHECK_KEYS}
    parsed, problems = validate(
        model,
        source,
        at=("connections", connection, "checks", place),
        value=own,
        also_known=CHECK_KEYS,
    )
    if parsed is None:
        return {}, problems
    if isinstance(parsed, Giving):
        open_to = set(model.model_fields) & {"signals", "perfdata"}
        problems = tuple(_never_judged(source.file, check, parsed.gives(), open_to))
    if isinstance(parsed, Doubting):
        problems = (*problems, *_doubted(source.file, check, parsed.doubts()))
    return parsed.model_dump(by_alias=True), problems


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


@dataclass(frozen=True, slots=True)
class SecretFinder:
    """Finds the values from outside, of the whole file, in a text: quickly, since nearly no text
    holds one, and with the estate both grow. `long` are those that are found within a text, too,
    by `within`: very short values are found everywhere and mean nothing."""

    exact: Mapping[str, Secret]
    long: tuple[Secret, ...]
    within: re.Pattern[str] | None

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> "SecretFinder":
        exact = {one.reveal(): one for one in secrets}
        long = tuple(one for text, one in exact.items() if len(text) >= SHORTEST_SECRET)
        within = re.compile("|".join(re.escape(one.reveal()) for one in long)) if long else None
        return cls(exact, long, within)

    def parts_of(self, text: str) -> list[str]:
        """Every value that the text is or holds, with what that was put together of."""
        held = {text: self.exact[text]} if text in self.exact else {}
        if self.within and self.within.search(text):
            held |= {one.reveal(): one for one in self.long if one.reveal() in text}
        return [part for plain, secret in held.items() for part in (plain, *secret.parts)]


def marked(value: Any, finder: SecretFinder) -> Any:
    """`value` with every text that holds something from outside marked, since models make plain
    strings of them."""
    if isinstance(value, SecretStr):
        # What the model itself calls secret stays so, and remembers what it is made of.
        plain = value.get_secret_value()
        return Secret(plain, finder.parts_of(plain))
    if isinstance(value, str):
        parts = finder.parts_of(value)
        return Secret(value, parts) if parts else value
    if isinstance(value, dict):
        return {key: marked(part, finder) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(marked(part, finder) for part in value)
    return value
