"""Runs a pydantic model over a document and turns its errors into problems with positions.

Pydantic's own words are kept where they help and replaced where they speak to programmers. A
value that came from outside the file never gets into a message.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.files.estate.entries import Through
from bot.files.problems import Problem, ProblemLevel, did_you_mean
from bot.files.yaml_source import Node, YamlSource
from bot.language.errors import Doubt, Mistake
from bot.language.redaction import Secret

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]

# Entries of these are named by their id or place, which the line number already tells.
_SECTIONS = frozenset(
    {"people", "systems", "parties", "connections", "releases", "changes"}
    | {"maintenance", "accepted", "calendars"}
)
SHORTEST_SECRET = 4  # shorter values are guarded by position only; hiding them garbles words
_LONGEST_TEXT = 300

_WORDS = {
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "too_short": "must not be empty",
    "dict_type": "must be a mapping of keys",
    "model_type": "must be a mapping of keys",
    "model_attributes_type": "must be a mapping of keys",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
}


def validate(
    model: type[Model],
    source: YamlSource,
    *,
    at: Path = (),
    value: Any = None,
    context: Any = None,
    also_known: Collection[str] = (),
) -> tuple[Model | None, tuple[Problem, ...]]:
    """The part of `source` at `at` as `model`, or None and every problem in it. `value` replaces
    what is written there when the caller has taken keys out of it."""
    root = source.root
    if root is None:
        return None, ()
    if value is None:
        value = root.nearest(at)[0].node.plain()
    try:
        return model.model_validate(value, context=context), ()
    except ValidationError as error:
        # Without the input: it may hold a password.
        details = error.errors(include_url=False, include_context=True, include_input=False)
    asked = _Asked(model=model, file=source.file, root=root, at=at, also_known=also_known)
    problems = (_problem(asked, detail) for detail in details)
    return None, tuple(problem for problem in problems if problem is not None)


def doubted(file: str, root: Node, doubt: Doubt, at: Path = ()) -> Problem:
    """The warning that a doubt is, about what stands below `at`."""
    node = root.nearest((*at, *doubt.at))[0].node
    return Problem.at(file, node, doubt.message, doubt.hint, ProblemLevel.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was validated, and where it stands."""

    model: type[BaseModel]
    file: str
    root: Node
    at: Path
    also_known: Collection[str]

    def keys(self, steps: Path) -> list[str]:
        known = keys_of(self.model, steps)
        return known if steps else sorted({*known, *self.also_known})


def _problem(asked: _Asked, detail: ErrorDetails) -> Problem | None:
    on_key = "[key]" in detail["loc"] or detail["type"] == "extra_forbidden"
    said = detail.get("ctx", {}).get("error")
    deeper = said.at if isinstance(said, Mistake) else ()
    steps = (*(part for part in detail["loc"] if part != "[key]"), *deeper)
    whole = (*asked.at, *steps)
    entry, depth = asked.root.nearest(whole)
    node = entry.node
    # The value could not be filled in, which is told; that the empty text does not fit is not.
    if node.unreadable:
        return None
    # Union members and the like add names to a path that the file does not have.
    written = whole[:depth]
    message, hint = _say(asked, detail, node, steps, written)
    by_key = on_key or detail["type"] == "missing" or not depth
    return Problem.at(asked.file, entry if by_key else node, message, hint)


def _say(
    asked: _Asked, detail: ErrorDetails, node: Node, steps: Path, written: Path
) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    where = place(written)
    name = str(steps[-1]) if steps else ""
    if kind == "missing":
        return f"'{name}' is missing{where}", ""
    if kind == "extra_forbidden":
        return _unknown_key(asked, name, place(written[:-1]), asked.keys(steps[:-1]))
    if kind == "string_type" and isinstance(node.value, int | float):
        return f"must be text{where}", f'write it in quotes: "{node.raw}"'
    if kind == "string_type" and isinstance(node.value, Mapping | tuple):
        return f"must be text{where}", "put quotes around a text that starts with { or ["
    if node.secret:
        return f"the value from outside the file does not fit{where}", ""
    if kind in ("literal_error", "enum"):
        on_key = "[key]" in detail["loc"]
        expected = str(context.get("expected", ""))
        if on_key:
            return _no_choice("key", name, place(written[:-1]), expected)
        return _no_choice("value", node.raw, where, expected)
    if kind in ("dict_type", "model_type") and isinstance(node.value, tuple) and len(written) == 1:
        return f"must be a mapping{where}", "write each under its id, as alice: {name: …}, no dash"
    text = detail["msg"].removeprefix("Value error, ").replace("Input should", "must")
    hint = str(getattr(context.get("error"), "hint", "") or context.get("hint", ""))
    if kind == "value_error" and where:
        return f"{where.removeprefix(' in ')}: {text}", hint
    return f"{_WORDS.get(kind, text)}{where}", hint


