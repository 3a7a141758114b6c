"""A part goes its own way again: with the life and the channel it had before, or with new ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.people.denial import Denial
from bot.flows.incidents import ping
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.work import log, open_for, show
from bot.ports import Knowledge, Tx


def had_a_life(part: Incident) -> bool:
    """Whether it was an incident of its own before it was merged; a part that was born as one
    has no ladder."""
    return bool(part.ladder)


def take_along(tx: Tx, said: Iterable[Denial]) -> None:
    """That its data is wrong stands for a connection also where it went."""
    for one in said:
        part = tx.part_for(one.connection)
        number = part.parent if part else None
        there = tx.incident(number) if number is not None else tx.live_incident(one.connection)
        if there is not None:
            tx.save_incident(relapsing.deny(there, (one,)))


def revive(
    tx: Tx, knowledge: Knowledge, part: Incident, why: str, now: datetime, by: str | None = None
) -> Incident:
    """The merged incident is open again, in its own channel, from the first rung."""
    after = led_anew(tx, knowledge, merge_and_reopen.split(part, now=now), now)
    log(tx, after, "split", why, now, by)
    subject = incident_subject(after.id)
    room = tx.room(subject)
    if room is not None:
        tx.save_room(replace(room, tidy_at=None, announced_at=None, archived_at=None))
    facts = {"by": by, "whole": part.parent}
    line = Say(subject=subject, to="channel", what=What.SPLIT, facts=facts)
    climbed = ping.begin_anew(tx, knowledge, replace(after, assess_at=now), (), line, now)
    show(tx, climbed, now)
    return climbed


def tell_left(
    tx: Tx, whole: Incident, parts: Iterable[Incident], now: datetime, *, still: bool
) -> None:
    """In the whole's channel, where people read that these are a part of it: that they left, and
    where they go on. They `still` fail while the others run, or were elsewhere when it was opened
    again."""
    found = [(part.connection, open_for(tx, part.connection)) for part in parts]
    left = [[connection, there.id if there else None] for connection, there in found]
    if left:
        facts = {"by": None, "left": left, "still": still}
        subject = incident_subject(whole.id)
        tx.queue(Say(subject=subject, to="channel", what=What.SPLIT_OFF, facts=facts), now)
