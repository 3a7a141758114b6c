"""A credential that ends: its owner hears of it and answers with the buttons, in Slack itself."""

from datetime import timedelta

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


def with_key(story: Story, days: int) -> None:
    """The shop's key ends in so many days, and Alice renews it."""
    ends = (story.clock.now() + timedelta(days=days)).date()
    path = story.estate
    key = (
        "    credentials:\n"
        "      - {id: shop-key, name: Shop key, owner: alice, identity: personal,"
        f" expires: {ends}}}\n"
    )
    before, found, after = path.read_text(encoding="utf-8").partition("    first_responder: bob\n")
    story.rewrite(f"{before}{found}{key}{after}")


async def test_an_owner_is_told_and_writes_down_the_new_date(story: Story) -> None:
    with_key(story, 5)
    letter = await story.alice.gets_dm("Shop key expires")
    first = letter.text

    await letter.click("Rotated, new expiry…")
    modal = await story.alice.sees_modal("Rotated")
    await modal.fill("It stops working on", str((story.clock.now() + timedelta(days=700)).date()))
    answer = await modal.submit()

    said = await story.alice.gets_dm("Noted: valid to")
    assert "personal login" in first
    assert answer.get("errors") is None
    assert "update the estate file" in said.text
    closed = await story.alice.gets_dm("@Alice Owner renewed it, valid to")
    assert (closed.labels, closed.ts) == ([], letter.ts)
    assert "personal login" in closed.text


async def test_a_date_that_is_over_is_refused_in_the_modal(story: Story) -> None:
    with_key(story, 5)
    letter = await story.alice.gets_dm("Shop key expires")
    await letter.click("Rotated, new expiry…")
    modal = await story.alice.sees_modal("Rotated")
    await modal.fill("It stops working on", "2020-01-01")

    answer = await modal.submit()

    assert "This date is over" in str(answer.get("errors"))


async def test_not_mine_tells_whoever_is_next(story: Story) -> None:
    with_key(story, 5)
    letter = await story.alice.gets_dm("Shop key expires")

    await letter.click("Not mine")

    passed = await story.dana.gets_dm("Shop key expires")
    assert "@Alice Owner says that it is not theirs" in passed.text
    closed = await story.alice.gets_dm("that it is not theirs")
    assert "Dana Manager is told" in closed.text
    assert (closed.labels, "Not mine" in passed.labels) == ([], True)


async def test_a_snooze_says_until_when(story: Story) -> None:
    with_key(story, 5)
    letter = await story.alice.gets_dm("Shop key expires")

    await letter.click("Snooze 3 days")

    said = await story.alice.sees_ephemeral("You hear of it again")
    assert "or earlier when it gets close" in said.text
    closed = await story.alice.gets_dm("@Alice Owner snoozed it until")
    assert (closed.labels, closed.ts) == ([], letter.ts)
