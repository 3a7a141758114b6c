"""Who held which layer of a connection, from when to when: the memory of ownership.

Rule of this file: a line is closed and a new one opened, never changed, so that a question about
an earlier day is answered from what was true then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Layer

FIRST_RESPONDER = "first_responder"
PLACES = (*(layer.value for layer in Layer), FIRST_RESPONDER)
PLACE_WORDS: Mapping[str, str] = {
    **{layer.value: f"{layer} owner" for layer in Layer},
    FIRST_RESPONDER: "first responder",
}

# What a new owner must have got before the old one is let go.
HANDOVER_ITEMS: Mapping[str, str] = {
    "tools": "I can log in to the systems and see the monitoring",
    "information": "I know how it works, what it feeds and what goes wrong",
    "mandate": "I may decide about it and have the time for it",
    "dossier": "I have read the dossier and it is right",
    "drill": "I have worked one drill incident on it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`layer` is one of `PLACES`. `until` is None while it lasts. `source` says where the change
    was seen, in words."""

    subject: ConnectionId
    layer: str
    person: PersonId
    since: datetime
    until: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A layer went from one person to another; `done` are the items the new owner has ticked."""

    id: int = 0
    connection: ConnectionId
    layer: str
    person: PersonId
    before: PersonId
    opened_at: datetime
    done: tuple[str, ...] = ()
    finished_at: datetime | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(item for item in HANDOVER_ITEMS if item not in self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What a newly read catalogue changes: lines that end now, and lines that begin."""

    closed: tuple[Holding, ...] = ()
    opened: tuple[Holding, ...] = ()

    def replaced(self) -> tuple[tuple[Holding, Holding], ...]:
        """Layers that went from one person to another: the line before and the line after."""
        # What ended with nobody after it was given up, what nobody had before was taken: neither is
        # a handover.
        before = {(one.subject, one.layer): one for one in self.closed}
        return tuple(
            (before[one.subject, one.layer], one)
            for one in self.opened
            if (one.subject, one.layer) in before
        )


def moves(open_lines: Iterable[Holding], catalogue: Catalogue, now: datetime, source: str) -> Moves:
    """Compare what stands in the ledger with the catalogue. Nothing changed gives no moves."""
    open_now = {(one.subject, one.layer): one for one in open_lines}
    wanted = _wanted(catalogue)
    closed = [one for place, one in open_now.items() if wanted.get(place) != one.person]
    opened = [
        Holding(subject=subject, layer=layer, person=person, since=now, source=source)
        for (subject, layer), person in wanted.items()
        if (line := open_now.get((subject, layer))) is None or line.person != person
    ]
    return Moves(closed=tuple(replace(one, until=now) for one in closed), opened=tuple(opened))


def _wanted(catalogue: Catalogue) -> dict[tuple[ConnectionId, str], PersonId]:
    wanted: dict[tuple[ConnectionId, str], PersonId] = {}
    for connection in catalogue.connections.values():
        named = {layer.value: connection.owners.of(layer) for layer in Layer}
        named[FIRST_RESPONDER] = connection.first_responder
        wanted.update({(connection.id, place): one for place, one in named.items() if one})
    return wanted


def at(lines: Iterable[Holding], moment: datetime) -> Mapping[str, Holding]:
    """Who held each layer at `moment`; a layer nobody held is left out."""
    return {
        one.layer: one
        for one in lines
        # The end is excluded: at the moment of a handover only the new owner holds it.
        if one.since <= moment and (one.until is None or one.until > moment)
    }


def during(
    lines: Iterable[Holding], start: datetime, end: datetime
) -> Mapping[str, tuple[Holding, ...]]:
    """Everybody who held each layer at some time from `start` to before `end`, in that order."""
    found: dict[str, tuple[Holding, ...]] = {}
    for one in sorted(lines, key=lambda line: line.since):
        if one.since < end and (one.until is None or one.until > start):
            found[one.layer] = (*found.get(one.layer, ()), one)
    return found
