"""The connections of one incident with their figures, and what they come to together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.incidents.correlation import BY_HAND
from bot.core.incidents.grouping import ChildState
from bot.core.incidents.incident import REPORTED, Incident
from bot.core.monitoring import flapping
from bot.core.monitoring.counting import Figures
from bot.core.monitoring.flapping import Turns, TurnsTold
from bot.core.monitoring.rules import Verdict
from bot.core.people.denial import Denial
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.open_incident import ends_when
from bot.flows.monitoring.health import blind_checks, blind_names, sees_nothing
from bot.flows.people.presence import presence_now
from bot.flows.work import Work
from bot.language.marks import last_read, outside, when
from bot.language.units import say_count, say_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildView:
    """One connection of an incident. `approver` is who is asked about its data now; `worst` the
    most records in error that were seen, `waiting` and `failed` what the checks read last.
    `reported` is when a failure that somebody reported of it ends, while one stands."""

    connection: str
    name: str
    recovered: bool
    failing_since: datetime
    shared_since: datetime  # since when it fails as the others do
    reasons: tuple[str, ...] = ()  # what was read when it began to fail
    again: datetime | None = None  # since when it fails once more
    recovered_at: datetime | None = None
    waiting: int = 0
    oldest: datetime | None = None
    failed: int = 0
    worst: int = 0
    unread: bool = False  # no check reads what waits now
    errors_unread: bool = False  # nor all that is in error
    read_at: datetime | None = None  # when they were read last
    approver: str | None = None
    named: str | None = None  # who judges its data by the estate file
    confirmed: bool = False
    reported: tuple[str, ...] = ()
    denied: Denial | None = None
    turns: Turns | None = None  # of its own
    flaps: bool = False  # it comes and goes
    waits: str = ""  # what waits, in marks
    error: str = ""  # of several: what it says itself
    first_check: str = ""
    hidden: tuple[tuple[str, str], ...] = ()  # its blind checks, each with why
    speaks: bool = False  # its error stands for all of them
    symptoms: tuple[str, ...] = ()  # what people wrote of it
    reopened_by: str | None = None
    reopened_at: datetime | None = None
    reopened_why: str = ""

    @property
    def asked_anew(self) -> bool:
        """Its data was called wrong, and it failed again since and runs."""
        said = self.denied
        return said is not None and self.recovered and said.before(self.recovered_at)


def since(
    incident: Incident, children: Sequence[ChildView], mine: Collection[str] = ()
) -> datetime:
    """Since when it fails: of the connections `mine` where some of those are meant, else of the
    whole, which began with the first of them."""
    if len(children) < 2:
        return incident.began
    return min(_each_since(children, mine))


def once_more(incident: Incident, children: Sequence[ChildView]) -> datetime | None:
    """Since when a single connection fails without a break, where it ran after the beginning. What
    comes and goes says that by its turns; of several each says it for itself."""
    one = children[0] if len(children) == 1 else None
    if one is None or one.recovered or one.flaps or one.again is None:
        return None
    return one.again if one.again > incident.failing_since else None


def began_with(children: Sequence[ChildView]) -> ChildView:
    """The one that failed first as they all do; of those merged by hand not the one that the
    incident is named for."""
    return min(children, key=lambda child: child.shared_since)


def joined_since_lane(incident: Incident, children: Sequence[ChildView]) -> list[ChildView]:
    """Those that were no part of it when a person said whose lane it is."""
    known = incident.lane_for if incident.lane_by else ()
    return [child for child in children if known and child.connection not in known]


def apart(children: Sequence[ChildView], mine: Collection[str] = ()) -> bool:
    """Whether several are meant that began at different times, so that the time is that of the
    first."""
    return len(set(_each_since(children, mine))) > 1


def _each_since(children: Sequence[ChildView], mine: Collection[str]) -> list[datetime]:
    """What a single connection did before for a cause of its own is no beginning of the parent."""
    meant = [child for child in children if child.connection in mine] or children
    return [child.failing_since if len(meant) == 1 else child.shared_since for child in meant]


def shared_since(incident: Incident, child: ChildState) -> datetime:
    """Since when one of several connections fails as they all do. What a person put together has
    no more in common than that it fails."""
    alike = None if incident.cause == BY_HAND else child.alike_since
    return alike or child.failing_since


def children_of(work: Work, incident: Incident) -> tuple[ChildView, ...]:
    """Every connection of the incident, the one it began with first; one for an incident of one
    connection."""
    every = child_states(work, incident)
    read = _read(work, [state.connection for state in every])
    there = presence_now(work)
    wrong = {one.connection: one for one in incident.denied}
    flaps, found = flapping_of(incident), []
    for state in every:
        connection = work.catalogue.connections.get(state.connection)
        approver = first_in_line(Purpose.DATA, connection)
        child = ChildView(
            connection=state.connection,
            name=connection.name if connection else state.connection,
            recovered=state.recovered,
            failing_since=state.failing_since,
            shared_since=shared_since(incident, state),
            again=state.again,
            recovered_at=state.recovered_at,
            approver=(there.acting(approver) or approver) if approver else None,
            named=approver,
            confirmed=state.connection in incident.confirmed,
            reported=ends_when(work, connection) if connection else (),
            denied=wrong.get(state.connection),
            turns=state.turns,
            flaps=state.connection in flaps,
            hidden=blind_checks(work, connection) if connection and incident.live else (),
            worst=state.worst,
            reasons=state.reasons,
            symptoms=state.symptoms,
            reopened_by=state.reopened_by,
            reopened_at=state.reopened_at,
            reopened_why=state.reopened_why,
        )
        rows = read.get(state.connection, ())
        found.append(_with_figures(child, rows, live=incident.live))
    return tuple(found)


def _read(work: Work, ids: list[str]) -> Mapping[str, list[Figures]]:
    """What the checks that the catalogue has now read last, by connection."""
    known = (work.catalogue.connections.get(key) for key in ids)
    # A check that left the estate file leaves its last figures behind.
    keys = {spec.key for one in known if one for spec in one.checks}
    found: dict[str, list[Figures]] = {}
    for row in work.tx.figures_of(ids):
        if row.check in keys:
            found.setdefault(row.connection, []).append(row)
    return found


def keep_worst(work: Work, connections: Collection[str]) -> None:
    """How many records of these were in error at most stays with their incidents: the checks count
    anew when they are bad once more, and a later incident is no reason to tell less of this one."""
    read = _read(work, list(connections)) if connections else {}
    for name, rows in read.items():
        one = work.tx.live_incident(name) or work.tx.child_for(name)
        worst = sum(row.worst for row in rows)
        if one is not None and worst > one.worst:
            work.tx.save_incident(replace(one, worst=worst))


def _with_figures(child: ChildView, rows: Sequence[Figures], *, live: bool) -> ChildView:
    """Several checks of one queue read the same records, and those count that can read it now; of
    what is in error each has its own. What is in error after the end is no matter of it."""
    queues = [row for row in rows if row.counts]
    fresh = [row for row in queues if not row.unread]
    old = [row for row in rows if row.unread and row.failed]
    failed, unread = sum(row.failed for row in rows), bool(queues) and not fresh
    asked = [row.read_at for row in (*(queues if unread else ()), *old) if row.read_at]
    after = replace(
        child,
        # Two checks of one queue see the same records: added up they would count twice.
        waiting=max((row.waiting for row in fresh or queues), default=0),
        oldest=min((row.oldest for row in fresh or queues if row.oldest), default=None),
        failed=failed,
        worst=max(child.worst, sum(row.worst for row in rows), failed) if live else child.worst,
        unread=unread,
        errors_unread=bool(old),
        read_at=max(asked, default=None),
    )
    return replace(after, waits=_waits(after))


def _waits(child: ChildView) -> str:
    age = f", the oldest since {when(child.oldest)}" if child.oldest else ""
    said = f"{say_count(child.waiting, 'record')}{age}" if child.waiting else ""
    return last_read(said, child.read_at) if child.unread else said


def heading(incident: Incident, children: Sequence[ChildView]) -> tuple[str, str]:
    """What the incident is about, by its shared cause where it has parts, and the verb that fits:
    `Business Central: 10 connections`, `are`. After the end it is about all of them."""
    if len(children) < 2:
        return (children[0].name if children else incident.connection), "is"
    failing = len(_failing(incident, children)) if incident.live else 0
    count, size = failing or len(children), len(children)
    of = f" of {size}" if count < size else ""
    return f"{incident.cause}: {count}{of} connections", "is" if count == 1 else "are"


def matter(
    incident: Incident,
    children: Sequence[ChildView],
    mine: Collection[str] = (),
) -> str:
    """What is the matter now, in a few words; of the connections `mine` where one of those fails
    of several. Wrong data is told where nothing fails."""
    failing = _failing(incident, children)
    wrong = [child.name for child in children if child.denied]
    own_wrong = [child.name for child in children if child.denied and child.connection in mine]
    if own_wrong and not any(child.connection in mine for child in failing):
        return f"the data of {say_names(own_wrong)} is wrong"
    if wrong and not failing:
        return f"the data of {say_names(wrong)} is wrong"
    own = [child for child in failing if child.connection in mine]
    if own and len(children) > 1:
        names = say_names([child.name for child in own], 1)
        return f"{names} {'is' if len(own) == 1 else 'are'} {doing(own)}"
    name, verb = heading(incident, children)
    if not failing and only_reported(incident, children):
        return f"{name} {verb} {REPORTED}"
    return f"{name} {verb} {doing(failing or children)}"


def _failing(incident: Incident, children: Sequence[ChildView]) -> list[ChildView]:
    """What fails now; nothing where it is open by a person's word alone."""
    by_word = only_reported(incident, children)
    return [] if by_word else [child for child in children if not child.recovered]


