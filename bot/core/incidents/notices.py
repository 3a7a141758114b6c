"""What is told of an incident: who has it, whose turn it is, and what it is taken for.

What is told of an incident's counter-party, and of everybody who may be the one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.core.estate.ids import ConnectionId, PartyId, PersonId
from bot.core.estate.lane import Lane
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@notice(What.ACKNOWLEDGED, keys={"taken_from": "from"})
class Acknowledged(Notice):
    """In the channel: `by` has it, until their lease ends."""

    by: PersonId
    taken_from: PersonId | None = None
    until: datetime | None = None


@notice(What.HELPING)
class Helping(Notice):
    """In the channel and to those `told`, whose it is: `by`, who is not named for it, helps."""

    by: PersonId
    told: tuple[PersonId, ...] = ()
    holder: PersonId | None = None


@notice(What.TAKEN_OVER)
class TakenOver(Notice):
    """To the former holder."""

    by: PersonId


@notice(What.STILL_ON_IT)
class StillOnIt(PersonalNotice):
    """Asks the holder before their lease ends."""

    until: datetime


@notice(What.LEASE_EXPIRED)
class LeaseExpired(Notice):
    """In the channel: it is open again."""

    holder: PersonId | None


@notice(What.GIVEN_BACK)
class GivenBack(Notice):
    """In the channel: a lease expired only because the clock was wrong."""

    holder: PersonId | None


@notice(What.LANE_CHANGED)
class LaneChanged(Notice):
    """In the channel: a person says whose lane it is, or confirms that it is."""

    by: PersonId
    lane: Lane
    before: Lane | None = None
    why: str = ""


@notice(What.REJUDGED)
class Rejudged(Notice):
    """In the channel: another error (`other`), or the evidence points elsewhere; then a suggested
    lane is `moved`, and one that a person or the runbook set is `doubted`. `of` is where, of
    several connections."""

    of: tuple[ConnectionId, ...]
    other: bool
    error: str
    first_check: str
    lane: Lane
    before: Lane | None
    because: str  # in marks
    set_by: PersonId | None
    moved: bool
    doubted: bool


@notice(What.SEVERITY)
class SeverityRose(Notice):
    """In the channel. `reasons` are in marks."""

    before: Severity
    severity: Severity
    reasons: tuple[str, ...]


@notice(What.NOTE)
class NoteAdded(Notice):
    """In the channel."""

    by: PersonId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep(Notice):
    """Why the ladder pings just these people now, and whom it pings next. `let_go` had it and did
    not go on; `away` are without cover; `unnamed` are the connections that name no first
    responder, or True where the only one does not. `next_people` is None of a ping that is no step
    of the ladder."""

    let_go: PersonId | None = None
    unnamed: bool | tuple[ConnectionId, ...] = False
    away: tuple[PersonId, ...] = ()
    next_at: datetime | None = None
    next_people: tuple[PersonId, ...] | None = None

    @property
    def step(self) -> Mapping[str, Any]:
        """Its fields, for what else is told of the same step."""
        return {one.name: getattr(self, one.name) for one in fields(LadderStep)}


@notice(What.PING)
class PingSent(LadderStep):
    """To a responder: this is yours now. `parts` are the connections of several that it is about,
    and `of` those for whose sake the reader is pinged; `data_fault` are those of which only the
    owner of the data can mend what is wrong. With `anew` that came up since the first ping.

    Of whoever stands in, for whom (`covers`) and until when. `holds` has it and is away. `joined`
    is told to whom a child belongs that joined what somebody has already; `had` is the number of
    the incident of their own that became a child."""

    data_fault: tuple[ConnectionId, ...] = ()
    rung: int | None = None
    reader: PersonId | None = None
    accountable: bool = False
    owns_data: bool = False
    first: bool | None = None  # None where nothing is known of it but the rung
    of: tuple[ConnectionId, ...] = ()
    parts: tuple[ConnectionId, ...] = ()
    covers: PersonId | None = None
    until: datetime | None = None
    anew: bool = False
    holds: PersonId | None = None
    joined: bool = False
    had: int | None = None
    # By another way than Slack: which message Slack did not take, why (in marks), and whether that
    # was for good. `until` is then when Slack takes it.
    letter: int | None = None
    why: str = ""
    refused: bool = False

    @property
    def is_first(self) -> bool:
        """Whether the reader is the first responder."""
        return self.rung == 0 if self.first is None else self.first


@notice(What.OWNER_ALERT)
class OwnerAlert(PersonalNotice):
    """To an owner: your connections broke, and these responders were pinged."""

    parts: tuple[ConnectionId, ...]
    responders: tuple[PersonId, ...]
    reader: PersonId
    data_fault: tuple[ConnectionId, ...] = ()


@notice(What.ESCALATED)
class Escalated(LadderStep):
    """In the channel: the ladder went on to these people."""

    people: tuple[PersonId, ...]
    rung: int


@notice(What.QUIET_HOURS)
class QuietHours(LadderStep):
    """In the channel: nobody further up is woken before working hours."""


@notice(What.NOBODY)
class Nobody(Notice):
    """In the channel and to the architecture owners: these rungs, or these connections on their
    first one, name nobody."""

    of: tuple[ConnectionId, ...]
    rungs: tuple[int, ...]


@notice(What.UNDELIVERED, keys={"escalates": "climbs"})
class Undelivered(PersonalNotice):
    """In the channel, and to the manager or architecture owner: a ping did not arrive, or only
    `perhaps`. `escalates`: the ladder goes on for it."""

    person: PersonId
    why: str = ""
    perhaps: bool = False
    escalates: bool = True


@notice(What.AWAY)
class Away(Notice):
    """In the channel, and to the manager or architecture owner: somebody whom it waits for is away
    without cover. `why` is how we know."""

    person: PersonId
    why: str


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
