"""What became of each connection of an incident, as its checks and its people see it."""

from dataclasses import replace
from datetime import datetime

from bot.core.incidents.grouping import ChildState
from bot.core.incidents.incident import Incident
from bot.core.monitoring.rules import Verdict
from bot.flows.work import Work


def child_states(work: Work, incident: Incident) -> tuple[ChildState, ...]:
    """What became of each of its connections, the one it began with first."""
    children = tuple(_as_seen(work, one) for one in work.tx.child_states_of(incident.id))
    over = incident.recovered_at is not None
    lead = ChildState(
        connection=incident.connection,
        # Of several each is as its own checks see it, also where a person says that it is not over.
        recovered=over or (bool(children) and not incident.seen_failing),
        failing_since=incident.began,
        alike_since=incident.alike_since,
        again=_fails_again(work, incident),
        recovered_at=incident.recovered_at,
        doubt=incident.doubt,
        kinds=(incident.kind, *incident.kinds),
        turns=incident.own or incident.turns,
        worst=incident.worst,
        reasons=incident.reasons,
        symptoms=incident.symptoms,
        reopened_by=incident.reopened_by,
        reopened_at=incident.reopened_at,
        reopened_why=incident.reopened_why,
    )
    # The record has when the last of them ran; the first may have run long before.
    if children and over:
        lead = replace(lead, recovered_at=_ran_at(work, incident))
    return (lead, *children)


def _as_seen(work: Work, child: ChildState) -> ChildState:
    """A child that was open by a person's word alone when it joined runs since its checks say
    so."""
    if not child.recovered or child.recovered_at is not None:
        return child
    health = work.tx.connection_health(child.connection)
    seen = health is not None and health.verdict is Verdict.OK
    ran_at = health.since if health and seen and health.since > child.failing_since else None
    return replace(child, recovered_at=ran_at)


def _ran_at(work: Work, incident: Incident) -> datetime | None:
    """When the first of several ran again; the record has when all of them did."""
    over, health = incident.recovered_at, work.tx.connection_health(incident.connection)
    if over is None or health is None or health.verdict is not Verdict.OK:
        return over
    return min(over, health.since) if health.since > incident.failing_since else over


def _fails_again(work: Work, incident: Incident) -> datetime | None:
    own = incident.own
    if own is not None and incident.reopened_at is None:
        return own.turned_at if own.bad and own.turned_at > incident.failing_since else None
    turned = incident.reopened_at is not None or incident.turns is not None
    health = work.tx.connection_health(incident.connection) if turned else None
    fails = health is not None and health.verdict is Verdict.FAILING
    return health.since if health and fails else None
