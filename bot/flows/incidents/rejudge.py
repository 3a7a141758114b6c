"""A live incident thought over again: what kind of failure it is, whose lane, for as long
as no person has said so, and how grave it is.

Whoever has it keeps it. What a person set is never overwritten; evidence that speaks against it
is told once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import LANE_NAMES, Layer
from bot.core.incidents.correlation import BY_HAND, signature, whole_lane
from bot.core.incidents.incident import BY_CHECKS, LIVE, Incident, State
from bot.core.incidents.notices import Rejudged
from bot.core.incidents.severity import assess, graver
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Cause
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks import retry
from bot.core.runbooks import runbook as walk
from bot.core.triage.facts import Facts, related
from bot.core.triage.party_lanes import acting_lane
from bot.core.triage.suggest import Suggestion
from bot.flows.incidents import counterparty
from bot.flows.incidents.grouping import regroup
from bot.flows.incidents.grouping.lead import failing_still, rise, speaker
from bot.flows.triage import past_incidents
from bot.flows.triage.briefing import Briefing, brief_in, first_check, main_error, symptoms_of
from bot.flows.triage.lessons import distinctive_words
from bot.flows.work import Work
from bot.language.marks import in_their_words, outside

_JUDGED = LIVE - {State.VERIFYING}
_LOOKS_IN_A_LEASE = 12


def news(work: Work, connections: Iterable[Connection]) -> None:
    """Their checks say something else than before: think their incidents over."""
    _each(work, _incidents_of(work, connections), words=True)


def figures(work: Work, connections: Iterable[Connection]) -> None:
    """Their checks read other numbers or times than before: show their incidents again."""
    for one in _incidents_of(work, connections):
        work.show_figures(one.id)


def _incidents_of(work: Work, connections: Iterable[Connection]) -> tuple[Incident, ...]:
    """The live incidents that these lead or are a child of."""
    found: dict[int, Incident] = {}
    for connection in connections:
        child = work.tx.child_for(connection.id)
        one = work.tx.live_incident(connection.id)
        if one is None and child is not None and child.parent is not None:
            one = work.tx.incident(child.parent)
        if one is not None and one.live:
            found[one.id] = one
    return tuple(found.values())


def keep_words(work: Work, connections: Iterable[Connection]) -> None:
    """What their records failed with may allow a bolder way to send them again than before: the
    most careful one stays with the incident. A part that fails otherwise by now than the parent it
    joined tells that of itself."""
    for connection in connections:
        one = work.tx.live_incident(connection.id) or work.tx.child_for(connection.id)
        if one is None or one.drill:
            continue
        facts = symptoms_of(work, connection, one.failing_since)
        # A payment that may have gone through once stays one, whatever the newest error says.
        after = replace(one, doubt=retry.strictest(one.doubt, retry.told(facts)))
        if one.state is State.MERGED and one.recovered_at is None:
            after = _of_kind(after, signature(facts))
        if after != one:
            work.tx.save_incident(after)


def neighbours(work: Work, turned: Iterable[Connection]) -> None:
    """These fail or run since a moment ago: what was judged of others that share something with
    them may not be true any more, and neither what their steps say of them."""
    fresh, catalogue = tuple(turned), work.catalogue
    if not fresh:
        return
    touched = tuple(
        one
        for one in work.tx.incidents(LIVE)
        if (lead := catalogue.connections.get(one.connection))
        and any(related(lead, other, catalogue) for other in fresh)
    )
    _each(work, touched)


def _each(work: Work, touched: Iterable[Incident], *, words: bool = False) -> None:
    """Judged or not, they are shown again: what was read is on their cards and steps. `words` tells
    that what they say is new since this look."""
    for before in touched:
        # Joining may have made a child of one further down the list.
        one = work.tx.incident(before.id)  # another one's turn may have changed it
        if one is not None:
            after = rejudge(work, one)
            if words and after.alike_since != one.alike_since:
                after = _says_so_since(work, after)
            # Its error may be known only by this look, and with it whose part it is.
            regroup.join_if_one(work, after)
            work.show_soon(one)


def rejudge(work: Work, incident: Incident, spoken: Briefing | None = None) -> Incident:
    """The incident as it is judged now, stored; what changed is told in the channel, once.
    `spoken` is of the connection that speaks for it, where that was read already."""
    connection = spoken.facts.connection if spoken else speaker(work, incident)
    # While the data is asked about nothing fails, and a drill is worked on recorded evidence.
    if incident.state not in _JUDGED or incident.drill or connection is None:
        return incident
    # Evidence that fades while it recovers would move the lane to whoever has the least to do with
    # it.
    if _coming_back(work, incident, connection) or _out_of_sight(work, connection):
        return incident
    briefing = spoken or brief_in(work, incident, connection)
    # A failure that has no words at this look is of no other kind by that.
    kind = signature(briefing.facts) or incident.kind
    other = bool(incident.kind) and kind not in (incident.kind, *incident.kinds)
    after = _of_kind(incident, kind)
    if incident.kind not in ("", kind) and incident.size == 1:
        after = replace(after, alike_since=_began_to(work, connection))
    found = _for_the_parent(work, after, briefing.suggestion)
    walked = _walked_to(work, incident)
    # A person's word and a walked runbook are never overwritten, only doubted.
    if incident.lane_by is None and walked is None:
        after = _at_lane(work, after, found)
    else:
        after = replace(after, lane_reasons=_reasons(after, walked, found, connection))
        # Each doubt is told once; the same one with every look would be noise.
        if found.confident and found.lane not in (incident.lane, incident.doubted):
            after = replace(after, doubted=found.lane)
    # Nothing is stored, logged or shown anew where nothing has changed.
    if after == incident:
        return incident
    work.tx.save_incident(after)
    change = _Change(incident, after, found, briefing.facts if other else None)
    if change.worth_telling:
        _tell(work, change, connection)
        work.show_soon(after)
    return after


def from_the_start(work: Work, incident: Incident) -> Incident:
    """A person opened it again: judged by what is seen now, whatever was seen before its end. Not
    stored. A lane that people set or walked to stays."""
    connection = speaker(work, incident)
    if connection is None:
        return incident
    briefing = brief_in(work, incident, connection)
    found = _for_the_parent(work, incident, briefing.suggestion)
    walked = _walked_to(work, incident)
    if incident.lane_by is None and walked is None:
        return _at_lane(work, incident, found)
    reasons = _reasons(incident, walked, found, connection)
    return replace(incident, lane_reasons=reasons)


def _of_kind(incident: Incident, kind: str) -> Incident:
    kinds = tuple(dict.fromkeys((*incident.kinds, incident.kind, kind)))
    known = tuple(one for one in kinds if one)
    return replace(incident, kind=kind or incident.kind, kinds=known)


def _began_to(work: Work, connection: Connection) -> datetime | None:
    """Since when the last of its checks fails that do: what one said in a turn before is over."""
    bad = [one for one in work.tx.checks_of(connection.id) if one.verdict is Verdict.FAILING]
    return max((one.since for one in bad), default=None)


def _says_so_since(work: Work, incident: Incident) -> Incident:
    """It failed already, and says since this look what it says."""
    health = work.tx.connection_health(incident.connection)
    turns = health.turns if health else None
    if turns is not None and turns.turned_at == work.now:
        return incident
    after = replace(incident, alike_since=work.now)
    work.tx.save_incident(after)
    return after


def coming_back(work: Work, incident: Incident, connection: Connection) -> bool:
    """Whether the lane of an open incident is judged no more, since the checks begin to see the
    connection run that speaks for it."""
    if incident.state not in _JUDGED:
        return False
    health = work.tx.connection_health(connection.id)
    fails = health is not None and health.verdict is Verdict.FAILING
    return fails and _coming_back(work, incident, connection)


def _coming_back(work: Work, incident: Incident, connection: Connection) -> bool:
    """It is believed to fail no more, or every check that says so has begun to see it run or only
    lacks what it looks for: then the evidence is gone before the failure is, and speaks for
    nobody. Where it is open by a person's word alone nothing of that is in the way."""
    by_word = incident.reopened_by is not None and not incident.seen_failing
    if incident.detected_by != BY_CHECKS or by_word:
        return False
    health = work.tx.connection_health(connection.id)
    if health is None or health.verdict is not Verdict.FAILING:
        return True
    bad = [one for one in work.tx.checks_of(connection.id) if one.verdict is Verdict.FAILING]
    return bool(bad) and all(
        one.candidate in (Verdict.OK, Verdict.DEGRADED) or _only_lacks(one) for one in bad
    )


