"""What was taken from people only because the clock was ahead is given back once it is right."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import GivenBack
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.flows.work import Work
from bot.language.marks import who

_LEASE = ("holder", "held_since", "let_go", "lease_until", "remind_at", "escalate_at", "resume_at")


def give_back(work: Work, before: Iterable[Incident], left_at: datetime) -> None:
    """`before` is what was live when the clock went ahead, at `left_at` by the right one."""
    work.tx.drop_breaches_due_after(work.now)
    for was in before:
        incident = work.tx.incident(was.id)
        if incident is None or not _nobody_acted(was, incident):
            continue
        if was.state is State.ACKNOWLEDGED and incident.state is State.OPEN:
            _lease(work, was, incident, left_at)
        elif was.state is incident.state and was.remind_at and _asked(was, incident, work.now):
            lease_until = was.lease_until if was.state is State.ACKNOWLEDGED else None
            after = replace(incident, remind_at=was.remind_at, lease_until=lease_until)
            work.tx.save_incident(after)
            work.show(after)


def _nobody_acted(was: Incident, incident: Incident) -> bool:
    """Nobody took it, handed it on or opened it again, and it did not run meanwhile."""
    names = ("acknowledged_at", "handed_over_at", "reopened_at", "recovered_at", "parent")
    same = all(getattr(was, name) == getattr(incident, name) for name in names)
    return same and incident.holder in (was.holder, None)


def _asked(was: Incident, incident: Incident, now: datetime) -> bool:
    """Whether it was asked too early; whoever renews a lease is asked again by its end."""
    if was.state is State.ACKNOWLEDGED:
        return incident.remind_at is None
    return was.remind_at is not None and was.remind_at > now


def _lease(work: Work, was: Incident, incident: Incident, left_at: datetime) -> None:
    lapsed = any(one.kind == "lapsed" and one.at >= left_at for one in work.tx.timeline(was.id))
    if not lapsed or was.lease_until is None or was.lease_until <= work.now:
        return
    again = {name: getattr(was, name) for name in _LEASE}
    after = replace(incident, state=State.ACKNOWLEDGED, **again)
    work.tx.save_incident(after)
    work.log(after, "given back", f"The clock was wrong: {who(was.holder)} has it still.")
    work.tell(CHANNEL, GivenBack(holder=was.holder), about=incident_subject(was.id))
    work.show(after)
