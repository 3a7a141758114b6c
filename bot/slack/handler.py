"""What every listener shares: acknowledge first, work behind it, and answer where the user looks.

A listener here never raises after `ack()`: Bolt would lose the acknowledgement. The work runs in a
task of its own; a BotError is told to the user in its own words, anything else as a reference
number that the log has too. What changes something is in the inbox before it is acknowledged.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.estate.check_spec import Webhook
from bot.core.outbox.received import Delivery
from bot.core.runbooks.webhook_calls import HookOutcome
from bot.language.errors import BotError, CannotStore, Unsure
from bot.language.marks import cleaned
from bot.runtime import Runtime
from bot.slack.ids import stamped
from bot.slack.kit import Block, SlackMessage, message, question, section
from bot.slack.platform import inbox
from bot.slack.platform.gateway import Gateway, Later, Refusal
from bot.slack.platform.inbox import Inbox, Serving, ServingStore
from bot.slack.platform.posts import Poster
from bot.slack.platform.users import Users
from bot.slack.platform.wire import is_slacks
from bot.slack.text import Writer

log = logging.getLogger(__name__)

REPLY_WITHIN_S = 10
DRAIN_WITHIN_S = 5
_TURNS, _LONGEST_TURN = 10, timedelta(seconds=10)  # how long an answer waits for Slack's pace
_STOPPED = "I was stopped while you were waiting."
_DONE = f"{_STOPPED} What you asked for was done."
_NOT_DONE = f"{_STOPPED} What you asked for was not done; please ask again."
SLOWED_DOWN = "Slack is slowing us down. Nothing was lost; try again shortly."
SILENT = "Slack does not answer me properly now. Nothing was lost; try again shortly."

Body = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
CallHook = Callable[[Webhook, Mapping[str, str]], Awaitable[HookOutcome]]
Work = Callable[[Body], Coroutine[Any, Any, None]]
DurableListener = Callable[..., Awaitable[None]]

_RECEIVED = "firstlane_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`fresh` is False for what came before; without a `delivery` nothing is stored."""

    fresh: bool
    delivery: Delivery | None = None


