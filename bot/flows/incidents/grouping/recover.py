"""Several connections, one cause: the parts of an incident recover one by one, fail again, and
split off when they outlive its recovery."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents import incident as machine
from bot.core.incidents import relapsing
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import by_gravity
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import Say, What, incident_subject
from bot.flows.estate import windows
from bot.flows.incidents import ping, rejudge, roles
from bot.flows.incidents.ending import confirm_data
from bot.flows.incidents.grouping import group
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.incidents.grouping.parts import come_and_go, flapping_of, turns_told, what_checks_see
from bot.flows.incidents.grouping.split import had_a_life, revive, take_along, tell_left
from bot.flows.monitoring import sight
from bot.flows.triage.briefing import brief_of
from bot.flows.work import log, show, show_soon
from bot.language.marks import outside, when
from bot.ports import Knowledge, Tx

# A lease divided by these is how long stragglers may take: after the last recovery, and in all.
_SETTLE, _AT_MOST = 30, 4


def fails_again(tx: Tx, knowledge: Knowledge, live: Incident, flip: Flip, now: datetime) -> None:
    """The lead of an incident fails (again): a relapse once it was thought to run, and news for
    one that only a person had seen failing."""
    live = relapsing.counted_apart(relapsing.fails_itself(live, live.connection))
    if live.own is not None:
        live = replace(live, own=flapping.fall(live.own, now))
    live = replace(live, flaps=come_and_go(tx, live, now))
    if live.state is State.VERIFYING:
        after = relapsing.relapse(live, now=now)
        _relapse(tx, knowledge, after, flip, now)
    elif live.calm_at is not None:
        once_more = relapsing.fails_once_more(live, now=now)
        once_more = replace(once_more, seen_failing=True, recovered_at=None)
        _again_in_hand(tx, knowledge, once_more, flip, now)
    elif not live.seen_failing:
        ran = live.recovered_at is not None
        after = relapsing.fails_in_hand(live, now=now)
        after = replace(after, seen_failing=True, recovered_at=None)
        if ran:
            goes_on = _again_in_hand if live.size > 1 else _relapse
            goes_on(tx, knowledge, after, flip, now)
            return
        tx.save_incident(after)
        log(tx, after, "seen", "The checks see it fail. " + " ".join(flip.reasons), now)
        show_soon(tx, rejudge.rejudge(tx, knowledge, after, now), now)


def part_fails_again(
    tx: Tx, knowledge: Knowledge, part: Incident, flip: Flip, now: datetime
) -> None:
    turns = flapping.fall(part.turns_so_far, now)
    tx.save_incident(replace(part, recovered_at=None, turns=turns))
    whole = tx.incident(part.parent) if part.parent is not None else None
    if whole is None:
        return
    whole = relapsing.counted_apart(relapsing.fails_itself(whole, part.connection))
    whole = replace(whole, flaps=come_and_go(tx, whole, now))
    if whole.state is State.VERIFYING:
        # The lead still runs: when this part recovers too, so does the whole.
        after = relapsing.relapse(whole, now=now)
        after = replace(after, recovered_at=whole.recovered_at, seen_failing=whole.seen_failing)
        _relapse(tx, knowledge, after, flip, now)
    elif whole.calm_at is not None:
        _again_in_hand(tx, knowledge, relapsing.fails_once_more(whole, now=now), flip, now)
    elif part.recovered_at is not None:
        _again_in_hand(tx, knowledge, relapsing.fails_in_hand(whole, now=now), flip, now)


def _again_in_hand(
    tx: Tx, knowledge: Knowledge, after: Incident, flip: Flip, now: datetime
) -> None:
    """It is open already, for the sake of others or because some come and go. One that did that
    often already is only counted."""
    if after.size == 1 or _often(tx, after, flip.connection):
        _again_for_now(tx, after, flip, now)
    else:
        _relapse(tx, knowledge, after, flip, now)


def _often(tx: Tx, whole: Incident, connection: str) -> bool:
    turns = _turns_of(tx, whole, connection)
    return connection in whole.flaps and turns.falls > flapping.TURNS


def _turns_of(tx: Tx, whole: Incident, connection: str) -> Turns:
    """Those of one of its connections; of the whole where it stands alone."""
    own = (one.turns for one in child_states(tx, whole) if one.connection == connection)
    return next(own, None) or whole.turns_so_far


def _relapse(tx: Tx, knowledge: Knowledge, after: Incident, flip: Flip, now: datetime) -> None:
    """It goes on where it was; those whose turn it is are told, and of several connections the
    first people of the one that fails. No rung is pinged early."""
    several, flaps = after.size > 1, flip.connection in flapping_of(after)
    name = _named(knowledge, flip.connection) if several else "It"
    said = " ".join((f"{name} fails again.", *flip.reasons))
    log(tx, after, "flapping" if flaps else "relapsed", said, now)
    due = after.escalate_at is not None and after.escalate_at <= now
    facts: dict[str, object] = {"holder": after.holder, "climbs": due}
    facts |= {"parts": [flip.connection]} if several else {}
    facts |= turns_told(tx, knowledge.catalogue, after, now) if flaps else {}
    line = Say(subject=incident_subject(after.id), to="channel", what=What.RELAPSED, facts=facts)
    about = by_gravity((flip.connection,), knowledge.catalogue)
    if due and after.rung < 0:
        climbed = ping.begin_anew(tx, knowledge, after, about, line, now)
        show(tx, rejudge.rejudge(tx, knowledge, climbed, now), now)
        return
    turn = ping.whose_turn(tx, knowledge, after, about, now)
    _say_once(tx, replace(line, facts={**facts, "last": list(turn)}), now)
    theirs = roles.first_of(tx, knowledge, about, now) if several else ()
    told = dict.fromkeys((*turn, *theirs))
    if due:
        after, pinged = _climb(tx, knowledge, after, now)
        told = dict.fromkeys(one for one in told if one in theirs or one not in pinged)
    else:
        tx.save_incident(after)
    after = rejudge.rejudge(tx, knowledge, after, now)
    for person in told:
        to = f"person:{person}"
        _say_once(tx, replace(line, to=to, facts={**facts, "reader": person}), now)
    show(tx, after, now)


def _climb(
    tx: Tx, knowledge: Knowledge, after: Incident, now: datetime
) -> tuple[Incident, frozenset[str]]:
    """The ladder's next step, and whom it pings: where everybody rests that is nobody."""
    before = len(tx.receipts(incident_subject(after.id)))
    briefing = brief_of(tx, knowledge, after, now)
    read = (briefing.facts,) if briefing else ()
    after = ping.climb_ladder(tx, knowledge, after, read, now)
    fresh = tx.receipts(incident_subject(after.id))[before:]
    return after, frozenset(one.person for one in fresh)


