"""Which lane has to act: a suggestion with its reasons.

People see reasons in words and never a score; one click of theirs outranks every suggestion.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.catalogue import LANE_NAMES, Build, Catalogue, Connection, Lane, Layer
from bot.core.facts import Facts
from bot.core.lane_evidence import weigh
from bot.core.lane_rules import Vote
from bot.core.likely import likely_class
from bot.core.playbook import ErrorClass
from bot.core.standing import maker_lane
from bot.core.weight import Weight

CLEAR_LEAD = 2  # points ahead of the second lane that make a suggestion confident

_BUILD_WORDS = {
    Build.NATIVE: "the connector is its vendor's own product",
    Build.PUBLISHER: "the connector is an extension by the publisher",
    Build.IPAAS: "the flow is configured on an integration platform by us or our partner",
    Build.CUSTOM: "the connection is custom-built",
    Build.SCRIPT: "the connection is a script of our own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`reasons` are sentences, strongest first; never empty."""

    lane: Lane
    layer: Layer
    reasons: tuple[str, ...]
    confident: bool
    error_class: ErrorClass = ErrorClass.UNKNOWN
    votes: tuple[Vote, ...] = ()  # every rule that argued for a lane, also for another one


def suggest(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> Suggestion:
    """The lane the evidence points to. On a tie or without evidence it is the lane of the
    connector's maker, not confident, and the first reason says so."""
    weights = tuple(weigh(facts, connection, catalogue, now))
    votes = dict.fromkeys(Vote(rule=one.rule, lane=one.lane) for one in weights if one.points > 0)
    said = _weighed(weights, connection)
    return replace(said, error_class=likely_class(facts, now), votes=tuple(votes))


def _weighed(weights: tuple[Weight, ...], connection: Connection) -> Suggestion:
    default = maker_lane(connection)
    points = {lane: sum(item.points for item in weights if item.lane is lane) for lane in Lane}
    points[default] += 2 if connection.build is not Build.UNKNOWN else 1
    first, second, _ = sorted(Lane, key=lambda lane: -points[lane])
    speaking = _speaking_for(first, weights)
    if points[first] == points[second]:
        said = f"The evidence speaks for {LANE_NAMES[first]} and {LANE_NAMES[second]} alike"
        return _fall_back(connection, said, _speaking_for(default, weights))
    if not speaking:
        return _fall_back(connection, "No evidence points to a lane yet", ())
    reasons = tuple(dict.fromkeys(item.words for item in speaking))
    return Suggestion(
        lane=first,
        layer=speaking[0].layer,
        reasons=(*reasons, *_built(connection)) if first is default else reasons,
        confident=points[first] - points[second] >= CLEAR_LEAD,
    )


def _speaking_for(lane: Lane, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    speaking = (item for item in weights if item.lane is lane and item.points > 0)
    return tuple(sorted(speaking, key=lambda item: -item.points))


def _fall_back(connection: Connection, said: str, also: tuple[Weight, ...]) -> Suggestion:
    lane = maker_lane(connection)
    return Suggestion(
        lane=lane,
        layer=also[0].layer if also else Layer.TECHNICAL,
        reasons=(
            f"{said}; start with {LANE_NAMES[lane]}.",
            *_built(connection),
            *dict.fromkeys(item.words for item in also),
        ),
        confident=False,
    )


def _built(connection: Connection) -> tuple[str, ...]:
    """Nothing where nobody recorded it: that is no reason."""
    words = _BUILD_WORDS.get(connection.build)
    return (f"By how it was built: {words}.",) if words else ()
