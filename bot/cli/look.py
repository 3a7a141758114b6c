"""`firstlane check`: look once, now, without Slack and without a database."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.checks import with_plugins
from bot.checks.clients import Clients
from bot.checks.probing import Tools
from bot.checks.runner import Runner
from bot.cli.loading import library_of
from bot.cli.printing import plain, print_json
from bot.cli.progress import is_terminal
from bot.clock import utc_now
from bot.core.catalogue import Catalogue, CheckSpec
from bot.core.errors import NotFound
from bot.core.explaining import Explanation, explain
from bot.core.heartbeat import Ping
from bot.core.judging import Judgement, Verdict, judge
from bot.core.signals import Observation

_ORDER = (Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
_COLOUR = {
    Verdict.FAILING: "red",
    Verdict.DEGRADED: "yellow",
    Verdict.UNKNOWN: "bright_black",
    Verdict.OK: "green",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    spec: CheckSpec
    observation: Observation
    judgement: Judgement


def run(arguments: argparse.Namespace) -> int:
    """Look once at every check; 1 when any connection fails by its rules."""
    catalogue = library_of(arguments).knowledge().catalogue
    if arguments.connection and arguments.connection not in catalogue.connections:
        raise NotFound(f"There is no connection {arguments.connection!r} in the estate file.")
    now = utc_now()
    looked = asyncio.run(
        _look(specs_of(catalogue, arguments.connection), now, quiet=arguments.json)
    )
    if arguments.json:
        rows = [_row(one, catalogue, now, explained=arguments.explain) for one in looked]
        print_json({"checks": rows})
    elif arguments.explain:
        _explain_all(looked, catalogue, now)
    else:
        _print(looked, catalogue)
    return 1 if any(one.judgement.verdict is Verdict.FAILING for one in looked) else 0


def specs_of(catalogue: Catalogue, only: str | None) -> Mapping[str, CheckSpec]:
    return {
        spec.key: spec
        for connection in catalogue.connections.values()
        if only in (None, connection.id)
        for spec in connection.checks
    }


async def _look(specs: Mapping[str, CheckSpec], now: datetime, *, quiet: bool) -> list[Looked]:
    """The worst first, then by name. The bar is drawn on stderr, and only for a terminal."""
    clients = Clients()

    async def no_ping(check: str) -> Ping | None:
        return None

    async def just_now(check: str) -> datetime:
        return now

    runner = Runner(Tools(http=clients, last_ping=no_ping, first_seen=just_now), with_plugins())
    looked = []
    with _progress(len(specs), quiet=quiet) as one_more:
        try:
            async for result in runner.run(specs.values(), now):
                spec, seen = specs[result.check], result.observation
                found = judge(spec, seen, now)
                looked.append(Looked(spec=spec, observation=seen, judgement=found))
                one_more()
        finally:
            await clients.close()
    return sorted(looked, key=lambda one: (_ORDER.index(one.judgement.verdict), one.spec.key))


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on stderr; what it yields is called for each check that was looked at."""
    if quiet or not is_terminal(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Looking"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _row(one: Looked, catalogue: Catalogue, now: datetime, *, explained: bool) -> dict[str, Any]:
    told = explain(one.spec, one.observation, now)
    row: dict[str, Any] = {
        "check": one.spec.key,
        "verdict": one.judgement.verdict,
        "reasons": [plain(reason, catalogue) for reason in one.judgement.reasons],
    }
    if explained:
        row["signals"] = {name: plain(value, catalogue) for name, value in told.signals}
        row["error"] = plain(told.error or told.blind, catalogue)
        row["failed"] = [{"count": count, "text": text} for count, text in told.failed]
        row["rules"] = [
            {
                "rule": said.rule,
                "value": plain(said.value, catalogue),
                "verdict": said.verdict,
                "reason": plain(said.reason, catalogue),
            }
            for said in told.rules
        ]
        row["notes"] = list(told.next_steps)
    return row


def _print(looked: Sequence[Looked], catalogue: Catalogue) -> None:
    """A table for a terminal, plain aligned lines for anything else."""
    if not is_terminal(sys.stdout):
        width = max((len(one.spec.key) for one in looked), default=0)
        for one in looked:
            reasons = plain(" ".join(one.judgement.reasons), catalogue)
            print(f"{one.judgement.verdict:9} {one.spec.key:{width}}  {reasons}".rstrip())
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("verdict", "check", "why", box=None, pad_edge=False)
    for one in looked:
        colour = _COLOUR[one.judgement.verdict]
        why = escape(plain(" ".join(one.judgement.reasons), catalogue))
        table.add_row(f"[{colour}]{one.judgement.verdict}[/]", one.spec.key, why)
    Console().print(table)


def _explain_all(looked: Sequence[Looked], catalogue: Catalogue, now: datetime) -> None:
    for one in looked:
        for line in _lines(explain(one.spec, one.observation, now)):
            sys.stdout.write(f"{plain(line, catalogue)}\n")
        sys.stdout.write("\n")


def _lines(told: Explanation) -> list[str]:
    """What was seen, what each rule says of it, and the verdict with its reasons."""
    lines = [f"{told.check} ({told.kind}): {told.judgement.verdict}"]
    if told.blind:
        lines.append(f"  We could not look: {told.blind}")
    if told.signals:
        width = max(len(name) for name, _ in told.signals)
        lines.append("  Signals")
        lines += [f"    {name:{width}}  {value}" for name, value in told.signals]
    if told.failed:
        lines.append("  Failed records")
        lines += [f"    {count:>6}  {text}" for count, text in told.failed]
    if told.error:
        lines.append(f"  Error\n    {told.error}")
    lines.append("  Rules")
    for said in told.rules:
        lines.append(f"    {said.verdict:9} {said.rule}  (value: {said.value or 'missing'})")
        if said.reason:
            lines.append(f"              {said.reason}")
    if not told.rules:
        lines.append("    none applies")
    lines.append("  Why")
    reasons = told.judgement.reasons or ("Nothing is beyond its rules.",)
    lines += [f"    {reason}" for reason in (*reasons, *told.next_steps)]
    return lines
