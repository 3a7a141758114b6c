"""The Socket Mode connection, kept alive by somebody who does not trust it.

slack_sdk's client can retry one dead address for ever after a refresh, and it answers a wrong
token with silence. So the token is tried first, and a watchdog makes the client ask for a fresh
address, then rebuilds it, then gives the process up to whoever restarts it.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import BotError
from bot.ports import Clock

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
NEW_ADDRESS_AFTER = timedelta(seconds=15)
NEW_CLIENT_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(minutes=5)


class SlackRefused(BotError):
    """Slack does not accept a token; the message names the variable and the remedy."""


class Deaf(RuntimeError):
    """No connection for so long that a fresh process is the better chance."""


_TOKEN_ADVICE = {
    "invalid_auth": "it is not a valid token; copy it again from the app's settings",
    "not_authed": "it is empty",
    "account_inactive": "the app was removed from the workspace; install it again",
    "token_revoked": "it was revoked; install the app again and use the new token",
    "not_allowed_token_type": "it is the wrong kind of token",
    "missing_scope": "it lacks a scope; install the app again with the manifest as shipped",
}


async def identify(client: AsyncWebClient) -> str:
    """The bot's own user id. Raises SlackRefused for a token that Slack does not accept."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise _refused("SLACK_BOT_TOKEN", error) from None
    return str(answer["user_id"])


async def try_app_token(client: AsyncWebClient, app_token: str) -> None:
    """Raises SlackRefused for an app-level token that cannot open a socket."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        raise _refused("SLACK_APP_TOKEN", error) from None


def _refused(name: str, error: SlackApiError) -> SlackRefused:
    said = str(error.response.get("error", "unknown")) if error.response else "unknown"
    advice = _TOKEN_ADVICE.get(said, "see the app's settings")
    return SlackRefused(f"Slack refuses {name} ({said}): {advice}.")


class Supervisor:
    """Runs the socket until cancelled. `connected` is what readiness reports."""

    def __init__(self, app: AsyncApp, app_token: str, clock: Clock) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._handler: AsyncSocketModeHandler | None = None
        self.connected = False

    async def run(self) -> None:
        """Raises Deaf after `GIVE_UP_AFTER` without a connection."""
        try:
            await self._connect()
            await self._watch()
        finally:
            self.connected = False
            if self._handler is not None:
                await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _connect(self) -> None:
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]
        self._handler = AsyncSocketModeHandler(self._app, self._token)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        lost_at: datetime | None = None
        rebuilt_at: datetime | None = None
        while True:
            handler = self._handler
            self.connected = bool(handler and await handler.client.is_connected())
            now = self._clock()
            if self.connected:
                lost_at = rebuilt_at = None
            else:
                lost_at = lost_at or now
                rebuilt_at = await self._mend(now, lost_at, rebuilt_at)
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def _mend(
        self, now: datetime, lost_at: datetime, rebuilt_at: datetime | None
    ) -> datetime | None:
        """One step harder the longer it lasts; returns when the client was last rebuilt."""
        lost = now - lost_at
        if lost >= GIVE_UP_AFTER:
            raise Deaf(f"no Socket Mode connection since {lost_at.isoformat()}")
        if now - (rebuilt_at or lost_at) >= NEW_CLIENT_AFTER:
            log.warning("socket_rebuilt lost_s=%s", int(lost.total_seconds()))
            await self._connect()
            return now
        if lost >= NEW_ADDRESS_AFTER and self._handler is not None:
            log.warning("socket_new_address lost_s=%s", int(lost.total_seconds()))
            self._handler.client.wss_uri = None
        return rebuilt_at
