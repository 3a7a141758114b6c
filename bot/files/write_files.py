"""Writes the files that commands are asked for, and never over something else."""

from collections.abc import Callable
from pathlib import Path

from bot.language.errors import Invalid


def _nobodys(_raw: bytes) -> bool:
    return False


def may_write(out: Path | None, *, force: bool, ours: Callable[[bytes], bool] = _nobodys) -> None:
    """Raises Invalid when the file is there and may not be written over. `ours` says of its
    content whether the command itself wrote it before."""
    if out is None or force or not out.exists():
        return
    try:
        if out.is_file() and ours(out.read_bytes()):
            return
    except OSError as error:
        raise Invalid(f"Cannot write {out}: {error.strerror}.") from error
    raise _taken(out)


def write_file(
    out: Path, data: bytes, *, force: bool, ours: Callable[[bytes], bool] = _nobodys
) -> None:
    """Write the file. Raises Invalid when it may not be written over, or cannot be written."""
    may_write(out, force=force, ours=ours)
    over = force or out.exists()
    try:
        # Opened anew rather than written over, in case the file came into being meanwhile.
        with out.open("wb" if over else "xb") as file:
            file.write(data)
    except FileExistsError:
        raise _taken(out) from None
    except OSError as error:
        raise Invalid(f"Cannot write {out}: {error.strerror}.") from error


def _taken(out: Path) -> Invalid:
    return Invalid(f"{out} is already there: choose another name, or add --force.")
