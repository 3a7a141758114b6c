"""Letters: each claimed by one, in the order of its stream, and none lost when a sender dies."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.core.outbox.address import CHANNEL, Address, ToPerson
from bot.core.outbox.letter import DECORATIONS_REST, OutboxMessage, decorations
from bot.core.outbox.notice import Effect, Say, Show, What
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import EVER, MINUTE, NOW

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


def note(text: str, to: Address = CHANNEL, subject: str = "incident:1") -> Say:
    return Say(subject=subject, to=to, what=What.NOTE, facts={"text": text})


def ping(person: str, text: str = "") -> Say:
    return Say(subject="incident:1", to=ToPerson(person), what=What.PING, facts={"text": text})


class Post:
    """An outbox in memory or in a file, and its clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW

    @classmethod
    async def open(cls, path: Path | None = None) -> "Post":
        return cls(await Store.open(path))

    async def __aenter__(self) -> "Post":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()

    async def queue(self, *effects: Effect) -> None:
        def flow(tx: Tx) -> None:
            for effect in effects:
                tx.queue(effect, self.now)

        await self.store.run(flow)

    async def claim(self, process_id: str = "me", limit: int = 20) -> list[OutboxMessage]:
        until = self.now + MINUTE
        return list(
            await self.store.run(lambda tx: tx.claim_letters(self.now, until, process_id, limit))
        )

    async def sent(self, letter: OutboxMessage) -> None:
        await self.store.run(lambda tx: tx.letter_sent(letter.id, self.now, "C", "1"))

    async def postponed(self, letter: OutboxMessage, span: timedelta = SECOND) -> None:
        await self.store.run(lambda tx: tx.letter_postponed(letter.id, self.now + span, "later"))

    async def failed(self, letter: OutboxMessage) -> None:
        await self.store.run(lambda tx: tx.letter_failed(letter.id, self.now, "no"))

    async def waiting(self) -> int:
        return await self.store.run(lambda tx: tx.waiting_letters(EVER))


def texts(letters: list[OutboxMessage]) -> list[str]:
    return [letter.facts.get("text", letter.kind) for letter in letters]


