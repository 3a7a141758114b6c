"""What is wrong without a word of error: nothing arrives, it waits too long, it is not complete.
Next to an error it would go unseen, since that is told in its own words."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.incident import Incident
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.rules import Verdict, rulings_of
from bot.core.monitoring.signals import Reading, Signal
from bot.flows.incidents.grouping.lead import failing
from bot.flows.work import Work
from bot.language.marks import outside

_READ = 12  # of many connections that fail, how many are looked at whenever it is shown
_TOLD = 3
_BY_ERROR = frozenset({Signal.FAILED, Signal.FAILED_NEW, Signal.REACHABLE, Signal.STATUS})


def silent_faults(work: Work, incident: Incident) -> tuple[str, ...]:
    """The present ones of what fails, as sentences in marks, the gravest connection first. A drill
    is worked on recorded evidence, whatever fails beside it."""
    if incident.drill:
        return ()
    found = []
    for one in failing(work, incident)[:_READ]:
        name = f"{outside(one.name)}: " if incident.size > 1 else ""
        if said := " ".join(dict.fromkeys(_of(work, one))):
            found.append(f"{name}{said}")
    more = len(found) - _TOLD
    return (*found[:_TOLD], *((f"and {more} more",) if more > 0 else ()))


def _of(work: Work, connection: Connection) -> Iterator[str]:
    specs = {spec.key: spec for spec in connection.checks}
    for check in work.tx.checks_of(connection.id):
        spec = specs.get(check.check)
        if spec is not None and check.verdict is Verdict.FAILING and not check.unread:
            yield from _said(spec, check, work.now)


def _said(spec: CheckSpec, check: CheckHealth, now: datetime) -> Iterator[str]:
    if not check.failed and not check.error:
        yield from check.reasons
        return
    seen = Reading(at=check.checked_at or now, signals=check.signals)
    for ruling in rulings_of(spec, seen, now, check.beyond):
        silent = ruling.rule is not None and ruling.rule.signal not in _BY_ERROR
        if silent and ruling.verdict is Verdict.FAILING:
            yield ruling.reason
