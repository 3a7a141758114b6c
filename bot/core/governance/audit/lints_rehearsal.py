"""Findings about knowledge that nobody has tried: runbooks gone stale, drills that went badly.

Each rule is one function and one line in a table at the end.
"""

from collections.abc import Callable, Iterator

from bot.core.estate.catalogue import Connection
from bot.core.governance.audit.finding import ESTATE, AuditFinding, FindingWeight, about
from bot.core.governance.audit.situation import Situation, listed
from bot.language.marks import outside
from bot.language.units import say_count

NAMED = 3  # runbooks named one by one


def _stale_runbooks(situation: Situation) -> Iterator[AuditFinding]:
    found = situation.live.stale_runbooks
    if not found:
        return
    names = listed([f"“{outside(one.name, 60)}”" for one in found[:NAMED]])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    known = [one.since for one in found if one.since]
    yield AuditFinding(
        id="stale-runbooks",
        subject=ESTATE,
        what=f"{say_count(len(found), 'runbook')} neither used nor confirmed for"
        f" {situation.catalogue.governance.docs_max_age.days} days: {names}{more}.",
        why="Steps that nobody has walked may lead to systems that are gone.",
        who=situation.keeper,
        do="Read them, then /conn runbook confirm <name>, or write `confirmed` into the file.",
        since=min(known).date() if len(known) == len(found) else None,
        weight=FindingWeight.MINOR,
    )


def _drill_failed(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    drill = situation.live.drilled.get(connection.id)
    if drill is None or drill.ended_at is None or drill.triaged is not False:
        return
    lacks = f": {outside(drill.missing, 200)}" if drill.missing else "."
    yield about(
        connection,
        "drill-failed",
        f"In the last drill a newcomer could not triage it from the dossier{lacks}",
        why="In a real break the same would be missing, at night.",
        who=situation.teller(connection),
        do=f"Complete the dossier, then /conn drill {connection.id} again.",
        since=drill.ended_at.date(),
    )


def _drill_missed(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    drill = situation.live.drilled.get(connection.id)
    if drill is None or drill.ended_at is None or drill.acknowledged_at is not None:
        return
    yield about(
        connection,
        "drill-missed",
        "Nobody took the last drill of it.",
        why="In a real break the first ping would have gone unheard as well.",
        who=situation.teller(connection),
        do="Ask the first responder why, and name another one if need be.",
        since=drill.ended_at.date(),
    )


REHEARSED: tuple[Callable[[Situation, Connection], Iterator[AuditFinding]], ...] = (
    _drill_failed,
    _drill_missed,
)
UNTRIED: tuple[Callable[[Situation], Iterator[AuditFinding]], ...] = (_stale_runbooks,)
