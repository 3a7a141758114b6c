"""What others send us and is no proper request, told by the libraries that read it: in one line
each, and seldom. A traceback says where we are wrong, and this is not ours."""

import logging
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

from bot.language.errors import BotError
from bot.language.marks import outside

EVERY_S = 60.0
_SAID = 300  # characters of a line
_OURS = Path(__file__).resolve().parents[1]


class OneLine(logging.Filter):
    """Of each kind of error one line a minute, with how many were left out. What went wrong in our
    own code keeps its traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not _expected(error):
            return True
        kind = type(error).__name__
        if record.created - self._told.get(kind, -EVERY_S) < EVERY_S:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        self._told[kind] = record.created
        left_out = self._left_out.pop(kind, 0)
        more = f" ({left_out} more like it before)" if left_out else ""
        record.msg = outside(f"{record.getMessage()}: {kind}: {error}", _SAID) + more
        record.args, record.exc_info, record.exc_text = (), None, None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _expected(error: BaseException) -> bool:
    """Whether it says nothing of our own code."""
    from aiohttp import ClientError  # loaded long before anything goes wrong in it
    from aiohttp.http_exceptions import HttpProcessingError

    known = (HttpProcessingError, ClientError, BotError)  # wherever they were raised
    return isinstance(error, known) or not _in_ours(error.__traceback__)


def _in_ours(traceback: TracebackType | None) -> bool:
    frames = (frame for frame, _ in walk_tb(traceback))
    return any(_OURS in Path(frame.f_code.co_filename).parents for frame in frames)
