"""How far ahead each deadline of an incident can lie when the clock was right as it was set.

A deadline further ahead was set by a clock that was wrong. Every bound comes from what is on
record: the lease and the ladder of the incident, the contract of its counter-party, its policies.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.incidents.incident import Incident, State, asked_before
from bot.core.incidents.leading import counterparty, lead_of, soonest_answer
from bot.core.incidents.review import ASK_AGAIN
from bot.core.monitoring import flapping

_SLOWEST = 1.0  # the pace at which a lease may have begun before its severity rose
_AGAIN = timedelta(minutes=30)  # above the last step of a ladder


def furthest(
    incident: Incident, catalogue: Catalogue, now: datetime, rest_until: datetime | None = None
) -> Mapping[str, datetime]:
    """The last moment at which each deadline may lie, by its name. `rest_until` is when the hours
    of the ladder's people begin, for an incident that can wait for them."""
    slowed = _SLOWEST / incident.severity.pace
    before_rise = incident.lease * slowed
    lease = now + max(before_rise, asked_before(incident))
    ladder = now + _step(incident) * slowed
    ladder = max(ladder, rest_until) if rest_until else ladder
    calm = now + max(before_rise / 4, flapping.FORGOTTEN if incident.turns else timedelta(0))
    connection = lead_of(catalogue, incident)
    answer = _answer(incident, catalogue, now)
    return {
        "assess_at": now + before_rise / 12,
        "escalate_at": ladder,
        "lease_until": lease,
        "resume_at": max(ladder, lease),
        "remind_at": max(lease, answer) if incident.state is State.HANDED_OVER else lease,
        "ticket_at": lease,
        "data_ask_at": lease,
        "joint_at": now + max(before_rise, _joint(connection)),
        "settle_at": max(now + before_rise / 30, calm),
        "calm_at": calm,
        "counterparty_due_at": answer,
        "review_at": now + ASK_AGAIN,
    }


def _step(incident: Incident) -> timedelta:
    """The longest time between two steps of the ladder."""
    after = [rung.after for rung in incident.ladder]
    gaps = [later - sooner for sooner, later in pairwise(after)]
    return max([*gaps, min(_AGAIN, incident.lease)])


def _joint(connection: Connection | None) -> timedelta:
    if connection is None:
        return timedelta(0)
    policies = (policy.joint_call for policy in connection.policies if policy.joint_call)
    return max([connection.joint_call, *policies])


def _answer(incident: Incident, catalogue: Catalogue, now: datetime) -> datetime:
    """The end of the response time, had it begun now; a lease where no contract is known."""
    party = counterparty(catalogue, incident)
    due = soonest_answer(party, incident, now) if party else None
    return due or now + incident.lease / incident.severity.pace
