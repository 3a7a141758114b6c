"""Reads playbook files (one family of error texts a file, the more specific entry first), and
writes learned entries as such a file.

Patterns meet hostile text, so every repetition in them is bounded; and each entry brings a sample
that it must be the first to match, so that no entry hides another one unseen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.core.estate.lane import Lane, Layer
from bot.core.triage.error_text import normalise
from bot.core.triage.lesson import FAMILY, Proposal, entries_of
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry, match
from bot.core.triage.required_words import Pattern
from bot.files.content import yaml_files
from bot.files.problems import Problem, errors, in_order
from bot.files.runbooks.runbooks import ContentFile, Id, Words
from bot.files.validate import validate
from bot.files.yaml_source import YamlSource, read_yaml_file

UNCHECKED = "unchecked"  # the context of content that was found good before it shipped
# How often the repetitions of one branch of a pattern may multiply: it bounds the matching time.
MOST_STEPS = 2_000
LONGEST_PATTERN = 6_000  # characters, with the words of the file put in

_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CHARACTER_SET = re.compile(r"\[\^?\]?[^\]]*\]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BOUNDED = re.compile(r"\{(?:\d+,)?(\d+)\}")
_SPACES = re.compile(r"(?<=\|)\s{1,20}")  # a list of words may be broken after any bar
_NAMED = re.compile(r"\{([a-z][a-z-]{0,39})\}")


class EntryFile(ContentFile):
    id: Id
    pattern: Annotated[str, Field(min_length=3, max_length=LONGEST_PATTERN)]
    sample: Annotated[str, Field(min_length=3, max_length=600)]
    error_class: Annotated[ErrorClass, Field(alias="class")]
    meaning: Words
    first_check: Words
    fix: Words
    retry: Retry
    lane: Lane
    layer: Layer
    source: str | None = None
    grade: Literal["A", "B", "C"]
    general: bool = False
    ended: bool = False
    across: bool = False

    @field_validator("pattern")
    @classmethod
    def _bounded(cls, pattern: str, info: ValidationInfo) -> str:
        flaw = "" if info.context is UNCHECKED else pattern_flaw(pattern)
        if flaw:
            raise ValueError(flaw)
        return pattern


class PlaybookFile(ContentFile):
    """The whole of a playbook file; also the source of its JSON Schema."""

    family: Id
    also: tuple[Id, ...] = ()  # other names of the family
    source: str = ""
    words: Mapping[Id, str] = Field(default_factory=dict)
    entries: tuple[EntryFile, ...]

    @model_validator(mode="before")
    @classmethod
    def _with_words(cls, given: Any) -> Any:
        """Put the words of the file into the patterns that name them, such as `{object}`."""
        if not isinstance(given, Mapping) or not isinstance(given.get("words"), Mapping):
            return given
        words = {
            name: _SPACES.sub("", text)
            for name, text in given["words"].items()
            if isinstance(text, str)
        }
        return {**given, "entries": _filled(given.get("entries"), words)}

    @field_validator("entries")
    @classmethod
    def _some(cls, entries: tuple[EntryFile, ...]) -> tuple[EntryFile, ...]:
        if not entries:
            raise ValueError("the file has no entries")
        return entries

    def playbook_entries(self) -> Iterator[PlaybookEntry]:
        for entry in self.entries:
            values = dict(entry)
            values["pattern"] = Pattern(normalise(entry.pattern))
            values["source"] = self.source if entry.source is None else entry.source
            yield PlaybookEntry(**values, systems=(self.family, *self.also))


def _filled(entries: Any, words: Mapping[str, str]) -> Any:
    def fill(entry: Any) -> Any:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("pattern"), str):
            return entry
        # What is unknown stays as it is, so that `pattern_flaw` can name it.
        pattern = _NAMED.sub(lambda named: words.get(named[1], named[0]), entry["pattern"])
        return {**entry, "pattern": pattern}

    return [fill(entry) for entry in entries] if isinstance(entries, list | tuple) else entries


def load_playbook(directory: Path) -> tuple[Playbook, tuple[Problem, ...]]:
    """The entries of all files in `directory`, and everything that is wrong there."""
    entries, problems = read_entries(directory)
    return Playbook(entries=tuple(entries.values())), in_order(problems)


def pattern_flaw(pattern: str) -> str:
    """Why a pattern may not be used, or nothing when it may."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"the pattern cannot be read: {error}"
    if named := _NAMED.search(pattern):
        return f"the file defines no words called {named[1]!r}"
    # Signs within a set or behind a backslash repeat nothing.
    bare = _CHARACTER_SET.sub("x", _ESCAPED.sub("x", pattern))
    if _REPEATED_GROUP.search(bare):
        return "the pattern repeats a group, which can take for ever on a hostile text"
    if re.search(r"[*+]|\{\d*,\}", bare):
        return "the pattern repeats without an end; write {0,120} in place of * or +"
    # By branch: only what stands behind each other multiplies.
    if max(_steps(branch) for branch in bare.split("|")) > MOST_STEPS:
        return f"the repetitions of the pattern multiply to more than {MOST_STEPS:,} steps"
    return ""


