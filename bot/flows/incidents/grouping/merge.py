"""Two incidents that are one, by a person's word, and the way back.

The merged one becomes a part, as a connection with a shared cause does by itself: its channel gets
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
from bot.flows.incidents.grouping.split import had_a_life, revive, take_along
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
    """`number` becomes a part of `into`, with all parts of its own. Returns the whole."""
    part, whole = work.incident(number), work.incident(into)
    _may(work, part, whole, by)
    if part.drill or whole.drill:
        raise Refused("A drill is no break, so it is merged with none. Nothing was changed.")
    _fits(part, whole)
    below = work.tx.parts_of(part.id)
    for one in below:
        work.tx.save_incident(replace(one, parent=whole.id))
    merged = led_anew(work, merge_and_reopen.merge(part, into=whole.id))
    work.tx.save_incident(merged)
    grown = replace(whole, cause=whole.cause or BY_HAND, assess_at=work.now)
    grown = replace(
        relapsing.deny(grown, part.denied), confirmed=(*grown.confirmed, *part.confirmed)
    )
    if merged.recovered_at is None:
        grown = relapsing.fails_in_hand(grown, now=work.now)
    grown = led_anew(work, grown)
    work.tx.save_incident(grown)
    work.log(merged, "merged", f"{who(by)} merged it into {whole.key}.", by)
    work.log(
        grown,
        "joined",
        f"{who(by)} merged {part.key} ({outside(part.headline)}) into it.",
        by,
    )
    grown = as_grave_as(work, grown, part)
    _point(work, part, [one for one in below if had_a_life(one)], grown, by)
    tell_newcomers(work, grown, _failing(work.knowledge, merged, below))
    work.show(grown)
    return grown


def _failing(
    knowledge: Knowledge, merged: Incident, below: Iterable[Incident]
) -> list[tuple[Connection, datetime]]:
    """What the whole gets that fails: whoever answers for it has to know where it goes on."""
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
    part = work.tx.part_for(connection.id)
    whole = work.tx.incident(part.parent) if part and part.parent is not None else None
    if part is None or whole is None:
        raise NotFound(_no_part(work, connection))
    _may(work, part, whole, by)
    if part.recovered_at is not None:
        raise Refused(
            f"{outside(connection.name)} runs again; its data is confirmed with {whole.key}."
            " Nothing was changed."
        )
    why = f"{who(by)} split it from {whole.key}."
    if had_a_life(part):
        alone = revive(work, part, why, by)
    else:
        work.tx.save_incident(replace(part, recovered_at=work.now, parent=None))
        flip = Flip(
            connection=connection.id,
            at=work.now,
            since=part.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=(*part.reasons, why),
        )
        alone = replace(open_incident.open_incident(work, connection, flip), apart=True)
        work.tx.save_incident(alone)
    said = f"{who(by)} split {outside(connection.name)} off: it is {alone.key} now."
    work.log(whole, "split", said, by)
    stays = relapsing.without(whole, (connection.id,))
    take_along(work, [one for one in whole.denied if one not in stays.denied])
    told = SplitOff(by=by, part=connection.name, number=alone.id)
    work.tell(CHANNEL, told, about=incident_subject(whole.id))
    _without_it(work, stays)
    return alone


def _without_it(work: Work, whole: Incident) -> None:
    """What remains may run again already."""
    whole = led_anew(work, whole)
    work.tx.save_incident(whole)
    over = whole.recovered_at is not None and whole.state is not State.VERIFYING
    if over and not recover.still_failing(work, whole):
        recover.settle(work, whole)
    else:
        work.show(whole)


def _no_part(work: Work, connection: Connection) -> str:
    name = outside(connection.name)
    lead = work.tx.live_incident(connection.id)
    parts = work.tx.parts_of(lead.id) if lead else ()
    if lead is None:
        return f"{name} is not a part of any open incident."
    if not parts:
        return f"{lead.key} is about {name} alone; there is nothing to split."
    return f"{lead.key} began with {name}. Split one of the others off instead."


def _may(work: Work, part: Incident, whole: Incident, by: str) -> None:
    """Whoever is named for either of the two."""
    must_be_named(work, part, (whole,), by)


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
    rest = [one for lead in live for one in (lead, *work.tx.parts_of(lead.id)) if one != here]
    if here is None and rest:
        must_be_named(work, rest[0], rest[1:], by)
    elif here is not None:
        must_be_named_for_either(work, here, rest, by)


def must_be_named_for_either(
    work: Work, one: Incident, others: Iterable[Incident], by: str
) -> None:
    """Named for `one`, or for one of the `others`. Whoever is named for none of them is told who
    is for `one`."""
    try:
        must_be_named(work, one, (), by)
    except NotAllowed as refused:
        try:
            must_be_named(work, one, others, by)
        except NotAllowed:
            raise refused from None


def _fits(part: Incident, whole: Incident) -> None:
    if part.id == whole.id:
        raise Refused(f"{part.key} is that incident already. Nothing was changed.")
    if not whole.live:
        raise Refused(f"{whole.key} is not open any more, so nothing can join it.")
    if whole.state is State.VERIFYING and part.state is not State.VERIFYING:
        raise Refused(
            f"{whole.key} runs again and waits for its data to be confirmed;"
            f" {incident_key(part.id)} still fails, so it stays on its own."
        )


def _point(work: Work, part: Incident, below: Iterable[Incident], whole: Incident, by: str) -> None:
    """In the channels that are quiet from now on or were before, where to go; in the other one,
    who comes."""
    there = work.tx.channel_of(incident_subject(whole.id))
    left = MergedAway(by=by, into=whole.id, channel=there)
    for one in (part, *below):
        work.tell(CHANNEL, left, about=incident_subject(one.id))
        work.show(one)
    came = Joined(by=by, number=part.id, title=part.headline, holder=part.holder)
    work.tell(CHANNEL, came, about=incident_subject(whole.id))
