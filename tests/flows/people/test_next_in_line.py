"""Who is asked next stays as it was written down, wherever it is decided."""

import pytest

from tests.flows.people import next_in_line

pytestmark = pytest.mark.anyio


async def test_every_place_asks_whom_it_asked() -> None:
    assert await next_in_line.table() == next_in_line.KEPT.read_text(encoding="utf-8")
