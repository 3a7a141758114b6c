"""Opening an incident: the record and everything that announces it, in one transaction.

Failures that somebody reported to us stand here, too. They last until they are taken back, if need
be by a person, since not every reporter takes them back.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import signature
from bot.core.incidents.escalation import ladder_for, policy_for
from bot.core.incidents.incident import BY_CHECKS, Incident, State
from bot.core.incidents.review import review_due
from bot.core.incidents.severity import Assessment, Severity, assess
from bot.core.monitoring.health import Flip
from bot.core.monitoring.heartbeat import PUSHED, failing, reported, taken_back
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.backdating import must_have_been
from bot.core.people.permissions import Deed
from bot.core.runbooks.choice import GENERIC
from bot.core.runbooks.notices import DrillBroke
from bot.core.triage.error_class import OWNERS_ACT, stood_still_since
from bot.flows.incidents import data_faults, ping
from bot.flows.people.permitted import must, must_for
from bot.flows.triage import lessons, past_incidents
from bot.flows.triage.briefing import Briefing, brief
from bot.flows.work import Work, open_for
from bot.language.errors import Invalid
from bot.language.marks import outside, who


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person says of a failure, and how grave it is where they know."""

    by: str
    why: str
    severity: Severity | None = None

    @property
    def graveness(self) -> Assessment | None:
        reasons = (f"{who(self.by)} said so",)
        return Assessment(severity=self.severity, reasons=reasons) if self.severity else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """What an incident is opened for; `symptom` and `graveness` are a person's words."""

    reasons: tuple[str, ...]
    since: datetime
    detected_by: str = BY_CHECKS
    symptom: str = ""
    graveness: Assessment | None = None


def open_incident(work: Work, connection: Connection, flip: Flip) -> Incident:
    """Store the incident and everything that announces it, the first ping first."""
    return _open(work, connection, _Failure(reasons=flip.reasons, since=flip.since))


def declare(
    work: Work, connection: Connection, report: Report, *, since: datetime | None = None
) -> Incident:
    """A person says that it is broken, and `since` when. An incident that is already open is
    returned as it is, also one of which the connection is a child. While the checks see nothing,
    only people can say that it is over. Raises Invalid for a `since` that cannot be."""
    must_for(work, Deed.DECLARE, connection, report.by)
    if since is not None:
        must_have_been(since, work.now, field="since")
    # Several people see the same break and declare it within seconds of each other.
    live = open_for(work, connection.id)
    if live is not None:
        return live
    said, declared = outside(report.why), f"{who(report.by)} declared it"
    failure = _Failure(
        reasons=(f"{declared}: {said}" if said else f"{declared}.",),
        since=since or work.now,
        detected_by=report.by,
        symptom=said,
        graveness=report.graveness,
    )
    return _open(work, connection, failure)


