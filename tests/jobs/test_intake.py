"""Bursts of pings: each is stored and answered, in order, or its sender hears that it was not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

import pytest

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.flows import looks
from bot.flows.estate import ping_addresses
from bot.jobs.intake import Intake, NotStored
from bot.runtime import Runtime
from bot.store.store import Store
from bot.store.tx import Tx
from slack_standin.state.clock import Clock
from tests.builders import NOW, a_check, a_connection, an_estate, knowledge_of, runtime_of

pytestmark = pytest.mark.anyio
R = TypeVar("R")


@dataclass
class Counted:
    """The real store; it counts transactions, waits at a gate, and fails as often as told."""

    inner: Store
    runs: int = 0
    failures: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, flow: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        self.reached.set()
        await self.gate.wait()
        self.runs += 1
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        return await self.inner.run(flow, *args, **kwargs)


def beats(*ids: str) -> Connection:
    return a_connection(checks=tuple(a_check(id=id, kind="heartbeat") for id in ids))


@dataclass
class RunningIntake:
    store: Counted
    runtime: Runtime
    intake: Intake
    connection: Connection
    task: asyncio.Task[None]

    async def token(self, check: str) -> str:
        return await self.store.inner.run(ping_addresses.ping_token, check)

    async def kept(self, check: str) -> Ping | None:
        return await runtime_of(self.store.inner).do(looks.last_ping, check)


@asynccontextmanager
async def running_intake(*ids: str, **limits: int) -> AsyncIterator[RunningIntake]:
    connection = beats(*(ids or ("job",)))
    inner = await Store.open(None)
    store = Counted(inner)
    store.gate.set()
    knowledge = knowledge_of(an_estate(connection))
    runtime = Runtime(
        store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady
    )
    intake = Intake(runtime, **limits)
    task = asyncio.create_task(intake.run())
    try:
        yield RunningIntake(store, runtime, intake, connection, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await inner.close()


def ping(second: int = 0, kind: PingKind = PingKind.SUCCESS, rid: str = "") -> Ping:
    return Ping(at=NOW + timedelta(seconds=second), kind=kind, rid=rid)


def rows_changed(tx: Tx) -> int:
    """How many rows this database has written since it was opened."""
    return int(cast(Tx, tx).db.conn.total_changes)


async def test_a_burst_is_stored_whole_in_few_transactions() -> None:
    ids = tuple(f"job-{number}" for number in range(20))
    async with running_intake(*ids) as running:
        tokens = [await running.token(f"orders/{id}") for id in ids]

        known = await asyncio.gather(
            *(running.intake.take(tokens[number % 20], ping(number)) for number in range(2000))
        )

        kept = [await running.kept(f"orders/{id}") for id in ids]
        assert all(known)
        assert [one and one.at for one in kept] == [ping(1980 + place).at for place in range(20)]
        assert running.store.runs <= 6


async def test_pings_of_one_job_are_folded_in_the_order_in_which_they_came() -> None:
    async with running_intake() as running:
        token = await running.token("orders/job")
        sent = [ping(0), ping(1, PingKind.START, "b"), ping(2, PingKind.LOG), ping(3, rid="a")]

        await asyncio.gather(*(running.intake.take(token, one) for one in sent))

        kept = await running.kept("orders/job")
        assert kept is not None
        assert (kept.last_success, kept.running_since) == (sent[3].at, sent[1].at)


async def test_an_unknown_token_among_known_ones_is_told_so_and_alone() -> None:
    async with running_intake() as running:
        token = await running.token("orders/job")

        known = await asyncio.gather(
            *(running.intake.take(each, ping()) for each in (token, "nobody", token))
        )

        assert known == [True, False, True]


async def test_no_answer_comes_before_the_commit() -> None:
    async with running_intake() as running:
        token = await running.token("orders/job")
        running.store.gate.clear()

        taking = asyncio.create_task(running.intake.take(token, ping()))
        await running.store.reached.wait()
        early = taking.done()
        running.store.gate.set()

        assert not early
        assert await taking is True
        assert await running.kept("orders/job") is not None


async def test_a_failed_transaction_is_told_to_its_senders_and_the_next_ping_is_stored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_intake() as running:
        token = await running.token("orders/job")
        running.store.failures = 1

        with pytest.raises(NotStored):
            await running.intake.take(token, ping())
        again = await running.intake.take(token, ping(1))

        kept = await running.kept("orders/job")
        assert again is True
        assert kept is not None
        assert kept.at == ping(1).at
        assert "pings_not_stored pings=1" in caplog.text
        assert token not in caplog.text


async def test_one_that_cannot_be_stored_is_refused_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_intake("job", "other") as running:
        tokens = [await running.token(f"orders/{id}") for id in ("job", "other")]
        bad = replace(ping(1), processed=cast(float, object()))
        sent = [(tokens[0], ping()), (tokens[1], ping(2)), (tokens[0], bad), ("nobody", ping())]

        answers = await asyncio.gather(
            *(running.intake.take(*one) for one in sent), return_exceptions=True
        )

        kept = [await running.kept(f"orders/{id}") for id in ("job", "other")]
        assert answers[:2] == [True, True]
        assert isinstance(answers[2], NotStored)
        assert answers[3] is False
        assert [one and one.at for one in kept] == [ping().at, ping(2).at]
        assert caplog.text.count("pings_not_stored pings=1") == 1


async def test_a_flood_of_unknown_tokens_writes_nothing() -> None:
    async with running_intake() as running:
        await running.token("orders/job")
        before = await running.store.inner.run(rows_changed)

        known = await asyncio.gather(*(running.intake.take(f"no-{n}", ping()) for n in range(3000)))

        assert not any(known)
        assert await running.store.inner.run(rows_changed) == before
        assert running.store.runs <= 7


async def test_a_full_queue_makes_senders_wait_and_loses_none() -> None:
    async with running_intake(at_once=2, waiting=3) as running:
        token = await running.token("orders/job")

        known = await asyncio.gather(*(running.intake.take(token, ping(n)) for n in range(50)))

        kept = await running.kept("orders/job")
        assert known == [True] * 50
        assert kept is not None
        assert kept.at == ping(49).at


async def test_what_waits_at_the_end_is_stored_before_the_end() -> None:
    async with running_intake(at_once=2) as running:
        token = await running.token("orders/job")
        running.store.gate.clear()
        taking = [asyncio.create_task(running.intake.take(token, ping(n))) for n in range(7)]
        await running.store.reached.wait()

        running.store.gate.set()
        await running.intake.drain()

        assert await asyncio.gather(*taking) == [True] * 7


async def test_a_rotated_address_is_unknown_from_the_next_ping_on() -> None:
    async with running_intake() as running:
        old = await running.token("orders/job")
        before = await running.intake.take(old, ping())

        await runtime_of(running.store.inner).do(ping_addresses.rotate, running.connection, "alice")

        new = await running.token("orders/job")
        after = [await running.intake.take(token, ping(1)) for token in (old, new)]
        assert (before, after) == (True, [False, True])
