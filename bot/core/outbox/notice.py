"""The only two ways in which a decision is heard, and what can be said.

`Show` says that what people see of a subject is stale; whoever displays it renders the whole thing
again from the record, so shows collapse and repeat without harm. `Say` tells something once. Both
are stored in the transaction of the state they announce.

What is said is a notice, a type of its own, kept by the outbox as plain JSON. The stored form is
what earlier versions wrote, key for key, so that a message which waited through an upgrade is told,
and one that stands in Slack can be written anew.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from bot.core.outbox.address import Address, OfIncident, read_subject


class What(StrEnum):
    """Everything that is ever said. The value is stored, so a name is never reused; `opened` was
    one too."""

    PING = "ping"  # to a responder: this is yours now
    OWNER_ALERT = "owner_alert"  # to an owner: your connection broke, somebody was pinged
    ESCALATED = "climbed"  # in the channel: the ladder went one rung up
    NOBODY = "nobody"  # a rung or a role has nobody to ping
    UNDELIVERED = "undelivered"  # a ping could not be delivered
    ACKNOWLEDGED = "acknowledged"
    HELPING = "helping"  # somebody who is not named took it: in the channel, and to who is
    TAKEN_OVER = "taken_over"  # to the former holder
    STILL_ON_IT = "still_on_it"  # asks the holder before the lease ends
    LEASE_EXPIRED = "lease_lapsed"
    GIVEN_BACK = "given_back"  # a lease expired only because the clock was wrong
    HANDED_OVER = "handed_over"
    COUNTERPARTY_SOON = "counterparty_soon"  # most of their response time has passed
    COUNTERPARTY_DUE = "counterparty_due"
    COUNTERPARTY_ANSWERED = "counterparty_answered"
    PACKET = "packet"  # the evidence for the counter-party
    TICKET_WANTED = "ticket_wanted"  # asks for the counter-party's ticket number
    TICKET = "ticket"
    JOINT_CALL = "joint_call"  # nobody agreed on the lane: all of them should talk
    JOINT_HELD = "joint_held"
    SEVERITY = "severity"  # it rose
    AWAY = "away"  # somebody is away without cover
    QUIET_HOURS = "resting"  # nobody further up is woken before working hours
    COVER_BEGINS = "cover_begins"  # to both people
    COVER_ENDS = "cover_ends"
    COVER_ASKED = "cover_asked"  # to whoever is away and their manager, when the stand-in says so
    COVER_DECLINED = "cover_declined"  # to the stand-in
    REVIEW_WANTED = "review_wanted"
    REVIEWED = "reviewed"
    APPROVAL_WANTED = "approval_wanted"  # a step is held for an owner's word
    APPROVAL_GIVEN = "approval_given"
    STEP_LATE = "step_late"
    STUCK_GIVEN = "stuck_given"  # in the channel: a group of failed records went to an owner
    STUCK_YOURS = "stuck_yours"  # to that owner
    STUCK_REMINDER = "stuck_reminder"
    STUCK_CLEARED = "stuck_cleared"
    STUCK_GONE = "stuck_gone"
    DRILL_BROKE = "drill_broke"  # meanwhile it really did
    DRILL_ENDED = "drill_ended"
    ENTRY_PROPOSED = "entry_proposed"  # to an owner: may the playbook learn this?
    ENTRY_DECIDED = "entry_decided"
    LANE_CHANGED = "lane_changed"
    REJUDGED = "rejudged"  # in the channel: another error, or the evidence points elsewhere
    RECOVERED = "recovered"
    CONFIRM_DATA = "confirm_data"  # asks the functional owner, once for an incident
    CONFIRM_NUDGE = "confirm_nudge"  # in the thread of that question: it waits for an answer
    DATA_CONFIRMED = "data_confirmed"
    DATA_WRONG = "data_wrong"
    DATA_AFTER_END = "data_after_end"  # asks whoever judges the data of what a person resolved
    RELAPSED = "relapsed"
    RESOLVED = "resolved"
    MERGED = "merged"  # in the channel that falls quiet: where it goes on
    JOINED = "joined"  # in the other one: who came
    SPLIT = "split"  # in the part's channel: it is on its own again
    SPLIT_OFF = "split_off"  # in the whole's channel
    REOPENED = "reopened"  # also to whoever judges its data and is not pinged
    LEFT_OUT = "left_out"  # to whom Slack did not let into an incident's channel
    INVITES_REFUSED = "invites_refused"  # the same, to whoever keeps the estate
    REOPEN_WANTED = "reopen_wanted"  # to an owner: somebody else sees that it is not over
    BRIEF = "brief"  # to whoever joins an incident's channel
    ARCHIVE_SOON = "archive_soon"
    CHANNEL_BACK = "room_back"  # it was archived under an incident that is not over
    CHANNEL_MOVED = "room_moved"
    NOTE = "note"
    HELD = "held"  # a step of the runbook has to wait
    RELEASED = "released"
    DENIED = "denied"
    PAUSED = "paused"  # to the technical owner
    PAUSE_ENDED = "pause_ended"
    DEGRADED = "degraded"  # to the technical owner
    HEALTHY = "healthy"  # to the technical owner, after degraded or blind
    BLIND = "blind"  # to the technical owner: we cannot look
    FINDINGS = "findings"  # to a person: what the audit found that is theirs
    ATTEST = "attest"  # to an owner: is this still yours?
    NOT_MINE = "not_mine"  # to a manager: somebody says that a layer is not theirs
    HANDING_OVER = "handing_over"  # to whoever keeps the file: somebody hands a layer over
    HANDOVER = "handover"  # to a new owner: the checklist
    CHANGE_WANTED = "change_wanted"  # to an approver: may this be changed?
    CHANGE_STEP = "change_step"  # to whoever has the next step of a change
    CHANGE_NEWS = "change_news"  # to those who are to know of a change
    CHANGE_QUESTION = "change_question"  # to the proposer: an approver asks
    CHANGE_ANSWER = "change_answer"  # to that approver
    SUSPECTED = "suspected"  # to owners: something changed that nobody announced
    NOT_US = "not_us"  # to whoever guards the estate: its owners say it was not them
    RELEASE_DUE = "release_due"  # to owners: a release of a system comes, or came
    NETWORK_DOWN = "line_down"  # to the owners of the estate: our own network is down, we are blind
    NETWORK_UP = "line_up"
    FLAPPING = "flapping"  # in the channel: it comes and goes
    EXPIRES = "expires"  # to a credential's owner
    EXPIRED = "expired"
    ROTATION = "rotation"
    FAULT_FOUND = "ailing"  # to the owners of the estate: the bot found fault with its own work
    FAULT_OVER = "ailing_over"
    CLOCK_JUMPED = "clock_jumped"  # to the owners of the estate: the clock was set, or stood still
    CATALOGUE_BROKEN = "catalogue_broken"
    CATALOGUE_MENDED = "catalogue_mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """`subject` is `incident:42`, `home:<person id>` or one whose letters are redrawn, such as
    `change:7`. `rest` is how long it may wait for more of its kind: what machines change comes in
    bursts, what a person did is shown at once."""

    subject: str
    rest: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """`facts` is plain JSON, frozen when the thing happened."""

    subject: str
    to: Address
    what: What
    facts: Mapping[str, Any] = field(default_factory=dict)


Effect = Show | Say


LIVE_INCIDENTS = "live"  # the subject of a `Show` of every incident that is not over


def incident_subject(number: int) -> str:
    return str(OfIncident(number))


def incident_of(subject: str) -> int | None:
    """The incident's number, or None for a subject of another kind."""
    about = read_subject(subject)
    return about.number if isinstance(about, OfIncident) else None


