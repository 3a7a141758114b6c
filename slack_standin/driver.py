"""The words end-to-end tests speak: members type, click, fill in forms and wait for what they see.

No sleeps: every wait listens to the change stream, and fails with the recent transcript once
nothing at all has happened for a while. How long the whole takes does not matter.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from slack_standin.acts import channels, interactions, members, modals
from slack_standin.acts.services import Services
from slack_standin.driver_controls import Form, Panel
from slack_standin.server import Standin
from slack_standin.state.entities import App, Channel, Message, User, View
from slack_standin.state.naming import with_mentions
from slack_standin.state.refusal import Json
from slack_standin.state.visible import message_text

T = TypeVar("T")
DEFAULT_WAIT = 180.0


class Missing(AssertionError):
    """Something awaited did not appear; the message shows what was there instead."""


@dataclass(slots=True, eq=False)
class Driver:
    """Drives a running stand-in. `wait` is for how many seconds nothing may happen in the
    workspace, and no app call it, before somebody who waits gives up."""

    standin: Standin
    wait: float = DEFAULT_WAIT

    @property
    def services(self) -> Services:
        return self.standin.services

    def member(self, name: str) -> "Person":
        """The member with this handle, first name or full name."""
        user = self.services.workspace.user_named(name)
        if user is None:
            raise Missing(f"there is no member {name!r}")
        return Person(self, user)

    async def app_connected(self) -> None:
        """Wait until the first app has an open socket."""
        hub, app = self.services.courier.hub, self.app
        await self.until(lambda: hub.sockets(app.id) or None, "a socket of the app")

    async def settled(self) -> None:
        """Wait until the app has acknowledged everything that happened so far."""
        await self.until(lambda: self.services.courier.underway == 0 or None, "all events acked")

    async def until(self, look: Callable[[], T | None], what: str) -> T:
        """Wait until `look` returns something; look again at every change.

        Raises Missing once nothing has happened for `wait` seconds.
        """
        changed = asyncio.Event()
        stop = self.services.workspace.listen(lambda change: changed.set())
        now = asyncio.get_running_loop().time
        calls, moved_at = self.services.log.count, now()
        try:
            while (found := look()) is None:
                if changed.is_set() or calls != self.services.log.count:
                    calls, moved_at = self.services.log.count, now()
                left = moved_at + self.wait - now()
                if left <= 0:
                    raise Missing(f"waited for {what}\n{self.transcript()}")
                changed.clear()
                # Acks and sockets are no changes of the workspace, hence the short steps.
                await _wait_for(changed, min(left, 0.2))
        finally:
            stop()
        return found

    def transcript(self, last: int = 25) -> str:
        """The latest messages of all channels, oldest first, ephemeral ones marked."""
        ws = self.services.workspace
        every = sorted((m for pool in ws.messages.values() for m in pool.values()), key=_when)
        lines = [self._line(message) for message in every[-last:]]
        for view in ws.views.values():
            lines.append(f"[{view.body['type']} of {self._name(view.user)}] {_title(view)}")
        return "\n".join(["--- what was there:", *lines])

    def messages(self, channel: str) -> list["Seen"]:
        """All messages of a channel (`#name` or id) that everybody can see, oldest first."""
        ws = self.services.workspace
        found = ws.channels.get(channel) or ws.channel_named(channel)
        if found is None:
            raise Missing(f"there is no channel {channel}\n{self.transcript()}")
        viewer = next(iter(found.members), "")
        user = ws.users.get(viewer) or next(iter(ws.users.values()))
        return [Seen(Person(self, user), message) for message in ws.visible(found.id)]

    async def expect_nothing_else(self, after: "Seen") -> None:
        """Fail if anything follows `after` in its channel or DM once all events are acknowledged.

        What an app does later, after its ack, cannot be foreseen: wait for a sign of it first.
        """
        await self.settled()
        later = [m for m in self.messages(after.message.channel) if m.ts > after.ts]
        if later:
            texts = "\n".join(message.text for message in later)
            raise Missing(f"expected nothing after {after.text!r}, but saw:\n{texts}")

    @property
    def app(self) -> App:
        """The first app, the one under test."""
        app = self.standin.app
        assert app is not None
        return app

    def _name(self, user: str) -> str:
        known = self.services.workspace.users.get(user)
        return known.display_name if known is not None else user

    def _line(self, message: Message) -> str:
        ws = self.services.workspace
        channel = ws.channels[message.channel]
        where = f"#{channel.name}"
        if channel.is_direct:
            where = " & ".join(self._name(m) for m in channel.members)
        only = f" (only {self._name(message.viewer)} sees this)" if message.viewer else ""
        text = message_text(ws, message.body).replace("\n", " | ")
        return f"[{where}] {self._name(message.author)}{only}: {text}"


@dataclass(slots=True, eq=False)
class Person:
    """One member of the workspace at their screen."""

    driver: Driver
    user: User

    @property
    def id(self) -> str:
        return self.user.id

    def channel(self, name: str) -> Channel:
        """The channel `#name`; fails when it does not exist."""
        ws = self.driver.services.workspace
        channel = ws.channels.get(name) or ws.channel_named(name)
        if channel is None:
            raise Missing(f"there is no channel {name}\n{self.driver.transcript()}")
        return channel

    async def types(self, channel: str, text: str, *, thread: "Seen | None" = None) -> "Seen":
        """Type into a channel. A slash command returns the last message already there."""
        services = self.driver.services
        room = self.channel(channel)
        thread_ts = thread.ts if thread is not None else None
        text = with_mentions(services.workspace, text)
        sent = await members.send(services, self.user, room, text, thread_ts=thread_ts)
        services.workspace.flush()
        if sent is None:
            known = list(services.workspace.messages.get(room.id, {}).values())
            sent = known[-1] if known else Message(channel=room.id, ts="0", body={"text": ""})
        return Seen(self, sent)

    async def mentions(self, channel: str, text: str) -> "Seen":
        """Type a message that begins by mentioning the app."""
        bot = self.driver.app.bot_user
        return await self.types(channel, f"<@{bot}> {text}")

    async def dms(self, text: str) -> "Seen":
        """Write to the app in its direct message."""
        channel = self._dm()
        return await self.types(channel.id, text)

    async def opens_home(self, words: str | None = None) -> "Home":
        """Open the app's home tab; with `words`, wait until it shows them."""
        services, app = self.driver.services, self.driver.app
        members.open_home(services, self.user, app.id, "home")

        def look() -> Home | None:
            view = modals.home_of(services.workspace, app.id, self.user.id)
            if view is None:
                return None
            home = Home(self, view.id)
            return home if words is None or words in home.text else None

        return await self.driver.until(look, f"home tab with {words!r}")

    async def sees(self, channel: str, words: str, *, after: "Seen | None" = None) -> "Seen":
        """Wait for a message with these words in a channel the member is in."""

        def look() -> Seen | None:
            room = self.driver.services.workspace.channel_named(channel)
            if room is None or self.user.id not in room.members:
                return None
            return self._find(room, words, after=after)

        return await self.driver.until(look, f"{words!r} in {channel} for {self.user.display_name}")

    async def gets_dm(self, words: str, *, after: "Seen | None" = None) -> "Seen":
        """Wait for a direct message from the app with these words."""
        return await self.driver.until(
            lambda: self._find(self._dm(), words, after=after),
            f"a DM with {words!r} for {self.user.display_name}",
        )

    async def sees_ephemeral(
        self, words: str, *, channel: str | None = None, after: "Seen | None" = None
    ) -> "Seen":
        """Wait for a message only this member sees, in the given or any channel."""
        ws = self.driver.services.workspace

        def look() -> Seen | None:
            rooms_ = [self.channel(channel)] if channel else list(ws.channels.values())
            for room in rooms_:
                found = self._find(room, words, after=after, ephemeral=True)
                if found is not None:
                    return found
            return None

        return await self.driver.until(look, f"{words!r} shown only to {self.user.display_name}")

    async def sees_thread(self, parent: "Seen", words: str) -> "Seen":
        """Wait for a reply with these words below `parent`."""
        ws = self.driver.services.workspace

        def look() -> Seen | None:
            room = ws.channels[parent.message.channel]
            return self._find(room, words, thread=parent.ts)

        return await self.driver.until(look, f"{words!r} below {parent.text!r}")

    async def sees_modal(self, title: str) -> "Modal":
        """Wait until the top modal has this title."""
        ws = self.driver.services.workspace

        def look() -> Modal | None:
            stack = modals.stack_of(ws, self.user.id)
            return Modal(self, stack[-1].id) if stack and _title(stack[-1]) == title else None

        return await self.driver.until(look, f"modal {title!r} for {self.user.display_name}")

    async def sees_no_modal(self) -> None:
        """Wait until no modal is open."""
        ws = self.driver.services.workspace
        await self.driver.until(
            lambda: True if not modals.stack_of(ws, self.user.id) else None, "no open modal"
        )

    async def uses_shortcut(self, name: str, *, on: "Seen | None" = None) -> None:
        """Run a global shortcut, or a message shortcut on a message, by name or callback id."""
        services = self.driver.services
        callback_id = name
        for app in services.workspace.apps.values():
            for shortcut in app.manifest.get("features", {}).get("shortcuts") or ():
                if shortcut["name"] == name:
                    callback_id = shortcut["callback_id"]
        message = on.message if on is not None else None
        await interactions.use_shortcut(services, self.user, callback_id, message)

    def joins(self, channel: str) -> None:
        members.join(self.driver.services, self.user, self.channel(channel))

    def invites_app(self, channel: str) -> None:
        """Bring the app into a channel."""
        bot = self.driver.app.bot_user
        members.invite(self.driver.services, self.user, self.channel(channel), [bot])

    def _dm(self) -> Channel:
        return channels.app_dm(self.driver.services.workspace, self.driver.app, self.user.id)

    def _find(
        self,
        room: Channel,
        words: str,
        *,
        after: "Seen | None" = None,
        ephemeral: bool = False,
        thread: str | None = None,
    ) -> "Seen | None":
        ws = self.driver.services.workspace
        viewer = self.user.id if ephemeral else None
        for message in reversed(ws.messages.get(room.id, {}).values()):
            if after is not None and message.ts <= after.ts:
                break
            mine = message.viewer == viewer and message.author != self.user.id
            below = thread is None or message.body.get("thread_ts") == thread
            if mine and below and words in message_text(ws, message.body):
                return Seen(self, message)
        return None


