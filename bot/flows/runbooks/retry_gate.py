"""May the failed records of an incident be sent again: asked of each of its connections, since each
has records, a doubt and an owner of its own."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.ids import PersonId
from bot.core.incidents.grouping import ChildState, by_gravity
from bot.core.incidents.incident import Incident
from bot.core.runbooks import retry
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.triage.briefing import brief_in, symptoms_of
from bot.flows.work import Work


def asked_of(work: Work, incident: Incident) -> tuple[Facts, ...]:
    """What the gate has to know of each connection, the gravest first. Of several the doubt that
    is kept of each stands for its texts, so that a thousand of them cost little."""
    each = {child.connection: child for child in child_states(work, incident)}
    members = by_gravity(each, work.catalogue)
    if len(members) == 1:
        return (brief_in(work, incident, members[0]).facts,)
    return tuple(_known(work, one, each[one.id]) for one in members)


def _known(work: Work, connection: Connection, child: ChildState) -> Facts:
    since = child.failing_since
    if ErrorClass.PERIOD_CLOSED in child.kinds:  # another date in the books, whatever the doubt
        return symptoms_of(work, connection, since)
    return Facts(connection=connection, failing_since=since, doubt=child.doubt)


def advice(work: Work, incident: Incident) -> str:
    """Of an incident of several connections, in marks."""
    return retry.shared_advice(asked_of(work, incident), work.now)


def by_owner(each: tuple[Facts, ...], now: datetime) -> Mapping[PersonId | None, tuple[Facts, ...]]:
    """Whose word it takes, and for which connections; None where nobody is named who could."""
    found: dict[PersonId | None, tuple[Facts, ...]] = {}
    for facts in each:
        layer = retry.advice_of(facts, now).approver
        if layer is not None:
            owner = facts.connection.owners.of(layer)
            found[owner] = (*found.get(owner, ()), facts)
    return found
