"""Writes what `firstlane inventory` has made, checked first."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot.checks import settings_models
from bot.clock import utc_now
from bot.files.estate.load import load_text
from bot.files.problems import errors
from bot.files.runbooks.runbooks import shipped_runbooks
from bot.files.write_files import write_file
from bot.inventory.cli.json_output import as_data
from bot.inventory.cli.report import Result, report
from bot.terminal.printing import print_json


def deliver(result: Result, arguments: argparse.Namespace, *, into: Path | None = None) -> int:
    """Print the report, write the file; 1 when something waits for a person's decision."""
    # With `into` the text holds sections only, which refer to entries of the other file.
    found = result if into else replace(result, problems=problems_in(result.text))
    if arguments.json:
        print_json(as_data(found))
    else:
        console = Console(stderr=arguments.out is None, highlight=False)
        report(found, console, into=into.name if into else "")
    if result.text:
        _write(result.text, arguments)
    if not arguments.json:
        _last_words(found, arguments.out, into)
    return 1 if found.doubts or found.skipped or found.problems else 0


def problems_in(text: str) -> tuple[str, ...]:
    """What `firstlane validate` would call an error."""
    runbooks, _ = shipped_runbooks()
    loaded = load_text(
        text,
        path=Path("connections.yaml"),
        environ={},
        kinds=settings_models(),
        runbooks=frozenset(runbooks),
        now=utc_now(),
    )
    return tuple(str(problem) for problem in errors(loaded.problems))


def _write(text: str, arguments: argparse.Namespace) -> None:
    out: Path | None = arguments.out
    if out is None:
        if not arguments.json:
            sys.stdout.write(text)
        return
    write_file(out, text.encode(), force=arguments.force)


def _last_words(found: Result, out: Path | None, into: Path | None) -> None:
    for problem in found.problems:
        print(f"To mend: {problem}", file=sys.stderr)
    if into is not None and not found.text:
        print(f"\nNothing new: {into.name} has all of it.", file=sys.stderr)
    elif out is not None:
        put = f"Put its entries into {into.name}" if into else "Fill in owners and checks"
        print(f"\nWrote {out}. {put}, then look: firstlane validate {_shown(into or out)}")


def _shown(path: Path) -> str:
    return f"'{path}'" if " " in str(path) else os.fspath(path)
