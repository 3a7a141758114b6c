"""A body is unpacked only for a token that we know, and never further than it is kept."""

import asyncio
import gzip
import zlib

import httpx
import pytest

from bot.core.monitoring.heartbeat import PingKind
from bot.web.bodies import inflated
from bot.web.pings import KEPT_BYTES
from tests.web.test_web import House, client, house

__all__ = ["client", "house"]
pytestmark = pytest.mark.anyio
BOMB = gzip.compress(b"\0" * 60_000_000)
PLAIN = b'{"processed": 5}'


def bare_deflate(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


@pytest.mark.parametrize("path", ["/ping/unknown", "/ping/unknown/fail", "/hooks/generic/unknown"])
async def test_an_unknown_token_is_answered_before_anything_of_the_body_came(
    house: House, path: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\n"
        f"content-length: {len(BOMB)}\r\n\r\n".encode()
    )
    await writer.drain()

    answer = await reader.readline()

    assert b" 404 " in answer
    writer.close()


async def test_a_bomb_with_a_good_token_is_a_ping_with_a_short_note(
    house: House, client: httpx.AsyncClient
) -> None:
    headers = {"content-encoding": "gzip"}

    answer = await client.post("/ping/t0ken/fail", content=BOMB, headers=headers)

    assert answer.status_code == 200
    (ping,) = house.pings
    assert (ping.kind, ping.processed) == (PingKind.FAIL, None)
    assert len(ping.note) <= 1000


@pytest.mark.parametrize(
    ("packed", "encoding", "processed"),
    [
        (PLAIN, "", 5),
        (PLAIN, "identity", 5),
        (gzip.compress(PLAIN), "gzip", 5),
        (gzip.compress(PLAIN), "X-GZIP", 5),
        (gzip.compress(PLAIN[:7]) + gzip.compress(PLAIN[7:]), "gzip", 5),
        (zlib.compress(PLAIN), "deflate", 5),
        (bare_deflate(PLAIN), "deflate", 5),
        (gzip.compress(PLAIN)[:-9], "gzip", None),
        (PLAIN, "gzip", None),
        (PLAIN, "br", None),
        (gzip.compress(gzip.compress(PLAIN)), "gzip, gzip", None),
    ],
    ids=[
        "plain", "identity", "gzip", "x-gzip", "two members", "deflate", "bare deflate", "cut",
        "not packed", "unknown", "twice",
    ],
)  # fmt: skip
async def test_a_packed_ping_counts_and_is_read_where_it_can_be(
    house: House, client: httpx.AsyncClient, packed: bytes, encoding: str, processed: float | None
) -> None:
    headers = {"content-encoding": encoding} if encoding else {}

    answer = await client.post("/ping/t0ken", content=packed, headers=headers)

    assert answer.status_code == 200
    assert [ping.processed for ping in house.pings] == [processed]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bare_deflate])
@pytest.mark.parametrize("most", [0, 1, 1000, KEPT_BYTES])
def test_no_byte_more_is_unpacked_than_is_kept(pack: object, most: int) -> None:
    assert callable(pack)
    encoding = "gzip" if pack is gzip.compress else "deflate"

    plain, whole, _ = inflated(pack(b"\0" * 5_000_000), encoding, most)

    assert (len(plain), whole) == (most, False)
    assert inflated(pack(b"x" * most), encoding, most) == (b"x" * most, True, "")