T = TypeVar("T", bound="Notice")
NOTICES: dict[What, "type[Notice]"] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told once. Its words come from its fields, which never change."""

    what: ClassVar[What]
    keys: ClassVar[Mapping[str, str]] = {}  # field to stored key, where the two differ


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNotice(Notice):
    """Told to one person, who may read it for a colleague that they stand in for."""

    covers: str | None = None


@dataclass_transform(frozen_default=True, kw_only_default=True)
def notice(what: What, *, keys: Mapping[str, str] | None = None) -> Callable[[type[T]], type[T]]:
    """Makes the class a notice that is stored under this name. `keys` names the stored keys that
    cannot be a field's name, as `{"taken_from": "from"}`."""

    def made(kind: type[T]) -> type[T]:
        kind.what, kind.keys = what, keys or {}
        found = dataclass(frozen=True, slots=True, kw_only=True)(kind)
        NOTICES[what] = found
        return found

    return made


def stored(told: Notice) -> dict[str, Any]:
    """Plain JSON of a notice."""
    return {
        told.keys.get(one.name, one.name): _plain(getattr(told, one.name)) for one in fields(told)
    }


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case tuple() | list() | frozenset():
            return [_plain(one) for one in value]
        case Mapping():
            return {_plain(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def read_notice(what: What, facts: Mapping[str, Any]) -> Notice | None:
    """The notice of a stored row; None for one that has no type. What the row lacks is as the type
    says, what it has besides is left out. Raises ValueError or TypeError for another shape."""
    kind = NOTICES.get(what)
    if kind is None:
        return None
    names = {kind.keys.get(name, name): name for name in _hints(kind)}
    return kind(
        **{
            name: _typed(_hints(kind)[name], facts[key])
            for key, name in names.items()
            if key in facts
        }
    )


_HINTS: dict[type[Any], dict[str, Any]] = {}  # read once: resolving them costs more than using


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {one.name: hints[one.name] for one in fields(kind)}
    return _HINTS[kind]


def _typed(hint: Any, value: Any) -> Any:
    """`value`, which was read from JSON, as the type wants it."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _typed(of[0], value)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        kinds = [one for one in of if one is not type(None)]
        listed = (one for one in kinds if (get_origin(one) is tuple) is isinstance(value, list))
        return _typed(next(listed, kinds[0]), value)
    if origin is tuple:
        each = of[:1] * len(value) if of[1:] == (...,) else of
        return tuple(_typed(one, item) for one, item in zip(each, value, strict=True))
    if origin in (dict, Mapping):
        return {_typed(of[0], key): _typed(of[1], one) for key, one in value.items()}
    if isinstance(hint, type):
        if issubclass(hint, datetime | date):
            return hint.fromisoformat(value)
        if issubclass(hint, Enum):
            return hint(value)
        if is_dataclass(hint):
            own = _hints(hint)
            return hint(**{key: _typed(own[key], one) for key, one in value.items()})
    return value
