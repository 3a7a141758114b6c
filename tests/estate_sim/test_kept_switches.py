"""What is switched on stays so when the estate ends and starts again."""

from pathlib import Path

import pytest

from estate_sim import Estate, Failure
from tests.estate_sim.conftest import CONNECTIONS
from tests.plain_http import client_of

pytestmark = pytest.mark.anyio
EXPIRED, DOWN = Failure.CREDENTIAL_EXPIRED, Failure.ERP_DOWN
STORED = ["", "{", "[1]", '[{"failure": "of another version", "connection": "x", "since": "now"}]']


def an_estate(state: Path) -> Estate:
    return Estate(connections=CONNECTIONS, port=0, erp="erp", state=state)


async def on(estate: Estate) -> dict[str, list[str]]:
    async with client_of(estate.url) as client:
        cards = (await client.get("/api/state")).json()["connections"]
    return {one["id"]: one["failures"] for one in cards if one["failures"]}


async def test_the_next_start_goes_on_with_what_is_broken(tmp_path: Path) -> None:
    state = tmp_path / "switches.json"
    async with an_estate(state) as first:
        first.switch(EXPIRED, "shop-orders", True)
        first.switch(DOWN, None, True)
        before = await on(first)
    async with an_estate(state) as second:
        after = await on(second)
        second.switch(DOWN, None, False)
    async with an_estate(state) as third:
        left = await on(third)
        third.reset()
    async with an_estate(state) as fourth:
        assert await on(fourth) == {}

    assert before == after
    assert len(before) > 1
    assert left == {"shop-orders": ["credential_expired"]}


@pytest.mark.parametrize("stored", STORED)
async def test_a_file_that_is_not_ours_switches_nothing_on(tmp_path: Path, stored: str) -> None:
    state = tmp_path / "switches.json"
    state.write_text(stored, encoding="utf-8")

    async with an_estate(state) as estate:
        assert await on(estate) == {}


async def test_what_the_file_of_another_estate_names_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "switches.json"
    async with an_estate(state) as estate:
        estate.switch(EXPIRED, "shop-orders", True)
    others = tuple(one for one in CONNECTIONS if one.id != "shop-orders")
    async with Estate(connections=others, port=0, erp="erp", state=state) as estate:
        assert await on(estate) == {}
