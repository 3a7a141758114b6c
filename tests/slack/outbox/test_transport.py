"""What becomes of a letter when a try fails: through Slack, through our own pace, or through us."""

from contextlib import suppress
from html import unescape

import pytest

from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import Say, Show, What
from bot.core.outbox.received import Receipt, SlackUser
from bot.slack.incidents.channel import ChannelLocations, repair
from bot.slack.outbox.channel_view import ChannelView
from bot.slack.outbox.transport import MAX_FAILURES, Dispatcher
from bot.slack.platform.gateway import Later
from bot.slack.platform.users import Users
from bot.store.tx import Tx
from tests.builders import EVER, an_incident
from tests.e2e.slack_proxy import Junk
from tests.slack.conftest import Bench
from tests.slack.wall import dispatcher

pytestmark = pytest.mark.anyio


def sender_of(bench: Bench) -> Dispatcher:
    people = Users(bench.runtime, bench.gateway)
    return dispatcher(bench.runtime, bench.gateway, people, bench.standin)


def channel_view_of(bench: Bench) -> ChannelView:
    runtime, gateway, poster = bench.runtime, bench.gateway, bench.poster
    people = Users(runtime, gateway)
    return ChannelView(
        runtime, gateway, people, poster, ChannelLocations(runtime, gateway, people, poster, "U0")
    )


async def incident_of_bob(bench: Bench) -> str:
    """An open incident whose first responder is Bob; returns the channel of his messages."""
    user = bench.slack.member("Bob").id
    opened = await bench.gateway.call("conversations.open", users=user)
    dm = str(opened["channel"]["id"])
    now = bench.clock.now()

    def save(tx: Tx) -> None:
        tx.save_slack_user(SlackUser(person="bob", address="bob@example.com", user=user, dm=dm))
        tx.add_incident(an_incident(id=0, opened_at=now, failing_since=now))

    await bench.runtime.store.run(save)
    return dm


async def queued(bench: Bench, what: What) -> None:
    letter = Say(subject="incident:1", to=ToPerson("bob"), what=what, facts={"rung": 0})
    await bench.runtime.store.run(lambda tx: tx.queue(letter, bench.clock.now()))


async def receipt(bench: Bench) -> Receipt:
    (found,) = await bench.runtime.store.run(lambda tx: tx.receipts("incident:1"))
    return found


def pings(bench: Bench, dm: str) -> int:
    return sum("INC-1" in seen.text for seen in bench.slack.messages(dm))


async def test_what_slack_or_our_pace_put_off_is_not_counted_as_a_failed_try(bench: Bench) -> None:
    await incident_of_bob(bench)
    await queued(bench, What.PING)
    sender = sender_of(bench)
    bench.standin.faults.limit("chat.postMessage", calls=999, retry_after=1)
    for _ in range(3 * MAX_FAILURES):
        await sender.send_due()
        bench.clock.shift(2)

    bench.standin.faults.limit("chat.postMessage", calls=0, retry_after=1)
    waiting = await receipt(bench)
    await sender.send_due()

    assert waiting.state == "waiting"
    assert (await receipt(bench)).state == "delivered"


async def test_one_error_of_ours_after_many_delays_gives_nothing_up(bench: Bench) -> None:
    await incident_of_bob(bench)
    await queued(bench, What.HANDED_OVER)  # nobody has words for it in person
    store = bench.runtime.store
    now = bench.clock.now()

    def put_off(tx: Tx) -> None:
        (letter,) = tx.claim_letters(now, now, "me", 9)
        tx.letter_postponed(letter.id, now, "ratelimited")

    for _ in range(3 * MAX_FAILURES):
        await store.run(put_off)
    sender = sender_of(bench)

    left = []
    for _ in range(MAX_FAILURES):
        await sender.send_due()
        left.append(await store.run(lambda tx: tx.waiting_letters(EVER)))
        bench.clock.shift(600)

    assert left == [1] * (MAX_FAILURES - 1) + [0]


async def test_a_ping_whose_answer_was_lost_is_looked_up_and_counts_as_delivered(
    bench: Bench,
) -> None:
    dm = await incident_of_bob(bench)
    await queued(bench, What.PING)
    sender = sender_of(bench)
    bench.proxy.spoils("chat.postMessage", Junk(), calls=1)

    await sender.send_due()
    unsure = await receipt(bench)
    bench.clock.shift(5)
    await sender.send_due()

    assert (unsure.state, unsure.perhaps) == ("waiting", True)
    sure = await receipt(bench)
    assert (sure.state, sure.perhaps) == ("delivered", False)
    assert pings(bench, dm) == 1


async def test_a_ping_that_may_have_arrived_is_never_said_not_to_have(bench: Bench) -> None:
    """The answer was lost, the history may not be read, and then Slack refuses."""
    await incident_of_bob(bench)
    await queued(bench, What.PING)
    sender = sender_of(bench)
    bench.proxy.spoils("chat.postMessage", Junk(), calls=1)
    bench.standin.faults.refuse("conversations.history", calls=9, error="missing_scope")

    await sender.send_due()
    bench.clock.shift(5)
    bench.standin.faults.refuse("chat.postMessage", calls=1, error="restricted_action")
    await sender.send_due()

    given_up = await receipt(bench)
    assert (given_up.state, given_up.perhaps) == ("failed", True)
    told = await bench.runtime.store.run(lambda tx: tx.timeline(1))
    (said,) = [entry.text for entry in told if entry.kind == "undelivered"]
    assert "was perhaps pinged" in said


