"""Loads the estate file (a catalogue to trust, or every problem that stands in the way), and keeps
the last good catalogue while people edit the file.

No thread and no clock: the caller asks now and then, and `reload` looks only when the file on disk
differs from the one it saw last.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from bot.core.estate.catalogue import Catalogue
from bot.files.content import presets_dir
from bot.files.estate.build import build
from bot.files.estate.check_settings import Kinds, check_settings, inline_secrets, kept_secret
from bot.files.estate.consistency import contradictions, duties, inconsistencies
from bot.files.estate.fields import Surroundings, proposed_id
from bot.files.estate.presets import load_presets, with_presets
from bot.files.estate.schema import EstateShape
from bot.files.problems import Problem, ProblemLevel, errors, in_order
from bot.files.substitution import Outside
from bot.files.validate import doubted, presentable, validate
from bot.files.yaml_source import MAX_BYTES, Node, read_yaml, unreadable
from bot.language.zones import zone_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """`catalogue` is None when `problems` holds an error."""

    catalogue: Catalogue | None
    problems: tuple[Problem, ...] = ()


def load_text(
    raw: bytes | str,
    *,
    path: Path,
    environ: Mapping[str, str],
    kinds: Kinds,
    runbooks: Collection[str],
    now: datetime,
) -> Loaded:
    """The estate in `raw`, which came from `path`. `kinds` gives the settings model of each kind of
    check, `runbooks` the known runbook ids, `now` (aware) the moment that relative dates count
    from."""
    outside = Outside(environ=environ, folder=path.parent)
    source = read_yaml(raw, file=path.name, outside=outside)
    source, misused = with_presets(source, load_presets(presets_dir()))
    root = source.root
    if root is None:
        return Loaded(catalogue=None, problems=source.problems)
    surroundings = _surroundings(root, runbooks, now)
    estate, misshapen = validate(EstateShape, source, context=surroundings)
    settings, unfit = check_settings(source, kinds)
    problems = [
        *source.problems,
        *misused,
        *misshapen,
        *unfit,
        *inconsistencies(root, source.file),
        *_exposed(root, source.file),
    ]
    # These look at values, which only a file without mistakes of form has.
    if estate is not None:
        problems += [
            *_ended(estate, root, source.file, now),
            *_left(estate, root, source.file, now),
            *(doubted(source.file, root, one) for one in contradictions(estate, root)),
        ]
    ordered = in_order(presentable(problems, source.secrets))
    catalogue = None
    if estate is not None and not errors(ordered):
        catalogue = replace(build(estate, settings), secrets=kept_secret(root))
    return Loaded(catalogue=catalogue, problems=ordered)


def _surroundings(root: Node, runbooks: Collection[str], now: datetime) -> Surroundings:
    def ids(section: str) -> frozenset[str]:
        """As they are written, and as they will be once the letters are right that an id may
        hold: what is wrong at its own place is told there alone."""
        written = [key for key, _ in root.get(section).entries()]
        return frozenset([*written, *filter(None, map(proposed_id, written))])

    return Surroundings(
        called={
            "person": _called(root.get("people"), "name", "email", "slack"),
            "system": _called(root.get("systems"), "name"),
            "party": _called(root.get("parties"), "name"),
            "connection": _called(root.get("connections"), "name"),
        },
        names={
            "person": ids("people"),
            "system": ids("systems"),
            "party": ids("parties"),
            "connection": ids("connections"),
            "runbook": frozenset(runbooks),
            "quota group": frozenset(
                key for key, _ in root.get("governance").get("quotas").entries()
            ),
        },
        now=now,
        example=root.get("example").value is True,
        timezone=_timezone(root),
    )


def _called(section: Node, *keys: str) -> Mapping[str, str]:
    """Each word that exactly one of a section's entries is known by, with the id of that entry."""
    found: dict[str, set[str]] = {}
    for id, entry in section.entries():
        for word in (entry.node.get(key).text.strip().casefold() for key in keys):
            if word:
                found.setdefault(word, set()).add(id)
    # Two people of one name: a hint to either of them could be the wrong one.
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}


def _timezone(root: Node) -> str:
    """The company's zone; UTC while it is not a known one, which is a problem of its own."""
    name = root.get("company").get("timezone").text
    # Read ahead of the models: moments are checked in this zone while the file is validated.
    return name if name in zone_names() else "UTC"


def _ended(estate: EstateShape, root: Node, file: str, now: datetime) -> Iterator[Problem]:
    """Credentials that ended by the register: nothing warns of these any more."""
    for key, item in estate.connections.items():
        written = root.get("connections").get(key).get("credentials").elements()
        for credential, node in zip(item.credentials, written, strict=False):
            if credential.expires and credential.expires <= now.date():
                place = node.get("expires")
                said = f"'{key}/{credential.id}' ended on {credential.expires}"
                hint = "write the new date when it is renewed"
                yield Problem.at(file, place, said, hint, ProblemLevel.WARNING)


def _left(estate: EstateShape, root: Node, file: str, now: datetime) -> Iterator[Problem]:
    """Who is named for something and is not there any more: nobody answers for it."""
    for place, duty in duties(root):
        person = estate.people.get(place.text)
        if person is not None and person.left and person.left <= now.date():
            said = f"'{place.text}' ({duty}) left on {person.left}"
            yield Problem.at(file, place, said, "name whoever does it now", ProblemLevel.WARNING)


def _exposed(root: Node, file: str) -> Iterator[Problem]:
    hint = "write ${NAME} and set the environment variable, or ${file:/path}"
    for node, name in inline_secrets(root):
        yield Problem.at(file, node, f"{name} must not stand in this file", hint)


Stamp = tuple[int, int, int]  # inode, modification time in ns, bytes


class Reload(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"  # `catalogue` is new
    BROKEN = "broken"  # the file changed and cannot be used; `catalogue` is the one before


class CatalogueFile:
    """`catalogue` is the last good one, None until there was one; `loaded` tells of the last
    attempt, with its problems."""

    def __init__(
        self,
        path: Path,
        *,
        environ: Mapping[str, str],
        kinds: Kinds,
        runbooks: Collection[str],
    ) -> None:
        self.path = path
        self.catalogue: Catalogue | None = None
        self.loaded = Loaded(catalogue=None)
        self._load = partial(load_text, path=path, environ=environ, kinds=kinds, runbooks=runbooks)
        self._stamp: Stamp | None = (0, 0, -1)  # no file looks like this: the first look counts
        self._digest = b""

    def reload(self, now: datetime) -> Reload:
        """Look once. A broken file is reported once, not again until it changes."""
        stamp = self._look()
        if stamp == self._stamp:
            return Reload.UNCHANGED
        # Taken before reading: what is written meanwhile looks different at the next call.
        self._stamp = stamp
        try:
            with self.path.open("rb") as source:
                # One byte more than is allowed, so that a file that is too large is seen to be.
                raw = source.read(MAX_BYTES + 1)
        except OSError as error:
            self._digest = b""
            return self._take(Loaded(catalogue=None, problems=(unreadable(self.path, error),)))
        digest = hashlib.sha256(raw).digest()
        # Editors write a file anew without a change, and loading thousands of connections is slow.
        if digest == self._digest:
            return Reload.UNCHANGED
        self._digest = digest
        return self._take(self._load(raw, now=now))

    def _look(self) -> Stamp | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        # With the inode: a file that is moved into place can have the time and size of the old one.
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _take(self, loaded: Loaded) -> Reload:
        self.loaded = loaded
        if loaded.catalogue is None:
            return Reload.BROKEN
        self.catalogue = loaded.catalogue
        return Reload.CHANGED
