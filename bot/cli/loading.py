"""Reading the files for a command, with every problem on stderr."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.checks import settings_models
from bot.core.errors import Invalid
from bot.files.library import Library
from bot.files.problems import Problem


def open_library(
    catalogue: Path, *, environ: Mapping[str, str], now: datetime, extra: Path | None = None
) -> Library:
    """The library with its first load done. Raises Invalid after printing every problem when the
    estate file cannot be used; warnings are printed and do not stop."""
    library = Library(catalogue, environ=environ, kinds=settings_models(), extra=extra)
    return load(library, catalogue, now)


def load(library: Library, catalogue: Path, now: datetime) -> Library:
    library.reload(now)
    show((*library.problems, *library.catalogue_problems), sys.stderr)
    if not library.usable:
        count = len(library.catalogue_errors)
        raise Invalid(f"{catalogue} cannot be used: {count} to mend, listed above.")
    return library


def show(problems: tuple[Problem, ...], out: TextIO) -> None:
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=out)
