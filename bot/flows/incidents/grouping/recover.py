"""Several connections, one cause: the parts of an incident recover one by one, fail again, and
split off when they outlive its recovery."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents import incident as machine
from bot.core.incidents import relapsing
from bot.core.incidents.grouping import by_gravity
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import Recovered, Relapsed
from bot.core.knowledge import Knowledge
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns
from bot.core.monitoring.health import Flip
from bot.core.monitoring.notices import Flapping
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL, Address, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.flows.estate import windows
from bot.flows.incidents import confirm_data, ping, rejudge, roles
from bot.flows.incidents.grouping import group
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.grouping.children import (
    come_and_go,
    flapping_of,
    turns_told,
    what_checks_see,
)
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.incidents.grouping.regroup import revive, take_along, tell_left, was_independent
from bot.flows.monitoring.health import blind_names, lost_sight, sees_nothing, why_blind
from bot.flows.triage.briefing import brief_of
from bot.flows.work import Work
from bot.language.marks import outside, when

# A lease divided by these is how long stragglers may take: after the last recovery, and in all.
_SETTLE, _AT_MOST = 30, 4


def fails_again(work: Work, live: Incident, flip: Flip) -> None:
    """The lead of an incident fails (again): a relapse once it was thought to run, and news for
    one that only a person had seen failing."""
    live = relapsing.counted_apart(relapsing.fails_itself(live, live.connection))
    if live.own is not None:
        live = replace(live, own=flapping.fall(live.own, work.now))
    live = replace(live, flaps=come_and_go(work, live))
    if live.state is State.VERIFYING:
        after = relapsing.relapse(live, now=work.now)
        _relapse(work, after, flip)
    # It was held open because it comes and goes: one more fall is counted and no new alarm.
    elif live.calm_at is not None:
        once_more = relapsing.fails_once_more(live, now=work.now)
        once_more = replace(once_more, seen_failing=True, recovered_at=None)
        _again_in_hand(work, once_more, flip)
    elif not live.seen_failing:
        ran = live.recovered_at is not None
        after = relapsing.fails_in_hand(live, now=work.now)
        after = replace(after, seen_failing=True, recovered_at=None)
        if ran:
            goes_on = _again_in_hand if live.size > 1 else _relapse
            goes_on(work, after, flip)
            return
        work.tx.save_incident(after)
        work.log(after, "seen", "The checks see it fail. " + " ".join(flip.reasons))
        work.show_soon(rejudge.rejudge(work, after))


def child_fails_again(work: Work, child: Incident, flip: Flip) -> None:
    turns = flapping.fall(child.turns_so_far, work.now)
    work.tx.save_incident(replace(child, recovered_at=None, turns=turns))
    parent = work.tx.incident(child.parent) if child.parent is not None else None
    if parent is None:
        return
    parent = relapsing.counted_apart(relapsing.fails_itself(parent, child.connection))
    parent = replace(parent, flaps=come_and_go(work, parent))
    if parent.state is State.VERIFYING:
        # The lead still runs: when this part recovers too, so does the parent.
        after = relapsing.relapse(parent, now=work.now)
        after = replace(after, recovered_at=parent.recovered_at, seen_failing=parent.seen_failing)
        _relapse(work, after, flip)
    elif parent.calm_at is not None:
        _again_in_hand(work, relapsing.fails_once_more(parent, now=work.now), flip)
    elif child.recovered_at is not None:
        _again_in_hand(work, relapsing.fails_in_hand(parent, now=work.now), flip)


def _again_in_hand(work: Work, after: Incident, flip: Flip) -> None:
    """It is open already, for the sake of others or because some come and go. One that did that
    often already is only counted."""
    if after.size == 1 or _often(work, after, flip.connection):
        _again_for_now(work, after, flip)
    else:
        _relapse(work, after, flip)


def _often(work: Work, parent: Incident, connection: str) -> bool:
    turns = _turns_of(work, parent, connection)
    return connection in parent.flaps and turns.falls > flapping.TURNS


def _turns_of(work: Work, parent: Incident, connection: str) -> Turns:
    """The turns of one of its connections; those of the parent where it stands alone."""
    own = (one.turns for one in child_states(work, parent) if one.connection == connection)
    return next(own, None) or parent.turns_so_far


def _relapse(work: Work, after: Incident, flip: Flip) -> None:
    """It goes on where it was; those whose turn it is are told, and of several connections the
    first people of the one that fails. No rung is pinged early."""
    several, flaps = after.size > 1, flip.connection in flapping_of(after)
    name = _named(work.knowledge, flip.connection) if several else "It"
    said = " ".join((f"{name} fails again.", *flip.reasons))
    work.log(after, "flapping" if flaps else "relapsed", said)
    due = after.escalate_at is not None and after.escalate_at <= work.now
    children = (flip.connection,) if several else ()
    news = Relapsed(holder=after.holder, escalates=due, parts=children)
    news = news.after(turns_told(work, after) if flaps else None)
    about = by_gravity((flip.connection,), work.catalogue)
    if due and after.rung < 0:
        escalated = ping.begin_anew(work, after, about, news)
        work.show(rejudge.rejudge(work, escalated))
        return
    turn = ping.whose_turn(work, after, about)
    _tell_once(work, after, CHANNEL, replace(news, last=tuple(turn)))
    theirs = roles.first_of(work, about) if several else ()
    told = dict.fromkeys((*turn, *theirs))
    if due:
        after, pinged = _escalate(work, after)
        # The ladder's own ping tells them more than the news does.
        told = dict.fromkeys(one for one in told if one in theirs or one not in pinged)
    else:
        work.tx.save_incident(after)
    after = rejudge.rejudge(work, after)
    for person in told:
        _tell_once(work, after, ToPerson(person), replace(news, reader=person))
    work.show(after)


def _escalate(work: Work, after: Incident) -> tuple[Incident, frozenset[str]]:
    """The ladder's next step, and whom it pings: where everybody rests that is nobody."""
    before = len(work.tx.receipts(incident_subject(after.id)))
    briefing = brief_of(work, after)
    read = (briefing.facts,) if briefing else ()
    after = ping.escalate_to_next(work, after, read)
    fresh = work.tx.receipts(incident_subject(after.id))[before:]
    return after, frozenset(one.person for one in fresh)