@dataclass(slots=True, eq=False)
class Seen(Panel):
    """A message on a member's screen."""

    person: Person
    message: Message

    @property
    def ts(self) -> str:
        return self.message.ts

    @property
    def text(self) -> str:
        """What the message reads now."""
        return message_text(self.person.driver.services.workspace, self.message.body)

    @property
    def blocks(self) -> list[Json]:
        attached = (a.get("blocks") or [] for a in self.message.body.get("attachments") or [])
        own = self.message.body.get("blocks") or []
        return [*own, *(block for blocks in attached for block in blocks)]

    @property
    def container(self) -> Json:
        return {"type": "message", "channel": self.message.channel, "ts": self.message.ts}

    @property
    def gone(self) -> bool:
        ws = self.person.driver.services.workspace
        return ws.message(self.message.channel, self.ts) is None

    async def until(self, words: str) -> "Seen":
        """Wait until this message reads so."""
        await self.person.driver.until(
            lambda: True if words in self.text else None, f"{words!r} in the message {self.text!r}"
        )
        return self

    async def until_gone(self) -> None:
        await self.person.driver.until(lambda: True if self.gone else None, "the message to go")

    async def reacts(self, name: str) -> None:
        services = self.person.driver.services
        members.react(services, self.person.user, self.message.channel, self.ts, name, add=True)

    async def unreacts(self, name: str) -> None:
        services = self.person.driver.services
        members.react(services, self.person.user, self.message.channel, self.ts, name, add=False)

    async def edits(self, text: str) -> None:
        services = self.person.driver.services
        members.edit(services, self.person.user, self.message.channel, self.ts, text)

    async def deletes(self) -> None:
        services = self.person.driver.services
        members.delete(services, self.person.user, self.message.channel, self.ts)


@dataclass(slots=True, eq=False)
class Modal(Form):
    """An open modal of a member."""

    person: Person
    view_id: str

    @property
    def title(self) -> str:
        return _title(self._view)

    async def submit(self) -> Json:
        """Press the submit button; returns `response_action` and, if refused, `errors`."""
        return await interactions.submit(
            self.person.driver.services, self.person.user, self.view_id, {}
        )

    def cancel(self) -> None:
        """Close this modal only."""
        services = self.person.driver.services
        interactions.close_view(services, self.person.user, self.view_id, clear=False)

    def close(self) -> None:
        """Close the whole stack with the X."""
        services = self.person.driver.services
        interactions.close_view(services, self.person.user, self.view_id, clear=True)


@dataclass(slots=True, eq=False)
class Home(Form):
    """The app's home tab as one member has it."""

    person: Person
    view_id: str


def _title(view: View) -> str:
    return str((view.body.get("title") or {}).get("text", ""))


def _when(message: Message) -> str:
    return message.ts


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