def only_reported(incident: Incident, children: Sequence[ChildView]) -> bool:
    """Whether people alone say that it is broken: no check sees any of it fail."""
    told = incident.live and incident.recovered_at is None and not incident.denied
    seen = incident.seen_failing or incident.comes_and_goes or incident.drill
    others = len(children) > 1 and any(not child.recovered for child in children)
    return told and not (seen or others)


def doing(those: Sequence[ChildView]) -> str:
    """Whether all of these come and go; else they fail."""
    return "coming and going" if those and all(one.flaps for one in those) else "failing"


def found_for_it(incident: Incident, children: Sequence[ChildView]) -> str:
    """What the checks found for a lane that a person chose is called by this: it was judged while
    it failed, so that it says nothing of now once that is over."""
    fails = incident.live and not all(child.recovered for child in children)
    return "What speaks for it" if fails else "What spoke for it while it failed"


def waiting_in_all(children: tuple[ChildView, ...]) -> str:
    """`3,120 records on 7 connections, the oldest since 09:12`; empty when nothing waits."""
    waiting = [child for child in children if child.waiting]
    oldest = min(
        (child.oldest for child in waiting if child.oldest and not child.unread), default=None
    )
    fresh = [child.waiting for child in waiting if not child.unread]
    old = [(child.waiting, child.read_at) for child in waiting if child.unread]
    return _in_all(fresh, old, f", the oldest since {when(oldest)}" if oldest else "")


