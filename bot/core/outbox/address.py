"""To whom something is said. `person` and `party` are ids of the estate file.

What a letter is about, or what is to be shown anew, where that is more than a name.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ToPerson:
    """In a direct message."""

    person: str

    def __str__(self) -> str:
        return f"person:{self.person}"


@dataclass(frozen=True, slots=True)
class ToChannel:
    """In the channel of what it is about."""

    def __str__(self) -> str:
        return "channel"


@dataclass(frozen=True, slots=True)
class ToAnnouncements:
    """In the channel that the estate names for notices to everybody."""

    def __str__(self) -> str:
        return "announce"


@dataclass(frozen=True, slots=True)
class ToPartyByMail:
    party: str

    def __str__(self) -> str:
        return f"party:{self.party}"


@dataclass(frozen=True, slots=True)
class ToPartyChannel:
    """In a channel shared with them."""

    party: str

    def __str__(self) -> str:
        return f"party-channel:{self.party}"


@dataclass(frozen=True, slots=True)
class ToPersonElsewhere:
    """By another way than Slack, which takes nothing for them."""

    person: str

    def __str__(self) -> str:
        return f"fallback:{self.person}"


ToParty = ToPartyByMail | ToPartyChannel
Address = ToPerson | ToChannel | ToAnnouncements | ToParty | ToPersonElsewhere
CHANNEL, ANNOUNCEMENTS = ToChannel(), ToAnnouncements()


def read_address(text: str) -> Address:
    """What `str` made of an address, as the outbox stores it."""
    kind, _, whom = text.partition(":")
    match kind:
        case "person":
            return ToPerson(whom)
        case "fallback":
            return ToPersonElsewhere(whom)
        case "party":
            return ToPartyByMail(whom)
        case "party-channel":
            return ToPartyChannel(whom)
        case "announce":
            return ANNOUNCEMENTS
        case "channel":
            return CHANNEL
    raise ValueError(f"no address: {text!r}")


@dataclass(frozen=True)
class _OfRecord:
    kind: ClassVar[str]
    number: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


@dataclass(frozen=True)
class _Of:
    kind: ClassVar[str]
    of: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}"


class OfIncident(_OfRecord):
    kind = "incident"


class OfChange(_OfRecord):
    kind = "change"


class OfUnannounced(_OfRecord):
    """A change that nobody announced."""

    kind = "suspicion"


class OfCoverRequest(_OfRecord):
    """What is asked about a cover."""

    kind = "cover-request"


class OfRelease(_Of):
    kind = "release"


class OfHome(_Of):
    """The Home tab of a person."""

    kind = "home"


class Decorations(_Of):
    """Topic, bookmark and pin of a subject's channel."""

    kind = "furniture"


class Invitations(_Of):
    """Of those whom Slack did not let into a subject's channel."""

    kind = "invite"


class Archiving(_Of):
    """Of a subject's channel, when its day has come."""

    kind = "tidy"


# Letters about these have no channel; they are written from the record and drawn anew with it.
OnRecord = OfChange | OfUnannounced | OfCoverRequest | OfRelease
Subject = OfIncident | OnRecord | OfHome | Decorations | Invitations | Archiving

_NUMBERED = {one.kind: one for one in (OfIncident, OfChange, OfUnannounced, OfCoverRequest)}
_NAMED = {one.kind: one for one in (OfRelease, OfHome, Decorations, Invitations, Archiving)}


# Some subjects are bare names, of an audit or of the workspace, and have no class.
def read_subject(text: str) -> Subject | None:
    """What `str` made of one; None for any other text."""
    kind, _, rest = text.partition(":")
    if kind in _NUMBERED and rest.isdigit():
        return _NUMBERED[kind](int(rest))
    return _NAMED[kind](rest) if kind in _NAMED else None
