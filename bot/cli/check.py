"""`firstlane check`: look once, now, without Slack, with what the bot may use.

Of checks that are told instead of asking, it judges what the bot's database holds, where there is
one on this machine.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.app.loading import from_work, knowledge_of
from bot.checks import with_plugins
from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.cli.naming import connection_named
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.explain import Explanation, explain
from bot.core.monitoring.heartbeat import PUSHED, WEBHOOKS, Ping
from bot.core.monitoring.rules import Evaluation, Verdict, evaluate
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from bot.language.units import say_count
from bot.settings import allowed_commands
from bot.terminal.printing import plain, print_json
from bot.terminal.progress import is_terminal

if TYPE_CHECKING:
    from bot.flows.work import Work

_ORDER = (Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
_COLOUR = {
    Verdict.FAILING: "red",
    Verdict.DEGRADED: "yellow",
    Verdict.UNKNOWN: "bright_black",
    Verdict.OK: "green",
}


_TOLD_TO_THE_BOT = (
    "this check is told instead of asking, and the bot's database is not on this machine:"
    " /conn status in Slack knows"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`counts` is whether it was this command's to find out."""

    spec: CheckSpec
    observation: Observation
    evaluation: Evaluation
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told of one check, and since when anything is expected."""

    ping: Ping | None
    since: datetime


def run(arguments: argparse.Namespace) -> int:
    """Look once at every check; 1 when any fails by its rules, or could not be looked at."""
    knowledge, given = knowledge_of(arguments), arguments.connection
    catalogue, now = knowledge.catalogue, utc_now()
    specs = specs_of(catalogue, None if given is None else connection_named(knowledge, given))
    told = from_work(knowledge, partial(_told, specs=_pushed(specs))) if _pushed(specs) else {}
    secrets = EstateSecrets(lambda: catalogue)
    looked = asyncio.run(_look(specs, told, now, secrets, quiet=arguments.json))
    if arguments.json:
        rows = [_row(one, now, explained=arguments.explain) for one in looked]
        print_json({"checks": rows}, catalogue)
    elif arguments.explain:
        _explain_all(looked, catalogue, now)
    else:
        _print(looked, catalogue)
    return _code(looked, quiet=arguments.json)


def _code(looked: Sequence[Looked], *, quiet: bool) -> int:
    verdicts = [one.evaluation.verdict for one in looked if one.counts]
    # A pipeline that asks must not take “could not look” for “works”.
    blind = verdicts.count(Verdict.UNKNOWN)
    if blind and not quiet:
        said = f"{say_count(blind, 'check')} could not look: a finding, as if it failed."
        print(said, file=sys.stderr)
    return 1 if blind or Verdict.FAILING in verdicts else 0


def specs_of(catalogue: Catalogue, only: str | None) -> Mapping[str, CheckSpec]:
    return {
        spec.key: spec
        for connection in catalogue.connections.values()
        if only in (None, connection.id)
        for spec in connection.checks
    }


def _pushed(specs: Mapping[str, CheckSpec]) -> list[CheckSpec]:
    return [spec for spec in specs.values() if spec.kind in PUSHED]


def _told(work: "Work", specs: Iterable[CheckSpec]) -> Mapping[str, Told]:
    from bot.flows import looks

    return {
        spec.key: Told(
            ping=looks.last_ping(work, spec.key), since=looks.known_since(work, spec.key)
        )
        for spec in specs
    }


async def _look(
    specs: Mapping[str, CheckSpec],
    told: Mapping[str, Told] | None,
    now: datetime,
    secrets: EstateSecrets,
    *,
    quiet: bool,
) -> list[Looked]:
    """The worst first, then by name. The bar is drawn on stderr, and only for a terminal."""
    not_here = Blind(at=now, reason=_TOLD_TO_THE_BOT)
    asked = [spec for spec in specs.values() if told is not None or spec.kind not in PUSHED]
    left_out = _pushed(specs) if told is None else ()
    looked = [_seen(spec, not_here, now, counts=False) for spec in left_out]
    clients = Clients()
    runner = Runner(_tools(clients, told or {}, now, secrets), with_plugins())
    with _progress(len(asked), quiet=quiet) as one_more:
        try:
            async for result in runner.run(asked, now):
                spec, seen = specs[result.check], result.observation
                looked.append(_waits(spec, seen, now) or _seen(spec, seen, now))
                one_more()
        finally:
            await clients.close()
    return sorted(looked, key=lambda one: (_ORDER.index(one.evaluation.verdict), one.spec.key))


def _seen(spec: CheckSpec, seen: Observation, now: datetime, *, counts: bool = True) -> Looked:
    found = evaluate(spec, seen, now)
    return Looked(spec=spec, observation=seen, evaluation=found, counts=counts)


def _waits(spec: CheckSpec, seen: Observation, now: datetime) -> Looked | None:
    """That nothing was understood so far is no sign of health, and no fault either."""
    if spec.kind not in WEBHOOKS or not isinstance(seen, Reading):
        return None
    if seen.signals.get(Signal.STATUS) != "waiting":
        return None
    said = seen.error or "no message has come yet"
    unknown = Blind(at=now, reason=f"it is waiting: {said}")
    return _seen(spec, unknown, now, counts=False)


def _tools(
    clients: Clients, told: Mapping[str, Told], now: datetime, secrets: EstateSecrets
) -> Tools:
    async def last_ping(check: str) -> Ping | None:
        return told[check].ping if check in told else None

    async def first_seen(check: str) -> datetime:
        return told[check].since if check in told else now

    return Tools(
        http=clients,
        last_ping=last_ping,
        first_seen=first_seen,
        commands=allowed_commands(os.environ),
        elsewhere=secrets.forms,
        tokens=secrets.tokens,
    )


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on stderr; what it yields is called for each check that was looked at."""
    # A bar in a file or a pipe is a line for each of its steps.
    if quiet or not is_terminal(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Looking"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _row(one: Looked, now: datetime, *, explained: bool) -> dict[str, Any]:
    told = explain(one.spec, one.observation, now)
    row: dict[str, Any] = {
        "check": one.spec.key,
        "verdict": one.evaluation.verdict,
        "reasons": one.evaluation.reasons,
    }
    if explained:
        row["signals"] = dict(told.signals)
        row["error"] = told.error or told.blind
        row["failed"] = [{"count": count, "text": text} for count, text in told.failed]
        row["rules"] = [asdict(said) for said in told.rules]
        row["notes"] = told.next_steps
    return row


def _print(looked: Sequence[Looked], catalogue: Catalogue) -> None:
    """A table for a terminal, plain aligned lines for anything else."""
    if not is_terminal(sys.stdout):
        width = max((len(one.spec.key) for one in looked), default=0)
        for one in looked:
            why = plain(_why(one), catalogue)
            print(f"{one.evaluation.verdict:9} {one.spec.key:{width}}  {why}".rstrip())
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("verdict", "check", "why", box=None, pad_edge=False)
    for one in looked:
        colour = _COLOUR[one.evaluation.verdict]
        why = escape(plain(_why(one), catalogue))
        table.add_row(f"[{colour}]{one.evaluation.verdict}[/]", one.spec.key, why)
    Console().print(table)


def _why(one: Looked) -> str:
    """The reasons; where there are none, what the look remarked."""
    remark = "" if isinstance(one.observation, Blind) else one.observation.error
    return " ".join(one.evaluation.reasons) or remark


def _explain_all(looked: Sequence[Looked], catalogue: Catalogue, now: datetime) -> None:
    for one in looked:
        for line in _lines(explain(one.spec, one.observation, now)):
            sys.stdout.write(f"{plain(line, catalogue)}\n")
        sys.stdout.write("\n")


def _lines(told: Explanation) -> list[str]:
    """What was seen, what each rule says of it, and the verdict with its reasons."""
    lines = [f"{told.check} ({told.kind}): {told.evaluation.verdict}"]
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
    reasons = told.evaluation.reasons or ("Nothing is beyond its rules.",)
    lines += [f"    {reason}" for reason in (*reasons, *told.next_steps)]
    return lines
