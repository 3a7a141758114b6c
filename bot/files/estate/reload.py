"""Keeps the last good catalogue while people edit the file.

No thread and no clock: the caller asks now and then, and `reload` looks only when the file on
disk differs from the one it saw last.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from bot.core.estate.catalogue import Catalogue
from bot.files.estate.check_settings import Kinds
from bot.files.estate.load import Loaded, load_text
from bot.files.yaml_source import MAX_BYTES, unreadable

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
