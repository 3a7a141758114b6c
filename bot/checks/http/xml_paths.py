"""Paths into XML: `/Envelope/Body/Row`, `//Row[State='64']/Id`, `//Row/@id`.

They are the XPath subset of Python's own ElementTree, with an attribute as the last step.
Namespaces are dropped when a document is read, so a path names elements as people do.
"""

from dataclasses import dataclass
from typing import Self
from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlPath:
    """`steps` as ElementTree wants them below a parent of the root; `attribute` may be empty."""

    steps: str
    attribute: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises ValueError when ElementTree does not understand the path."""
        steps, slash, last = text.rpartition("/")
        attribute = last.removeprefix("@") if slash and last.startswith("@") else ""
        path = cls(steps=f".{steps if attribute else text}", attribute=attribute)
        try:
            # Tried on an empty element: ElementTree parses a path only when it searches.
            Element("root").findall(path.steps)
            whole = path.steps.count("[") == path.steps.count("]")  # it may not notice
        except (SyntaxError, KeyError, IndexError, TypeError):
            whole = False
        if not whole:
            raise ValueError("not a path into XML; write /Root/Row, //Row or //Row/@id")
        return path

    def parent(self) -> "XmlPath | None":
        """The place in which this path selects; None when it searches the whole document."""
        steps, _, _ = self.steps.rpartition("/")
        return XmlPath(steps=steps) if steps not in ("", ".", "./") else None
