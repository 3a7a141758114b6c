"""Where an incident takes place: in a channel of its own; where the workspace lets us make none, in
the channel for announcements; failing that, in the direct messages of those concerned. The choice
is made once for each incident and stored, so that nobody has to look in two places.

A channel that was archived or deleted under an incident that is not over is opened again where
Slack lets us, and made anew where not; that is noticed by the event, or by the refusal of the next
message. The channel of an incident that is over is archived when nobody talks there any more.
"""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.incidents.incident import Incident
from bot.core.outbox.address import OfHome
from bot.core.outbox.notice import Show, incident_of, incident_subject
from bot.flows.incidents import channels
from bot.flows.outbox import delivery
from bot.flows.views import IncidentView
from bot.runtime import Runtime
from bot.slack.handler import Body, Handler, user_of
from bot.slack.kit import context, message, section
from bot.slack.platform.gateway import Gateway, Refusal
from bot.slack.platform.posts import Poster
from bot.slack.platform.users import Unreachable, Users
from bot.slack.text import escape
from bot.store.tx import Tx

log = logging.getLogger(__name__)

_NAME_TRIES = 5
_NAME_LIMIT = 80
_FALLBACK = "lodging"  # kept value: the shared channel's id, or `people`
_PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLocation:
    """`own` is the incident's own channel. `slot` tells the copies of one post apart."""

    channel: str
    own: bool = False
    slot: str = ""


def channel_name(incident: Incident, attempt: int = 0) -> str:
    """`inc-42-shop-orders`: lower case, digits, `-` and `_` only, at most 80 characters."""
    slug = re.sub(r"[^a-z0-9_-]+", "-", incident.connection.lower()).strip("-")
    tail = f"-{attempt + 1}" if attempt else ""
    kind = "drill" if incident.drill else "inc"
    head = f"{kind}-{incident.id}-{slug}"[: _NAME_LIMIT - len(tail)].rstrip("-")
    return f"{head}{tail}"


