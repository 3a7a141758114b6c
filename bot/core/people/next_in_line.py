"""Who is asked next when somebody is not there, does not answer, or was never named.

The orders differ by what is asked, on purpose: whoever knows the data is no help with a key that
ends. They stand side by side here, so that a difference is one that somebody wanted.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto

from bot.core.estate.catalogue import Catalogue, Connection, Person
from bot.core.estate.ids import PersonId


class Purpose(Enum):
    """What somebody is wanted for."""

    # Of a ladder that leaves them out: a failure must reach somebody who decides.
    LAST_RUNG = auto()
    TOLD_ABOUT = auto()  # somebody else who is away, cannot be reached or does not answer
    OWNER_MISSING = auto()  # to hear that a layer of the connection has no owner
    DATA = auto()  # to say whether the data is right
    APPROVAL = auto()  # of a change, in place of the owner whose approval it needs
    CREDENTIAL = auto()  # to renew what ends
    REVIEW = auto()  # to write the review of an incident that nobody had


Step = Callable[[Connection | None, Person | None], PersonId | None]


def _themselves(_: Connection | None, person: Person | None) -> PersonId | None:
    return person.id if person else None


def _manager(_: Connection | None, person: Person | None) -> PersonId | None:
    return person.manager if person else None


def _technical(connection: Connection | None, _: Person | None) -> PersonId | None:
    return connection.owners.technical if connection else None


def _functional(connection: Connection | None, _: Person | None) -> PersonId | None:
    return connection.owners.functional if connection else None


def _approver(connection: Connection | None, _: Person | None) -> PersonId | None:
    """Whom the roles name for it, else the functional owner."""
    named = connection.about.roles.approves_changes if connection else None
    return named or _functional(connection, _)


def _architecture(connection: Connection | None, _: Person | None) -> PersonId | None:
    return connection.owners.architecture if connection else None


ORDERS: Mapping[Purpose, tuple[Step, ...]] = {
    Purpose.LAST_RUNG: (_manager, _architecture),
    Purpose.TOLD_ABOUT: (_manager, _architecture),
    Purpose.OWNER_MISSING: (_architecture, _functional, _technical),
    Purpose.DATA: (_functional, _technical, _architecture),
    Purpose.APPROVAL: (_architecture, _approver, _technical, _manager),
    Purpose.CREDENTIAL: (_themselves, _manager, _technical, _architecture),
    Purpose.REVIEW: (_technical, _architecture),
}


def in_line(
    purpose: Purpose, connection: Connection | None, person: Person | None = None
) -> Iterator[PersonId]:
    """Everybody for it, the first one first. `person` is whom it is about: who does not answer,
    who proposed a change, whose credential it is. Whether somebody is there, and who covers for
    them, is for the caller to ask."""
    for step in ORDERS[purpose]:
        if found := step(connection, person):
            yield found


def first_in_line(
    purpose: Purpose, connection: Connection | None, person: Person | None = None
) -> PersonId | None:
    return next(in_line(purpose, connection, person), None)


def estate_owners(catalogue: Catalogue) -> tuple[PersonId, ...]:
    """Every architecture owner once: they are told what concerns the estate as a whole."""
    owners = (item.owners.architecture for item in catalogue.connections.values())
    return tuple(dict.fromkeys(owner for owner in owners if owner))