def write_down(
    work: Work, connection: Connection, report: Report, *, since: datetime, until: datetime
) -> Incident:
    """A report of what is over: nobody is pinged and no channel is made; it waits for its review.
    Raises Invalid when the times cannot be."""
    by = report.by
    must_for(work, Deed.DECLARE, connection, by)
    said = outside(report.why, 500)
    _must_make_sense(said, since, until, work.now)
    facts = brief(work, connection, since).facts
    graveness = report.graveness or assess(facts, connection, work.catalogue, work.now)
    over = replace(
        _plain(connection, graveness, since, work.now),
        # In the past: whoever reads the card must not go and look for something that fails.
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


def _open(work: Work, connection: Connection, failure: _Failure) -> Incident:
    briefing = brief(work, connection, failure.since)
    facts, suggestion = briefing.facts, briefing.suggestion
    opened = work.tx.add_incident(_incident(work, connection, failure, briefing))
    past_incidents.remember_votes(work, opened, suggestion.votes)
    work.log(opened, "opened", " ".join(failure.reasons) or "The checks fail.")
    # A runbook may have been taken away since the estate was read.
    book = connection.runbook if connection.runbook in work.knowledge.runbooks else GENERIC
    work.tx.switch_runbook(opened.id, book)
    if suggestion.error_class in OWNERS_ACT:
        data_faults.note(work, opened, connection, data_faults.kinds_of(facts))
    escalated = ping.escalate_to_next(work, opened, (facts,))
    ping.alert_owners(work, escalated)
    tell_drills(work, escalated, (escalated.connection,))
    work.show(escalated)
    return escalated


def _incident(
    work: Work, connection: Connection, failure: _Failure, briefing: Briefing
) -> Incident:
    facts, suggestion = briefing.facts, briefing.suggestion
    graveness = failure.graveness or assess(facts, connection, work.catalogue, work.now)
    policy = policy_for(connection, suggestion.lane, graveness.severity)
    health = work.tx.connection_health(connection.id)
    failing = health is not None and health.verdict is Verdict.FAILING
    fault = suggestion.error_class in OWNERS_ACT
    return replace(
        _plain(connection, graveness, failure.since, work.now),
        stalled_since=stood_still_since(facts) if failing else None,
        detected_by=failure.detected_by,
        reasons=failure.reasons,
        symptoms=(failure.symptom,) if failure.symptom else (),
        # What the checks never saw failing they cannot end: only people can.
        seen_failing=failing,
        # Soon enough that a wrong severity does not stand through the first rung.
        assess_at=work.now + policy.lease / 12,
        ladder=ladder_for(work.catalogue, connection, policy, data_fault=fault),
        lease=policy.lease,
        ask_before=policy.ask_before,
        joint_at=work.now + policy.joint_call,
        lane=suggestion.lane,
        layer=suggestion.layer,
        lane_reasons=suggestion.reasons,
        kind=signature(facts),
        said=lessons.distinctive_words(facts),
    )


def tell_drills(work: Work, real: Incident, broken: Collection[str]) -> None:
    """Tell the drills of what is `broken` by now which incident is the real one."""
    for drill in work.tx.drills_under_way():
        one = work.tx.incident(drill.incident) if drill.connection in broken else None
        if one is not None:
            work.log(one, "drill", f"It really broke meanwhile: {real.key}.")
            work.tell(CHANNEL, DrillBroke(number=real.id), about=incident_subject(one.id))
            work.show(one)


def still_reported(work: Work, connection: Connection) -> tuple[str, ...]:
    """What was reported of the connection and not taken back, in the words of its reporters."""
    return tuple(words for spec in connection.checks for words in _against(work, spec))


def _against(work: Work, spec: CheckSpec) -> tuple[str, ...]:
    kept = work.tx.last_ping(spec.key) if spec.kind in PUSHED else None
    if kept is None:
        return ()
    health = work.tx.check_health(spec.key) if spec.kind == "heartbeat" else None
    return reported(kept, hangs=health is not None and health.verdict is Verdict.FAILING)


def ends_when(work: Work, connection: Connection) -> tuple[str, ...]:
    """What else than a person's word ends the failures that were reported and count now, each as
    a half sentence; empty where none does."""
    found: dict[str, None] = {}
    for spec in connection.checks:
        health = work.tx.check_health(spec.key) if spec.kind in PUSHED else None
        if health is None or health.verdict is Verdict.OK or not _against(work, spec):
            continue  # what was said once, long ago, counts no more
        kept = work.tx.last_ping(spec.key)
        if spec.kind == "heartbeat" or kept is None:
            found["a run of the job ends well"] = None
            continue
        found |= {_SAID_ONCE if one.once else _TAKEN_BACK: None for one in failing(kept)}
    return tuple(found)


_TAKEN_BACK = "whoever reported it takes it back"
_SAID_ONCE = "a report that came once counts no more"


def retract(
    work: Work,
    connection: Connection,
    *,
    by: str,
) -> tuple[str, ...]:
    """It is over: every failure reported of the connection is taken back, and its checks look at
    once. Returns what was. Raises NotAllowed, and Invalid when nothing stands."""
    incident = open_for(work, connection.id)
    if incident is None:
        must_for(work, Deed.TAKE_BACK, connection, by)
    else:
        must(work, Deed.TAKE_BACK, incident, by)
    over = still_reported(work, connection)
    if not over:
        name = outside(connection.name)
        raise Invalid(f"No failure that was reported to us of {name} stands.")
    for spec in connection.checks:
        kept = work.tx.last_ping(spec.key)
        if kept and _against(work, spec):
            work.tx.save_ping(spec.key, taken_back(kept))
            # So that the card does not say for a whole interval that it fails.
            work.tx.put_off_check(spec.key, work.now)
    if incident is not None:
        told = "; ".join(outside(one, 100) for one in over[:5])
        work.log(incident, "note", f"{who(by)} took back what was reported: {told}.", by)
        work.show(incident)
    return over
