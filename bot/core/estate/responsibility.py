"""Who is responsible for one connection right now, as facts that any face can lay out.

Rule of this file: what is missing is a fact too, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection, Party
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Lane, Layer
from bot.language.errors import NotFound

NO_COVER: Mapping[PersonId, PersonId] = {}
NO_END: Mapping[PersonId, datetime] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFact:
    """Whom a lane points to. `respond_within` is the contract's for this criticality."""

    lane: Lane
    party: str
    name: str
    contact: str
    respond_within: timedelta | None
    contract: str
    valid_until: date | None
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFacts:
    """The three layers, the person pinged first and the outside parties of one connection.

    `first_responder` is the person named; `covered_by` stands in for them at the moment, or None.
    """

    connection: Connection
    technical: PersonId | None
    functional: PersonId | None
    architecture: PersonId | None
    first_responder: PersonId | None
    covered_by: PersonId | None
    covered_until: datetime | None = None
    lanes: tuple[LaneFact, ...]
    missing: tuple[Layer, ...]

    @property
    def keeper(self) -> PersonId | None:
        """Whom to tell that something is missing: the highest layer that is named."""
        return self.architecture or self.functional or self.technical


def owner_facts(
    catalogue: Catalogue,
    connection_id: ConnectionId,
    now: datetime,
    cover: Mapping[PersonId, PersonId] = NO_COVER,
    until: Mapping[PersonId, datetime] = NO_END,
) -> OwnerFacts:
    """Raises NotFound for an id that the catalogue does not have."""
    connection = catalogue.connections.get(connection_id)
    if connection is None:
        raise NotFound(f"There is no connection {connection_id!r}.")
    owners = connection.owners
    return OwnerFacts(
        connection=connection,
        technical=owners.technical,
        functional=owners.functional,
        architecture=owners.architecture,
        first_responder=connection.first_responder,
        covered_by=stand_in(connection.first_responder, cover),
        covered_until=until.get(connection.first_responder or ""),
        lanes=tuple(
            _lane_fact(lane, party, connection, now)
            for lane in Lane
            if (party := catalogue.party_of(connection, lane))
        ),
        missing=tuple(layer for layer in Layer if owners.of(layer) is None),
    )


def stand_in(person: PersonId | None, cover: Mapping[PersonId, PersonId]) -> PersonId | None:
    """Who acts for `person` now, following covers of covers; None when they act themselves,
    also when the covers run in a circle."""
    if person is None or person not in cover:
        return None
    seen = {person}
    current = person
    while current in cover:
        current = cover[current]
        if current in seen:
            return None
        seen.add(current)
    return current


def _lane_fact(lane: Lane, party: Party, connection: Connection, now: datetime) -> LaneFact:
    return LaneFact(
        lane=lane,
        party=party.id,
        name=party.name,
        contact=party.contact,
        respond_within=party.respond_within.get(connection.criticality),
        contract=party.contract,
        valid_until=party.valid_until,
        expired=party.valid_until is not None and party.valid_until < now.date(),
    )