def _out_of_sight(work: Work, connection: Connection) -> bool:
    """Nothing that says it fails could be looked at last: what it said is as true as before."""
    bad = [one for one in work.tx.checks_of(connection.id) if one.verdict is Verdict.FAILING]
    return bool(bad) and all(one.blind_streak for one in bad)


def _only_lacks(check: CheckHealth) -> bool:
    return check.cause is Cause.LACKING and not check.failed


def _walked_to(work: Work, incident: Incident) -> walk.Outcome | None:
    """What people's answers in the present runbook came to, where that names a lane."""
    progress = next(reversed(work.tx.walks(incident.id)), None)
    book = work.knowledge.runbooks.get(progress.runbook) if progress else None
    outcome = walk.outcome(book, progress) if book and progress else None
    return outcome if outcome is not None and outcome.lane is not None else None


def _reasons(
    incident: Incident, walked: walk.Outcome | None, found: Suggestion, connection: Connection
) -> tuple[str, ...]:
    """Of a lane that people set or walked to: their own words, else what the evidence says for it
    now."""
    words = tuple(one for one in incident.lane_reasons if in_their_words(one))
    if words:
        return words
    here = walked and walked.lane and acting_lane(walked.lane, connection) is incident.lane
    because = (walked.because,) if walked and here and walked.because else ()
    return (*because, *(found.evidence if found.lane is incident.lane else ()))


