"""Presets: checks of well-known platforms, written once, filled in with a few parameters.

`preset: NAME` with `with: {…}` becomes the check that the preset describes, before anything else
reads the file; what a check says itself wins over its preset. Everything that came from the preset
stands where the word `preset` stands, so that problems point to a line the reader wrote.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from bot.files.estate.fields import Name, Shape, Text, WebAddress, optional, parts
from bot.files.problems import Problem, did_you_mean
from bot.files.validate import validate
from bot.files.yaml_source import NOTHING, Node, YamlEntry, YamlSource, holding, read_yaml_file
from bot.language.redaction import Secret

_PLACE = re.compile(r"<([a-z][a-z0-9_]*)>")
_MERGED = frozenset({"signals"})


class ParamShape(Shape):
    """Something that a preset must be told."""

    about: Text = Field(description="What it is and where to find it.")
    example: Any = optional("A value of the right form.")
    default: Any = optional("What it is when nothing is said.")
    optional: bool = optional("Whether the preset works without it.", False)


class UncertainShape(Shape):
    """A detail that was not seen in the publisher's own reference."""

    what: Text = Field(description="The field, parameter or address.")
    grade: Literal["B", "C"] = Field(description="B: seen second-hand; C: an assumption.")


class PresetShape(Shape):
    """A check of one platform, with places for its parameters."""

    title: Name = Field(description="What is watched, in a line.")
    about: Text = Field(description="What it sees and what it does not.")
    sources: list[WebAddress] = Field(min_length=1, description="Where the form was read.")
    grade: Literal["A", "B", "C"] = Field(description="How sure the form is as a whole.")
    uncertain: list[UncertainShape] = parts("Details that are less sure than the whole.", list)
    params: dict[Name, ParamShape] = parts("What to fill in.", dict)
    check: dict[Name, Any] = Field(description="The check, with <name> for parameters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """`check` is the check as a tree, in which `<name>` stands for a parameter, and `defaults` the
    values of those that need not be given."""

    id: str
    shape: PresetShape
    check: Node
    defaults: Mapping[str, Node]


@cache
def load_presets(folder: Path) -> Mapping[str, Preset]:
    """Every preset in `folder` by its name, each read when it is asked for: most estates use few.
    Asking raises ValueError for one that is broken, since they ship with the program."""
    return _Presets({path.stem: path for path in sorted(folder.glob("*.yaml"))})


class _Presets(Mapping[str, Preset]):
    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def __getitem__(self, name: str) -> Preset:
        return _load(self._files[name])

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@cache
def _load(path: Path) -> Preset:
    source = read_yaml_file(path)
    shape, problems = validate(PresetShape, source)
    problems = (*source.problems, *problems)
    if problems or shape is None or source.root is None:
        raise ValueError("; ".join(str(problem) for problem in problems))
    params = source.root.get("params")
    return Preset(
        id=path.stem,
        shape=shape,
        check=source.root.get("check"),
        defaults={
            name: entry.node.get("default")
            for name, entry in params.entries()
            if entry.node.get("default") is not NOTHING
        },
    )


def with_presets(
    source: YamlSource, presets: Mapping[str, Preset]
) -> tuple[YamlSource, list[Problem]]:
    """`source` with every preset filled in, and what is wrong with how they are used."""
    root = source.root
    if root is None:
        return source, []
    found: list[Problem] = []
    connections: dict[str, YamlEntry] = {}
    for name, entry in root.get("connections").entries():
        checks = entry.node.get("checks")
        if any({"preset", "with"} & set(dict(check.entries())) for check in checks.elements()):
            filled = [_filled(source.file, check, presets, found) for check in checks.elements()]
            filled_in = _with(entry.node, "checks", holding(checks, tuple(filled)))
            entry = replace(entry, node=filled_in)
        connections[name] = entry
    if not connections:
        return source, []
    whole = holding(root.get("connections"), connections)
    return replace(source, root=_with(root, "connections", whole)), found


def _with(node: Node, key: str, part: Node) -> Node:
    """`node` with something else under one of its keys."""
    entries = dict(node.entries())
    return holding(node, {**entries, key: replace(entries[key], node=part)})


def _filled(file: str, check: Node, presets: Mapping[str, Preset], found: list[Problem]) -> Node:
    entries = dict(check.entries())
    named = entries.pop("preset", None)
    told = entries.pop("with", None)
    if named is None:
        if told is not None:
            hint = "name the preset, as preset: NAME, or take 'with' away"
            found.append(
                Problem.at(file, told, "'with' fills in a preset, and none is named", hint)
            )
        return check
    given = dict((told.node if told else NOTHING).entries())
    preset = presets.get(named.node.text)
    wrong = _misuse(named.node, preset, presets, given, "kind" in entries)
    if told and not isinstance(told.node.value, Mapping | None):
        hint = "write each under its name, as with: {url: …}"
        wrong = [(told.node, "must be a mapping of keys in with", hint)]
    if wrong or preset is None:
        found += [Problem.at(file, *one) for one in wrong]
        # There is no telling what the check would have been: say no more about it.
        kind = Node(line=named.line, column=named.column, value="", unreadable=True)
        return holding(check, {**entries, "kind": replace(named, node=kind)})
    values = {**preset.defaults, **{name: entry.node for name, entry in given.items()}}
    whole = _substituted(preset.check, values, named.node) or NOTHING
    for key, entry in whole.entries():
        own = entries.get(key)
        if own is None:
            entries[key] = entry
        # Signals have names and can be added to; anything else that a check says replaces the
        # whole.
        elif key in _MERGED and isinstance(own.node.value, Mapping):
            both = {**dict(entry.node.entries()), **dict(own.node.entries())}
            entries[key] = replace(own, node=holding(own.node, both))
    return holding(check, entries)


_Wrong = tuple[Node | YamlEntry, str, str]


def _misuse(
    named: Node,
    preset: Preset | None,
    presets: Mapping[str, Preset],
    given: Mapping[str, YamlEntry],
    has_kind: bool,
) -> list[_Wrong]:
    """What is wrong, each with its place and a hint."""
    if named.unreadable:
        return []
    if preset is None:
        hint = did_you_mean(named.text, presets) or "docs/presets.md lists them"
        return [(named, f"unknown preset '{named.raw}'", hint)]
    wrong: list[_Wrong] = []
    if has_kind:
        wrong.append((named, "give a kind or a preset, not both", "leave out the kind"))
    params = preset.shape.params
    for name, entry in given.items():
        if name not in params:
            hint = did_you_mean(name, params) or f"known here: {', '.join(params)}"
            wrong.append((entry, f"the preset {preset.id} has no '{name}'", hint))
    for name, param in params.items():
        if name not in given and name not in preset.defaults and not param.optional:
            message = f"the preset {preset.id} needs '{name}' under with"
            wrong.append((named, message, param.about))
    return wrong


def _substituted(node: Node, values: Mapping[str, Node], at: Node) -> Node | None:
    """`node`, standing at `at`, with its places filled; None when a value that it needs was not
    given, or when nothing is left of what it held."""
    if isinstance(node.value, Mapping):
        entries = {
            key: YamlEntry(line=at.line, column=at.column, node=inner)
            for key, entry in node.entries()
            if (inner := _substituted(entry.node, values, at)) is not None
        }
        # A mapping of which every value was optional goes with them; an empty one in the preset
        # stays.
        if node.value and not entries:
            return None
        return holding(_placed(node, at), entries)
    if isinstance(node.value, tuple):
        elements = [
            inner
            for element in node.value
            if (inner := _substituted(element, values, at)) is not None
        ]
        if node.value and not elements:
            return None
        return holding(_placed(node, at), tuple(elements))
    if not isinstance(node.value, str):
        return _placed(node, at)
    return _text(node, values, at)


def _text(node: Node, values: Mapping[str, Node], at: Node) -> Node | None:
    text = str(node.value)
    names = _PLACE.findall(text)
    if any(name not in values for name in names):
        return None
    # The whole value keeps its type: a number, a list or a secret does not become text.
    if len(names) == 1 and text == f"<{names[0]}>":
        return values[names[0]]
    whole = _PLACE.sub(lambda place: _plain(values[place.group(1)].value), text)
    taken = [values[name].value for name in names if values[name].secret]
    raw = _PLACE.sub(lambda place: values[place.group(1)].raw, node.raw)
    return replace(_placed(node, at), value=_with_parts(whole, taken) if taken else whole, raw=raw)


def _with_parts(whole: str, taken: Iterable[Any]) -> Secret:
    return Secret(whole, (part for one in taken for part in (one, *one.parts)))


def _plain(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


def _placed(node: Node, at: Node) -> Node:
    return replace(node, line=at.line, column=at.column)
