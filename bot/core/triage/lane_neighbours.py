"""What the other connections say: who fails alike, who runs well, and what that clears.

A connection that runs well clears the end it shares with the broken one, and only that end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import SystemId
from bot.core.estate.lane import Lane
from bot.core.monitoring.heartbeat import PUSHED
from bot.core.monitoring.signals import NO_ANSWER
from bot.core.triage import lane_rules as rules
from bot.core.triage.error_class import DATA, TELLS_ITSELF
from bot.core.triage.facts import Facts, Neighbour, Shared
from bot.core.triage.lane_rules import LanePoints
from bot.core.triage.party_lanes import maker_lane, maker_of, same_platform, system_lane
from bot.core.triage.playbook import ErrorClass
from bot.language.marks import outside

# Classes of error that only an answer can tell of.
_ANSWERED = frozenset(ErrorClass) - {
    *(ErrorClass.CONNECTIVITY, ErrorClass.BACKLOG, ErrorClass.UNKNOWN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One end of the broken connection, and who else uses it."""

    system: SystemId
    broken: tuple[Neighbour, ...]
    fine: tuple[Neighbour, ...]


def same_quota(facts: Facts, connection: Connection, catalogue: Catalogue) -> Iterator[LanePoints]:
    """Throttled together is no outage: connections of ours share an allowance. What is known to
    draw on another one, or to fail for another cause, was not throttled with it."""
    own = connection.about.interface.quota
    throttled = [
        item
        for item in facts.neighbours
        if item.kind is not Shared.VENDOR
        and item.broken
        and item.fails_with in ("", ErrorClass.RATE_LIMIT)
        and (not own or _quota(item, catalogue) in (None, own))
    ]
    if throttled:
        drawn = {one for item in throttled if (one := own or _quota(item, catalogue))}
        quota = catalogue.governance.quotas.get(drawn.pop()) if len(drawn) == 1 else None
        name = f"the quota {outside(quota.name, 60)}" if quota else "a quota"
        common = {item.shares for item in throttled}
        on = f" on the same {outside(common.pop(), 80)}" if len(common) == 1 else ""
        words = f"{_names(throttled)}{on} {_fail(throttled)} too: they share {name}."
        yield LanePoints(rule=rules.QUOTA, lane=Lane.IT, points=5, words=words)


def _quota(item: Neighbour, catalogue: Catalogue) -> str | None:
    return _other(item, catalogue).about.interface.quota


def of_neighbours(
    facts: Facts,
    connection: Connection,
    catalogue: Catalogue,
    kind: ErrorClass | None,
    *,
    blamed: bool,
) -> Iterator[LanePoints]:
    """`kind` is the class of the main error; `blamed` tells that somebody's own page or an error
    text already explains why only this connection fails."""
    witnesses = tuple(item for item in facts.neighbours if not _by_itself(item, kind))
    if kind not in DATA:  # no login closes a period or takes a value away
        yield from _same_credential(witnesses)
    ends = [_end(system, witnesses, catalogue) for system in dict.fromkeys(connection.systems)]
    broken = [item for item in witnesses if item.broken]
    if platform := _whole_platform(witnesses, connection, catalogue):
        yield from platform
    elif _unheard(facts, kind) and _both_ends(ends, catalogue):
        systems = " and ".join(outside(catalogue.system_name(end.system), 60) for end in ends)
        words = f"Connections to {systems} fail at once: look at the network first."
        yield LanePoints(rule=rules.NETWORK, lane=Lane.IT, points=3, words=words)
    elif any(_by_others(end, connection, catalogue) for end in ends):
        for end in ends:
            unheard = _unheard(facts, kind)
            yield from _others_fail(end, connection, catalogue, kind, unheard=unheard)
    elif broken:
        yield from _same_maker(broken, ends, connection, catalogue)
    elif not blamed:
        yield from _alone(ends, facts.neighbours, connection, catalogue)


def _by_itself(item: Neighbour, kind: ErrorClass | None) -> bool:
    """Whether it fails for a cause of its own, which tells nothing about what both share."""
    return item.broken and item.fails_with != kind and item.fails_with in TELLS_ITSELF


