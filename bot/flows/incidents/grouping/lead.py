"""What an incident is after connections joined it or left: how many they are, who stands for them,
whom it pings next and by when its counter-party answers.

Whoever was pinged stays pinged, and no ladder begins again.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue, Connection, Party
from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents.correlation import BY_HAND, Common
from bot.core.incidents.escalation import ladder_for, policy_for, raised, relaid
from bot.core.incidents.grouping import (
    by_gravity,
    counterparty,
    lead_of,
    led_by,
    offered,
    parties_for,
    soonest_answer,
    soonest_reminder,
    waits_for_answer,
)
from bot.core.incidents.incident import Incident
from bot.core.incidents.notices import SeverityRose
from bot.core.incidents.severity import Severity, graver
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.flows.incidents import confirm_data
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.triage.briefing import at_fault, kind_of, since_of, symptoms_of
from bot.flows.work import Work
from bot.language.errors import Invalid

_ASKED = 5  # of many that fail, how many are asked for their error


def failing(work: Work, incident: Incident) -> list[Connection]:
    """Those of its connections that fail now, the gravest first."""
    runs = confirm_data.running(work, incident)
    ids = [key for key in confirm_data.members(work, incident) if key not in runs]
    return by_gravity(ids, work.catalogue)


def failing_still(work: Work, incident: Incident) -> list[Connection]:
    """Of those that fail now the ones that do not come and go, so that what is judged of all of it
    rests on these and stays; all of them where each does."""
    broken = failing(work, incident)
    return [one for one in broken if one.id not in incident.flaps] or broken


def speaker(work: Work, incident: Incident) -> Connection | None:
    """The connection whose error stands for the incident now: of those that fail, and do not come
    and go, the gravest that has one, where a person put them together the gravest with what most
    records fail with, and the one that leads it where none fails."""
    broken = failing_still(work, incident)
    if incident.kind and len(broken) > 1:
        by_hand = incident.cause == BY_HAND or work.tx.once_independent(incident.id)
        if by_hand and (loudest := _loudest(work, incident, broken)):
            return loudest
        # Asking means matching its errors with the playbook, which a storm of a thousand cannot
        # afford.
        for one in broken[:_ASKED]:
            if kind_of(work, one, since_of(work, incident, one)):
                return one
    return broken[0] if broken else lead_of(work.catalogue, incident)


def _loudest(work: Work, incident: Incident, broken: Sequence[Connection]) -> Connection | None:
    """The gravest connection that has the error of the most records so far: fewer for a moment
    change nothing."""
    most = Counter({one.connection: one.worst for one in child_states(work, incident)})
    seen: Counter[str] = Counter()
    for row in work.tx.figures_of([one.id for one in broken]):
        seen[row.connection] += row.worst
    most |= seen
    asked = sorted(broken, key=lambda one: -most[one.id])[:_ASKED]
    kinds: dict[str, str] = {}
    for one in asked:
        kinds[one.id] = kind_of(work, one, since_of(work, incident, one))
    heard = [one for one in broken if kinds.get(one.id)]
    records: Counter[str] = Counter()
    for one in heard:
        records[kinds[one.id]] += most[one.id]
    return max(heard, key=lambda one: records[kinds[one.id]], default=None)


def broken_now(work: Work, incident: Incident, speaks: Connection | None) -> tuple[Connection, ...]:
    """Those of several connections that fail now, or whose data is wrong where none does; first
    the one that `speaks` for it. Empty for an incident of one."""
    if incident.size < 2:
        return ()
    wrong = [one.connection for one in incident.denied]
    those = failing(work, incident) or by_gravity(wrong, work.catalogue)
    # A stable sort: behind the speaker they stay in the order of their gravity.
    return tuple(sorted(those, key=lambda one: one != speaks))


def means(work: Work, incident: Incident) -> Mapping[Lane, Party]:
    """Whom each lane means now: what still fails says so, not what leads and runs."""
    speaks = speaker(work, incident)
    return parties_for(work.catalogue, incident, broken_now(work, incident, speaks))


def offers(
    work: Work, incident: Incident, *, all_of_it: bool = True
) -> tuple[tuple[Lane, Party], ...]:
    """Whom it may be handed over to, with those first whom `means` names; `all_of_it` with the
    parties of what runs again too."""
    speaks = speaker(work, incident)
    broken = broken_now(work, incident, speaks)
    ids = confirm_data.members(work, incident) if all_of_it else ()
    return offered(work.catalogue, incident, broken, by_gravity(ids, work.catalogue))


def party_chosen(work: Work, incident: Incident, chosen: tuple[Lane, str]) -> Party:
    """Whom a person means by a lane and, where they chose one of several, by a party of it. Raises
    Invalid where none of its connections names that."""
    lane, to = chosen
    named = offers(work, incident)
    found = [party for known, party in named if known is lane and to in ("", party.id)]
    if not found:
        of = work.catalogue.connections.get(incident.connection)
        lanes = dict.fromkeys(LANE_NAMES[known] for known, _ in named)
        raise Invalid(
            f"{of.name if of else incident.connection} names {'nobody' if not to else 'another'}"
            f" for the lane {LANE_NAMES[lane]}. Named are: {', '.join(lanes) or 'none'}."
        )
    return found[0]


def led_anew(work: Work, before: Incident) -> Incident:
    """The incident as its connections make it now; not stored."""
    catalogue = work.catalogue
    ids = confirm_data.members(work, before)
    after = led_by(_counted(catalogue, _called(catalogue, before, ids), len(ids)), ids, catalogue)
    if not after.live:
        return after
    # Only where another one leads: a ladder is frozen when its incident opens.
    if after.lead != (before.lead or before.connection):
        after = _at_the_leads_pace(work, after)
    return _clocked(catalogue, before, after, work.now)


def _called(catalogue: Catalogue, incident: Incident, ids: Collection[str]) -> Incident:
    """The incident, called by a cause that every one of its connections has."""
    members = by_gravity(ids, catalogue)
    if len(members) < 2 or incident.cause in ("", BY_HAND):
        return incident
    # Whatever joined may not have the cause that was named before.
    cause = Common.of(*members).named(incident.cause, incident.kind, catalogue)
    return replace(incident, cause=cause)


def _counted(catalogue: Catalogue, incident: Incident, size: int) -> Incident:
    if size > 1 and incident.cause:
        title = f"{incident.cause}: {size} connections are failing"
    else:
        lead = catalogue.connections.get(incident.connection)
        title = f"{lead.name if lead else incident.connection} is failing"
    return replace(incident, size=size, title=title)


def _at_the_leads_pace(work: Work, incident: Incident) -> Incident:
    lead = lead_of(work.catalogue, incident)
    if lead is None:
        return incident
    policy = policy_for(lead, incident.lane, incident.severity)
    facts = symptoms_of(work, lead, since_of(work, incident, lead))
    fault = bool(at_fault(facts))  # the lead's own, whatever the others fail with
    ladder = ladder_for(work.catalogue, lead, policy, data_fault=fault)
    return relaid(incident, policy, ladder, work.now)


def _clocked(catalogue: Catalogue, before: Incident, after: Incident, now: datetime) -> Incident:
    """The incident with the response time of whoever it was handed over to: for what joins that
    time begins now, and what left takes its own along."""
    party = counterparty(catalogue, after)
    begun = after.handed_over_at
    if party is None or begun is None or not waits_for_answer(after) or after.size == before.size:
        return after
    if after.size > before.size:
        due, remind = soonest_answer(party, after, now), soonest_reminder(party, after, now)
        return replace(
            after,
            counterparty_due_at=_sooner(after.counterparty_due_at, due),
            remind_at=_sooner(after.remind_at, remind),
        )
    # What is left was handed over at the beginning, so its time counts from there.
    due, remind = soonest_answer(party, after, begun), soonest_reminder(party, after, begun)
    return replace(after, counterparty_due_at=due, remind_at=max(remind or now + after.lease, now))


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at), default=None)


def rise(work: Work, incident: Incident, severity: Severity, reasons: tuple[str, ...]) -> Incident:
    """The incident, stored at that severity and told in its channel; the ladder quickens. Severity
    never falls while an incident lives, also by what it becomes a child of."""
    after = raised(incident, severity, reasons, work.now)
    work.tx.save_incident(after)
    before, why = incident.severity, "; ".join(reasons)
    work.log(after, "severity", f"Severity rose from {before} to {severity}: {why}.")
    told = SeverityRose(before=before, severity=severity, reasons=reasons)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    return after


def as_grave_as(work: Work, parent: Incident, child: Incident) -> Incident:
    """What was an incident of its own is no less grave for becoming a child."""
    if not graver(child.severity, parent.severity):
        return parent
    return rise(work, parent, child.severity, child.severity_reasons)
