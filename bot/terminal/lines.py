"""Texts from standard input, one a line, so that many of them pay one start.

A line that is one JSON string holds the text that it spells; any other line, also a JSON object or
a string that was cut off, is the text as it stands. Every line has an answer, whatever is in it,
except an empty one.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

from bot.terminal.printing import print_json

LONGEST = 65_536  # bytes; of a longer line the beginning and the end are read, half of it each


class Answer(NamedTuple):
    """`data` is its stable JSON form; `sure` is whether anything was found."""

    data: dict[str, Any]
    text: str
    sure: bool


class Line(NamedTuple):
    """`number` counts from 1, empty lines included."""

    number: int
    text: str


def lines(source: BinaryIO | None = None) -> Iterator[Line]:
    """Each line as it comes, without waiting for the next one; empty ones are passed over."""
    stream = source or sys.stdin.buffer
    number = 0
    while raw := stream.readline(LONGEST):
        number += 1
        if not raw.endswith(b"\n") and len(raw) == LONGEST:
            raw = _shortened(raw, stream)
        if text := _text(raw).strip():
            yield Line(number, text)


def _shortened(head: bytes, stream: BinaryIO) -> bytes:
    """The beginning and the end of a line that goes on; never more than a few pieces are held."""
    half = LONGEST // 2
    tail = head[half:]
    while raw := stream.readline(LONGEST):
        tail = (tail + raw)[-half:]
        if raw.endswith(b"\n"):
            break
    return head[:half] + tail


def _text(raw: bytes) -> str:
    """What is no UTF-8 becomes �."""
    text = raw.decode("utf-8-sig", "replace").strip()
    if text.startswith('"') and text.endswith('"'):
        try:
            spelt = json.loads(text)
        except ValueError:
            return text
        # JSON can spell halves of characters, which no terminal can be told.
        return str(spelt).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def say(asked: str, answer: Callable[[str], Answer], *, as_json: bool) -> int:
    """Print the answer to a text, or for `-` to each line of standard input as it comes. 0 when all
    are sure, else 1."""
    if asked != "-":
        found = answer(asked)
        print_json(found.data) if as_json else print(found.text)
        return 0 if found.sure else 1
    unsure = 0
    for line in lines():
        found = answer(line.text)
        if as_json:
            said = {"line": line.number, **found.data}
            print(json.dumps(said, ensure_ascii=False, default=str), flush=True)
        else:
            print(f"{_quoted(line)}\n{found.text}\n", flush=True)
        unsure |= not found.sure
    return int(unsure)


def _quoted(line: Line) -> str:
    """The head of an answer in words."""
    flat = " ".join(line.text.split())
    return f"> {flat if len(flat) <= 90 else flat[:89] + '…'}"
