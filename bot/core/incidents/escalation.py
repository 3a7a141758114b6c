"""The ladder: who is pinged next, and when.

The ladder is frozen when an incident opens, so a later change of the catalogue cannot lose a
waiting rung. Rungs keep their distances in time; one without anybody to ping is skipped at once,
and so is one whose people are away without cover.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection, LadderRung, Policy
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.severity import Severity
from bot.core.people.next_in_line import Purpose, in_line
from bot.core.people.presence import Acting, Attendance


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """The step just taken. `pinged` maps whoever is pinged to whom they stand in for, or None; it
    is empty only when no rung has anybody to ping now. `passed_over` are the rungs below it that
    name nobody, `absent` says who is away without cover and why, and `quiet_hours` is True when
    everybody left is outside their hours and the incident can wait."""

    incident: Incident
    rung: int
    pinged: Mapping[str, str | None] = field(default_factory=dict)
    passed_over: tuple[int, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    quiet_hours: bool = False

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.pinged)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """How an incident is escalated from its opening on: its policy with everything filled in."""

    rungs: tuple[LadderRung, ...]
    lease: timedelta
    ask_before: timedelta
    joint_call: timedelta


def policy_for(connection: Connection, lane: Lane | None, severity: Severity) -> EscalationPolicy:
    """The first policy of the connection that fits the suggested lane, at the severity's pace."""
    fits = (one for one in connection.policies if not one.lanes or lane in one.lanes)
    policy = next(fits, Policy())
    pace = severity.pace
    lease = (policy.lease or connection.lease) * pace
    rungs = connection.ladder if policy.ladder is None else policy.ladder
    return EscalationPolicy(
        rungs=speed_up(rungs, pace),
        lease=lease,
        # Never in the first half of a lease: whoever has just taken it would be asked at once.
        ask_before=min(policy.ask_before * pace if policy.ask_before else lease / 5, lease / 2),
        joint_call=policy.joint_call or connection.joint_call,
    )


def apply_policy(
    incident: Incident, policy: EscalationPolicy, ladder: tuple[LadderRung, ...]
) -> Incident:
    """The incident at the times of another policy: what was escalated stays as it was, and of the
    rungs above only those come that ping somebody new."""
    escalated = incident.ladder[: incident.rung + 1]
    known = {person for rung in escalated for person in rung.people}
    base = escalated[-1].after if escalated else timedelta(0)
    fresh = (
        replace(rung, people=tuple(one for one in rung.people if one not in known))
        for rung in ladder[1:]
        if rung.after > base
    )
    above = tuple(rung for rung in fresh if rung.people)
    return replace(
        incident,
        ladder=(*escalated, *above) if above else incident.ladder,
        lease=policy.lease,
        ask_before=policy.ask_before,
    )


def relaid(
    incident: Incident, policy: EscalationPolicy, ladder: tuple[LadderRung, ...], now: datetime
) -> Incident:
    """The incident on the ladder of another connection, that stands for it now. The first people
    of that ladder count as its first; the next rung comes no later than it would have come."""
    # Nobody was pinged so far, so nothing has to be kept.
    if incident.rung < 0:
        return replace(incident, ladder=ladder, lease=policy.lease, ask_before=policy.ask_before)
    after = apply_policy(incident, policy, ladder)
    first, *others = after.ladder
    if incident.rung == 0:
        people = tuple(dict.fromkeys((*ladder[0].people, *first.people)))
        after = replace(after, ladder=(replace(first, people=people), *others))
    if incident.escalate_at is None:
        return after
    return replace(
        after, escalate_at=min(incident.escalate_at, _next_deadline(after, after.rung, now))
    )


