"""Who is there now, who they are in Slack, and whom the bot could reach.

Who is there is read from the covers and absences on record. Who somebody is in Slack is known only
for the address that the file gives now: an account that was found by another address may be
somebody else's, so it counts as not looked up. Whom the bot could reach follows from both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.lane import Lane
from bot.core.governance.audit.situation import people_of
from bot.core.incidents.escalation import ladder_for, policy_for
from bot.core.incidents.incident import Incident
from bot.core.incidents.severity import Severity
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import PersonalNotice
from bot.core.outbox.received import SlackUser
from bot.core.people.presence import AbsenceKind, Attendance, Presence, can_wait, presence
from bot.flows.work import Work
from bot.language.local_time import local_day


def presence_now(work: Work) -> Presence:
    return presence(work.tx.covers(), work.tx.absences(), work.now)


def tell_reader(work: Work, person: str, told: PersonalNotice, *, about: str) -> str:
    """Tell whoever acts for `person` now, else they themselves; returns who that is."""
    # With nobody in their place it waits in Slack for whoever is away.
    acting = presence_now(work).acting(person) or person
    covers = person if acting != person else None
    work.tell(ToPerson(acting), replace(told, covers=covers), about=about)
    return acting


def reader_for(work: Work, person: str) -> tuple[str, dict[str, str]]:
    """Who reads what is for `person` now: whoever acts for them, else they themselves; and, as
    facts of the letter, whom that one stands in for."""
    acting = presence_now(work).acting(person) or person
    return acting, {"covers": person} if acting != person else {}


def readers_for(work: Work, people: Iterable[str]) -> Mapping[str, dict[str, str]]:
    """The same for several people, by reader; of several covered ones the first is told."""
    found: dict[str, dict[str, str]] = {}
    for one in people:
        found.setdefault(*reader_for(work, one))
    return found


def attendance_for(work: Work, incident: Incident) -> Attendance:
    """Who of the incident's ladder can be pinged; those outside their hours only when it must."""
    return Attendance(
        catalogue=work.catalogue,
        presence=presence_now(work),
        can_wait=can_wait(incident.criticality, gravest=incident.severity is Severity.SEV1),
    )


def looked_up(work: Work, person: str) -> SlackUser | None:
    """What Slack said of the person's address; None when it was not asked about this one."""
    known = work.tx.slack_user(person)
    return known if known and _fits(work.catalogue, person, known.address) else None


def user_ids(work: Work) -> Mapping[str, str]:
    """Slack user id of everybody who has one."""
    return {
        known.person: known.user
        for known in work.tx.slack_users()
        if known.user and _fits(work.catalogue, known.person, known.address)
    }


def person_of(work: Work, user: str) -> str | None:
    """Whom of the file a Slack user was found to be; None when nobody's look-up gave them."""
    return next(
        (
            known.person
            for known in work.tx.people_of(user)
            if known.person in work.catalogue.people
            and _fits(work.catalogue, known.person, known.address)
        ),
        None,
    )


def _fits(catalogue: Catalogue, person: str, asked: str) -> bool:
    listed = catalogue.people.get(person)
    # An address that was changed in the file may belong to another person.
    return listed is None or listed.address == asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`silent` are the connections of which nobody on a ladder can be reached, by name; `gone`
    maps whoever cannot be reached to the reason; `lost` maps those of them who are not just away
    to what nobody is asked in their place; `strangers` were not looked up in Slack by the
    address that the file gives now."""

    silent: tuple[str, ...]
    gone: Mapping[str, str]
    lost: Mapping[str, tuple[str, ...]]
    strangers: tuple[str, ...]


def reach_now(work: Work) -> Reach:
    """Everybody who is pinged or asked for a connection that is looked after. Somebody who was
    never looked up in Slack counts as one who can be reached, since nothing says otherwise."""
    who = presence_now(work)
    managed = [one for one in work.catalogue.connections.values() if one.about.lifecycle.managed]
    ladders = [(one.name, people) for one in managed for people in _ladders(work.catalogue, one)]
    duties = _duties(managed)
    named = dict.fromkeys((*(one for _, people in ladders for one in people), *duties))
    gone = {one: why for one in named if (why := _why_not(work, who, one))}
    silent = (name for name, on in ladders if on and all(one in gone for one in on))
    off = {one.person for one in work.tx.absences() if one.kind is AbsenceKind.DEACTIVATED}
    # Somebody on holiday comes back and reads then; an account that is switched off never does.
    back = {*who.cover, *who.absent} - off
    return Reach(
        silent=tuple(dict.fromkeys(silent)),
        gone=gone,
        lost={one: held for one, held in duties.items() if held and one in gone.keys() - back},
        strangers=tuple(one for one in named if one not in gone and not looked_up(work, one)),
    )


def _duties(managed: Iterable[Connection]) -> Mapping[str, tuple[str, ...]]:
    """What nobody else is asked about, in words, by whom it is that is asked."""
    found: dict[str, list[str]] = {}
    for connection in managed:
        for person, held in people_of(connection).items():
            own = (one.words for one in held if not one.next_rung_does)
            found.setdefault(person, []).extend(f"{words} of {connection.name}" for words in own)
    return {person: tuple(held) for person, held in found.items()}


def _ladders(catalogue: Catalogue, connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Whoever may be pinged, by each of the policies that an incident may be driven by."""
    policy = (policy_for(connection, lane, Severity.SEV3) for lane in (None, *Lane))
    ladders = (ladder_for(catalogue, connection, one) for one in policy)
    people = (tuple(one for rung in ladder for one in rung.people) for ladder in ladders)
    return tuple(dict.fromkeys(people))


def _why_not(work: Work, who: Presence, person: str) -> str:
    acting = who.acting(person)
    if acting is None:
        return who.absent.get(person) or "whoever covers is away too"
    listed = work.catalogue.people.get(acting)
    if listed and listed.left and listed.left <= local_day(work.now, work.catalogue.timezone):
        return f"left on {listed.left}"
    known = looked_up(work, acting)
    return known.problem if known and not known.user else ""
