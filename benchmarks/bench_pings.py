"""How many heartbeats one process takes in over real HTTP, and whether any is lost.

Every ping is for a check of its own and carries an id of its own, so each one that was kept can be
found again. A second process sends them, over connections that stay open, or all at once over one
new connection each, as jobs do that start on the same minute. Every round does all cases in turn on
a new file, so that a busy machine slows each alike; the medians' ratio is what to read.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.checks.probes.heartbeat import HeartbeatSettings
from bot.cli.run import allow_many_files
from bot.core.estate.catalogue import Catalogue, Connection, Criticality, Owners
from bot.core.estate.check_spec import CheckSpec
from bot.core.estate.index import index_of
from bot.core.knowledge import Knowledge
from bot.core.monitoring.heartbeat import Kinds, Ping
from bot.core.triage.playbook import Playbook
from bot.flows import looks
from bot.flows.estate import ping_addresses
from bot.flows.work import Work
from bot.jobs.intake import AT_ONCE, Intake
from bot.runtime import Runtime
from bot.store.store import Store
from bot.store.tx import Tx
from bot.web import web_app
from bot.web.app import set_up
from tests.builders import runtime_of

BACKLOG = 4096  # as the bot serves
BODY = b'{"processed": 120}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`at_once` is how many pings share a transaction, 0 for storing none; `connections` how many
    the sender opens, 0 for one per ping."""

    name: str
    at_once: int
    connections: int


CASES = (
    Case(name="one transaction each", at_once=1, connections=100),
    Case(name=f"up to {AT_ONCE} in a transaction", at_once=AT_ONCE, connections=100),
    Case(name="the same, all at once", at_once=AT_ONCE, connections=0),
    Case(name="HTTP alone, nothing stored", at_once=0, connections=100),
)


def knowledge(count: int) -> Knowledge:
    """An estate of one connection whose `count` jobs call us."""
    jobs = tuple(
        CheckSpec(
            id=f"job-{number}",
            connection="jobs",
            kind="heartbeat",
            every=timedelta(minutes=1),
            timeout=timedelta(seconds=10),
            confirm=1,
            recover=1,
            settings=HeartbeatSettings(period=timedelta(hours=1)),
        )
        for number in range(count)
    )
    connection = Connection(
        id="jobs",
        name="Jobs",
        source="a",
        target="b",
        criticality=Criticality.CRITICAL,
        owners=Owners(),
        checks=jobs,
    )
    catalogue = Catalogue(connections={connection.id: connection})
    return Knowledge(
        catalogue=catalogue,
        runbooks={},
        playbook=Playbook(entries=()),
        index=index_of(catalogue),
    )


class Acknowledging:
    """Knows every token and keeps nothing."""

    async def knows(self, _: str, __: Kinds) -> bool:
        return True

    async def take(self, _: str, __: Ping, ___: Kinds) -> bool:
        return True


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def serving(store: Store, known: Knowledge, case: Case) -> AsyncIterator[int]:
    """Our own HTTP side on a free port, with the real way into the database behind it."""
    runtime = Runtime(store=store, knowledge=lambda: known, clock=now, steady=time.monotonic)
    intake = Intake(runtime, at_once=max(case.at_once, 1))
    storing = asyncio.create_task(intake.run())
    mailbox = intake if case.at_once else Acknowledging()
    app = web_app(mailbox=mailbox, ready=tuple, metrics=CollectorRegistry(), now=now)
    runner = await set_up(app, shutdown_s=60.0)
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
        await intake.drain()
        storing.cancel()


async def round_of(case: Case, known: Knowledge, folder: Path) -> tuple[float, int]:
    """(pings a second, how many were lost) of one case on an empty database."""
    specs = known.catalogue.connections["jobs"].checks

    def prepare(work: Work) -> list[str]:
        looks.claim_due(work)
        return [ping_addresses.ping_token(work.tx, spec.key) for spec in specs]

    def kept(tx: Tx) -> int:
        pings = [(number, tx.last_ping(spec.key)) for number, spec in enumerate(specs)]
        return sum(1 for number, ping in pings if ping and ping.rid == f"run-{number}")

    store = await Store.open(folder / "bench.sqlite3")
    try:
        tokens = folder / "tokens.json"
        tokens.write_text(
            json.dumps(await runtime_of(store, known, now()).do(prepare)), encoding="utf-8"
        )
        async with serving(store, known, case) as port:
            seconds = await sent_by_another_process(port, tokens, case.connections)
        lost = len(specs) - await store.run(kept) if case.at_once else 0
    finally:
        await store.close()
    return len(specs) / seconds, lost


async def sent_by_another_process(port: int, tokens: Path, connections: int) -> float:
    """How many seconds it took until the last answer. Raises SystemExit when one was not 200."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        *("--send", str(tokens), "--port", str(port), "--connections", str(connections)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise SystemExit("the sender failed")
    answer = json.loads(out)
    if answer["refused"]:
        raise SystemExit(f"{answer['refused']} pings were not answered with 200")
    return float(answer["seconds"])


# The sender ---------------------------------------------------------------------------------------


async def send_all(tokens: list[str], port: int, connections: int) -> None:
    """Send one ping to each token and print how it went, as JSON."""
    shares: list[list[int]] = [[] for _ in range(connections or len(tokens))]
    for number in range(len(tokens)):
        shares[number % len(shares)].append(number)
    began = time.perf_counter()
    good = await asyncio.gather(*(send(tokens, share, port) for share in shares))
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "refused": len(tokens) - sum(good)}))


async def send(tokens: list[str], share: list[int], port: int) -> int:
    """Send these over one connection, each after the answer to the one before; how many were
    answered with 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    good = 0
    for number in share:
        head = (
            f"POST /ping/{tokens[number]}?rid=run-{number} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        )
        writer.write(head.encode() + BODY)
        answer = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(answer.lower().partition(b"content-length: ")[2].split()[0]))
        good += answer.startswith(b"HTTP/1.1 200")
    writer.close()
    return good


async def measure(rounds: int, count: int) -> None:
    known = knowledge(count)
    rates: dict[Case, list[float]] = {case: [] for case in CASES}
    lost = dict.fromkeys(CASES, 0)
    for _ in range(rounds):
        for case, found in rates.items():
            with tempfile.TemporaryDirectory() as folder:
                rate, missing = await round_of(case, known, Path(folder))
            found.append(rate)
            lost[case] += missing
    first = statistics.median(rates[CASES[0]])
    print(f"{count:,} pings over HTTP into one process, median of {rounds} rounds")
    for case, found in rates.items():
        middle = statistics.median(found)
        child = f"{lost[case]} lost" if case.at_once else ""
        print(f"{case.name:32}{middle:10,.0f} /s{middle / first:8.1f} ×  {child}")
    if any(lost.values()):
        raise SystemExit("pings were answered and not kept")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--send", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    allow_many_files()
    if arguments.send:
        tokens = json.loads(arguments.send.read_text(encoding="utf-8"))
        asyncio.run(send_all(tokens, arguments.port, arguments.connections))
    else:
        asyncio.run(measure(arguments.rounds, arguments.count))


if __name__ == "__main__":
    main()
