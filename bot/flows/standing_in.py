"""What waits for the word of somebody who is away reaches whoever stands in, as soon as they do and
in messages of their own; and what came up meanwhile reaches the one who is back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.notices import StillOnIt
from bot.core.incidents.notices_of_endings import ConfirmData, DataAfterEnd
from bot.core.outbox.address import ToPerson
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import Notice, PersonalNotice, What, incident_subject
from bot.core.people.presence import Cover
from bot.core.runbooks import failed_records
from bot.core.runbooks.notices import Held, RecordsYours
from bot.core.triage.notices import EntryProposed
from bot.flows.changes import change_requests
from bot.flows.incidents import confirm_data
from bot.flows.incidents.grouping.reopen import OVER
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import retry_gate
from bot.flows.work import Work

_LOOK_BACK = timedelta(days=30)  # of what is over, its data is asked about for no longer


def take_on(work: Work, cover: Cover) -> None:
    """Ask whoever acts for `cover.person` from now on what that person was asked, and what they
    were asked as a stand-in themselves."""
    acting = presence_now(work).acting(cover.person) or cover.by
    speaks_for = spoken_for_with(work, cover)
    for incident in work.tx.incidents(LIVE):
        if _waits_for_data(work, incident, speaks_for):
            _ask(work, incident, acting, ConfirmData)
        retry_gate.ask_instead(work, incident, speaks_for, acting)
        _pass_on(work, incident, speaks_for, acting)
    # Questions about data outlive the incident, but not for ever.
    for incident in work.tx.opened_since(work.now - _LOOK_BACK):
        if incident.live:
            continue
        if speaks_for.intersection(incident.awaiting):
            _ask(work, incident, acting, DataAfterEnd)
        _pass_on(work, incident, speaks_for, acting)
    change_requests.ask_instead(work, speaks_for, acting)


def give_back(work: Work, cover: Cover) -> None:
    """`cover` ended: what was asked of the stand-in alone and waits still."""
    acting = presence_now(work).acting(cover.person) or cover.person
    speaks_for = spoken_for_with(work, cover)
    for incident in work.tx.incidents(LIVE):
        # Whoever was asked before the cover has that question still, and of two only the newer one
        # can be answered.
        known = _known(work, incident, acting, What.CONFIRM_DATA)
        if not known and _waits_for_data(work, incident, speaks_for):
            _ask(work, incident, acting, ConfirmData)
        _pass_on(work, incident, speaks_for, acting)
    for incident in work.tx.opened_since(work.now - _LOOK_BACK):
        if incident.live:
            continue
        known = _known(work, incident, acting, What.DATA_AFTER_END)
        if not known and speaks_for.intersection(incident.awaiting):
            _ask(work, incident, acting, DataAfterEnd)
        _pass_on(work, incident, speaks_for, acting)


def spoken_for_with(work: Work, cover: Cover) -> frozenset[str]:
    """The one who is away, and those for whom they stand in themselves."""
    others = (
        one.person for one in work.tx.covers() if one.by == cover.person and one.in_force(work.now)
    )
    return frozenset((cover.person, *others))


def _known(work: Work, incident: Incident, person: str, what: What) -> bool:
    said = work.tx.last_said(incident_subject(incident.id), ToPerson(person), what)
    return said not in (None, "failed")


def _lease_asked(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    told = asked.notice
    if incident.state is not State.ACKNOWLEDGED or not isinstance(told, StillOnIt):
        return False
    # A lease that was renewed since is not asked about.
    return incident.lease_until == told.until


def _clock_runs(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    unanswered = incident.counterparty_answered_at is None
    return incident.state is State.HANDED_OVER and unanswered


def _no_ticket(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state is State.HANDED_OVER and not incident.counterparty_ticket


def _not_talked(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.live and incident.joint_held_at is None


def _not_reviewed(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state is State.RESOLVED


def _not_decided(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    told = asked.notice
    proposal = work.tx.proposal(told.entry) if isinstance(told, EntryProposed) else None
    return proposal is not None and proposal.decided_at is None


def _held_still(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    if not isinstance(told := asked.notice, Held):
        return False
    held = work.tx.held_step(incident.id, told.step)
    return held is not None and held.id == told.hold and held.decision is None


def _stuck_still(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    told = asked.notice
    return isinstance(told, RecordsYours) and any(
        (failed_records.ref(one.connection, one.key), one.person) == (told.key, told.person)
        for one in work.tx.assignments(told.connection)
    )


def _over_still(work: Work, incident: Incident, asked: OutboxMessage) -> bool:
    return incident.state in OVER


# What one person is asked or reminded of, and whether it waits still. The question about data,
# approvals and changes are asked anew of their own records, and pings by whose turn it is.
WAITS: Mapping[What, Callable[[Work, Incident, OutboxMessage], bool]] = {
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


def _which(told: Notice | None) -> int | str:
    """Tells apart those of which there may be several in one incident."""
    match told:
        case Held():
            return told.hold
        case EntryProposed():
            return told.entry
        case RecordsYours():
            return told.key
    return ""


def _pass_on(work: Work, incident: Incident, speaks_for: Collection[str], acting: str) -> None:
    """Of each that waits the newest that was said for one of these people; not what `acting` was
    asked already."""
    subject = incident_subject(incident.id)
    newest: dict[tuple[What, str, int | str], OutboxMessage] = {}
    said = work.tx.letters_to_people(subject)
    # Without whom they are for: the stand-in may have been asked on their own behalf already.
    theirs = [_question(one.notice) for one in said if one.to == ToPerson(acting)]
    for letter in said:
        told, reader = letter.notice, letter.person
        if not isinstance(told, PersonalNotice) or told.what not in WAITS:
            continue
        whose = told.covers or reader
        if whose in speaks_for or reader in speaks_for:
            newest[told.what, whose, _which(told)] = letter
    for (what, whose, _), letter in newest.items():
        asked = _question(letter.notice)
        if asked is None or asked in theirs or not WAITS[what](work, incident, letter):
            continue
        told = replace(asked, covers=whose) if whose != acting else asked
        work.tell(ToPerson(acting), told, about=subject)


def _question(told: Notice | None) -> PersonalNotice | None:
    """What it asks, whoever reads it."""
    return replace(told, covers=None) if isinstance(told, PersonalNotice) else None


def _waits_for_data(work: Work, incident: Incident, speaks_for: Collection[str]) -> bool:
    if not incident.asks_data:
        return False
    runs, wrong = confirm_data.running(work, incident), confirm_data.spoke_since(work, incident)
    steady = runs if incident.state is State.VERIFYING else runs.difference(incident.flaps)
    missing = confirm_data.unconfirmed(work, incident).items()
    return any(
        approver in speaks_for and key in steady and key not in wrong for key, approver in missing
    )


def _ask(
    work: Work, incident: Incident, person: str, kind: type[ConfirmData | DataAfterEnd]
) -> None:
    work.tell(ToPerson(person), kind(person=person), about=incident_subject(incident.id))
