"""What the flows need from the outside, described and nothing more.

A `Tx` is one open transaction. Every method reads or writes at once; nothing is seen by others
before the flow that holds the transaction returns, and nothing remains of it when the flow raises.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.knowledge import Knowledge
from bot.ports.auditor import AuditorTx
from bot.ports.changes import ChangeTx, ReleaseTx
from bot.ports.clock import ClockTx
from bot.ports.holds import HoldTx
from bot.ports.inbox import InboxTx
from bot.ports.incidents import IncidentTx
from bot.ports.mail import Mail, Mailer, NotMailed
from bot.ports.outbox import OutboxTx
from bot.ports.ownership import CoverTx, LedgerTx
from bot.ports.paging import NotPaged, Page, Pager
from bot.ports.pauses import PauseTx
from bot.ports.pruning import PruneTx
from bot.ports.records import (
    Breach,
    ChildState,
    Feed,
    Figures,
    Post,
    Receipt,
    SlackUser,
    TimelineEntry,
)
from bot.ports.rooms import RoomTx
from bot.ports.slack import SlackTx
from bot.ports.triage import TriageTx
from bot.ports.watching import HealthTx, WatchTx

__all__ = [
    "Breach",
    "ChildState",
    "Clock",
    "Feed",
    "Figures",
    "Knowledge",
    "Mail",
    "Mailer",
    "NotMailed",
    "NotPaged",
    "Page",
    "Pager",
    "Post",
    "Receipt",
    "Runtime",
    "SlackUser",
    "Store",
    "TimelineEntry",
    "Tx",
]

Clock = Callable[[], datetime]
P = ParamSpec("P")
R = TypeVar("R")


class PartTx(Protocol):
    def apart(self) -> AbstractContextManager[object]:
        """What is done inside is undone when it raises, and nothing else of the transaction."""
        ...


class Tx(
    PartTx,
    HealthTx,
    IncidentTx,
    LedgerTx,
    OutboxTx,
    SlackTx,
    RoomTx,
    PauseTx,
    HoldTx,
    WatchTx,
    CoverTx,
    TriageTx,
    AuditorTx,
    ClockTx,
    PruneTx,
    ChangeTx,
    ReleaseTx,
    InboxTx,
    Protocol,
):
    """One transaction."""


class Store(Protocol):
    async def run(
        self, flow: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `flow(tx, *args, **kwargs)` in one transaction and return what it returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What every edge is given. `clock` says what time it is, and may be set back; `steady` counts
    seconds and never jumps: whoever paces or watches our own work asks that one."""

    store: Store
    knowledge: Callable[[], Knowledge]
    clock: Clock
    steady: Callable[[], float]
