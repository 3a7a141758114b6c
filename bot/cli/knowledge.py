"""Commands about runbooks and playbooks alone; they need no estate file."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.loading import show
from bot.core import playbook
from bot.core.playbook import Hit, Playbook
from bot.core.runbook import Runbook
from bot.core.runbook_review import mermaid
from bot.files.content import runbooks_dir
from bot.files.playbooks import load_playbook
from bot.files.problems import Problem, errors
from bot.files.runbooks import load_runbooks


def run_explain(arguments: argparse.Namespace) -> int:
    """0 when an entry fits, 1 when none does."""
    systems = ["-".join(name.lower().replace("_", " ").split()) for name in arguments.system]
    hits = playbook.match(_playbook(), arguments.text, systems)
    if arguments.json:
        print(json.dumps(explained(hits), indent=2, ensure_ascii=False))
    elif not hits:
        print("No playbook entry fits this text.")
    else:
        print(_in_words(hits))
    return 0 if hits else 1


def explained(hits: tuple[Hit, ...]) -> dict[str, Any]:
    """The stable JSON form; without a hit the class is `unknown` and nothing else is claimed."""
    best = hits[0].entry if hits else None
    return {
        "class": best.error_class if best else "unknown",
        "lane": best.lane if best else None,
        "layer": best.layer if best else None,
        "retry": best.retry if best else None,
        "entry": best.id if best else None,
        "reasons": [hits[0].why] if hits else ["no playbook entry fits this text"],
        "alternatives": [hit.entry.id for hit in hits[1:]],
    }


def _in_words(hits: tuple[Hit, ...]) -> str:
    best = hits[0].entry
    others = ", ".join(f"{hit.entry.id} ({hit.entry.error_class.words})" for hit in hits[1:4])
    lines = [
        f"{best.error_class.words.capitalize()}: {best.meaning}",
        f"First check: {best.first_check}",
        f"Fix: {best.fix}",
        f"Send again: {best.retry.words}",
        f"Lane: {best.lane}, {best.layer} owner",
        f"Why: {hits[0].why}",
    ]
    return "\n".join([*lines, f"It could also be: {others}"] if others else lines)


def run_validate_folder(folder: Path, *, graph: bool) -> int:
    """Every problem of a folder of runbooks, or their pictures; 1 when anything is wrong."""
    runbooks, entries, problems = _read(folder)
    wrong = len(errors(problems))
    if graph and not wrong:
        print("\n".join(_picture(book) for book in runbooks.values()).rstrip())
        return 0
    show(problems, sys.stdout)
    if wrong:
        print(f"{folder}: {wrong} to mend.")
        return 1
    print(f"{folder}: good, {len(runbooks)} runbooks and {len(entries.entries)} playbook entries.")
    return 0


def _read(folder: Path) -> tuple[Mapping[str, Runbook], Playbook, tuple[Problem, ...]]:
    shipped, _ = load_runbooks(runbooks_dir())
    runbooks, problems = load_runbooks(folder, beside=frozenset(shipped))
    if not (folder / "playbooks").is_dir():
        return runbooks, Playbook(), problems
    entries, more = load_playbook(folder / "playbooks")
    return runbooks, entries, (*problems, *more)


def _picture(book: Runbook) -> str:
    return f"## {book.name}\n\n```mermaid\n{mermaid(book)}```\n"


def _playbook() -> Playbook:
    own = os.environ.get("FIRSTLANE_RUNBOOKS")
    extra = Path(own) / "playbooks" if own else None
    found, problems = load_playbook(
        runbooks_dir() / "playbooks", extra if extra and extra.is_dir() else None
    )
    show(problems, sys.stderr)
    return found
