"""A change of the shape of data: a fact for triage, and a question to its owners when nobody
approved it."""

from datetime import datetime, timedelta

from bot.core.catalogue import Catalogue, CheckSpec, Connection
from bot.core.effects import Say, What
from bot.core.health import CheckHealth
from bot.core.signals import Blind, Observation, Signal
from bot.core.text import outside
from bot.ports import Tx

APPROVED_WITHIN = timedelta(days=7)  # an approved change explains what is seen so long after it
QUIET = timedelta(days=1)  # a shape that goes back and forth is asked about once in this time


def notice(
    tx: Tx, catalogue: Catalogue, spec: CheckSpec, before: CheckHealth, observation: Observation
) -> None:
    """Record a fingerprint that is not the last one read. The technical and the functional owner
    are asked unless a change was approved lately, or they were asked within a day."""
    if isinstance(observation, Blind):
        return
    old = before.signals.get(Signal.FINGERPRINT)
    new = observation.signals.get(Signal.FINGERPRINT)
    if old is None or new is None or old == new:
        return
    said = f"the shape of the data changed, as the check {outside(spec.key, 120)} reads it"
    lately = tx.observed(spec.connection, observation.at - QUIET)
    asked = any(what == said for _, what in lately)
    tx.observe(spec.connection, observation.at, said)
    connection = catalogue.connections[spec.connection]
    if not asked and not approved_lately(tx, catalogue, connection, observation.at):
        _ask(tx, connection, spec, observation.at)


def approved_lately(tx: Tx, catalogue: Catalogue, connection: Connection, now: datetime) -> bool:
    """Whether an approved change of the connection explains what is seen at `now`. The estate file
    is where changes are recorded; `tx` is there for those that are recorded elsewhere."""
    return any(
        change.connection == connection.id
        and change.approved_by is not None
        and now - APPROVED_WITHIN <= change.at <= now
        for change in catalogue.changes
    )


def _ask(tx: Tx, connection: Connection, spec: CheckSpec, now: datetime) -> None:
    named = (connection.owners.technical, connection.owners.functional)
    owners = tuple(dict.fromkeys(owner for owner in named if owner))
    for owner in owners:
        facts = {
            "connection": connection.id,
            "name": connection.name,
            "check": spec.key,
            "at": now.isoformat(),
            "others": [other for other in owners if other != owner],
        }
        about = f"shape:{connection.id}"
        tx.queue(
            Say(subject=about, to=f"person:{owner}", what=What.SHAPE_CHANGED, facts=facts), now
        )