def _unknown_key(asked: _Asked, name: str, inside: str, known: Collection[str]) -> tuple[str, str]:
    if ":" in name and name.partition(":")[0] in known:
        return "a blank is missing after a ':'", ""
    if lacking := _no_colon(name, known):
        return f"{lacking}{inside}", ""
    told = getattr(asked.model, "ELSEWHERE", {}).get(name, "")
    hint = told or did_you_mean(name, known) or _listed(known)
    return f"unknown key '{name}'{inside}", hint


def _no_choice(what: str, said: str, inside: str, expected: str) -> tuple[str, str]:
    # pydantic gives the choices as one sentence: 'a', 'b' or 'c'.
    known = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    if what == "key" and (lacking := _no_colon(said, known)):
        return f"{lacking}{inside}", ""
    hint = did_you_mean(said, known) or f"write one of {', '.join(known)}"
    return f"unknown {what} '{said}'{inside}", hint


def _no_colon(key: str, known: Collection[str]) -> str:
    """What YAML takes for a longer key, between braces also without a value: `{owner alice}`."""
    first = key.split(" ")[0]
    return f"a ':' is missing after '{first}'" if first != key and first in known else ""


def _listed(known: Collection[str]) -> str:
    return f"known here: {', '.join(known)}" if 0 < len(known) <= 8 else ""


def place(path: Sequence[str | int]) -> str:
    """` in owners.technical`: the path below the entry of a section, as a reader says it."""
    inner = path[2:] if path and path[0] in _SECTIONS else path
    text = ""
    for part in inner:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return f" in {text}" if text else ""


def keys_of(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys that the part of `model` at `path` knows; empty when it has none of its own."""
    found: Any = model
    for part in path:
        fields = _fields(found)
        found = _inside(found) if fields is None else fields.get(str(part))
    return sorted(_fields(found) or ())


def _fields(annotation: Any) -> Mapping[str, Any] | None:
    for part in _flat(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            fields = part.model_fields.items()
            return {field.alias or name: field.rebuild_annotation() for name, field in fields}
    return None


def _inside(annotation: Any) -> Any:
    """What a list or a mapping holds; the annotation itself for anything else."""
    for part in _flat(annotation):
        held = [argument for argument in get_args(part) if argument is not ...]
        if held:
            return held[-1]
    return annotation


def _flat(annotation: Any) -> Iterable[Any]:
    """Members of a union, the types inside Annotated, and the models of classes of the core."""
    if hasattr(annotation, "__metadata__"):
        table = next((one for one in annotation.__metadata__ if isinstance(one, Through)), None)
        kind = annotation.__origin__
        yield from (table.model(kind),) if table else _flat(kind)
    elif type(None) in get_args(annotation):
        for member in get_args(annotation):
            yield from _flat(member)
    else:
        yield annotation


def presentable(problems: Iterable[Problem], secrets: Iterable[Secret]) -> list[Problem]:
    """The last guard: no value from outside the file survives in a message or a hint, and none
    of these is longer than a few lines."""
    # Longest first: of a secret that holds another one no rest may stay.
    values = sorted({secret.reveal() for secret in secrets}, key=len, reverse=True)
    values = [value for value in values if len(value) >= SHORTEST_SECRET]

    def clean(text: str) -> str:
        for value in values:
            text = text.replace(value, "***")
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"

    return [
        replace(problem, message=clean(problem.message), hint=clean(problem.hint))
        for problem in problems
    ]
