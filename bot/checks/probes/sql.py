"""Probe kind `sql`: signals out of a database, each by one SELECT, over any SQLAlchemy driver.

Read-only three times: only a single SELECT is taken, the session is set to read only where the
database can do that, and nothing is ever committed.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.checks.blocking import Busy
from bot.checks.http.document import JsonDocument
from bot.checks.http.extract import MOST_GROUPS, failed_records
from bot.checks.http.value_paths import FailedMapping
from bot.checks.outcomes import Clean, unreachable
from bot.checks.probe import Tools
from bot.checks.probes.sql_session import Found, Session, SqlQuery, Trouble
from bot.checks.probes.sql_settings import SqlSettings
from bot.checks.templates import filled, moment
from bot.checks.values import signal_of, why_absent
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside

_COLUMNS = FailedMapping(
    path="$.rows",
    text="text",
    count="count",
    oldest="oldest",
    ids="ids",
    amount="amount",
    currency="currency",
)
_NAMES = frozenset(Signal)


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading of all signals that the queries gave; Blind when it is our login or query."""

    settings = SqlSettings.of(spec)
    origin = settings.origin()
    session = Session(settings.url.get_secret_value(), spec.timeout)
    clean: Clean = tools.without({*settings.secrets(), *session.secrets()})
    question = _question(settings, now)
    try:
        # By origin: a database that hangs must not use up the threads of all others.
        found = await tools.blocking_work.run(origin, lambda: session.ask(question), session.stop)
    except Busy:
        return Blind(at=now, reason=f"{origin}: earlier queries have not ended yet")
    except Trouble as trouble:
        said = f"{origin}: {outside(clean(str(trouble)), 200)}"
        if trouble.ours:
            return Blind(at=now, reason=said, cause=trouble.cause)
        return unreachable(now, said, trouble.cause)
    return _reading(found, settings, now, clean)


def _question(settings: SqlSettings, now: datetime) -> SqlQuery:
    zone = ZoneInfo(settings.timezone)
    bound = {
        name: at if isinstance(value, str) and (at := moment(value, now, zone)) else value
        for name, value in settings.bind.items()
    }
    return SqlQuery(
        single={signal.value: query for signal, query in settings.signals.items()},
        row=settings.row,
        many=settings.failed,
        bound={name: filled(value, now, zone) for name, value in bound.items()},
        # More rows than groups are told, since equal texts are gathered after they are read.
        most=MOST_GROUPS * 20,
    )


def _reading(found: Found, settings: SqlSettings, now: datetime, clean: Clean) -> Reading:
    zone = ZoneInfo(settings.timezone)
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True}
    missing: list[str] = []
    absent: dict[str, str] = {}
    for name, raw in found.values.items():
        if name not in _NAMES:
            missing.append(f"the column {outside(name, 60)} is not a signal")
            continue
        signal = Signal(name)
        value = signal_of(signal, raw, zone, now, clean)
        if value is not None:
            signals[signal] = value
        elif instead := why_absent(signal, raw, zone):
            absent[signal] = instead
            missing.append(f"{signal}: the query gave {instead}")
        else:
            missing.append(f"{signal}: the query gave no usable value")
    failed = None
    if found.rows is not None:
        # Read like an answer over HTTP, so that groups, ids and amounts mean the same.
        failed = failed_records(JsonDocument({"rows": found.rows}), _COLUMNS, zone, clean)
    if failed and failed.problem:
        missing.append(failed.problem)
    elif failed:
        signals.setdefault(Signal.FAILED, float(failed.count))
    error = f"{settings.origin()}: {'; '.join(missing)}" if missing else ""
    return Reading(
        at=now,
        signals=signals,
        failed=failed.groups if failed else (),
        error=outside(error),
        cause=Cause.LACKING if error else None,
        absent=absent,
    )
