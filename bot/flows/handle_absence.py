"""Covers as people enter them, and absences as Slack shows them; both reach open incidents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents import incident as machine
from bot.core.incidents.escalation import climb
from bot.core.incidents.incident import WITH_SOMEBODY, Incident, State
from bot.core.incidents.leading import lead_of
from bot.core.outbox.notice import Say, Show, What, incident_subject
from bot.core.people.backdating import must_be_near
from bot.core.people.permissions import Deed, DeedAbout, Doer, Role, permit
from bot.core.people.presence import Absence, Cover, refuse_circle
from bot.flows import standing_in
from bot.flows.estate.ping_addresses import keepers
from bot.flows.incidents import ping, roles
from bot.flows.people.presence import attendance_for, presence_now
from bot.flows.triage.briefing import brief_in, ping_facts
from bot.flows.work import log, refresh_homes, show, show_live
from bot.language.errors import NotFound, Refused
from bot.language.marks import who
from bot.ports import Knowledge, Tx

REQUEST = "cover-request:"  # subjects of what is asked about a cover


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """What the list shows: covers in force, those that were asked for, and who is away by what
    Slack says."""

    covers: tuple[Cover, ...]
    absences: tuple[Absence, ...]
    asked: tuple[Cover, ...] = ()


def listed(tx: Tx, now: datetime) -> CoverView:
    return CoverView(
        covers=tuple(cover for cover in tx.covers() if cover.in_force(now)),
        absences=tuple(absence for absence in tx.absences() if absence.in_force(now)),
        asked=tuple(cover for cover in tx.covers() if cover.asked(now)),
    )


def enter(
    tx: Tx,
    knowledge: Knowledge,
    *,
    person: str,
    stand_in: str,
    until: datetime | None,
    by: str,
    now: datetime,
) -> Cover:
    """`stand_in` acts for `person` from now on; where `by` may not speak for `person`, once
    somebody who may has agreed: until then the cover is not `agreed`."""
    may_enter(knowledge.catalogue, person, stand_in, by)
    if until is not None:
        must_be_near(until, now, field="until")
    agreed = _speaks_for(knowledge.catalogue, by, person)
    _refuse_circle(tx, person, stand_in, now)
    _replace_asked(tx, person, stand_in, by, now)
    new = Cover(
        id=0, person=person, by=stand_in, since=now, until=until, entered_by=by, agreed=agreed
    )
    if agreed:
        return _begin(tx, knowledge, new, now)
    asked = tx.add_cover(new)
    for reader in _asked(knowledge.catalogue, asked):
        to = f"person:{reader}"
        tx.queue(Say(subject=_request(asked), to=to, what=What.COVER_ASKED, facts={}), now)
    return asked


def may_enter(catalogue: Catalogue, person: str, stand_in: str, by: str) -> None:
    """Raises NotAllowed, naming who may, and whatever else the two of them make impossible."""
    _must_know(catalogue, person, stand_in)
    permit(Deed.COVER, _about(catalogue, person, stand_in), Doer(person=by, seats=()))


def may_enter_some(catalogue: Catalogue, by: str) -> None:
    """Raises NotAllowed, naming who may, for whoever can enter no cover at all: not even one of
    their own, since the catalogue does not know them."""
    if by not in catalogue.people:
        about = DeedAbout(name="", cast={Role.KEEPER: tuple(keepers(catalogue))})
        permit(Deed.COVER, about, Doer(person=by, seats=()))


def _begin(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> Cover:
    """A cover already in force for the same person ends; both people are told; what waits for that
    person reaches the stand-in at once, also one who was told of it for another reason."""
    for old in tx.covers():
        if old.person == cover.person and old.agreed:
            tx.save_cover(replace(old, ended_at=now))
    if cover.id:
        tx.save_cover(cover)
    else:
        cover = tx.add_cover(cover)
    _tell_both(tx, cover, What.COVER_BEGINS, cover.entered_by, now)
    _reach_incidents(tx, knowledge, cover, now)
    standing_in.take_on(tx, knowledge, cover, now)
    _shown_anew(tx, now)
    return cover


def agree(tx: Tx, knowledge: Knowledge, number: int, *, yes: bool, by: str, now: datetime) -> Cover:
    """Somebody who may speak for whoever is away says yes or no to a cover that was asked for."""
    asked = _open_request(tx, number, now)
    about = _about(knowledge.catalogue, asked.person)
    permit(Deed.AGREE_COVER, about, Doer(person=by, seats=()))
    tx.queue(Show(subject=_request(asked)), now)
    if yes:
        _refuse_circle(tx, asked.person, asked.by, now)
        agreed = replace(asked, agreed=True, since=now, decided_by=by)
        return _begin(tx, knowledge, agreed, now)
    declined = replace(asked, ended_at=now, decided_by=by)
    tx.save_cover(declined)
    facts = {"person": asked.person, "entered_by": by}
    told = Say(
        subject=f"cover:{asked.id}",
        to=f"person:{asked.by}",
        what=What.COVER_DECLINED,
        facts=facts,
    )
    tx.queue(told, now)
    return declined


def _refuse_circle(tx: Tx, person: str, stand_in: str, now: datetime) -> None:
    """The cover that this one replaces makes none."""
    there = presence_now(tx, now)
    others = {one: acting for one, acting in there.cover.items() if one != person}
    refuse_circle(person, stand_in, replace(there, cover=others))


def _open_request(tx: Tx, number: int, now: datetime) -> Cover:
    found = tx.cover(number)
    if found is None:
        raise NotFound("This question is no longer on record.")
    if not found.asked(now):
        said = "agreed to it" if found.agreed else "ended it"
        whose = f"{who(found.decided_by)} {said}" if found.decided_by else "Its time is over"
        raise Refused(f"{whose}. Nothing was changed.")
    return found


def _replace_asked(tx: Tx, person: str, stand_in: str, by: str, now: datetime) -> None:
    """What the same two were asked about before counts no more."""
    for old in tx.covers():
        if not old.agreed and (old.person, old.by) == (person, stand_in):
            _withdraw(tx, old, by, now)


def _withdraw(tx: Tx, asked: Cover, by: str | None, now: datetime) -> Cover:
    ended = replace(asked, ended_at=now, decided_by=by)
    tx.save_cover(ended)
    tx.queue(Show(subject=_request(asked)), now)
    return ended


def _request(cover: Cover) -> str:
    return f"{REQUEST}{cover.id}"


def _asked(catalogue: Catalogue, cover: Cover) -> tuple[str, ...]:
    """Whoever is away, who may be reading all the same, and their manager, else the keepers."""
    manager = catalogue.people[cover.person].manager
    above = (manager,) if manager in catalogue.people else keepers(catalogue)
    return tuple(dict.fromkeys(one for one in (cover.person, *above) if one and one != cover.by))


def cancel(tx: Tx, knowledge: Knowledge, *, person: str, by: str, now: datetime) -> Cover:
    """`person` is back, or what was only asked is withdrawn. Raises NotFound when nobody is
    entered as their cover."""
    entered = sorted((one for one in tx.covers() if one.person == person), key=lambda c: c.agreed)
    if not entered:
        raise NotFound(f"Nobody is entered as cover for {who(person)}.")
    current = entered[-1]
    about = _about(knowledge.catalogue, person, current.by)
    permit(Deed.COVER, about, Doer(person=by, seats=()))
    if current.agreed:
        return _end(tx, knowledge, current, by, now)
    return _withdraw(tx, current, by, now)


def expire(tx: Tx, knowledge: Knowledge, now: datetime) -> int:
    """End every cover whose time has come; returns how many."""
    over = [cover for cover in tx.covers() if cover.over(now)]
    for cover in over:
        if cover.agreed:
            _end(tx, knowledge, cover, None, now)
        else:
            _withdraw(tx, cover, None, now)
    return len(over)


def away(tx: Tx, knowledge: Knowledge, absence: Absence, now: datetime) -> None:
    """Slack shows that somebody is away: open incidents that wait for them go on at once, and so do
    those that they have. Another word on an absence that is known hurries nobody."""
    known = {one.person: one for one in tx.absences()}.get(absence.person)
    if known is not None and known.in_force(now):
        # Nobody waits for them any more; only what Slack says of it is new.
        tx.save_absence(replace(absence, since=known.since))
        return
    tx.save_absence(absence)
    _shown_anew(tx, now)
    if absence.person in presence_now(tx, now).cover:
        return
    for incident in _waiting_for(tx, knowledge, absence.person):
        if _goes_on(tx, knowledge, incident, absence.person, now):
            tx.save_incident(replace(incident, escalate_at=now))
        ping.tell_away(tx, knowledge, incident, absence.person, absence.why, now)
        show(tx, incident, now)
    for incident in tuple(_held_by(tx, absence.person)):
        _let_go(tx, knowledge, incident, absence, now)


def _let_go(
    tx: Tx, knowledge: Knowledge, incident: Incident, absence: Absence, now: datetime
) -> None:
    """Whoever has it is away, and nobody covers: it is open again and the ladder goes on now and
    not at the end of the lease, which nobody would see. With the counter-party, or where nobody
    else can be pinged, it stays with them, and that is told."""
    if incident.state is State.ACKNOWLEDGED:
        after = machine.lapse(incident, now=now)
        others = climb(after, now, attendance_for(tx, knowledge, after, now)).people
        if {*others} - {absence.person}:
            said = f"{who(absence.person)} is away without cover; open again."
            log(tx, after, "lapsed", said, now)
            tx.save_incident(after)
            incident = after
    ping.tell_away(tx, knowledge, incident, absence.person, absence.why, now)
    show(tx, incident, now)


def _goes_on(tx: Tx, knowledge: Knowledge, incident: Incident, person: str, now: datetime) -> bool:
    """Whether the ladder goes on at once without `person`: to a higher rung; or, where nobody can
    be pinged there, back to others, unless it waits for somebody who was pinged with them or since.
    A status that comes and goes would ping those again and again."""
    rung = roles.present_rung(incident)
    if person not in rung:
        return False
    there = attendance_for(tx, knowledge, incident, now)
    step = climb(incident, now, there)
    if step.people and step.rung > incident.rung:
        return True
    receipts = tx.receipts(incident_subject(incident.id))
    pinged = [one.person for one in receipts if not one.elsewhere]
    if person not in pinged:
        return False
    since = pinged[len(pinged) - pinged[::-1].index(person) :]
    return not any(there.presence.acting(one) for one in (*rung, *since))


def back(tx: Tx, person: str, now: datetime) -> None:
    """Slack no longer shows them as away."""
    if any(one.person == person for one in tx.absences()):
        tx.end_absence(person)
        _shown_anew(tx, now)


def _end(tx: Tx, knowledge: Knowledge, cover: Cover, by: str | None, now: datetime) -> Cover:
    ended = replace(cover, ended_at=now)
    tx.save_cover(ended)
    _tell_both(tx, ended, What.COVER_ENDS, by, now)
    _reach_incidents(tx, knowledge, ended, now)
    standing_in.give_back(tx, knowledge, ended, now)
    _shown_anew(tx, now)
    return ended


def _shown_anew(tx: Tx, now: datetime) -> None:
    """Cards and questions name whoever acts for somebody."""
    refresh_homes(tx, now)
    show_live(tx, now)


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
    return about.joined(Role.KEEPER, keepers(catalogue))


def _speaks_for(catalogue: Catalogue, by: str, person: str) -> bool:
    return by in (person, catalogue.people[person].manager, *keepers(catalogue))


def _tell_both(tx: Tx, cover: Cover, what: What, by: str | None, now: datetime) -> None:
    facts = {
        "person": cover.person,
        "by": cover.by,
        "until": cover.until.isoformat() if cover.until else None,
        "entered_by": by,
    }
    for reader in (cover.person, cover.by):
        letter = Say(
            subject=f"cover:{cover.id}",
            to=f"person:{reader}",
            what=what,
            facts={**facts, "reader": reader},
        )
        tx.queue(letter, now)


def _waiting_for(tx: Tx, knowledge: Knowledge, person: str) -> Iterable[Incident]:
    """Open incidents that wait for `person`."""
    for incident in tx.incidents({State.OPEN}):
        if person in roles.waited_for(tx, knowledge, incident):
            yield incident


def _held_by(tx: Tx, person: str) -> Iterable[Incident]:
    """Those that `person` works on, or has asked somebody else about."""
    return (one for one in tx.incidents(WITH_SOMEBODY) if one.holder == person)


def _was_pinged_for(tx: Tx, incident: Incident, person: str, covered: str | None) -> bool:
    """Whether `person` has that ping of it already, as from a cover that was entered before."""
    pinged = tx.receipts(incident_subject(incident.id))
    return any((one.person, one.covers or None) == (person, covered) for one in pinged)


def _reach_incidents(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> None:
    """Whoever acts for `cover.person` from now on is pinged for what waits for them, and for what
    they have."""
    acting = presence_now(tx, now).acting(cover.person)
    if acting is None:
        return
    for seat in standing_in.seats_with(tx, cover, now):
        covered = seat if seat != acting else None
        for incident in _waiting_for(tx, knowledge, seat):
            rung: dict[str, object] = {"rung": max(incident.rung, 0)}
            _ping_instead(tx, knowledge, incident, {acting: covered}, rung, now)
        for incident in _held_by(tx, seat) if covered else ():
            _ping_instead(tx, knowledge, incident, {acting: covered}, {"holds": seat}, now)


def _ping_instead(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    people: Mapping[str, str | None],
    why: Mapping[str, object],
    now: datetime,
) -> None:
    [(acting, covered)] = people.items()
    connection = lead_of(knowledge.catalogue, incident)
    if connection is None or _was_pinged_for(tx, incident, acting, covered):
        return
    stand_ins = (*incident.stand_ins, *((acting,) if covered else ()))
    joined = replace(incident, stand_ins=tuple(dict.fromkeys(stand_ins)))
    tx.save_incident(joined)
    facts = {**ping_facts(brief_in(tx, knowledge, incident, connection, now).facts), **why}
    ping.ping(tx, knowledge, joined, people, facts, now)
    show(tx, joined, now)
