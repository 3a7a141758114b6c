"""Bodies as senders really write them: with a byte-order mark, in UTF-16, in a form, or wrapped.

Requests that are none. The library that reads them repeats their lines, in its answer and in the
log, and the address of a heartbeat is a secret: here they are told without a word of theirs.
"""

import json
import re
import zlib
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler

from bot.language.marks import cleaned
from bot.language.scalars import TooNested, bounded, json_rows

_FIELDS = 10_000  # of a form; what comes after them is left out
_LEVELS = 5  # of a value that is nested too deeply; what lies below is left out
# Python refuses to read whole numbers of more than 4,300 digits, and the message with them.
_DIGITS = 300  # of a whole number: beyond them it is none that anybody counts with
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_EITHER = 32 + zlib.MAX_WBITS  # gzip, or deflate with its header


def json_of(body: bytes) -> Any:
    """The JSON value in a body, None for an empty one; the text itself where it holds none.

    A value that stands alone in a list, as JSON in a string, or as the field `payload` of a form
    is taken out of it once.
    """
    text = _text(body)
    if text.startswith("payload="):
        text = parse_qs(text).get("payload", [text])[0]
    value = _parsed(text)
    if isinstance(value, str) and value != text:
        value = _parsed(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    return cleaned(value) if text else None


def message_of(body: bytes, content_type: str) -> Any:
    """As `json_of`; of a form that holds no JSON, its fields. Many programs call everything a
    form, so JSON comes first. A field with several values keeps them all."""
    value = json_of(body)
    if content_type != "application/x-www-form-urlencoded" or not isinstance(value, str):
        return value
    fields = parse_qs("&".join(value.split("&", _FIELDS)[:_FIELDS]))
    found = {name: all_[0] if len(set(all_)) == 1 else all_ for name, all_ in fields.items()}
    return cleaned(found) or value


class Unpacked(NamedTuple):
    """The beginning of a body, and whether that is `whole`. What was packed in a way that we do not
    know, or is damaged, is there as it came, and `wrong` says which of these (`UNKNOWN`,
    `DAMAGED`)."""

    plain: bytes
    whole: bool
    wrong: str = ""


UNKNOWN, DAMAGED = "unknown", "damaged"


def inflated(raw: bytes, encoding: str, most: int, *, ended: bool = True) -> Unpacked:
    """At most `most` bytes of what was packed as `encoding`. `ended` is False where there is more
    than `raw`."""
    names = [name for part in encoding.split(",") if (name := part.strip().lower()) != "identity"]
    if not any(names):
        return Unpacked(raw[:most], ended and len(raw) <= most)
    if names not in (["gzip"], ["x-gzip"], ["deflate"]):
        return Unpacked(raw[:most], False, UNKNOWN)
    for window in (_EITHER, -zlib.MAX_WBITS):  # some send deflate without its header
        try:
            return _unpacked(raw, window, most, ended)
        except zlib.error:
            continue
    return Unpacked(raw[:most], False, DAMAGED)


def _unpacked(raw: bytes, window: int, most: int, ended: bool) -> Unpacked:
    """All members of a stream, of which some senders write one for each flush."""
    plain, rest = bytearray(), raw
    while rest and len(plain) <= most:
        unpacking = zlib.decompressobj(window)
        # No further than is kept: 58 kB that unpack to 60 MB held up the event loop for seconds.
        plain += unpacking.decompress(rest, most + 1 - len(plain))
        if not unpacking.eof:
            cut_short = ended and len(plain) <= most
            return Unpacked(bytes(plain[:most]), False, DAMAGED if cut_short else "")
        rest = unpacking.unused_data.lstrip(b"\0")
    return Unpacked(bytes(plain[:most]), ended and len(plain) <= most)


def _text(body: bytes) -> str:
    """Read by the byte-order mark or the zeros of UTF-16 and UTF-32, as RFC 8259 writers leave
    them; what is not text comes with replacement characters."""
    decoded = body.decode(json.detect_encoding(body), errors="replace")
    return decoded.strip("\0\ufeff \t\r\n")


def _parsed(text: str) -> Any:
    try:
        return _whole(text)
    except (TooNested, RecursionError):
        pass  # one field that nobody reads must not hide what the others say
    except ValueError:
        return text
    try:
        return _whole(_shallow(text))
    except (ValueError, RecursionError):
        return text


def _whole(text: str) -> Any:
    value = json.loads(text, parse_int=_count)
    bounded(json_rows(value))
    return value


def _count(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _shallow(text: str) -> str:
    """JSON with null for each value that lies below so many levels."""
    kept, level, start = [], 0, 0
    for mark in _MARKS.finditer(text):
        if mark[0] in "[{":
            level += 1
            if level == _LEVELS + 1:
                kept.append(text[start : mark.start()] + "null")
        elif mark[0] in "]}":
            level -= 1
            if level == _LEVELS:
                start = mark.end()
    return "".join(kept) + text[start:]


class QuietRunner(web.AppRunner):
    """Runs an application; nothing of a request that cannot be read comes back or is logged."""

    async def _make_server(self) -> web.Server:  # the one place where its class is chosen
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            loop=made._loop,
            **made._kwargs,
        )


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Reader(self, loop=self._loop, **self._kwargs)


class _Reader(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, HttpProcessingError):
            message = _without_its_words(exc)
        return super().handle_error(request, status, exc, message)


def _without_its_words(error: HttpProcessingError) -> str:
    """What is wrong, which is all that the error says from now on."""
    long = isinstance(error, LineTooLong)
    said = "a line of the request is too long" if long else "this is no request that can be read"
    error.message, error.args = said, (said,)
    # Whatever it came from, and the frames that it went through, hold them too.
    error.__cause__ = error.__context__ = error.__traceback__ = None
    return said