class TestOrder:
    async def test_one_stream_goes_one_by_one_in_the_order_of_its_making(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"), note("b"), note("c"))

            story = []
            while batch := await post.claim():
                story.append(texts(batch))
                await post.sent(batch[0])

            assert story == [["a"], ["b"], ["c"]]

    async def test_a_postponed_letter_is_not_passed_by_a_later_one(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"), note("b"))
            await post.postponed((await post.claim())[0])

            assert await post.claim() == []
            post.now += SECOND
            assert texts(await post.claim()) == ["a"]

    async def test_a_failed_letter_makes_way(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"), note("b"))
            await post.failed((await post.claim())[0])

            assert texts(await post.claim()) == ["b"]

    async def test_furniture_never_holds_a_ping_or_the_channel(self) -> None:
        async with await Post.open() as post:
            await post.queue(decorations("incident:1"))
            post.now += DECORATIONS_REST
            held = await post.claim()

            await post.queue(note("a"), ping("bob", "p"))

            assert len(held) == 1
            assert texts(await post.claim()) == ["p", "a"]

    async def test_the_most_urgent_go_first_when_there_are_too_many(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("n"), Show(subject="home:alice"), ping("bob", "p"))

            assert texts(await post.claim(limit=1)) == ["p"]


class TestShows:
    async def test_those_that_have_not_started_are_one(self) -> None:
        async with await Post.open() as post:
            await post.queue(*[Show(subject="incident:1")] * 5)

            assert await post.waiting() == 1

    async def test_one_that_is_being_shown_may_be_stale_already(self) -> None:
        async with await Post.open() as post:
            await post.queue(Show(subject="incident:1"))
            running = (await post.claim())[0]

            await post.queue(*[Show(subject="incident:1")] * 3)
            between = await post.claim()
            await post.sent(running)

            assert between == []
            assert len(await post.claim()) == 1
            assert await post.waiting() == 1

    async def test_one_that_was_put_off_takes_no_later_one_with_it(self) -> None:
        async with await Post.open() as post:
            await post.queue(Show(subject="incident:1"))
            await post.postponed((await post.claim())[0])

            await post.queue(*[Show(subject="incident:1")] * 3)

            assert await post.waiting() == 2


class TestDeath:
    async def test_what_a_dead_sender_held_comes_back_as_perhaps_sent(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"), ping("bob"))
            await post.claim("dead")

            freed = await post.store.run(lambda tx: tx.release_claims("dead"))

            assert freed == 2
            again = await post.claim("me")
            assert [letter.maybe_sent for letter in again] == [True, True]
            assert [letter.attempts for letter in again] == [2, 2]

    async def test_only_its_own(self) -> None:
        async with await Post.open() as post:
            await post.queue(ping("alice"), ping("bob"))
            await post.claim("one", limit=1)
            await post.claim("two", limit=1)

            holders = await post.store.run(lambda tx: tx.claiming_processes())
            freed = await post.store.run(lambda tx: tx.release_claims("one"))

            assert holders == {"one", "two"}
            assert freed == 1
            assert await post.store.run(lambda tx: tx.claiming_processes()) == {"two"}

    async def test_a_claim_that_ran_out_is_taken_over_as_perhaps_sent(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"))
            first = (await post.claim("slow"))[0]
            early = await post.claim("me")

            post.now += MINUTE
            second = (await post.claim("me"))[0]

            assert early == []
            assert (first.maybe_sent, second.maybe_sent) == (False, True)

    async def test_a_letter_that_was_sent_meanwhile_is_not_brought_back(self) -> None:
        async with await Post.open() as post:
            await post.queue(note("a"))
            letter = (await post.claim("slow"))[0]
            post.now += MINUTE
            await post.claim("me")
            await post.sent(letter)

            await post.postponed(letter)
            await post.failed(letter)

            assert await post.waiting() == 0
            assert await post.claim() == []

    async def test_two_stores_on_one_file_claim_each_letter_once(self, tmp_path: Path) -> None:
        file = tmp_path / "firstlane.sqlite3"
        async with await Post.open(file) as one, await Post.open(file) as two:
            await one.queue(*(ping(f"person-{n}", str(n)) for n in range(60)))

            async def drain(post: Post, name: str) -> list[str]:
                mine = []
                while batch := await post.claim(name, limit=7):
                    mine += texts(batch)
                return mine

            first, second = await asyncio.gather(drain(one, "one"), drain(two, "two"))

            assert not set(first) & set(second)
            assert sorted([*first, *second], key=int) == [str(n) for n in range(60)]

    async def test_nothing_is_queued_by_a_flow_that_fails(self) -> None:
        async with await Post.open() as post:

            def fails(tx: Tx) -> None:
                tx.queue(note("a"), NOW)
                raise LookupError

            with pytest.raises(LookupError):
                await post.store.run(fails)

            assert await post.waiting() == 0


@pytest.mark.parametrize("streams", [1, 10_000], ids=["one stream", "a stream each"])
async def test_ten_thousand_open_letters_are_claimed_in_one_pass(streams: int) -> None:
    async with await Post.open() as post:
        await post.queue(*(ping(f"person-{n % streams}") for n in range(10_000)))

        steps = await post.store.run(_count_steps)
        batch = await post.claim()

        assert len(batch) == min(streams, 20)
        # A letter that is looked at costs some tens of steps; each looked at for each, thousands.
        assert steps() < 300 * 10_000


def _count_steps(tx: Tx) -> Callable[[], int]:
    """Gives how many steps SQLite's machine has made since, in hundreds."""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 100
        return 0

    cast(Tx, tx).db.conn.set_progress_handler(step, 100)
    return lambda: counted
