"""Whose host a text speaks of, told by the domains under which people and parties are known."""

import re
from collections.abc import Iterator

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.lane import Lane

_HOST = re.compile(
    r"(?<![\w.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])", re.IGNORECASE
)
_OWN = re.compile(
    r"(?<![\w.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?![\w]|\.\d)"
)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "or"})  # as in example.co.uk


def host_lane(text: str, connection: Connection, catalogue: Catalogue) -> tuple[Lane, str] | None:
    """The lane that owns a host named in `text`, and the host; None when no known domain fits."""
    owners = dict(_domains(connection, catalogue))
    # Bounded: an error text may hold a whole log.
    for found in _HOST.finditer(text[:2000]):
        host = found.group().lower()
        lane = owners.get(domain_of(host))
        if lane is not None:
            return lane, host
    return None


def _domains(connection: Connection, catalogue: Catalogue) -> Iterator[tuple[str, Lane]]:
    """Every domain we know with the lane of its owner; a later one outweighs an earlier one."""
    for name in connection.systems:
        system = catalogue.systems.get(name)
        if system is None:
            continue
        publisher = catalogue.parties.get(system.publisher) if system.publisher else None
        known = f"{system.status_page or ''} {publisher.contact if publisher else ''}"
        yield from ((domain, Lane.PUBLISHER) for domain in _named(known))
    for lane, name in connection.lanes.items():
        party = catalogue.parties.get(name)
        yield from ((domain, lane) for domain in _named(party.contact if party else ""))
    for person in catalogue.people.values():
        yield from ((domain, Lane.IT) for domain in _named(person.email or ""))


def host_of(text: str) -> str:
    """The first host named in an address or a contact; empty when there is none."""
    found = _HOST.search(text.replace("@", " "))
    return found.group().lower() if found else ""


def own_network(text: str) -> str:
    """The address in `text` that lies in a private network, which only our own side routes;
    empty when there is none."""
    found = _OWN.search(text[:2000])
    return found.group() if found else ""


def _named(text: str) -> Iterator[str]:
    return (domain_of(found.group().lower()) for found in _HOST.finditer(text.replace("@", " ")))


def domain_of(host: str) -> str:
    """`erp.example.com` and `example.com` are one owner's: `example.com`."""
    labels = host.split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if long else labels[-2:])
