"""What came of a message, whom it reached, and what people sent us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.outbox.address import ToParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message we keep current. `ts` is None between the intention to post and its proof."""

    subject: str
    slot: str
    channel: str
    ts: str | None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackUser:
    """Whom a catalogue person is in Slack. `problem` says why there is no user; `address` is what
    the file gave when Slack was asked."""

    person: str
    user: str | None
    dm: str | None = None
    problem: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a ping: `state` is waiting, delivered or failed; `elsewhere` when it went by
    another way than Slack. `perhaps`: not known to be delivered, but it may have arrived."""

    person: str
    state: str
    at: datetime
    error: str = ""
    of: tuple[str, ...] = ()  # the connections for whose sake they are pinged first
    first: bool = False  # as their first responder
    covers: str = ""  # for whom they were pinged, where they stand in
    elsewhere: bool = False
    perhaps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReceipt:
    """What became of evidence for an outside party: `state` as of a `Receipt`."""

    to: ToParty
    state: str
    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A click, command or message. `key` is Slack's own id of it, `work` names who serves it;
    `acted` means that its effect is stored, though nobody may have been answered."""

    key: str
    work: str
    body: Mapping[str, Any] = field(default_factory=dict)
    at: datetime
    acted: bool = False
