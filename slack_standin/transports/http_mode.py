"""HTTP mode: signed requests to an app's request URL. The signature is Slack's v0."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from slack_standin.state.clock import Clock
from slack_standin.state.entities import App
from slack_standin.state.ids import secret_hex
from slack_standin.state.refusal import Json
from slack_standin.transports.socket_mode import NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Which redelivery this is; `num` 0 is the first delivery."""

    num: int = 0
    reason: str = ""


class HttpSender:
    """Posts to request URLs; owns its client session from `open` to `close`."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send_json(
        self, app: App, url: str, payload: Json, *, timeout: float, retry: Retry | None = None
    ) -> Json | None:
        body = json.dumps(payload).encode()
        return await self._send(
            app, url, body, kind="application/json", timeout=timeout, retry=retry or Retry()
        )

    async def send_form(self, app: App, url: str, fields: Json, *, timeout: float) -> Json | None:
        body = urlencode({k: str(v) for k, v in fields.items()}).encode()
        kind = "application/x-www-form-urlencoded"
        return await self._send(app, url, body, kind=kind, timeout=timeout, retry=Retry())

    async def verify(self, app: App, url: str) -> bool:
        """Slack's check of a new request URL: the challenge must come back."""
        challenge = secret_hex("challenge", url, self._clock.seconds())
        payload = {"type": "url_verification", "token": "verification", "challenge": challenge}
        try:
            answer = await self.send_json(app, url, payload, timeout=3.0)
        except NoAnswer:
            return False
        return answer is not None and challenge in (answer.get("challenge"), answer.get("text"))

    async def _send(
        self, app: App, url: str, body: bytes, *, kind: str, timeout: float, retry: Retry
    ) -> Json | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Content-Type": kind, **self._signature(app, body)}
        if retry.num:
            headers["X-Slack-Retry-Num"] = str(retry.num)
            headers["X-Slack-Retry-Reason"] = retry.reason
        try:
            async with self._session.post(
                url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as response:
                return _answer(response.status, response.headers, await response.text())
        except TimeoutError as late:
            raise NoAnswer("http_timeout") from late
        except aiohttp.ClientError as problem:
            raise NoAnswer("connection_failed") from problem

    def _signature(self, app: App, body: bytes) -> dict[str, str]:
        stamp = str(int(self._clock.seconds()))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(app.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class NoRetry(NoAnswer):
    """Not acknowledged, and the app asked not to be tried again."""


def _answer(status: int, headers: Mapping[str, str], text: str) -> Json | None:
    if not 200 <= status < 300:
        refused = headers.get("X-Slack-No-Retry", "")
        raise NoRetry("http_error") if refused == "1" else NoAnswer("http_error")
    if not text.strip():
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {"text": text}