async def test_a_ping_that_is_known_not_to_be_there_is_said_not_to_be(bench: Bench) -> None:
    await incident_of_bob(bench)
    await queued(bench, What.PING)
    sender = sender_of(bench)
    bench.proxy.spoils("chat.postMessage", Junk(), calls=1, done=False)

    await sender.send_due()
    bench.clock.shift(5)
    bench.standin.faults.refuse("chat.postMessage", calls=1, error="restricted_action")
    await sender.send_due()

    given_up = await receipt(bench)
    assert (given_up.state, given_up.perhaps) == ("failed", False)


async def test_a_bookmark_that_is_perhaps_there_is_looked_for(bench: Bench) -> None:
    channel_view, link = channel_view_of(bench), "https://wiki.example.com/orders"
    bench.proxy.spoils("bookmarks.add", Junk(), calls=1)
    for _ in range(3):
        with suppress(Later):
            await channel_view.bookmark("incident:1", bench.general, link)

    kept = await bench.gateway.call("bookmarks.list", channel_id=bench.general)

    assert [one["link"] for one in kept["bookmarks"]] == [link]


@pytest.mark.parametrize("done", [True, False])
async def test_a_topic_is_set_again_only_where_it_does_not_stand(bench: Bench, done: bool) -> None:
    channel_view, method = channel_view_of(bench), "conversations.setTopic"
    for topic in ("A & B have it", "open", "A & B have it"):
        bench.proxy.spoils(method, Junk(), calls=1, done=done)
        before = len(bench.standin.services.log.of(method))
        for _ in range(3):
            with suppress(Later):
                await channel_view.topic("incident:1", bench.general, topic)

        shown = bench.standin.workspace.channel_named("general")
        assert shown is not None
        assert unescape(shown.topic["value"]) == topic
        assert len(bench.standin.services.log.of(method)) == before + 1


async def test_a_topic_that_was_perhaps_overwritten_is_set_again(bench: Bench) -> None:
    channel_view = channel_view_of(bench)
    await channel_view.topic("incident:1", bench.general, "open")
    bench.proxy.spoils("conversations.setTopic", Junk(), calls=1)
    with suppress(Later):
        await channel_view.topic("incident:1", bench.general, "resolved")
    await channel_view.topic("incident:1", bench.general, "open")

    shown = bench.standin.workspace.channel_named("general")
    assert shown is not None
    assert shown.topic["value"] == "open"


async def rounds(sender: Dispatcher, bench: Bench, count: int, seconds: float) -> None:
    for _ in range(count):
        await sender.send_due()
        bench.clock.shift(seconds)


async def the_estate_owner(bench: Bench) -> None:
    user = bench.slack.member("Alice").id
    opened = await bench.gateway.call("conversations.open", users=user)
    architect = SlackUser(
        person="architect",
        address="architect@example.com",
        user=user,
        dm=str(opened["channel"]["id"]),
    )
    await bench.runtime.store.run(lambda tx: tx.save_slack_user(architect))


async def test_whoever_is_not_let_into_the_channel_hears_of_it_and_gets_in_later(
    bench: Bench,
) -> None:
    dm = await incident_of_bob(bench)
    await the_estate_owner(bench)
    await queued(bench, What.PING)
    show = Show(subject="incident:1")
    await bench.runtime.store.run(lambda tx: tx.queue(show, bench.clock.now()))
    sender, bob = sender_of(bench), bench.slack.member("Bob")
    bench.standin.faults.refuse("conversations.invite", calls=20, error="restricted_action")

    await rounds(sender, bench, 8, 5)
    channel = bench.standin.workspace.channel_named("inc-1-orders")
    assert channel is not None
    left_out = bob.id not in channel.members
    await bob.gets_dm("Slack did not let me add you to the channel of INC-1")
    await bench.slack.member("Alice").gets_dm(
        "Slack does not let me add people to the channel of INC-1"
    )
    bench.standin.faults.refuse("conversations.invite", calls=0, error="")
    await rounds(sender, bench, 4, 1800)

    assert left_out
    assert bob.id in channel.members
    assert sum("did not let me add you" in seen.text for seen in bench.slack.messages(dm)) == 1


async def test_one_who_may_not_be_invited_keeps_nobody_else_out(bench: Bench) -> None:
    channel_view = channel_view_of(bench)
    asked = await bench.gateway.call("conversations.create", name="inc-9")
    people = {"bob": bench.slack.member("Bob").id, "gone": "U0NOBODY"}

    refused = await channel_view.invited(asked["channel"]["id"], people)

    inside = bench.standin.workspace.channels[asked["channel"]["id"]].members
    assert refused == {"gone": "user_not_found"}
    assert people["bob"] in inside


async def test_a_line_for_a_channel_that_is_being_replaced_waits_for_the_new_one(
    bench: Bench,
) -> None:
    await incident_of_bob(bench)
    line = Say(subject="incident:1", to=CHANNEL, what=What.CHANNEL_BACK, facts={"by": None})
    await bench.runtime.store.run(lambda tx: tx.queue(line, bench.clock.now()))

    await sender_of(bench).send_due()
    again = await repair(bench.runtime, bench.gateway, "incident:1", "is_archived")

    assert again
    assert await bench.runtime.store.run(lambda tx: tx.waiting_letters(EVER)) == 1
