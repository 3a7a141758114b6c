"""The channel of an incident: until when it is kept, and what is told about it.

What happened to an incident, a line each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.ids import PersonId
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRecord:
    """`tidy_at` is when somebody looks whether it may be archived; `announced_at` when that was
    announced in it. `channel` is None between the intention to make it and its proof."""

    subject: str
    channel: str | None
    tidy_at: datetime | None = None
    announced_at: datetime | None = None
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfInvites(PersonalNotice):
    """`refused` has Slack's word for each person whom it did not let into the channel."""

    key: str
    channel: str
    private: bool
    refused: Mapping[PersonId, str]


@notice(What.LEFT_OUT)
class LeftOut(OfInvites):
    """To each of them."""


@notice(What.INVITES_REFUSED)
class InvitesRefused(OfInvites):
    """To the architecture owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefEntry:
    """Of the timeline."""

    at: datetime
    by: PersonId | None
    kind: str
    text: str


@notice(What.BRIEF)
class Brief(Notice):
    """To whoever joins it late: how the incident stood at that moment, in marks."""

    key: str
    name: str
    head: str
    reasons: str
    since: datetime
    severity: Severity
    holder: str
    lane: str
    done: tuple[BriefEntry, ...]
    next: str
    channel: str


@notice(What.ARCHIVE_SOON)
class ArchiveSoon(Notice):
    """In the channel, a day before it is archived."""

    at: datetime


@notice(What.CHANNEL_BACK)
class ChannelBack(Notice):
    """In the channel that `by` archived under an incident that is not over."""

    by: PersonId | None


@notice(What.CHANNEL_MOVED)
class ChannelMoved(Notice):
    """In the new channel: the old one, which `by` archived, is gone for good."""

    by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened to an incident. `text` is in `language.marks` marks; `by` is a
    person's id or None for the bot itself. `source` is the Slack message it was taken from, as
    `C…|ts`, and `struck` says that nobody keeps it there any more."""

    at: datetime
    kind: str
    text: str
    by: str | None = None
    source: str | None = None
    permalink: str = ""
    struck: bool = False
