"""Several connections, one cause: the parts of an incident recover one by one, fail again, and
split off when they outlive its recovery."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents import incident as machine
from bot.core.incidents import relapsing
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import by_gravity
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
from bot.flows.incidents import ping, rejudge, roles
from bot.flows.incidents.ending import confirm_data
from bot.flows.incidents.grouping import group
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.incidents.grouping.parts import come_and_go, flapping_of, turns_told, what_checks_see
from bot.flows.incidents.grouping.split import had_a_life, revive, take_along, tell_left
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


def part_fails_again(work: Work, part: Incident, flip: Flip) -> None:
    turns = flapping.fall(part.turns_so_far, work.now)
    work.tx.save_incident(replace(part, recovered_at=None, turns=turns))
    whole = work.tx.incident(part.parent) if part.parent is not None else None
    if whole is None:
        return
    whole = relapsing.counted_apart(relapsing.fails_itself(whole, part.connection))
    whole = replace(whole, flaps=come_and_go(work, whole))
    if whole.state is State.VERIFYING:
        # The lead still runs: when this part recovers too, so does the whole.
        after = relapsing.relapse(whole, now=work.now)
        after = replace(after, recovered_at=whole.recovered_at, seen_failing=whole.seen_failing)
        _relapse(work, after, flip)
    elif whole.calm_at is not None:
        _again_in_hand(work, relapsing.fails_once_more(whole, now=work.now), flip)
    elif part.recovered_at is not None:
        _again_in_hand(work, relapsing.fails_in_hand(whole, now=work.now), flip)


def _again_in_hand(work: Work, after: Incident, flip: Flip) -> None:
    """It is open already, for the sake of others or because some come and go. One that did that
    often already is only counted."""
    if after.size == 1 or _often(work, after, flip.connection):
        _again_for_now(work, after, flip)
    else:
        _relapse(work, after, flip)


def _often(work: Work, whole: Incident, connection: str) -> bool:
    turns = _turns_of(work, whole, connection)
    return connection in whole.flaps and turns.falls > flapping.TURNS


def _turns_of(work: Work, whole: Incident, connection: str) -> Turns:
    """Those of one of its connections; of the whole where it stands alone."""
    own = (one.turns for one in child_states(work, whole) if one.connection == connection)
    return next(own, None) or whole.turns_so_far


def _relapse(work: Work, after: Incident, flip: Flip) -> None:
    """It goes on where it was; those whose turn it is are told, and of several connections the
    first people of the one that fails. No rung is pinged early."""
    several, flaps = after.size > 1, flip.connection in flapping_of(after)
    name = _named(work.knowledge, flip.connection) if several else "It"
    said = " ".join((f"{name} fails again.", *flip.reasons))
    work.log(after, "flapping" if flaps else "relapsed", said)
    due = after.escalate_at is not None and after.escalate_at <= work.now
    parts = (flip.connection,) if several else ()
    news = Relapsed(holder=after.holder, climbs=due, parts=parts)
    news = news.after(turns_told(work, after) if flaps else None)
    about = by_gravity((flip.connection,), work.catalogue)
    if due and after.rung < 0:
        climbed = ping.begin_anew(work, after, about, news)
        work.show(rejudge.rejudge(work, climbed))
        return
    turn = ping.whose_turn(work, after, about)
    _tell_once(work, after, CHANNEL, replace(news, last=tuple(turn)))
    theirs = roles.first_of(work, about) if several else ()
    told = dict.fromkeys((*turn, *theirs))
    if due:
        after, pinged = _climb(work, after)
        told = dict.fromkeys(one for one in told if one in theirs or one not in pinged)
    else:
        work.tx.save_incident(after)
    after = rejudge.rejudge(work, after)
    for person in told:
        _tell_once(work, after, ToPerson(person), replace(news, reader=person))
    work.show(after)


def _climb(work: Work, after: Incident) -> tuple[Incident, frozenset[str]]:
    """The ladder's next step, and whom it pings: where everybody rests that is nobody."""
    before = len(work.tx.receipts(incident_subject(after.id)))
    briefing = brief_of(work, after)
    read = (briefing.facts,) if briefing else ()
    after = ping.climb_ladder(work, after, read)
    fresh = work.tx.receipts(incident_subject(after.id))[before:]
    return after, frozenset(one.person for one in fresh)


