"""The Socket Mode connection, kept alive by somebody who does not trust it.

slack_sdk's client can retry one dead address for ever after a refresh, and it answers a wrong
token with silence. So the token is tried first, and a watchdog makes the client ask for a fresh
address, then rebuilds it, then gives the process up to whoever restarts it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.language.errors import BotError
from bot.slack.platform.gateway import PASSING
from bot.slack.platform.wire import carries_its_result

log = logging.getLogger(__name__)

CLOSE_WITHIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`ping` is also the client's own pause between two tries to connect."""

    look: timedelta = timedelta(seconds=2)
    ping: timedelta = timedelta(seconds=5)
    new_client_after: timedelta = timedelta(seconds=60)
    give_up_after: timedelta = timedelta(minutes=5)


class SlackRefused(BotError):
    """Slack does not accept a token; the message names the variable and the remedy."""


class SlackSilent(SlackRefused):
    """Slack cannot be reached, which says nothing about the token. `why` is without the advice,
    which is for whoever started a bot that does not run now."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(f"{why} {advice}")
        self.why = why


class Deaf(BotError):
    """No connection for so long that a fresh process is the better chance."""


_LOOK = (
    "Check the network (a proxy, a sign-in page), and SLACK_API_URL if you set it; then start"
    " again."
)
_TOKEN_ADVICE = {
    "invalid_auth": "it is not a valid token; copy it again from the app's settings",
    "not_authed": "it is empty",
    "account_inactive": "the app was removed from the workspace; install it again",
    "token_revoked": "it was revoked; install the app again and use the new token",
    "not_allowed_token_type": "it is the wrong kind of token",
    "missing_scope": "it lacks a scope; install the app again with the manifest as shipped",
}


async def identify(client: AsyncWebClient) -> str:
    """The bot's own user id. Raises SlackRefused for a token that Slack does not accept, and
    when Slack cannot be reached."""
    answer = await _asked("SLACK_BOT_TOKEN", client, client.auth_test())
    if not carries_its_result("auth.test", answer.data):
        raise SlackSilent(f"Something else than Slack answers at {client.base_url}.", _LOOK)
    return str(answer["user_id"])


async def try_app_token(client: AsyncWebClient, app_token: str) -> None:
    """Raises SlackRefused for an app-level token that cannot open a socket."""
    await _asked("SLACK_APP_TOKEN", client, client.apps_connections_open(app_token=app_token))


async def _asked(
    name: str, client: AsyncWebClient, call: Awaitable[AsyncSlackResponse]
) -> AsyncSlackResponse:
    try:
        return await call
    except SlackApiError as error:
        raise _refused(name, error) from None
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        reason = str(error) or type(error).__name__
        why = f"Slack cannot be reached at {client.base_url}: {reason}."
        raise SlackSilent(why, _LOOK) from None


def _refused(name: str, error: SlackApiError) -> SlackRefused:
    said, status = str(error.response["error"]), error.response.status_code
    if status == 429 or status >= 500 or said in PASSING:
        return SlackSilent(f"Slack does not answer now ({said}).", "Start again in a minute.")
    advice = _TOKEN_ADVICE.get(said, "see the app's settings")
    return SlackRefused(f"Slack refuses {name} ({said}): {advice}.")


class Supervisor:
    """Runs the socket until cancelled. `connected` is what readiness reports; `answers` says
    whether Slack can be reached at all."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        patience: Patience,
        answers: Callable[[], Awaitable[bool]],
    ) -> None:
        self._app = app
        self._token = app_token
        self._patience = patience
        self._answers = answers
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._greeted = False
        self.connected = False

    async def run(self) -> None:
        """Raises Deaf after `give_up_after` without a connection."""
        try:
            await self._begin()
            await self._watch()
        finally:
            self.connected = False
            await self._end()

    async def _begin(self) -> None:
        """A fresh client, connecting beside us: it tries one address until it succeeds, and only
        somebody who looks on can give it another."""
        await self._end()
        handler = AsyncSocketModeHandler(
            self._app, self._token, ping_interval=self._patience.ping.total_seconds()
        )
        handler.client.message_listeners.append(self._heard)
        self._handler = handler
        self._connecting = asyncio.create_task(_connect(handler))

    async def _heard(self, _: object, message: Mapping[str, Any], __: str | None = None) -> None:
        """Slack's first word says how many connections the app has. Later on our own old one may be
        among them."""
        if message.get("type") != "hello" or self._greeted:
            return
        self._greeted = True
        if (count := message.get("num_connections")) and count > 1:
            log.warning(
                "tokens_shared connections=%s Another program is connected with the same tokens, or"
                " was until a moment ago. A click reaches only one of them: stop the other, or give"
                " each an app of its own.",
                count,
            )

    async def _end(self) -> None:
        """A client whose connection hangs is left behind and not waited for."""
        handler, task = self._handler, self._connecting
        self._handler = self._connecting = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if handler is not None:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(CLOSE_WITHIN.total_seconds()):
                    await handler.close_async()  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        now = asyncio.get_running_loop().time  # not the wall clock, which may jump
        lost_at: float | None = None
        rebuilt_at = now()
        while True:
            handler = self._handler
            self.connected = bool(handler and await handler.client.is_connected())
            if self.connected:
                # A client that works is never too old.
                lost_at, rebuilt_at = None, now()
            else:
                lost_at = now() if lost_at is None else lost_at
                rebuilt_at = await self._mend(now(), lost_at, rebuilt_at)
            await asyncio.sleep(self._patience.look.total_seconds())

    async def _mend(self, now: float, lost_at: float, rebuilt_at: float) -> float:
        """One step harder the longer it lasts; returns when the client was last built."""
        lost = now - lost_at
        # Asked last, since it costs a call.
        if lost >= self._patience.give_up_after.total_seconds() and await self._answers():
            # While nothing of Slack can be reached a fresh process would reach nothing either.
            raise Deaf(f"Slack has not been reached by Socket Mode for {int(lost)} s. Start again.")
        if now - rebuilt_at >= self._patience.new_client_after.total_seconds():
            log.warning("socket_rebuilt lost_s=%s", int(lost))
            await self._begin()
            return now
        if self._handler is not None:
            # An address is good for one connection, so whatever was used before is of no use.
            self._handler.client.wss_uri = None
        return rebuilt_at


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.connect_async()  # type: ignore[no-untyped-call]
