"""What each of several connections says itself, beside the one whose error stands for them all; and
what is wrong without a word of error: nothing arrives, it waits too long, it is not complete. Next
to an error that would go unseen, since that is told in its own words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import BY_HAND
from bot.core.incidents.grouping import by_gravity
from bot.core.incidents.incident import Incident
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.rules import Verdict, rule_results
from bot.core.monitoring.signals import Reading, Signal
from bot.core.triage.facts import Facts
from bot.flows.incidents.grouping.children import ChildView, children_of
from bot.flows.incidents.grouping.lead import failing
from bot.flows.triage.briefing import first_check, main_error, symptoms_of
from bot.flows.work import Work
from bot.language.marks import outside

_READ = 12  # of many connections that fail, how many are asked whenever it is shown
_TOLD = 3
_BY_ERROR = frozenset({Signal.FAILED, Signal.FAILED_NEW, Signal.REACHABLE, Signal.STATUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAndShared:
    """The errors to show to whom certain connections concern, by name. `shared` is the one that
    stands for all of them where theirs say otherwise, and `cause` what they have in common."""

    own: tuple[str, ...]
    shared: str
    cause: str
    first_check: str


def children_with_errors(
    work: Work, incident: Incident, spoken: Facts | None
) -> tuple[ChildView, ...]:
    """Every connection of the incident; of several with what those that fail say. `spoken` is of
    the one whose error stands for all."""
    children = children_of(work, incident)
    if len(children) < 2:
        return children
    known = {one.connection: one for one in children if not one.recovered}
    # The gravest first: their errors decide what people do, and the card has room for few.
    for one in by_gravity(known, work.catalogue)[:_READ]:
        mine = spoken is not None and spoken.connection.id == one.id
        since = known[one.id].failing_since
        facts = spoken if mine and spoken else symptoms_of(work, one, since)
        said, first = main_error(facts), first_check(facts)
        known[one.id] = replace(known[one.id], error=said, first_check=first, speaks=mine)
    return tuple(known.get(child.connection, child) for child in children)


def beside(incident: Incident, children: Sequence[ChildView]) -> tuple[str, ...]:
    """What the others say that a person put together with the one whose error stands for them."""
    if incident.cause != BY_HAND:
        return ()
    others = (one for one in children if one.error and not one.speaks and not one.recovered)
    return tuple(f"{one.name}: {one.error}" for one in others)[:_TOLD]


def told(
    incident: Incident, children: Sequence[ChildView], mine: Collection[str]
) -> OwnAndShared | None:
    """Of the connections `mine` of several; None where none of those has an error, so that
    what stands for all of them is all there is."""
    own = [one for one in children if one.connection in mine and one.error and not one.recovered]
    if len(children) < 2 or not own:
        return None
    texts = list(dict.fromkeys(f"{one.name}: {one.error}" for one in own))
    said, more = {one.error for one in own}, len(texts) - _TOLD
    beside = [one for one in children if one.speaks and one.error not in ("", *said)]
    return OwnAndShared(
        own=(*texts[:_TOLD], *((f"and {more} more",) if more > 0 else ())),
        shared="".join(f"{one.name}: {one.error}" for one in beside),
        cause="" if incident.cause == BY_HAND else incident.cause,
        first_check=own[0].first_check,
    )


def silent_faults(work: Work, incident: Incident) -> tuple[str, ...]:
    """The present ones of what fails, as sentences in marks, the gravest connection first. A drill
    is worked on recorded evidence, whatever fails beside it."""
    if incident.drill:
        return ()
    found = []
    for one in failing(work, incident)[:_READ]:
        name = f"{outside(one.name)}: " if incident.size > 1 else ""
        if said := " ".join(dict.fromkeys(_of(work, one))):
            found.append(f"{name}{said}")
    more = len(found) - _TOLD
    return (*found[:_TOLD], *((f"and {more} more",) if more > 0 else ()))


def _of(work: Work, connection: Connection) -> Iterator[str]:
    specs = {spec.key: spec for spec in connection.checks}
    for check in work.tx.checks_of(connection.id):
        spec = specs.get(check.check)
        if spec is not None and check.verdict is Verdict.FAILING and not check.unread:
            yield from _said(spec, check, work.now)


def _said(spec: CheckSpec, check: CheckHealth, now: datetime) -> Iterator[str]:
    # Without any error the rules' own sentences are all that is known.
    if not check.failed and not check.error:
        yield from check.reasons
        return
    seen = Reading(at=check.checked_at or now, signals=check.signals)
    for result in rule_results(spec, seen, now, check.beyond):
        silent = result.rule is not None and result.rule.signal not in _BY_ERROR
        if silent and result.verdict is Verdict.FAILING:
            yield result.reason
