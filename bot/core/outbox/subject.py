"""What a letter is about, or what is to be shown anew, where that is more than a name."""

from dataclasses import dataclass
from typing import ClassVar


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


def read_subject(text: str) -> Subject | None:
    """What `str` made of one; None for any other text."""
    kind, _, rest = text.partition(":")
    if kind in _NUMBERED and rest.isdigit():
        return _NUMBERED[kind](int(rest))
    return _NAMED[kind](rest) if kind in _NAMED else None
