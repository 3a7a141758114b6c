"""Somebody is away: by a cover that was entered, by their Slack status, by a closed account."""

import pytest

from slack_standin.acts import channels
from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_a_cover_gets_the_pings_and_stands_in_every_answer(story: Story) -> None:
    alice, bob = story.alice, story.bob
    home = await story.channel("general")

    await bob.types(home, f"/conn cover me by <@{alice.id}> until 3d")
    await alice.gets_dm("You cover for @Bob Responder until")
    await bob.gets_dm("@Alice Owner covers for you until")
    await alice.types(home, "/conn who orders")
    await alice.sees_ephemeral("First responder now: @Alice Owner, covering for @Bob")
    await alice.types(home, "/conn cover")
    await alice.sees_ephemeral("Alice Owner covers for Bob Responder until")
    channel = await story.breaks()

    await alice.gets_dm("You cover for @Bob Responder until")
    await story.card(channel, "Pinged: @Alice Owner ✓")
    story.passes(days=3)
    await alice.gets_dm("You no longer cover for @Bob Responder")


async def test_whoever_may_not_enter_a_cover_is_told_who_may(story: Story) -> None:
    home = await story.channel("general")

    await story.charlie.types(home, "/conn cover alice by charlie until friday")
    await story.charlie.sees_ephemeral("@Charlie Visitor")
    await story.charlie.types(home, "/conn cover bob by alice until friday")

    await story.charlie.sees_ephemeral("their managers or an architecture owner may")


async def test_who_offers_to_cover_waits_until_the_absent_one_has_said_yes(story: Story) -> None:
    alice, bob = story.alice, story.bob
    home = await story.channel("general")

    await alice.types(home, "/conn cover bob by me until 3d")
    await alice.sees_ephemeral("Nothing changes until somebody says yes")
    letter = await bob.gets_dm("says that @Alice Owner covers for @Bob Responder until")
    await alice.types(home, "/conn cover")
    await alice.sees_ephemeral("nobody has agreed yet")
    await letter.click("Yes, so it is")

    await alice.gets_dm("You cover for @Bob Responder until")
    await letter.until("@Bob Responder agreed.")
    assert letter.labels == []


async def test_a_holiday_in_slack_without_cover_sends_the_ladder_on(story: Story) -> None:
    first = await story.breaks("returns")
    await story.bob.gets_dm("Web shop returns is failing")

    bob = story.standin.workspace.users[story.bob.id]
    bob.profile |= {"status_text": "Vacationing", "status_emoji": ":palm_tree:"}
    channels.user_changed(story.standin.workspace, bob)

    await story.alice.gets_dm("Nobody has taken it so far")
    await story.dana.gets_dm("Bob Responder is away and nobody covers")
    await story.card(first, "@Alice Owner ✓")


async def test_a_closed_account_is_not_waited_for(story: Story) -> None:
    await story.breaks("returns")
    await story.bob.gets_dm("Web shop returns is failing")

    channels.deactivate(story.standin.workspace, story.standin.workspace.users[story.bob.id])

    await story.alice.gets_dm("Nobody has taken it so far")
    await story.dana.gets_dm("their Slack account is deactivated")