def _tell_once(work: Work, incident: Incident, to: Address, told: Relapsed) -> None:
    """Of several connections, one that waits tells of all that fail again by then."""
    about = incident_subject(incident.id)
    waits = work.tx.last_said(about, to, told.what) not in (None, "failed", "sent")
    if not (waits and told.parts):
        work.tell(to, told, about=about)


def _again_for_now(work: Work, whole: Incident, flip: Flip) -> None:
    """One turn more of what comes and goes: the card counts it, and the timeline now and then."""
    work.tx.save_incident(whole)
    turns = _turns_of(work, whole, flip.connection)
    if turns.falls.bit_count() == 1:
        said = f"It fails again, {turns.falls} times since {when(turns.since)}."
        work.log(whole, "flapping", said)
    work.show_soon(whole)


def out_of_sight(work: Work, connection: Connection, flip: Flip) -> None:
    """One connection of a live incident cannot be seen any more, which neither ends nor widens
    it."""
    part = work.tx.part_for(connection.id)
    number = part.parent if part else None
    whole = work.tx.incident(number) if number is not None else work.tx.live_incident(connection.id)
    if whole is not None:
        said = (
            f"The checks {blind_names(work, connection)} cannot see {outside(connection.name)}:"
            f" {why_blind(work, connection)}"
        )
        work.log(whole, "blind", said)
        work.show_soon(whole)


