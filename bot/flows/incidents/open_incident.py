"""Opening an incident: the record and everything that announces it, in one transaction."""

from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection, LadderRung
from bot.core.incidents.correlation import signature
from bot.core.incidents.escalation import EscalationPolicy, drive, ladder_for
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.review import review_due
from bot.core.incidents.severity import Assessment, Severity, assess
from bot.core.knowledge import Knowledge
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.core.people.backdating import must_have_been
from bot.core.people.permissions import Deed
from bot.core.runbooks.choice import GENERIC
from bot.core.triage.error_class import OWNERS_ACT, stood_still_since
from bot.flows.incidents import broken_drill, data_faults, ping
from bot.flows.people.permitted import must_for
from bot.flows.triage import lessons, past_incidents
from bot.flows.triage.briefing import Briefing, brief
from bot.flows.work import Work, open_for
from bot.language.errors import Invalid
from bot.language.marks import outside, who


def open_incident(work: Work, connection: Connection, flip: Flip) -> Incident:
    """Store the incident and everything that announces it, the first ping first."""
    briefing = brief(work, connection, flip.since)
    return _open(
        work,
        connection,
        briefing,
        reasons=flip.reasons,
        failing_since=flip.since,
        detected_by="check",
    )


def declare(
    work: Work,
    connection: Connection,
    *,
    by: str,
    why: str,
    since: datetime | None = None,
    severity: Severity | None = None,
) -> Incident:
    """A person says that it is broken, `since` when and how grave it is. An incident that is
    already open is returned as it is, also one of which the connection is a part. While the
    checks see nothing, only people can say that it is over. Raises Invalid for a `since` that
    cannot be."""
    must_for(work, Deed.DECLARE, connection, by)
    if since is not None:
        must_have_been(since, work.now, field="since")
    live = open_for(work, connection.id)
    if live is not None:
        return live
    briefing = brief(work, connection, since or work.now)
    said = outside(why)
    reason = f"{who(by)} declared it: {said}" if said else f"{who(by)} declared it."
    return _open(
        work,
        connection,
        briefing,
        reasons=(reason,),
        failing_since=since or work.now,
        detected_by=by,
        symptom=said,
        said=_as_told(severity, by),
    )


def _as_told(severity: Severity | None, by: str) -> Assessment | None:
    return Assessment(severity=severity, reasons=(f"{who(by)} said so",)) if severity else None


def write_down(
    work: Work,
    connection: Connection,
    *,
    by: str,
    why: str,
    since: datetime,
    until: datetime,
    severity: Severity | None = None,
) -> Incident:
    """A report of what is over, and how grave it was: nobody is pinged and no channel is made; it
    waits for its review. Raises Invalid when the times cannot be."""
    must_for(work, Deed.DECLARE, connection, by)
    said = outside(why, 500)
    _must_make_sense(said, since, until, work.now)
    graveness = _as_told(severity, by) or assess(
        brief(work, connection, since).facts, connection, work.catalogue, work.now
    )
    over = replace(
        _plain(connection, graveness, since, work.now),
        title=f"{connection.name} failed",
        state=State.RESOLVED,
        report_only=True,
        detected_by=by,
        holder=by,
        reasons=(f"{who(by)} wrote it down afterwards: {said}",),
        seen_failing=False,
        ladder=ladder_for(work.catalogue, connection),
        resolved_at=until,
        resolved_by=by,
        resolution=said,
        review_at=review_due(work.now),
    )
    written = work.tx.add_incident(over)
    work.log(written, "opened", f"{who(by)} wrote down what was over by then: {said}", by)
    work.show(written)
    return written


def _plain(
    connection: Connection, graveness: Assessment, since: datetime, now: datetime
) -> Incident:
    return Incident(
        id=0,
        connection=connection.id,
        title=f"{connection.name} is failing",
        name=connection.name,
        criticality=connection.criticality,
        severity=graveness.severity,
        severity_reasons=graveness.reasons,
        failing_since=since,
        opened_at=now,
        lease=connection.lease,
    )


def _must_make_sense(said: str, since: datetime, until: datetime, now: datetime) -> None:
    if not said:
        raise Invalid(
            "Say what happened and what ended it; a report without words teaches nothing.",
            field="why",
        )
    must_have_been(since, now, field="since")
    if not since <= until <= now:
        raise Invalid("It has to begin before it ends, and to end before now.", field="until")


def _open(
    work: Work,
    connection: Connection,
    briefing: Briefing,
    *,
    reasons: tuple[str, ...],
    failing_since: datetime,
    detected_by: str,
    symptom: str = "",
    said: Assessment | None = None,
) -> Incident:
    suggestion = briefing.suggestion
    graveness = said or assess(briefing.facts, connection, work.catalogue, work.now)
    driven = drive(connection, suggestion.lane, graveness.severity)
    failing = _sees_failing(work, connection)
    opened = work.tx.add_incident(
        replace(
            _plain(connection, graveness, failing_since, work.now),
            stalled_since=stood_still_since(briefing.facts) if failing else None,
            detected_by=detected_by,
            reasons=reasons,
            symptoms=(symptom,) if symptom else (),
            seen_failing=failing,
            assess_at=work.now + driven.lease / 12,
            ladder=_ladder(work.knowledge, connection, briefing, driven),
            lease=driven.lease,
            ask_before=driven.ask_before,
            joint_at=work.now + driven.joint_call,
            lane=suggestion.lane,
            layer=suggestion.layer,
            lane_reasons=suggestion.reasons,
            kind=signature(briefing.facts),
            said=lessons.telling(briefing.facts),
        )
    )
    past_incidents.remember_votes(work, opened, suggestion.votes)
    work.log(opened, "opened", " ".join(reasons) or "The checks fail.")
    work.tx.turn_to(opened.id, _runbook(work.knowledge, connection))
    if suggestion.error_class in OWNERS_ACT:
        data_faults.note(work, opened, connection, data_faults.kinds_of(briefing.facts))
    return _announce(work, opened, briefing)


def _announce(work: Work, opened: Incident, briefing: Briefing) -> Incident:
    climbed = ping.climb_ladder(work, opened, (briefing.facts,))
    ping.alert_owners(work, climbed)
    broken_drill.really_broke(work, climbed, (climbed.connection,))
    work.show(climbed)
    return climbed


def _sees_failing(work: Work, connection: Connection) -> bool:
    health = work.tx.connection_health(connection.id)
    return health is not None and health.verdict is Verdict.FAILING


def _ladder(
    knowledge: Knowledge, connection: Connection, briefing: Briefing, driven: EscalationPolicy
) -> tuple[LadderRung, ...]:
    fault = briefing.suggestion.error_class in OWNERS_ACT
    return ladder_for(knowledge.catalogue, connection, driven, data_fault=fault)


def _runbook(knowledge: Knowledge, connection: Connection) -> str:
    """What the connection names, where that is there."""
    return connection.runbook if connection.runbook in knowledge.runbooks else GENERIC
