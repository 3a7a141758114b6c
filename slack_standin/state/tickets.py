"""What an app may use once or for a while: trigger ids, response URLs, socket tickets."""

from dataclasses import dataclass

from slack_standin.state.clock import Clock, Timing
from slack_standin.state.ids import random_id, secret_hex
from slack_standin.state.refusal import Refusal


@dataclass(slots=True, kw_only=True)
class Trigger:
    app_id: str
    user: str
    expires: float
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """`message` is (channel, ts) of the message the interaction came from, if any."""

    app_id: str
    user: str
    channel: str
    message: tuple[str, str] | None
    thread_ts: str | None
    expires: float
    uses_left: int


class Tickets:
    """Issues and redeems one-shot things. All times are seconds of the stand-in's clock."""

    def __init__(self, *, clock: Clock, timing: Timing) -> None:
        self._clock = clock
        self._timing = timing
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}
        self._sockets: dict[str, tuple[str, float]] = {}

    def trigger(self, app_id: str, user: str, *, view_id: str | None = None) -> str:
        now = self._clock.seconds()
        key = f"{int(now * 1000)}.{random_id('')}.{secret_hex(app_id, user, now)}"
        expires = now + self._timing.trigger
        self._triggers[key] = Trigger(app_id=app_id, user=user, expires=expires, view_id=view_id)
        return key

    def redeem_trigger(self, key: str, app_id: str) -> Trigger:
        """Exchange a trigger id; raises Refusal if it is unknown, spent or too old."""
        trigger = self._triggers.get(key)
        if trigger is None or trigger.app_id != app_id:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._clock.seconds() > trigger.expires:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(
        self,
        app_id: str,
        user: str,
        channel: str,
        *,
        message: tuple[str, str] | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """The path of a new response URL."""
        key = random_id("") + random_id("")
        self._urls[key] = ResponseUrl(
            app_id=app_id,
            user=user,
            channel=channel,
            message=message,
            thread_ts=thread_ts,
            expires=self._clock.seconds() + self._timing.response_url,
            uses_left=self._timing.response_url_uses,
        )
        kind = "actions" if message is not None else "commands"
        return f"/hooks/{kind}/{key}"

    def redeem_url(self, key: str) -> ResponseUrl:
        """Use a response URL once; raises Refusal (HTTP 404) when it is spent or too old."""
        url = self._urls.get(key)
        if url is None:
            raise Refusal("no_service", status=404)
        if self._clock.seconds() > url.expires:
            raise Refusal("expired_url", status=404)
        if url.uses_left <= 0:
            raise Refusal("used_url", status=404)
        url.uses_left -= 1
        return url

    def socket_ticket(self, app_id: str) -> str:
        key = random_id("").lower() + "-" + random_id("").lower()
        self._sockets[key] = (app_id, self._clock.seconds() + self._timing.ticket)
        return key

    def redeem_socket(self, key: str) -> str | None:
        """The app id of an unused ticket, None if it is spent, old or unknown."""
        app_id, expires = self._sockets.pop(key, ("", 0.0))
        return app_id if app_id and self._clock.seconds() <= expires else None
