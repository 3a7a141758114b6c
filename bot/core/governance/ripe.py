"""Which cases can be judged by now. A figure counts a case once its verdict cannot change any more:
what was asked for was done, or the time for it has passed. Until then it is neither good nor bad.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.changes.change_request import ChangeRequest, ChangeResult
from bot.core.estate.catalogue import Criticality, Party
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.review import review_due

SHADOW = timedelta(days=3)  # a break this soon after a change counts against it
YET = "nothing to judge yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """There are cases, and none can be judged so far; `why` says what they wait for."""

    why: str

    @property
    def words(self) -> str:
        return f"{YET}: {self.why}"


def data_judged(incident: Incident, now: datetime) -> bool:
    """Whether the data of a resolved incident was confirmed, or nobody's word comes any more."""
    # Nobody's word is waited for: it was given, or none was asked.
    if not incident.awaiting:
        return True
    return incident.resolved_at is not None and review_due(incident.resolved_at) <= now


def review_judged(incident: Incident, now: datetime) -> bool:
    """Whether a resolved incident was reviewed, or the time to ask for it has come and gone."""
    over = incident.resolved_at
    return incident.state is State.REVIEWED or (over is not None and review_due(over) <= now)


def broke_after(change: ChangeRequest, incidents: Iterable[Incident]) -> bool:
    done = change.implemented_at
    return done is not None and any(
        one.connection == change.connection and done <= one.failing_since < done + SHADOW
        for one in incidents
    )


def change_judged(change: ChangeRequest, incidents: Iterable[Incident], now: datetime) -> bool:
    """Whether a closed change has failed, or has lived through the days in which it would."""
    done = change.implemented_at
    if change.result is not ChangeResult.WORKED or done is None or done + SHADOW <= now:
        return True
    return broke_after(change, incidents)


def promised(party: Party, criticality: Criticality) -> bool:
    """Whether the contract names a time that can be kept or missed."""
    return criticality in party.respond_within


def answer_judged(incident: Incident, *, late: bool) -> bool:
    """Whether a party that an incident was handed to kept its time: it missed it (`late`), it
    answered, or the incident went on without it."""
    answered = incident.counterparty_answered_at is not None
    return late or answered or incident.state is State.VERIFYING or not incident.live