def _say_once(tx: Tx, line: Say, now: datetime) -> None:
    """Of several connections, one that waits tells of all that fail again by then."""
    waits = tx.last_said(line.subject, line.to, line.what) not in (None, "failed", "sent")
    if not (waits and line.facts.get("parts")):
        tx.queue(line, now)


def _again_for_now(tx: Tx, whole: Incident, flip: Flip, now: datetime) -> None:
    """One turn more of what comes and goes: the card counts it, and the timeline now and then."""
    tx.save_incident(whole)
    turns = _turns_of(tx, whole, flip.connection)
    if turns.falls.bit_count() == 1:
        said = f"It fails again, {turns.falls} times since {when(turns.since)}."
        log(tx, whole, "flapping", said, now)
    show_soon(tx, whole, now)


def out_of_sight(tx: Tx, connection: Connection, flip: Flip, now: datetime) -> None:
    """One connection of a live incident cannot be seen any more, which neither ends nor widens
    it."""
    part = tx.part_for(connection.id)
    number = part.parent if part else None
    whole = tx.incident(number) if number is not None else tx.live_incident(connection.id)
    if whole is not None:
        said = (
            f"The checks {sight.names(tx, connection)} cannot see {outside(connection.name)}:"
            f" {sight.why(tx, connection)}"
        )
        log(tx, whole, "blind", said, now)
        show_soon(tx, whole, now)


