"""The incident's channel: made once, then brought in line with the record as often as needed.

`show` does what responders need (channel, people, card, steps, their direct messages). `furnish`
does what may wait (topic, pin, bookmark) and skips whatever the workspace refuses.
"""

import logging
import re
from datetime import timedelta
from typing import Any

from bot.core.effects import incident_of
from bot.core.incident import Incident
from bot.flows import answers, delivery
from bot.flows.answers import IncidentView
from bot.ports import Runtime, Tx
from bot.slack.blocks import incident as card
from bot.slack.blocks import letters, steps
from bot.slack.gateway import Gateway, Later, Refusal
from bot.slack.people import People
from bot.slack.posting import Poster, digest
from bot.slack.text import Face

log = logging.getLogger(__name__)

_NAME_TRIES = 5
_NAME_LIMIT = 80


def channel_name(incident: Incident, attempt: int = 0) -> str:
    """`inc-42-shop-orders`: lower case, digits, `-` and `_` only, at most 80 characters."""
    slug = re.sub(r"[^a-z0-9_-]+", "-", incident.connection.lower()).strip("-")
    tail = f"-{attempt + 1}" if attempt else ""
    head = f"inc-{incident.id}-{slug}"[: _NAME_LIMIT - len(tail)].rstrip("-")
    return f"{head}{tail}"


def _save_channel(tx: Tx, subject: str, channel: str) -> None:
    tx.save_channel(subject, channel)


def _save_fixture(tx: Tx, subject: str, name: str, value: str) -> None:
    tx.save_fixture(subject, name, value)


class Room:
    def __init__(
        self, runtime: Runtime, gateway: Gateway, people: People, poster: Poster, bot_user: str
    ) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people
        self._poster = poster
        self._bot_user = bot_user

    async def view(self, subject: str) -> IncidentView | None:
        number = incident_of(subject)
        if number is None:
            return None
        knowledge, now = self._runtime.knowledge(), self._runtime.clock()
        return await self._runtime.store.run(answers.incident_view, knowledge, number, now)

    async def show(self, subject: str) -> None:
        """Raises Later, and then goes on from where it was when called again."""
        view = await self.view(subject)
        if view is None:
            return
        channel = await self._channel(subject, view)
        if channel is not None:
            await self._invite(subject, channel, view)
            face = await self._people.face()
            await self._poster.keep(subject, "card", channel, card.card(view, face))
            for shown in view.steps:
                await self._poster.keep(subject, shown.slot, channel, steps.step(view, shown, face))
            if view.outcome:
                end = steps.outcome(view, view.outcome, face)
                await self._poster.keep(subject, "outcome", channel, end)
        await self._refresh_letters(subject, view, channel)

    async def furnish(self, subject: str) -> None:
        """Topic, pin and bookmark; each applied when it changed, none of them needed."""
        view = await self.view(subject)
        channel = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if view is None:
            return
        if channel is None:
            if view.incident.live:
                raise Later(timedelta(seconds=1), "the channel is not there yet")
            return
        face = await self._people.face()
        topic = card.topic(view, face)
        await self._fix(
            subject, "topic", topic, "conversations.setTopic", channel=channel, topic=topic
        )
        posts = await self._runtime.store.run(lambda tx: tx.posts(subject))
        shown = posts.get("card")
        if shown and shown.ts:
            await self._fix(
                subject, "pin", shown.ts, "pins.add", channel=channel, timestamp=shown.ts
            )
        playbook = view.connection.docs.playbook if view.connection else ""
        if playbook.startswith(("https://", "http://")):
            await self._fix(
                subject,
                "bookmark",
                playbook,
                "bookmarks.add",
                channel_id=channel,
                title="Playbook",
                type="link",
                link=playbook,
            )

    async def _fix(self, subject: str, name: str, value: str, method: str, **args: Any) -> None:
        before = await self._runtime.store.run(delivery.fixtures, subject, (name,))
        if before.get(name) == value:
            return
        try:
            await self._gateway.call(method, **args)
        except Refusal as error:
            log.info("furniture_skipped subject=%s what=%s error=%s", subject, name, error.error)
        await self._runtime.store.run(_save_fixture, subject, name, value)

    async def _channel(self, subject: str, view: IncidentView) -> str | None:
        """The incident's channel, made now if there is none; None where the workspace refuses
        to make one, and then direct messages carry the incident."""
        known = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if known:
            return known
        if not view.incident.live:
            return None
        for attempt in range(_NAME_TRIES):
            channel = await self._create(subject, channel_name(view.incident, attempt))
            if channel:
                await self._runtime.store.run(_save_channel, subject, channel)
                return channel
        return None

    async def _create(self, subject: str, name: str) -> str | None:
        """A new channel, or the one that an earlier try made under this name before it could be
        written down; None when the name belongs to somebody else."""
        before = await self._runtime.store.run(delivery.name_channel, subject, name)
        try:
            answer = await self._gateway.call("conversations.create", name=name)
        except Refusal as error:
            if error.error == "name_taken":
                return await self._ours(name) if before == name else None
            log.warning("channel_refused name=%s error=%s", name, error.error)
            raise
        return str(answer["channel"]["id"])

    async def _ours(self, name: str) -> str | None:
        cursor: str | None = None
        while True:
            answer = await self._gateway.call(
                "conversations.list", types="public_channel", limit=999, cursor=cursor
            )
            for channel in answer.get("channels", []):
                if (
                    channel.get("name") == name
                    and channel.get("creator", self._bot_user) == self._bot_user
                ):
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None

    async def _invite(self, subject: str, channel: str, view: IncidentView) -> None:
        before = await self._runtime.store.run(delivery.fixtures, subject, ("invited",))
        invited = set(before.get("invited", "").split())
        for person in view.members:
            user = await self._people.user(person)
            if user is None or user in invited:
                continue
            try:
                await self._gateway.call("conversations.invite", channel=channel, users=user)
            except Refusal as error:
                if error.error != "already_in_channel":
                    log.info("invite_skipped user=%s error=%s", user, error.error)
            invited.add(user)
            kept = " ".join(sorted(invited))
            await self._runtime.store.run(_save_fixture, subject, "invited", kept)

    async def _refresh_letters(self, subject: str, view: IncidentView, channel: str | None) -> None:
        """Bring the direct messages about this incident up to date, buttons included."""
        face: Face = await self._people.face()
        sent = await self._runtime.store.run(lambda tx: tx.letters_in_slack(subject))
        before = await self._runtime.store.run(
            delivery.fixtures, subject, tuple(f"letter:{item.letter.id}" for item in sent)
        )
        for item in sent:
            letter, name = item.letter, f"letter:{item.letter.id}"
            if letter.what is None:
                continue
            message = letters.personal(letter.what, letter.facts, view, None, channel, face)
            if before.get(name) == digest(message):
                continue
            try:
                await self._gateway.call(
                    "chat.update",
                    channel=item.channel,
                    ts=item.ts,
                    text=message.text,
                    blocks=list(message.blocks),
                )
            except Refusal as error:
                log.info("letter_not_updated letter=%s error=%s", letter.id, error.error)
            await self._runtime.store.run(_save_fixture, subject, name, digest(message))
