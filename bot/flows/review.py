"""After the end: what was the cause, what helped, what follows. Asked for once, kept for good."""

from dataclasses import replace
from datetime import datetime

from bot.core import incident as machine
from bot.core.effects import Say, What, incident_subject
from bot.core.errors import NotFound
from bot.core.incident import Incident, State
from bot.core.review import CAUSE_WORDS, CauseClass
from bot.core.text import outside, who
from bot.core.units import incident_key
from bot.flows.attendance import presence_now
from bot.flows.record import log, show
from bot.ports import Knowledge, Tx


def review(
    tx: Tx,
    number: int,
    *,
    cause: CauseClass,
    helped: str,
    follow_ups: str,
    by: str,
    now: datetime,
) -> Incident:
    """Anybody who was there may write it. A second review is refused, so that none is lost."""
    before = tx.incident(number)
    if before is None:
        raise NotFound(f"There is no incident {incident_key(number)}.")
    after = machine.review(
        before,
        by=by,
        cause=cause,
        helped=outside(helped, 500),
        follow_ups=outside(follow_ups, 1000),
        now=now,
    )
    tx.save_incident(after)
    words = CAUSE_WORDS[cause]
    follow = f" To do: {after.follow_ups}" if after.follow_ups else ""
    said = f"{who(by)} reviewed it. Cause: {words}. What helped: {after.helped}.{follow}"
    log(tx, after, "reviewed", said, now, by)
    facts = {"by": by, "cause": words, "helped": after.helped, "follow_ups": after.follow_ups}
    subject = incident_subject(after.id)
    tx.queue(Say(subject=subject, to="channel", what=What.REVIEWED, facts=facts), now)
    show(tx, after, now)
    return after


def ask_for_review(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """Two working days have passed without one: ask whoever had it, else the owner."""
    tx.save_incident(replace(incident, review_at=None))
    if incident.state is not State.RESOLVED:
        return
    connection = knowledge.catalogue.connections.get(incident.connection)
    owners = connection.owners if connection else None
    wanted = incident.holder or (owners.technical or owners.architecture if owners else None)
    acting = presence_now(tx, now).acting(wanted) if wanted else None
    if acting:
        subject = incident_subject(incident.id)
        tx.queue(Say(subject=subject, to=f"person:{acting}", what=What.REVIEW_WANTED), now)