def recovered(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """One connection of a live incident runs again; with the last of them the incident recovers.

    Stragglers get a little time, then `settle` makes them incidents of their own.
    """
    whole = tx.live_incident(connection.id)
    if whole is None:
        part = tx.part_for(connection.id)
        if part is None or part.parent is None or part.recovered_at is not None:
            return
        turns = flapping.rise(part.turns_so_far, now)
        tx.save_incident(replace(part, recovered_at=now, turns=turns))
        whole = tx.incident(part.parent)
        if whole is None or whole.state is State.VERIFYING:
            return
        whole = _risen(tx, whole, now)
        if not _often(tx, whole, connection.id):
            log(tx, whole, "part recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    elif whole.state is State.VERIFYING or not whole.seen_failing:
        return
    else:
        whole = relapsing.counted_apart(whole)
        own = flapping.rise(whole.own, now) if whole.own else None
        whole = _risen(tx, replace(whole, recovered_at=now, seen_failing=False, own=own), now)
        if still_failing(tx, whole) and not _often(tx, whole, connection.id):
            log(tx, whole, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    if whole.recovered_at is not None and not still_failing(tx, whole):
        _nothing_fails(tx, knowledge, whole, now)
        return
    waiting = replace(whole, settle_at=_time_left(whole, now))
    tx.save_incident(waiting)
    show_soon(tx, waiting, now)


def _risen(tx: Tx, whole: Incident, now: datetime) -> Incident:
    """One of its connections runs: which come and go now."""
    apart = relapsing.counted_apart(whole)
    return replace(apart, flaps=come_and_go(tx, apart, now))


def _time_left(whole: Incident, now: datetime) -> datetime | None:
    """Until when stragglers may take: a little longer with each that recovers, and no longer than a
    part of a lease in all; None while the lead fails."""
    if whole.recovered_at is None:
        return None
    longest = whole.recovered_at + whole.lease / _AT_MOST
    return max(whole.settle_at or now, min(now + whole.lease / _SETTLE, longest))


def _nothing_fails(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> None:
    """It runs again, or is held open until what comes and goes of it is calm."""
    calm_at = _calm_at(tx, whole, now)
    if calm_at is None or calm_at <= now:
        _all_recovered(tx, knowledge, whole, now)
    else:
        held = relapsing.runs_for_now(whole, calm_at=calm_at, now=now)
        _hold_open(tx, knowledge, held, now)


def _calm_at(tx: Tx, whole: Incident, now: datetime) -> datetime | None:
    """When the last of its connections that come and go has stayed as it is for long enough; None
    where none does. Each is as calm as it is itself, whoever else failed meanwhile."""
    if whole.size < 2:
        alone = flapping.rise(whole.turns_so_far, now)
        those = [alone] if alone.many else []
    else:
        flaps = come_and_go(tx, whole, now)
        those = [
            one.turns for one in child_states(tx, whole) if one.turns and one.connection in flaps
        ]
    least = whole.lease / 4
    return max((one.turned_at + flapping.calm_after(one, least) for one in those), default=None)


def _hold_open(tx: Tx, knowledge: Knowledge, held: Incident, now: datetime) -> None:
    """A recovery that may not last ends nothing and asks nobody to confirm the data."""
    tx.save_incident(held)
    if not any(entry.kind == "flapping" for entry in tx.timeline(held.id)):
        said = "It comes and goes; it stays open until it is calm for a while."
        log(tx, held, "flapping", said, now)
        subject, facts = incident_subject(held.id), turns_told(tx, knowledge.catalogue, held, now)
        tx.queue(Say(subject=subject, to="channel", what=What.FLAPPING, facts=facts), now)
    show_soon(tx, held, now)


def calmed(tx: Tx, knowledge: Knowledge, held: Incident, now: datetime) -> None:
    """What came and went has run for long enough, or fails again by now; unseen, it gets the same
    time again."""
    if held.recovered_at is None or still_failing(tx, held):
        tx.save_incident(replace(held, calm_at=None))
        return
    known = knowledge.catalogue.connections
    members = (known[key] for key in confirm_data.members(tx, held) if key in known)
    if any(sight.unseen(tx, one) or sight.lost(tx, one, held) for one in members):
        tx.save_incident(replace(held, calm_at=now + held.lease / 4))
        return
    _nothing_fails(tx, knowledge, held, now)


def _runs(flip: Flip) -> str:
    return "runs again, but is degraded" if flip.new is Verdict.DEGRADED else "runs again"


def still_failing(tx: Tx, whole: Incident) -> bool:
    return any(not recovered for _, recovered in tx.recovered_of(whole.id))


def settle(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> None:
    """The lead runs again and the stragglers' time is over: each is on its own from here."""
    if whole.recovered_at is None:
        tx.save_incident(replace(whole, settle_at=None))
        return
    if whole.comes_and_goes and now < whole.turns_so_far.turned_at + flapping.FORGOTTEN:
        # Its parts take turns: whoever is down at the moment is no cause of its own.
        later = now + flapping.calm_after(whole.turns_so_far, whole.lease / 4)
        tx.save_incident(replace(whole, settle_at=later))
        return
    stragglers = [
        part for part in tx.parts_of(whole.id) if part.recovered_at is None and part.seen_failing
    ]
    longer = _time_left(replace(whole, settle_at=None), now)
    if longer and longer > now and any(_may_run(tx, part, whole) for part in stragglers):
        tx.save_incident(replace(whole, settle_at=longer))
        return
    for part in stragglers:
        if had_a_life(part):
            revive(tx, knowledge, part, f"It still fails when {whole.key} is over.", now)
        else:
            # Its part here is done, so that it can open an incident of its own.
            tx.save_incident(replace(part, recovered_at=now, parent=None))
        name = _named(knowledge, part.connection)
        log(tx, whole, "split", f"{name} still fails, on its own now.", now)
    denied = whole.denied
    if stragglers:
        whole = relapsing.without(whole, [part.connection for part in stragglers])
        tx.save_incident(whole := led_anew(tx, knowledge, whole, now))
    _nothing_fails(tx, knowledge, whole, now)
    new = [part for part in stragglers if not had_a_life(part)]
    group.open_or_join(tx, knowledge, _failures(tx, knowledge, new, now), now)
    take_along(tx, [one for one in denied if one not in whole.denied])
    tell_left(tx, whole, stragglers, now, still=True)


def _may_run(tx: Tx, part: Incident, whole: Incident) -> bool:
    """Whether its checks begin to see it run, or have not looked since the lead runs."""
    bad = [one for one in tx.checks_of(part.connection) if one.verdict is Verdict.FAILING]
    ran = whole.recovered_at
    return any(
        one.candidate in (Verdict.OK, Verdict.DEGRADED)
        or (ran and one.checked_at is not None and one.checked_at < ran)
        for one in bad
    )


def _failures(
    tx: Tx, knowledge: Knowledge, parts: list[Incident], now: datetime
) -> list[tuple[Connection, Flip]]:
    left: list[tuple[Connection, Flip]] = []
    for part in parts:
        connection = knowledge.catalogue.connections.get(part.connection)
        if connection is None:
            continue
        flip = Flip(
            connection=connection.id,
            at=now,
            since=part.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=part.reasons,
        )
        if not windows.held_back(tx, knowledge, connection, now):
            left.append((connection, flip))
    return left


def _all_recovered(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> None:
    """It runs again: ask everybody who has to confirm data, and tell the channel. What runs with
    wrong data stays open; the others are asked all the same."""
    missing = confirm_data.unconfirmed(tx, knowledge, whole)
    if whole.denied:
        _wrong_still(tx, whole, missing, now)
        return
    judges = tuple(dict.fromkeys(missing.values())) or confirm_data.judges_of(tx, knowledge, whole)
    after = machine.recover(whole, judges=judges, now=now)
    tx.save_incident(after)
    seen = what_checks_see(tx, knowledge.catalogue, after)
    log(tx, after, "recovered", seen, now)
    subject = incident_subject(after.id)
    asked = list(confirm_data.acting_judges(tx, judges, now))
    facts = {"asked": asked, "seen": seen, **turns_told(tx, knowledge.catalogue, after, now)}
    tx.queue(Say(subject=subject, to="channel", what=What.RECOVERED, facts=facts), now)
    confirm_data.ask(tx, after, judges, now)
    show(tx, after, now)


def _wrong_still(tx: Tx, whole: Incident, missing: Mapping[str, str], now: datetime) -> None:
    """Who said so before it failed again is asked anew, with the others."""
    after = relapsing.runs_with_wrong_data(whole, now=now)
    after = replace(after, flaps=come_and_go(tx, after, now))
    tx.save_incident(after)
    log(tx, after, "recovered", "It runs again; data of it was said to be wrong.", now)
    spoken = confirm_data.spoke_since(tx, after)
    judges = (judge for key, judge in missing.items() if key not in spoken)
    confirm_data.ask(tx, after, tuple(dict.fromkeys(judges)), now)
    show(tx, after, now)


def _named(knowledge: Knowledge, key: str) -> str:
    connection = knowledge.catalogue.connections.get(key)
    return outside(connection.name) if connection else key
