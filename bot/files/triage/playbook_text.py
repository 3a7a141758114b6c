"""Learned entries as a playbook file, in the form that `playbooks` reads back."""

from collections.abc import Iterable
from typing import Any

import yaml

from bot.core.triage.lesson import FAMILY, Proposal, entries_of
from bot.core.triage.playbook import PlaybookEntry

_HEAD = "# Learned from incidents and approved by an owner. Put it into the playbooks folder.\n"


def playbook_text(proposals: Iterable[Proposal]) -> str:
    """One YAML file with the approved entries. All families that they are for are other names of
    the file's own, so an entry stays near the systems it was learned on."""
    entries = entries_of(proposals)
    families = sorted({name for entry in entries for name in entry.systems} - {FAMILY})
    document: dict[str, Any] = {"family": FAMILY}
    if families:
        document["also"] = families
    document["entries"] = [_row(entry) for entry in entries]
    return _HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def exported_here(raw: bytes) -> bool:
    """Whether a file is one that `playbook_text` made."""
    return raw.startswith(_HEAD.encode())


def _row(entry: PlaybookEntry) -> dict[str, str | bool]:
    return {
        "id": entry.id,
        "pattern": entry.pattern.pattern,
        "sample": entry.sample,
        "class": entry.error_class.value,
        "meaning": entry.meaning,
        "first_check": entry.first_check,
        "fix": entry.fix,
        "retry": entry.retry.value,
        "lane": entry.lane.value,
        "layer": entry.layer.value,
        "grade": entry.grade,
        "across": entry.across,
    }
