"""How often something came and went, in one breath."""

from collections.abc import Mapping

from bot.core.monitoring.flapping import Down, TurnsTold
from bot.core.monitoring.rules import Verdict
from bot.language.units import say_duration, say_names
from bot.slack.text import escape, time


def say_down(down: Down) -> str:
    """For how long, and of several stretches how many: `5 min in all, in 2 stretches`."""
    span = say_duration(down.span)
    return span if down.stretches == 1 else f"{span} in all, in {down.stretches} stretches"


def turns_words(told: TurnsTold | None) -> str:
    """`6 times since 22:35, about half of the time down`, of several connections with which of them
    did; empty when none comes and goes."""
    if told is None:
        return ""
    said = f"{told.falls} times since {time(told.since)}, {told.share} down"
    if not told.names:
        return said
    return f"{escape(say_names(told.names))} {'up to ' if len(told.names) > 1 else ''}{said}"


_BAD = {
    Verdict.FAILING: "it failed",
    Verdict.DEGRADED: "it was degraded",
    Verdict.UNKNOWN: "we could not see it",
}


def each_turn(turns: Mapping[Verdict, int]) -> str:
    """`it failed 2 times, it was degraded once`."""
    said = [f"{words} {_times(turns[one])}" for one, words in _BAD.items() if turns.get(one)]
    return ", ".join(said) or "again and again"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