def turned_to(
    catalogue: Catalogue,
    incident: Incident,
    about: Sequence[Connection],
    *,
    faulty: Collection[str],
) -> Incident:
    """The incident from its first rung, for the sake of those of its connections that it is
    `about`, the gravest first. Of several the first rung has the first people of each of these and
    nobody else's, with the owners of the data that is `faulty`; the rungs above are those of the
    gravest. Of one the frozen ladder stays, without whoever is on its first rung for a fault in
    the data that is none."""
    begun = replace(incident, rung=-1)
    if not about:
        return begun
    if incident.size < 2 and len(about) == 1:
        return begun if faulty else _without_the_data_approver(begun, catalogue, about[0])
    policy = policy_for(about[0], incident.lane, incident.severity)
    first, *above = ladder_for(catalogue, about[0], policy, data_fault=about[0].id in faulty)
    theirs = (first_people(catalogue, one, data_fault=one.id in faulty) for one in about[1:])
    people = tuple(dict.fromkeys((*first.people, *(one for each in theirs for one in each))))
    rungs = [replace(first, people=people)]
    for rung in above:
        fresh = tuple(one for one in rung.people if one not in people)
        if fresh or not rung.people:
            rungs.append(replace(rung, people=fresh))
    return replace(begun, ladder=tuple(rungs))


def _without_the_data_approver(
    incident: Incident, catalogue: Catalogue, connection: Connection
) -> Incident:
    """Whoever owns the data is no responder, where they are not named as one besides."""
    approver = connection.owners.functional
    if not incident.ladder or approver in first_people(catalogue, connection):
        return incident
    first, *above = incident.ladder
    left = tuple(one for one in first.people if one != approver)
    return replace(incident, ladder=(replace(first, people=left), *above))


def first_people(
    catalogue: Catalogue, connection: Connection, *, data_fault: bool = False
) -> tuple[str, ...]:
    """Who is pinged at once when this connection breaks; empty where nobody is named for that."""
    return ladder_for(catalogue, connection, data_fault=data_fault)[0].people


def speed_up(rungs: Iterable[LadderRung], pace: float) -> tuple[LadderRung, ...]:
    return tuple(replace(rung, after=rung.after * pace) for rung in rungs)


def raised(
    incident: Incident, severity: Severity, reasons: tuple[str, ...], now: datetime
) -> Incident:
    """The incident at a graver severity, with the times of that one from here."""
    pace = severity.pace / incident.severity.pace
    escalate_at = incident.escalate_at
    if escalate_at is not None and escalate_at > now:
        # Of what is left, not from now anew: who waited long must not wait again in full.
        escalate_at = now + (escalate_at - now) * pace
    return replace(
        incident,
        severity=severity,
        severity_reasons=reasons,
        lease=incident.lease * pace,
        ladder=speed_up(incident.ladder, pace),
        escalate_at=escalate_at,
    )


def ladder_for(
    catalogue: Catalogue,
    connection: Connection,
    policy: EscalationPolicy | None = None,
    *,
    data_fault: bool = False,
) -> tuple[LadderRung, ...]:
    """First responder at once, then the rungs, each person once and each known.

    A rung that would only ping again whom a lower one has pinged is left out; a rung that names
    nobody stays, for that is a finding. Without a first responder the technical owner stands in.
    The named contact of the accountable lane is on the first rung too, and so is the functional
    owner of a `data_fault`, whom nobody else can stand in for. Where the ladder leaves out
    the responder's manager and the architecture owner, they are its last rung.
    """
    first = connection.first_responder or connection.owners.technical
    higher = connection.ladder if policy is None else policy.rungs
    lease = connection.lease if policy is None else policy.lease
    seen: set[str] = set()

    def fresh(people: tuple[str | None, ...]) -> tuple[str, ...]:
        kept = tuple(
            dict.fromkeys(p for p in people if p and p in catalogue.people and p not in seen)
        )
        seen.update(kept)
        return kept

    contact = accountable_contact(catalogue, connection)
    approver = connection.owners.functional if data_fault else None
    rungs = [LadderRung(after=timedelta(0), people=fresh((first, contact, approver)))]
    for rung in higher:
        people = fresh(rung.people)
        if people or seen.isdisjoint(rung.people):
            rungs.append(LadderRung(after=rung.after, people=people))
    responder = catalogue.people.get(first) if first else None
    final = fresh(tuple(in_line(Purpose.LAST_RUNG, connection, responder)))
    if final:
        # The file gave no time for these; as long again as the ladder took so far.
        rungs.append(LadderRung(after=rungs[-1].after * 2 or lease / 4, people=final))
    return tuple(rungs)


