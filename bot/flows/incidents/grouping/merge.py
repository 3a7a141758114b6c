"""Two incidents that are one, by a person's word, and the way back.

The merged one becomes a child, as a connection with a shared cause does by itself: its channel gets
a pointer and falls quiet, its people are brought into the other channel, and splitting it off
gives it its old life back.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.correlation import BY_HAND
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.notices_of_endings import Joined, MergedAway, SplitOff
from bot.core.knowledge import Knowledge
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import NAMED, Deed, permit
from bot.flows.incidents import open_incident
from bot.flows.incidents.grouping import recover
from bot.flows.incidents.grouping.join import tell_newcomers
from bot.flows.incidents.grouping.lead import as_grave_as, led_anew
from bot.flows.incidents.grouping.regroup import revive, take_along, was_independent
from bot.flows.people.permitted import about_incident, doer
from bot.flows.work import Work
from bot.language.errors import NotAllowed, NotFound, Refused
from bot.language.marks import outside, who
from bot.language.units import incident_key


def merge(
    work: Work,
    number: int,
    *,
    into: int,
    by: str,
) -> Incident:
    """`number` becomes a child of `into`, with all children of its own. Returns the parent."""
    child, parent = work.incident(number), work.incident(into)
    _may(work, child, parent, by)
    if child.drill or parent.drill:
        raise Refused("A drill is no break, so it is merged with none. Nothing was changed.")
    _fits(child, parent)
    # A part has no parts of its own: recovery and splitting look one level down.
    below = work.tx.children_of(child.id)
    # Children have one parent and no grandparent, so that every list of them is one query.
    for one in below:
        work.tx.save_incident(replace(one, parent=parent.id))
    merged = led_anew(work, merge_and_reopen.merge(child, into=parent.id))
    work.tx.save_incident(merged)
    grown = replace(parent, cause=parent.cause or BY_HAND, assess_at=work.now)
    # What was said of its data stands, so that nobody is asked about it once more.
    grown = replace(
        relapsing.deny(grown, child.denied), confirmed=(*grown.confirmed, *child.confirmed)
    )
    if merged.recovered_at is None:
        grown = relapsing.fails_in_hand(grown, now=work.now)
    grown = led_anew(work, grown)
    work.tx.save_incident(grown)
    work.log(merged, "merged", f"{who(by)} merged it into {parent.key}.", by)
    work.log(
        grown,
        "joined",
        f"{who(by)} merged {child.key} ({outside(child.headline)}) into it.",
        by,
    )
    grown = as_grave_as(work, grown, child)
    _point(work, child, [one for one in below if was_independent(one)], grown, by)
    tell_newcomers(work, grown, _failing(work.knowledge, merged, below))
    work.show(grown)
    return grown


def _failing(
    knowledge: Knowledge, merged: Incident, below: Iterable[Incident]
) -> list[tuple[Connection, datetime]]:
    """What fails of that which the whole gets: whoever answers for it has to know where it goes
    on."""
    known = knowledge.catalogue.connections
    return [
        (known[one.connection], one.failing_since)
        for one in (merged, *below)
        if one.recovered_at is None and one.connection in known
    ]


def split(
    work: Work,
    connection: Connection,
    *,
    by: str,
) -> Incident:
    """The connection's part in a live incident is an incident of its own from here."""
    child = work.tx.child_for(connection.id)
    parent = work.tx.incident(child.parent) if child and child.parent is not None else None
    if child is None or parent is None:
        raise NotFound(_no_child(work, connection))
    _may(work, child, parent, by)
    if child.recovered_at is not None:
        raise Refused(
            f"{outside(connection.name)} runs again; its data is confirmed with {parent.key}."
            " Nothing was changed."
        )
    why = f"{who(by)} split it from {parent.key}."
    if was_independent(child):
        alone = revive(work, child, why, by)
    else:
        # No part any more before it opens, since a connection belongs to one live incident.
        work.tx.save_incident(replace(child, recovered_at=work.now, parent=None))
        flip = Flip(
            connection=connection.id,
            at=work.now,
            since=child.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=(*child.reasons, why),
        )
        # Marked as apart, or it would join again by itself at the next look.
        alone = replace(open_incident.open_incident(work, connection, flip), apart=True)
        work.tx.save_incident(alone)
    said = f"{who(by)} split {outside(connection.name)} off: it is {alone.key} now."
    work.log(parent, "split", said, by)
    stays = relapsing.without(parent, (connection.id,))
    take_along(work, [one for one in parent.denied if one not in stays.denied])
    told = SplitOff(by=by, part=connection.name, number=alone.id)
    work.tell(CHANNEL, told, about=incident_subject(parent.id))
    _without_it(work, stays)
    return alone


