"""Which runbook to open for a break, and which runbooks nobody has needed or read for long.

The file says what a runbook is made for; nothing here knows a runbook by name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.core.monitoring.signals import Signal
from bot.core.runbooks.runbook import Runbook, RunbookId
from bot.core.triage.error_class import piles_up
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass
from bot.language.units import say_duration

GENERIC: RunbookId = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookChoice:
    runbook: RunbookId
    why: str


def choose(runbooks: Mapping[RunbookId, Runbook], facts: Facts, now: datetime) -> RunbookChoice:
    """The runbook to open first. What the connection names goes first, then what is made for the
    class of the error that most records fail with, or for what the signals say; else `generic`.
    """
    named = facts.connection.runbook
    if named != GENERIC and named in runbooks:
        return RunbookChoice(runbook=named, why="the connection names it")
    for kind, why in _classes(facts, now):
        for book in runbooks.values():
            if kind in book.classes:
                return RunbookChoice(runbook=book.id, why=why)
    return RunbookChoice(runbook=GENERIC, why="nothing points to a narrower one yet")


def _classes(facts: Facts, now: datetime) -> Iterator[tuple[ErrorClass, str]]:
    """The kinds of breakage this may be, the best founded first, each with its reason."""
    for place, hit in enumerate(facts.hits):
        kind = hit.entry.error_class
        yield kind, f"{'another' if place else 'the'} error text is a {kind.words} error"
    if facts.hits or facts.failed or facts.check_errors:
        return
    if piles_up(facts, now) and facts.signals.get(Signal.ENABLED) is not False:
        yield (
            ErrorClass.BACKLOG,
            "records wait too long or too many, and no check shows an error text",
        )
    if facts.signals.get(Signal.REACHABLE) is not False:
        yield ErrorClass.UNKNOWN, "no check shows an error text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A runbook without use or a reading. `since` is the last of both, None for never."""

    runbook: RunbookId
    name: str
    since: datetime | None
    words: str


def stale(
    runbooks: Mapping[RunbookId, Runbook],
    last_used: Mapping[RunbookId, datetime],
    *,
    now: datetime,
    after: timedelta,
) -> tuple[Stale, ...]:
    """Runbooks neither used in an incident nor confirmed by a reader within `after`, the longest
    neglected first."""
    found = []
    for book in runbooks.values():
        since = _last(book, last_used.get(book.id))
        if since is None or now - since > after:
            ago = f"{say_duration(now - since)} ago" if since else "never"
            words = f"The runbook “{book.name}” was last used or confirmed {ago}."
            found.append(Stale(runbook=book.id, name=book.name, since=since, words=words))
    never = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda item: (item.since or never, item.runbook)))


def _last(book: Runbook, used: datetime | None) -> datetime | None:
    read = datetime.combine(book.confirmed, time(), tzinfo=UTC) if book.confirmed else None
    return max((moment for moment in (used, read) if moment), default=None)