def _end(system: SystemId, neighbours: tuple[Neighbour, ...], catalogue: Catalogue) -> _End:
    known = catalogue.connections
    using = [item for item in neighbours if system in known[item.connection].systems]
    return _End(
        system=system,
        broken=tuple(item for item in using if item.broken),
        fine=tuple(item for item in using if item.fine),
    )


def _other(neighbour: Neighbour, catalogue: Catalogue) -> Connection:
    return catalogue.connections[neighbour.connection]


def _same_credential(neighbours: tuple[Neighbour, ...]) -> Iterator[LanePoints]:
    by_key = [item for item in neighbours if item.kind is Shared.CREDENTIAL and item.broken]
    if by_key:
        words = f"{_names(by_key)} with the same {by_key[0].shares} {_fail(by_key)} too."
        yield LanePoints(rule=rules.SAME_CREDENTIAL, lane=Lane.IT, points=3, words=words)


def _whole_platform(
    neighbours: tuple[Neighbour, ...], connection: Connection, catalogue: Catalogue
) -> tuple[LanePoints, ...]:
    """Flows to different systems on one platform fail, and nothing beside the platform does."""
    down, common = [], set(connection.systems)
    for item in neighbours:
        other = _other(item, catalogue)
        on_it = (item.broken or item.fine) and same_platform(connection, other)
        # One that runs clears the platform, one that fails beside it needs another cause.
        if (item.fine and on_it) or (item.broken and not on_it):
            return ()
        if on_it:
            down.append(item)
            common.intersection_update(other.systems)
    if not down or common:
        return ()
    platform = catalogue.party_of(connection, Lane.VENDOR)
    name = outside(platform.name, 60) if platform else "the platform"
    words = f"{_names(down)} on {name} {_fail(down)} too, to different systems; nothing else does."
    return (LanePoints(rule=rules.PLATFORM, lane=Lane.VENDOR, points=4, words=words),)


def _unheard(facts: Facts, kind: ErrorClass | None) -> bool:
    """Whether the failure may be the network's: looks go out and none of them was answered, or the
    records say that they cannot connect."""
    if kind in _ANSWERED or not _goes_out(facts.connection):
        return False
    if facts.calls:
        return not NO_ANSWER.isdisjoint(facts.calls.values())
    return kind is ErrorClass.CONNECTIVITY or not facts.answered


def _goes_out(connection: Connection) -> bool:
    """Whether anything is asked of the far end; what is only pushed to us shows no network."""
    kinds = {check.kind for check in connection.checks}
    return not kinds or not kinds <= PUSHED


def _both_ends(ends: list[_End], catalogue: Catalogue) -> bool:
    """Whether others fail at each end that do not even touch the other one."""
    if len(ends) < 2:
        return False
    one, other = ({item for item in end.broken if _mute(item, catalogue)} for end in ends)
    # Some at each end that do not touch the other: what all of them share is the way there.
    return bool(one - other and other - one)


def _mute(item: Neighbour, catalogue: Catalogue) -> bool:
    """Whether its failure may be the network's: what it fails with is no other known cause."""
    return item.fails_with not in _ANSWERED and _goes_out(_other(item, catalogue))


def _by_others(end: _End, connection: Connection, catalogue: Catalogue) -> bool:
    return bool(_foreign(end.broken, connection, catalogue))


def _foreign(
    items: tuple[Neighbour, ...], connection: Connection, catalogue: Catalogue
) -> list[Neighbour]:
    """The connections that somebody else made, or of which nobody knows who did."""
    own = maker_of(connection)
    return [item for item in items if own is None or maker_of(_other(item, catalogue)) != own]


