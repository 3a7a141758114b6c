"""How parties kept the response times that were agreed with them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.catalogue import Connection, Party
from bot.core.incident import Incident, State
from bot.core.ripe import answer_judged, promised
from bot.ports import Breach, Knowledge, Tx

LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRow:
    """`handed_over` were judged: their time was kept, or missed as the `breaches` say, the newest
    ones, oldest first. The time of `running` is not over; for `unpromised` none was agreed."""

    party: Party
    handed_over: int = 0
    running: int = 0
    unpromised: int = 0
    breaches: tuple[Breach, ...] = ()


def sla(
    tx: Tx, knowledge: Knowledge, now: datetime, connection: Connection | None = None
) -> tuple[SlaRow, ...]:
    """One row for each party that a lane names (of one connection or all), most breaches first."""
    chosen = (connection,) if connection else tuple(knowledge.catalogue.connections.values())
    known = knowledge.catalogue.parties
    keys = dict.fromkeys(party for one in chosen for party in one.lanes.values() if party in known)
    since = now - LOOK_BACK
    found, incidents = tx.breaches(since), tx.incidents(frozenset(State))
    rows = (_row(known[key], chosen, incidents, found, since) for key in keys)
    return tuple(sorted(rows, key=lambda row: (-len(row.breaches), row.party.name)))


def _row(
    party: Party,
    chosen: Iterable[Connection],
    incidents: Iterable[Incident],
    found: Iterable[Breach],
    since: datetime,
) -> SlaRow:
    lanes = {one.id: one.lanes for one in chosen}
    breaches = tuple(b for b in found if b.party == party.id and b.connection in lanes)
    late = {one.incident for one in breaches}
    theirs = (
        one
        for one in incidents
        if one.handed_over_at is not None
        and one.handed_over_at >= since
        and one.lane is not None
        and lanes.get(one.connection, {}).get(one.lane) == party.id
    )
    fates = Counter(_fate(party, one, late=one.id in late) for one in theirs)
    return SlaRow(
        party=party,
        handed_over=fates["judged"],
        running=fates["running"],
        unpromised=fates["unpromised"],
        breaches=breaches,
    )


def _fate(party: Party, incident: Incident, *, late: bool) -> str:
    if not late and not promised(party, incident.criticality):
        return "unpromised"
    return "judged" if answer_judged(incident, late=late) else "running"
