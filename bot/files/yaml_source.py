"""Reads YAML text into a tree in which every value knows its line and column, with every problem of
the text itself.

The scalars are those of YAML 1.2 (`no`, `on`, `12:30` and dates stay text), explicit tags are
refused, and size, depth and what anchors unfold to are bounded: a file can be wrong, never costly.
Anchored nodes are shared, never copied, so a tree is no larger than its file; `size` and `height`
say how large and deep it would be written out.

Asking for a part that is not there gives the empty node `NOTHING`, so rules can walk a document of
any shape without asking at each step.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.files.problems import Problem, in_order
from bot.files.substitution import Outside, Unresolved, substitute
from bot.files.yaml_slips import Slip, malformed, open_quote, span_of
from bot.language.redaction import Secret

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`value` is a scalar, a tuple of nodes, or entries by key; `raw` is a scalar as written."""

    line: int
    column: int
    value: "Scalar | tuple[Node, ...] | Mapping[str, YamlEntry]"
    raw: str = ""
    size: int = 1
    height: int = 1
    unreadable: bool = False  # already reported; nothing more is to be said of it

    def get(self, key: str) -> "Node":
        """The value under `key`, or NOTHING."""
        entry = self.value.get(key) if isinstance(self.value, Mapping) else None
        return entry.node if entry else NOTHING

    def entries(self) -> "Iterator[tuple[str, YamlEntry]]":
        if isinstance(self.value, Mapping):
            yield from self.value.items()

    def elements(self) -> "Iterator[Node]":
        if isinstance(self.value, tuple):
            yield from self.value

    def walk(self) -> "Iterator[tuple[str, Node]]":
        """This node and all below it with the keys that they stand under, empty where they stand
        under none. What is shared by anchors is given once for each key."""
        seen: set[tuple[str, int]] = set()
        ahead = [("", self)]
        while ahead:
            key, node = ahead.pop()
            # Anchors make a graph of the tree; without this, ten lines could unfold to millions.
            if (key, id(node)) not in seen:
                seen.add((key, id(node)))
                yield key, node
                ahead.extend((inner, entry.node) for inner, entry in node.entries())
                ahead.extend(("", element) for element in node.elements())

    @property
    def text(self) -> str:
        """The scalar when it is text, else empty."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def secret(self) -> bool:
        return isinstance(self.value, Secret)

    def plain(self) -> Any:
        """Dicts, lists and scalars, as pydantic wants them."""
        if isinstance(self.value, Mapping):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        if isinstance(self.value, tuple):
            return [element.plain() for element in self.value]
        return self.value

    def nearest(self, path: Sequence[str | int]) -> "tuple[YamlEntry, int]":
        """The deepest part along `path` that is written down, and how many steps led to it."""
        found, steps = YamlEntry(line=self.line, column=self.column, node=self), 0
        for part in path:
            step = found.node._step(part)
            if step is None:
                break
            found, steps = step, steps + 1
        return found, steps

    def _step(self, part: str | int) -> "YamlEntry | None":
        if isinstance(self.value, Mapping):
            return self.value.get(str(part))
        if isinstance(self.value, tuple) and isinstance(part, int) and part < len(self.value):
            element = self.value[part]
            return YamlEntry(line=element.line, column=element.column, node=element)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlEntry:
    """A key's own position and the value behind it."""

    line: int
    column: int
    node: Node


NOTHING = Node(line=1, column=1, value=None)


def holding(node: Node, value: "tuple[Node, ...] | Mapping[str, YamlEntry]") -> Node:
    """`node` with other members, by key or in order."""
    parts = [one.node for one in value.values()] if isinstance(value, Mapping) else value
    return replace(
        node,
        value=value,
        size=1 + sum(part.size for part in parts),
        height=1 + max((part.height for part in parts), default=0),
    )


MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_NODES = 500_000

