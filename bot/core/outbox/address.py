"""To whom something is said. `person` and `party` are ids of the estate file."""

from dataclasses import dataclass


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
