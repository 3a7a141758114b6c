"""Commands about the estate file and what is known from it; none of them needs Slack."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.app import utc_now
from bot.checks import settings_models
from bot.cli.knowledge import run_explain, run_validate_folder
from bot.cli.loading import as_said, from_database, open_library, show
from bot.cli.standin import manifest_path
from bot.core import ownership
from bot.core.catalogue import Catalogue
from bot.core.cover import ALL_PRESENT
from bot.core.dates import span_in
from bot.core.errors import Invalid
from bot.core.text import render
from bot.files.library import Library
from bot.files.problems import Problem, errors
from bot.files.runbook_hooks import missing_hooks
from bot.files.schema import schema_json
from bot.flows import ledger
from bot.flows.attendance import presence_now


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    validate = commands.add_parser(
        "validate", help="name every mistake in the estate file or in a folder of runbooks"
    )
    validate.add_argument("file", nargs="?", type=Path)
    validate.add_argument(
        "--graph", action="store_true", help="print the runbooks of the folder as Mermaid charts"
    )
    validate.set_defaults(run=run_validate)

    schema = commands.add_parser("schema", help="print the JSON Schema of the estate file")
    schema.set_defaults(run=lambda _: _print(schema_json(settings_models())))

    manifest = commands.add_parser("manifest", help="print the Slack app manifest")
    manifest.set_defaults(run=lambda _: _print(manifest_path().read_text(encoding="utf-8")))

    ask = commands.add_parser("ask", help="who owns what, in plain words")
    ask.add_argument("question")
    shared(ask)
    ask.set_defaults(run=run_ask)

    explain = commands.add_parser("explain", help="what an error text means")
    explain.add_argument("text")
    explain.add_argument("--system", action="append", default=[], help="for example netsuite")
    shared(explain)
    explain.set_defaults(run=run_explain)


def shared(command: argparse.ArgumentParser) -> None:
    command.add_argument("--file", type=Path, help="the estate file (default: FIRSTLANE_CATALOGUE)")
    command.add_argument("--json", action="store_true", help="print stable JSON")


def _print(text: str) -> int:
    print(text.rstrip("\n"))
    return 0


def _file(given: Path | None) -> Path:
    return given or Path(os.environ.get("FIRSTLANE_CATALOGUE") or "connections.yaml")


def library_of(arguments: argparse.Namespace) -> Library:
    return open_library(_file(arguments.file), environ=os.environ, now=utc_now())


def run_validate(arguments: argparse.Namespace) -> int:
    """Every problem on stdout; 1 when any of them is an error."""
    path = _file(arguments.file)
    if path.is_dir():
        return run_validate_folder(path, graph=arguments.graph)
    if arguments.graph:
        raise Invalid("--graph needs a folder of runbooks, such as runbooks/")
    library = Library(path, environ=os.environ, kinds=settings_models())
    library.reload(utc_now())
    problems = (*library.problems, *library.catalogue_problems, *_missing_hooks(library))
    show(problems, sys.stdout)
    wrong = len(errors(problems))
    if wrong:
        print(f"{path}: {wrong} to mend.")
        return 1
    count = len(library.knowledge().catalogue.connections)
    print(f"{path}: good, {count} connections.")
    return 0


def _missing_hooks(library: Library) -> tuple[Problem, ...]:
    """Of the company's own runbooks, where there are any."""
    own = os.environ.get("FIRSTLANE_RUNBOOKS")
    known = library.knowledge().catalogue.webhooks
    return missing_hooks(Path(own), known) if own and library.usable else ()


def run_ask(arguments: argparse.Namespace) -> int:
    """0 for a confident answer, 1 when it is unclear or unknown."""
    catalogue, now = as_said(library_of(arguments).knowledge().catalogue), utc_now()
    there = from_database(lambda tx: presence_now(tx, now)) or ALL_PRESENT
    found = ownership.ask(catalogue, arguments.question, now, cover=there.cover, until=there.until)
    said = found.text or _from_ledger(found, arguments.question, catalogue)
    text = plain(said or "Only the running bot knows that: ask it in Slack.", catalogue)
    if arguments.json:
        print_json(
            {
                "intent": found.intent,
                "subject": found.id or found.subject,
                "matches": [
                    {"id": m.id, "kind": m.kind, "score": round(m.score, 3), "why": m.why}
                    for m in found.matches
                ],
                "answer": text,
                "confident": found.confident,
            }
        )
    else:
        print(text)
    return 0 if found.confident else 1


def _from_ledger(found: ownership.Answer, question: str, catalogue: Catalogue) -> str | None:
    """Who owned something on an earlier day, where the bot's database is on this machine."""
    span = span_in(question, utc_now(), catalogue.timezone)
    if found.intent is not ownership.Intent.OWNER_THEN or not found.connection or span is None:
        return None
    connection = catalogue.connections[found.connection]
    return from_database(lambda tx: ledger.as_of_text(tx, connection, *span))


def plain(text: str, catalogue: Catalogue) -> str:
    """A sentence of the core for a terminal: names, and times in this machine's zone."""
    return render(
        text,
        time=lambda at: at.astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        person=catalogue.person_name,
    )


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