def recovered(work: Work, connection: Connection, flip: Flip) -> None:
    """One connection of a live incident runs again; with the last of them the incident recovers.

    Stragglers get a little time, then `settle` makes them incidents of their own.
    """
    whole = work.tx.live_incident(connection.id)
    if whole is None:
        part = work.tx.part_for(connection.id)
        if part is None or part.parent is None or part.recovered_at is not None:
            return
        turns = flapping.rise(part.turns_so_far, work.now)
        work.tx.save_incident(replace(part, recovered_at=work.now, turns=turns))
        whole = work.tx.incident(part.parent)
        if whole is None or whole.state is State.VERIFYING:
            return
        whole = _risen(work, whole)
        if not _often(work, whole, connection.id):
            work.log(whole, "part recovered", f"{outside(connection.name)} {_runs(flip)}.")
    elif whole.state is State.VERIFYING or not whole.seen_failing:
        return
    else:
        whole = relapsing.counted_apart(whole)
        own = flapping.rise(whole.own, work.now) if whole.own else None
        whole = _risen(work, replace(whole, recovered_at=work.now, seen_failing=False, own=own))
        if still_failing(work, whole) and not _often(work, whole, connection.id):
            work.log(whole, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.")
    if whole.recovered_at is not None and not still_failing(work, whole):
        _nothing_fails(work, whole)
        return
    waiting = replace(whole, settle_at=_time_left(whole, work.now))
    work.tx.save_incident(waiting)
    work.show_soon(waiting)


def _risen(work: Work, whole: Incident) -> Incident:
    """One of its connections runs: which come and go now."""
    apart = relapsing.counted_apart(whole)
    return replace(apart, flaps=come_and_go(work, apart))


def _time_left(whole: Incident, now: datetime) -> datetime | None:
    """Until when stragglers may take: a little longer with each that recovers, and no longer than a
    part of a lease in all; None while the lead fails."""
    if whole.recovered_at is None:
        return None
    longest = whole.recovered_at + whole.lease / _AT_MOST
    return max(whole.settle_at or now, min(now + whole.lease / _SETTLE, longest))


def _nothing_fails(work: Work, whole: Incident) -> None:
    """It runs again, or is held open until what comes and goes of it is calm."""
    calm_at = _calm_at(work, whole)
    if calm_at is None or calm_at <= work.now:
        _all_recovered(work, whole)
    else:
        held = relapsing.runs_for_now(whole, calm_at=calm_at, now=work.now)
        _hold_open(work, held)


def _calm_at(work: Work, whole: Incident) -> datetime | None:
    """When the last of its connections that come and go has stayed as it is for long enough; None
    where none does. Each is as calm as it is itself, whoever else failed meanwhile."""
    if whole.size < 2:
        alone = flapping.rise(whole.turns_so_far, work.now)
        those = [alone] if alone.many else []
    else:
        flaps = come_and_go(work, whole)
        those = [
            one.turns for one in child_states(work, whole) if one.turns and one.connection in flaps
        ]
    least = whole.lease / 4
    return max((one.turned_at + flapping.calm_after(one, least) for one in those), default=None)


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


def calmed(work: Work, held: Incident) -> None:
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


def still_failing(work: Work, whole: Incident) -> bool:
    return any(not recovered for _, recovered in work.tx.recovered_of(whole.id))


def settle(work: Work, whole: Incident) -> None:
    """The lead runs again and the stragglers' time is over: each is on its own from here."""
    if whole.recovered_at is None:
        work.tx.save_incident(replace(whole, settle_at=None))
        return
    if whole.comes_and_goes and work.now < whole.turns_so_far.turned_at + flapping.FORGOTTEN:
        # Its parts take turns: whoever is down at the moment is no cause of its own.
        later = work.now + flapping.calm_after(whole.turns_so_far, whole.lease / 4)
        work.tx.save_incident(replace(whole, settle_at=later))
        return
    stragglers = [
        part
        for part in work.tx.parts_of(whole.id)
        if part.recovered_at is None and part.seen_failing
    ]
    longer = _time_left(replace(whole, settle_at=None), work.now)
    if longer and longer > work.now and any(_may_run(work, part, whole) for part in stragglers):
        work.tx.save_incident(replace(whole, settle_at=longer))
        return
    for part in stragglers:
        if had_a_life(part):
            revive(work, part, f"It still fails when {whole.key} is over.")
        else:
            # Its part here is done, so that it can open an incident of its own.
            work.tx.save_incident(replace(part, recovered_at=work.now, parent=None))
        name = _named(work.knowledge, part.connection)
        work.log(whole, "split", f"{name} still fails, on its own now.")
    denied = whole.denied
    if stragglers:
        whole = relapsing.without(whole, [part.connection for part in stragglers])
        work.tx.save_incident(whole := led_anew(work, whole))
    _nothing_fails(work, whole)
    new = [part for part in stragglers if not had_a_life(part)]
    group.open_or_join(work, _failures(work, new))
    take_along(work, [one for one in denied if one not in whole.denied])
    tell_left(work, whole, stragglers, still=True)


def _may_run(work: Work, part: Incident, whole: Incident) -> bool:
    """Whether its checks begin to see it run, or have not looked since the lead runs."""
    bad = [one for one in work.tx.checks_of(part.connection) if one.verdict is Verdict.FAILING]
    ran = whole.recovered_at
    return any(
        one.candidate in (Verdict.OK, Verdict.DEGRADED)
        or (ran and one.checked_at is not None and one.checked_at < ran)
        for one in bad
    )


def _failures(work: Work, parts: list[Incident]) -> list[tuple[Connection, Flip]]:
    left: list[tuple[Connection, Flip]] = []
    for part in parts:
        connection = work.catalogue.connections.get(part.connection)
        if connection is None:
            continue
        flip = Flip(
            connection=connection.id,
            at=work.now,
            since=part.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=part.reasons,
        )
        if not windows.held_back(work, connection):
            left.append((connection, flip))
    return left


def _all_recovered(work: Work, whole: Incident) -> None:
    """It runs again: ask everybody who has to confirm data, and tell the channel. What runs with
    wrong data stays open; the others are asked all the same."""
    missing = confirm_data.unconfirmed(work, whole)
    if whole.denied:
        _wrong_still(work, whole, missing)
        return
    judges = tuple(dict.fromkeys(missing.values())) or confirm_data.judges_of(work, whole)
    after = machine.recover(whole, judges=judges, now=work.now)
    work.tx.save_incident(after)
    seen = what_checks_see(work, after)
    work.log(after, "recovered", seen)
    told = Recovered(asked=confirm_data.acting_judges(work, judges), seen=seen)
    told = told.after(turns_told(work, after))
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    confirm_data.ask(work, after, judges)
    work.show(after)


def _wrong_still(work: Work, whole: Incident, missing: Mapping[str, str]) -> None:
    """Who said so before it failed again is asked anew, with the others."""
    after = relapsing.runs_with_wrong_data(whole, now=work.now)
    after = replace(after, flaps=come_and_go(work, after))
    work.tx.save_incident(after)
    work.log(after, "recovered", "It runs again; data of it was said to be wrong.")
    spoken = confirm_data.spoke_since(work, after)
    judges = (judge for key, judge in missing.items() if key not in spoken)
    confirm_data.ask(work, after, tuple(dict.fromkeys(judges)))
    work.show(after)


def _named(knowledge: Knowledge, key: str) -> str:
    connection = knowledge.catalogue.connections.get(key)
    return outside(connection.name) if connection else key
