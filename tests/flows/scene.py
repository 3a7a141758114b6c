"""A stage for stories: one database in memory, one estate, and a clock that a test moves.

Everything goes through the real flows; what was said is read by claiming the letters as the
sender does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.incident import LIVE, Incident
from bot.core.knowledge import Knowledge
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult, Observation
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import looks
from bot.flows import tick as deadlines
from bot.flows.outbox import delivery
from bot.flows.work import Work
from bot.language.errors import Unsure
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import MINUTE, NOW, knowledge_of, saw

R = TypeVar("R")
CLAIM = timedelta(minutes=1)


class Scene:
    def __init__(self, store: Store, knowledge: Knowledge) -> None:
        self.store = store
        self.knowledge = knowledge
        self.now: datetime = NOW

    @classmethod
    async def open(cls, catalogue: Catalogue | None = None) -> "Scene":
        return cls(await Store.open(None), knowledge_of(catalogue))

    async def __aenter__(self) -> "Scene":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()

    async def aside(self, work: Callable[[Database], R]) -> R:
        """On the thread of the database, outside of any transaction."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.store._thread, work, self.store._db)

    async def run(self, flow: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        return await self.store.run(flow, *args, **kwargs)

    async def do(
        self,
        flow: Callable[..., R],
        *args: Any,
        now: datetime | None = None,
        knowledge: Knowledge | None = None,
        **kwargs: Any,
    ) -> R:
        """Run a flow, as of now and by what the files say."""
        begun = partial(Work, knowledge=knowledge or self.knowledge, now=now or self.now)
        return await self.store.run(lambda tx: flow(begun(tx), *args, **kwargs))

    async def does_all_the_same(self, flow: Callable[..., R], *args: Any) -> R:
        """Is asked first, and agrees at once."""
        try:
            await self.do(flow, *args)
        except Unsure as asked:
            return await self.do(flow, *args, agreed=asked.mark)
        raise AssertionError("nothing was asked")

    def later(self, span: timedelta) -> datetime:
        self.now += span
        return self.now

    async def sees(self, *verdicts: Verdict, check: str = "orders/api", **signals: Any) -> None:
        """Looks of one check, a minute apart."""
        for verdict in verdicts:
            await self.records(saw(verdict, self.now, **signals), check=check)
            self.later(MINUTE)

    async def records(self, *seen: Observation, check: str = "orders/api") -> tuple[str, ...]:
        results = [CheckResult(check=check, observation=one) for one in seen]
        return await self.do(looks.record, results)

    async def tick(self, span: timedelta = timedelta(0)) -> int:
        """What was acted on; a deadline that raises is set aside by the bot and fails a test."""
        self.later(span)
        ticked = await self.do(deadlines.tick)
        assert ticked.troubled == ()
        return ticked.touched

    async def live(self, connection: str = "orders") -> Incident | None:
        return await self.store.run(lambda tx: tx.live_incident(connection))

    async def incident(self, number: int = 1) -> Incident:
        found = await self.store.run(lambda tx: tx.incident(number))
        assert found is not None
        return found

    async def lives(self) -> tuple[Incident, ...]:
        return await self.store.run(lambda tx: tx.incidents(LIVE))

    async def timeline(self, number: int = 1) -> tuple[TimelineEntry, ...]:
        return await self.store.run(lambda tx: tx.timeline(number))

    async def kinds(self, number: int = 1) -> list[str]:
        return [entry.kind for entry in await self.timeline(number)]

    async def post(self, *, refuse: frozenset[str] = frozenset()) -> list[OutboxMessage]:
        """Deliver everything that waits, in the order it would go; letters to `refuse` are given
        up. Returns them all."""
        posted: list[OutboxMessage] = []
        while batch := await self.store.run(self.claim):
            for letter in batch:
                posted.append(letter)
                if str(letter.to) in refuse:
                    await self.do(delivery.give_up, letter, "user_not_found")
                else:
                    await self.do(delivery.sent, letter, f"D-{letter.to}", str(letter.id))
        return posted

    def claim(self, tx: Tx) -> tuple[OutboxMessage, ...]:
        return tx.claim_letters(self.now, self.now + CLAIM, "test", 20)

    async def said(self, *, refuse: frozenset[str] = frozenset()) -> list[tuple[str, What]]:
        """Deliver everything and return what was said to whom, shows left out."""
        posted = await self.post(refuse=refuse)
        return [(str(letter.to), letter.what) for letter in posted if letter.what is not None]

    async def pinged(self) -> list[str]:
        """Deliver everything and return who was pinged."""
        said = await self.said()
        return [to.removeprefix("person:") for to, what in said if what is What.PING]


def played_once(stage: Callable[[], Awaitable[Scene]]) -> Callable[[], Awaitable[Scene]]:
    """A stage that takes many steps: they are done once, and every scene begins with a copy of
    what was in the database after them."""
    played: list[tuple[bytes, Knowledge, datetime]] = []

    @wraps(stage)
    async def copied() -> Scene:
        if not played:
            async with await stage() as first:
                content = await first.aside(lambda db: db.conn.serialize())
                played.append((content, first.knowledge, first.now))
        [(content, knowledge, now)] = played
        scene = Scene(await Store.open(None), knowledge)
        await scene.aside(lambda db: db.conn.deserialize(content))
        scene.now = now
        return scene

    return copied
