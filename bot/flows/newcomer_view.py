"""Whoever comes late to an incident's channel reads once, in private, what everybody else knows."""

from datetime import timedelta

from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.channel import Brief, BriefEntry
from bot.core.incidents.incident import Incident, State
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import incident_of
from bot.flows.incidents.grouping import children
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView, incident_view
from bot.flows.work import Work
from bot.language.marks import in_their_words, outside, when, who
from bot.language.units import are, say_names

_LAST = 5  # entries of the timeline
_JUST_TOLD = timedelta(minutes=10)  # whoever was pinged at the opening needs no second word


def joined(work: Work, channel: str, person: str) -> bool:
    """Brief `person`, who joined this channel. False when there is nothing to say: it is no
    incident's, it is over, or they were told already."""
    subject = work.tx.subject_of_channel(channel)
    number = incident_of(subject) if subject else None
    view = incident_view(work, number) if number is not None else None
    if view is None or subject is None or not view.incident.live:
        return False
    mark = f"briefed:{person}"
    # Slack reports a joining again when somebody leaves and comes back.
    if work.tx.recall(subject, mark) is not None:
        return False
    work.tx.remember(subject, mark, work.now.isoformat())
    if work.now < view.incident.opened_at + _JUST_TOLD and person in work.tx.told(subject):
        return False
    work.tell(ToPerson(person), _brief(view, channel), about=subject)
    return True


def _brief(view: IncidentView, channel: str) -> Brief:
    incident = view.incident
    kept = [entry for entry in view.timeline if not entry.struck][-_LAST:]
    return Brief(
        key=incident.key,
        name=view.connection.name if view.connection else incident.connection,
        head=incident.headline if view.children else "",
        reasons="" if view.children else " ".join(incident.reasons),
        since=children.since(incident, view.connections),
        severity=incident.severity,
        holder=_holder(incident),
        lane=_lane(view),
        done=tuple(
            BriefEntry(at=entry.at, by=entry.by, kind=entry.kind, text=entry.text) for entry in kept
        ),
        next=next_words(view),
        channel=channel,
    )


def _holder(incident: Incident) -> str:
    if incident.holder is None:
        return "Nobody has it yet."
    since = f" since {when(incident.held_since)}" if incident.held_since else ""
    return f"{who(incident.holder)} has it{since}."


def _lane(view: IncidentView) -> str:
    incident = view.incident
    if incident.lane is None:
        return "Not known yet whose lane it is."
    party = view.parties.get(incident.lane)
    name = f" ({outside(party.name)})" if party else ""
    how = f"set by {who(incident.lane_by)}" if incident.lane_by else "suggested"
    if later := children.joined_since_lane(incident, view.connections):
        how = f"{how} before {outside(say_names([part.name for part in later]))} joined"
    reason = f" {incident.lane_reasons[0]}" if incident.lane_reasons else ""
    if reason and incident.lane_by and not in_their_words(incident.lane_reasons[0]):
        found = children.found_for_it(incident, view.connections)
        reason = f" {found}:{reason}"  # found by us, and not their reason
    return f"{LANE_NAMES[incident.lane]}{name}, {how}.{reason}"


def next_words(view: IncidentView) -> str:
    """What comes next, from whom and by when, as one sentence."""
    incident = view.incident
    if incident.state is State.OPEN and view.next_ping and view.next_ping[1]:
        at, people = view.next_ping
        named = ", ".join(who(person) for person in people)
        then = f"{named} {are(people)} {pinged_then(view, people)} {when(at)}"
        return f"Without an acknowledgement {then}."
    if incident.state is State.ACKNOWLEDGED and incident.lease_until:
        until = when(incident.lease_until)
        return f"{who(incident.holder)} says “still on it” by {until}, or it is open again."
    if incident.state is State.HANDED_OVER:
        due = incident.counterparty_due_at
        by = f" must answer by {when(due)}" if due else " acts; no response time is agreed"
        party = view.counterparty
        return f"{outside(party.name) if party else 'The counter-party'}{by}."
    if incident.state is State.VERIFYING:
        approvers = ", ".join(who(approver) for approver in view.data_approvers) or "Somebody"
        word = "confirm" if len(view.data_approvers) > 1 else "confirms"
        return f"It runs again: {approvers} {word} that the data is right."
    return "Somebody has to take it."
