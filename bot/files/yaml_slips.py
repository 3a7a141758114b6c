"""Slips of the pen that make a text no YAML, told by the lines around which reading stopped.

Nothing of a line is repeated, since a password may stand there.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_ODD_INDENT = re.compile("^ *([\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff])")
_NO_BLANK = re.compile(r"^(?:\s*(?:- +)*)[A-Za-z_][\w-]*(:)(?=[^\s/\\:])")
_DASHES = re.compile(r" *(?:- +)*")
_KEY = re.compile(r":(?:\s|$)")
_CLOSED = re.compile(r"""(?:"[^"]*"|'(?:[^']|'')*')\s*$""")
_BLANK_LACKS = "a blank is missing after this ':'"


class Slip(NamedTuple):
    line: int
    column: int
    hint: str


def slip(lines: Sequence[str], line: int, column: int) -> Slip | None:
    """What is wrong at or shortly before the place where reading stopped, counted from 1; None
    where nothing known is."""
    line = min(line, len(lines))
    written = [at for at in range(1, line + 1) if _says(lines[at - 1])]
    for at in written:
        if odd := _ODD_INDENT.match(lines[at - 1]):
            said = "this blank is none of the keyboard's: indent with ordinary spaces"
            return Slip(at, odd.start(1) + 1, said)
    for at in reversed(written[-2:]):
        found = _NO_BLANK.match(lines[at - 1])
        if found and not _KEY.search(lines[at - 1]):
            return Slip(at, found.start(1) + 1, _BLANK_LACKS)
    if not written or written[-1] != line:
        return None
    if _CLOSED.search(lines[line - 1][: column - 1]) and lines[line - 1][column - 1 :].strip():
        return Slip(line, column, _AFTER_QUOTE)
    return _indent([lines[at - 1] for at in written], line)


_AFTER_QUOTE = (
    "text goes on after its closing quote: put quotes around all of it, and write '' for an"
    " apostrophe between single ones"
)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(written: Sequence[str], line: int) -> Slip | None:
    """Whether the last line begins where no line above it allows."""
    *above, last = written
    own, open_at = _depth(last), [0]
    for one in above:
        depth = _depth(one)
        inner = len(_DASHES.match(one).group())  # type: ignore[union-attr]  # it always fits
        open_at = [*(at for at in open_at if at < depth), *dict.fromkeys((depth, inner))]
    if not above or own in open_at:
        return None
    if own < open_at[-1]:
        fits = " or ".join(str(at) for at in open_at[-2:] if at)
        said = f"indented by {own}, and the lines above begin after {fits}"
        return Slip(line, own + 1, said)
    if not above[-1].rstrip().endswith(":"):
        said = f"indented by {own}, and the line above, which is no heading, by {open_at[-1]}"
        return Slip(line, own + 1, said)
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
