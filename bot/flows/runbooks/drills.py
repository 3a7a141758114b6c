"""Rehearsals: an incident that is none, walked on recorded evidence, and what it showed.

It is stored apart, so that a real break of the connection opens beside it; nothing of it is
counted, and nobody but the first responder and who began it hears of it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Connection, LadderRung
from bot.core.estate.ledger import HANDOVER_ITEMS
from bot.core.incidents import incident as machine
from bot.core.incidents.correlation import signature
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import PingSent
from bot.core.knowledge import Knowledge
from bot.core.monitoring.signals import FailedRecords
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed
from bot.core.runbooks import drill as rehearsal
from bot.core.runbooks.choice import GENERIC
from bot.core.runbooks.drill import EXAMPLE, LONGEST, Drill, Evidence
from bot.core.runbooks.notices import DrillEnded
from bot.flows.incidents import ping
from bot.flows.people.permitted import must, must_for
from bot.flows.people.presence import attendance_for
from bot.flows.triage.briefing import Briefing, at_fault, brief
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, who
from bot.language.units import DRILL_MARK, incident_key

LOOK_BACK = 5  # incidents whose evidence may be used


def start(work: Work, connection: Connection, by: str) -> Incident:
    """Begin one and ping the first responder. Raises Refused while the connection really is
    broken or another drill of it goes on, NotAllowed for somebody who has nothing to do with it."""
    must_for(work, Deed.DRILL, connection, by)
    # Two cards of one connection, one of them false, are the last thing that a real break needs.
    _refuse_while_broken(work, connection)
    evidence = _evidence(work, connection)
    briefing = brief(work, connection, work.now, recorded=evidence)
    drill = work.tx.add_incident(_incident(connection, briefing, evidence, by, work.now))
    work.tx.add_drill(
        Drill(
            incident=drill.id,
            connection=connection.id,
            by=by,
            responder=connection.first_responder,
            begun_at=work.now,
            evidence=evidence,
        )
    )
    work.log(drill, "drill", drill.reasons[0], by)
    work.tx.switch_runbook(drill.id, _runbook(work.knowledge, connection))
    people = drill.ladder[0].people
    pinged = attendance_for(work, drill).who_acts_for(people, work.now).pinged
    ping.ping(work, drill, pinged, PingSent(data_fault=at_fault(briefing.facts), rung=0))
    work.show(drill)
    return drill


def _incident(
    connection: Connection, briefing: Briefing, evidence: Evidence, by: str, now: datetime
) -> Incident:
    """Its ladder is the first responder alone, and none of a break's other deadlines runs."""
    people = (connection.first_responder,) if connection.first_responder else ()
    suggestion = briefing.suggestion
    return Incident(
        id=0,
        drill=True,
        connection=connection.id,
        title=f"{DRILL_MARK}: {connection.name} is failing",
        criticality=connection.criticality,
        failing_since=now,
        opened_at=now,
        detected_by=by,
        reasons=(f"{who(by)} began a drill on {evidence.source}.",),
        seen_failing=False,
        ladder=(LadderRung(after=timedelta(0), people=people),),
        lease=LONGEST,
        rung=0,
        lane=suggestion.lane,
        layer=suggestion.layer,
        lane_reasons=suggestion.reasons,
        kind=signature(briefing.facts),
    )


def end(
    work: Work,
    number: int,
    *,
    triaged: bool | None,
    missing: str,
    by: str | None,
) -> Drill:
    """Keep what it showed; `by` is None when its time is over. Raises NotFound for what is no
    drill, Refused once it has ended."""
    incident, before = work.tx.incident(number), work.tx.drill(number)
    if incident is None or before is None:
        raise NotFound(f"{incident_key(number)} is not a drill.")
    if by is not None:
        must(work, Deed.DRILL, incident, by)
    if before.ended_at is not None or not incident.live:
        raise Refused("This drill has ended already. Nothing was changed.")
    if triaged is False and not missing.strip():
        raise Refused("Say what was missing: somebody is asked to complete it.")
    after = replace(
        before,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.holder,
        ended_at=work.now,
        ended_by=by,
        triaged=triaged,
        missing=outside(missing),
    )
    work.tx.save_drill(after)
    how = rehearsal.summary(after)
    closed = machine.resolve(incident, by=by or after.by, how=how, now=work.now)
    # It is no break, so nobody is asked for its review.
    # Set after the table's own step, which gives every end a review.
    closed = replace(closed, state=State.RESOLVED, review_at=None)
    work.tx.save_incident(closed)
    work.log(closed, "drill", f"The drill ended. {how}", by)
    _tick_off(work, after)
    work.tell(CHANNEL, DrillEnded(summary=how, by=by), about=incident_subject(number))
    work.show(closed)
    return after


def expire(work: Work) -> int:
    """End the drills that nobody ended."""
    over = [one for one in work.tx.drills_under_way() if one.begun_at + LONGEST <= work.now]
    for one in over:
        end(work, one.incident, triaged=None, missing="", by=None)
    return len(over)


def _refuse_while_broken(work: Work, connection: Connection) -> None:
    if (
        work.tx.live_incident(connection.id) is not None
        or work.tx.child_for(connection.id) is not None
    ):
        raise Refused(f"{connection.name} really is broken now. Begin the drill when it is over.")
    if any(one.connection == connection.id for one in work.tx.drills_under_way()):
        raise Refused(f"A drill of {connection.name} goes on already. End that one first.")


def _evidence(work: Work, connection: Connection) -> Evidence:
    """What the last real break failed with, else an example. Texts are the general ones, so
    nothing of a record is repeated."""
    before = work.tx.incidents_of(connection.id, LOOK_BACK)
    for past in before:
        if past.said:
            failed = (FailedRecords(text=past.said, count=EXAMPLE.count),)
            return Evidence(failed=failed, source=f"what {past.key} failed with")
    no = "the last breaks of it left no words of an error" if before else "no break of it is"
    return Evidence(failed=(EXAMPLE,), source=f"an example, since {no} on record")


def _runbook(knowledge: Knowledge, connection: Connection) -> str:
    return connection.runbook if connection.runbook in knowledge.runbooks else GENERIC


def _tick_off(work: Work, drill: Drill) -> None:
    """A new owner who took part has worked a drill on it."""
    for handover in work.tx.open_handovers():
        mine = handover.connection == drill.connection and handover.person in drill.took_part
        if mine and "drill" not in handover.done:
            done = tuple(item for item in HANDOVER_ITEMS if item in {*handover.done, "drill"})
            parent = len(done) == len(HANDOVER_ITEMS)
            work.tx.save_handover(
                replace(handover, done=done, finished_at=work.now if parent else None)
            )