def _for_the_parent(work: Work, parent: Incident, found: Suggestion) -> Suggestion:
    """Connectors of several makers that fail alike point away from each of them. Whether those
    that a person merged do is not known."""
    members = failing_still(work, parent)
    alike = parent.cause not in ("", BY_HAND)
    shared = whole_lane(members, parent.kind, parent.cause) if alike else None
    if shared is None:
        return found
    lane, why = shared
    reasons = (why, *(found.evidence if found.lane is lane else ()))
    found = replace(found, lane=lane, layer=Layer.TECHNICAL, reasons=reasons)
    return replace(found, confident=True, grounds=True)


def _at_lane(work: Work, incident: Incident, found: Suggestion) -> Incident:
    past_incidents.remember_votes(work, incident, found.votes)
    after = replace(incident, lane=found.lane, layer=found.layer, lane_reasons=found.reasons)
    return (
        after
        if found.lane is incident.lane
        else counterparty.at_the_lanes_pace(work.knowledge, after)
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """What an incident is judged as now; `other` is what it says where that is another error."""

    before: Incident
    after: Incident
    found: Suggestion
    other: Facts | None

    @property
    def moved(self) -> bool:
        # What comes and goes may move its lane with every turn, and no turn is told.
        return self.after.lane is not self.before.lane and not self.after.comes_and_goes

    @property
    def doubted(self) -> bool:
        return self.after.doubted is not self.before.doubted and self.before.lane is not None

    @property
    def worth_telling(self) -> bool:
        return self.other is not None or self.moved or self.doubted

    @property
    def because(self) -> str:
        return next(iter(self.found.reasons), "")


def _tell(work: Work, change: _Change, speaks: Connection) -> None:
    before, after, other = change.before, change.after, change.other
    told = Rejudged(
        of=(speaks.id,) if after.size > 1 else (),
        other=other is not None,
        error=main_error(other) if other else "",
        first_check=first_check(other) if other else "",
        lane=change.found.lane,
        before=before.lane,
        because=change.because,
        set_by=before.lane_by,
        moved=change.moved,
        doubted=change.doubted,
    )
    work.log(after, "judged anew", " ".join(_sentences(change, speaks)))
    work.tell(CHANNEL, told, about=incident_subject(after.id))


def _sentences(change: _Change, speaks: Connection) -> Iterator[str]:
    lane, because = LANE_NAMES[change.found.lane], change.because.rstrip(".")
    if change.other is not None:
        where = f" on {outside(speaks.name)}" if change.after.size > 1 else ""
        error = main_error(change.other) or "unknown to the playbook"
        yield f"Other error now{where}: {error.rstrip('.')}."
    if change.moved:
        yield f"Suggested lane: {lane}, because: {because}."
    if change.doubted:
        yield f"The evidence speaks for {lane} now: {because}."


def assess_again(work: Work, incident: Incident) -> bool:
    """Assess the incident with all its children; a higher severity is told and quickens the ladder.
    Returns whether it rose."""
    # The next look is stored before this one is done, so that an error in it does not end the
    # looks.
    later = replace(incident, assess_at=work.now + incident.lease / _LOOKS_IN_A_LEASE)
    work.tx.save_incident(later)
    work.show_figures(incident.id)  # with what only the time changed
    # It runs, and severity never falls while the incident lives.
    if incident.state is State.VERIFYING:
        return False
    gravest = incident.severity
    reasons = incident.severity_reasons
    for connection, facts in _affected(work, incident):
        # What failed may become known only after the incident was opened.
        later = replace(later, said=later.said or distinctive_words(facts))
        found = assess(facts, connection, work.catalogue, work.now)
        if graver(found.severity, gravest):
            gravest, reasons = found.severity, found.reasons
    work.tx.save_incident(later)
    later = rejudge(work, later)
    if gravest is incident.severity:
        regroup.join_if_one(work, later)
        return False
    work.show_soon(rise(work, later, gravest, reasons))
    return True


def _affected(work: Work, incident: Incident) -> list[tuple[Connection, Facts]]:
    ids = [incident.connection]
    ids += [
        connection for connection, recovered in work.tx.recovered_of(incident.id) if not recovered
    ]
    found = (work.catalogue.connections.get(key) for key in dict.fromkeys(ids))
    return [(one, brief_in(work, incident, one).facts) for one in found if one]
