"""The tick: whose time has come, and what happens then. Deadlines are columns, so a restart loses
none and two callers act on none twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.incidents import incident as machine
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.outbox.notice import Say, What, incident_subject
from bot.flows import handle_absence
from bot.flows.changes import change_requests
from bot.flows.estate import windows
from bot.flows.incidents import counterparty, ping, reassess_severity
from bot.flows.incidents.ending import confirm_data, review
from bot.flows.incidents.grouping import group, recover
from bot.flows.incidents.grouping.parts import what_checks_see
from bot.flows.monitoring import pauses
from bot.flows.people.presence import reader_for
from bot.flows.runbooks import (
    drills,
    failed_records,
    gate_approvals,
    step_limits,
    walk,
    webhook_calls,
)
from bot.flows.triage.briefing import brief_of
from bot.flows.work import log, show
from bot.language.errors import CannotStore
from bot.language.marks import who
from bot.ports import Knowledge, Tx

TRY_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """`touched` counts incidents, windows, covers and changes, those at whose effect we only
    looked left out; `troubled` names the incidents that could not be acted on, with the error."""

    touched: int
    troubled: tuple[tuple[str, Exception], ...] = ()


def tick(tx: Tx, knowledge: Knowledge, now: datetime) -> Ticked:
    """Act on every deadline at or before `now`. An incident whose turn fails keeps its record and
    is tried again a little later; it does not hold up the others."""
    touched = _expire(tx, knowledge, now) + failed_records.tend(tx, knowledge, now)
    troubled: list[tuple[str, Exception]] = []
    for request in tx.due_change_requests(now):
        try:
            with tx.apart():
                change_requests.remind(tx, knowledge, request, now)
                touched += 1
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((request.key, error))
    for incident in tx.due_incidents(now):
        try:
            with tx.apart():
                touched += _act(tx, knowledge, incident, now)
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((incident.key, error))
            tx.put_off_incident(incident.id, now + TRY_AGAIN)
    rehearsed = (tx.incident(one.incident) for one in tx.drills_under_way())
    for incident in (*tx.incidents(LIVE), *(one for one in rehearsed if one)):
        try:
            with tx.apart():
                touched += walk.end_wait(tx, knowledge, incident.id, now)
                touched += gate_approvals.arrived(tx, knowledge, incident, now)
                touched += step_limits.remind(tx, knowledge, incident, now)
        except CannotStore:
            raise
        except Exception as error:
            troubled.append((incident.key, error))
    over = windows.over(tx, knowledge, now)
    # What still fails when its window is over is new then.
    group.open_or_join(tx, knowledge, over, now)
    return Ticked(touched=touched + len(over), troubled=tuple(troubled))


def _expire(tx: Tx, knowledge: Knowledge, now: datetime) -> int:
    """What ends by itself."""
    ended = handle_absence.expire(tx, knowledge, now) + pauses.expire(tx, knowledge, now)
    return ended + webhook_calls.give_up(tx, now) + drills.expire(tx, knowledge, now)


def _act(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> bool:
    if _past(incident.calm_at, now):
        recover.calmed(tx, knowledge, incident, now)
    elif _past(incident.settle_at, now):
        recover.settle(tx, knowledge, incident, now)
    elif incident.state is State.OPEN and _past(incident.escalate_at, now):
        _climb(tx, knowledge, incident, now)
    elif _past(incident.remind_at, now):
        # Asked before it lapses, also when both came due while the bot was away.
        _remind(tx, knowledge, incident, now)
    elif incident.state is State.ACKNOWLEDGED and _past(incident.lease_until, now):
        _lapse(tx, knowledge, incident, now)
    else:
        return _side_deadlines(tx, knowledge, incident, now)
    return True


def _side_deadlines(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> bool:
    """What can wait for the next tick when something more urgent was due in this one."""
    if _past(incident.review_at, now):
        review.ask_for_review(tx, knowledge, incident, now)
    elif _past(incident.ticket_at, now):
        counterparty.ask_for_ticket(tx, incident, now)
    elif _past(incident.joint_at, now):
        counterparty.propose_joint_call(tx, knowledge, incident, now)
    elif _past(incident.data_ask_at, now):
        confirm_data.ask_again(tx, knowledge, incident, now)
    else:
        return reassess_severity.look_again(tx, knowledge, incident, now)
    return True


def _past(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _climb(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    briefing = brief_of(tx, knowledge, incident, now)
    read = (briefing.facts,) if briefing else ()
    show(tx, ping.climb_ladder(tx, knowledge, incident, read, now), now)


def _lapse(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """The holder did not say that they are still on it: back up the ladder, at once."""
    after = machine.lapse(incident, now=now)
    log(tx, after, "lapsed", f"{who(incident.holder)} did not answer; open again.", now)
    facts = {"holder": incident.holder}
    _say(tx, after, "channel", What.LEASE_LAPSED, facts, now)
    _climb(tx, knowledge, after, now)


def _remind(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    if incident.state is State.HANDED_OVER:
        counterparty.clock(tx, knowledge, incident, now)
        show(tx, incident, now)
        return
    if incident.state is State.ACKNOWLEDGED:
        answer_by = now + machine.asked_before(incident)
        until = max(incident.lease_until or answer_by, answer_by)
        after = replace(incident, remind_at=None, lease_until=until)
    else:
        after = replace(incident, remind_at=now + incident.lease)
    tx.save_incident(after)
    if incident.state is State.ACKNOWLEDGED and incident.holder:
        reader, covers_whom = reader_for(tx, incident.holder, now)
        facts = {"until": until.isoformat(), **covers_whom}
        _say(tx, after, f"person:{reader}", What.STILL_ON_IT, facts, now)
    elif incident.state is State.VERIFYING:
        _ask_again(tx, knowledge, after, now)
    show(tx, after, now)


def _ask_again(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """Whoever judges the data is asked again; without such a person, the channel is."""
    judges = incident.awaiting or confirm_data.judges_of(tx, knowledge, incident)
    if not judges or incident.connection not in knowledge.catalogue.connections:
        seen = what_checks_see(tx, knowledge.catalogue, incident)
        facts = {"asked": list(judges), "seen": seen}
        _say(tx, incident, "channel", What.RECOVERED, facts, now)
    confirm_data.remind(tx, incident, judges, now)


def _say(
    tx: Tx, incident: Incident, to: str, what: What, facts: Mapping[str, object], now: datetime
) -> None:
    subject = incident_subject(incident.id)
    tx.queue(Say(subject=subject, to=to, what=what, facts=facts), now)
