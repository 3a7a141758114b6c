"""A small estate as YAML text, and the kinds of check that these tests know."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

from pydantic import BaseModel, Field, SecretStr

from bot.checks.probe import ProbeSettings
from bot.core.estate.catalogue import Catalogue
from bot.files.estate.load import Loaded, load_text
from bot.files.problems import ProblemLevel

NOW = datetime(2026, 8, 3, 10, 0, tzinfo=UTC)


class PageSettings(ProbeSettings):
    url: str
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    retries: int = 0
    body: Any = None


class BeatSettings(ProbeSettings):
    period: str = "1h"


KINDS: dict[str, type[BaseModel]] = {"page": PageSettings, "beat": BeatSettings}

ESTATE = """\
version: 1
people:
  alice: {name: Alice, email: alice@example.com}
  bob: {name: Bob, email: bob@example.com, manager: alice}
systems:
  shop: {name: Shop}
  erp: {name: ERP}
parties:
  maker: {name: Maker}
connections:
  orders:
    name: Orders
    from: shop
    to: erp
    owners: {technical: alice, functional: alice, architecture: alice}
    first_responder: bob
    checks:
      - {id: status, kind: page, url: http://example.com/}
"""


def load(text: str, **environ: str) -> Loaded:
    return load_text(
        dedent(text),
        path=Path("connections.yaml"),
        environ=environ,
        kinds=KINDS,
        runbooks=("generic", "credentials"),
        now=NOW,
    )


def errors(text: str, **environ: str) -> list[str]:
    """The errors in `text`, without the file's name."""
    return [
        str(problem).removeprefix("connections.yaml:")
        for problem in load(text, **environ).problems
        if problem.severity is ProblemLevel.ERROR
    ]


def warnings(text: str) -> list[str]:
    return [
        str(problem).removeprefix("connections.yaml:")
        for problem in load(text).problems
        if problem.severity is ProblemLevel.WARNING
    ]


def catalogue(text: str, **environ: str) -> Catalogue:
    loaded = load(text, **environ)
    assert loaded.catalogue is not None, [str(problem) for problem in loaded.problems]
    return loaded.catalogue


def with_line(line: str, after: str) -> str:
    """ESTATE with `line` put in after the one that starts with `after`."""
    lines = ESTATE.splitlines()
    place = next(i for i, old in enumerate(lines) if old.strip().startswith(after.strip()))
    return "\n".join([*lines[: place + 1], line, *lines[place + 1 :], ""])


def with_instead(line: str, old: str) -> str:
    """ESTATE with the line that starts with `old` replaced by `line`."""
    lines = ESTATE.splitlines()
    place = next(i for i, text in enumerate(lines) if text.strip().startswith(old.strip()))
    return "\n".join([*lines[:place], line, *lines[place + 1 :], ""])
