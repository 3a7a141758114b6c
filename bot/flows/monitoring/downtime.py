"""For how long something was down: where it ran in between, only while it did not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.incidents.incident import Incident
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """In so many `stretches` for `span` in all."""

    span: timedelta
    stretches: int = 1


def of_all(incident: Incident, began: datetime, until: datetime) -> Down:
    """Of the whole incident, which `began` then; as long as anything of it was down."""
    return between(incident.turns, began, incident.failing_since, until)


def between(turns: Turns | None, began: datetime, seen: datetime, until: datetime) -> Down:
    """From `began` on, which may be known to be earlier than it was `seen`."""
    if turns is None or turns.stretches == 1:
        ended = until if turns is None or turns.bad else min(until, turns.turned_at)
        return Down(span=max(ended - began, timedelta(0)))
    early = max(seen - began, timedelta(0))
    return Down(span=flapping.altogether(turns, until) + early, stretches=turns.stretches)
