"""Undoing what the header `Content-Encoding` says was done to a body, within bounds.

Servers name plain bodies in many ways, send deflate without its header and gzip in several
members. A stream that ends too early, or something that follows it, is not taken for whole.
"""

import zlib

LARGEST_BODY = 2 * 1024 * 1024
_MOST_MEMBERS = 1000
_MOST_LAYERS = 3
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8", "us-ascii", "iso-8859-1", "binary"})
_GZIP, _DEFLATE = frozenset({"gzip", "x-gzip"}), frozenset({"deflate"})
_GZIP_BEGINS = b"\x1f\x8b"


class TooLarge(ValueError):
    """Unpacked, it is larger than `LARGEST_BODY`."""


def decoded(raw: bytes, header: str) -> bytes:
    """The plain body. Raises ValueError, which says what is wrong with it."""
    names = [name.strip().lower() for name in header.split(",")]
    layers = [name for name in names if name not in _PLAIN]
    if any(name not in _GZIP | _DEFLATE for name in layers) or len(layers) > _MOST_LAYERS:
        raise ValueError("the answer is compressed in a way we did not ask for")
    # The header lists encodings in the order they were applied. An empty body has none to undo.
    for name in reversed(layers if raw else []):
        raw = _unpacked(raw, name)
    return raw


def _unpacked(raw: bytes, name: str) -> bytes:
    try:
        # By how it begins and not by its name: what is called deflate may be gzip.
        if raw.startswith(_GZIP_BEGINS):
            return _members(raw)
        return _stream(raw, zlib.MAX_WBITS)
    except zlib.error:
        pass
    try:
        if name in _DEFLATE:
            return _stream(raw, -zlib.MAX_WBITS)  # as IIS sends it, without a header
    except zlib.error:
        pass
    raise ValueError("the answer's compression is broken")


def _members(raw: bytes) -> bytes:
    """All members of a gzip stream, which some servers write one for each flush."""
    whole = bytearray()
    for _ in range(_MOST_MEMBERS):
        part, raw = _one(raw, 16 + zlib.MAX_WBITS, LARGEST_BODY - len(whole))
        whole += part
        if not raw.strip(b"\0"):  # padding
            return bytes(whole)
        if not raw.startswith(_GZIP_BEGINS):
            raise ValueError("something follows the compressed answer")
    raise ValueError("the answer is compressed in too many pieces")


def _stream(raw: bytes, window: int) -> bytes:
    whole, rest = _one(raw, window, LARGEST_BODY)
    if rest:
        raise ValueError("something follows the compressed answer")
    return whole


def _one(raw: bytes, window: int, most: int) -> tuple[bytes, bytes]:
    """(unpacked, what follows). Never unpacks much more than `most` bytes: 2 MB of zeros packed
    twice over would become gigabytes."""
    unpacking = zlib.decompressobj(window)
    whole = unpacking.decompress(raw, most + 1)
    if len(whole) > most:
        raise TooLarge("the answer is too large")
    if not unpacking.eof:
        raise ValueError("the compressed answer ends too early")
    return whole, unpacking.unused_data
