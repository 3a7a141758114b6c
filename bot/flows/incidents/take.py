"""Taking an incident without being named for it, or from somebody who has it: asked first, and
told to whoever that concerns."""

from dataclasses import replace

from bot.core.incidents.agreement import mark_of
from bot.core.incidents.incident import Incident
from bot.core.incidents.notices import Helping, TakenOver
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed, Doer
from bot.flows.incidents import roles
from bot.flows.people.presence import attendance_for
from bot.flows.work import Work
from bot.language.errors import Unsure
from bot.language.marks import outside, when, who


def concerned(work: Work, incident: Incident) -> tuple[str, ...]:
    """Whoever has it, or is pinged now; or who stands in for them."""
    there = attendance_for(work, incident)
    if incident.holder:
        return (there.presence.acting(incident.holder) or incident.holder,)
    people = roles.waited_for(work, incident)
    return tuple(dict.fromkeys(there.presence.acting(one) or one for one in people))


def help_out(work: Work, incident: Incident, doer: Doer, *, agreed: str) -> Incident:
    """Somebody whom nobody named takes it: kept as a helper, and the ladder goes on. Raises Unsure
    while they have not `agreed` to that, as it is now."""
    by = doer.person
    if by in incident.helpers:
        return incident
    told = tuple(person for person in concerned(work, incident) if person != by)
    people = ", ".join(who(person) for person in told)
    # The mark names who would be told now: a yes to fewer people is asked for again.
    mark = mark_of(incident, told)
    if agreed != mark:
        has = "has it" if incident.holder else "was pinged"
        known = f" {people} {has}, and is told." if people else ""
        raise Unsure(
            f"You are not named for {incident.key}, “{outside(incident.headline)}”.{known} Take it"
            " all the same? You are noted as helping; the ladder goes on, and somebody named ends"
            " it.",
            deed=Deed.TAKE,
            number=incident.id,
            mark=mark,
            label="Take it all the same",
        )
    # No holder and no lease: somebody who was named has to say that they have it.
    after = replace(incident, helpers=(*incident.helpers, by))
    work.tx.save_incident(after)
    work.log(after, "helping", f"{who(by)} helps, without being named for it.", by)
    helping = Helping(by=by, told=told, holder=after.holder)
    work.tell(CHANNEL, helping, about=incident_subject(after.id))
    for person in told:
        work.tell(ToPerson(person), helping, about=incident_subject(after.id))
    work.show(after)
    return after


def ask_before_taking_from_holder(incident: Incident, doer: Doer, agreed: str) -> None:
    """Raises Unsure where somebody else has it, unless `agreed` is to just that; whoever stands in
    for them is not asked."""
    if incident.holder is None or incident.holder in doer.everybody_spoken_for:
        return
    mark = mark_of(incident)
    if agreed == mark:
        return
    since = f" since {when(incident.held_since)}" if incident.held_since else ""
    raise Unsure(
        f"{who(incident.holder)} has {incident.key}{since}. Take it over? They are told.",
        deed=Deed.TAKE,
        number=incident.id,
        mark=mark,
        label="Take it over",
    )


def tell_former_holder(work: Work, before: Incident, by: str) -> None:
    if before.holder is None or before.holder == by:
        return
    work.tell(ToPerson(before.holder), TakenOver(by=by), about=incident_subject(before.id))
