"""The tick: whose time has come, and what happens then. Deadlines are columns, so a restart loses
none and two callers act on none twice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.core.changes.change_request import ChangeRequest
from bot.core.incidents import incident as machine
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import LeaseExpired, StillOnIt
from bot.core.incidents.notices_of_endings import Recovered
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.flows import handle_absence
from bot.flows.changes import change_requests
from bot.flows.estate import windows
from bot.flows.incidents import confirm_data, counterparty, end, ping, rejudge
from bot.flows.incidents.grouping import group, recover
from bot.flows.incidents.grouping.children import what_checks_see
from bot.flows.monitoring import pauses
from bot.flows.people.presence import tell_reader
from bot.flows.runbooks import (
    drills,
    failed_records,
    step_limits,
    webhook_calls,
)
from bot.flows.triage.briefing import brief_of
from bot.flows.work import Work
from bot.language.errors import CannotStore
from bot.language.marks import who

TRY_AGAIN = timedelta(minutes=1)  # not at every tick, which comes each second


class Keyed(Protocol):
    """What has a deadline, and is named by its key where it could not be acted on."""

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Keyed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """`touched` counts incidents, windows, covers and changes, those at whose effect we only
    looked left out; `troubled` names the incidents that could not be acted on, with the error."""

    touched: int
    troubled: tuple[tuple[str, Exception], ...] = ()


def tick(work: Work) -> Ticked:
    """Act on every deadline at or before `now`. An incident whose turn fails keeps its record and
    is tried again a little later; it does not hold up the others."""
    ticked = [act_on(work) for act_on in DEADLINES]
    return Ticked(
        touched=sum(one.touched for one in ticked),
        troubled=tuple(trouble for one in ticked for trouble in one.troubled),
    )


Deadline = Callable[[Work], Ticked]


def _each(
    due: Callable[[Work], Iterable[T]],
    act: Callable[[Work, T], int],
    put_off: Callable[[Work, T], None] | None = None,
) -> Deadline:
    """Act on one after the other, each apart; what fails is undone and may be `put_off`."""

    def act_on(work: Work) -> Ticked:
        touched, troubled = 0, []
        for one in due(work):
            try:
                # A savepoint: one broken incident must not take the others' deadlines with it.
                with work.tx.apart():
                    touched += act(work, one)
            # Nothing can be undone or put off on a disk that takes no writes; the tick as a whole
            # is tried again.
            except CannotStore:
                raise
            except Exception as error:
                troubled.append((one.key, error))
                if put_off:
                    put_off(work, one)
        return Ticked(touched=touched, troubled=tuple(troubled))

    return act_on


def _all(act: Callable[[Work], int]) -> Deadline:
    return lambda work: Ticked(touched=act(work))


def _put_off(work: Work, incident: Incident) -> None:
    work.tx.put_off_incident(incident.id, work.now + TRY_AGAIN)


def _remind_of_change(work: Work, request: ChangeRequest) -> int:
    change_requests.remind(work, request)
    return 1


def _windows_over(work: Work) -> int:
    """What still fails when its window is over is new then."""
    over = windows.over(work)
    group.open_or_join(work, over)
    return len(over)


def _act(work: Work, incident: Incident) -> bool:
    # One act a tick, the most urgent first. Whatever else is due comes a second later, judged by
    # what this one changed.
    if _past(incident.calm_at, work.now):
        recover.runs_steadily(work, incident)
    elif _past(incident.settle_at, work.now):
        recover.split_off_failing(work, incident)
    elif incident.state is State.OPEN and _past(incident.escalate_at, work.now):
        _escalate(work, incident)
    elif _past(incident.remind_at, work.now):
        # Asked before it expires, also when both came due while the bot was away.
        _remind(work, incident)
    elif incident.state is State.ACKNOWLEDGED and _past(incident.lease_until, work.now):
        _expire_lease(work, incident)
    else:
        return _side_deadlines(work, incident)
    return True


def _side_deadlines(work: Work, incident: Incident) -> bool:
    """What can wait for the next tick when something more urgent was due in this one."""
    if _past(incident.review_at, work.now):
        end.ask_for_review(work, incident)
    elif _past(incident.ticket_at, work.now):
        counterparty.ask_for_ticket(work, incident)
    elif _past(incident.joint_at, work.now):
        counterparty.propose_joint_call(work, incident)
    elif _past(incident.data_ask_at, work.now):
        confirm_data.ask_again(work, incident)
    else:
        return rejudge.assess_again(work, incident)
    return True


def _past(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _escalate(work: Work, incident: Incident) -> None:
    briefing = brief_of(work, incident)
    read = (briefing.facts,) if briefing else ()
    work.show(ping.escalate_to_next(work, incident, read))


def _expire_lease(work: Work, incident: Incident) -> None:
    """The holder did not say that they are still on it: back up the ladder, at once."""
    after = machine.expire_lease(incident, now=work.now)
    work.log(after, "lapsed", f"{who(incident.holder)} did not answer; open again.")
    told = LeaseExpired(holder=incident.holder)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    _escalate(work, after)


def _remind(work: Work, incident: Incident) -> None:
    if incident.state is State.HANDED_OVER:
        counterparty.clock(work, incident)
        work.show(incident)
        return
    if incident.state is State.ACKNOWLEDGED:
        # Counted from the question: after a downtime the lease may have ended before anybody was
        # asked.
        answer_by = work.now + machine.asked_before(incident)
        # After an absence of ours the lease may have ended unasked: there is time to answer all the
        # same.
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
    approvers = incident.awaiting or confirm_data.approvers_of(work, incident)
    # Without anybody to ask in person the channel is the only place left.
    if not approvers or incident.connection not in work.catalogue.connections:
        told = Recovered(asked=approvers, seen=what_checks_see(work, incident))
        work.tell(CHANNEL, told, about=incident_subject(incident.id))
    confirm_data.remind(work, incident, approvers)


DEADLINES: tuple[Deadline, ...] = (
    # What ends by itself, first: who is back, and what is paused no more, counts for all below.
    _all(handle_absence.expire),
    _all(pauses.expire),
    _all(webhook_calls.give_up),
    _all(drills.expire),
    # Before the incidents are acted on, so that nobody is told of records that are gone.
    _all(failed_records.tend),
    _each(lambda work: work.tx.due_change_requests(work.now), _remind_of_change),
    _each(lambda work: work.tx.due_incidents(work.now), _act, _put_off),
    # After them: whoever a step waits for may be another one by now.
    _each(step_limits.due, step_limits.look),
    # Last, so that what a pause held back opens in the tick that ends it.
    _all(_windows_over),
)
