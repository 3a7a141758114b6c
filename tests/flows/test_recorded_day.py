"""A whole day goes as it went when it was written down."""

import pytest

from tests.flows import recorded_day

pytestmark = pytest.mark.anyio


async def test_a_day_leaves_behind_what_it_left() -> None:
    then = recorded_day.KEPT.read_text(encoding="utf-8").splitlines()

    assert await recorded_day.lived() == then
