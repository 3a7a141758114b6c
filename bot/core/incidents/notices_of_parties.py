"""What is told of an incident's counter-party, and of everybody who may be the one."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.ids import PartyId, PersonId
from bot.core.estate.lane import Lane
from bot.core.outbox.notice import What
from bot.core.outbox.typed import Notice, PersonalNotice, notice


@notice(What.HANDED_OVER)
class HandedOver(Notice):
    """In the channel. `due` is when the contract says that they must answer."""

    by: PersonId
    lane: Lane
    party: PartyId
    due: datetime | None
    ticket: str


@notice(What.PACKET)
class EvidenceWritten(Notice):
    """In the channel, and to the party wherever the catalogue says."""

    subject: str
    body: str
    lane: Lane
    party: PartyId


@notice(What.TICKET_WANTED)
class TicketWanted(PersonalNotice):
    """To whoever handed it over without the counter-party's ticket number."""


@notice(What.TICKET)
class TicketGiven(Notice):
    """In the channel."""

    by: PersonId
    ticket: str


@notice(What.COUNTERPARTY_SOON)
class CounterpartySoon(PersonalNotice):
    """In the channel and to whoever has it: their response time ends soon."""

    lane: Lane | None
    due: datetime


@notice(What.COUNTERPARTY_DUE)
class CounterpartyDue(PersonalNotice):
    """In the channel and to whoever has it: their response time is over, or where none is agreed,
    it is time to ask them again."""

    lane: Lane | None
    due: datetime | None


@notice(What.COUNTERPARTY_ANSWERED)
class CounterpartyAnswered(Notice):
    """In the channel: `by` says so."""

    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledParty:
    """One of those who should talk. `lane` is its title."""

    lane: str
    name: str
    contact: str
    person: PersonId | None


@notice(What.JOINT_CALL)
class JointCallProposed(PersonalNotice):
    """In the channel and to the `chair`: nobody has agreed on the lane for too long."""

    chair: PersonId | None
    lanes: tuple[CalledParty, ...]


@notice(What.JOINT_HELD)
class JointCallHeld(Notice):
    """In the channel: what was agreed."""

    by: PersonId
    text: str
