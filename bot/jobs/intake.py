"""Pings and messages on their way into the database, many in one transaction.

A ping is answered only after its commit, so one that was not stored is known as such to its
sender. While a batch is being stored the next one gathers; nothing waits for a timer. A full
queue makes senders wait, and one ping that cannot be stored is refused alone.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.checks.secrets.secrecy import Clean, redacted_ping
from bot.core.monitoring.heartbeat import HEARTBEATS, Kinds, Ping
from bot.flows import looks
from bot.flows.estate import ping_addresses
from bot.flows.estate.ping_addresses import Addresses
from bot.flows.work import Work
from bot.language.errors import BotError, CannotStore
from bot.language.marks import cleaned
from bot.runtime import Runtime

log = logging.getLogger(__name__)

# Each commit waits for the disk, so a burst costs a few of them and not one for each ping.
AT_ONCE = 500  # pings stored in one transaction
WAITING = 5000  # pings that may wait; further senders wait for their place


class NotStored(BotError):
    """The ping was not kept; its sender should send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """`ping` is None where only the token is asked about."""

    token: str
    ping: Ping | None
    kinds: Kinds
    known: asyncio.Future[bool]


class Intake:
    """Run `run` as a task; `take` from anywhere in the same loop; `drain` before the task ends.
    `clean` takes secrets out of what is stored."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        clean: Clean = cleaned,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
    ) -> None:
        self._runtime = runtime
        self._clean = clean
        self._at_once = at_once
        self._queue: asyncio.Queue[_Arrival] = asyncio.Queue(waiting)
        self._addresses: Addresses | None = None

    async def knows(self, token: str, kinds: Kinds) -> bool:
        """Whether the token is of a check of these kinds. Raises NotStored when that cannot be
        found out. What was known a moment ago is looked at again with the ping."""
        known, catalogue = self._addresses, self._runtime.knowledge().catalogue
        # Only a yes is taken from memory: a token that was made since is not in it.
        if known and known.catalogue is catalogue and known.check(token, kinds):
            return True
        return await self._arrive(token, None, kinds)

    async def take(self, token: str, ping: Ping, kinds: Kinds = HEARTBEATS) -> bool:
        """True once the ping is stored, False for a token that is of no check of these kinds.
        Raises NotStored. A sender that no longer waits for the answer does not undo its ping."""
        return await self._arrive(token, ping, kinds)

    async def _arrive(self, token: str, ping: Ping | None, kinds: Kinds) -> bool:
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._queue.put(_Arrival(token=token, ping=ping, kinds=kinds, known=known))
        return await known

    async def run(self) -> None:
        """Store what comes, in the order in which it came, until cancelled."""
        while True:
            await self._store([await self._queue.get(), *self._rest(self._at_once - 1)])

    async def drain(self) -> None:
        """Return when nothing waits any more: all is stored, or refused to its sender."""
        while batch := self._rest(self._at_once):
            await self._store(batch)
        await self._queue.join()

    def _rest(self, limit: int) -> list[_Arrival]:
        return [self._queue.get_nowait() for _ in range(min(limit, self._queue.qsize()))]

    async def _store(self, batch: list[_Arrival]) -> None:
        stored: Sequence[bool | None] = [None] * len(batch)
        try:
            stored = await self._stored(batch)
        except CannotStore:
            log.debug("pings_not_stored pings=%s", len(batch))
        except Exception:
            log.exception("pings_not_stored pings=%s", len(batch))
        finally:
            for arrival, known in zip(batch, stored, strict=True):
                _tell(arrival, known)
                self._queue.task_done()

    async def _stored(self, batch: list[_Arrival]) -> Sequence[bool | None]:
        """For each arrival whether its token is known, None where it could not be stored."""
        try:
            return await self._runtime.do(self._keep, batch)
        except CannotStore:
            raise
        except Exception:
            if len(batch) == 1:
                raise
            log.warning("pings_stored_apart pings=%s", len(batch), exc_info=True)
            # Tried together first: a savepoint for each would slow down every burst for a rare
            # fault.
            return await self._runtime.do(self._keep_apart, batch)

    def _keep_apart(self, work: Work, batch: Sequence[_Arrival]) -> list[bool | None]:
        """Store each arrival in a savepoint of its own, so that one that cannot be stored does not
        take the others with it."""
        found: list[bool | None] = []
        for arrival in batch:
            try:
                with work.tx.apart():
                    found += self._keep(work, [arrival])
            except CannotStore:
                raise
            except Exception:
                log.exception("pings_not_stored pings=1")
                found.append(None)
        return found

    def _keep(self, work: Work, batch: Sequence[_Arrival]) -> list[bool]:
        self._addresses = ping_addresses.addresses(work, self._addresses)
        found = [self._addresses.check(arrival.token, arrival.kinds) for arrival in batch]
        arrived = [
            (check, redacted_ping(arrival.ping, self._clean))
            for check, arrival in zip(found, batch, strict=True)
            if check is not None and arrival.ping is not None
        ]
        if arrived:
            looks.receive_pings(work, arrived)
        return [check is not None for check in found]


def _tell(arrival: _Arrival, known: bool | None) -> None:
    # Its sender hung up meanwhile; the ping counts all the same.
    if arrival.known.done():
        return
    if known is None:
        arrival.known.set_exception(NotStored("Not stored. Send it again."))
    else:
        arrival.known.set_result(known)