class ChannelLocations:
    def __init__(
        self,
        runtime: Runtime,
        gateway: Gateway,
        people: Users,
        poster: Poster,
        bot_user: str,
        *,
        private: frozenset[str] = frozenset(),
    ) -> None:
        """`private` are the compliance classes whose incidents nobody outside may read along,
        or `all`."""
        self._runtime = runtime
        self._gateway = gateway
        self._people = people
        self._poster = poster
        self._bot_user = bot_user
        self._private = private

    async def find(self, subject: str, view: IncidentView) -> tuple[ChannelLocation, ...] | None:
        """Where it takes place; None while that is undecided, and empty where nobody can be
        reached. May raise Later."""
        channel = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if channel:
            return (ChannelLocation(channel=channel, own=True),)
        fallback_channel = await self._runtime.store.run(lambda tx: tx.recall(subject, _FALLBACK))
        if fallback_channel is None:
            return None
        if fallback_channel != _PEOPLE:
            return (ChannelLocation(channel=fallback_channel),)
        found = []
        for person in view.members:
            try:
                found.append(
                    ChannelLocation(channel=await self._people.dm(person), slot=f" @{person}")
                )
            except Unreachable:
                continue
        return tuple(found)

    async def channel_id(self, subject: str) -> str | None:
        """The channel to point to, the incident's own or the shared one; None when there is
        none."""
        channel = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if channel:
            return channel
        fallback_channel = await self._runtime.store.run(lambda tx: tx.recall(subject, _FALLBACK))
        return None if fallback_channel == _PEOPLE else fallback_channel

    async def make(self, subject: str, view: IncidentView) -> tuple[ChannelLocation, ...]:
        """The same, but decided now if the incident is live and has no place yet."""
        found = await self.find(subject, view)
        if found is not None or not view.incident.live:
            return found or ()
        try:
            channel = await self._channel(subject, view.incident, private=self.is_private(view))
        except Refusal as error:
            log.warning("channel_refused subject=%s error=%s", subject, error.error)
            return await self._use_fallback(subject, view, error.error)
        now = self._runtime.clock()

        def save(tx: Tx) -> None:
            tx.save_channel(subject, channel)
            for person in tx.recall_all("homes"):
                tx.queue(Show(subject=str(OfHome(person))), now)  # it names the channel

        await self._runtime.store.run(save)
        return (ChannelLocation(channel=channel, own=True),)

    def is_private(self, view: IncidentView) -> bool:
        """Whether nobody outside may read along."""
        classes = view.connection.compliance if view.connection else ()
        return "all" in self._private or not self._private.isdisjoint(classes)

    async def _channel(self, subject: str, incident: Incident, *, private: bool) -> str:
        """A channel under the first free name, the name asked for in an earlier try first.
        Raises Refusal."""
        asked = await self._runtime.store.run(lambda tx: tx.channel_name_of(subject))
        names = [channel_name(incident, attempt) for attempt in range(_NAME_TRIES)]
        if asked in names:
            # An earlier try may have made the channel and died before it could say so.
            names = names[names.index(asked) :]
        for name in names:
            channel = await self._create(subject, name, private=private)
            if channel:
                return channel
        raise Refusal("conversations.create", "name_taken")

    async def _create(self, subject: str, name: str, *, private: bool) -> str | None:
        """A new channel, or the one that an earlier try made under this name before it could be
        written down; None when the name belongs to somebody else."""
        before = await self._runtime.do(delivery.name_channel, subject, name)
        try:
            answer = await self._gateway.call(
                "conversations.create", name=name, is_private=True if private else None
            )
        except Refusal as error:
            if error.error == "name_taken":
                mine = before == name
                return await self._named(name, ours=True, private=private) if mine else None
            raise
        return str(answer["channel"]["id"])

    async def _named(self, name: str, *, ours: bool, private: bool = False) -> str | None:
        """The id of the channel of this name; None also where channels may not be listed."""
        cursor: str | None = None
        while True:
            try:
                answer = await self._gateway.call(
                    "conversations.list",
                    types="private_channel" if private else "public_channel",
                    exclude_archived=True,
                    limit=999,
                    cursor=cursor,
                )
            except Refusal:
                return None
            for channel in answer.get("channels", []):
                # A name that somebody else took must not get our incident.
                mine = not ours or channel.get("creator", self._bot_user) == self._bot_user
                if channel.get("name") == name and mine:
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None

    async def announcements(self) -> str | None:
        """The channel for notices about the estate; None without one."""
        name = self._runtime.knowledge().catalogue.announce_channel.removeprefix("#")
        return await self._named(name, ours=False) if name else None

    async def _use_fallback(
        self, subject: str, view: IncidentView, error: str
    ) -> tuple[ChannelLocation, ...]:
        # What is private is not told in a channel that everybody reads.
        shared = None if self.is_private(view) else await self.announcements()
        if shared and not await self._welcome(subject, shared, view):
            shared = None
        # Before the choice is stored: a crash in between tells twice rather than never.
        await self._tell_owner(view, error, shared)

        def save(tx: Tx) -> None:
            tx.remember(subject, _FALLBACK, shared or _PEOPLE)

        await self._runtime.store.run(save)
        return await self.find(subject, view) or ()

    async def _welcome(self, subject: str, channel: str, view: IncidentView) -> bool:
        """Whether we may post in the shared channel, found out by posting."""
        text = f"{view.incident.key} runs here, because I may not make a channel for it."
        try:
            await self._poster.keep_current(
                subject, "welcome", channel, message(text, [section(text)])
            )
        except Refusal as error:
            log.warning("announce_channel_refused channel=%s error=%s", channel, error.error)
            return False
        return True

    async def _tell_owner(self, view: IncidentView, error: str, shared: str | None) -> None:
        """Tell the architecture owner; kept as one message for as long as the cause is the
        same."""
        owner = view.connection.owners.architecture if view.connection else None
        if owner is None:
            return
        instead = f"in <#{shared}>" if shared else "in direct messages"
        text = (
            f"⚠️ *Slack does not let me make channels here* (`{escape(error)}`). Incidents run"
            f" {instead} instead. To change that, ask a workspace admin to allow this app to"
            f" create {'private' if self.is_private(view) else 'public'} channels."
        )
        said = message("Slack does not let me make channels", [section(text), context(SAID_ONCE)])
        try:
            dm = await self._people.dm(owner)
            await self._poster.keep_current("workspace", f"no channels @{owner}", dm, said)
        except (Refusal, Unreachable) as refused:
            log.warning("keeper_not_told keeper=%s why=%s", owner, refused)


