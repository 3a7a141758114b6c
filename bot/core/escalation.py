"""The ladder: who is pinged next, and when.

The ladder is frozen when an incident opens, so a later change of the catalogue cannot lose a
waiting rung. Deadlines count from the opening; a rung without anybody to ping is skipped at once,
and so is one whose people are away without cover.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.catalogue import JOINT_CALL_AFTER, Catalogue, Connection, LadderRung, Lane, Policy
from bot.core.cover import Attendance, Turn
from bot.core.incident import Incident, State
from bot.core.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """The step just taken. `pinged` maps whoever is pinged to whom they stand in for, or None;
    it may be empty: then nobody could be pinged on any rung that is left.

    `gap` is True when a rung named nobody, `absent` says who is away without cover and why, and
    `resting` is True when everybody left is outside their hours and the incident can wait.
    """

    incident: Incident
    rung: int
    pinged: Mapping[str, str | None] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    gap: bool = False
    resting: bool = False
    last: bool  # no rung is left above

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.pinged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """How an incident is driven from its opening on: its policy with everything filled in."""

    rungs: tuple[LadderRung, ...]
    lease: timedelta
    ask_before: timedelta
    joint_call: timedelta


def drive(connection: Connection, lane: Lane | None, severity: Severity) -> Drive:
    """The first policy of the connection that fits the suggested lane, at the severity's pace."""
    fits = (one for one in connection.policies if not one.lanes or lane in one.lanes)
    policy = next(fits, Policy())
    pace = severity.pace
    lease = (policy.lease or connection.lease) * pace
    rungs = connection.ladder if policy.ladder is None else policy.ladder
    return Drive(
        rungs=quickened(rungs, pace),
        lease=lease,
        ask_before=min(policy.ask_before * pace if policy.ask_before else lease / 5, lease / 2),
        joint_call=policy.joint_call or JOINT_CALL_AFTER,
    )


def quickened(rungs: Iterable[LadderRung], pace: float) -> tuple[LadderRung, ...]:
    return tuple(replace(rung, after=rung.after * pace) for rung in rungs)


def ladder_for(
    catalogue: Catalogue,
    connection: Connection,
    driven: Drive | None = None,
) -> tuple[LadderRung, ...]:
    """First responder at once, then the rungs, each person once and each known.

    Without a first responder the technical owner stands in. The named contact of the accountable
    lane is on the first rung too. Where the ladder leaves out the responder's manager and the
    architecture owner, they are its last rung.
    """
    first = connection.first_responder or connection.owners.technical
    higher = connection.ladder if driven is None else driven.rungs
    lease = connection.lease if driven is None else driven.lease
    seen: set[str] = set()

    def fresh(people: tuple[str | None, ...]) -> tuple[str, ...]:
        kept = tuple(
            dict.fromkeys(p for p in people if p and p in catalogue.people and p not in seen)
        )
        seen.update(kept)
        return kept

    contact = accountable_contact(catalogue, connection)
    rungs = [LadderRung(after=timedelta(0), people=fresh((first, contact)))]
    rungs += [LadderRung(after=rung.after, people=fresh(rung.people)) for rung in higher]
    responder = catalogue.people.get(first) if first else None
    final = fresh((responder.manager if responder else None, connection.owners.architecture))
    if final:
        rungs.append(LadderRung(after=rungs[-1].after * 2 or lease / 4, people=final))
    return tuple(rungs)


def accountable_contact(catalogue: Catalogue, connection: Connection) -> str | None:
    """The named person at the party whose lane is accountable for the connection."""
    if connection.accountable is None:
        return None
    party = catalogue.party_of(connection, connection.accountable)
    return party.person if party else None


def climb(incident: Incident, now: datetime, attendance: Attendance | None = None) -> Climb:
    """Take the next rung on which somebody can be pinged. Above the last one, the last rung is
    pinged again every half hour or every lease, whichever is shorter: an open incident never
    falls silent, except that one that can wait rests until somebody's hours begin."""
    top = len(incident.ladder) - 1
    rung = min(incident.rung + 1, top)
    absent: dict[str, str] = {}
    gap = False
    while True:
        people = incident.ladder[rung].people if incident.ladder else ()
        turn = attendance.turn(people, now) if attendance else _all_there(people)
        absent |= turn.nobody_for
        gap = gap or not people
        held = turn.resting and (rung > 0 or incident.rung >= 0)
        if (turn.pinged and not held) or rung >= top:
            break
        rung += 1
    if held:
        return _rest(incident, now, attendance, absent, gap)
    # Whoever is pinged outside their hours is not waited for.
    next_at = now if turn.resting and rung < top else _next_deadline(incident, rung, now)
    after = replace(incident, rung=rung, escalate_at=next_at, stand_ins=_stand_ins(incident, turn))
    return Climb(
        incident=after, rung=rung, pinged=turn.pinged, absent=absent, gap=gap, last=rung >= top
    )


def _all_there(people: tuple[str, ...]) -> Turn:
    return Turn(pinged=dict.fromkeys(people))


def _stand_ins(incident: Incident, turn: Turn) -> tuple[str, ...]:
    standing = (person for person, for_whom in turn.pinged.items() if for_whom)
    return tuple(dict.fromkeys((*incident.stand_ins, *standing)))


def _rest(
    incident: Incident,
    now: datetime,
    attendance: Attendance | None,
    absent: Mapping[str, str],
    gap: bool,
) -> Climb:
    """Nobody further up is woken; the first to begin work is pinged then."""
    start = attendance.next_start(incident.ladder, now) if attendance else None
    after = replace(incident, escalate_at=start or now + incident.lease)
    return Climb(
        incident=after, rung=incident.rung, absent=absent, gap=gap, resting=True, last=False
    )


def _next_deadline(incident: Incident, rung: int, now: datetime) -> datetime:
    if rung + 1 >= len(incident.ladder):
        return now + min(timedelta(minutes=30), incident.lease)
    gap = incident.ladder[rung + 1].after - incident.ladder[rung].after
    return now + gap


def next_ping(
    incident: Incident, attendance: Attendance | None = None
) -> tuple[datetime, tuple[str, ...]] | None:
    """When the ladder climbs next and whom it then pings; None while nobody will be pinged."""
    if incident.state is not State.OPEN or incident.escalate_at is None or not incident.ladder:
        return None
    return incident.escalate_at, climb(incident, incident.escalate_at, attendance).people
