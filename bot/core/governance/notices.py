"""What the rounds of governance and the ends of credentials make the bot tell."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.estate.catalogue import Identity
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Layer
from bot.core.governance.audit.finding import FindingWeight
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """Texts carry the marks of `bot.language.marks`; `name` is the subject as people know it."""

    key: str
    subject: str
    name: str
    weight: FindingWeight
    what: str
    why: str
    do: str
    since: date | None
    first_seen: datetime
    last_seen: datetime


@notice(What.FINDINGS)
class Findings(Notice):
    """To the person whose they are: `rows` of them and `more`, beside those told before, `older`.
    On Monday all, on other days what cannot wait."""

    weekly: bool
    rows: tuple[FindingRow, ...]
    more: int
    older: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """A layer that somebody is asked about; `id` is that of the question."""

    id: int
    connection: ConnectionId
    name: str
    layer: Layer


@notice(What.ATTEST)
class StillYours(Notice):
    """To an owner: is this still yours?"""

    rows: tuple[LayerRow, ...]
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLayer(Notice):
    connection: ConnectionId
    name: str
    layer: Layer


@notice(What.NOT_MINE)
class NotMine(OfLayer):
    """To a manager: `person` says that a layer is not theirs."""

    id: int
    person: PersonId


@notice(What.HANDING_OVER)
class HandingOver(OfLayer):
    """To whoever guards the estate: `person` hands a layer over."""

    id: int
    person: PersonId
    successor: PersonId


@notice(What.HANDOVER)
class HandoverBegins(OfLayer):
    """To a new owner: the checklist. `before` is who had the layer."""

    handover: int
    before: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCredential(PersonalNotice):
    """To the owner of a credential, or whoever comes next when `passed_on` says that it is not
    theirs, else empty."""

    key: str
    name: str
    connection: ConnectionId
    connections: tuple[ConnectionId, ...]
    expires: datetime | None
    rotate_by: date | None
    where: str
    identity: Identity
    passed_on: PersonId


@notice(What.EXPIRES)
class Expires(OfCredential):
    """It ends soon."""


@notice(What.EXPIRED)
class Expired(OfCredential):
    """It has ended."""


@notice(What.ROTATION)
class Rotation(OfCredential):
    """It should be renewed by its own rule."""
