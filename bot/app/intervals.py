"""How often each recurring job is done."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.slack.platform.supervisor import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """How often recurring jobs are done, and how long Slack may take for one answer. `send` is
    how long the sender may miss a wake-up."""

    look: timedelta = timedelta(seconds=0.5)
    tick: timedelta = timedelta(seconds=1)
    reload: timedelta = timedelta(seconds=2)
    expiry: timedelta = timedelta(minutes=1)
    send: timedelta = timedelta(seconds=1)
    govern: timedelta = timedelta(minutes=1)
    releases: timedelta = timedelta(minutes=1)
    acquaint: timedelta = timedelta(minutes=1)
    audit: timedelta = timedelta(minutes=1)
    turn_over: timedelta = timedelta(seconds=5)
    beat: timedelta = timedelta(minutes=1)
    prune: timedelta = timedelta(days=1)
    socket: Patience = field(default_factory=Patience)
    answer: timedelta = timedelta(seconds=15)


STEADY = Intervals()
