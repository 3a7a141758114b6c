"""Who is responsible for one connection right now, as facts that any face can lay out.

Rule of this file: what is missing is a fact too, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    party: Party
    respond_within: timedelta | None
    expired: bool  # the contract is


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFacts:
    """The owners of one connection, the person pinged first and the outside parties."""

    connection: Connection
    covered_by: PersonId | None  # who stands in for the first responder at the moment
    covered_until: datetime | None = None
    lanes: tuple[LaneFact, ...]

    @property
    def first_responder(self) -> PersonId | None:
        """The person named, whoever stands in for them."""
        return self.connection.first_responder

    @property
    def missing(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in Layer if self.connection.owners.of(layer) is None)


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
    first = connection.first_responder
    return OwnerFacts(
        connection=connection,
        covered_by=stand_in(first, cover),
        covered_until=until.get(first or ""),
        lanes=tuple(
            LaneFact(
                lane=lane,
                party=party,
                respond_within=party.respond_within.get(connection.criticality),
                expired=party.valid_until is not None and party.valid_until < now.date(),
            )
            for lane in Lane
            if (party := catalogue.party_of(connection, lane))
        ),
    )


def stand_in(person: PersonId | None, cover: Mapping[PersonId, PersonId]) -> PersonId | None:
    """Who acts for `person` now, following covers of covers; None when they act themselves,
    also when the covers run in a circle."""
    seen = [person or ""]
    while seen[-1] in cover:
        seen.append(cover[seen[-1]])
        # Two who cover each other: whoever is asked acts themselves, or nobody would be pinged.
        if seen[-1] in seen[:-1]:
            return None
    return seen[-1] if len(seen) > 1 else None