def _steps(branch: str) -> int:
    steps = 1
    for most in _BOUNDED.findall(branch):
        steps *= max(int(most), 1)
    return steps


def read_entries(
    directory: Path, *, checked: bool = True
) -> tuple[dict[str, PlaybookEntry], list[Problem]]:
    """The entries of all files in a folder by id, and what is wrong there. Without `checked` nobody
    asks how patterns are made and whether each sample leads to its entry: that is most of the
    work, and what has shipped was asked before."""
    files, problems = yaml_files(directory)
    found: dict[str, tuple[PlaybookEntry, YamlSource, int]] = {}
    for path in files:
        source = read_yaml_file(path)
        parsed, invalid = validate(PlaybookFile, source, context=None if checked else UNCHECKED)
        problems += [*source.problems, *invalid]
        if parsed is None or errors(source.problems):
            continue
        for place, entry in enumerate(parsed.playbook_entries()):
            if entry.id in found:
                first = found[entry.id][1].file
                message = f"the entry id {entry.id!r} is used twice (first in {first})"
                problems.append(source.problem(("entries", place, "id"), message))
            else:
                found[entry.id] = (entry, source, place)
    entries = {key: entry for key, (entry, _, _) in found.items()}
    if not checked:
        return entries, problems
    playbook = Playbook(entries=tuple(entries.values()))
    for entry, source, place in found.values():
        problems += _entry_flaws(playbook, entry, source, place)
    return entries, problems


def _entry_flaws(
    playbook: Playbook, entry: PlaybookEntry, source: YamlSource, place: int
) -> Iterator[Problem]:
    if entry.grade == "A" and not entry.source:
        message = f"{entry.id!r} has grade A and names no source"
        yield source.problem(
            ("entries", place, "grade"), message, "name the source or take grade B"
        )
    hits = match(playbook, entry.sample, entry.systems)
    if not hits or hits[0].entry.id != entry.id:
        told = f"{hits[0].entry.id!r} matches it first" if hits else "nothing matches it"
        message = f"the sample of {entry.id!r} does not lead to it: {told}"
        hint = "put the more specific entry first, or mark the other one `general: true`"
        if not hits:
            hint = "one that reads several fields or lines as one is marked `across: true`"
        yield source.problem(("entries", place, "sample"), message, hint)


_HEAD = "# Learned from incidents and approved by an owner. Put it into the playbooks folder.\n"


def playbook_text(proposals: Iterable[Proposal]) -> str:
    """One YAML file with the approved entries. All families that they are for are other names of
    the file's own, so an entry stays near the systems it was learned on."""
    entries = entries_of(proposals)
    families = sorted({name for entry in entries for name in entry.systems} - {FAMILY})
    document: dict[str, Any] = {"family": FAMILY}
    if families:
        document["also"] = families
    document["entries"] = [_row(entry) for entry in entries]
    return _HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def exported_here(raw: bytes) -> bool:
    """Whether a file is one that `playbook_text` made."""
    return raw.startswith(_HEAD.encode())


def _row(entry: PlaybookEntry) -> dict[str, str | bool]:
    return {
        "id": entry.id,
        "pattern": entry.pattern.pattern,
        "sample": entry.sample,
        "class": entry.error_class.value,
        "meaning": entry.meaning,
        "first_check": entry.first_check,
        "fix": entry.fix,
        "retry": entry.retry.value,
        "lane": entry.lane.value,
        "layer": entry.layer.value,
        "grade": entry.grade,
        "across": entry.across,
    }
