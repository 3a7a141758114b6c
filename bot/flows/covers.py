"""Covers as people enter them, and absences as Slack shows them; both reach open incidents."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.catalogue import Catalogue
from bot.core.cover import Absence, Cover, refuse_circle
from bot.core.effects import Say, What, incident_subject
from bot.core.errors import NotFound
from bot.core.incident import Incident, State
from bot.core.permissions import About, Deed, Doer, Role, permit
from bot.core.text import who
from bot.flows import pings
from bot.flows.attendance import presence_now
from bot.flows.briefing import brief, ping_facts
from bot.flows.estate import keepers
from bot.flows.record import refresh_homes, show, show_live
from bot.ports import Knowledge, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """What the list shows: covers in force, and who is away by what Slack says."""

    covers: tuple[Cover, ...]
    absences: tuple[Absence, ...]


def listed(tx: Tx, now: datetime) -> CoverView:
    return CoverView(
        covers=tuple(cover for cover in tx.covers() if cover.in_force(now)),
        absences=tuple(absence for absence in tx.absences() if absence.in_force(now)),
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
    """`stand_in` acts for `person` from now on. A cover already entered for `person` ends; both
    people are told; open incidents that wait for `person` ping the stand-in at once."""
    _must_know(knowledge.catalogue, person, stand_in)
    _may_enter(knowledge.catalogue, by, person, stand_in)
    for old in tx.covers():
        if old.person == person:
            tx.save_cover(replace(old, ended_at=now))
    refuse_circle(person, stand_in, presence_now(tx, now))
    cover = tx.add_cover(
        Cover(id=0, person=person, by=stand_in, since=now, until=until, entered_by=by)
    )
    _tell_both(tx, cover, What.COVER_BEGINS, by, now)
    _reach_open_incidents(tx, knowledge, cover, now)
    _shown_anew(tx, now)
    return cover


def cancel(tx: Tx, knowledge: Knowledge, *, person: str, by: str, now: datetime) -> Cover:
    """`person` is back. Raises NotFound when nobody covers for them."""
    current = next((one for one in tx.covers() if one.person == person), None)
    if current is None:
        raise NotFound(f"Nobody is entered as cover for {who(person)}.")
    _may_enter(knowledge.catalogue, by, person, current.by)
    return _end(tx, current, by, now)


def expire(tx: Tx, now: datetime) -> int:
    """End every cover whose time has come; returns how many."""
    over = [cover for cover in tx.covers() if not cover.in_force(now)]
    for cover in over:
        _end(tx, cover, None, now)
    return len(over)


def away(tx: Tx, knowledge: Knowledge, absence: Absence, now: datetime) -> None:
    """Slack shows that somebody is away: open incidents that wait for them go on at once. Another
    word on an absence that is known hurries nobody."""
    known = {one.person: one for one in tx.absences()}.get(absence.person)
    if known is not None and known.in_force(now):
        # Nobody waits for them any more; only what Slack says of it is new.
        tx.save_absence(replace(absence, since=known.since))
        return
    tx.save_absence(absence)
    _shown_anew(tx, now)
    if absence.person in presence_now(tx, now).cover:
        return
    for incident in _waiting_for(tx, absence.person):
        tx.save_incident(replace(incident, escalate_at=now))
        pings.tell_away(tx, knowledge, incident, absence.person, absence.why, now)
        show(tx, incident, now)


def back(tx: Tx, person: str, now: datetime) -> None:
    """Slack no longer shows them as away."""
    if any(one.person == person for one in tx.absences()):
        tx.end_absence(person)
        _shown_anew(tx, now)


def _end(tx: Tx, cover: Cover, by: str | None, now: datetime) -> Cover:
    ended = replace(cover, ended_at=now)
    tx.save_cover(ended)
    _tell_both(tx, ended, What.COVER_ENDS, by, now)
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


def _may_enter(catalogue: Catalogue, by: str, person: str, stand_in: str) -> None:
    """Either of the two, a manager of either, or somebody who guards the estate."""
    about = About(name="", cast={Role.PERSON: (person,), Role.STAND_IN: (stand_in,)})
    for one in (person, stand_in):
        if one in catalogue.people:
            about = about.joined(Role.MANAGER, [catalogue.people[one].manager])
    about = about.joined(Role.KEEPER, keepers(catalogue))
    # Whoever stands in for one of them may not enter covers in their name.
    permit(Deed.COVER, about, Doer(person=by, seats=()))


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


def _waiting_for(tx: Tx, person: str) -> Iterable[Incident]:
    """Open incidents whose present rung has `person` on it."""
    for incident in tx.incidents({State.OPEN}):
        rung = incident.ladder[max(incident.rung, 0)].people if incident.ladder else ()
        if person in rung:
            yield incident


def _reach_open_incidents(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> None:
    for incident in _waiting_for(tx, cover.person):
        connection = knowledge.catalogue.connections.get(incident.connection)
        if connection is None or cover.by in tx.told(incident_subject(incident.id)):
            continue
        briefing = brief(tx, knowledge, connection, now, incident.failing_since)
        joined = replace(incident, stand_ins=tuple(dict.fromkeys((*incident.stand_ins, cover.by))))
        tx.save_incident(joined)
        facts = {**ping_facts(briefing), "rung": max(incident.rung, 0)}
        pings.ping(tx, knowledge, joined, {cover.by: cover.person}, facts, now)
        show(tx, joined, now)