def _tell_once(work: Work, incident: Incident, to: Address, told: Relapsed) -> None:
    """Of several connections, one that waits tells of all that fail again by then."""
    about = incident_subject(incident.id)
    waits = work.tx.last_said(about, to, told.what) not in (None, "failed", "sent")
    if not (waits and told.parts):
        work.tell(to, told, about=about)


def _again_for_now(work: Work, parent: Incident, flip: Flip) -> None:
    """One turn more of what comes and goes: the card counts it, and the timeline now and then."""
    work.tx.save_incident(parent)
    turns = _turns_of(work, parent, flip.connection)
    # At 1, 2, 4, 8 falls: a timeline that counts each one hides everything else.
    if turns.falls.bit_count() == 1:
        said = f"It fails again, {turns.falls} times since {when(turns.since)}."
        work.log(parent, "flapping", said)
    work.show_soon(parent)


def out_of_sight(work: Work, connection: Connection, flip: Flip) -> None:
    """One connection of a live incident cannot be seen any more, which neither ends nor widens
    it."""
    child = work.tx.child_for(connection.id)
    number = child.parent if child else None
    parent = (
        work.tx.incident(number) if number is not None else work.tx.live_incident(connection.id)
    )
    if parent is not None:
        said = (
            f"The checks {blind_names(work, connection)} cannot see {outside(connection.name)}:"
            f" {why_blind(work, connection)}"
        )
        work.log(parent, "blind", said)
        work.show_soon(parent)


