"""Which lane has to act: a suggestion with its reasons.

People see reasons in words and never a score; one click of theirs outranks every suggestion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Build, Catalogue, Connection
from bot.core.estate.lane import LANE_NAMES, Lane, Layer
from bot.core.triage.error_class import likely_class
from bot.core.triage.facts import Facts
from bot.core.triage.lane_evidence import weigh
from bot.core.triage.lane_rules import LanePoints, Vote
from bot.core.triage.party_lanes import maker_lane
from bot.core.triage.playbook import ErrorClass

_Tied = Mapping[Lane, tuple[LanePoints, ...]]  # lanes with as many points, and what speaks for each
CLEAR_LEAD = 2  # points ahead of the second lane that make a suggestion confident

_NOTHING = "No evidence points to a lane yet"
_BUILD_WORDS = {
    Build.NATIVE: "the connector is its vendor's own product",
    Build.PUBLISHER: "the connector is an extension by the publisher",
    Build.IPAAS: "the flow is configured on an integration platform by us or our partner",
    Build.CUSTOM: "the connection is custom-built",
    Build.SCRIPT: "the connection is a script of our own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`reasons` are sentences, strongest first; never empty. Where no evidence is `grounds` enough
    for the lane, the first one says so."""

    lane: Lane
    layer: Layer
    reasons: tuple[str, ...]
    confident: bool
    grounds: bool = True
    error_class: ErrorClass = ErrorClass.UNKNOWN
    votes: tuple[Vote, ...] = ()  # every rule that argued for a lane, also for another one

    @property
    def evidence(self) -> tuple[str, ...]:
        """What speaks for the lane, whoever it was that chose it."""
        return self.reasons if self.grounds else self.reasons[1:]


def suggest(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> Suggestion:
    """The lane the evidence points to. On a tie it is the lane of the connector's maker where
    anything speaks for that, as it is without evidence; not confident, and the first reason says
    so."""
    evidence = tuple(weigh(facts, connection, catalogue, now))
    votes = dict.fromkeys(Vote(rule=one.rule, lane=one.lane) for one in evidence if one.points > 0)
    said = _weighed(evidence, connection)
    return replace(said, error_class=likely_class(facts, now), votes=tuple(votes))


def _weighed(evidence: tuple[LanePoints, ...], connection: Connection) -> Suggestion:
    default = maker_lane(connection)
    points = {lane: sum(item.points for item in evidence if item.lane is lane) for lane in Lane}
    # As much as a plain error text: without evidence the maker goes first, and one hint moves
    # nothing.
    points[default] += 2 if connection.build is not Build.UNKNOWN else 1
    first, second, _ = sorted(Lane, key=lambda lane: -points[lane])
    speaking = _speaking_for(first, evidence)
    if points[first] == points[second]:
        tied = {
            lane: _speaking_for(lane, evidence) for lane in Lane if points[lane] == points[first]
        }
        return _tied(connection, tied)
    if not speaking:
        return _fall_back(connection, _NOTHING, {}, default)
    reasons = tuple(dict.fromkeys(item.words for item in speaking))
    return Suggestion(
        lane=first,
        layer=speaking[0].layer,
        reasons=(*reasons, *_built(connection)) if first is default else reasons,
        confident=points[first] - points[second] >= CLEAR_LEAD,
    )


def _tied(connection: Connection, tied: _Tied) -> Suggestion:
    """A lane is named for the evidence only where a piece of it is, and where somebody of the
    connection stands for it; that it is the maker's is no evidence."""
    default = maker_lane(connection)
    stands = {default, Lane.IT, *connection.lanes}
    backed = [lane for lane, speaking in tied.items() if speaking and lane in stands]
    names = " and ".join(LANE_NAMES[lane] for lane in backed)
    if len(backed) > 1:
        said = f"The evidence speaks for {names} alike"
    elif not backed:
        said = _NOTHING
    elif backed == [default]:
        said = "What was found is no more than a hint"
    elif _built(connection) and default in tied:
        said = (
            f"How it was built and what was found speak for {LANE_NAMES[default]} and {names} alike"
        )
    else:
        said = f"What was found is no more than a hint at {names}"
    return _fall_back(connection, said, tied, _start(connection, tied, backed))


def _start(connection: Connection, tied: _Tied, backed: list[Lane]) -> Lane:
    """The maker's lane where anything speaks for that, else the one of the strongest piece."""
    default = maker_lane(connection)
    if not backed or default in backed or (default in tied and _built(connection)):
        return default
    return max(backed, key=lambda lane: tied[lane][0].points)


def _speaking_for(lane: Lane, evidence: tuple[LanePoints, ...]) -> tuple[LanePoints, ...]:
    speaking = (item for item in evidence if item.lane is lane and item.points > 0)
    return tuple(sorted(speaking, key=lambda item: -item.points))


def _fall_back(connection: Connection, said: str, found: _Tied, lane: Lane) -> Suggestion:
    """The suggestion of `lane` without confidence, with all that was found, what speaks for the
    lane first."""
    own = found.get(lane, ())
    rest = (item for speaking in found.values() for item in speaking)
    return Suggestion(
        lane=lane,
        layer=own[0].layer if own else Layer.TECHNICAL,
        reasons=(
            f"{said}; start with {LANE_NAMES[lane]}.",
            *(_built(connection) if lane is maker_lane(connection) else ()),
            *dict.fromkeys(item.words for item in (*own, *rest)),
        ),
        confident=False,
        grounds=False,
    )


def _built(connection: Connection) -> tuple[str, ...]:
    """What the build says for a lane, in words; nothing where nobody recorded how it was built."""
    words = _BUILD_WORDS.get(connection.build)
    return (f"By how it was built: {words}.",) if words else ()
