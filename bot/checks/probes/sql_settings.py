"""What is told of a probe of kind `sql`: the database, and the queries. Every query is one SELECT
and nothing else.

The scan is a net under the administrator's feet, not a wall: the login used for monitoring should
have no right to write. What it cannot follow for sure, it refuses.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from bot.checks.probe import ProbeSettings
from bot.checks.setting_types import Zone
from bot.checks.templates import require_templates
from bot.core.monitoring.signals import Signal
from bot.language.errors import Doubt, Mistake, Place

_QUOTED = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]", re.DOTALL
)
# MySQL and MariaDB run what stands in a comment that begins with /*! or /*M!.
_DOUBTFUL = re.compile(r"\\'|/\*M?!|/\*(?:(?!\*/).)*/\*|\$\w*\$", re.DOTALL)
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|upsert|drop|alter|create|truncate|grant|revoke|call|exec"
    r"|execute|into|copy|vacuum|attach|detach|pragma|set|lock|do|load_file|pg_read_file"
    r"|xp_cmdshell|openrowset|openquery|opendatasource|dblink\w*|load_extension"
    r"|lo_(?:import|export|creat|create|put|unlink|from_bytea)|nextval|setval|next\s+value\s+for"
    r"|pg_(?:terminate|cancel)_backend|pg_reload_conf|query_to_xml\w*)\b",
    re.IGNORECASE,
)
_NAMES = frozenset(Signal)
_COUNTING, _WORD = re.compile(r"\(\s*\*\s*\)"), re.compile(r"\w+")
_BOUND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # as SQLAlchemy finds them, also within quotes


def require_select(text: str) -> str:
    """`text` without a closing semicolon. Raises ValueError when it is not one SELECT."""
    # Databases differ in what these mean, so nobody can tell for all of them where a text ends.
    if _DOUBTFUL.search(text):
        raise ValueError(
            "write the query without escaped quotes, $$ quotes, nested comments and /*! comments"
        )
    # Words in texts, names and comments write nothing: a column may be called "last update".
    bare = _QUOTED.sub(" ", text).strip().removesuffix(";").strip()
    if re.match(r"(select|with)\b", bare, re.IGNORECASE) is None:
        raise ValueError("a query begins with SELECT or WITH")
    if ";" in bare:
        raise ValueError("a query is one statement")
    # What a database takes for text here the scan took for SQL, or the other way round.
    if any(quote in bare for quote in ("'", '"', "`", "/*")):
        raise ValueError("a quote or comment is never closed")
    word = _WRITING.search(bare)
    if word:
        raise ValueError(f"a query only reads; it may not say {word.group(1).upper()}")
    stripped = text.strip()
    return stripped.removesuffix(";").rstrip()


def place_of(url: str) -> str:
    """Which database an address names, without its login. Raises ValueError for other text."""
    problem = "expected a database address such as postgresql://host/name"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ValueError(problem) from None
    backend = parts.scheme.partition("+")[0]
    if not backend or "://" not in url:
        raise ValueError(problem)
    return f"{backend}://{parts.hostname or ''}{port}{parts.path}"


Select = Annotated[str, AfterValidator(require_select)]


class SqlSettings(ProbeSettings):
    """Asks a database."""

    url: SecretStr = Field(
        description="Database address of SQLAlchemy, such as postgresql+psycopg://…; write ${NAME}."
    )
    signals: Mapping[Signal, Select] = Field(
        default_factory=dict, description="Signal name to a SELECT of one value."
    )
    row: Select | None = Field(None, description="SELECT of one row whose columns are signals.")
    failed: Select | None = Field(
        None,
        description="SELECT of records in error: text and, if known, count, oldest, ids, amount.",
    )
    bind: Annotated[Mapping[str, str | int | float | bool], AfterValidator(require_templates)] = (
        Field(default_factory=dict, description="Values for :names; may be time templates.")
    )
    timezone: Zone = Field("UTC", description="Zone of timestamps without an offset.")

    @field_validator("url")
    @classmethod
    def _database_address(cls, url: SecretStr) -> SecretStr:
        place_of(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.signals or self.row or self.failed):
            raise ValueError("give signals, row or failed")
        return self

    @model_validator(mode="after")
    def _all_bound(self) -> Self:
        for at, query in self._queries():
            if lacking := sorted({*_BOUND.findall(query)} - {*self.bind}):
                said = f"the query asks for :{lacking[0]}, and 'bind' does not give it"
                hint = f"write bind: {{{lacking[0]}: …}}, or \\: for a colon that is only text"
                raise Mistake(said, *at, hint=hint)
        return self

    def _queries(self) -> Iterator[tuple[Place, str]]:
        yield from ((("signals", name), query) for name, query in self.signals.items())
        yield from (((key,), query) for key in ("row", "failed") if (query := getattr(self, key)))

    def doubts(self) -> Iterator[Doubt]:
        asked = {name for _, query in self._queries() for name in _BOUND.findall(query)}
        for name in self.bind:
            if name not in asked:
                said = f"no query asks for :{name}"
                yield Doubt(at=("bind", name), message=said, hint=f"write :{name} where it belongs")

    def gives(self) -> frozenset[str] | None:
        """A column of `row` has to be named in it, unless a `*` stands for columns."""
        row = _COUNTING.sub("", self.row or "").casefold()
        if "*" in row:
            return None
        named = _NAMES & set(_WORD.findall(row))
        failed = {Signal.FAILED} if self.failed else set()
        return frozenset({Signal.REACHABLE, *self.signals, *named, *failed})

    def origin(self) -> str:
        return place_of(self.url.get_secret_value())
