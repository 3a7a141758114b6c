"""One piece of evidence in points. A minus comes without words, since people are told what
speaks *for* a lane."""

from dataclasses import dataclass

from bot.core.estate.lane import Lane, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePoints:
    """Points that one piece of evidence gives to a lane. `rule` is the stable id under which
    people's corrections are counted; see `lane_rules`."""

    rule: str
    lane: Lane
    points: int
    words: str = ""
    layer: Layer = Layer.TECHNICAL