def recovered(work: Work, connection: Connection, flip: Flip) -> None:
    """One connection of a live incident runs again; with the last of them the incident recovers.

    Stragglers get a little time, then `split_off_failing` makes them incidents of their own.
    """
    parent = work.tx.live_incident(connection.id)
    if parent is None:
        child = work.tx.child_for(connection.id)
        if child is None or child.parent is None or child.recovered_at is not None:
            return
        turns = flapping.rise(child.turns_so_far, work.now)
        work.tx.save_incident(replace(child, recovered_at=work.now, turns=turns))
        parent = work.tx.incident(child.parent)
        if parent is None or parent.state is State.VERIFYING:
            return
        parent = _risen(work, parent)
        if not _often(work, parent, connection.id):
            work.log(parent, "part recovered", f"{outside(connection.name)} {_runs(flip)}.")
    elif parent.state is State.VERIFYING or not parent.seen_failing:
        return
    else:
        parent = relapsing.counted_apart(parent)
        own = flapping.rise(parent.own, work.now) if parent.own else None
        parent = _risen(work, replace(parent, recovered_at=work.now, seen_failing=False, own=own))
        if still_failing(work, parent) and not _often(work, parent, connection.id):
            work.log(parent, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.")
    # The lead alone says little: an incident is over when nothing of it fails.
    if parent.recovered_at is not None and not still_failing(work, parent):
        _nothing_fails(work, parent)
        return
    # Stragglers come back within minutes after a shared cause is gone; splitting them off at once
    # would ping people for nothing.
    waiting = replace(parent, settle_at=_time_left(parent, work.now))
    work.tx.save_incident(waiting)
    work.show_soon(waiting)


def _risen(work: Work, parent: Incident) -> Incident:
    """The incident with those that come and go now, after one of its connections runs again."""
    apart = relapsing.counted_apart(parent)
    return replace(apart, flaps=come_and_go(work, apart))


def _time_left(parent: Incident, now: datetime) -> datetime | None:
    """Until when stragglers may take: a little longer with each that recovers, and no longer than a
    part of a lease in all; None while the lead fails."""
    if parent.recovered_at is None:
        return None
    longest = parent.recovered_at + parent.lease / _AT_MOST
    return max(parent.settle_at or now, min(now + parent.lease / _SETTLE, longest))


def _nothing_fails(work: Work, parent: Incident) -> None:
    """It runs again, or is held open until what comes and goes of it runs steadily."""
    steady_at = _steady_at(work, parent)
    if steady_at is None or steady_at <= work.now:
        _all_recovered(work, parent)
    else:
        held = relapsing.runs_for_now(parent, calm_at=steady_at, now=work.now)
        _hold_open(work, held)


def _steady_at(work: Work, parent: Incident) -> datetime | None:
    """When the last of its connections that come and go has stayed as it is for long enough; None
    where none does. Each is as steady as it is itself, whoever else failed meanwhile."""
    if parent.size < 2:
        alone = flapping.rise(parent.turns_so_far, work.now)
        those = [alone] if alone.many else []
    else:
        flaps = come_and_go(work, parent)
        those = [
            one.turns for one in child_states(work, parent) if one.turns and one.connection in flaps
        ]
    least = parent.lease / 4
    return max((one.turned_at + flapping.steady_after(one, least) for one in those), default=None)


def _hold_open(work: Work, held: Incident) -> None:
    """A recovery that may not last ends nothing and asks nobody to confirm the data."""
    work.tx.save_incident(held)
    if not any(entry.kind == "flapping" for entry in work.tx.timeline(held.id)):
        said = "It comes and goes; it stays open until it is calm for a while."
        work.log(held, "flapping", said)
        turns = turns_told(work, held)
        told = Flapping(**asdict(turns)) if turns else Flapping()
        work.tell(CHANNEL, told, about=incident_subject(held.id))
    work.show_soon(held)


def runs_steadily(work: Work, held: Incident) -> None:
    """What came and went has run for long enough, or fails again by now; unseen, it gets the same
    time again."""
    if held.recovered_at is None or still_failing(work, held):
        work.tx.save_incident(replace(held, calm_at=None))
        return
    known = work.catalogue.connections
    members = (known[key] for key in confirm_data.members(work, held) if key in known)
    if any(sees_nothing(work, one) or lost_sight(work, one, held) for one in members):
        work.tx.save_incident(replace(held, calm_at=work.now + held.lease / 4))
        return
    _nothing_fails(work, held)


def _runs(flip: Flip) -> str:
    return "runs again, but is degraded" if flip.new is Verdict.DEGRADED else "runs again"


def still_failing(work: Work, parent: Incident) -> bool:
    return any(not recovered for _, recovered in work.tx.recovered_of(parent.id))


def split_off_failing(work: Work, parent: Incident) -> None:
    """The lead runs again and the stragglers' time is over: each is on its own from here."""
    if parent.recovered_at is None:
        work.tx.save_incident(replace(parent, settle_at=None))
        return
    if parent.comes_and_goes and work.now < parent.turns_so_far.turned_at + flapping.FORGOTTEN:
        # Its children take turns: whoever is down at the moment is no cause of its own.
        later = work.now + flapping.steady_after(parent.turns_so_far, parent.lease / 4)
        work.tx.save_incident(replace(parent, settle_at=later))
        return
    stragglers = [
        child
        for child in work.tx.children_of(parent.id)
        if child.recovered_at is None and child.seen_failing
    ]
    longer = _time_left(replace(parent, settle_at=None), work.now)
    if longer and longer > work.now and any(_may_run(work, child, parent) for child in stragglers):
        work.tx.save_incident(replace(parent, settle_at=longer))
        return
    for child in stragglers:
        if was_independent(child):
            revive(work, child, f"It still fails when {parent.key} is over.")
        else:
            # Its part here is done, so that it can open an incident of its own.
            work.tx.save_incident(replace(child, recovered_at=work.now, parent=None))
        name = _named(work.knowledge, child.connection)
        work.log(parent, "split", f"{name} still fails, on its own now.")
    denied = parent.denied
    if stragglers:
        parent = relapsing.without(parent, [child.connection for child in stragglers])
        work.tx.save_incident(parent := led_anew(work, parent))
    _nothing_fails(work, parent)
    new = [child for child in stragglers if not was_independent(child)]
    group.open_or_join(work, _failures(work, new))
    take_along(work, [one for one in denied if one not in parent.denied])
    tell_left(work, parent, stragglers, still=True)


def _may_run(work: Work, child: Incident, parent: Incident) -> bool:
    """Whether its checks begin to see it run, or have not looked since the lead runs."""
    bad = [one for one in work.tx.checks_of(child.connection) if one.verdict is Verdict.FAILING]
    ran = parent.recovered_at
    return any(
        one.candidate in (Verdict.OK, Verdict.DEGRADED)
        or (ran and one.checked_at is not None and one.checked_at < ran)
        for one in bad
    )


def _failures(work: Work, children: list[Incident]) -> list[tuple[Connection, Flip]]:
    left: list[tuple[Connection, Flip]] = []
    for child in children:
        connection = work.catalogue.connections.get(child.connection)
        if connection is None:
            continue
        flip = Flip(
            connection=connection.id,
            at=work.now,
            since=child.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=child.reasons,
        )
        if not windows.delays_opening(work, connection):
            left.append((connection, flip))
    return left


def _all_recovered(work: Work, parent: Incident) -> None:
    """It runs again: ask everybody who has to confirm data, and tell the channel. What runs with
    wrong data stays open; the others are asked all the same."""
    missing = confirm_data.unconfirmed(work, parent)
    if parent.denied:
        _wrong_still(work, parent, missing)
        return
    approvers = tuple(dict.fromkeys(missing.values())) or confirm_data.approvers_of(work, parent)
    after = machine.recover(parent, approvers=approvers, now=work.now)
    work.tx.save_incident(after)
    seen = what_checks_see(work, after)
    work.log(after, "recovered", seen)
    told = Recovered(asked=confirm_data.acting_approvers(work, approvers), seen=seen)
    told = told.after(turns_told(work, after))
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    confirm_data.ask(work, after, approvers)
    work.show(after)


def _wrong_still(work: Work, parent: Incident, missing: Mapping[str, str]) -> None:
    """Who said so before it failed again is asked anew, with the others."""
    after = relapsing.runs_with_wrong_data(parent, now=work.now)
    after = replace(after, flaps=come_and_go(work, after))
    work.tx.save_incident(after)
    work.log(after, "recovered", "It runs again; data of it was said to be wrong.")
    spoken = confirm_data.spoke_since(work, after)
    approvers = (approver for key, approver in missing.items() if key not in spoken)
    confirm_data.ask(work, after, tuple(dict.fromkeys(approvers)))
    work.show(after)


def _named(knowledge: Knowledge, key: str) -> str:
    connection = knowledge.catalogue.connections.get(key)
    return outside(connection.name) if connection else key
