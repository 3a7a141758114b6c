"""The incident's channel: made once, then brought in line with the record as often as needed.

`show` does what responders need (channel, people, card, steps, their direct messages). `decorate`
does what may wait (topic, pin, bookmark) and skips whatever the workspace refuses.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

from bot.core.outbox.letter import asked_again
from bot.core.outbox.notice import incident_of, incident_subject
from bot.flows.incidents import channels
from bot.flows.outbox import delivery
from bot.flows.views import IncidentView, shown
from bot.runtime import Runtime
from bot.slack.incidents import card
from bot.slack.incidents.channel import ChannelLocation, ChannelLocations
from bot.slack.kit import SlackMessage, context
from bot.slack.outbox import personal_words
from bot.slack.platform.gateway import Gateway, Later, OurWait, Refusal
from bot.slack.platform.posts import Poster
from bot.slack.platform.users import Users
from bot.slack.redrawing import Piece, Write, asked_anew, redraw
from bot.slack.redrawing import letters as letters_of
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.store.tx import Tx

log = logging.getLogger(__name__)

_IN = "already_in_channel"
WAIT_FOR_ROOM = timedelta(seconds=0.5)  # showing the incident makes the channel
_NO_ROOM = frozenset({"is_archived", "channel_not_found"})  # nothing is said of the people
_ASKED = " asked for"  # kept value, behind the name of another: what is perhaps there


def _remember(tx: Tx, subject: str, name: str, value: str) -> None:
    tx.remember(subject, name, value)


class ChannelView:
    def __init__(
        self,
        runtime: Runtime,
        gateway: Gateway,
        people: Users,
        poster: Poster,
        locations: ChannelLocations,
    ) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people
        self._poster = poster
        self._locations = locations

    async def view(self, subject: str) -> IncidentView | None:
        number = incident_of(subject)
        if number is None:
            return None
        return await self._runtime.do(shown, number)

    async def show(self, subject: str, since: datetime) -> None:
        """Raises Later, and then goes on from where it was when called again. `since` is when it
        was asked for."""
        view = await self.view(subject)
        if view is None:
            return
        shut: dict[
            ChannelLocation, Refusal
        ] = {}  # an archived channel, say; direct messages are still ours
        places = await self._locations.make(subject, view)
        # People first: whoever is let in last has missed the card's first words.
        for place in places:
            await self._welcome(subject, place, await self._anew(subject, view), shut)

        async def pieces() -> list[Piece]:
            """What changed during a slow call is not overwritten."""
            now, writer = await self._anew(subject, view), await self._people.writer()
            if now is None:
                return []
            found: list[Piece] = []
            for place in places:
                found += await self._posts(place, now, writer, shut) if place not in shut else ()
            write = await self._written(now, writer)
            return [*found, *await letters_of(self._runtime, self._gateway, subject, write)]

        await redraw(self._runtime, subject, since, pieces)
        # Only at the end: an archived channel must not keep direct messages from being redrawn.
        for refused in shut.values():
            raise refused

    async def _anew(self, subject: str, view: IncidentView) -> IncidentView | None:
        """What was read before a slow call, as long as it holds."""
        return await self.view(subject) if await asked_anew(self._runtime, subject) else view

    async def _welcome(
        self,
        subject: str,
        place: ChannelLocation,
        view: IncidentView | None,
        shut: dict[ChannelLocation, Refusal],
    ) -> None:
        if view is None or not place.own:
            return
        try:
            await self._invite(subject, place.channel, view)
        except Refusal as error:
            shut[place] = error

    async def _posts(
        self,
        place: ChannelLocation,
        view: IncidentView,
        writer: Writer,
        shut: dict[ChannelLocation, Refusal],
    ) -> tuple[Piece, ...]:
        """Card, steps and outcome in one place."""
        subject = incident_subject(view.incident.id)
        stand = await self._runtime.store.run(lambda tx: tx.posts(subject))
        posts = [("card", _in_fallback(card.card(view, writer), place))]
        posts += [(shown.slot, step_posts.step(view, shown, writer)) for shown in view.steps]
        # What was asked, or found, before an answer was taken back stands there no longer.
        # Their buttons would answer a question that nobody asks any more.
        off = (shown for shown in view.off_the_way if f"{shown.slot}{place.slot}" in stand)
        posts += [(shown.slot, step_posts.step(view, shown, writer)) for shown in off]
        if view.outcome or f"outcome{place.slot}" in stand:
            posts.append(("outcome", step_posts.outcome(view, view.outcome)))

        async def keep(slot: str, message: SlackMessage, urgent: bool) -> None:
            try:
                await self._poster.keep_current(
                    subject, slot, place.channel, message, urgent=urgent
                )
            except Refusal as error:
                shut[place] = error

        found = []
        for name, message in posts:
            slot = f"{name}{place.slot}"
            known = stand.get(slot)
            stands = known.digest if known is not None and known.ts else None
            draw = partial(keep, slot, message)
            found.append(Piece(name=slot, message=message, stands=stands, draw=draw))
        return tuple(found)

    async def _written(self, view: IncidentView, writer: Writer) -> Write:
        """What writes the direct messages about the incident now, buttons included."""
        subject = incident_subject(view.incident.id)
        channel = await self._locations.channel_id(subject)
        sent = await self._runtime.store.run(lambda tx: tx.letters_in_slack(subject))
        again = asked_again(sent)

        return lambda item: personal_words.redrawn(item, again, view, channel, writer)

    async def tell(
        self, subject: str, place: ChannelLocation, message: SlackMessage, mark: str
    ) -> None:
        """Say a line of the incident's channel in a place that is not its own."""
        view = await self.view(subject)
        key = f"_{view.incident.key}_" if view else ""
        said = SlackMessage(text=message.text, blocks=(context(key), *message.blocks))
        await self._poster.keep_current(subject, f"{mark}{place.slot}", place.channel, said)

    async def decorate(self, subject: str) -> None:
        """Topic, pin and bookmark; each applied when it changed, none of them needed."""
        view = await self.view(subject)
        if view is None:
            return
        places = await self.places(subject, view)
        channel = next((place.channel for place in places if place.own), None)
        # The shared channel's topic belongs to its own people.
        if channel is None:
            return  # what is not ours is not ours to decorate
        writer = await self._people.writer()
        await self.topic(subject, channel, card.topic(view, writer))
        posts = await self._runtime.store.run(lambda tx: tx.posts(subject))
        shown = posts.get("card")
        if shown and shown.ts:
            await self._fix(
                subject, "pin", shown.ts, "pins.add", channel=channel, timestamp=shown.ts
            )
        playbook = view.connection.docs.playbook if view.connection else ""
        # Slack refuses other bookmarks, and a path of somebody's machine is none.
        if playbook.startswith(("https://", "http://")):
            await self.bookmark(subject, channel, playbook)

    async def places(self, subject: str, view: IncidentView) -> tuple[ChannelLocation, ...]:
        """Where it takes place. Raises Later while the place of a live incident is undecided."""
        places = await self._locations.find(subject, view)
        if places is None and view.incident.live:
            raise OurWait(WAIT_FOR_ROOM, "the channel is not there yet")
        return places or ()

    async def bookmark(self, subject: str, channel: str, link: str) -> None:
        """Slack takes the same bookmark twice, so one that is perhaps there is looked for."""
        if await self._perhaps(subject, "bookmark", link) and await self._has(channel, link):
            await self._runtime.store.run(_remember, subject, "bookmark", link)
        args = {"channel_id": channel, "title": "Playbook", "type": "link", "link": link}
        await self._fix(subject, "bookmark", link, "bookmarks.add", **args)

    async def topic(self, subject: str, channel: str, topic: str) -> None:
        """Every setting is a line in the channel, so one that perhaps stands is looked for."""
        if await self._perhaps(subject, "topic", topic) and await self._reads(channel, topic):
            await self._runtime.store.run(_remember, subject, "topic", topic)
        args = {"channel": channel, "topic": topic}
        await self._fix(subject, "topic", topic, "conversations.setTopic", **args)

    async def _perhaps(self, subject: str, name: str, value: str) -> bool:
        """Whether the last answer about it was lost, and that was about this value."""
        names = (name, f"{name}{_ASKED}")
        before = await self._runtime.do(delivery.recall_all, subject, names)
        return not before.get(name) and before.get(f"{name}{_ASKED}") == value

    async def _reads(self, channel: str, topic: str) -> bool:
        """Also where that may not be read: an old topic is better than a new line at every try."""
        try:
            answer = await self._gateway.call("conversations.info", channel=channel)
        except Refusal:
            return True
        return unescape(str(answer["channel"].get("topic", {}).get("value", ""))) == topic

    async def _has(self, channel: str, link: str) -> bool:
        """Also where bookmarks may not be read: none is better than two."""
        try:
            answer = await self._gateway.call("bookmarks.list", channel_id=channel)
        except Refusal:
            return True
        return any(one.get("link") == link for one in answer.get("bookmarks", []))

    async def _fix(self, subject: str, name: str, value: str, method: str, **args: Any) -> None:
        before = await self._runtime.do(delivery.recall_all, subject, (name,))
        if before.get(name) == value:
            return
        try:
            await self._gateway.call(method, **args)
        except Later as later:
            if later.maybe_done:  # what stands by now is not what we know of
                asked = f"{name}{_ASKED}"
                await self._runtime.store.run(_remember, subject, name, "")
                await self._runtime.store.run(_remember, subject, asked, value)
            raise
        except Refusal as error:
            log.info("furniture_skipped subject=%s what=%s error=%s", subject, name, error.error)
        await self._runtime.store.run(_remember, subject, name, value)

    async def invite_again(self, subject: str) -> None:
        """Those whom Slack did not let in. Raises Later."""
        view = await self.view(subject)
        channel = await self._runtime.store.run(lambda tx: tx.channel_of(subject))
        if view is not None and view.incident.live and channel:
            await self._invite(subject, channel, view, again=True)

    async def _invite(
        self, subject: str, channel: str, view: IncidentView, *, again: bool = False
    ) -> None:
        """Everybody concerned who is not in yet; whom Slack refused only `again`."""
        store = self._runtime.store
        before = await self._runtime.do(delivery.recall_all, subject, ("invited",))
        out = await self._runtime.do(channels.left_out, subject)
        inside = set(before.get("invited", "").split())
        found = {person: await self._people.user(person) for person in view.members}
        new = {
            person: user
            for person, user in found.items()
            if user and user not in inside and (again or person not in out)
        }
        if not new:
            return
        refused = await self.invited(channel, new)
        inside |= {user for person, user in new.items() if person not in refused}
        await store.run(_remember, subject, "invited", " ".join(sorted(inside)))
        still = {person: why for person, why in out.items() if person not in new} | refused
        if still != out or refused:
            private = self._locations.is_private(view)
            await self._runtime.do(
                channels.invited, subject, still, channel=channel, private=private
            )

    async def invited(self, channel: str, new: Mapping[str, str]) -> dict[str, str]:
        """Who was refused, and Slack's word for each: one who cannot be invited must not keep the
        others out. Raises Refusal when it is the channel that is gone."""
        users = list(dict.fromkeys(new.values()))
        try:
            await self._gateway.call("conversations.invite", channel=channel, users=",".join(users))
        except Refusal as error:
            if error.error in _NO_ROOM:
                raise
            # Slack refuses the whole list for one; alone it is clear who that is.
            if len(users) == 1:
                return {} if error.error == _IN else dict.fromkeys(new, error.error)
        else:
            return {}
        refused: dict[str, str] = {}
        for person, user in new.items():
            refused |= await self.invited(channel, {person: user})
        return refused


def _in_fallback(message: SlackMessage, place: ChannelLocation) -> SlackMessage:
    """The card says so when it does not stand in a channel of its own."""
    if place.own:
        return message
    note = context("_Slack did not let me make a channel for this incident, so it runs here._")
    return SlackMessage(text=message.text, blocks=(*message.blocks, note))
