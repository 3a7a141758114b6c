"""Who has which part in an incident or a connection, and who it is that acts; for
`core.people.permissions`."""

from collections.abc import Iterable

from bot.core.estate.catalogue import Connection
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import incident_subject
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.core.people.permissions import Deed, DeedAbout, Doer, Role, permit
from bot.flows.people.presence import presence_now
from bot.flows.work import Work

FOREIGN = "foreign"  # who is not of the company, by the id they act under


def doer(work: Work, by: str) -> Doer:
    """Whom the catalogue lists is of the company whatever Slack calls them."""
    listed = by in work.catalogue.people
    # The estate file is the company's own word on who belongs to it.
    foreign = "" if listed else work.tx.recall(FOREIGN, by) or ""
    access = work.knowledge.access
    return Doer(
        person=by,
        speaks_for=tuple(presence_now(work).people_spoken_for(by)),
        level=access.guests if foreign else access.others,
        foreign=foreign,
    )


def must(work: Work, deed: Deed, incident: Incident, by: str) -> None:
    """Raises NotAllowed, naming who may, when `by` may not do this to the incident."""
    permit(deed, about_incident(work, incident), doer(work, by))


def must_for(work: Work, deed: Deed, connection: Connection, by: str) -> None:
    """The same for a connection."""
    permit(deed, about_connection(connection), doer(work, by))


def about_connection(connection: Connection) -> DeedAbout:
    owners = connection.owners
    cast = {
        Role.RESPONDER: _named(connection.first_responder),
        Role.TECHNICAL: _named(owners.technical),
        Role.FUNCTIONAL: _named(owners.functional),
        Role.ARCHITECTURE: _named(owners.architecture),
    }
    return DeedAbout(name=connection.name, cast=cast)


def about_incident(work: Work, incident: Incident) -> DeedAbout:
    """The owners are those of the connection that stands for it; the ladder is also that of its
    parts, whose first responders are pinged for it. A part's owners speak for its data alone."""
    connection = lead_of(work.catalogue, incident)
    about = about_connection(connection) if connection else DeedAbout(name=incident.connection)
    name = incident.key if incident.size > 1 else about.name  # of several, it is named for none
    about = DeedAbout(name=name, cast={Role.HOLDER: _named(incident.holder), **about.cast})
    ladder = [person for rung in incident.ladder for person in rung.people]
    about = about.joined(Role.LADDER, [*ladder, *incident.stand_ins])
    about = about.joined(Role.LADDER, _ladders_of_children(work, incident))
    pinged = (receipt.person for receipt in work.tx.receipts(incident_subject(incident.id)))
    about = about.joined(Role.LADDER, pinged)
    about = about.joined(Role.HELPER, incident.helpers)
    # Whoever has spoken may take it back.
    about = about.joined(Role.DATA_APPROVER, (*incident.awaiting, *_data_approvers(work, incident)))
    # Whoever declared it may say what it is about.
    by_hand = incident.detected_by != "check"
    return about.joined(Role.AUTHOR, [incident.detected_by] if by_hand else [])


def _ladders_of_children(work: Work, incident: Incident) -> Iterable[str | None]:
    for child in work.tx.children_of(incident.id):
        connection = work.catalogue.connections.get(child.connection)
        yield connection.first_responder if connection else None
        yield from (person for rung in child.ladder for person in rung.people)


def _data_approvers(work: Work, incident: Incident) -> Iterable[str | None]:
    """Of its data, and that of its children."""
    for name in (incident.connection, *(name for name, _ in work.tx.recovered_of(incident.id))):
        connection = work.catalogue.connections.get(name)
        yield first_in_line(Purpose.DATA, connection)


def _named(person: str | None) -> tuple[str, ...]:
    return (person,) if person else ()
