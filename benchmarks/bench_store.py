"""How much one database writer carries: results alone and in batches, letters through the outbox.

Every round does all of them in turn on a new file, so that a busy machine slows each alike; the
medians' ratio is what to read.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from bot.checks import settings_models
from bot.core.knowledge import Knowledge
from bot.core.monitoring.signals import CheckResult, Reading, Signal
from bot.core.outbox.notice import Say, What
from bot.files.content import example_catalogue
from bot.files.library import Library
from bot.flows import looks
from bot.jobs import BATCH
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import runtime_of

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LETTERS_AT_ONCE = 20


def knowledge() -> Knowledge:
    library = Library(example_catalogue(), environ=os.environ, kinds=settings_models())
    library.reload(START)
    return library.knowledge()


def results(known: Knowledge, count: int) -> list[CheckResult]:
    """Good results, round and round over the checks of the example estate."""
    keys = [spec.key for spec in looks.all_checks(known.catalogue)]
    return [
        CheckResult(
            check=key,
            observation=Reading(
                at=START + timedelta(seconds=number), signals={Signal.REACHABLE: True}
            ),
        )
        for number, key in enumerate(islice(cycle(keys), count))
    ]


async def one_by_one(store: Store, known: Knowledge, count: int) -> None:
    for result in results(known, count):
        await runtime_of(store, known, result.observation.at).do(looks.record, [result])


async def in_batches(store: Store, known: Knowledge, count: int) -> None:
    todo = results(known, count)
    for first in range(0, count, BATCH):
        batch = todo[first : first + BATCH]
        await runtime_of(store, known, batch[-1].observation.at).do(looks.record, batch)


async def letters(store: Store, known: Knowledge, count: int) -> None:
    """Queue letters to many people, then claim and cross them off as the sender does."""

    def queue(tx: Tx) -> None:
        for number in range(count):
            tx.queue(
                Say(subject=f"incident:{number}", to=f"person:p{number % 50}", what=What.PING),
                START,
            )

    def claim(tx: Tx) -> list[int]:
        until = START + timedelta(minutes=1)
        return [letter.id for letter in tx.claim_letters(START, until, "bench", LETTERS_AT_ONCE)]

    def cross_off(tx: Tx, letter: int) -> None:
        tx.letter_sent(letter, START, "C1", "1.0")

    await store.run(queue)
    while taken := await store.run(claim):
        for letter in taken:
            await store.run(cross_off, letter)


CASES: dict[str, Callable[[Store, Knowledge, int], Awaitable[None]]] = {
    "results, one transaction each": one_by_one,
    f"results, {BATCH} in a transaction": in_batches,
    "letters queued, claimed, crossed off": letters,
}


async def rate(case: str, known: Knowledge, count: int) -> float:
    """Things done in a second, on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "bench.sqlite3")
        try:
            began = time.perf_counter()
            await CASES[case](store, known, count)
            return count / (time.perf_counter() - began)
        finally:
            await store.close()


async def measure(rounds: int, count: int) -> None:
    known = knowledge()
    rates: dict[str, list[float]] = {case: [] for case in CASES}
    for _ in range(rounds):
        for case, found in rates.items():
            found.append(await rate(case, known, count))
    first = statistics.median(next(iter(rates.values())))
    print(f"{count} of each, median of {rounds} rounds")
    for case, found in rates.items():
        middle = statistics.median(found)
        print(f"{case:40}{middle:10,.0f} /s{middle / first:8.1f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.rounds, arguments.count))


if __name__ == "__main__":
    main()
