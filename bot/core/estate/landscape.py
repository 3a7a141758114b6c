"""Where the systems and connections stand on the landscape map.

The system with most connections is the hub in the middle; what feeds it stands on the left, what
it feeds on the right, and what does not touch it below. Numbers are pixels.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.estate.catalogue import Catalogue, Connection, Criticality
from bot.core.estate.ids import SystemId

BOX_W, BOX_H, GAP, EDGE = 190, 44, 26, 22
LEFT, MIDDLE, RIGHT, TOP = 20, 500, 980, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    system: SystemId
    name: str
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """`unowned`: a layer has no owner. Ends are (x, y)."""

    connection: str
    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    both_ways: bool
    critical: bool
    unowned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def landscape(catalogue: Catalogue) -> Map:
    """The map of every connection that somebody has to answer for."""
    shown = [one for one in catalogue.connections.values() if one.about.lifecycle.managed]
    # Without a connection there is no hub to begin with.
    if not shown:
        return Map(width=BOX_W, height=BOX_H, boxes=(), arrows=())
    # In most estates that is the ERP; nothing in the file says which system it is.
    hub = Counter(end for one in shown for end in one.systems).most_common(1)[0][0]
    left, right, apart = _sides(shown, hub)
    sizes = Counter(end for one in shown for end in one.systems)
    boxes, bottom = _columns(catalogue, left, right, sizes)
    middle = Box(
        system=hub,
        name=catalogue.system_name(hub),
        x=MIDDLE,
        y=TOP,
        w=BOX_W,
        h=max(bottom - TOP - GAP, BOX_H),
    )
    below, bottom = _row(catalogue, apart, max(bottom, TOP + BOX_H + GAP))
    placed = {box.system: box for box in (*boxes, middle, *below)}
    return Map(
        width=RIGHT + BOX_W + LEFT,
        height=bottom,
        boxes=tuple(placed.values()),
        arrows=tuple(_arrows(shown, placed, hub)),
    )


def _sides(
    shown: Sequence[Connection], hub: SystemId
) -> tuple[list[SystemId], list[SystemId], list[SystemId]]:
    left: dict[SystemId, None] = {}
    right: dict[SystemId, None] = {}
    others: dict[SystemId, None] = {}
    for one in shown:
        if hub not in one.systems:
            others.update(dict.fromkeys(one.systems))
        # What both feeds the hub and is fed by it stands where it was met first, and once.
        elif one.target == hub and one.source not in right:
            left[one.source] = None
        elif one.source == hub and one.target not in left:
            right[one.target] = None
    apart = [end for end in others if end not in left and end not in right]
    return list(left), list(right), apart


def _columns(
    catalogue: Catalogue, left: list[SystemId], right: list[SystemId], sizes: Counter[SystemId]
) -> tuple[list[Box], float]:
    boxes = []
    bottom: float = TOP
    for x, column in ((LEFT, left), (RIGHT, right)):
        y: float = TOP
        for system in column:
            height = max(BOX_H, sizes[system] * EDGE + EDGE)
            name = catalogue.system_name(system)
            boxes.append(Box(system=system, name=name, x=x, y=y, w=BOX_W, h=height))
            y += height + GAP
        bottom = max(bottom, y)
    return boxes, bottom


def _row(catalogue: Catalogue, apart: list[SystemId], top: float) -> tuple[list[Box], float]:
    boxes = []
    for place, system in enumerate(apart):
        x = LEFT + place % 4 * (BOX_W + 110)
        y = top + place // 4 * (BOX_H + GAP * 2)
        name = catalogue.system_name(system)
        boxes.append(Box(system=system, name=name, x=x, y=y, w=BOX_W, h=BOX_H))
    return boxes, max((box.y + box.h for box in boxes), default=top - GAP) + GAP


def _arrows(shown: Sequence[Connection], placed: dict[SystemId, Box], hub: SystemId) -> list[Arrow]:
    used: Counter[SystemId] = Counter()
    arrows = []
    for one in shown:
        source, target = placed[one.source], placed[one.target]
        outer = target if one.source == hub else source
        # Each arrow at a height of its own, so that no name lies on another one.
        used[outer.system] += 1
        y = outer.y + used[outer.system] * EDGE
        if hub in one.systems:
            start, end = _level(source, target, y)
        else:
            start, end = _between(source, target)
        owners = one.owners
        arrows.append(
            Arrow(
                connection=one.id,
                name=one.name,
                start=start,
                end=end,
                both_ways=one.both_ways,
                critical=one.criticality is Criticality.CRITICAL,
                unowned=not (owners.technical and owners.functional and owners.architecture),
            )
        )
    return arrows


def _level(source: Box, target: Box, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    if source.x < target.x:
        return (source.x + source.w, y), (target.x, y)
    return (source.x, y), (target.x + target.w, y)


def _between(source: Box, target: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the near side of one box to the near side of the other."""
    start_x = source.x + source.w if source.x < target.x else source.x
    end_x = target.x if source.x < target.x else target.x + target.w
    return (start_x, source.y + source.h / 2), (end_x, target.y + target.h / 2)
