"""Posting exactly once, as far as Slack allows: a message that may already stand there is looked
for by the id in its metadata before it is posted again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.core.outbox.received import Post
from bot.runtime import Runtime
from bot.slack.kit import SlackMessage
from bot.slack.platform.gateway import Gateway, Later, Refusal

_EVENT = "firstlane"
_UNANSWERED = "unanswered"  # posts that Slack may or may not have taken
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_LOOK_BACK = 100  # messages searched for one of ours after a crash


def digest(message: SlackMessage) -> str:
    body = json.dumps([message.text, message.blocks], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message stands. `found`: it stood there already, and may say something older."""

    channel: str
    ts: str
    found: bool = False


class Poster:
    """Posts and edits messages. `install` tells our messages from another install's."""

    def __init__(self, runtime: Runtime, gateway: Gateway) -> None:
        self._runtime = runtime
        self._gateway = gateway

    async def post(
        self,
        channel: str,
        message: SlackMessage,
        mark: str,
        *,
        maybe_sent: bool,
        urgent: bool = False,
        thread: str | None = None,
    ) -> Posted:
        """Post `message` once under `mark`, below the message `thread` if one is named. With
        `maybe_sent` the mark is looked for there first, as it is when an earlier try ended without
        an answer. Raises Later or Refusal."""
        metadata = await self._metadata(mark)
        unsure = maybe_sent or await self._unanswered(mark)
        if unsure:
            try:
                found, unsure = await self._find(channel, metadata, thread), False
            except Refusal:
                found = None  # where history may not be read, twice is better than never
            if found:
                return Posted(channel=channel, ts=found, found=True)
        try:
            answer = await self._gateway.call(
                "chat.postMessage",
                urgent=urgent,
                channel=channel,
                thread_ts=thread,
                text=message.text,
                blocks=list(message.blocks),
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        except Later as later:
            await self._no_answer(later, mark)
            raise
        except Refusal as refused:
            # A refusal now says nothing of the earlier try, whose answer was lost.
            refused.maybe_done = unsure
            raise
        return Posted(channel=str(answer.get("channel", channel)), ts=str(answer["ts"]))

    async def _no_answer(self, later: Later, mark: str) -> None:
        """The next try has to look whether this one was posted."""
        later.maybe_posted = later.maybe_done
        if later.maybe_done:
            why = later.error
            await self._runtime.store.run(lambda tx: tx.remember(_UNANSWERED, mark, why))

    async def _unanswered(self, mark: str) -> bool:
        return await self._runtime.store.run(lambda tx: tx.recall(_UNANSWERED, mark) is not None)

    async def keep_current(
        self, subject: str, slot: str, channel: str, message: SlackMessage, *, urgent: bool = True
    ) -> str:
        """Make the message of this slot say `message`: post it once, edit it later. Returns ts.

        The intention is stored before the post, so that a crash between the two leads to a look
        into the channel and not to a second message.
        """
        posts = await self._runtime.store.run(lambda tx: tx.posts(subject))
        known, wanted = posts.get(slot), digest(message)
        if known and known.ts and known.digest == wanted:
            return known.ts
        if known and known.ts and await self._edit(known.channel, known.ts, message, urgent=urgent):
            await self._save(subject, slot, known.channel, known.ts, wanted)
            return known.ts
        started = known is not None and known.ts is None
        if not started:
            await self._save(subject, slot, channel, None, "")
        new = await self.post(channel, message, f"{subject} {slot}", maybe_sent=started)
        await self._save(subject, slot, new.channel, new.ts, "" if new.found else wanted)
        if new.found:
            # It says what was true before the crash.
            await self._edit(new.channel, new.ts, message, urgent=urgent)
            await self._save(subject, slot, new.channel, new.ts, wanted)
        return new.ts

    async def _edit(self, channel: str, ts: str, message: SlackMessage, *, urgent: bool) -> bool:
        """False when the message is gone and has to be posted anew."""
        try:
            await self._gateway.call(
                "chat.update",
                urgent=urgent,
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=list(message.blocks),
            )
        except Refusal as error:
            # Somebody deleted the message; it is posted anew, below what was said since.
            if error.error in _GONE:
                return False
            raise
        return True

    async def _find(
        self, channel: str, metadata: Mapping[str, Any], thread: str | None = None
    ) -> str | None:
        """The ts of a message with this metadata. Raises Refusal where history may not be read."""
        answer = await self._gateway.call(
            "conversations.replies" if thread else "conversations.history",
            channel=channel,
            ts=thread,
            # It can only be among the newest: the look follows the lost answer by seconds.
            limit=_LOOK_BACK,
            include_all_metadata=True,
        )
        wanted = metadata["event_payload"]
        for message in answer.get("messages", []):
            found = message.get("metadata") or {}
            ours = found.get("event_type") == _EVENT and found.get("event_payload") == wanted
            # Of a life that this database does not remember it has the same mark by chance.
            at = datetime.fromtimestamp(float(message["ts"]), UTC)
            if ours and not self._gateway.origin.forgot(at):
                return str(message["ts"])
        return None

    async def _metadata(self, mark: str) -> dict[str, Any]:
        install = await self._runtime.store.run(lambda tx: tx.install())
        return {"event_type": _EVENT, "event_payload": {"install": install, "mark": mark}}

    async def _save(self, subject: str, slot: str, channel: str, ts: str | None, body: str) -> None:
        post = Post(subject=subject, slot=slot, channel=channel, ts=ts, digest=body)
        await self._runtime.store.run(lambda tx: tx.save_post(post))