def accountable_contact(catalogue: Catalogue, connection: Connection) -> str | None:
    """The named person at the party whose lane is accountable for the connection."""
    if connection.accountable is None:
        return None
    party = catalogue.party_of(connection, connection.accountable)
    return party.person if party else None


def escalate(
    incident: Incident, now: datetime, attendance: Attendance | None = None
) -> EscalationStep:
    """Take the next rung that has anybody to ping. Above the last one, the highest that has is
    pinged again every half hour or every lease, whichever is shorter: an open incident never
    falls silent, except that one that can wait rests until somebody's hours begin.

    The first ping is sent at any hour. Whoever gets it outside their hours is not waited for.
    """
    absent: dict[str, str] = {}
    held = False
    for rung in _order(incident):
        people = incident.ladder[rung].people
        turn = (
            attendance.who_acts_for(people, now)
            if attendance
            else Acting(pinged=dict.fromkeys(people))
        )
        absent |= turn.nobody_for
        if turn.quiet_hours and incident.rung >= 0:
            held = True
        elif turn.pinged:
            return _step(incident, rung, turn, now, held=held, absent=absent)
    if held and attendance is not None:
        start = attendance.next_start(incident.ladder, now) or now + incident.lease
        waiting = replace(incident, escalate_at=start)
        return EscalationStep(incident=waiting, rung=incident.rung, absent=absent, quiet_hours=True)
    return _step(incident, len(incident.ladder) - 1, Acting(), now, held=False, absent=absent)


def _order(incident: Incident) -> list[int]:
    """Rungs that name anybody: those above the present one upwards, then the others downwards."""
    named = [number for number, rung in enumerate(incident.ladder) if rung.people]
    above = [number for number in named if number > incident.rung]
    return [*above, *reversed(named[: len(named) - len(above)])]


def _step(
    incident: Incident,
    rung: int,
    turn: Acting,
    now: datetime,
    *,
    held: bool,
    absent: Mapping[str, str],
) -> EscalationStep:
    """Ping `turn`'s people. While rungs above are `held` for the morning, they stay ahead."""
    top = len(incident.ladder) - 1
    fresh = rung > incident.rung and bool(turn.pinged)
    reached = rung if fresh else incident.rung if held else top
    above = range(incident.rung + 1, reached if fresh else reached + 1)
    next_at = _next_deadline(incident, top if held else reached, now)
    if turn.quiet_hours and any(higher.people for higher in incident.ladder[reached + 1 :]):
        # Whoever is pinged outside their hours may sleep, so the rung above is not kept waiting.
        next_at = now
    # Kept with the incident: they may act in it also when the cover has ended.
    covering = (person for person, for_whom in turn.pinged.items() if for_whom)
    stand_ins = tuple(dict.fromkeys((*incident.stand_ins, *covering)))
    return EscalationStep(
        incident=replace(incident, rung=reached, escalate_at=next_at, stand_ins=stand_ins),
        rung=rung,
        pinged=turn.pinged,
        passed_over=tuple(number for number in above if not incident.ladder[number].people),
        absent=absent,
    )


def _next_deadline(incident: Incident, rung: int, now: datetime) -> datetime:
    if rung + 1 >= len(incident.ladder):
        return now + min(timedelta(minutes=30), incident.lease)
    gap = incident.ladder[rung + 1].after - incident.ladder[rung].after
    return now + gap


def answer_time(incident: Incident, person: str) -> timedelta:
    """How long whoever is pinged has to answer: until the ladder would go on from their rung."""
    rungs = [n for n, rung in enumerate(incident.ladder) if person in rung.people]
    rung = rungs[0] if rungs else max(incident.rung, 0)
    # Any moment does: only the distance counts.
    start = incident.opened_at
    return _next_deadline(incident, rung, start) - start


def next_ping(
    incident: Incident, attendance: Attendance | None = None
) -> tuple[datetime, tuple[str, ...]] | None:
    """When the ladder goes on and whom it then pings; None while nobody will be pinged."""
    if incident.state is not State.OPEN or incident.escalate_at is None or not incident.ladder:
        return None
    return incident.escalate_at, escalate(incident, incident.escalate_at, attendance).people
