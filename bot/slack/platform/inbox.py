"""What people do is stored before Slack hears that we have it, and its effect is stored together
with the note that it took effect.

So whatever moment the process dies at, a click is neither lost nor done twice: what had no effect
yet is served again after the restart, and what had one is at most answered again. What is on its
way is held by a process, which is told by machine and number.
"""

import os
import socket
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.core.outbox.received import Delivery
from bot.runtime import Runtime, Transactions
from bot.store.tx import Tx


def this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(process_id: str) -> bool:
    """Whether `process_id` was a process of this machine that is no longer there."""
    host, _, pid = process_id.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    # It exists and belongs to somebody else.
    except OSError:
        return False
    return False


P = ParamSpec("P")
R = TypeVar("R")

SERVE_WITHIN = timedelta(minutes=15)  # later than that nobody expects an old click to act
# Keys to Slack that a request carries; the database gets none of them.
_SECRETS = frozenset({"token", "response_url", "response_urls", "bot_access_token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """For which delivery a task acts; `again` when another process may have begun with it."""

    key: str
    again: bool = False


_serving: ContextVar[Serving | None] = ContextVar("serving", default=None)


class ServingStore:
    """The store as listeners see it: the transaction in which a delivery first changes something
    says so itself."""

    def __init__(self, store: Transactions, runtime: Runtime) -> None:
        self._store = store
        self._clock = runtime.clock

    async def run(
        self, flow: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        serving = _serving.get()
        if serving is None:
            return await self._store.run(flow, *args, **kwargs)
        key, now = serving.key, self._clock()

        def acting(tx: Tx) -> R:
            before = tx.changes()
            result = flow(tx, *args, **kwargs)
            # Only what changed something took effect; a question may be asked twice.
            if tx.changes() != before:
                tx.delivery_acted(key, now)
            return result

        return await self._store.run(acting)


class Inbox:
    """Receives, remembers and hands out again."""

    def __init__(self, runtime: Runtime, server: str | None = None) -> None:
        self._runtime = runtime
        self._server = server or this_process()

    async def receive(self, work: str, body: Mapping[str, Any]) -> Delivery | None:
        """Keep it; None for a redelivery."""
        delivery = Delivery(
            key=key_of(body), work=work, body=without_secrets(body), at=self._runtime.clock()
        )
        fresh = await self._runtime.store.run(lambda tx: tx.receive(delivery, self._server))
        return delivery if fresh else None

    async def answered(self, key: str) -> None:
        await self._runtime.store.run(lambda tx: tx.delivery_answered(key))

    async def acted(self, key: str) -> bool:
        return await self._runtime.store.run(lambda tx: tx.has_acted(key))

    async def left(self) -> tuple[Delivery, ...]:
        """What processes that are gone left unanswered, this one in an earlier life included."""

        def look(tx: Tx) -> tuple[Delivery, ...]:
            gone = [one for one in tx.serving() if one == self._server or is_dead(one)]
            return tuple(delivery for one in gone for delivery in tx.unanswered(one))

        return await self._runtime.store.run(look)


def serve(serving: Serving | None) -> None:
    """From now on this task acts for this delivery."""
    _serving.set(serving)


def served() -> Serving | None:
    return _serving.get()


def key_of(body: Mapping[str, Any]) -> str:
    """Slack's own id of what happened, the same for a redelivery."""
    # Without an id of Slack's it counts as new: losing it would be worse than doing it twice.
    return str(body.get("event_id") or body.get("trigger_id") or uuid.uuid4().hex)


def without_secrets(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in body.items() if key not in _SECRETS}
