"""Under which lane a party, a person or a system stands for one connection.

The catalogue says so: the lane a party is named for outranks what it usually is. A payment
provider that is a connection's vendor is its vendor, also where it publishes one of the ends.
"""

from bot.core.estate.catalogue import Build, Catalogue, Connection, Credential
from bot.core.estate.ids import PartyId, PersonId, SystemId
from bot.core.estate.index import domain_of, host_lane, host_of
from bot.core.estate.lane import Lane

_MAKER = {
    Build.NATIVE: Lane.VENDOR,
    Build.PUBLISHER: Lane.PUBLISHER,
    # On an integration platform and in our own code the flow is ours or our partner's work.
    Build.IPAAS: Lane.IT,
    Build.CUSTOM: Lane.IT,
    Build.SCRIPT: Lane.IT,
    Build.UNKNOWN: Lane.IT,
}


def maker_lane(connection: Connection) -> Lane:
    """The lane of whoever made the connector: where a break goes when nothing else is known."""
    if connection.build is Build.UNKNOWN and connection.maintained_by is not None:
        return _named(connection.maintained_by, connection) or Lane.IT
    return _MAKER[connection.build]


def maker_of(connection: Connection) -> PartyId | None:
    """Who made the connector; of a flow on a platform its vendor made only the platform."""
    platform = connection.build is Build.IPAAS
    return connection.maintained_by or (None if platform else connection.lanes.get(Lane.VENDOR))


def acting_lane(lane: Lane, connection: Connection) -> Lane:
    """Who acts on this connection when a playbook entry or a runbook answer names `lane`. There
    `vendor` means the maker of the connector, and that is ourselves where we built it."""
    return maker_lane(connection) if lane is Lane.VENDOR else lane


def party_lane(party: PartyId, connection: Connection) -> Lane | None:
    """None for a party that has nothing to do with the connection."""
    lane = _named(party, connection)
    if lane is None and party == connection.maintained_by:
        return maker_lane(connection)
    return lane


def _named(party: PartyId, connection: Connection) -> Lane | None:
    return next((lane for lane, name in connection.lanes.items() if name == party), None)


def system_lane(system: SystemId, connection: Connection, catalogue: Catalogue) -> Lane:
    """The lane of whoever runs an end of the connection."""
    known = catalogue.systems.get(system)
    publisher = known.publisher if known else None
    return (party_lane(publisher, connection) if publisher else None) or Lane.PUBLISHER


def person_lane(person: PersonId | None, connection: Connection, catalogue: Catalogue) -> Lane:
    """The lane for which somebody works; our own for whoever works for nobody else. An estate
    that names a party where a person belongs is understood."""
    known = catalogue.people.get(person) if person else None
    party = known.works_for if known else person
    return (party_lane(party, connection) if party else None) or Lane.IT


def credential_owner_lane(connection: Connection, catalogue: Catalogue) -> Lane | None:
    """Whose the credentials are: of their owners, when those agree; None when one of them is
    unknown."""
    owners = {one.owner for one in connection.credentials}
    lanes = {person_lane(one, connection, catalogue) for one in owners if one}
    return lanes.pop() if len(lanes) == 1 and None not in owners else None


def orphaned(credential: Credential, catalogue: Catalogue) -> bool:
    """Whether the credential belongs to somebody who is marked as having left."""
    owner = catalogue.people.get(credential.owner) if credential.owner else None
    return owner is not None and owner.left is not None


def page_of(
    address: str, connection: Connection, catalogue: Catalogue
) -> tuple[PartyId | None, Lane]:
    """Whose status page it is, and under which lane that party stands; the publisher's lane for
    a page that the catalogue does not know."""
    party = _page_party(address, catalogue, connection)
    lane = party_lane(party, connection) if party else None
    return party, lane or Lane.PUBLISHER


def owner_of(host: str, connection: Connection, catalogue: Catalogue) -> Lane | None:
    """Under which lane the owner of a host stands for the connection; None for a stranger's."""
    party = _page_party(host, catalogue, connection)
    lane = party_lane(party, connection) if party else None
    if lane is None and (found := host_lane(host, connection, catalogue)):
        lane, _ = found
    return lane


def somebody_for(lane: Lane, connection: Connection, catalogue: Catalogue) -> Lane:
    """`lane` where anybody of the connection stands for it, else the lane of the connector's
    maker."""
    ends = (catalogue.systems.get(one) for one in connection.systems)
    published = any(end.publisher for end in ends if end)
    if lane is Lane.IT or lane in connection.lanes or (lane is Lane.PUBLISHER and published):
        return lane
    maker = maker_of(connection)
    return (party_lane(maker, connection) if maker else None) or maker_lane(connection)


def _page_party(address: str, catalogue: Catalogue, connection: Connection) -> PartyId | None:
    host = host_of(address)
    if not host:
        return None
    # The ends first: two systems of an estate may share one status page.
    near = [catalogue.systems[one] for one in connection.systems if one in catalogue.systems]
    for system in (*near, *catalogue.systems.values()):
        if system.publisher and system.status_page and host_of(system.status_page) == host:
            return system.publisher
    own = (*connection.lanes.values(), connection.maintained_by)
    parties = [catalogue.parties[one] for one in own if one and one in catalogue.parties]
    for party in (*parties, *catalogue.parties.values()):
        known = host_of(party.contact) or host_of(party.email or "")
        # By domain, since a party's mail and its API seldom stand on one host.
        if known and domain_of(known) == domain_of(host):
            return party.id
    return None


def same_platform(one: Connection, other: Connection) -> bool:
    """Whether both are flows on one integration platform, whoever configured them."""
    if not one.build is other.build is Build.IPAAS:
        return False
    vendor = one.lanes.get(Lane.VENDOR)
    return vendor is not None and vendor == other.lanes.get(Lane.VENDOR)
