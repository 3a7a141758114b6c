"""The figures of a period, gathered from the record."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.governance.audit.audit import audit
from bot.core.governance.kpi import KpiRecord, Kpis, Period, Pinged, kpis
from bot.core.incidents.escalation import answer_time
from bot.core.incidents.incident import Incident
from bot.core.monitoring.health import CheckHealth
from bot.core.outbox.notice import What, incident_subject
from bot.flows.estate.as_recorded import on_record
from bot.flows.governance import audit as governance
from bot.flows.governance import response_times
from bot.language.errors import Invalid
from bot.ports import Knowledge, Receipt, TimelineEntry, Tx

LOOK_BACK = timedelta(days=30)
LONGEST = timedelta(days=400)
_TAKEN = frozenset({"acknowledged", "handed over", "resolved", "recovered", "merged"})
_AGREED = frozenset({"lane", "handed over"})  # kinds of the timeline by which a person says a lane


def check_span(span: timedelta) -> None:
    """Raises Invalid for a time that is empty or longer than the record goes back."""
    if not timedelta(days=1) <= span <= LONGEST:
        raise Invalid(f"Choose between 1 and {LONGEST.days} days.")


def view(tx: Tx, knowledge: Knowledge, now: datetime, span: timedelta = LOOK_BACK) -> Kpis:
    """The `span` that ends now, compared with the one before it."""
    period = Period(since=now - span, until=now)
    incidents = tx.opened_since(period.before.since)
    catalogue = knowledge.catalogue
    known = replace(knowledge, catalogue=on_record(tx, catalogue))
    rows = response_times.sla(tx, knowledge, now)
    return kpis(
        KpiRecord(
            catalogue=catalogue,
            incidents=incidents,
            lane_agreed={
                one.id: at for one in incidents if (at := _agreed(tx, one.id)) is not None
            },
            climbed={one.id: at for one in incidents if (at := _climbed(tx, one)) is not None},
            handed_over=sum(row.handed_over for row in rows),
            late=sum(len({one.incident for one in row.breaches}) for row in rows),
            running=sum(row.running for row in rows),
            checks=_known(tx, catalogue),
            audit=audit(known.catalogue, now, governance.live(tx, known, now)),
            pings={one.id: _pinged(tx, one, now) for one in incidents},
            changes=tx.change_requests(),
        ),
        period,
    )


def _agreed(tx: Tx, number: int) -> datetime | None:
    said = (entry.at for entry in tx.timeline(number) if entry.by and entry.kind in _AGREED)
    return next(said, None)


def _climbed(tx: Tx, incident: Incident) -> datetime | None:
    """Where its letters are kept no longer, the rung it is on says whether, but not when."""
    subject = incident_subject(incident.id)
    if tx.receipts(subject):
        return tx.first_said_at(subject, What.CLIMBED)
    return incident.opened_at if incident.rung > 0 else None


def _pinged(tx: Tx, incident: Incident, now: datetime) -> Pinged:
    """A ping is answered when whoever got it did anything in the incident afterwards. It is judged
    before its time is over only when it was; what somebody else took or ended first never is."""
    timeline = tx.timeline(incident.id)
    arrived = (
        one for one in tx.receipts(incident_subject(incident.id)) if one.state == "delivered"
    )
    outcomes = Counter(_what_became_of(incident, one, timeline, now) for one in arrived)
    silent = outcomes["unanswered"]
    return Pinged(
        judged=outcomes["answered"] + silent, unanswered=silent, time=outcomes["has time"]
    )


def _what_became_of(
    incident: Incident, ping: Receipt, timeline: Iterable[TimelineEntry], now: datetime
) -> str:
    since = [one for one in timeline if one.at >= ping.at]
    if any(one.by == ping.person for one in since):
        return "answered"
    ended = next((one.at for one in since if one.kind in _TAKEN), None)
    if ping.at + answer_time(incident, ping.person) <= (ended or now):
        return "unanswered"
    return "overtaken" if ended else "has time"


def _known(tx: Tx, catalogue: Catalogue) -> tuple[CheckHealth, ...]:
    """Health of checks that are still in the file."""
    keys = {spec.key for one in catalogue.connections.values() for spec in one.checks}
    return tuple(one for one in tx.all_check_health() if one.check in keys)
