"""What can befall the database file, each in a sentence that a person can act on."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.language.errors import BotError, CannotStore
from bot.store.dialect import BEGIN, is_busy, is_damage, is_full

LEAST_ROOM = 20_000_000  # bytes; with less, the next storm may not be stored
RESTORE = "Restore it from a backup, or move it away to start with an empty one."


class StoreError(BotError):
    """The database cannot be used; the message says which file and what to do."""


class StoreBusy(StoreError):
    """Another program holds the database; it may let go."""


class StoreDamaged(StoreError):
    """What the file holds cannot be read any more."""


class StoreFull(StoreError, CannotStore):
    """The file takes no more: its disk is full, or may not be written."""


class StoreGone(StoreError):
    """The file was deleted or replaced under us: what we write now is lost."""


def refused(error: sqlite3.Error) -> StoreFull:
    why = "the disk is full" if is_full(error) else f"the disk does not take it ({error})"
    return StoreFull(
        f"This could not be stored: {why}. Nothing was changed; try again, and tell whoever runs"
        " Firstlane."
    )


def kept_out(where: str, why: object) -> StoreError:
    """What cannot be written is whole: it needs no backup."""
    return StoreError(
        f"The database {where} cannot be written: {why}. The account that runs Firstlane needs the"
        " right to write the file and its folder, and room on its disk."
    )


def held(where: str) -> str:
    """Who waits for what."""
    by = holder(Path(where))
    return (
        f"Firstlane waits for the database {where}, which another program holds"
        f"{f' (process {by})' if by else ''}. Stop that one, or let it finish."
    )


def damaged(where: str, why: object) -> StoreDamaged:
    return StoreDamaged(f"The database {where} is damaged: {why}. {RESTORE}")


def damage(path: Path) -> str:
    """What SQLite's own quick look finds wrong with the file; empty when nothing is. Reads it all,
    once, and changes nothing; a file that is not there has no damage. Raises StoreBusy."""
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            said = str(file.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        if is_busy(error):
            raise StoreBusy(held(str(path))) from None
        return str(error) if is_damage(error) else ""
    return "" if said == "ok" else " ".join(said.split())


def unwritable(path: Path) -> str:
    """Why nothing can be stored in the file, or why it cannot be made where there is none; empty
    when it can. Changes nothing. Raises StoreBusy, StoreDamaged."""
    folder = next(one for one in (path.parent, *path.absolute().parents) if one.exists())
    if not path.exists():
        may = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        return "" if may else f"the folder {folder} may not be written"
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as file:
            file.execute(BEGIN)
            version = int(file.execute("pragma user_version").fetchone()[0])
            file.execute(f"pragma user_version = {version}")
            # The lock and the write were the question; nothing is to remain of it.
            file.execute("rollback")
    except sqlite3.Error as error:
        if is_busy(error):
            raise StoreBusy(held(str(path))) from None
        if is_damage(error):
            raise damaged(str(path), error) from None
        return str(error)
    return ""


def little_room(path: Path) -> str:
    """How little its disk has left, in words; empty while there is enough for a storm."""
    left = shutil.disk_usage(path.absolute().parent).free
    return "" if left >= LEAST_ROOM else f"only {left // 1_000_000} MB of its disk are left"


def holder(path: Path) -> int | None:
    """The process that holds a lock on the file, where the system tells (Linux)."""
    with suppress(OSError, ValueError, IndexError):
        numbers = {str(one.stat().st_ino) for one in path.parent.glob(f"{path.name}*")}
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            parts = line.split()
            # The kernel lists locks by inode, and SQLite takes them on the files beside it as well.
            if "WRITE" in parts and parts[5].rpartition(":")[2] in numbers:
                return int(parts[4])
    return None
