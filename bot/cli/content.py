"""`firstlane validate FOLDER`: the runbooks and playbooks of a folder; no estate file is needed."""

import sys
from collections.abc import Mapping
from pathlib import Path

from bot.core.runbooks.lint import mermaid
from bot.core.runbooks.runbook import Runbook
from bot.core.triage.playbook import Playbook
from bot.files.problems import Problem, errors
from bot.files.runbooks.runbooks import load_runbooks, shipped_runbooks
from bot.files.triage.playbooks import load_playbook
from bot.language.errors import NotFound
from bot.terminal.printing import show
from bot.terminal.progress import working


def run_validate_folder(folder: Path, *, graph: bool) -> int:
    """Every problem of a folder of runbooks, or their pictures; 1 when anything is wrong."""
    with working(f"Reading {folder}"):
        runbooks, entries, problems = _read(folder)
    if not runbooks and not entries.entries and not problems:
        raise NotFound(f"There is no runbook in {folder}: its .yaml files would be read.")
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
    shipped, _ = shipped_runbooks()
    runbooks, problems = load_runbooks(folder, beside=frozenset(shipped))
    if not (folder / "playbooks").is_dir():
        return runbooks, Playbook(), problems
    entries, more = load_playbook(folder / "playbooks")
    return runbooks, entries, (*problems, *more)


def _picture(book: Runbook) -> str:
    return f"## {book.name}\n\n```mermaid\n{mermaid(book)}```\n"
