"""The state of the local Slack and its change stream.

Whoever changes an entity calls `save`; whoever wants to know subscribes with `listen`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from slack_standin.state.clock import Clock
from slack_standin.state.entities import (
    KINDS,
    App,
    Channel,
    Entity,
    Message,
    PendingEvent,
    StoredFile,
    Team,
    User,
    UserGroup,
    View,
)
from slack_standin.state.ids import ident
from slack_standin.state.refusal import Json
from slack_standin.state.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something a client may want to redraw. `member` limits it to one person's screen."""

    type: str
    member: str | None = None
    channel: str | None = None
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something apps may be told about; `app_id` limits it to one app."""

    event: Json
    channel: Channel | None = None
    app_id: str | None = None


class Workspace:
    """Everything in one team. Lookups return None when the id is unknown."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self.clock = clock
        self.team = Team(id=ident("T", "firstlane"), name="Local Slack", domain="local")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.threads: dict[tuple[str, str], dict[str, Message]] = {}
        self.views: dict[str, View] = {}
        self.files: dict[str, StoredFile] = {}
        self.apps: dict[str, App] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.pending: dict[str, PendingEvent] = {}
        # Entities kept by their key; messages and the team have places of their own.
        self._pools: dict[str, dict[str, Any]] = {
            User.kind: self.users,
            Channel.kind: self.channels,
            View.kind: self.views,
            StoredFile.kind: self.files,
            App.kind: self.apps,
            UserGroup.kind: self.usergroups,
            PendingEvent.kind: self.pending,
        }
        self._storage = storage
        self._dirty: dict[tuple[str, str], Entity | None] = {}
        self._watchers: list[Callable[[Change], None]] = []
        self._event_watchers: list[Callable[[Happening], None]] = []
        self._last_ts = 0
        for kind, body in storage.load():
            self._place(KINDS[kind](**body))

    def next_ts(self) -> str:
        """A message timestamp that is later than every one given before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.seconds() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def now(self) -> int:
        return int(self.clock.seconds())

    def save(self, entity: Entity) -> None:
        """Put the entity in its place and mark it for the next flush."""
        self._place(entity)
        self._mark(entity.kind, entity.key, entity)

    def forget(self, entity: Entity) -> None:
        """Remove the entity; the row goes with the next flush."""
        if isinstance(entity, Message):
            self.messages.get(entity.channel, {}).pop(entity.ts, None)
            thread = (entity.channel, entity.body.get("thread_ts", ""))
            self.threads.get(thread, {}).pop(entity.ts, None)
        else:
            self._pools[entity.kind].pop(entity.key, None)
        self._mark(entity.kind, entity.key, None)

    def flush(self) -> None:
        """Write all marked entities to disk in one transaction."""
        if not self._dirty:
            return
        marked, self._dirty = self._dirty, {}
        rows = (
            (kind, key, None if entity is None else asdict(entity))  # type: ignore[call-overload]
            for (kind, key), entity in marked.items()
        )
        self._storage.write(rows)

    def empty(self) -> None:
        """Forget everything, on disk as well."""
        self.messages.clear()
        self.threads.clear()
        for pool in self._pools.values():
            pool.clear()
        self._dirty.clear()
        self._storage.clear()

    def close(self) -> None:
        self.flush()
        self._storage.close()

    def listen(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call `watcher` with every change; returns the function that stops it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def listen_events(self, watcher: Callable[[Happening], None]) -> None:
        self._event_watchers.append(watcher)

    def publish(self, change: Change) -> None:
        for watcher in tuple(self._watchers):
            watcher(change)

    def emit(
        self, event: Json, *, channel: Channel | None = None, app_id: str | None = None
    ) -> None:
        """Tell subscribed apps. `event_ts` is added when the event has none."""
        event.setdefault("event_ts", self.next_ts())
        happening = Happening(event=event, channel=channel, app_id=app_id)
        for watcher in tuple(self._event_watchers):
            watcher(happening)

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def channel_named(self, name: str) -> Channel | None:
        name = name.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == name and not c.is_direct), None)

    def user_named(self, name: str) -> User | None:
        """Find a member by handle, display name, first name or full name."""
        wanted = name.removeprefix("@").casefold()
        for user in self.users.values():
            names = {user.name, user.display_name, user.real_name, user.real_name.split(" ")[0]}
            if wanted in {n.casefold() for n in names if n}:
                return user
        return None

    def app_of(self, user_id: str) -> App | None:
        return next((app for app in self.apps.values() if app.bot_user == user_id), None)

    def visible(self, channel: str) -> Iterable[Message]:
        """Messages of a channel that are not ephemeral, oldest first."""
        return (m for m in self.messages.get(channel, {}).values() if m.viewer is None)

    def _place(self, entity: Entity) -> None:
        if isinstance(entity, Team):
            self.team = entity
        elif isinstance(entity, Message):
            self.messages.setdefault(entity.channel, {})[entity.ts] = entity
            self._last_ts = max(self._last_ts, int(entity.ts.replace(".", "")))
            if entity.is_reply and entity.viewer is None:
                thread = (entity.channel, entity.body["thread_ts"])
                self.threads.setdefault(thread, {})[entity.ts] = entity
        else:
            self._pools[entity.kind][entity.key] = entity

    def _mark(self, kind: str, key: str, entity: Entity | None) -> None:
        # Answers flush explicitly; the callback covers changes nobody waits for.
        if not self._dirty:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().call_soon(self.flush)
        self._dirty[kind, key] = entity
