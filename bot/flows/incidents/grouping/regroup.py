"""Incidents that join another one by themselves, and parts that go their own way again.

An incident of one connection that turns out to be a part of another one joins that, as it would
have if it had failed later or spoken earlier. Only what shares its cause by the ids of the estate
joins, and never what a person took apart, gave a lane or handed over.

A part that leaves goes on with the life and the channel that it had before, or with new ones.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.correlation import OUTAGES
from bot.core.incidents.grouping import SILENT_WINDOW, CauseGroups
from bot.core.incidents.incident import BY_CHECKS, LIVE, Incident, State
from bot.core.incidents.notices_of_endings import Joined, MergedAway, OnItsOwn, SplitOff
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.denial import Denial
from bot.flows.incidents import ping
from bot.flows.incidents.grouping.join import tell_newcomers
from bot.flows.incidents.grouping.lead import as_grave_as, led_anew
from bot.flows.work import Work, open_for

_FREE = frozenset({State.OPEN, State.ACKNOWLEDGED})


def groups_now(work: Work, without: Incident | None = None) -> CauseGroups:
    """The incidents that may still grow at `now`."""
    groups = CauseGroups(work.catalogue, work.now)
    known = work.catalogue.connections
    # The newest last: of several with one cause it is the newest that takes what fails now.
    for parent in reversed(work.tx.incidents(LIVE - {State.VERIFYING})):
        if (without is not None and parent.id == without.id) or not _takes_others(work, parent):
            continue
        child_states = work.tx.recovered_of(parent.id) if parent.size > 1 else ()
        # Only an outage explains that others on its system fall silent.
        if parent.kind in OUTAGES:
            ids = (parent.connection, *(key for key, recovered in child_states if not recovered))
            groups.outage(parent, [known[key] for key in ids if key in known])
        groups.watch(parent, [known[key] for key, _ in child_states if key in known])
    return groups


def _takes_others(work: Work, parent: Incident) -> bool:
    """Whether the failure that the checks see is what it is about. What people say of one
    connection is a matter of its own, and no business of whoever owns others: one that they opened
    again or put together explains only failures that began with it, and what they declared, split
    off, handed over or gave a lane none."""
    # Whatever joined would inherit a holder, a lane and a clock that nobody meant for it.
    if parent.size == 1 and (parent.apart or parent.lane_by or parent.state is State.HANDED_OVER):
        return False
    declared = parent.detected_by != BY_CHECKS
    if not declared and parent.reopened_at is None:
        return not parent.denied or parent.seen_failing or _child_fails(work, parent)
    if declared and parent.size == 1:
        return False
    health = work.tx.connection_health(parent.connection)
    if parent.denied or health is None or health.verdict is not Verdict.FAILING:
        return False
    return health.since <= (parent.reopened_at or parent.opened_at) + SILENT_WINDOW


def _child_fails(work: Work, parent: Incident) -> bool:
    return any(not recovered for _, recovered in work.tx.recovered_of(parent.id))


def join_if_one(work: Work, one: Incident) -> None:
    """Let `one` become a part of the open incident that has its cause, if there is one; of two
    that are alone the younger joins."""
    connection = work.catalogue.connections.get(one.connection)
    if connection is None or not _may_join(work, one):
        return
    # As of its opening: the window counts from when it failed, not from when it spoke.
    groups = groups_now(work.at(one.opened_at), without=one)
    if not one.kind:
        groups.expect([connection])
    found = groups.place(connection, one.kind, since=one.failing_since)
    if found is None or found[0].apart:
        return
    parent, cause = found
    # The older one has the longer story and the people; its number and channel stay.
    if parent.id > one.id and _may_join(work, parent) and one.detected_by == BY_CHECKS:
        one, parent = parent, one
    _join(work, one, parent, cause)


def _may_join(work: Work, one: Incident) -> bool:
    seen = one.detected_by == BY_CHECKS or _began_as_told(work, one)
    free = one.state in _FREE and seen and not one.drill
    return (
        free
        and not one.apart
        and not one.denied
        and one.lane_by is None
        and not work.tx.recovered_of(one.id)
    )


def _began_as_told(work: Work, one: Incident) -> bool:
    """Whether what the checks see of a declared one began when people say that it did: then it is
    what they mean, and no other matter."""
    health = work.tx.connection_health(one.connection)
    if health is None or health.verdict is not Verdict.FAILING:
        return False
    return one.reopened_at is None and abs(health.since - one.failing_since) <= SILENT_WINDOW


def _join(work: Work, one: Incident, parent: Incident, cause: str) -> None:
    merged = merge_and_reopen.merge(one, into=parent.id)
    work.tx.save_incident(merged)
    # A cause that was given when it opened is not renamed for a later part.
    grown = replace(parent, cause=parent.cause or cause, assess_at=work.now)
    if merged.recovered_at is None:
        grown = relapsing.fails_in_hand(grown, now=work.now)
    grown = led_anew(work, grown)
    work.tx.save_incident(grown)
    grown = as_grave_as(work, grown, one)
    work.log(merged, "merged", f"It has the same cause as {parent.key} ({cause}): a part of it.")
    work.log(grown, "joined", f"{one.key} ({one.headline}) has the same cause: a part of this.")
    there = work.tx.channel_of(incident_subject(parent.id))
    left = MergedAway(by=None, into=parent.id, channel=there, cause=cause, holder=one.holder)
    work.tell(CHANNEL, left, about=incident_subject(one.id))
    came = Joined(by=None, number=one.id, title=one.headline, cause=cause, holder=one.holder)
    work.tell(CHANNEL, came, about=incident_subject(parent.id))
    connection = work.catalogue.connections.get(one.connection)
    if connection is not None:
        tell_newcomers(work, grown, [(connection, one.failing_since)])
    work.show(merged)
    work.show(grown)


def was_independent(child: Incident) -> bool:
    """Whether it was an incident of its own before it was merged; a child that was born as one
    has no ladder."""
    return bool(child.ladder)


def take_along(work: Work, said: Iterable[Denial]) -> None:
    """Where a connection went, the word that its data is wrong stands as well."""
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
    record = work.tx.channel_record(subject)
    if record is not None:
        work.tx.save_channel_record(
            replace(record, tidy_at=None, announced_at=None, archived_at=None)
        )
    told = OnItsOwn(by=by, whole=child.parent)
    escalated = ping.begin_anew(work, replace(after, assess_at=work.now), (), told)
    work.show(escalated)
    return escalated


def tell_left(work: Work, parent: Incident, children: Iterable[Incident], *, still: bool) -> None:
    """Tell the parent's channel, where people read that these are a child of it, that they left and
    where they go on. They `still` fail while the others run, or were elsewhere when it was opened
    again."""
    found = [(child.connection, open_for(work, child.connection)) for child in children]
    left = tuple((connection, there.id if there else None) for connection, there in found)
    if left:
        told = SplitOff(by=None, left=left, still=still)
        work.tell(CHANNEL, told, about=incident_subject(parent.id))
