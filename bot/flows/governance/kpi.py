"""The figures of a period, gathered from the record."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.governance.audit.audit import audit
from bot.core.governance.kpi import KpiRecord, Kpis, Period, Pinged, kpis
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.escalation import answer_time
from bot.core.incidents.incident import Incident
from bot.core.monitoring.health import CheckHealth
from bot.core.outbox.notice import What, incident_subject
from bot.core.outbox.received import Receipt
from bot.flows.estate.ledger import estate_as_recorded
from bot.flows.governance import audit as governance
from bot.flows.governance import response_times
from bot.flows.work import Work
from bot.language.errors import Invalid

LOOK_BACK = timedelta(days=30)
LONGEST = timedelta(days=400)
_TAKEN = frozenset({"acknowledged", "handed over", "resolved", "recovered", "merged"})
_AGREED = frozenset({"lane", "handed over"})  # kinds of the timeline by which a person says a lane


def check_span(span: timedelta) -> None:
    """Raises Invalid for a time that is empty or longer than the record goes back."""
    if not timedelta(days=1) <= span <= LONGEST:
        raise Invalid(f"Choose between 1 and {LONGEST.days} days.")


def view(work: Work, span: timedelta = LOOK_BACK) -> Kpis:
    """The `span` that ends now, compared with the one before it."""
    period = Period(since=work.now - span, until=work.now)
    incidents = work.tx.opened_since(period.before.since)
    catalogue = work.catalogue
    known = replace(work.knowledge, catalogue=estate_as_recorded(work.tx, catalogue))
    rows = response_times.sla(work)
    return kpis(
        KpiRecord(
            catalogue=catalogue,
            incidents=incidents,
            lane_agreed={
                one.id: at for one in incidents if (at := _agreed(work, one.id)) is not None
            },
            escalated={
                one.id: at for one in incidents if (at := _escalated(work, one)) is not None
            },
            handed_over=sum(row.handed_over for row in rows),
            late=sum(len({one.incident for one in row.breaches}) for row in rows),
            running=sum(row.running for row in rows),
            checks=_known(work),
            audit=audit(known.catalogue, work.now, governance.live(work)),
            pings={one.id: _pinged(work, one) for one in incidents},
            changes=work.tx.change_requests(),
        ),
        period,
    )


def _agreed(work: Work, number: int) -> datetime | None:
    # Only people agree: a lane that the bot suggests is nobody's word.
    said = (entry.at for entry in work.tx.timeline(number) if entry.by and entry.kind in _AGREED)
    return next(said, None)


def _escalated(work: Work, incident: Incident) -> datetime | None:
    """Where its letters are kept no longer, the rung it is on says whether, but not when."""
    subject = incident_subject(incident.id)
    if work.tx.receipts(subject):
        return work.tx.first_said_at(subject, What.ESCALATED)
    # Letters are dropped after a while, and the rung of the incident stays.
    return incident.opened_at if incident.rung > 0 else None


def _pinged(work: Work, incident: Incident) -> Pinged:
    """A ping is answered when whoever got it did anything in the incident afterwards. It is judged
    before its time is over only when it was; what somebody else took or ended first never is."""
    timeline = work.tx.timeline(incident.id)
    arrived = (
        one for one in work.tx.receipts(incident_subject(incident.id)) if one.state == "delivered"
    )
    outcomes = Counter(_what_became_of(incident, one, timeline, work.now) for one in arrived)
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
    # Only as long as the ping was alone: after somebody took it, silence is right.
    if ping.at + answer_time(incident, ping.person) <= (ended or now):
        return "unanswered"
    return "overtaken" if ended else "has time"


def _known(work: Work) -> tuple[CheckHealth, ...]:
    """Health of checks that are still in the file."""
    keys = {spec.key for one in work.catalogue.connections.values() for spec in one.checks}
    return tuple(one for one in work.tx.all_check_health() if one.check in keys)