# libyaml reads the same text many times faster, and is not in every build of PyYAML.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Without leading zeros: 0123 is octal to YAML 1.1, and to people an id.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{0,18}(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_MERGES = "'<<' takes a mapping or a list of mappings"
_WORDS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlSource:
    """`root` is None when the text could not be read to its end. `secrets` are the values that
    came from outside the file."""

    file: str
    root: Node | None
    problems: tuple[Problem, ...] = ()
    secrets: frozenset[Secret] = frozenset()

    def problem(self, path: Sequence[str | int], message: str, hint: str = "") -> Problem:
        """A problem with what stands at `path`, or with the nearest part that is written down."""
        node = self.root.nearest(path)[0].node if self.root else NOTHING
        return Problem.at(self.file, node, message, hint)


def read_yaml(raw: bytes | str, *, file: str, outside: Outside | None = None) -> YamlSource:
    """The document in `raw`, whose top level must be a mapping. `file` is the name in problems.
    `${…}` is filled in when `outside` is given and is ordinary text when it is None."""
    reader = _Reader(file, outside)
    root: Node | None = None
    try:
        root = reader.document(_text(raw))
    except Slip as slip:
        reader.report(slip)
    return YamlSource(
        file=file,
        root=root,
        problems=in_order(reader.problems),
        secrets=frozenset(reader.secrets),
    )


def read_yaml_file(path: Path, *, outside: Outside | None = None) -> YamlSource:
    """As `read_yaml`; a file that cannot be opened is a problem, not an exception."""
    try:
        with path.open("rb") as source:
            raw = source.read(MAX_BYTES + 1)
    except OSError as error:
        return YamlSource(file=path.name, root=None, problems=(unreadable(path, error),))
    return read_yaml(raw, file=path.name, outside=outside)


def unreadable(path: Path, error: OSError) -> Problem:
    message = f"the file cannot be read: {error.strerror or 'unknown reason'}"
    return Problem(file=path.name, line=0, column=0, message=message)


def problems_at(
    path: Path, places: Sequence[tuple[str | int, ...]], message: str
) -> tuple[Problem, ...]:
    """One problem with the same words at each of `places` in the file, in its order."""
    source = read_yaml_file(path) if places else None
    if source is None or source.root is None:
        return ()
    return in_order(source.problem(place, message) for place in places)


