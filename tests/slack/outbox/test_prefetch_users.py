"""People are looked up before there is any hurry, and pings never wait for that."""

from dataclasses import replace

import pytest

from bot.slack.outbox.prefetch_users import UserPrefetch, in_order
from bot.slack.platform.gateway import Later
from bot.slack.platform.users import Users
from tests.builders import NOW, a_connection, a_person, an_estate
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


def test_first_responders_come_first_and_who_left_does_not_come() -> None:
    left = a_person("zoe", left=NOW.date())
    estate = an_estate(a_connection(first_responder="bob"))
    estate = replace(estate, people={"zoe": left, **estate.people})

    order = in_order(estate)

    assert order[0] == "bob"
    assert "zoe" not in order


async def test_a_round_opens_conversations_and_the_next_one_finds_nobody_new(
    bench: Bench,
) -> None:
    prefetch = UserPrefetch(bench.runtime, Users(bench.runtime, bench.gateway))
    start = await prefetch.meet()

    met, again = await prefetch.meet(), await prefetch.meet()

    known = await bench.runtime.store.run(lambda tx: tx.slack_users())
    assert (start, again) == (0, 0)
    assert met == len([one for one in known if one.dm]) > 0


async def test_what_is_not_urgent_leaves_room_for_what_is(bench: Bench) -> None:
    bob = bench.slack.member("Bob").id
    for _ in range(30):  # three fifths of fifty a minute
        await bench.gateway.call("conversations.open", users=bob)
    with pytest.raises(Later):
        await bench.gateway.call("conversations.open", users=bob)

    answer = await bench.gateway.call("conversations.open", urgent=True, users=bob)

    assert answer["ok"]


async def test_a_changed_address_is_asked_about_anew_and_the_account_of_the_old_one_is_nobody_s(
    bench: Bench,
) -> None:
    known = bench.runtime.knowledge()
    people = Users(bench.runtime, bench.gateway)
    alice, bob = bench.slack.member("Alice").id, bench.slack.member("Bob").id
    await people.dm("bob")
    moved = replace(known.catalogue.people["bob"], email="alice@example.com")
    estate = replace(known.catalogue, people={"bob": moved})
    later = replace(bench.runtime, knowledge=lambda: replace(known, catalogue=estate))
    people = Users(later, bench.gateway)
    prefetch = UserPrefetch(later, people)

    before = await people.writer(), await people.person(bob)
    await prefetch.meet()
    met = await prefetch.meet()
    after = await people.writer(), await people.person(alice)

    assert before == (replace(before[0], users={}), f"slack:{bob}")
    assert met == 1
    assert (after[0].users, after[1]) == ({"bob": alice}, "bob")
