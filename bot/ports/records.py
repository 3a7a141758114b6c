"""What the flows store and read besides the core's own records."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.monitoring.flapping import Turns
from bot.core.triage.playbook import Retry


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
class Breach:
    """A response time that a party did not keep."""

    incident: int
    connection: str
    party: str
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar that is read from an address: when next, and what was wrong the last time.
    `key` stands for the address, which may hold a secret; `name` is what people read."""

    key: str
    name: str
    due_at: datetime
    read_at: datetime | None = None
    problem: str = ""
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildState:
    """What became of one part of an incident. `again` is since when it fails once more, `doubt`
    the most careful retry class so far and `kinds` the kinds of failure that it had. It fails as
    the others do since `alike_since`, where it failed otherwise before. `symptoms` is what people
    wrote of it, and `reopened_by` who said before it became a part that it was not over."""

    connection: str
    recovered: bool
    failing_since: datetime
    alike_since: datetime | None = None
    again: datetime | None = None
    recovered_at: datetime | None = None
    doubt: Retry | None = None
    kinds: tuple[str, ...] = ()
    turns: Turns | None = None  # of its own
    worst: int = 0  # the most records in error in its whole life
    reasons: tuple[str, ...] = ()  # what was read when it began to fail
    symptoms: tuple[str, ...] = ()
    reopened_by: str | None = None
    reopened_at: datetime | None = None
    reopened_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one check last read: records that wait, since when the oldest does, records in error.
    `worst` is the most in error since it last began to be bad. `counts` is whether it reads a
    queue at all, and `unread` whether its last look read nothing, with `read_at` the last that did.
    """

    check: str
    connection: str
    waiting: int
    oldest: datetime | None
    failed: int
    worst: int
    counts: bool = True
    unread: bool = False
    read_at: datetime | None = None
