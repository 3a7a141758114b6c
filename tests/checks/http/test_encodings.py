"""How servers pack bodies: each way that is read has its value, and every other has its reason."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.http.fetch import LARGEST_BODY, decoded

BODY = b'{"n": 7}'


def raw_deflate(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


MEMBERS = gzip.compress(BODY[:4], mtime=0) + gzip.compress(BODY[4:], mtime=0)


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        (BODY, ""),
        (BODY, "identity"),
        (BODY, "identity, identity"),
        (BODY, "none"),
        (BODY, "UTF-8"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), "X-GZIP"),
        (gzip.compress(BODY, mtime=0), "deflate"),
        (gzip.compress(BODY, mtime=0), "gzip, utf-8"),
        (MEMBERS, "gzip"),
        (MEMBERS + b"\0" * 512, "gzip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY), "gzip"),
        (raw_deflate(BODY), "deflate"),
        (gzip.compress(zlib.compress(BODY), mtime=0), "deflate, gzip"),
        (gzip.compress(gzip.compress(BODY, mtime=0), mtime=0), "gzip, gzip"),
    ],
)
def test_a_body_is_read_however_it_was_packed(raw: bytes, header: str) -> None:
    assert decoded(raw, header) == BODY


@pytest.mark.parametrize(
    ("raw", "header", "said"),
    [
        (gzip.compress(BODY, mtime=0)[:-4], "gzip", "ends too early"),
        (MEMBERS[:-1], "gzip", "ends too early"),
        (zlib.compress(BODY)[:-1], "deflate", "ends too early"),
        (raw_deflate(BODY)[:-1], "deflate", "ends too early"),
        (gzip.compress(BODY, mtime=0) + b"and more", "gzip", "something follows"),
        (zlib.compress(BODY) + b"and more", "deflate", "something follows"),
        (raw_deflate(BODY) + b"and more", "deflate", "something follows"),
        (BODY, "gzip", "broken"),
        (gzip.compress(BODY, mtime=0)[:-8] + b"\0" * 8, "gzip", "broken"),
        (BODY, "br", "did not ask for"),
        (BODY, "gzip, br", "did not ask for"),
        (BODY, "gzip, gzip, gzip, gzip", "did not ask for"),
        (gzip.compress(b"", mtime=0) * 1001, "gzip", "too many pieces"),
        (gzip.compress(b" " * (LARGEST_BODY + 1)), "gzip", "too large"),
        (
            gzip.compress(b" " * LARGEST_BODY, mtime=0) + gzip.compress(b" ", mtime=0),
            "gzip",
            "too large",
        ),
        (gzip.compress(gzip.compress(b" " * 50_000_000, mtime=0)), "gzip, gzip", "too large"),
    ],
)
def test_what_is_not_whole_or_not_asked_for_is_refused_with_the_reason(
    raw: bytes, header: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        decoded(raw, header)


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=400))
def test_no_part_of_a_stream_is_taken_for_the_whole(body: bytes, length: int) -> None:
    for packed in (gzip.compress(body, mtime=0), zlib.compress(body), raw_deflate(body)):
        cut = packed[: min(length, len(packed) - 1)]
        if cut:
            with pytest.raises(ValueError, match=r"too early|broken|follows"):
                decoded(cut, "deflate")