def _without_it(work: Work, parent: Incident) -> None:
    """What remains may run again already."""
    parent = led_anew(work, parent)
    work.tx.save_incident(parent)
    over = parent.recovered_at is not None and parent.state is not State.VERIFYING
    if over and not recover.still_failing(work, parent):
        recover.split_off_failing(work, parent)
    else:
        work.show(parent)


def _no_child(work: Work, connection: Connection) -> str:
    name = outside(connection.name)
    lead = work.tx.live_incident(connection.id)
    children = work.tx.children_of(lead.id) if lead else ()
    if lead is None:
        return f"{name} is not a part of any open incident."
    if not children:
        return f"{lead.key} is about {name} alone; there is nothing to split."
    return f"{lead.key} began with {name}. Split one of the others off instead."


def _may(work: Work, child: Incident, parent: Incident, by: str) -> None:
    """Whoever is named for either of the two."""
    must_be_named(work, child, (parent,), by)


def must_be_named(work: Work, one: Incident, others: Iterable[Incident], by: str) -> None:
    """Raises NotAllowed, naming who may, for anybody who is named neither for `one` nor for any of
    those that may be merged with it or split from it."""
    any_of = about_incident(work, one)
    for other in others:
        for role, people in about_incident(work, other).cast.items():
            if role in NAMED:
                any_of = any_of.joined(role, people)
    permit(Deed.MERGE, any_of, doer(work, by))


def must_be_named_for_some(work: Work, here: Incident | None, by: str) -> None:
    """Raises NotAllowed for whoever is named for none of the open incidents, and so can merge and
    split nothing at all: naming who may `here`, or else wherever it could be."""
    live = [*work.tx.incidents(LIVE)]
    rest = [one for lead in live for one in (lead, *work.tx.children_of(lead.id)) if one != here]
    if here is None and rest:
        must_be_named(work, rest[0], rest[1:], by)
    elif here is not None:
        must_be_named_for_either(work, here, rest, by)


def must_be_named_for_either(
    work: Work, one: Incident, others: Iterable[Incident], by: str
) -> None:
    """Raises NotAllowed for anybody who is named neither for `one` nor for any of the `others`, and
    says then who is for `one`."""
    try:
        must_be_named(work, one, (), by)
    # The first refusal names who may do it here, which is what the person can act on.
    except NotAllowed as refused:
        try:
            must_be_named(work, one, others, by)
        except NotAllowed:
            raise refused from None


def _fits(child: Incident, parent: Incident) -> None:
    if child.id == parent.id:
        raise Refused(f"{child.key} is that incident already. Nothing was changed.")
    if not parent.live:
        raise Refused(f"{parent.key} is not open any more, so nothing can join it.")
    if parent.state is State.VERIFYING and child.state is not State.VERIFYING:
        raise Refused(
            f"{parent.key} runs again and waits for its data to be confirmed;"
            f" {incident_key(child.id)} still fails, so it stays on its own."
        )


def _point(
    work: Work, child: Incident, below: Iterable[Incident], parent: Incident, by: str
) -> None:
    """Tell where to go in the channels that are quiet from now on or were before, and in the other
    one who comes."""
    there = work.tx.channel_of(incident_subject(parent.id))
    left = MergedAway(by=by, into=parent.id, channel=there)
    for one in (child, *below):
        work.tell(CHANNEL, left, about=incident_subject(one.id))
        work.show(one)
    came = Joined(by=by, number=child.id, title=child.headline, holder=child.holder)
    work.tell(CHANNEL, came, about=incident_subject(parent.id))
