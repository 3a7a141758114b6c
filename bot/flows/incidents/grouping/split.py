"""A part goes its own way again: with the life and the channel it had before, or with new ones."""

from collections.abc import Iterable
from dataclasses import replace

from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.incident import Incident
from bot.core.incidents.notices_of_endings import OnItsOwn, SplitOff
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.denial import Denial
from bot.flows.incidents import ping
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.work import Work, open_for


def had_a_life(child: Incident) -> bool:
    """Whether it was an incident of its own before it was merged; a child that was born as one
    has no ladder."""
    return bool(child.ladder)


def take_along(work: Work, said: Iterable[Denial]) -> None:
    """That its data is wrong stands for a connection also where it went."""
    for one in said:
        child = work.tx.child_for(one.connection)
        number = child.parent if child else None
        there = (
            work.tx.incident(number)
            if number is not None
            else work.tx.live_incident(one.connection)
        )
        if there is not None:
            work.tx.save_incident(relapsing.deny(there, (one,)))


def revive(work: Work, child: Incident, why: str, by: str | None = None) -> Incident:
    """The merged incident is open again, in its own channel, from the first rung."""
    after = led_anew(work, merge_and_reopen.split(child, now=work.now))
    work.log(after, "split", why, by)
    subject = incident_subject(after.id)
    room = work.tx.room(subject)
    if room is not None:
        work.tx.save_room(replace(room, tidy_at=None, announced_at=None, archived_at=None))
    told = OnItsOwn(by=by, whole=child.parent)
    climbed = ping.begin_anew(work, replace(after, assess_at=work.now), (), told)
    work.show(climbed)
    return climbed


def tell_left(work: Work, parent: Incident, children: Iterable[Incident], *, still: bool) -> None:
    """In the parent's channel, where people read that these are a child of it: that they left, and
    where they go on. They `still` fail while the others run, or were elsewhere when it was opened
    again."""
    found = [(child.connection, open_for(work, child.connection)) for child in children]
    left = tuple((connection, there.id if there else None) for connection, there in found)
    if left:
        told = SplitOff(by=None, left=left, still=still)
        work.tell(CHANNEL, told, about=incident_subject(parent.id))
