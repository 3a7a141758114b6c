"""What waits for the word of somebody who is away reaches whoever stands in, as soon as they do and
in messages of their own; and what came up meanwhile reaches the one who is back."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.people.presence import Cover
from bot.core.runbooks import failed_records
from bot.flows.changes import change_requests
from bot.flows.incidents.ending import confirm_data
from bot.flows.incidents.grouping.reopen import OVER
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import gate_approvals
from bot.ports import Knowledge, Tx

_LOOK_BACK = timedelta(days=30)  # of what is over, its data is asked about for no longer


def take_on(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> None:
    """Ask whoever acts for `cover.person` from now on what that person was asked, and what they
    were asked as a stand-in themselves."""
    acting = presence_now(tx, now).acting(cover.person) or cover.by
    seats = seats_with(tx, cover, now)
    for incident in tx.incidents(LIVE):
        if _waits_for_data(tx, knowledge, incident, seats):
            _ask(tx, incident, acting, What.CONFIRM_DATA, now)
        gate_approvals.ask_instead(tx, incident, seats, acting, now)
        _pass_on(tx, incident, seats, acting, now)
    for incident in tx.opened_since(now - _LOOK_BACK):
        if incident.live:
            continue
        if seats.intersection(incident.awaiting):
            _ask(tx, incident, acting, What.DATA_AFTER_END, now)
        _pass_on(tx, incident, seats, acting, now)
    change_requests.ask_instead(tx, seats, acting, now)


def give_back(tx: Tx, knowledge: Knowledge, cover: Cover, now: datetime) -> None:
    """`cover` ended: what was asked of the stand-in alone and waits still."""
    acting = presence_now(tx, now).acting(cover.person) or cover.person
    seats = seats_with(tx, cover, now)
    for incident in tx.incidents(LIVE):
        known = _known(tx, incident, acting, What.CONFIRM_DATA)
        if not known and _waits_for_data(tx, knowledge, incident, seats):
            _ask(tx, incident, acting, What.CONFIRM_DATA, now)
        _pass_on(tx, incident, seats, acting, now)
    for incident in tx.opened_since(now - _LOOK_BACK):
        if incident.live:
            continue
        known = _known(tx, incident, acting, What.DATA_AFTER_END)
        if not known and seats.intersection(incident.awaiting):
            _ask(tx, incident, acting, What.DATA_AFTER_END, now)
        _pass_on(tx, incident, seats, acting, now)


def seats_with(tx: Tx, cover: Cover, now: datetime) -> frozenset[str]:
    """The one who is away, and those for whom they stand in themselves."""
    others = (one.person for one in tx.covers() if one.by == cover.person and one.in_force(now))
    return frozenset((cover.person, *others))


def _known(tx: Tx, incident: Incident, person: str, what: What) -> bool:
    said = tx.last_said(incident_subject(incident.id), f"person:{person}", what)
    return said not in (None, "failed")


def _lease_asked(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    lease = incident.lease_until.isoformat() if incident.lease_until else None
    return incident.state is State.ACKNOWLEDGED and lease == asked.facts.get("until")


def _clock_runs(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    unanswered = incident.counterparty_answered_at is None
    return incident.state is State.HANDED_OVER and unanswered


def _no_ticket(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state is State.HANDED_OVER and not incident.counterparty_ticket


def _not_talked(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.live and incident.joint_held_at is None


def _not_reviewed(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state is State.RESOLVED


def _not_decided(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    proposal = tx.proposal(int(asked.facts["entry"]))
    return proposal is not None and proposal.decided_at is None


def _held_still(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    held = tx.step_hold(incident.id, str(asked.facts["step"]))
    return held is not None and held.id == asked.facts["hold"] and held.decision is None


def _stuck_still(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    open_still = tx.assignments(str(asked.facts["connection"]))
    meant = (asked.facts["key"], asked.facts["person"])
    return meant in [
        (failed_records.ref(one.connection, one.key), one.person) for one in open_still
    ]


def _over_still(tx: Tx, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state in OVER


# What one person is asked or reminded of, and whether it waits still. The question about data,
# approvals and changes are asked anew of their own records, and pings by whose turn it is.
WAITS: Mapping[What, Callable[[Tx, Incident, OutboxMessage], bool]] = {
    What.STILL_ON_IT: _lease_asked,
    What.COUNTERPARTY_SOON: _clock_runs,
    What.COUNTERPARTY_DUE: _clock_runs,
    What.TICKET_WANTED: _no_ticket,
    What.JOINT_CALL: _not_talked,
    What.REVIEW_WANTED: _not_reviewed,
    What.ENTRY_PROPOSED: _not_decided,
    What.HELD: _held_still,
    What.REOPEN_WANTED: _over_still,
    What.STUCK_YOURS: _stuck_still,
}
# Of these there may be several in one incident: which fact tells them apart.
_WHICH = {What.HELD: "hold", What.ENTRY_PROPOSED: "entry", What.STUCK_YOURS: "key"}


def _pass_on(
    tx: Tx, incident: Incident, seats: Collection[str], acting: str, now: datetime
) -> None:
    """Of each that waits the newest that was said for one of these people; not what `acting` was
    asked already."""
    subject = incident_subject(incident.id)
    newest: dict[tuple[What, str, object], OutboxMessage] = {}
    said = tx.letters_to_people(subject)
    theirs = [(one.what, _question(one)) for one in said if one.to == f"person:{acting}"]
    for letter in said:
        reader = letter.to.removeprefix("person:")
        whose = str(letter.facts.get("covers") or reader)
        if letter.what is None or letter.what not in WAITS:
            continue
        if whose in seats or reader in seats:
            newest[letter.what, whose, letter.facts.get(_WHICH.get(letter.what, ""))] = letter
    for (what, whose, _), letter in newest.items():
        asked = _question(letter)
        if (what, asked) not in theirs and WAITS[what](tx, incident, letter):
            facts = asked | ({"covers": whose} if whose != acting else {})
            tx.queue(Say(subject=subject, to=f"person:{acting}", what=what, facts=facts), now)


def _question(letter: OutboxMessage) -> dict[str, object]:
    """What it asks, whoever reads it."""
    return {key: value for key, value in letter.facts.items() if key != "covers"}


def _waits_for_data(
    tx: Tx, knowledge: Knowledge, incident: Incident, seats: Collection[str]
) -> bool:
    if not incident.asks_data:
        return False
    runs, wrong = confirm_data.running(tx, incident), confirm_data.spoke_since(tx, incident)
    calm = runs if incident.state is State.VERIFYING else runs.difference(incident.flaps)
    missing = confirm_data.unconfirmed(tx, knowledge, incident).items()
    return any(judge in seats and key in calm and key not in wrong for key, judge in missing)


def _ask(tx: Tx, incident: Incident, person: str, what: What, now: datetime) -> None:
    subject, facts = incident_subject(incident.id), {"person": person}
    tx.queue(Say(subject=subject, to=f"person:{person}", what=what, facts=facts), now)
