"""Who approves a change: a table of layers by type, and whom to ask when an owner cannot.

Rule of this file: nobody approves a change of their own unless there is nobody else at all.
"""

from collections.abc import Iterator, Mapping

from bot.core.changes.change_request import ChangeApproval, ChangeKind, ChangeRequest
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.core.people.next_in_line import Purpose, estate_owners, in_line
from bot.core.people.presence import Presence
from bot.language.marks import who

# Functional approves on merit, technical what concerns logins and routine, architecture what
# changes the structure. A change that touches other connections needs architecture as well.
LAYERS: Mapping[ChangeKind, tuple[Layer, ...]] = {
    ChangeKind.STANDARD: (Layer.TECHNICAL,),
    ChangeKind.NORMAL: (Layer.FUNCTIONAL,),
    ChangeKind.STRUCTURAL: (Layer.FUNCTIONAL, Layer.ARCHITECTURE),
    ChangeKind.CREDENTIAL: (Layer.TECHNICAL,),
    ChangeKind.EMERGENCY: (Layer.FUNCTIONAL,),
}


def layers_for(kind: ChangeKind, *, touches_others: bool) -> tuple[Layer, ...]:
    wanted = LAYERS[kind]
    more = (Layer.ARCHITECTURE,) if touches_others else ()
    return tuple(dict.fromkeys((*wanted, *more)))


def approvals_for(
    request: ChangeRequest, connection: Connection, catalogue: Catalogue, there: Presence
) -> tuple[ChangeApproval, ...]:
    """One for each layer, in the order of the table. When nobody but the proposer can be asked,
    they are, and `because` says so."""
    layers = layers_for(request.kind, touches_others=bool(request.touches))
    return tuple(_approval(layer, request.by, connection, catalogue, there) for layer in layers)


def _approval(
    layer: Layer, by: PersonId, connection: Connection, catalogue: Catalogue, there: Presence
) -> ChangeApproval:
    first = _named(layer, connection)
    for person in _candidates(layer, by, connection, catalogue):
        acting = there.acting(person)
        if person != by and acting is not None and acting != by:
            because = "" if person == first else _because(first, by, there)
            return ChangeApproval(layer=layer.value, person=person, because=because)
    return ChangeApproval(layer=layer.value, person=by, because="nobody else is there who could")


def _named(layer: Layer, connection: Connection) -> PersonId | None:
    """The owner of the layer; for the functional one, whoever the roles name as approver."""
    approver = connection.about.roles.approves_changes if layer is Layer.FUNCTIONAL else None
    return approver or connection.owners.of(layer)


def _candidates(
    layer: Layer, by: PersonId, connection: Connection, catalogue: Catalogue
) -> Iterator[PersonId]:
    if named := _named(layer, connection):
        yield named
    yield from in_line(Purpose.APPROVAL, connection, catalogue.people.get(by))
    # Last, those who answer for the estate: a change must not wait for ever because a layer is
    # bare.
    yield from estate_owners(catalogue)


def _because(first: PersonId | None, by: PersonId, there: Presence) -> str:
    if first is None:
        return "no owner of this layer is named"
    if first == by:
        return f"{who(by)} proposed it and cannot approve it"
    if there.acting(first) == by:
        return f"{who(by)}, who covers for {who(first)}, proposed it"
    return f"{who(first)} is away and nobody covers"
