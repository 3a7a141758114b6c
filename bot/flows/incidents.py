"""Opening an incident when a connection breaks, and following it when the connection recovers."""

from dataclasses import replace
from datetime import datetime

from bot.core import incident as machine
from bot.core.catalogue import Connection
from bot.core.effects import Say, Show, What, incident_subject
from bot.core.escalation import ladder_for
from bot.core.health import ConnectionHealth, Flip, Verdict
from bot.core.incident import Incident, State
from bot.core.outbox import furniture
from bot.core.text import outside, who
from bot.flows import pings
from bot.flows.briefing import Briefing, brief, ping_facts
from bot.ports import Knowledge, TimelineEntry, Tx


def on_flip(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """Let a confirmed change of verdict open, continue or calm an incident, or tell the owner."""
    live = tx.live_incident(connection.id)
    if live is None and flip.new is Verdict.FAILING:
        open_incident(tx, knowledge, connection, flip, now)
    elif live is None:
        _tell_owner(tx, knowledge, connection, flip, now)
    elif flip.new is Verdict.FAILING:
        _fails(tx, knowledge, live, flip, now)
    elif flip.new is Verdict.UNKNOWN:
        log(tx, live, "blind", "The checks cannot see it any more. " + " ".join(flip.reasons), now)
        _tell_owner(tx, knowledge, connection, flip, now)
        show(tx, live, now)
    elif live.seen_failing:
        _recover(tx, knowledge, connection, live, flip, now)


def _fails(tx: Tx, knowledge: Knowledge, live: Incident, flip: Flip, now: datetime) -> None:
    """It fails while it has an incident: again, or for the first time in the checks' eyes."""
    if live.state is State.VERIFYING:
        _relapse(tx, knowledge, live, flip, now)
    elif not live.seen_failing:
        after = replace(live, seen_failing=True)
        tx.save_incident(after)
        log(tx, after, "seen", "The checks see it fail too. " + " ".join(flip.reasons), now)
        show(tx, after, now)


def on_still_failing(
    tx: Tx, knowledge: Knowledge, connection: Connection, health: ConnectionHealth, now: datetime
) -> bool:
    """A person's word closed the incident, but one lease later the checks still see it failing:
    that is a new incident, or nobody would ever be pinged for it. True when one was opened."""
    if health.verdict is not Verdict.FAILING or tx.live_incident(connection.id) is not None:
        return False
    last = next(iter(tx.incidents_of(connection.id, 1)), None)
    if last is None or last.resolved_at is None or now < last.resolved_at + last.lease:
        return False
    _open(
        tx,
        knowledge,
        connection,
        brief(tx, knowledge, connection, now, health.since),
        now,
        reasons=(f"It still fails after {last.key} was resolved.", *health.reasons),
        failing_since=health.since,
        detected_by="check",
    )
    return True


def open_incident(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> Incident:
    """Store the incident and everything that announces it, the first ping first."""
    briefing = brief(tx, knowledge, connection, now, flip.since)
    return _open(
        tx,
        knowledge,
        connection,
        briefing,
        now,
        reasons=flip.reasons,
        failing_since=flip.since,
        detected_by="check",
    )


def declare(
    tx: Tx, knowledge: Knowledge, connection: Connection, *, by: str, why: str, now: datetime
) -> Incident:
    """A person says that it is broken. An incident that is already open is returned as it is."""
    live = tx.live_incident(connection.id)
    if live is not None:
        return live
    briefing = brief(tx, knowledge, connection, now, now)
    said = outside(why)
    reason = f"{who(by)} declared it: {said}" if said else f"{who(by)} declared it."
    return _open(
        tx,
        knowledge,
        connection,
        briefing,
        now,
        reasons=(reason,),
        failing_since=now,
        detected_by=by,
    )


def _open(
    tx: Tx,
    knowledge: Knowledge,
    connection: Connection,
    briefing: Briefing,
    now: datetime,
    *,
    reasons: tuple[str, ...],
    failing_since: datetime,
    detected_by: str,
) -> Incident:
    suggestion = briefing.suggestion
    health = tx.connection_health(connection.id)
    opened = tx.add_incident(
        Incident(
            id=0,
            connection=connection.id,
            title=f"{connection.name} is failing",
            criticality=connection.criticality,
            failing_since=failing_since,
            opened_at=now,
            detected_by=detected_by,
            reasons=reasons,
            seen_failing=health is not None and health.verdict is Verdict.FAILING,
            ladder=ladder_for(knowledge.catalogue, connection),
            lease=connection.lease,
            lane=suggestion.lane,
            layer=suggestion.layer,
            lane_reasons=suggestion.reasons,
        )
    )
    log(tx, opened, "opened", " ".join(reasons) or "The checks fail.", now)
    runbook = connection.runbook if connection.runbook in knowledge.runbooks else "generic"
    tx.turn_to(opened.id, runbook)
    climbed = pings.climb_ladder(tx, knowledge, opened, briefing, now)
    pings.alert_owners(tx, knowledge, climbed, briefing, now)
    show(tx, climbed, now)
    return climbed


def _recover(
    tx: Tx,
    knowledge: Knowledge,
    connection: Connection,
    live: Incident,
    flip: Flip,
    now: datetime,
) -> None:
    """It runs again: ask the functional owner, and tell the channel whose word is awaited."""
    after = machine.recover(live, now=now)
    tx.save_incident(after)
    good = "The checks are good again."
    if flip.new is Verdict.DEGRADED:
        good = " ".join(("It runs again, but is degraded.", *flip.reasons))
    log(tx, after, "recovered", good, now)
    judge = data_judge(connection)
    subject = incident_subject(after.id)
    tx.queue(Say(subject=subject, to="channel", what=What.RECOVERED, facts={"asked": judge}), now)
    if judge:
        facts = ping_facts(brief(tx, knowledge, connection, now, live.failing_since), now)
        tx.queue(
            Say(subject=subject, to=f"person:{judge}", what=What.CONFIRM_DATA, facts=facts), now
        )
    show(tx, after, now)


def data_judge(connection: Connection) -> str | None:
    """Who says whether the data is right: the functional owner, else the technical one, else
    the architecture owner."""
    owners = connection.owners
    return owners.functional or owners.technical or owners.architecture


def _relapse(tx: Tx, knowledge: Knowledge, live: Incident, flip: Flip, now: datetime) -> None:
    after = machine.relapse(live, now=now)
    log(tx, after, "relapsed", "It fails again. " + " ".join(flip.reasons), now)
    subject = incident_subject(after.id)
    tx.queue(Say(subject=subject, to="channel", what=What.RELAPSED), now)
    connection = knowledge.catalogue.connections[after.connection]
    briefing = brief(tx, knowledge, connection, now, after.failing_since)
    show(tx, pings.climb_ladder(tx, knowledge, after, briefing, now), now)


def _tell_owner(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """No incident: the technical owner hears of doubt, of blindness, and of the end of both."""
    what = {Verdict.DEGRADED: What.DEGRADED, Verdict.UNKNOWN: What.BLIND}.get(flip.new)
    if flip.new is Verdict.OK and flip.old is not None:
        what = What.HEALTHY
    owner = connection.owners.technical or connection.owners.architecture
    if what is None or owner is None:
        return
    facts = {
        "connection": connection.id,
        "reasons": list(flip.reasons),
        "since": flip.since.isoformat(),
    }
    subject = f"connection:{connection.id}"
    tx.queue(Say(subject=subject, to=f"person:{owner}", what=what, facts=facts), now)


def log(
    tx: Tx, incident: Incident, kind: str, text: str, now: datetime, by: str | None = None
) -> None:
    tx.add_timeline(incident.id, TimelineEntry(at=now, kind=kind, text=text, by=by))


def show(tx: Tx, incident: Incident, now: datetime) -> None:
    """Everything that displays this incident is stale."""
    subject = incident_subject(incident.id)
    tx.queue(Show(subject=subject), now)
    tx.queue(furniture(subject), now)
    for person in tx.fixtures_of("homes"):
        tx.queue(Show(subject=f"home:{person}"), now)
