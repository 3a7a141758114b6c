"""Rate limits: token buckets per method, and per channel for posting. Time comes from outside."""

import math
from dataclasses import dataclass

from slack_standin.state.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """How strict to be. `scale` multiplies the tier allowances; 0 calls per minute never occurs."""

    enabled: bool = True
    scale: float = 1.0
    channel_burst: int = 5
    channel_per_second: float = 1.0
    workspace_posts_per_minute: int = 300


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


def rate_limited(retry_after: int) -> Refusal:
    """Slack's refusal form: HTTP 429 with whole seconds to wait."""
    return Refusal("ratelimited", status=429, headers={"Retry-After": str(retry_after)})


class RateLimiter:
    """Raises a 429 Refusal when a bucket is empty."""

    def __init__(self, settings: LimitSettings) -> None:
        self.settings = settings
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def call(self, app: str, method: str, *, per_minute: int | None, now: float) -> None:
        """Count one call of a method with a tier; the burst is the allowance of one minute."""
        if per_minute is not None:
            allowance = per_minute * self.settings.scale
            self._take((app, method), size=allowance, per_second=allowance / 60, now=now)

    def post(self, app: str, channel: str, *, now: float) -> None:
        """Count one message to a channel, also against the cap of the workspace."""
        settings = self.settings
        self._take(
            (app, "post", channel),
            size=settings.channel_burst,
            per_second=settings.channel_per_second,
            now=now,
        )
        cap = settings.workspace_posts_per_minute
        self._take((app, "posts"), size=cap, per_second=cap / 60, now=now)

    def forget(self) -> None:
        self._buckets.clear()

    def _take(self, key: tuple[str, ...], *, size: float, per_second: float, now: float) -> None:
        if not self.settings.enabled:
            return
        bucket = self._buckets.setdefault(key, _Bucket(size, now))
        elapsed = max(0.0, now - bucket.filled_at)
        bucket.tokens = min(size, bucket.tokens + elapsed * per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            raise rate_limited(max(1, math.ceil((1 - bucket.tokens) / per_second)))
        bucket.tokens -= 1
