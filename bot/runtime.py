"""How every edge reaches what the bot decides and stores."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.knowledge import Knowledge
from bot.flows.work import Work
from bot.store.tx import Tx

P = ParamSpec("P")
R = TypeVar("R")
Clock = Callable[[], datetime]


class Transactions(Protocol):
    """The store, or what stands before it and adds something to each transaction."""

    async def run(
        self, flow: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `flow(tx, *args, **kwargs)` in one transaction and return what it returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What every edge is given. `clock` says what time it is, and may be set back; `steady` counts
    seconds and never jumps: whoever paces or watches our own work asks that one."""

    store: Transactions
    knowledge: Callable[[], Knowledge]
    clock: Clock
    steady: Callable[[], float]

    async def do(
        self, flow: Callable[Concatenate[Work, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `flow(work, *args, **kwargs)` in one transaction, as of now, and return what it
        returns. What it raises is raised here, and then nothing of it was stored."""
        return await self.do_at(self.clock(), flow, *args, **kwargs)

    async def do_at(
        self,
        now: datetime,
        flow: Callable[Concatenate[Work, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """As `do`, for what happens at another moment than it is read."""
        knowledge = self.knowledge()

        def begun(tx: Tx) -> R:
            return flow(Work(tx, knowledge, now), *args, **kwargs)

        return await self.store.run(begun)
