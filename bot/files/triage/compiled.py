"""The playbook as it was read last, kept on disk: 500 patterns are not taken apart at each start.

What is kept belongs to the names and bytes of the files that it was made from, to the version of
Firstlane and to that of Python. Whatever is odd about it (damaged, from elsewhere, not readable)
means reading the files anew, and whatever keeps it from being written is passed over: this is
never an error. Nothing of the estate file is kept here, and no secret.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import __version__
from bot.core.estate.lane import Lane, Layer
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Branch, Pattern
from bot.files.content import yaml_files
from bot.files.problems import Problem, ProblemLevel, in_order

_FORM = 3  # of what is written; another form is another key


def known_playbook(
    directory: Path, extra: Path | None, cache: Path | None
) -> tuple[Playbook, tuple[Problem, ...]]:
    """The entries of all files in `directory` after those in `extra`: a company's own entries win
    over shipped ones, and replace the one with the same id. They come from `cache` when the files
    are those that it was made from, and else are read and kept there. In `directory`, which ships
    with the program, nothing is looked for that `firstlane validate` names before that: samples,
    and how patterns are made."""
    own, own_problems = _entries(extra, cache, ours=False) if extra is not None else ((), ())
    shipped, problems = _entries(directory, cache, ours=True)
    names = {entry.id for entry in own}
    others = (entry for entry in shipped if entry.id not in names)
    return Playbook(entries=(*own, *others)), in_order([*problems, *own_problems])


_Read = tuple[tuple[PlaybookEntry, ...], tuple[Problem, ...]]


def _entries(directory: Path, cache: Path | None, *, ours: bool) -> _Read:
    key = _key(directory, ours) if cache is not None else None
    name = f"playbook-{hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:16]}.json"
    if cache is not None and key is not None and (kept := _kept(cache / name, key)):
        return kept
    from bot.files.triage.playbooks import read_entries  # its libraries are most of a start

    entries, problems = read_entries(directory, checked=not ours)
    found = tuple(entries.values()), tuple(problems)
    if cache is not None and key is not None:
        _keep(cache / name, key, found)
    return found


def _key(directory: Path, ours: bool) -> str | None:
    """What the kept form belongs to; None when a file cannot be read, which its reader tells."""
    whole = hashlib.sha256(repr((_FORM, __version__, sys.version_info[:2], ours)).encode())
    try:
        for path in yaml_files(directory)[0]:
            raw = path.read_bytes()
            whole.update(f"{path.name}\0{len(raw)}\0".encode("utf-8", "surrogateescape"))
            whole.update(raw)
    except OSError:
        return None
    return whole.hexdigest()


def _kept(path: Path, key: str) -> _Read | None:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        # Also the digest of the rest, since a full disk can leave a file that is cut off.
        if head != _head(key, body):
            return None
        return _rebuilt(body)
    except Exception:  # whatever it is, the files themselves say it better
        return None


@lru_cache(maxsize=2)  # what ships, and an estate's own: commands in one process share them
def _rebuilt(body: bytes) -> _Read:
    found = json.loads(body)
    return tuple(map(_entry, found["entries"])), tuple(map(_problem, found["problems"]))


def _head(key: str, body: bytes) -> bytes:
    """The first line of a kept file: which files it was made from, and a digest of the rest."""
    return f"{key} {hashlib.sha256(body).hexdigest()}".encode()


def _keep(path: Path, key: str, found: _Read) -> None:
    entries, problems = found
    whole = {"entries": list(map(_row, entries)), "problems": list(map(asdict, problems))}
    body = json.dumps(whole, separators=(",", ":")).encode()
    from tempfile import NamedTemporaryFile

    written = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            written = file.name
            file.write(_head(key, body) + b"\n" + body)
        # Renamed into place: two starts at once must not read each other's half of a file.
        Path(written).replace(path)
    except OSError:
        if written:
            Path(written).unlink(missing_ok=True)


_CHOICES: tuple[tuple[str, Any], ...] = (
    ("error_class", ErrorClass),
    ("retry", Retry),
    ("lane", Lane),
    ("layer", Layer),
)
_OWN_FORM = {"pattern", "systems", *dict(_CHOICES)}
# Whatever an entry has besides is kept as it stands.
_WORDS = tuple(field.name for field in fields(PlaybookEntry) if field.name not in _OWN_FORM)


def _row(entry: PlaybookEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in (*_WORDS, *dict(_CHOICES), "systems")}
    row["pattern"] = entry.pattern.pattern
    row["branches"] = [(branch.source, branch.needs) for branch in entry.pattern.branches]
    return row


def _entry(row: dict[str, Any]) -> PlaybookEntry:
    values = {name: row[name] for name in _WORDS}
    values |= {name: choice(row[name]) for name, choice in _CHOICES}
    pattern = Pattern(row["pattern"], tuple(_branches(row["branches"])))
    return PlaybookEntry(**values, systems=tuple(row["systems"]), pattern=pattern)


def _branches(rows: list[Any]) -> Iterator[Branch]:
    for source, needs in rows:
        yield Branch(source, tuple(map(tuple, needs)))


def _problem(row: dict[str, Any]) -> Problem:
    return Problem(**{**row, "severity": ProblemLevel(row["severity"])})
