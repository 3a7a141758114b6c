"""What a workspace is made of. Mutable on purpose: they are the rows of the stand-in's state.

Every entity has `kind` and `key`, under which it is stored; fields are JSON values only.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from slack_standin.state.refusal import Json


class Entity(Protocol):
    kind: ClassVar[str]

    @property
    def key(self) -> str: ...


@dataclass(slots=True, kw_only=True)
class Team:
    kind: ClassVar[str] = "team"
    id: str
    name: str
    domain: str

    @property
    def key(self) -> str:
        return self.id


@dataclass(slots=True, kw_only=True)
class User:
    kind: ClassVar[str] = "user"
    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "UTC"
    display_name: str = ""
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    team_id: str = ""  # of another company; empty for ours
    deleted: bool = False
    presence: str = "active"
    dnd_until: int = 0
    profile: Json = field(default_factory=dict)
    bot_id: str = ""
    app_id: str = ""
    updated: int = 0

    @property
    def key(self) -> str:
        return self.id


@dataclass(slots=True, kw_only=True)
class Channel:
    """A public or private channel, a direct message (`im`) or a group message (`mpim`)."""

    kind: ClassVar[str] = "channel"
    id: str
    name: str
    type: str = "channel"
    created: int = 0
    creator: str = ""
    is_general: bool = False
    is_archived: bool = False
    members: list[str] = field(default_factory=list)
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    bookmarks: list[Json] = field(default_factory=list)
    pins: list[Json] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)
    previous_names: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.id

    @property
    def is_private(self) -> bool:
        return self.type != "channel"

    @property
    def is_direct(self) -> bool:
        return self.type in ("im", "mpim")


@dataclass(slots=True, kw_only=True)
class Message:
    """`body` is the Slack-shaped message; `viewer` is set for an ephemeral one."""

    kind: ClassVar[str] = "message"
    channel: str
    ts: str
    body: Json
    metadata: Json | None = None
    viewer: str | None = None
    app_id: str = ""

    @property
    def key(self) -> str:
        return f"{self.channel}/{self.ts}"

    @property
    def author(self) -> str:
        return str(self.body.get("user", ""))

    @property
    def is_reply(self) -> bool:
        return bool(self.body.get("thread_ts", self.ts) != self.ts)

    @property
    def in_channel(self) -> bool:
        """Whether the message shows in the channel itself and not only in its thread."""
        return not self.is_reply or self.body.get("subtype") == "thread_broadcast"


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a home tab as one member has it; `values` is what was typed so far."""

    kind: ClassVar[str] = "view"
    id: str
    app_id: str
    user: str
    body: Json
    values: Json = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.id

    @property
    def hash(self) -> str:
        return str(self.body["hash"])


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """An uploaded file; `data` is base64. `title` is set when the upload was completed."""

    kind: ClassVar[str] = "file"
    id: str
    name: str
    size: int
    user: str
    created: int
    title: str = ""
    alt_text: str = ""
    data: str = ""
    complete: bool = False
    deleted: bool = False
    shares: Json = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.id


@dataclass(slots=True, kw_only=True)
class App:
    """An installed app, with its manifest as given and its secrets for this workspace."""

    kind: ClassVar[str] = "app"
    id: str
    name: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    manifest: Json
    revoked: bool = False
    socket_mode: bool = True
    request_url: str = ""

    @property
    def key(self) -> str:
        return self.id


@dataclass(slots=True, kw_only=True)
class UserGroup:
    kind: ClassVar[str] = "usergroup"
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False

    @property
    def key(self) -> str:
        return self.id


@dataclass(slots=True, kw_only=True)
class PendingEvent:
    """An event an app has not acknowledged yet; `since` in seconds since the epoch."""

    kind: ClassVar[str] = "event"
    id: str
    app_id: str
    since: int
    envelope: Json

    @property
    def key(self) -> str:
        return f"{self.id}/{self.app_id}"


KINDS: dict[str, Any] = {
    entity.kind: entity
    for entity in (
        Team,
        User,
        Channel,
        Message,
        View,
        StoredFile,
        App,
        UserGroup,
        PendingEvent,
    )
}
