"""What earlier incidents say about this one, and how far the rules that argue can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.estate.lane import Lane
from bot.core.incidents.correlation import same_failure
from bot.core.incidents.incident import Incident, State
from bot.core.outbox.notice import incident_subject
from bot.core.triage import lane_rules
from bot.core.triage.lane_rules import Vote
from bot.core.triage.lesson import Proposal
from bot.flows.work import Work
from bot.language.units import say_count, say_names

LOOKED_AT = 20  # earlier incidents of either kind that are read
SHOWN = 2
_Near = tuple[bool, bool]  # the same connection, the same kind of error
_RANKS: tuple[_Near, ...] = ((True, True), (False, True), (True, False), (False, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An earlier incident, why it is like this one, and where it can be read."""

    incident: Incident
    why: str
    channel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIncidents:
    """`seen` says in words how often; empty the first time. `doubts` are sentences about rules
    that were often wrong. `lessons` are what this incident proposed to the playbook."""

    seen: str = ""
    similar: tuple[Similar, ...] = ()
    doubts: tuple[str, ...] = ()
    lessons: tuple[Proposal, ...] = ()


def find(work: Work, incident: Incident) -> PastIncidents:
    """Empty parts where nothing is on record."""
    found, own = _earlier(work, incident)
    similar = tuple(
        Similar(
            incident=one,
            why=_why(work, one, incident, _distance(one, incident, own)),
            channel=work.tx.channel_of(incident_subject(one.id)),
        )
        for one in found[:SHOWN]
    )
    suggested = incident.lane if incident.lane_by is None else None
    return PastIncidents(
        seen=_seen([_distance(one, incident, own) for one in found]),
        similar=similar,
        doubts=lane_rules.doubts(work.tx.votes(incident.id), suggested, work.tx.rule_votes()),
        lessons=work.tx.proposals_of(incident.id),
    )


def _earlier(work: Work, incident: Incident) -> tuple[tuple[Incident, ...], frozenset[int]]:
    """Those of the same connection and kind first, then of the same kind elsewhere, then other
    breaks of the connection; the newest first within each. With the numbers of those in which the
    connection failed, alone or as a child."""
    own = [_parent(work, one) for one in work.tx.incidents_of(incident.connection, LOOKED_AT)]
    distinctive = incident.kind if same_failure(incident.kind, incident.kind) else ""
    same_kind = work.tx.alike(distinctive, incident.said, LOOKED_AT)
    closed = {
        one.id: one
        for one in (*same_kind, *own)
        if one.id < incident.id and one.state in (State.RESOLVED, State.REVIEWED)
    }
    here = frozenset(one.id for one in own)
    ranked = sorted(
        closed.values(), key=lambda one: (_RANKS.index(_distance(one, incident, here)), -one.id)
    )
    return tuple(ranked), here


def _parent(work: Work, one: Incident) -> Incident:
    """What it became a child of, where it did."""
    parent = work.tx.incident(one.parent) if one.parent is not None else None
    return parent or one


def _distance(one: Incident, incident: Incident, own: frozenset[int]) -> _Near:
    """In what it is like this one: the connection, the kind of error, or both."""
    same_text = bool(incident.said) and one.said == incident.said
    return one.id in own, same_text or same_failure(one.kind, incident.kind)


def _why(work: Work, one: Incident, incident: Incident, near: _Near) -> str:
    own, alike = near
    if not own:
        return f"the same kind of error on {_where(work, one, incident)}"
    return "the same connection and kind of error" if alike else "the same connection"


def _where(work: Work, one: Incident, incident: Incident) -> str:
    """Which of its connections had that error, as far as each said so itself; else all of it."""
    known = work.catalogue.connections
    if one.size == 1:
        return known[one.connection].name if one.connection in known else one.connection
    first = next(iter(one.kinds), one.kind)  # what it says itself by now may be another one's
    said: list[tuple[str, tuple[str, ...]]] = [(one.connection, (first,))]
    said += [(child.connection, child.kinds) for child in work.tx.child_states_of(one.id)]
    those = [key for key, kinds in said if any(same_failure(k, incident.kind) for k in kinds)]
    names = [known[key].name if key in known else key for key in those]
    return say_names(names, 2) or f"{one.cause}: {say_count(one.size, 'connection')}"


def _seen(found: Sequence[_Near]) -> str:
    alike = sum(kind for _, kind in found)
    own = len(found) - alike
    children = []
    if alike:
        children.append(f"this kind of error {_times(alike)}")
    if own:
        children.append(f"this connection {_times(own)} otherwise")
    return " and ".join(children)


def _times(count: int) -> str:
    more = "at least " if count >= LOOKED_AT else ""
    return "once" if count == 1 else f"{more}{say_count(count, 'time')}"


def remember_votes(work: Work, incident: Incident, votes: tuple[Vote, ...]) -> None:
    """The rules that argue for the present suggestion."""
    work.tx.save_votes(incident.id, votes)


def judge(work: Work, incident: Incident, lane: Lane, by: str) -> None:
    """A person said whose lane it is: count every rule that argued. A drill teaches nothing."""
    if not incident.drill:
        work.tx.judge_votes(incident.id, lane, by, work.now)