SAID_ONCE = "You are told once; every incident says it on its card."


_ARCHIVED = frozenset({"is_archived", "is_inactive"})
_GONE = frozenset({"channel_not_found"})
_TOO_SOON = timedelta(seconds=10)  # archived again so soon: it will not stay open
_OPENED = "unarchived"  # kept value: when we last opened it again


async def archived(handler: Handler, body: Body) -> None:
    """The event: somebody archived a channel."""
    event, runtime = body["event"], handler.runtime
    # Our own archiving comes back as an event.
    if str(event.get("user", "")) == handler.bot_user:
        return
    incident = await runtime.do(channels.archived_by_hand, str(event["channel"]))
    if incident is not None:
        by = await handler.people.person(user_of(body))
        await _open_again(runtime, handler.gateway, incident, str(event["channel"]), by)


async def repair(runtime: Runtime, gateway: Gateway, subject: str, error: str) -> bool:
    """After `error` in the incident's own channel. True when it is worth trying once more."""
    if error not in _ARCHIVED | _GONE:
        return False

    def look(tx: Tx) -> tuple[Incident | None, str | None]:
        number = incident_of(subject)
        return tx.incident(number) if number is not None else None, tx.channel_of(subject)

    incident, channel = await runtime.store.run(look)
    if incident is None or not incident.live:
        return False
    if channel is None:
        return True  # whoever noticed first has seen to it
    if error in _GONE:
        await runtime.do(channels.lost, incident, None)
    else:
        await _open_again(runtime, gateway, incident, channel, None)
    return True


async def _open_again(
    runtime: Runtime, gateway: Gateway, incident: Incident, channel: str, by: str | None
) -> None:
    subject, now = incident_subject(incident.id), runtime.clock()
    before = await runtime.store.run(lambda tx: tx.recall(subject, _OPENED))
    try:
        # A rule of the workspace may archive it at once, and opening it would go on for ever.
        if before and abs(now - datetime.fromisoformat(before)) < _TOO_SOON:
            told = await gateway.call("conversations.info", channel=channel)
            if not told["channel"].get("is_archived"):
                return  # late word of what was mended already
            raise Refusal("conversations.unarchive", "archived_again")
        await gateway.call("conversations.unarchive", channel=channel)
    except Refusal as error:
        if error.error == "not_archived":
            return  # somebody was faster
        log.warning("channel_lost subject=%s error=%s", subject, error.error)
        await runtime.do(channels.lost, incident, by)
        return
    await runtime.store.run(lambda tx: tx.remember(subject, _OPENED, now.isoformat()))
    await runtime.do(channels.back, incident, by)


_LOOK_BACK = 200  # messages; what is older than so many is old enough
_SPOKEN = (None, "thread_broadcast", "file_share", "me_message", "bot_message")


class ChannelArchiver:
    def __init__(
        self, runtime: Runtime, gateway: Gateway, *, after: timedelta, bot_user: str
    ) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._after = after
        self._bot_user = bot_user

    async def archive(self, subject: str) -> None:
        """Look at the channel, and announce, put off or archive. May raise Later."""
        channel = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if channel is None:
            return
        try:
            last = await self._last_word(channel)
            if not await self._runtime.do(channels.looked, subject, last, self._after):
                return
            await self._gateway.call("conversations.archive", channel=channel)
        except Refusal as error:
            # Nothing depends on it, and a workspace may forbid it.
            log.info("archive_skipped subject=%s error=%s", subject, error.error)
        await self._runtime.do(channels.archived, subject)

    async def _last_word(self, channel: str) -> datetime | None:
        answer = await self._gateway.call(
            "conversations.history", channel=channel, limit=_LOOK_BACK
        )
        for said in answer.get("messages", ()):
            if said.get("user") == self._bot_user or said.get("subtype") not in _SPOKEN:
                continue
            # A thread may be alive below a message of last week.
            newest = str(said.get("latest_reply") or said["ts"])
            return datetime.fromtimestamp(float(newest), UTC)
        return None
