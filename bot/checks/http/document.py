"""A decoded answer of any format, behind one face: what stands at a path, what fields it has.

Reading never raises: a path that does not fit the document finds nothing. Work is bounded by the
number of matches, the length of text that patterns see, and their time.

Of an HTML page the words are read, for a reason that people read: error pages of proxies and
gateways come as HTML whatever was asked for. What is wrong stands at the top, so only the beginning
is read.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from itertools import islice
from typing import Any, Protocol
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from jsonpath import JSONPath
from jsonpath.exceptions import JSONPathError
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import Filter, SliceSelector, WildcardSelector

from bot.checks.http.value_paths import XmlPath, compiled, pattern
from bot.language.scalars import TooNested, bounded, json_rows

MOST_MATCHES = 20_000
_CHOOSING = (Filter, SliceSelector, WildcardSelector)
# A pattern of a file may try every way to fit a text, which takes longer than anybody waits.
_PATTERN_SEES = 256 * 1024  # characters
_PATTERN_SECONDS = 0.5


class UnreadableAnswer(Exception):
    """The body is not what it should be; the text says what it was meant to be."""


class Document(Protocol):
    """An answer that can be asked."""

    def values(self, path: str) -> list[Any]:
        """What stands at `path`, at most MOST_MATCHES of it."""

    def items(self, path: str) -> list[Any]:
        """As `values`, for things that have fields."""

    def has_parent(self, path: str) -> bool:
        """Whether the place in which `path` selects exists, so no match means an empty list."""

    def field(self, item: Any, name: str | None) -> Any:
        """The field `name` of an item; None when there is none."""


class JsonDocument:
    """Dicts, lists and scalars, asked by JSONPath."""

    def __init__(self, body: Any) -> None:
        self.body = body

    @classmethod
    def read(cls, text: str) -> "JsonDocument":
        try:
            body = json.loads(text)
            bounded(json_rows(body))
        except TooNested as error:
            raise UnreadableAnswer(f"JSON of {error}") from None
        except (ValueError, RecursionError):
            raise UnreadableAnswer("JSON") from None
        return cls(body)

    def values(self, path: str) -> list[Any]:
        found = compiled(path)
        return self._at(found) if isinstance(found, JSONPath) else []

    items = values

    def has_parent(self, path: str) -> bool:
        found = compiled(path)
        if not isinstance(found, JSONPath) or not found.segments:
            return False
        above = JSONPath(env=found.env, segments=found.segments[:-1])
        if _selects(found):
            return bool(self._at(above))
        # A field that no item has is missing; only where there are no items is it not.
        if not _selects(above) or self._at(above):
            return False
        return bool(self._at(JSONPath(env=found.env, segments=above.segments[:-1])))

    def field(self, item: Any, name: str | None) -> Any:
        for part in name.split(".") if name else ():
            item = item.get(part) if isinstance(item, dict) else None
        return item if name else None

    def _at(self, path: JSONPath) -> list[Any]:
        if not isinstance(self.body, (dict, list)):
            return []
        try:
            return [match.obj for match in islice(path.finditer(self.body), MOST_MATCHES)]
        # A path that passed at reading can still meet values it does not fit.
        except (JSONPathError, RecursionError):
            return []


def _selects(path: JSONPath) -> bool:
    """Whether the last step of `path` chooses among items, rather than naming one thing."""
    if not path.segments:
        return False
    step = path.segments[-1]
    return isinstance(step, JSONPathChildSegment) and any(
        isinstance(selector, _CHOOSING) for selector in step.selectors
    )


def _rows(root: Element) -> Iterator[int]:
    """The number of elements on each level: the text of one is that of all within it."""
    row = [root]
    while row:
        yield len(row)
        row = [inner for element in row for inner in element]


class XmlDocument:
    """Elements without their namespaces, asked by the paths of `xml_paths`."""

    def __init__(self, root: Element) -> None:
        # ElementTree finds only below an element, and a path begins with the name of the root.
        self._above = Element("document")
        self._above.append(root)
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]

    @classmethod
    def read(cls, body: bytes) -> "XmlDocument":
        try:
            # No status needs a DTD, whose entities can read files and unpack to gigabytes.
            root = defusedxml.ElementTree.fromstring(body, forbid_dtd=True)
        # An encoding that Python lacks is a LookupError, and one of several bytes a ValueError.
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            raise UnreadableAnswer("XML") from None
        try:
            # The text of an element is that of all within it: the work is the square of the depth,
            # 8 s of the event loop for 20,000 levels, where no time limit can stop it.
            bounded(_rows(root))
        except TooNested as error:
            raise UnreadableAnswer(f"XML of {error}") from None
        return cls(root)

    def values(self, path: str) -> list[Any]:
        found = compiled(path)
        if not isinstance(found, XmlPath):
            return []
        elements = self._at(found)
        if found.attribute:
            return [value for e in elements if (value := e.get(found.attribute)) is not None]
        return [_text(element) for element in elements]

    def items(self, path: str) -> list[Any]:
        found = compiled(path)
        return self._at(found) if isinstance(found, XmlPath) else []

    def has_parent(self, path: str) -> bool:
        found = compiled(path)
        above = found.parent() if isinstance(found, XmlPath) else None
        return above is not None and bool(self._at(above))

    def field(self, item: Any, name: str | None) -> Any:
        if not name or not isinstance(item, Element):
            return None
        if name == ".":
            return _text(item)
        steps, _, attribute = name.replace(".", "/").partition("@")
        try:
            inner = item.find(steps.rstrip("/")) if steps else item
        except (SyntaxError, TypeError):  # not a path
            return None
        if inner is None:
            return None
        return inner.get(attribute) if attribute else _text(inner)

    def _at(self, path: XmlPath) -> list[Element]:
        return list(islice(self._above.iterfind(path.steps), MOST_MATCHES))


class TextDocument:
    """Plain text, in which only patterns find anything."""

    def values(self, path: str) -> list[Any]:
        return []

    items = values

    def has_parent(self, path: str) -> bool:
        return False

    def field(self, item: Any, name: str | None) -> Any:
        return None


def _text(element: Element) -> str | None:
    """All text inside an element; None when there is none, as with JSON null."""
    return "".join(islice(element.itertext(), MOST_MATCHES)).strip() or None


def searched(text: str, expression: str) -> list[str]:
    """What `expression` finds in the head of `text`: its first group, or all of a match. A
    pattern that takes too long finds nothing."""
    found = pattern(expression)
    group = 1 if found.groups else 0
    try:
        matches: Iterator[Any] = found.finditer(text[:_PATTERN_SEES], timeout=_PATTERN_SECONDS)
        return [match.group(group) or "" for match in islice(matches, MOST_MATCHES)]
    except TimeoutError:
        return []


_READ = 6_000  # characters; the standard parser takes the square of what a hostile page is long
_ENOUGH = 1_000
_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "font", "i", "small", "span", "strong", "u"})


def readable(text: str, content_type: str = "") -> str:
    """What a browser would show of `text`, its title first, when it is an HTML page."""
    start = text[:200].lstrip().lower()
    # By how it begins: gateways send their pages under the type of the API they stand before.
    page = start.startswith(("<!doctype html", "<html", "<head", "<body", "<title"))
    if not (page or (content_type.lower().startswith("text/html") and start.startswith("<"))):
        return text
    words = _Words()
    with suppress(AssertionError):  # from a broken declaration; what came before it is kept
        words.feed(text[:_READ])
        words.close()
    return words.said()


class _Words(HTMLParser):
    """Gathers visible text, piece by piece."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = [""]
        self._size = 0
        self._hidden = ""

    def said(self) -> str:
        """Blocks of text with a full stop between them; one that only repeats the last is left
        out, as a heading that says the title again."""
        flat = (" ".join(part.split()) for part in self._parts)
        kept = [part for part in dict.fromkeys(flat) if part]
        return " ".join(part if part[-1] in ".:;!?" else f"{part}." for part in kept)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._hidden and tag in _SILENT:
            self._hidden = tag
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden and self._size < _ENOUGH:
            self._parts[-1] += data[:_ENOUGH]
            self._size += len(data)

    def _part(self, tag: str) -> None:
        if tag not in _INLINE and self._parts[-1]:
            self._parts.append("")
