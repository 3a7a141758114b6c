"""`firstlane validate`: every mistake in the estate file, or in a folder of runbooks."""

import argparse
import os
import sys
from pathlib import Path

from bot.app.loading import file_of, read_library
from bot.clock import utc_now
from bot.files.library import Library
from bot.files.problems import Problem, errors
from bot.files.yaml_source import problems_at
from bot.language.errors import Invalid
from bot.language.units import say_count
from bot.terminal.printing import show
from bot.terminal.progress import working


def run_validate(arguments: argparse.Namespace) -> int:
    """Every problem on stdout; 1 when any of them is an error. Raises NotFound for no file."""
    path = file_of(arguments.file)
    if path.is_dir():
        from bot.cli.content import run_validate_folder

        return run_validate_folder(path, graph=arguments.graph)
    if path.exists() and arguments.graph:
        raise Invalid("--graph needs a folder of runbooks, such as runbooks/")
    with working(f"Reading {path}"):
        library = read_library(path, environ=os.environ)
        library.reload(utc_now())
    found = (*library.catalogue_problems, *_unusable_ways(path, library))
    problems = (*library.problems, *found, *_missing_hooks(library))
    show(problems, sys.stdout)
    wrong = len(errors(problems))
    if wrong:
        print(f"{path}: {wrong} to mend.")
        return 1
    count = len(library.knowledge().catalogue.connections)
    print(f"{path}: good, {say_count(count, 'connection')}.")
    return 0


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
    from bot.files.runbooks.missing_webhooks import missing_hooks

    return missing_hooks(Path(own), library.knowledge().catalogue.webhooks)
