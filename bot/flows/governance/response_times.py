"""How parties kept the response times that were agreed with them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import Lane
from bot.core.governance.ripe import answer_judged, promised
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.response_time import Breach
from bot.flows.incidents import confirm_data
from bot.flows.work import Work

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


def sla(work: Work, connection: Connection | None = None) -> tuple[SlaRow, ...]:
    """One row for each party that a lane names (of one connection or all), most breaches first."""
    chosen = (connection,) if connection else tuple(work.catalogue.connections.values())
    known = work.catalogue.parties
    lanes = {one.id: one.lanes for one in chosen}
    since = work.now - LOOK_BACK
    found, handed = work.tx.breaches(since), _handed_over(work, lanes, since)
    theirs = {one.id for _, one in handed}
    named = (party for one in lanes.values() for party in one.values())
    keys = dict.fromkeys((*named, *(party for party, _ in handed)))
    rows = (
        _row(
            known[key],
            [one for party, one in handed if party == key],
            [
                one
                for one in found
                if one.party == key and (one.connection in lanes or one.incident in theirs)
            ],
        )
        for key in keys
        if key in known
    )
    return tuple(sorted(rows, key=lambda row: (-len(row.breaches), row.party.name)))


def _handed_over(
    work: Work, lanes: Mapping[str, Mapping[Lane, str]], since: datetime
) -> list[tuple[str, Incident]]:
    """To whom incidents went since then that these connections lead or are a child of."""
    found = []
    for one in work.tx.incidents(frozenset(State)):
        if one.lane is None or one.handed_over_at is None or one.handed_over_at < since:
            continue
        ids = (one.lead, *confirm_data.members(work, one))
        named = next((lanes[key] for key in ids if key in lanes), None)
        # The lane may have been corrected since; whoever it went to had to answer. Earlier versions
        # wrote down the lane alone.
        party = one.handed_to or (named or {}).get(one.lane)
        if party and named is not None:
            found.append((party, one))
    return found


def _row(party: Party, theirs: Iterable[Incident], breaches: Sequence[Breach]) -> SlaRow:
    late = {one.incident for one in breaches}
    outcomes = Counter(_what_became_of(party, one, late=one.id in late) for one in theirs)
    return SlaRow(
        party=party,
        handed_over=outcomes["judged"],
        running=outcomes["running"],
        unpromised=outcomes["unpromised"],
        breaches=tuple(breaches),
    )


def _what_became_of(party: Party, incident: Incident, *, late: bool) -> str:
    if not late and not promised(party, incident.criticality):
        return "unpromised"
    return "judged" if answer_judged(incident, late=late) else "running"
