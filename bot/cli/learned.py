"""What people taught the bot: how the lane rules fared, and playbook entries to commit."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.app.loading import from_database
from bot.core.triage.lane_rules import RuleVotes, words_of
from bot.core.triage.lesson import LessonState, Proposal
from bot.files.library import write_file
from bot.files.triage.playbooks import exported_here, playbook_text
from bot.language.errors import NotFound
from bot.store.tx import Tx
from bot.terminal.printing import print_json

T = TypeVar("T")


def _kept(look: Callable[[Tx], T]) -> T:
    found = from_database(look)
    if found is None:
        raise NotFound("There is no database here yet: the bot has not run on this machine.")
    return found


def run_lanes(arguments: argparse.Namespace) -> int:
    """0 when no rule is doubtful, 1 when one was wrong more often than right."""
    found = _kept(lambda tx: tx.rule_votes())
    if arguments.json:
        print_json({"rules": [_votes(one) for one in found]})
    else:
        for one in found:
            print(f"{'!' if one.doubtful else ' '} {words_of(one.rule)}: {one.words} [{one.rule}]")
        if not found:
            print("Nobody has confirmed or corrected a lane yet.")
    return 1 if any(one.doubtful for one in found) else 0


def _votes(one: RuleVotes) -> Mapping[str, Any]:
    return {
        "rule": one.rule,
        "words": words_of(one.rule),
        "judged": one.judged,
        "wrong": one.wrong,
        "doubtful": one.doubtful,
    }


def run_playbook(arguments: argparse.Namespace) -> int:
    """0, also when nothing was learned yet."""
    found = _kept(lambda tx: tx.proposals())
    if arguments.what == "export":
        return _export(found, arguments.out, force=arguments.force)
    if arguments.json:
        print_json({"entries": [_entry(one) for one in found]})
        return 0
    for one in found:
        lesson = one.lesson
        print(
            f"{one.entry_id} ({one.standing}, from INC-{one.incident}):"
            f" {lesson.error_class.words}: {lesson.signature}"
        )
    if not found:
        print("Nothing was learned yet: an incident's review proposes entries.")
    return 0


def _export(found: Sequence[Proposal], out: Path | None, *, force: bool) -> int:
    approved = [one for one in found if one.standing is LessonState.APPROVED]
    if not approved:
        print("No learned entry is approved yet.", file=sys.stderr)
        return 0
    text = playbook_text(approved)
    if out is None:
        print(text, end="")
    else:
        write_file(out, text.encode(), force=force, ours=exported_here)
        print(f"{out}: {len(approved)} learned {'entry' if len(approved) == 1 else 'entries'}.")
    return 0


def _entry(one: Proposal) -> Mapping[str, Any]:
    lesson = one.lesson
    return {
        "id": one.entry_id,
        "standing": one.standing,
        "incident": one.incident,
        "signature": lesson.signature,
        "class": lesson.error_class,
        "lane": lesson.lane,
        "layer": lesson.layer,
        "retry": lesson.retry,
        "decided_by": one.decided_by,
    }