def failed_in_all(children: tuple[ChildView, ...]) -> str:
    """`460 records on 9 connections`; empty when none is in error."""
    failed = [child for child in children if child.failed]
    fresh = [child.failed for child in failed if not child.errors_unread]
    old = [(child.failed, child.read_at) for child in failed if child.errors_unread]
    return _in_all(fresh, old)


def _in_all(fresh: Sequence[int], old: Sequence[tuple[int, datetime | None]], age: str = "") -> str:
    """What is read now, and apart from it what nobody can read now."""
    read_at = max((at for _, at in old if at), default=None)
    unread = last_read(_total(sum(count for count, _ in old), len(old)), read_at) if old else ""
    now = f"{_total(sum(fresh), len(fresh))}{age}" if fresh else ""
    return "; ".join(one for one in (now, unread) if one)


def _total(records: int, connections: int) -> str:
    return f"{say_count(records, 'record')} on {say_count(connections, 'connection')}"


def what_checks_see(work: Work, incident: Incident) -> str:
    """Whether all of what runs again is well, as a sentence."""
    verdicts, known = work.tx.verdicts(), work.catalogue.connections
    ids = [incident.connection, *(key for key, _ in work.tx.recovered_of(incident.id))]

    def those(verdict: Verdict) -> list[str]:
        return [known[key].name for key in ids if key in known and verdicts.get(key) == verdict]

    found = [known[key] for key in ids if key in known]
    degraded, several = those(Verdict.DEGRADED), len(ids) > 1
    unseen = [one.name for one in found if sees_nothing(work, one)]
    hidden = [
        f"{blind_names(work, one)} of {outside(one.name)}" if several else blind_names(work, one)
        for one in found
        if one.name not in unseen and blind_checks(work, one)
    ]
    said = []
    if degraded:
        verb = "is" if len(degraded) == 1 else "are"
        said.append(f"{outside(say_names(degraded))} {verb} degraded" if several else "is degraded")
    if unseen:
        what = outside(say_names(unseen)) if several else "it"
        said.append(f"the checks cannot see {what} now")
    runs = f"It runs again, but {' and '.join(said)}" if said else "The checks are good again"
    return f"{runs}; not visible: {say_names(hidden)}." if hidden else f"{runs}."


def flapping_of(incident: Incident) -> tuple[str, ...]:
    """Which of its connections come and go."""
    if incident.size > 1:
        return incident.flaps
    return (incident.connection,) if incident.comes_and_goes else ()


def come_and_go(work: Work, incident: Incident) -> tuple[str, ...]:
    """Those of several connections that turned often and not long ago: another one that fails for
    the third time of all does not come and go by that."""
    if incident.size < 2:
        return ()
    return tuple(
        one.connection
        for one in child_states(work, incident)
        if one.turns is not None and one.turns.many and not _steady(one.turns, incident, work.now)
    )


def _steady(turns: Turns, incident: Incident, now: datetime) -> bool:
    return now - turns.turned_at >= flapping.steady_after(turns, incident.lease / 4)


def turns_told(work: Work, incident: Incident) -> TurnsTold | None:
    """How often it came and went so far, of several connections the one that did most, and who
    else did; None when none does."""
    those = flapping_of(incident)
    found = [
        one
        for one in child_states(work, incident)
        if those and one.connection in those and one.turns
    ]
    if not found:
        return None
    found.sort(key=lambda one: -one.turns.falls if one.turns else 0)
    turns, known = found[0].turns or incident.turns_so_far, work.catalogue.connections
    names = [known[one.connection].name for one in found if one.connection in known]
    share = flapping.share_down(turns, work.now)
    told = tuple(names) if incident.size > 1 else ()
    return TurnsTold(falls=turns.falls, since=turns.since, share=share, names=told)