def _text(raw: bytes | str) -> str:
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > MAX_BYTES:
        raise Slip(1, 1, f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        line = before.count(b"\n") + 1
        raise Slip(line, column, "this is not UTF-8 text", "save the file as UTF-8") from None
    # Before the parser, whose error for these has no line.
    odd = _UNPRINTABLE.search(text)
    if odd:
        line_start = text.rfind("\n", 0, odd.start()) + 1
        line = text.count("\n", 0, odd.start()) + 1
        raise Slip(line, odd.start() - line_start + 1, "a control character is not allowed here")
    return text


def _plain_scalar(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Reader:
    """Builds nodes from PyYAML's event stream, one call of `node` per value."""

    def __init__(self, file: str, outside: Outside | None) -> None:
        self.file, self.outside = file, outside
        self.problems: list[Problem] = []
        self.secrets: set[Secret] = set()
        self.anchors: dict[str, Node | None] = {}  # None while the anchored value is being read
        self.lines: list[str] = []
        self.last: Any = None  # the event before the one that could not be read

    def report(self, slip: Slip) -> None:
        self.problems.append(Problem.at(self.file, slip, slip.message, slip.hint))

    def document(self, text: str) -> Node:
        loader = _Loader(text)
        self.lines = text.split("\n")
        try:
            self.events = loader
            self._next()  # the stream starts
            if loader.check_event(yaml.StreamEndEvent):
                raise Slip(1, 1, "the file is empty")
            self._next()  # the document starts
            root = self.node(self._next(), 0)
            self._next()
            if not loader.check_event(yaml.StreamEndEvent):
                raise Slip(*_at(self._next()), "only one document may stand in a file")
        except yaml.MarkedYAMLError as error:
            raise malformed(error, self.lines, self.last) from None
        except yaml.YAMLError:
            raise Slip(1, 1) from None
        finally:
            loader.dispose()
        if not isinstance(root.value, Mapping):
            raise Slip(root.line, root.column, "the top level must be a mapping of keys")
        return root

    def _next(self) -> Any:
        self.last = self.events.get_event()
        return self.last

    def node(self, event: Any, depth: int) -> Node:
        at = _at(event)
        if depth > MAX_DEPTH:
            raise Slip(*at, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.anchor:
            # An alias within its own anchor would make a tree without an end.
            self.anchors[event.anchor] = None
        if event.tag is not None and event.tag != "!":
            own = event.tag.startswith("!")
            hint = "leave it out" + (" or, where it begins a text, quote that" if own else "")
            self.report(Slip(*at, f"the tag {event.tag} is not used here", hint))
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if node.height > MAX_DEPTH:
            raise Slip(*at, f"aliases nest more than {MAX_DEPTH} levels deep")
        if node.size > MAX_NODES:
            raise Slip(*at, f"unfolds to more than {MAX_NODES:,} values")
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        name = event.anchor
        node = self.anchors.get(name)
        if node is None:
            known = name in self.anchors
            why = "stands inside its own anchor" if known else "has no anchor before it"
            hint = "" if known else "put quotes around a text that starts with *"
            raise Slip(*_at(event), f"the alias *{name} {why}", hint)
        return node

    def _scalar(self, event: Any) -> Node:
        line, column = _at(event)
        if event.end_mark.line + 1 != line and (
            found := open_quote(self.lines, span_of(event, self.lines))
        ):
            raise found
        plain = event.implicit[0] and not event.style
        value = _plain_scalar(event.value) if plain else event.value
        unreadable = False
        if self.outside and isinstance(value, str):
            try:
                value = substitute(value, self.outside)
            except Unresolved as error:
                self.report(Slip(line, column, str(error)))
                value, unreadable = "", True
        if isinstance(value, Secret):
            self.secrets.add(value)
        return Node(line=line, column=column, value=value, raw=event.value, unreadable=unreadable)

    def _sequence(self, event: Any, depth: int) -> Node:
        line, column = _at(event)
        elements: list[Node] = []
        while not isinstance(following := self._next(), yaml.SequenceEndEvent):
            elements.append(self.node(following, depth + 1))
        return holding(Node(line=line, column=column, value=()), tuple(elements))

    def _mapping(self, event: Any, depth: int) -> Node:
        line, column = _at(event)
        own: dict[str, YamlEntry] = {}
        under: dict[str, YamlEntry] = {}
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            at = _at(key)
            if not isinstance(key, yaml.ScalarEvent):
                # Read all the same, or its parts would be taken for the keys that follow.
                self.node(key, depth + 1)
                self.node(self._next(), depth + 1)
                self.report(Slip(*at, "a key must be plain text"))
                continue
            value = self.node(self._next(), depth + 1)
            if key.value == "<<":
                # Own keys win over merged ones wherever `<<` stands among them.
                under = {**self._merged(value), **under}
            elif key.value in own:
                first = own[key.value].line
                self.report(Slip(*at, f"duplicate key '{key.value}' (first in line {first})"))
            else:
                own[key.value] = YamlEntry(line=at[0], column=at[1], node=value)
        return holding(Node(line=line, column=column, value=None), {**under, **own})

    def _merged(self, value: Node) -> dict[str, YamlEntry]:
        """What stands under `<<`; of several mappings the first one that has a key gives it."""
        sources = list(value.elements()) or [value]
        if any(not isinstance(source.value, Mapping) for source in sources):
            self.report(Slip(value.line, value.column, _MERGES))
        return {key: entry for source in reversed(sources) for key, entry in source.entries()}


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
