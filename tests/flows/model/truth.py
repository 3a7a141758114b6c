"""What one incident's displays claim, held against what is known at that moment.

Everything here compares the values from which cards, steps and letters are drawn; no prose is read.
"""

from collections.abc import Iterator
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.incident import State
from bot.core.runbooks.evidence import Tone
from bot.core.runbooks.runbook import EvidenceKind
from bot.core.triage.credential_register import doubt_of
from bot.core.triage.error_class import DATA, OWNERS_ACT, TELLS_ITSELF, main_class
from bot.core.triage.facts import Facts, LaneFactKind
from bot.core.triage.lane_rules import ALONE, MAKER_RELEASE, NETWORK, RELEASE, SAME_CREDENTIAL
from bot.core.triage.playbook import ErrorClass
from bot.core.triage.suggest import Suggestion, suggest
from bot.flows.triage.briefing import brief_of
from bot.flows.views import IncidentView
from bot.flows.work import Work

_BROKEN = frozenset({State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER})


def contradictions(work: Work, view: IncidentView) -> tuple[str, ...]:
    """What two displays of this incident, or a display and the facts, say differently."""
    found = [*_times(view), *_people(view), *_names(view)]
    briefing = brief_of(work, view.incident)
    if briefing is not None:
        facts, said = briefing.facts, briefing.suggestion
        found += [*_successes(view, facts), *_reasons(facts, said), *_owners(view, said)]
        found += _ticks(view, facts, work.now)
    return tuple(found)


def contradictions_of(facts: Facts, catalogue: Catalogue, now: datetime) -> tuple[str, ...]:
    """The part that needs no incident: what is suggested, against the facts it rests on."""
    return tuple(_reasons(facts, suggest(facts, facts.connection, catalogue, now)))


def _times(view: IncidentView) -> Iterator[str]:
    """Only what no clock that is set back can bring about."""
    incident = view.incident
    if incident.began > incident.failing_since:
        yield "it began after it failed"
    if incident.holder and incident.held_since is None and not incident.report_only:
        yield "somebody has it since no time"
    if incident.state is State.VERIFYING and incident.recovered_at is None:
        yield "it runs again since no time"


def _people(view: IncidentView) -> Iterator[str]:
    incident = view.incident
    if incident.state is State.OPEN and incident.holder:
        yield "it is open, and somebody has it"
    if incident.let_go and incident.holder:
        yield "somebody let it go who has it, or another one has it"
    if view.next_ping and incident.state is not State.OPEN:
        yield "somebody is pinged next although it is not open"
    fails = any(not part.recovered for part in view.connections)
    if any(step.narrower for step in view.steps) and not fails:
        yield "a runbook is offered while nothing fails"


def _names(view: IncidentView) -> Iterator[str]:
    incident = view.incident
    if incident.name and incident.state is State.VERIFYING and "failing" in incident.headline:
        yield "its headline says that it fails while it runs again"


def _successes(view: IncidentView, facts: Facts) -> Iterator[str]:
    if view.last_good != facts.last_good:
        yield "card and evidence name different last successes"
    witnesses = [one.witness for one in facts.last_good]
    if len(witnesses) != len(set(witnesses)):
        yield "one witness has two last successes"
    doubted = [one for one in facts.last_good if one.doubted]
    if doubted and facts.last_good[0] not in doubted:
        yield "the success of a check that works stands for one that fails"


def _reasons(facts: Facts, said: Suggestion) -> Iterator[str]:
    rules = {vote.rule for vote in said.votes}
    updates = [one.at for one in facts.releases]
    updates += [one.at for one in facts.observed if one.kind is LaneFactKind.VERSION]
    unproven = [at for at in updates if facts.good_after(at) is None]
    limited = main_class(facts) is ErrorClass.RATE_LIMIT
    if rules & {RELEASE, MAKER_RELEASE} and not unproven and not limited:
        yield "an update is blamed that something outlived"
    on_system = {item.connection for item in facts.neighbours if item.broken}
    if ALONE in rules and on_system:
        yield "only this connection fails, while others do"
    distinctive = [item for item in facts.neighbours if item.fails_with not in TELLS_ITSELF]
    if SAME_CREDENTIAL in rules and main_class(facts) in DATA:
        yield "a login is blamed for a fault in the data"
    if NETWORK in rules and not any(item.broken for item in distinctive):
        yield "the network is blamed for what fails for reasons of its own"


def _owners(view: IncidentView, said: Suggestion) -> Iterator[str]:
    asked = OWNERS_ACT.get(said.error_class)
    if bool(view.data_faults) is not (asked is not None):
        yield "the owner of the data is asked for what is none of theirs, or not asked"
    owner = view.connection.owners.functional if view.connection else None
    if owner and not all(fault.people for fault in view.data_faults):
        yield "the owner of the data is named and nobody is asked"


def _ticks(view: IncidentView, facts: Facts, now: datetime) -> Iterator[str]:
    lines = [line for step in view.steps for line in step.evidence]
    good = {line.kind for line in lines if line.tone is Tone.GOOD}
    stopped = view.incident.state in _BROKEN and not facts.some_pass
    if EvidenceKind.WHERE_STOPPED in good and stopped and facts.last_good:
        yield "a tick beside the last success before the break"
    doubts = [doubt_of(one, facts, now) for one in facts.connection.credentials]
    marks = [line for line in lines if line.kind is EvidenceKind.HEALTH_CREDENTIALS]
    bad = sum(line.tone is Tone.BAD for line in marks)
    if marks and bad < sum(doubt is not None for doubt in doubts):
        yield "a tick beside a credential that is refused"
