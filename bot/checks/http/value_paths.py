"""The words in which settings say where a value stands in an answer: paths, headers, patterns.

Every path and pattern is compiled when it is read, so that one that cannot work is refused then. A
path that starts with `/` is for XML, any other is JSONPath.

Paths into XML, such as `/Envelope/Body/Row`, `//Row[State='64']/Id` or `//Row/@id`, are the XPath
subset of Python's own ElementTree, with an attribute as the last step. Namespaces are dropped when
a document is read, so a path names elements as people do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Self
from xml.etree.ElementTree import Element

import jsonpath
from jsonpath import JSONPath
from jsonpath.exceptions import JSONPathError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


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


if TYPE_CHECKING:
    import regex


@lru_cache(maxsize=1024)
def compiled(path: str) -> JSONPath | XmlPath:
    """Raises ValueError when `path` is neither JSONPath nor a path into XML."""
    if path.startswith("/"):
        return XmlPath.of(path)
    try:
        found = jsonpath.compile(path)
    except JSONPathError as error:
        raise ValueError(f"not a JSONPath: {error.message}") from None
    if not isinstance(found, JSONPath):
        raise ValueError("compound paths with | or & are not supported")
    return found


@lru_cache(maxsize=1024)
def pattern(text: str) -> "regex.Pattern[str]":
    """Raises ValueError when `text` is not a regular expression."""
    # Not `re`, whose searches know no time limit.
    import regex  # few checks have a pattern

    try:
        return regex.compile(text)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None


def _checked_path(path: str) -> str:
    compiled(path)
    return path


def _checked_pattern(text: str) -> str:
    pattern(text)
    return text


Path = Annotated[str, AfterValidator(_checked_path)]
Pattern = Annotated[str, AfterValidator(_checked_pattern)]


class Pick(StrEnum):
    """What several matches become."""

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    COUNT = "count"
    SHAPE = "shape"  # a fingerprint of field names and types
    HASH = "hash"  # a fingerprint of the values themselves


_COUNTED = frozenset({Pick.COUNT, Pick.SHAPE, Pick.HASH})
_ANY_OF = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}")  # classes, and how often
_LETTER = re.compile("[A-DF-Za-df-z]")  # an e may be a number's


class _Written(BaseModel):
    """A part of the settings that may be written short, as the text of its path."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Either form, so that editors accept a bare path."""
        return {"anyOf": [{"type": "string", "description": "Path."}, handler(schema)]}

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value


class Source(_Written):
    """Where a value stands: a place in the body, a response header, or what a pattern finds."""

    path: Path | None = Field(None, description="JSONPath or, starting with /, a path into XML.")
    header: str | None = Field(None, description="Name of a response header.")
    regex: Pattern | None = Field(
        None,
        description="Pattern whose first group is the value; on the path or header, else the body.",
    )
    pick: Pick = Field(Pick.FIRST, description="What several matches become.")
    of: Path | None = Field(
        None, description="The value is the number of matches as a share of those of this path."
    )
    scale: float | None = Field(None, description="Number to multiply the value with.")
    map: Mapping[str, str | bool | float] | None = Field(
        None, description="What a text stands for; '*' is any other."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.path and self.header:
            raise ValueError("give either a path or a header")
        if not (self.path or self.header or self.regex):
            raise ValueError("give a path, a header or a regex")
        if self.of and not self.path:
            raise ValueError("a share needs a path to count")
        return self

    def gives_words(self) -> bool:
        """Whether every match of the pattern holds letters and is taken as a whole."""
        if self.regex is None or self.map is not None or self.pick in _COUNTED:
            return False
        rest = _ANY_OF.sub("", self.regex)
        certain = not set("(|?*") & set(rest) and not pattern(self.regex).groups
        return certain and _LETTER.search(rest) is not None

    def place(self) -> str:
        """Where the value was looked for, in words."""
        if self.header:
            return f"header {self.header}"
        return self.path or f"pattern {self.regex}"


class Condition(_Written):
    """Something that holds of a body or not; with a path alone: that there is something."""

    path: Path = Field(description="Where to look.")
    equals: str | float | bool | None = Field(None, alias="is", description="It is this.")
    differs: str | float | bool | None = Field(
        None, alias="is_not", description="It is there and is not this."
    )
    exists: bool | None = Field(None, description="It is there and not empty, or is not.")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if sum(part is not None for part in (self.equals, self.differs, self.exists)) > 1:
            raise ValueError("give one of is, is_not and exists")
        return self


class Quota(BaseModel):
    """How much of the allowed calls is used up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    used: Source | None = Field(None, description="Calls used, or 32/40, or a percentage.")
    remaining: Source | None = Field(None, description="Calls left.")
    limit: Source | None = Field(None, description="Calls allowed.")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if (self.used is None) == (self.remaining is None):
            raise ValueError("give either used or remaining")
        if self.remaining is not None and self.limit is None:
            raise ValueError("what remains needs a limit to compare it with")
        return self


class FailedMapping(BaseModel):
    """Where the records in error are listed. Names are fields of one list item; `a.b` reaches
    into an inner object. Items with the same text are counted together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="Path of the list, or of its items.")
    text: str = Field("text", description="Field with the error text.")
    count: str | None = Field(None, description="Field with a number of records; without it 1.")
    oldest: str | None = Field(None, description="Field with the time of the oldest record.")
    ids: str | None = Field(None, description="Field with a record id or a list of them.")
    amount: str | None = Field(None, description="Field with the money at stake.")
    currency: str | None = Field(None, description="Field with the currency of the amount.")


class Pages(BaseModel):
    """Where the next page is. Give one of next, cursor and offset, or link."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Path = Field(description="Path of the list that goes on from page to page.")
    next: Path | None = Field(None, description="Path of the address of the next page.")
    link: bool = Field(False, description="The address is in the Link header (rel=next).")
    cursor: Path | None = Field(None, description="Path of the mark to ask the next page with.")
    offset: str | None = Field(None, description="Parameter that counts items to leave out.")
    param: str | None = Field(None, description="Parameter that takes the cursor.")
    most: Annotated[int, Field(ge=1, le=20)] = Field(5, description="Pages to read at most.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.next, self.link, self.cursor, self.offset)
        if sum(bool(way) for way in ways) != 1:
            raise ValueError("give one of next, link, cursor and offset")
        if (self.cursor is None) != (self.param is None):
            raise ValueError("a cursor needs the parameter that takes it, and only a cursor does")
        return self
