"""Is it them, or is it our own network?

When systems that have nothing to do with each other fall silent together, the likeliest thing that
broke is what they share: our line. Such looks say nothing about the systems.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.monitoring.signals import NO_ANSWER, Blind, Cause, Observation, Reading, Signal

FEWEST = 3  # hosts; two that fail together happen
# Not all: a look that ended just before the line broke still counts as lately.
SHARE = 0.8  # of the hosts looked at lately
LATELY = timedelta(minutes=3)

REASON = "our own network looks down: nothing outside answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkState:
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
class LastLook:
    """The last look at one host."""

    at: datetime
    dark: bool


def dark(observation: Observation) -> bool:
    """Whether a look saw nothing at all of the far end. A refusal, an error page or an expired
    certificate is an answer."""
    if isinstance(observation, Reading) and observation.signals.get(Signal.REACHABLE) is not False:
        return False
    return observation.cause in NO_ANSWER


def judge_line(
    line: NetworkState,
    last_looks: Mapping[str, LastLook],
    now: datetime,
    hosts_answer: bool | None = None,
) -> NetworkState:
    """What to believe after the newest looks. Where reference hosts were asked, their word decides:
    whether any of them answered. Without them, a line that was down is up as soon as fewer than
    half of the hosts are dark."""
    lately = [one for one in last_looks.values() if one.at >= now - LATELY]
    hidden = [one for one in lately if one.dark]
    if line.down:
        # Up at half and down at four fifths: one limit for both would come and go with every look.
        back = hosts_answer if hosts_answer is not None else len(hidden) * 2 < len(lately)
        return NetworkState(back=now, began=line.since) if back and lately else line
    many = len(hidden) >= FEWEST and len(hidden) >= SHARE * len(lately)
    if many if hosts_answer is None else (hidden and not hosts_answer):
        # Back-dated, so that failures opened before it was noticed count as blinded, too.
        return NetworkState(since=min(one.at for one in hidden))
    return line


def hide(observation: Observation) -> Observation:
    """The observation as a Blind where it saw nothing of the far end; any other as it is."""
    if not dark(observation):
        return observation
    return Blind(at=observation.at, reason=REASON, cause=Cause.OUR_LINE)


def newest(pairs: Iterable[tuple[str, LastLook]]) -> dict[str, LastLook]:
    """The last look at each host; where two are as new, the one that saw something."""
    # By host: three services of one machine that stop together are an outage, not our line.
    found: dict[str, LastLook] = {}
    for host, last_look in pairs:
        known = found.get(host)
        if known is None or (last_look.at, not last_look.dark) > (known.at, not known.dark):
            found[host] = last_look
    return found


def seen(observation: Observation) -> LastLook:
    return LastLook(at=observation.at, dark=dark(observation))


def reference_hosts_answer(results: Iterable[Observation]) -> bool | None:
    """Whether any of the reference hosts was seen; None when none was asked."""
    answers = [isinstance(result, Reading) and not dark(result) for result in results]
    return any(answers) if answers else None
