"""`firstlane explain`: what an error text means. It needs no estate file."""

import argparse
import os
import sys
from pathlib import Path

from bot.core.triage.playbook import Hit, Playbook, by_text_alone, match
from bot.files.content import runbooks_dir
from bot.files.problems import Problem
from bot.files.triage.compiled import known_playbook
from bot.language.errors import Invalid
from bot.settings import cache_folder
from bot.terminal.lines import Answer, say
from bot.terminal.printing import show
from bot.terminal.progress import working


def run(arguments: argparse.Namespace) -> int:
    """0 when an entry fits, 1 when none does, or not to every line of standard input. Raises
    Invalid for no text."""
    if not arguments.text.strip():
        raise Invalid(
            'Say which error text, for example: firstlane explain "HTTP 401 invalid_client".'
            " `explain -` reads texts from standard input, one a line."
        )
    systems = ["-".join(name.lower().replace("_", " ").split()) for name in arguments.system]
    with working("Reading the playbooks", quiet=arguments.json):
        known, problems = _playbook()
    show(problems, sys.stderr)
    return say(
        arguments.text,
        lambda text: _answer(match(known, text, systems)),
        as_json=arguments.json,
    )


def _answer(hits: tuple[Hit, ...]) -> Answer:
    """Without a hit the class is `unknown` and nothing else is claimed."""
    best = hits[0].entry if hits else None
    data = {
        "class": best.error_class if best else "unknown",
        "lane": best.lane if best else None,
        "layer": best.layer if best else None,
        "retry": best.retry if best else None,
        "entry": best.id if best else None,
        "reasons": [hits[0].why] if hits else ["no playbook entry fits this text"],
        "alternatives": [hit.entry.id for hit in hits[1:]],
    }
    return Answer(data, _in_words(hits), sure=bool(hits))


def _in_words(hits: tuple[Hit, ...]) -> str:
    if not hits:
        return "No playbook entry fits this text."
    best = hits[0].entry
    others = ", ".join(f"{hit.entry.id} ({hit.entry.error_class.words})" for hit in hits[1:4])
    lines = [
        f"{best.error_class.words.capitalize()}: {best.meaning}",
        f"First check: {best.first_check}",
        f"Fix: {best.fix}",
        f"Send again: {by_text_alone(best.retry)}",
        f"Lane: {best.lane}, {best.layer} owner",
        f"Why: {hits[0].why}",
    ]
    return "\n".join([*lines, f"It could also be: {others}"] if others else lines)


def _playbook() -> tuple[Playbook, tuple[Problem, ...]]:
    own = os.environ.get("FIRSTLANE_RUNBOOKS")
    extra = Path(own) / "playbooks" if own else None
    return known_playbook(
        runbooks_dir() / "playbooks",
        extra if extra and extra.is_dir() else None,
        cache_folder(os.environ),
    )
