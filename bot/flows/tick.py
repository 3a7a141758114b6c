"""The tick: whose time has come, and what happens then. Deadlines are columns, so a restart loses
none and two callers act on none twice."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.incidents import incident as machine
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.notices import LeaseLapsed, StillOnIt
from bot.core.incidents.notices_of_endings import Recovered
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.flows import handle_absence
from bot.flows.changes import change_requests
from bot.flows.estate import windows
from bot.flows.incidents import counterparty, ping, reassess_severity
from bot.flows.incidents.ending import confirm_data, review
from bot.flows.incidents.grouping import group, recover
from bot.flows.incidents.grouping.parts import what_checks_see
from bot.flows.monitoring import pauses
from bot.flows.people.presence import tell_reader
from bot.flows.runbooks import (
    drills,
    failed_records,
    gate_approvals,
    step_limits,
    walk,
    webhook_calls,
)
from bot.flows.triage.briefing import brief_of
from bot.flows.work import Work
from bot.language.errors import CannotStore
from bot.language.marks import who

TRY_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """`touched` counts incidents, windows, covers and changes, those at whose effect we only
    looked left out; `troubled` names the incidents that could not be acted on, with the error."""

    touched: int
    troubled: tuple[tuple[str, Exception], ...] = ()


def tick(work: Work) -> Ticked:
    """Act on every deadline at or before `now`. An incident whose turn fails keeps its record and
    is tried again a little later; it does not hold up the others."""
    touched = _expire(work) + failed_records.tend(work)
    troubled: list[tuple[str, Exception]] = []
    for request in work.tx.due_change_requests(work.now):
        try:
            with work.tx.apart():
                change_requests.remind(work, request)
                touched += 1
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((request.key, error))
    for incident in work.tx.due_incidents(work.now):
        try:
            with work.tx.apart():
                touched += _act(work, incident)
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((incident.key, error))
            work.tx.put_off_incident(incident.id, work.now + TRY_AGAIN)
    rehearsed = (work.tx.incident(one.incident) for one in work.tx.drills_under_way())
    for incident in (*work.tx.incidents(LIVE), *(one for one in rehearsed if one)):
        try:
            with work.tx.apart():
                touched += walk.end_wait(work, incident.id)
                touched += gate_approvals.arrived(work, incident)
                touched += step_limits.remind(work, incident)
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((incident.key, error))
    over = windows.over(work)
    # What still fails when its window is over is new then.
    group.open_or_join(work, over)
    return Ticked(touched=touched + len(over), troubled=tuple(troubled))


def _expire(work: Work) -> int:
    """What ends by itself."""
    ended = handle_absence.expire(work) + pauses.expire(work)
    return ended + webhook_calls.give_up(work) + drills.expire(work)


def _act(work: Work, incident: Incident) -> bool:
    if _past(incident.calm_at, work.now):
        recover.calmed(work, incident)
    elif _past(incident.settle_at, work.now):
        recover.settle(work, incident)
    elif incident.state is State.OPEN and _past(incident.escalate_at, work.now):
        _climb(work, incident)
    elif _past(incident.remind_at, work.now):
        # Asked before it lapses, also when both came due while the bot was away.
        _remind(work, incident)
    elif incident.state is State.ACKNOWLEDGED and _past(incident.lease_until, work.now):
        _lapse(work, incident)
    else:
        return _side_deadlines(work, incident)
    return True


def _side_deadlines(work: Work, incident: Incident) -> bool:
    """What can wait for the next tick when something more urgent was due in this one."""
    if _past(incident.review_at, work.now):
        review.ask_for_review(work, incident)
    elif _past(incident.ticket_at, work.now):
        counterparty.ask_for_ticket(work, incident)
    elif _past(incident.joint_at, work.now):
        counterparty.propose_joint_call(work, incident)
    elif _past(incident.data_ask_at, work.now):
        confirm_data.ask_again(work, incident)
    else:
        return reassess_severity.look_again(work, incident)
    return True


def _past(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _climb(work: Work, incident: Incident) -> None:
    briefing = brief_of(work, incident)
    read = (briefing.facts,) if briefing else ()
    work.show(ping.climb_ladder(work, incident, read))


def _lapse(work: Work, incident: Incident) -> None:
    """The holder did not say that they are still on it: back up the ladder, at once."""
    after = machine.lapse(incident, now=work.now)
    work.log(after, "lapsed", f"{who(incident.holder)} did not answer; open again.")
    told = LeaseLapsed(holder=incident.holder)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    _climb(work, after)


def _remind(work: Work, incident: Incident) -> None:
    if incident.state is State.HANDED_OVER:
        counterparty.clock(work, incident)
        work.show(incident)
        return
    if incident.state is State.ACKNOWLEDGED:
        answer_by = work.now + machine.asked_before(incident)
        until = max(incident.lease_until or answer_by, answer_by)
        after = replace(incident, remind_at=None, lease_until=until)
    else:
        after = replace(incident, remind_at=work.now + incident.lease)
    work.tx.save_incident(after)
    if incident.state is State.ACKNOWLEDGED and incident.holder:
        asked = StillOnIt(until=until)
        tell_reader(work, incident.holder, asked, about=incident_subject(after.id))
    elif incident.state is State.VERIFYING:
        _ask_again(work, after)
    work.show(after)


def _ask_again(work: Work, incident: Incident) -> None:
    """Whoever judges the data is asked again; without such a person, the channel is."""
    judges = incident.awaiting or confirm_data.judges_of(work, incident)
    if not judges or incident.connection not in work.catalogue.connections:
        told = Recovered(asked=judges, seen=what_checks_see(work, incident))
        work.tell(CHANNEL, told, about=incident_subject(incident.id))
    confirm_data.remind(work, incident, judges)
