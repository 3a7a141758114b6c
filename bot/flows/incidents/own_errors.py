"""What each of several connections says itself, beside the one whose error stands for them all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.core.incidents.correlation import BY_HAND
from bot.core.incidents.incident import Incident
from bot.core.incidents.leading import by_gravity
from bot.core.triage.facts import Facts
from bot.flows.incidents.grouping.parts import PartView, parts_of
from bot.flows.triage.briefing import first_check, main_error, symptoms_of
from bot.flows.work import Work

_READ = 12  # of many connections that fail, how many are asked whenever it is shown
_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAndShared:
    """The errors to show to whom certain connections concern, by name. `shared` is the one that
    stands for all of them where theirs say otherwise, and `cause` what they have in common."""

    own: tuple[str, ...]
    shared: str
    cause: str
    first_check: str


def parts_with_errors(work: Work, incident: Incident, spoken: Facts | None) -> tuple[PartView, ...]:
    """Every connection of the incident; of several with what those that fail say. `spoken` is of
    the one whose error stands for all."""
    parts = parts_of(work, incident)
    if len(parts) < 2:
        return parts
    known = {one.connection: one for one in parts if not one.recovered}
    for one in by_gravity(known, work.catalogue)[:_READ]:
        mine = spoken is not None and spoken.connection.id == one.id
        since = known[one.id].failing_since
        facts = spoken if mine and spoken else symptoms_of(work, one, since)
        said, first = main_error(facts), first_check(facts)
        known[one.id] = replace(known[one.id], error=said, first_check=first, speaks=mine)
    return tuple(known.get(part.connection, part) for part in parts)


def beside(incident: Incident, parts: Sequence[PartView]) -> tuple[str, ...]:
    """What the others say that a person put together with the one whose error stands for them."""
    if incident.cause != BY_HAND:
        return ()
    others = (one for one in parts if one.error and not one.speaks and not one.recovered)
    return tuple(f"{one.name}: {one.error}" for one in others)[:_TOLD]


def told(
    incident: Incident, parts: Sequence[PartView], mine: Collection[str]
) -> OwnAndShared | None:
    """Of the connections `mine` of several; None where none of those has an error, so that
    what stands for all of them is all there is."""
    own = [one for one in parts if one.connection in mine and one.error and not one.recovered]
    if len(parts) < 2 or not own:
        return None
    texts = list(dict.fromkeys(f"{one.name}: {one.error}" for one in own))
    said, more = {one.error for one in own}, len(texts) - _TOLD
    beside = [one for one in parts if one.speaks and one.error not in ("", *said)]
    return OwnAndShared(
        own=(*texts[:_TOLD], *((f"and {more} more",) if more > 0 else ())),
        shared="".join(f"{one.name}: {one.error}" for one in beside),
        cause="" if incident.cause == BY_HAND else incident.cause,
        first_check=own[0].first_check,
    )
