"""`firstlane validate`: every mistake in the estate file, or in a folder of runbooks and playbooks,
which needs no estate file."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.app.loading import file_of, read_library
from bot.clock import utc_now
from bot.core.runbooks.lint import mermaid
from bot.core.runbooks.runbook import Runbook
from bot.core.triage.playbook import Playbook
from bot.files.library import Library
from bot.files.problems import Problem, errors
from bot.files.runbooks.runbooks import load_runbooks, shipped_runbooks
from bot.files.triage.playbooks import load_playbook
from bot.files.yaml_source import problems_at
from bot.language.errors import Invalid, NotFound
from bot.language.units import say_count
from bot.terminal.printing import show
from bot.terminal.progress import working


def run(arguments: argparse.Namespace) -> int:
    """Every problem on stdout; 1 when any of them is an error. Raises NotFound for no file."""
    path = file_of(arguments.file)
    if path.is_dir():
        return _run_folder(path, graph=arguments.graph)
    if path.exists() and arguments.graph:
        raise Invalid("--graph needs a folder of runbooks, such as runbooks/")
    with working(f"Reading {path}"):
        library = read_library(path, environ=os.environ)
        library.reload(utc_now())
    found = (*library.catalogue_problems, *_unusable_ways(path, library))
    problems = (*library.problems, *found, *_missing_hooks(library))
    connections = library.knowledge().catalogue.connections if library.usable else ()
    return _report(path, problems, good=say_count(len(connections), "connection"))


def _report(path: Path, problems: Sequence[Problem], *, good: str) -> int:
    show(problems, sys.stdout)
    wrong = len(errors(problems))
    print(f"{path}: {wrong} to mend." if wrong else f"{path}: good, {good}.")
    return 1 if wrong else 0


def _unusable_ways(path: Path, library: Library) -> tuple[Problem, ...]:
    """Addresses of people by which nothing can be sent, each where the file has it."""
    people = library.knowledge().catalogue.people.values() if library.usable else ()
    having = [person for person in people if person.fallback]
    if not having:
        return ()
    # Loading every service that Apprise knows takes a moment.
    from bot.delivery.page import not_understood

    what = "Apprise does not understand this address; it lists what it does at"
    told = f"{what} https://github.com/caronc/apprise/wiki"
    places = (("people", one.id, "fallback", at) for one in having for at in not_understood(one))
    return problems_at(path, tuple(places), told)


def _missing_hooks(library: Library) -> tuple[Problem, ...]:
    """Of the company's own runbooks, where there are any."""
    own = os.environ.get("FIRSTLANE_RUNBOOKS")
    if not own or not library.usable:
        return ()
    from bot.files.runbooks.runbooks import missing_hooks

    return missing_hooks(Path(own), library.knowledge().catalogue.webhooks)


def _run_folder(folder: Path, *, graph: bool) -> int:
    """Every problem of a folder of runbooks, or their pictures; 1 when anything is wrong."""
    with working(f"Reading {folder}"):
        runbooks, entries, problems = _read(folder)
    if not runbooks and not entries.entries and not problems:
        raise NotFound(f"There is no runbook in {folder}: its .yaml files would be read.")
    if graph and not errors(problems):
        print("\n".join(_picture(book) for book in runbooks.values()).rstrip())
        return 0
    good = f"{len(runbooks)} runbooks and {len(entries.entries)} playbook entries"
    return _report(folder, problems, good=good)


def _read(folder: Path) -> tuple[Mapping[str, Runbook], Playbook, tuple[Problem, ...]]:
    shipped, _ = shipped_runbooks()
    runbooks, problems = load_runbooks(folder, beside=frozenset(shipped))
    if not (folder / "playbooks").is_dir():
        return runbooks, Playbook(), problems
    entries, more = load_playbook(folder / "playbooks")
    return runbooks, entries, (*problems, *more)


def _picture(book: Runbook) -> str:
    return f"## {book.name}\n\n```mermaid\n{mermaid(book)}```\n"