def _others_fail(
    end: _End,
    connection: Connection,
    catalogue: Catalogue,
    kind: ErrorClass | None,
    *,
    unheard: bool,
) -> Iterator[LanePoints]:
    foreign = _foreign(end.broken, connection, catalogue)
    if not foreign:
        return
    system = outside(catalogue.system_name(end.system), 60)
    lane = system_lane(end.system, connection, catalogue)
    # Others work there, so the system itself runs, and only a hint is left.
    if end.fine:
        well = f"too, while {_names(list(end.fine))} on {system} {_work(end.fine)}"
        mute = [item for item in foreign if _mute(item, catalogue)]
        if unheard and _fan_out(end, mute, connection, catalogue):
            far = f"{_names(mute)} {_fail(mute)} {well}"
            words = f"{far}: what fails reaches different systems, look at the network first."
            yield LanePoints(rule=rules.NETWORK, lane=Lane.IT, points=3, words=words)
        else:
            words = f"{_names(foreign)} {_fail(foreign)} {well}."
            yield LanePoints(rule=rules.ELSEWHERE, lane=lane, points=1, words=words)
        return
    makers = {maker_of(_other(item, catalogue)) for item in foreign}
    known = None not in {maker_of(connection), *makers}
    by = ", by other makers" if known else ""
    words = f"{_names(foreign)} on {system} {_fail(foreign)} too{by}."
    rule = rules.OTHER_MAKERS
    # Two makers do not make the same mistake on the same day, so the more of them the surer.
    yield LanePoints(rule=rule, lane=lane, points=4 if len(makers - {None}) > 1 else 3, words=words)
    if kind in (None, ErrorClass.CONNECTIVITY) and lane is not Lane.IT:
        yield LanePoints(rule=rule, lane=Lane.IT, points=1, words=words)
    if lane is not Lane.VENDOR:
        yield LanePoints(rule=rule, lane=Lane.VENDOR, points=-1)


def _fan_out(
    end: _End, mute: list[Neighbour], connection: Connection, catalogue: Catalogue
) -> bool:
    """Whether several others fail, and not all of them between the two systems of this one."""
    reached = {system for item in mute for system in _other(item, catalogue).systems}
    return len(mute) > 1 and len({*reached, *connection.systems} - {end.system}) > 1


def _same_maker(
    broken: list[Neighbour], ends: list[_End], connection: Connection, catalogue: Catalogue
) -> Iterator[LanePoints]:
    """Only one maker's connections fail, and that is the maker of this one."""
    own = maker_of(connection)
    alike = [item for item in broken if own and maker_of(_other(item, catalogue)) == own]
    if not alike:
        return
    cleared = [end for end in ends if end.fine]
    well = (
        f"; {_names(list(cleared[0].fine))} by others {_work(cleared[0].fine)}" if cleared else ""
    )
    words = f"{_names(alike)} by the same maker {_fail(alike)} too{well}."
    lane = maker_lane(connection)
    yield LanePoints(rule=rules.SAME_VENDOR, lane=lane, points=2, words=words)
    if (
        cleared
        and lane is not Lane.PUBLISHER
        and not _uncleared_publisher(ends, connection, catalogue)
    ):
        # Others work on the same system, which clears its publisher.
        yield LanePoints(rule=rules.SAME_VENDOR, lane=Lane.PUBLISHER, points=-2)


def _uncleared_publisher(ends: list[_End], connection: Connection, catalogue: Catalogue) -> bool:
    open_ends = [end for end in ends if end.broken and not end.fine]
    lanes = (system_lane(end.system, connection, catalogue) for end in open_ends)
    return Lane.PUBLISHER in lanes


def _alone(
    ends: list[_End],
    neighbours: tuple[Neighbour, ...],
    connection: Connection,
    catalogue: Catalogue,
) -> Iterator[LanePoints]:
    on_system = [item for item in neighbours if item.kind is Shared.SYSTEM]
    # One that nobody can see may fail as well, and then this one is not alone.
    if not on_system or not all(item.fine for item in on_system):
        return
    words = (
        f"Only this connection fails; {_names(on_system)} on the same system {_work(on_system)}."
    )
    maker = maker_lane(connection)
    alone = rules.ALONE
    yield LanePoints(rule=alone, lane=maker, points=2, words=words)
    if maker is not Lane.IT:
        yield LanePoints(rule=alone, lane=Lane.IT, points=1, words=words)
    if maker is not Lane.PUBLISHER:
        yield LanePoints(rule=alone, lane=Lane.PUBLISHER, points=-2)


def _fail(items: Sequence[Neighbour]) -> str:
    return "fails" if len(items) == 1 else "fail"


def _work(items: Sequence[Neighbour]) -> str:
    return "works" if len(items) == 1 else "work"


def _names(neighbours: list[Neighbour]) -> str:
    shown = [outside(item.name, 60) for item in neighbours[:3]]
    more = len(neighbours) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
