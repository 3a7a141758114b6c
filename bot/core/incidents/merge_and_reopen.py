"""What becomes of an incident that joins another one, leaves it again, was not over, or is looked
back on.

Moves of the same table as `incident`. What leaves or opens again begins with its first rung,
because whoever had it may believe that it is somebody else's or done.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.incidents.incident import Event, Incident, State, follow
from bot.core.incidents.review import CauseClass
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns

REOPEN_WITHIN = timedelta(days=7)  # by a person
SAME_WITHIN = timedelta(minutes=30)  # the same failure so soon is the same incident


def merge(incident: Incident, *, into: int) -> Incident:
    """A part of `into` from now on; nothing of it is due any more."""
    runs = incident.state is State.VERIFYING or incident.calm_at is not None
    return replace(
        incident,
        state=follow(incident, Event.MERGE),
        parent=into,
        turns=incident.own or incident.turns,
        own=None,
        flaps=(),
        escalate_at=None,
        lease_until=None,
        remind_at=None,
        settle_at=None,
        calm_at=None,
        resume_at=None,
        counterparty_due_at=None,
        assess_at=None,
        ticket_at=None,
        joint_at=None,
        data_ask_at=None,
        # What already ran stays recovered; the parent's data approvers confirm its data.
        recovered_at=incident.recovered_at if runs else None,
    )


def split(incident: Incident, *, now: datetime) -> Incident:
    """On its own again, as it was when it opened."""
    return replace(
        incident,
        state=follow(incident, Event.SPLIT),
        parent=None,
        apart=True,
        holder=None,
        held_since=None,
        let_go=None,
        recovered_at=None,
        awaiting=(),
        asked=False,
        data_ask_at=None,
        confirmed=(),
        denied=(),
        rung=-1,
        escalate_at=now,
        assess_at=now,
        joint_at=now + incident.lease,
    )


def reopen(
    incident: Incident,
    *,
    seen_failing: bool,
    by: str | None = None,
    why: str = "",
    now: datetime,
) -> Incident:
    """Open from the first rung, with its number and its story; the end is taken back. `by` is who
    says so and `why` what they see."""
    return replace(
        incident,
        state=follow(incident, Event.REOPEN),
        reopened=incident.reopened + 1,
        reopened_at=now,
        reopened_by=by,
        reopened_why=why,
        seen_failing=seen_failing,
        holder=None,
        held_since=None,
        let_go=None,
        rung=-1,
        escalate_at=now,
        assess_at=now + incident.lease / 12,
        joint_at=now + incident.lease,
        joint_held_at=None,
        recovered_at=None,
        awaiting=(),
        asked=False,
        data_ask_at=None,
        confirmed=(),
        data_confirmed_by=None,
        data_confirmed_at=None,
        left_failing=(),
        resolved_at=None,
        resolved_by=None,
        resolution="",
        review_at=None,
        review_asks=0,
        reviewed_at=None,
        reviewed_by=None,
    )


def counted_on(turns: Turns, ended: datetime, since: datetime | None, now: datetime) -> Turns:
    """The turns of what is opened again, which ended at `ended` and fails `since` then; None where
    it runs. Only what never stopped was bad in between: after its end nobody noted how it turned.
    """
    never_stopped = since is not None and since <= ended
    over = turns if never_stopped else flapping.rise(turns, ended)
    return over if since is None else flapping.fall(over, now)


def review(
    incident: Incident, *, by: str, cause: CauseClass, helped: str, follow_ups: str, now: datetime
) -> Incident:
    """What was learned is written down; nothing is asked any more."""
    return replace(
        incident,
        state=follow(incident, Event.REVIEW),
        cause_class=cause,
        helped=helped,
        follow_ups=follow_ups,
        reviewed_at=now,
        reviewed_by=by,
        review_at=None,
    )