class Handler:
    def __init__(
        self,
        runtime: Runtime,
        gateway: Gateway,
        people: Users,
        *,
        wake: Callable[[], None],
        check_now: Callable[[str], Awaitable[None]],
        timeline_emoji: str = "pushpin",
        bot_user: str = "",
        call_hook: CallHook,
        address: Callable[[str], str],
        clean: Callable[[str], str] = cleaned,
    ) -> None:
        """`address` makes a path of our own HTTP side into what others call; `clean` takes the
        secrets of the estate out of what people write."""
        self.runtime = replace(runtime, store=ServingStore(runtime.store, runtime))
        self.gateway = gateway
        self.origin = gateway.origin
        self.people = people
        self.wake = wake
        self.check_now = check_now
        self.timeline_emoji = timeline_emoji
        self.bot_user = bot_user
        self.reading = asyncio.Lock()  # one message is read and kept at a time
        self.call_hook = call_hook
        self.address = address
        self.clean = clean
        self._inbox = Inbox(runtime)
        self._poster = Poster(runtime, gateway)
        self._kept: dict[str, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def listener(self, work: Work) -> Callable[[Ack, Body], Awaitable[None]]:
        """A Bolt listener that acknowledges at once and does `work` behind it."""

        async def listen(ack: Ack, body: Body) -> None:
            await ack()
            self.start(work, body)

        return listen

    def durable(self, name: str, work: Work) -> DurableListener:
        """A listener for what must be neither lost nor done twice, whatever this process dies of.
        `name` finds `work` again after a restart."""
        self._kept[name] = work

        async def listen(ack: Ack, body: Body, context: Body | None = None) -> None:
            try:
                kept = (context or {}).get(_RECEIVED) or await self._receive(name, body)
            except CannotStore as refusal:
                await ack()
                await self._tell(body, str(refusal))
                return
            await ack()
            if kept.fresh:
                self.start(work, body, kept.delivery)

        return listen

    async def keep_event(self, body: Body, context: Body) -> None:
        """Bolt acknowledges an event before its listener hears of it, so it is kept before
        that."""
        name = str((body.get("event") or {}).get("type", ""))
        # Events that only refresh something need no memory: the next look does the same.
        if name not in self._kept:
            return
        try:
            context[_RECEIVED] = await self._receive(name, body)
        except CannotStore as refusal:
            # Nobody waits for an answer, so Slack's own redelivery is the better memory.
            if not _is_asked(body):
                raise  # Slack delivers it again
            context[_RECEIVED] = Received(fresh=False)
            await self._tell(body, str(refusal))

    async def _receive(self, name: str, body: Body) -> Received:
        """What people say to each other in channels is heard and not stored."""
        if _said_in_a_channel(body):
            return Received(fresh=True)
        delivery = await self._inbox.receive(name, body)
        return Received(fresh=delivery is not None, delivery=delivery)

    async def take_over(self) -> None:
        """Serve what a process that died had received: what took no effect yet is done now."""
        for delivery in await self._inbox.left():
            # A click from before lunch may mean something else by now; the person is told instead.
            late = self.runtime.clock() - delivery.at > inbox.SERVE_WITHIN
            work = self._kept.get(delivery.work)
            log.info("delivery_taken_over work=%s acted=%s", delivery.work, delivery.acted)
            if delivery.acted or late or work is None:
                work = self._done_before if delivery.acted else self._too_late
            self.start(work, dict(delivery.body), delivery, again=True)

    async def _done_before(self, body: Body) -> None:
        """The effect is on record and shown; only an answer in words may be missing."""
        event = body.get("event") or {}
        if event and _is_asked(body):
            below = event.get("thread_ts") or (event["ts"] if _is_mention(event) else None)
            await self.say(event["channel"], message(_DONE, [section(_DONE)]), thread=below)
        elif _is_asked(body) and not body.get("actions"):
            await self._tell(body, _DONE)

    async def _too_late(self, body: Body) -> None:
        if _is_asked(body):
            await self._tell(body, _NOT_DONE)

    async def once(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` unless what it changes under this `key` is on record already."""
        if await self._inbox.acted(key):
            work.close()
            return
        inbox.serve(Serving(key=key))
        await work

    def start(
        self, work: Work, body: Body, delivery: Delivery | None = None, *, again: bool = False
    ) -> None:
        if self._closing:
            return  # what is on record is taken over at the next start
        serving = Serving(key=delivery.key, again=again) if delivery else None
        task = asyncio.get_running_loop().create_task(self._guard(work, body, serving))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Begin nothing more, and wait until everything begun is done or has had its time."""
        # From here on what arrives is only kept, and served by the next process.
        self._closing = True
        if begun := tuple(self._tasks):
            _, late = await asyncio.wait(begun, timeout=DRAIN_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _guard(self, work: Work, body: Body, serving: Serving | None) -> None:
        inbox.serve(serving)
        try:
            await self._work(work, body)
        finally:
            self.wake()
        # After the answer, so that a crash in between answers twice rather than never.
        if serving is not None:
            with suppress(CannotStore):
                await self._inbox.answered(serving.key)

    async def _work(self, work: Work, body: Body) -> None:
        try:
            await work(body)
        except Unsure as unsure:
            await self._reply(body, question(unsure, await self.people.writer()))
        except BotError as error:
            await self._tell(body, (await self.people.writer()).say(str(error)))
        except Later as later:
            await self._tell(body, put_off(later))
        except Exception as error:
            # A traceback may hold what a far end said; the reference finds it in the log.
            reference = secrets.token_hex(3)
            log.exception("listener_failed ref=%s", reference)
            detail = f" Slack says: {error.error}." if isinstance(error, Refusal) else ""
            await self._tell(
                body, f"Something broke on our side.{detail} The log has it under ref {reference}."
            )

    async def _tell(self, body: Body, text: str) -> None:
        await self._reply(body, message(text, [section(text)]))

    async def _reply(self, body: Body, answer: SlackMessage) -> None:
        try:
            await self.reply(body, answer)
        except Exception:
            log.exception("reply_failed")

    async def reply(self, body: Body, answer: SlackMessage) -> None:
        """Answer only the person who acted, where they acted."""
        url = body.get("response_url")
        if not url or not await self._reply_by_url(str(url), answer):
            await self._reply_by_message(body, answer)

    async def _reply_by_url(self, url: str, answer: SlackMessage) -> bool:
        """False when the address is used up, or somebody else than Slack answered there."""
        # An address is good for five answers within half an hour: a blind retry may waste one.
        client = AsyncWebhookClient(url, timeout=REPLY_WITHIN_S, retry_handlers=[])
        try:
            sent = await client.send(
                text=answer.text,
                blocks=self.origin.blocks(answer.blocks),
                response_type="ephemeral",
                replace_original=False,
            )
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, LookupError) as error:
            log.warning("reply_by_url_failed error=%s", type(error).__name__)
            return False
        return sent.status_code == HTTPStatus.OK and took_reply(sent.body)

    async def _reply_by_message(self, body: Body, answer: SlackMessage) -> None:
        user, channel = user_of(body), channel_of(body)
        if not user:
            log.info("nobody_to_answer text=%s", answer.text)
            return
        content: dict[str, Any] = {"text": answer.text, "blocks": list(answer.blocks)}
        # In a direct message only the person reads it, and an ephemeral one would be gone at the
        # next start.
        if channel and not channel.startswith("D"):
            try:
                await self.gateway.call("chat.postEphemeral", channel=channel, user=user, **content)
                return
            except Refusal:
                log.info("ephemeral_refused channel=%s", channel)
        opened = await self.gateway.call("conversations.open", users=user)
        await self.gateway.call("chat.postMessage", channel=opened["channel"]["id"], **content)

    async def say(self, channel: str, answer: SlackMessage, *, thread: str | None = None) -> None:
        """Answer in the open, once for what is being served. In a busy channel the answer waits for
        its turn. Raises Later when that does not come."""
        serving = inbox.served()
        mark = f"answer {serving.key}" if serving else f"answer {secrets.token_hex(8)}"
        again = serving is not None and serving.again
        for tried in range(_TURNS):
            try:
                await self._poster.post(channel, answer, mark, maybe_sent=again, thread=thread)
                return
            except Later as later:
                if tried == _TURNS - 1 or later.after > _LONGEST_TURN:
                    raise
                await asyncio.sleep(later.after.total_seconds())

    async def open_view(self, body: Body, view: Block) -> None:
        """Show a modal, on top of the one in which something was pressed. The trigger lives three
        seconds, so this comes before slow work."""
        on_top = (body.get("view") or {}).get("type") == "modal"
        method = "views.push" if on_top else "views.open"
        form = stamped(view, self.runtime.clock())
        try:
            await self.gateway.call(method, trigger_id=body.get("trigger_id"), view=form)
        except Refusal as error:
            if error.error in ("expired_trigger_id", "exchanged_trigger_id"):
                raise BotError("That took too long. Please press the button again.") from None
            raise

    async def actor(self, body: Body) -> str:
        return await self.people.actor(user_of(body))

    async def writer(self) -> Writer:
        return await self.people.writer()


def put_off(later: Later) -> str:
    """What a person reads whose click led to a call that Slack did not take."""
    return SILENT if later.maybe_done else SLOWED_DOWN


def took_reply(body: str) -> bool:
    """Whether Slack's own word stands in the answer to a reply: `ok`, as text or as JSON."""
    if body.strip() == "ok":
        return True
    try:
        return is_slacks(said := json.loads(body), HTTPStatus.OK) and said["ok"]
    except (ValueError, RecursionError):
        return False


def _said_in_a_channel(body: Body) -> bool:
    """Whether it is a message that we hear only because we are where it was written."""
    event = body.get("event") or {}
    return event.get("type") == "message" and event.get("channel_type") != "im"


def _is_asked(body: Body) -> bool:
    """Whether somebody waits for an answer; whoever joins a channel or reacts does not."""
    return "event" not in body or body["event"].get("type") in ("app_mention", "message")


def _is_mention(event: Body) -> bool:
    return bool(event.get("type") == "app_mention")


def user_of(body: Body) -> str:
    """Who acted; empty for an event that nobody did."""
    user = body.get("user_id") or body.get("user") or (body.get("event") or {}).get("user") or {}
    return str(user.get("id", "") if isinstance(user, dict) else user)


def clicked(body: Body) -> str:
    """The value of what was pressed or chosen."""
    action = (body.get("actions") or [{}])[0]
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def channel_of(body: Body) -> str:
    """Where it happened; empty for a modal or the home tab."""
    event = body.get("event") or {}
    channel = body.get("channel_id") or body.get("channel") or event.get("channel") or {}
    found = channel.get("id", "") if isinstance(channel, dict) else channel
    return str(found or (body.get("container") or {}).get("channel_id", ""))
