"""Looking at the connections.

Checks run beside the beat and their results are stored in batches, so that neither a slow check nor
a busy disk delays the next look.

While nothing can be stored, it is remembered since when each check was bad or blind, so that it is
on record as begun then, and not when the disk took it. Probes are given their tools here; their
memory of pings is the store's.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from bot.checks.clients import Clients
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.self_check import patience
from bot.core.monitoring import own_network
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Blind, CheckResult
from bot.flows import looks
from bot.jobs.metronome import Settling, Timekeeper
from bot.language.errors import CannotStore
from bot.runtime import Runtime


class Unstored:
    """Moments are seconds of a clock that never jumps, each beside the wall clock's `now`."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, bool], float] = {}  # by the check, and whether it was blind

    def keep(
        self,
        specs: Mapping[str, CheckSpec],
        results: Iterable[CheckResult],
        now: datetime,
        steady: float,
    ) -> None:
        """Remember results that could not be stored. Of a check the first bad look counts, until a
        good one; a blind look hides no bad one before it."""
        for one in results:
            seen, spec = one.observation, specs.get(one.check)
            if spec is None or evaluate(spec, seen, seen.at).verdict is Verdict.OK:
                self._forget(one.check, True, False)
                continue
            ago = max(0.0, (now - seen.at).total_seconds())
            self._since.setdefault((one.check, isinstance(seen, Blind)), steady - ago)
            if not isinstance(seen, Blind):
                self._forget(one.check, True)

    def dated(
        self, results: Iterable[CheckResult], now: datetime, steady: float
    ) -> list[CheckResult]:
        """The results, each with the moment at which what it shows began."""
        return [
            replace(one, began=now - timedelta(seconds=steady - since))
            if (since := self._since.get((one.check, isinstance(one.observation, Blind))))
            is not None
            else one
            for one in results
        ]

    def stored(self, results: Iterable[CheckResult]) -> None:
        """Forget what was remembered of these, which are stored now."""
        for one in results:
            blind = isinstance(one.observation, Blind)
            self._forget(one.check, *([True] if blind else [True, False]))

    def _forget(self, check: str, *kinds: bool) -> None:
        for blind in kinds:
            self._since.pop((check, blind), None)


log = logging.getLogger(__name__)

BATCH = 200  # results stored in one transaction


def _reference_checks(addresses: Iterable[str]) -> Iterator[CheckSpec]:
    for place, address in enumerate(addresses):
        with suppress(ValidationError):  # one that cannot be called tells nothing
            yield CheckSpec(
                id=f"self-check-{place}",
                connection="",
                kind="http",
                every=timedelta(minutes=1),
                timeout=timedelta(seconds=3),
                confirm=1,
                recover=1,
                settings=HttpSettings(url=address),
            )


