"""One door to the Web API: paced by Slack's tiers, and with every refusal turned into one of two
words, later or never. "Never" is only ever Slack's own word: see `bot.slack.platform.wire`.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. A method without a free slot is not waited
for here; the caller gets `Later` and puts its letter back, so nothing else is held up.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.language.marks import cleaned
from bot.runtime import Clock
from bot.slack.ids import Origin
from bot.slack.platform.wire import NotSlack, carries_its_result

log = logging.getLogger(__name__)

_TIER_PER_MINUTE = {2: 20, 3: 50, 4: 100}
_TIER = {
    "conversations.create": 2,
    "conversations.archive": 2,
    "conversations.list": 2,
    "conversations.unarchive": 2,
    "conversations.setTopic": 2,
    "bookmarks.add": 2,
    "pins.add": 2,
    "conversations.invite": 3,
    "conversations.open": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.replies": 3,
    "conversations.join": 3,
    "chat.update": 3,
    "users.lookupByEmail": 3,
    "users.info": 4,
    "chat.postEphemeral": 4,
    "views.open": 4,
    "views.push": 4,
    "views.update": 4,
    "views.publish": 4,
}
# All posts of a workspace together: "several hundred messages a minute", says Slack.
_POSTS_PER_MINUTE = 240
# What is not urgent leaves this share of a bucket to what is: a person's ping before a notice,
# wrong buttons before mere figures.
_RESERVE = 0.4
_POSTS_PER_CHANNEL = 1.0  # a second; Slack's own figure for chat.postMessage
_POSTS_BURST = 4

_COMPETED = frozenset({"conversations.open", "users.lookupByEmail", "chat.update"})

# Refusals that the same call may outlive. Everything else Slack says is final for this call.
PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
_ASKED_TO_WAIT = frozenset({"ratelimited", "rate_limited"})
# "It's possible some aspect of the operation succeeded before the error was raised", says Slack.
_PERHAPS_DONE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
# Slack's limits are by the minute. What asks for longer than this is not believed: it is asked
# again with a single call, and so on until Slack takes one.
_LONGEST_WAIT, _ASK_AGAIN = timedelta(minutes=5), timedelta(minutes=1)
_ONE_CALL = timedelta(seconds=10)  # for so long the others wait for that one
_SECONDS = re.compile(r"\s*\d+(\.\d+)?\s*", re.ASCII)
_SHOWN = 20  # characters of a header
_LONG_WAIT = timedelta(minutes=1)  # from here on people are told
# The whole bot is locked out until somebody acts, so nothing may be given up for it.
LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)


class Later(Exception):
    """Not now; `after` says when it is worth trying again, `error` is Slack's word if any.
    `maybe_done`: the call may have been carried out; `maybe_posted`: it was the one that posts."""

    def __init__(self, after: timedelta, error: str, *, maybe_done: bool = False) -> None:
        super().__init__(error)
        self.after = after
        self.error = error
        self.maybe_done = maybe_done
        self.maybe_posted = False


class OurWait(Later):
    """We pace ourselves; Slack has not asked for it."""


class Refusal(Exception):
    """Slack will not do it, now or later. `error` is Slack's own word. `maybe_done`: an earlier
    try may have been carried out all the same, and it could not be looked up."""

    def __init__(self, method: str, error: str, *, maybe_done: bool = False) -> None:
        super().__init__(f"{method}: {error}")
        self.method = method
        self.error = error
        self.maybe_done = maybe_done


@dataclass(slots=True)
class _Bucket:
    """Tokens that refill evenly, in seconds of a clock that never jumps."""

    capacity: float
    per_second: float
    tokens: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.capacity

    def take(self, now: float, *, reserve: float = 0.0) -> timedelta:
        """Zero when a token was taken, else how long until one is free; `reserve` is the share of
        the bucket that has to remain."""
        if self.at is not None:
            gained = (now - self.at) * self.per_second
            self.tokens = min(self.capacity, self.tokens + max(0.0, gained))
        self.at = now
        needed = 1 + reserve * self.capacity
        if self.tokens >= needed:
            self.tokens -= 1
            return timedelta(0)
        return timedelta(seconds=(needed - self.tokens) / self.per_second)

    def give_back(self) -> None:
        self.tokens = min(self.capacity, self.tokens + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWait:
    """Slack's own Retry-After for a method: asked for at `since`, over in `left`. One that is not
    `believed` is over for a single call only."""

    method: str
    since: datetime
    left: timedelta
    believed: bool = True


class Gateway:
    """Calls Web API methods by name. Raises Later or Refusal, never SlackApiError."""

    def __init__(
        self,
        client: AsyncWebClient,
        origin: Origin,
        clock: Clock,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`steady` paces; `clock` only says since when Slack is silent; `origin` signs all that can
        be pressed."""
        self._client = client
        self.origin = origin
        self._clock = clock
        self._steady = steady
        self._buckets: dict[str, _Bucket] = {}
        self._waits: dict[str, tuple[float, RateWait]] = {}  # by what is limited, with its end
        self.dark_since: datetime | None = None  # Slack has not answered as it should since then
        self.answered_at: float | None = None  # its last word, by the steady clock

    async def call(self, method: str, *, urgent: bool = False, **arguments: Any) -> dict[str, Any]:
        """The answer's fields. Arguments that are None are left out. What is not `urgent` leaves
        something of every allowance to what is."""
        # Before anything is sent: a 429 holds up the whole method, our own pace one letter.
        self._take(method, arguments, urgent=urgent)
        given = self._signed({key: it for key, it in arguments.items() if it is not None})
        try:
            # The client's own functions know which methods want JSON and which a query string.
            answer = await getattr(self._client, method.replace(".", "_"))(**given)
            # A cache in between may answer `ok` and nothing else.
            if not carries_its_result(method, answer.data):
                raise NotSlack("an answer that is not Slack's: it lacks what was asked for")
        # Slack's own word, which the session below has checked.
        except SlackApiError as error:
            refused = self._translate(method, arguments, error)
            self._noticed(dark=isinstance(refused, Later) and refused.error not in _ASKED_TO_WAIT)
            if isinstance(refused, Refusal):
                self._believe_no_more(method, arguments)
            raise refused from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self._noticed(dark=True)
            why = str(error) if isinstance(error, NotSlack) else type(error).__name__
            log.warning("slack_silent method=%s error=%s", method, why)
            # It may have arrived: whoever must not repeat it has to look first.
            raise Later(timedelta(seconds=2), why, maybe_done=True) from None
        self._noticed(dark=False)
        self._believe_no_more(method, arguments)
        return dict(cleaned(answer.data))

    def _signed(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if "blocks" in arguments:
            arguments["blocks"] = self.origin.blocks(arguments["blocks"])
        if "view" in arguments:
            arguments["view"] = self.origin.view(arguments["view"])
        return arguments

    async def answers(self) -> bool:
        """Whether Slack takes calls from us now."""
        try:
            await self.call("auth.test")
        except (Later, Refusal):
            return self.dark_since is None
        return True

    def _noticed(self, *, dark: bool) -> None:
        self.dark_since = (self.dark_since or self._clock()) if dark else None
        if not dark:
            self.answered_at = self._steady()

    def waits(self) -> tuple[RateWait, ...]:
        """What Slack has told us to wait with for long, the longest first."""
        now, found = self._steady(), []
        for until, wait in self._waits.values():
            if now < until and wait.left >= _LONG_WAIT:
                found.append(replace(wait, left=timedelta(seconds=until - now)))
        return tuple(sorted(found, key=lambda wait: -wait.left))

    def _keep_wait(self, method: str, arguments: dict[str, Any]) -> None:
        """Raises Later, with Slack's own word, while its time is not over."""
        until, _ = self._waits.get(_limited(method, arguments), (0.0, None))
        left = until - self._steady()
        if left > 0:
            raise Later(timedelta(seconds=left), "ratelimited")

    def _ask_alone(self, method: str, arguments: dict[str, Any]) -> None:
        """The others wait for the answer to this one call where a wait was not believed."""
        key = _limited(method, arguments)
        _, wait = self._waits.pop(key, (0.0, None))
        if wait is not None and not wait.believed:
            self._waits[key] = self._steady() + _ONE_CALL.total_seconds(), wait

    def _believe_no_more(self, method: str, arguments: dict[str, Any]) -> None:
        """Slack answers. A wait that was believed stays: this call may have left before it."""
        key = _limited(method, arguments)
        _, wait = self._waits.get(key, (0.0, None))
        if wait is not None and not wait.believed:
            del self._waits[key]

    def _take(self, method: str, arguments: dict[str, Any], *, urgent: bool) -> None:
        self._keep_wait(method, arguments)
        taken: list[_Bucket] = []
        for bucket, shared in self._buckets_of(method, arguments):
            reserve = _RESERVE if shared and not urgent else 0.0
            wait = bucket.take(self._steady(), reserve=reserve)
            if wait:
                # A post uses two allowances; one that does not leave must cost neither.
                for other in taken:
                    other.give_back()
                raise OurWait(wait, "paced")
            taken.append(bucket)
        self._ask_alone(method, arguments)

    def _buckets_of(
        self, method: str, arguments: dict[str, Any]
    ) -> tuple[tuple[_Bucket, bool], ...]:
        """Every allowance that a call uses, and whether what is urgent may compete for it."""
        bucket = self._bucket(method, arguments)
        if bucket is None:
            return ()
        if method != "chat.postMessage":
            return ((bucket, method in _COMPETED),)
        posts = self._made(method, lambda: _Bucket(_POSTS_PER_MINUTE, _POSTS_PER_MINUTE / 60))
        return ((bucket, False), (posts, True))

    def _bucket(self, method: str, arguments: dict[str, Any]) -> _Bucket | None:
        if method == "chat.postMessage":
            key = _limited(method, arguments)
            return self._made(key, lambda: _Bucket(_POSTS_BURST, _POSTS_PER_CHANNEL))
        per_minute = _TIER_PER_MINUTE.get(_TIER.get(method, 0))
        if per_minute is None:
            return None
        return self._made(method, lambda: _Bucket(per_minute, per_minute / 60))

    def _made(self, key: str, make: Callable[[], _Bucket]) -> _Bucket:
        if key not in self._buckets:
            self._buckets[key] = make()
        return self._buckets[key]

    def _translate(
        self, method: str, arguments: dict[str, Any], error: SlackApiError
    ) -> Later | Refusal:
        """What Slack's own word means for this call."""
        said, status = str(error.response["error"]), error.response.status_code
        if status == 429 or said in PASSING or status >= 500:
            wait, asked, believed = _retry_after(error)
            # Other errors say nothing of how busy Slack is with this method.
            if status == 429:
                until = self._steady() + wait.total_seconds()
                kept = RateWait(method=method, since=self._clock(), left=wait, believed=believed)
                self._waits[_limited(method, arguments)] = until, kept
            log.warning(
                "slack_later method=%s error=%s wait_s=%.0f retry_after=%s",
                *(method, said, wait.total_seconds(), asked),
            )
            return Later(wait, said, maybe_done=status >= 500 or said in _PERHAPS_DONE)
        # Later and not never: after a new token everything that waited is sent.
        if said in LOCKED_OUT:
            log.error("slack_locked_out method=%s error=%s", method, said)
            return Later(timedelta(seconds=30), said)
        return Refusal(method, said)


def _limited(method: str, arguments: dict[str, Any]) -> str:
    """What has a limit of its own: a method, or posts to one channel."""
    return f"{method} {arguments.get('channel')}" if method == "chat.postMessage" else method


def _retry_after(error: SlackApiError) -> tuple[timedelta, str, bool]:
    """How long to wait, what was asked for as it was written (empty where nothing was), and
    whether that is believed."""
    headers = getattr(error.response, "headers", None) or {}
    raw = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    if not _SECONDS.fullmatch(raw):
        return timedelta(seconds=2), cleaned(raw)[:_SHOWN], True
    seconds = max(1.0, float(raw))
    if seconds > _LONGEST_WAIT.total_seconds():
        return _ASK_AGAIN, raw[:_SHOWN], False
    return timedelta(seconds=seconds), raw[:_SHOWN], True
