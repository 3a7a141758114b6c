"""A YAML document as a tree in which every value knows its line and column.

Anchored nodes are shared, never copied, so a tree is no larger than its file; `size` and
`height` say how large and deep it would be written out. Asking for a part that is not there gives
the empty node `NOTHING`, so rules can walk a document of any shape without asking at each step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.language.secret import Secret

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