class CheckLoop:
    """Looks at every connection when its time has come. What was seen is not judged by a clock
    that jumped meanwhile: it is looked at again once `timekeeper` believes the clock."""

    def __init__(
        self, runtime: Runtime, runner: Runner, timekeeper: Timekeeper, *, wake: Callable[[], None]
    ) -> None:
        self._runtime = runtime
        self._runner = runner
        self._timekeeper = timekeeper
        self._wake = wake
        self._results: asyncio.Queue[tuple[int, CheckResult]] = asyncio.Queue()
        self._rounds: set[asyncio.Task[None]] = set()
        self._no_answer = False
        self._stored_at: float | None = None
        self._ended: dict[str, float] = {}  # when a look of each check was last stored
        self._seen: dict[str, float] = {}  # when it was last looked at, stored or not
        self._unclaimed: dict[str, float] = {}  # when one began whose claim could not be stored
        self._unstored = Unstored()

    def overdue(self) -> Mapping[str, float]:
        """The checks that were not looked at for several intervals, and for how many seconds."""
        return self._late(self._seen)

    def unkept(self) -> Mapping[str, float]:
        """The checks that are looked at, whose results cannot be stored, and for how many
        seconds."""
        unseen = self.overdue()
        return {key: late for key, late in self._late(self._ended).items() if key not in unseen}

    def has_checks(self) -> bool:
        """Whether the estate has any."""
        return next(iter(looks.all_checks(self._runtime.knowledge().catalogue)), None) is not None

    def _late(self, ended: dict[str, float]) -> Mapping[str, float]:
        now, late = self._runtime.steady(), {}
        for spec in looks.all_checks(self._runtime.knowledge().catalogue):
            quiet = now - ended.setdefault(spec.key, now)
            if quiet >= patience(spec).total_seconds():
                late[spec.key] = quiet
        return late

    def waiting(self) -> Settling | None:
        """Why nothing is looked at now; None while it is."""
        return self._timekeeper.settling

    def last_look(self) -> float | None:
        """How many seconds ago the newest result was stored; None before the first."""
        return self._runtime.steady() - self._stored_at if self._stored_at is not None else None

    async def look(self) -> None:
        """Start every check that is due; their results are stored by `record`."""
        await self._timekeeper.look()
        if self._timekeeper.settles:
            return
        do = self._runtime.do
        try:
            due = await do(looks.claim_due)
        except CannotStore:
            # Without room for the claim checks are looked at all the same: what breaks on a full
            # disk is on record as begun then.
            due = self._in_turn(await do(looks.due))
        else:
            self._unclaimed.clear()
        if due:
            task = asyncio.create_task(self._round(due))
            self._rounds.add(task)
            # asyncio holds tasks weakly: the set keeps a round alive until its end.
            task.add_done_callback(self._rounds.discard)

    def _in_turn(self, due: tuple[CheckSpec, ...]) -> tuple[CheckSpec, ...]:
        """The checks whose time has come since they were last looked at without a stored claim.
        What breaks meanwhile is on record as begun then, and not when there is room on the disk
        again."""
        now, began = self._runtime.steady(), self._unclaimed
        found = tuple(
            spec
            for spec in due
            if spec.key not in began or now - began[spec.key] >= spec.every.total_seconds()
        )
        began.update((spec.key, now) for spec in found)
        return found

    async def look_now(self, connection: str) -> None:
        """Check one connection and return when the results are stored."""
        found = self._runtime.knowledge().catalogue.connections.get(connection)
        if found is None:
            return
        await self._timekeeper.look()
        now, jumps = self._runtime.clock(), self._timekeeper.jumps
        # Claimed as well, so that the beat does not look at them once more meanwhile.
        due = await self._runtime.do(looks.look_now, found)
        await self._store([(jumps, result) async for result in self._runner.run(due, now)])

    async def _round(self, due: tuple[CheckSpec, ...]) -> None:
        jumps = self._timekeeper.jumps
        async for result in self._runner.run(due, self._runtime.clock()):
            self._results.put_nowait((jumps, result))

    async def record(self) -> None:
        """Store results as they come, many in one transaction, until cancelled."""
        while True:
            batch = [await self._results.get()]
            while len(batch) < BATCH and not self._results.empty():
                batch.append(self._results.get_nowait())
            try:
                await self._store(batch)
            except CannotStore:
                log.debug("results_not_stored checks=%s", len(batch))
            except Exception:
                # The checks are due again after their claim ends: nothing is lost for good.
                log.exception("results_not_stored checks=%s", len(batch))

    async def _store(self, seen: list[tuple[int, CheckResult]]) -> None:
        batch = await self._by_this_clock(seen)
        if not batch:
            return
        answers = await self._ask_reference_hosts(batch)
        runtime, knowledge = self._runtime, self._runtime.knowledge()
        now, steady = runtime.clock(), runtime.steady()
        self._seen |= {result.check: steady for result in batch}
        dated = self._unstored.dated(batch, now, steady)
        try:
            flipped = await runtime.do(looks.record, dated, answers)
        except CannotStore:
            specs = {spec.key: spec for spec in looks.all_checks(knowledge.catalogue)}
            self._unstored.keep(specs, batch, now, steady)
            raise
        self._unstored.stored(batch)
        self._stored_at = runtime.steady()
        self._ended |= {result.check: self._stored_at for result in batch}
        if flipped:
            log.info("flipped connections=%s", ",".join(flipped))
            self._wake()

    async def _by_this_clock(self, seen: list[tuple[int, CheckResult]]) -> list[CheckResult]:
        """What is to be judged now; the rest is due again."""
        await self._timekeeper.look()
        # By the number of jumps: what was seen before one has a date that may be hours off.
        good = None if self._timekeeper.settles else self._timekeeper.jumps
        again = [one.check for jumps, one in seen if jumps != good]
        if again:
            await self._runtime.do(looks.look_again, again)
        return [one for jumps, one in seen if jumps == good]

    async def _ask_reference_hosts(self, batch: list[CheckResult]) -> bool | None:
        """Whether our own network works, asked only when something gives no answer; None without
        `self_check`, and when there is no doubt."""
        addresses = self._runtime.knowledge().catalogue.self_check
        doubt = any(own_network.no_answer(result.observation) for result in batch)
        # Not at every batch: these are hosts of others, and usually everything answers.
        if not addresses or not (doubt or self._no_answer):
            return None
        now = self._runtime.clock()
        asked = self._runner.run(_reference_checks(addresses), now)
        seen = [result.observation async for result in asked]
        answer = own_network.reference_hosts_answer(seen)
        # Then they are asked at every batch, or nobody would notice that the network is back.
        self._no_answer = answer is False
        return answer

    async def close(self) -> None:
        for task in tuple(self._rounds):
            task.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)


def tools_for(
    runtime: Runtime,
    clients: Clients,
    commands: frozenset[str],
    secrets: EstateSecrets,
) -> Tools:
    """`commands` are the programs that nagios checks may start, `secrets` those that no look may
    repeat."""

    async def last_ping(check: str) -> Ping | None:
        return await runtime.do(looks.last_ping, check)

    async def first_seen(check: str) -> datetime:
        return await runtime.do(looks.known_since, check)

    return Tools(
        http=clients,
        tokens=secrets.tokens,
        last_ping=last_ping,
        first_seen=first_seen,
        commands=commands,
        elsewhere=secrets.forms,
    )
