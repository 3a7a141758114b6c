"""Archiving the channel of an incident that is over, when nobody talks there any more."""

import logging
from datetime import UTC, datetime, timedelta

from bot.flows.incidents.channel import channels
from bot.runtime import Runtime
from bot.slack.platform.gateway import Gateway, Refusal

log = logging.getLogger(__name__)

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

    async def tidy(self, subject: str) -> None:
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
        for message in answer.get("messages", ()):
            if message.get("user") == self._bot_user or message.get("subtype") not in _SPOKEN:
                continue
            newest = str(message.get("latest_reply") or message["ts"])
            return datetime.fromtimestamp(float(newest), UTC)
        return None
