"""What a command is doing, said on a terminal once it takes long enough to wonder."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

PATIENCE = 0.5  # seconds until something is said

_ERASE = "\r\x1b[K"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches; also when told so, for a recording in colour."""
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


@contextmanager
def working(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Says `what` on stderr while the block takes longer than that, and wipes it away at its end.
    Nothing is said to a pipe or a file, nor when `quiet`. The block prints nothing itself."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    said = threading.Event()

    def say() -> None:
        said.set()
        sys.stderr.write(f"{what} …")
        sys.stderr.flush()

    timer = threading.Timer(PATIENCE, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
