"""Covers as people enter them, and absences as Slack shows them; both reach open incidents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents import incident as machine
from bot.core.incidents.escalation import escalate
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import WITH_SOMEBODY, Incident, State
from bot.core.incidents.notices import PingSent
from bot.core.outbox.address import OfCoverRequest, ToPerson
from bot.core.outbox.notice import Show, incident_subject
from bot.core.people.backdating import must_be_near
from bot.core.people.next_in_line import Purpose, estate_owners, first_in_line
from bot.core.people.notices import CoverAsked, CoverBegins, CoverDeclined, CoverEnds
from bot.core.people.permissions import Deed, DeedAbout, Doer, Role, permit
from bot.core.people.presence import Absence, Cover, refuse_circle
from bot.flows import standing_in
from bot.flows.incidents import ping, roles
from bot.flows.people.presence import attendance_for, presence_now
from bot.flows.triage.briefing import at_fault, brief_in
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import who


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """What the list shows: covers in force, those that were asked for, and who is away by what
    Slack says."""

    covers: tuple[Cover, ...]
    absences: tuple[Absence, ...]
    asked: tuple[Cover, ...] = ()


def listed(work: Work) -> CoverView:
    return CoverView(
        covers=tuple(cover for cover in work.tx.covers() if cover.in_force(work.now)),
        absences=tuple(absence for absence in work.tx.absences() if absence.in_force(work.now)),
        asked=tuple(cover for cover in work.tx.covers() if cover.asked(work.now)),
    )


def enter(
    work: Work,
    *,
    person: str,
    stand_in: str,
    until: datetime | None,
    by: str,
) -> Cover:
    """`stand_in` acts for `person` from now on; where `by` may not speak for `person`, once
    somebody who may has agreed: until then the cover is not `agreed`."""
    may_enter(work.catalogue, person, stand_in, by)
    if until is not None:
        must_be_near(until, work.now, field="until")
    agreed = _speaks_for(work.catalogue, by, person)
    _refuse_circle(work, person, stand_in)
    # Else the same question would stand twice in somebody's direct messages.
    _replace_asked(work, person, stand_in, by)
    new = Cover(
        id=0, person=person, by=stand_in, since=work.now, until=until, entered_by=by, agreed=agreed
    )
    if agreed:
        return _begin(work, new)
    asked = work.tx.add_cover(new)
    for reader in _asked(work.catalogue, asked):
        work.tell(ToPerson(reader), CoverAsked(), about=str(OfCoverRequest(asked.id)))
    return asked


def may_enter(catalogue: Catalogue, person: str, stand_in: str, by: str) -> None:
    """Raises NotAllowed, naming who may, and whatever else the two of them make impossible."""
    _must_know(catalogue, person, stand_in)
    permit(Deed.COVER, _about(catalogue, person, stand_in), Doer(person=by, speaks_for=()))


def may_enter_some(catalogue: Catalogue, by: str) -> None:
    """Raises NotAllowed, naming who may, for whoever can enter no cover at all: not even one of
    their own, since the catalogue does not know them."""
    if by not in catalogue.people:
        about = DeedAbout(name="", cast={Role.ESTATE_OWNER: tuple(estate_owners(catalogue))})
        permit(Deed.COVER, about, Doer(person=by, speaks_for=()))


def _begin(work: Work, cover: Cover) -> Cover:
    """A cover already in force for the same person ends; both people are told; what waits for that
    person reaches the stand-in at once, also one who was told of it for another reason."""
    for old in work.tx.covers():
        # One cover a person: two would ping two stand-ins for one seat.
        if old.person == cover.person and old.agreed:
            work.tx.save_cover(replace(old, ended_at=work.now))
    if cover.id:
        work.tx.save_cover(cover)
    else:
        cover = work.tx.add_cover(cover)
    _tell_both(work, cover, CoverBegins, cover.entered_by)
    _reach_incidents(work, cover)
    standing_in.take_on(work, cover)
    _shown_anew(work)
    return cover


def agree(
    work: Work,
    number: int,
    *,
    yes: bool,
    by: str,
) -> Cover:
    """Somebody who may speak for whoever is away says yes or no to a cover that was asked for."""
    asked = _open_request(work, number)
    about = _about(work.catalogue, asked.person)
    permit(Deed.AGREE_COVER, about, Doer(person=by, speaks_for=()))
    # Before anything can be refused: whoever still sees buttons there has lost them either way.
    work.queue(Show(subject=str(OfCoverRequest(asked.id))))
    if yes:
        # Once more: other covers may have begun since this one was asked for.
        _refuse_circle(work, asked.person, asked.by)
        agreed = replace(asked, agreed=True, since=work.now, decided_by=by)
        return _begin(work, agreed)
    declined = replace(asked, ended_at=work.now, decided_by=by)
    work.tx.save_cover(declined)
    told = CoverDeclined(person=asked.person, entered_by=by)
    work.tell(ToPerson(asked.by), told, about=f"cover:{asked.id}")
    return declined


def _refuse_circle(work: Work, person: str, stand_in: str) -> None:
    """Raises Invalid for a circle of covers; the cover that this one replaces does not count."""
    there = presence_now(work)
    others = {one: acting for one, acting in there.cover.items() if one != person}
    refuse_circle(person, stand_in, replace(there, cover=others))


def _open_request(work: Work, number: int) -> Cover:
    found = work.tx.cover(number)
    if found is None:
        raise NotFound("This question is no longer on record.")
    if not found.asked(work.now):
        said = "agreed to it" if found.agreed else "ended it"
        whose = f"{who(found.decided_by)} {said}" if found.decided_by else "Its time is over"
        raise Refused(f"{whose}. Nothing was changed.")
    return found


def _replace_asked(work: Work, person: str, stand_in: str, by: str) -> None:
    """What the same two were asked about before counts no more."""
    for old in work.tx.covers():
        if not old.agreed and (old.person, old.by) == (person, stand_in):
            _withdraw(work, old, by)


def _withdraw(work: Work, asked: Cover, by: str | None) -> Cover:
    ended = replace(asked, ended_at=work.now, decided_by=by)
    work.tx.save_cover(ended)
    work.queue(Show(subject=str(OfCoverRequest(asked.id))))
    return ended


def _asked(catalogue: Catalogue, cover: Cover) -> tuple[str, ...]:
    """Whoever is away, who may be reading all the same, and their manager, else all architecture
    owners."""
    manager = first_in_line(Purpose.TOLD_ABOUT, None, catalogue.people[cover.person])
    above = (manager,) if manager in catalogue.people else estate_owners(catalogue)
    return tuple(dict.fromkeys(one for one in (cover.person, *above) if one and one != cover.by))


def cancel(
    work: Work,
    *,
    person: str,
    by: str,
) -> Cover:
    """`person` is back, or what was only asked is withdrawn. Raises NotFound when nobody is
    entered as their cover."""
    entered = sorted(
        (one for one in work.tx.covers() if one.person == person), key=lambda c: c.agreed
    )
    if not entered:
        raise NotFound(f"Nobody is entered as cover for {who(person)}.")
    current = entered[-1]
    about = _about(work.catalogue, person, current.by)
    permit(Deed.COVER, about, Doer(person=by, speaks_for=()))
    if current.agreed:
        return _end(work, current, by)
    return _withdraw(work, current, by)


def expire(work: Work) -> int:
    """End every cover whose time has come; returns how many."""
    over = [cover for cover in work.tx.covers() if cover.over(work.now)]
    for cover in over:
        if cover.agreed:
            _end(work, cover, None)
        else:
            _withdraw(work, cover, None)
    return len(over)


def away(work: Work, absence: Absence) -> None:
    """Slack shows that somebody is away: open incidents that wait for them go on at once, and so do
    those that they have. Another word on an absence that is known hurries nobody."""
    known = {one.person: one for one in work.tx.absences()}.get(absence.person)
    if known is not None and known.in_force(work.now):
        # Nobody waits for them any more; only what Slack says of it is new.
        work.tx.save_absence(replace(absence, since=known.since))
        return
    work.tx.save_absence(absence)
    _shown_anew(work)
    # Somebody stands in, who was pinged and waits in their place.
    if absence.person in presence_now(work).cover:
        return
    for incident in _waiting_for(work, absence.person):
        if _goes_on(work, incident, absence.person):
            work.tx.save_incident(replace(incident, escalate_at=work.now))
        ping.tell_away(work, incident, absence.person, absence.why)
        work.show(incident)
    for incident in tuple(_held_by(work, absence.person)):
        _let_go(work, incident, absence)


def _let_go(work: Work, incident: Incident, absence: Absence) -> None:
    """Whoever has it is away, and nobody covers: it is open again and the ladder goes on now and
    not at the end of the lease, which nobody would see. With the counter-party, or where nobody
    else can be pinged, it stays with them, and that is told."""
    if incident.state is State.ACKNOWLEDGED:
        after = machine.expire_lease(incident, now=work.now)
        # Tried and not stored: letting go helps only where somebody else would be pinged.
        others = escalate(after, work.now, attendance_for(work, after)).people
        if {*others} - {absence.person}:
            said = f"{who(absence.person)} is away without cover; open again."
            work.log(after, "lapsed", said)
            work.tx.save_incident(after)
            incident = after
    ping.tell_away(work, incident, absence.person, absence.why)
    work.show(incident)


def _goes_on(work: Work, incident: Incident, person: str) -> bool:
    """Whether the ladder goes on at once without `person`: to a higher rung; or, where nobody can
    be pinged there, back to others, unless it waits for somebody who was pinged with them or since.
    A status that comes and goes would ping those again and again."""
    rung = roles.present_rung(incident)
    if person not in rung:
        return False
    there = attendance_for(work, incident)
    step = escalate(incident, work.now, there)
    # A higher rung hears of it once; going on is safe however often the status changes.
    if step.people and step.rung > incident.rung:
        return True
    receipts = work.tx.receipts(incident_subject(incident.id))
    # A page by another way is a second receipt of the same ping.
    pinged = [one.person for one in receipts if not one.elsewhere]
    if person not in pinged:
        return False
    since = pinged[len(pinged) - pinged[::-1].index(person) :]
    return not any(there.presence.acting(one) for one in (*rung, *since))


def back(work: Work, person: str) -> None:
    """Slack no longer shows them as away."""
    if any(one.person == person for one in work.tx.absences()):
        work.tx.end_absence(person)
        _shown_anew(work)


def _end(work: Work, cover: Cover, by: str | None) -> Cover:
    ended = replace(cover, ended_at=work.now)
    work.tx.save_cover(ended)
    _tell_both(work, ended, CoverEnds, by)
    _reach_incidents(work, ended)
    standing_in.give_back(work, ended)
    _shown_anew(work)
    return ended


def _shown_anew(work: Work) -> None:
    """Cards and questions name whoever acts for somebody."""
    work.refresh_homes()
    work.show_live()


def _must_know(catalogue: Catalogue, *people: str) -> None:
    unknown = next((person for person in people if person not in catalogue.people), None)
    if unknown is not None:
        raise NotFound(f"{who(unknown)} is not in the catalogue, so nothing would reach them.")


def _about(catalogue: Catalogue, person: str, stand_in: str | None = None) -> DeedAbout:
    """The two, a manager of either, and whoever guards the estate; without a stand-in, only those
    who may speak for `person`. Whoever stands in for one of them may not in their name."""
    about = DeedAbout(name="", cast={Role.PERSON: (person,)})
    if stand_in is not None:
        about = about.joined(Role.STAND_IN, [stand_in])
    known = (catalogue.people.get(one) for one in (person, stand_in) if one)
    about = about.joined(Role.MANAGER, [one.manager for one in known if one])
    return about.joined(Role.ESTATE_OWNER, estate_owners(catalogue))


def _speaks_for(catalogue: Catalogue, by: str, person: str) -> bool:
    return by in (person, catalogue.people[person].manager, *estate_owners(catalogue))


def _tell_both(
    work: Work, cover: Cover, kind: type[CoverBegins | CoverEnds], by: str | None
) -> None:
    # Both, since each may have been entered by somebody else.
    for reader in (cover.person, cover.by):
        told = kind(
            person=cover.person, by=cover.by, until=cover.until, entered_by=by, reader=reader
        )
        work.tell(ToPerson(reader), told, about=f"cover:{cover.id}")


def _waiting_for(work: Work, person: str) -> Iterable[Incident]:
    """Open incidents that wait for `person`."""
    for incident in work.tx.incidents({State.OPEN}):
        # Not everybody on the ladder: rungs that come later find out who is there in their turn.
        if person in roles.waited_for(work, incident):
            yield incident


def _held_by(work: Work, person: str) -> Iterable[Incident]:
    """Those that `person` works on, or has asked somebody else about."""
    return (one for one in work.tx.incidents(WITH_SOMEBODY) if one.holder == person)


def _was_pinged_for(work: Work, incident: Incident, person: str, covered: str | None) -> bool:
    """Whether `person` has that ping of it already, as from a cover that was entered before."""
    pinged = work.tx.receipts(incident_subject(incident.id))
    return any((one.person, one.covers or None) == (person, covered) for one in pinged)


def _reach_incidents(work: Work, cover: Cover) -> None:
    """Whoever acts for `cover.person` from now on is pinged for what waits for them, and for what
    they have."""
    acting = presence_now(work).acting(cover.person)
    if acting is None:
        return
    for whose in standing_in.spoken_for_with(work, cover):
        covered = whose if whose != acting else None
        for incident in _waiting_for(work, whose):
            told = PingSent(rung=max(incident.rung, 0))
            _ping_instead(work, incident, {acting: covered}, told)
        for incident in _held_by(work, whose) if covered else ():
            _ping_instead(work, incident, {acting: covered}, PingSent(holds=whose))


def _ping_instead(
    work: Work, incident: Incident, people: Mapping[str, str | None], told: PingSent
) -> None:
    [(acting, covered)] = people.items()
    connection = lead_of(work.catalogue, incident)
    if connection is None or _was_pinged_for(work, incident, acting, covered):
        return
    stand_ins = (*incident.stand_ins, *((acting,) if covered else ()))
    # Kept with the incident: whoever stood in may go on acting on it after the cover ends.
    joined = replace(incident, stand_ins=tuple(dict.fromkeys(stand_ins)))
    work.tx.save_incident(joined)
    faulty = at_fault(brief_in(work, incident, connection).facts)
    ping.ping(work, joined, people, replace(told, data_fault=faulty))
    work.show(joined)
