"""Who is there now: read from the covers and absences on record."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.core.incidents.incident import Incident
from bot.core.incidents.severity import Severity
from bot.core.outbox.address import ToPerson
from bot.core.outbox.typed import PersonalNotice
from bot.core.people.presence import Attendance, Presence, can_wait, presence
from bot.flows.work import Work


def presence_now(work: Work) -> Presence:
    return presence(work.tx.covers(), work.tx.absences(), work.now)


def tell_reader(work: Work, person: str, told: PersonalNotice, *, about: str) -> str:
    """Tell whoever acts for `person` now, else they themselves; returns who that is."""
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
