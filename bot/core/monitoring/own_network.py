"""Is it them, or is it our own network?

When systems that have nothing to do with each other fall silent together, the likeliest thing that
broke is what they share: our network. Such looks say nothing about the systems.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.monitoring.signals import NO_ANSWER, Blind, Cause, Observation, Reading, Signal

FEWEST = 3  # hosts; two that fail together happen
# Not all: a look that ended just before the network broke still counts as lately.
SHARE = 0.8  # of the hosts looked at lately
LATELY = timedelta(minutes=3)

REASON = "our own network looks down: nothing outside answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkState:
    """What we believe of our own network. `since` is the first bad look while it is down; `back` is
    when it came back last."""

    since: datetime | None = None
    back: datetime | None = None
    began: datetime | None = None  # of the spell that ended at `back`

    @property
    def down(self) -> bool:
        return self.since is not None

    def blinded(self, since: datetime) -> bool:
        """Whether something that gave no answer from `since` on did so because of our network."""
        began = self.since or self.began
        if began is None or since < began - LATELY:
            return False
        return self.down or (self.back is not None and since <= self.back + LATELY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """The last look at one host."""

    at: datetime
    no_answer: bool


def no_answer(observation: Observation) -> bool:
    """Whether a look saw nothing at all of the far end. A refusal, an error page or an expired
    certificate is an answer."""
    if isinstance(observation, Reading) and observation.signals.get(Signal.REACHABLE) is not False:
        return False
    return observation.cause in NO_ANSWER


def judge_network(
    network: NetworkState,
    last_looks: Mapping[str, LastLook],
    now: datetime,
    hosts_answer: bool | None = None,
) -> NetworkState:
    """What to believe after the newest looks. Where reference hosts were asked, their word decides:
    whether any of them answered. Without them, a network that was down is up as soon as fewer than
    half of the hosts are silent."""
    lately = [one for one in last_looks.values() if one.at >= now - LATELY]
    silent = [one for one in lately if one.no_answer]
    if network.down:
        # Up at half and down at four fifths: one limit for both would come and go with every look.
        back = hosts_answer if hosts_answer is not None else len(silent) * 2 < len(lately)
        return NetworkState(back=now, began=network.since) if back and lately else network
    many = len(silent) >= FEWEST and len(silent) >= SHARE * len(lately)
    if many if hosts_answer is None else (silent and not hosts_answer):
        # Back-dated, so that failures opened before it was noticed count as blinded, too.
        return NetworkState(since=min(one.at for one in silent))
    return network


def mark_as_blind(observation: Observation) -> Observation:
    """The observation as a Blind where it saw nothing of the far end; any other as it is."""
    if not no_answer(observation):
        return observation
    return Blind(at=observation.at, reason=REASON, cause=Cause.OWN_NETWORK)


def newest(pairs: Iterable[tuple[str, LastLook]]) -> dict[str, LastLook]:
    """The last look at each host; where two are as new, the one that saw something."""
    # By host: three services of one machine that stop together are an outage, not our network.
    found: dict[str, LastLook] = {}
    for host, last_look in pairs:
        known = found.get(host)
        if known is None or (last_look.at, not last_look.no_answer) > (
            known.at,
            not known.no_answer,
        ):
            found[host] = last_look
    return found


def seen(observation: Observation) -> LastLook:
    return LastLook(at=observation.at, no_answer=no_answer(observation))


def reference_hosts_answer(results: Iterable[Observation]) -> bool | None:
    """Whether any of the reference hosts was seen; None when none was asked."""
    answers = [isinstance(result, Reading) and not no_answer(result) for result in results]
    return any(answers) if answers else None
