"""What waits for the word of somebody who is away reaches whoever stands in, as soon as they do and
in messages of their own."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.core.cover import Cover
from bot.core.effects import Say, What, incident_subject
from bot.core.incident import LIVE, Incident, State
from bot.flows import approvals, changes, confirming
from bot.flows.attendance import presence_now
from bot.ports import Knowledge, Tx

_LOOK_BACK = timedelta(days=30)  # of what is over, its data is asked about for no longer


def take_on(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> None:
    """Ask whoever acts for `cover.person` from now on what that person was asked, and what they
    were asked as a stand-in themselves."""
    acting = presence_now(tx, now).acting(cover.person) or cover.by
    others = (one.person for one in tx.covers() if one.by == cover.person and one.in_force(now))
    seats = frozenset((cover.person, *others))
    for incident in tx.incidents(LIVE):
        if _waits_for_data(tx, knowledge, incident, seats):
            _ask(tx, incident, acting, What.CONFIRM_DATA, now)
        approvals.ask_instead(tx, incident, seats, acting, now)
    for incident in tx.opened_since(now - _LOOK_BACK):
        if not incident.live and seats.intersection(incident.awaiting):
            _ask(tx, incident, acting, What.DATA_AFTER_END, now)
    changes.ask_instead(tx, seats, acting, now)


def _waits_for_data(
    tx: Tx, knowledge: Knowledge, incident: Incident, seats: Collection[str]
) -> bool:
    if not incident.asks_data:
        return False
    runs, wrong = confirming.running(tx, incident), confirming.spoke_since(tx, incident)
    calm = runs if incident.state is State.VERIFYING else runs.difference(incident.flaps)
    missing = confirming.unconfirmed(tx, knowledge, incident).items()
    return any(judge in seats and key in calm and key not in wrong for key, judge in missing)


def _ask(tx: Tx, incident: Incident, person: str, what: What, now: datetime) -> None:
    subject, facts = incident_subject(incident.id), {"person": person}
    tx.queue(Say(subject=subject, to=f"person:{person}", what=what, facts=facts), now)
