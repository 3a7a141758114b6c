"""Bodies as senders really write them: with a byte-order mark, in UTF-16, in a form, or wrapped."""

import json
from typing import Any
from urllib.parse import parse_qs


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
        return value[0]
    return value if text else None


def _text(body: bytes) -> str:
    """Read by the byte-order mark or the zeros of UTF-16 and UTF-32, as RFC 8259 writers leave
    them; what is not text comes with replacement characters."""
    decoded = body.decode(json.detect_encoding(body), errors="replace")
    return decoded.strip("\0\ufeff \t\r\n")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
