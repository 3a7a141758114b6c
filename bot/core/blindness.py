"""Is it them, or is it our own network?

When systems that have nothing to do with each other fall silent together, the likeliest thing that
broke is what they share: our line. Such looks say nothing about the systems.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.catalogue import CheckSpec
from bot.core.signals import Blind, Observation, Reading, Signal

FEWEST = 3  # origins; two that fail together happen
SHARE = 0.8  # of the origins looked at lately
LATELY = timedelta(minutes=3)
_OUR_SIDE = ("Name or service not known", "no network from here")
_NO_ANSWER = ("ConnectTimeout", "ConnectError", "ReadTimeout", "no route", "unreachable")

REASON = "our own network looks down: nothing outside answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What we believe of our own line. `since` is the first bad look while it is down; `back` is
    when it came back last."""

    since: datetime | None = None
    back: datetime | None = None
    began: datetime | None = None  # of the spell that ended at `back`

    @property
    def down(self) -> bool:
        return self.since is not None

    def blinded(self, since: datetime) -> bool:
        """Whether something that went dark at `since` did so because of our line."""
        began = self.since or self.began
        if began is None or since < began - LATELY:
            return False
        return self.down or (self.back is not None and since <= self.back + LATELY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """The last look at one origin."""

    at: datetime
    dark: bool


def origin_of(spec: CheckSpec) -> str:
    """What a check talks to, `host:port` or a host; empty for kinds that call nobody."""
    for name in ("url", "host", "address", "dsn"):
        value = spec.settings.get(name)
        if isinstance(value, str) and value:
            text = str.__str__(value)  # a secret compares and splits as its characters
            host = re.split(r"[/?#]", text.partition("://")[2] or text, maxsplit=1)[0]
            return host.rpartition("@")[2].lower()
    return ""


def dark(observation: Observation) -> bool:
    """Whether a look saw nothing at all of the far end. A refusal, an error page or an expired
    certificate is an answer."""
    if isinstance(observation, Blind):
        return sounds_dark(observation.reason)
    if observation.signals.get(Signal.REACHABLE) is not False:
        return False
    return sounds_dark(observation.error)


def sounds_dark(words: str) -> bool:
    """The same of the words that a look left behind."""
    return any(sign in words for sign in (*_OUR_SIDE, *_NO_ANSWER, REASON))


def judge_line(
    line: Line, glimpses: Mapping[str, Glimpse], now: datetime, canaries: bool | None = None
) -> Line:
    """What to believe after the newest looks. Where canaries were asked, their word decides:
    whether any of them answered. Without them, a line that was down is up as soon as fewer than
    half of the origins are dark."""
    lately = [one for one in glimpses.values() if one.at >= now - LATELY]
    hidden = [one for one in lately if one.dark]
    if line.down:
        back = canaries if canaries is not None else len(hidden) * 2 < len(lately)
        return Line(back=now, began=line.since) if back and lately else line
    many = len(hidden) >= FEWEST and len(hidden) >= SHARE * len(lately)
    if many if canaries is None else (hidden and not canaries):
        return Line(since=min(one.at for one in hidden))
    return line


def hide(observation: Observation) -> Observation:
    """The same look, said honestly: we could not see."""
    return Blind(at=observation.at, reason=REASON) if dark(observation) else observation


def newest(pairs: Iterable[tuple[str, Glimpse]]) -> dict[str, Glimpse]:
    """The last look at each origin; where two are as new, the one that saw something."""
    found: dict[str, Glimpse] = {}
    for origin, glimpse in pairs:
        known = found.get(origin)
        if known is None or (glimpse.at, not glimpse.dark) > (known.at, not known.dark):
            found[origin] = glimpse
    return found


def seen(observation: Observation) -> Glimpse:
    return Glimpse(at=observation.at, dark=dark(observation))


def canaries_answer(results: Iterable[Observation]) -> bool | None:
    """Whether any of the canaries was seen; None when none was asked."""
    answers = [isinstance(result, Reading) and not dark(result) for result in results]
    return any(answers) if answers else None
