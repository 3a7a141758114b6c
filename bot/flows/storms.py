"""Several connections, one cause: the parts of an incident recover one by one, fail again, and
split off when they outlive its recovery."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core import flapping, relapsing
from bot.core import incident as machine
from bot.core.catalogue import Connection
from bot.core.effects import Say, What, incident_subject
from bot.core.health import Flip, Verdict
from bot.core.incident import Incident, State
from bot.core.leading import by_gravity
from bot.core.text import outside, when
from bot.flows import confirming, gathering, pings, rejudging, windows
from bot.flows.briefing import brief_of
from bot.flows.leading import led_anew
from bot.flows.parts import turns_told, what_checks_see
from bot.flows.record import log, show, show_soon
from bot.flows.splitting import had_a_life, revive, take_along
from bot.ports import Knowledge, Tx

# A lease divided by these is how long stragglers may take: after the last recovery, and in all.
_SETTLE, _AT_MOST = 30, 4


def fails_again(tx: Tx, knowledge: Knowledge, live: Incident, flip: Flip, now: datetime) -> None:
    """The lead of an incident fails (again): a relapse once it was thought to run, and news for
    one that only a person had seen failing."""
    live = relapsing.fails_itself(live, live.connection)
    if live.state is State.VERIFYING:
        after = relapsing.relapse(live, now=now)
        _relapse(tx, knowledge, after, flip, now)
    elif live.calm_at is not None:
        once_more = relapsing.fails_once_more(live, now=now)
        _again_for_now(tx, replace(once_more, seen_failing=True, recovered_at=None), now)
    elif not live.seen_failing:
        ran = live.recovered_at is not None
        after = relapsing.fails_in_hand(live, now=now)
        after = replace(after, seen_failing=True, recovered_at=None)
        if ran and not still_failing(tx, live):
            _relapse(tx, knowledge, after, flip, now)
            return
        tx.save_incident(after)
        log(tx, after, "seen", "The checks see it fail. " + " ".join(flip.reasons), now)
        show_soon(tx, rejudging.rejudge(tx, knowledge, after, now), now)


def part_fails_again(
    tx: Tx, knowledge: Knowledge, part: Incident, flip: Flip, now: datetime
) -> None:
    turns = flapping.fall(part.turns_so_far, now)
    tx.save_incident(replace(part, recovered_at=None, turns=turns))
    whole = tx.incident(part.parent) if part.parent is not None else None
    if whole is None:
        return
    whole = relapsing.fails_itself(whole, part.connection)
    if whole.state is State.VERIFYING:
        # The lead still runs: when this part recovers too, so does the whole.
        after = relapsing.relapse(whole, now=now)
        after = replace(after, recovered_at=whole.recovered_at, seen_failing=whole.seen_failing)
        _relapse(tx, knowledge, after, flip, now)
    elif whole.calm_at is not None:
        _again_for_now(tx, relapsing.fails_once_more(whole, now=now), now)
    else:
        after = relapsing.fails_in_hand(whole, now=now)
        tx.save_incident(after)
        show_soon(tx, after, now)


def _relapse(tx: Tx, knowledge: Knowledge, after: Incident, flip: Flip, now: datetime) -> None:
    """It goes on where it was; those whose turn it is are told, and no rung is pinged early."""
    kind = "flapping" if after.comes_and_goes else "relapsed"
    log(tx, after, kind, "It fails again. " + " ".join(flip.reasons), now)
    due = after.escalate_at is not None and after.escalate_at <= now
    facts = {"holder": after.holder, "climbs": due, **turns_told(after, now)}
    line = Say(subject=incident_subject(after.id), to="channel", what=What.RELAPSED, facts=facts)
    about = by_gravity((flip.connection,), knowledge.catalogue)
    if due and after.rung < 0:
        climbed = pings.begin_anew(tx, knowledge, after, about, line, now)
        show(tx, rejudging.rejudge(tx, knowledge, climbed, now), now)
        return
    tx.queue(line, now)
    if due:
        briefing = brief_of(tx, knowledge, after, now)
        climbed = pings.climb_ladder(tx, knowledge, after, briefing, now)
        show(tx, rejudging.rejudge(tx, knowledge, climbed, now), now)
        return
    tx.save_incident(after)
    after = rejudging.rejudge(tx, knowledge, after, now)
    for person in pings.whose_turn(tx, knowledge, after, about, now):
        tx.queue(replace(line, to=f"person:{person}"), now)
    show(tx, after, now)


def _again_for_now(tx: Tx, whole: Incident, now: datetime) -> None:
    """One turn more of what comes and goes: the card counts it, and the timeline now and then."""
    tx.save_incident(whole)
    turns = whole.turns_so_far
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
        said = " ".join((f"The checks cannot see {outside(connection.name)}:", *flip.reasons))
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
        if not turns.many:
            log(tx, whole, "part recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    elif whole.state is State.VERIFYING or not whole.seen_failing:
        return
    else:
        whole = replace(whole, recovered_at=now, seen_failing=False)
        if still_failing(tx, whole) and not whole.comes_and_goes:
            log(tx, whole, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    if whole.recovered_at is not None and not still_failing(tx, whole):
        if flapping.rise(whole.turns_so_far, now).many:
            _hold_open(tx, relapsing.runs_for_now(whole, now=now), now)
        else:
            _all_recovered(tx, knowledge, whole, now)
        return
    waiting = replace(whole, settle_at=_time_left(whole, now))
    tx.save_incident(waiting)
    show_soon(tx, waiting, now)


def _time_left(whole: Incident, now: datetime) -> datetime | None:
    """Until when stragglers may take: a little longer with each that recovers, and no longer than a
    part of a lease in all; None while the lead fails."""
    if whole.recovered_at is None:
        return None
    longest = whole.recovered_at + whole.lease / _AT_MOST
    return max(whole.settle_at or now, min(now + whole.lease / _SETTLE, longest))


def _hold_open(tx: Tx, held: Incident, now: datetime) -> None:
    """A recovery that may not last ends nothing and asks nobody to confirm the data."""
    tx.save_incident(held)
    if not any(entry.kind == "flapping" for entry in tx.timeline(held.id)):
        said = "It comes and goes; it stays open until it is calm for a while."
        log(tx, held, "flapping", said, now)
        subject, facts = incident_subject(held.id), turns_told(held, now)
        tx.queue(Say(subject=subject, to="channel", what=What.FLAPPING, facts=facts), now)
    show_soon(tx, held, now)


def calmed(tx: Tx, knowledge: Knowledge, held: Incident, now: datetime) -> None:
    """What came and went has run for long enough; unseen, it gets the same time again."""
    verdicts = tx.verdicts()
    if any(verdicts.get(key) == Verdict.UNKNOWN for key in confirming.members(tx, held)):
        tx.save_incident(replace(held, calm_at=now + held.lease / 4))
        return
    _all_recovered(tx, knowledge, held, now)


def _runs(flip: Flip) -> str:
    return "runs again, but is degraded" if flip.new is Verdict.DEGRADED else "runs again"


def still_failing(tx: Tx, whole: Incident) -> bool:
    return any(not recovered for _, recovered in tx.fates_of(whole.id))


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
        log(tx, whole, "split", f"{_name(knowledge, part)} still fails, on its own now.", now)
    said = whole.denied
    if stragglers:
        whole = relapsing.without(whole, [part.connection for part in stragglers])
        tx.save_incident(whole := led_anew(tx, knowledge, whole, now))
    _all_recovered(tx, knowledge, whole, now)
    new = [part for part in stragglers if not had_a_life(part)]
    gathering.open_or_join(tx, knowledge, _failures(tx, knowledge, new, now), now)
    take_along(tx, [one for one in said if one not in whole.denied])


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
    missing = confirming.unconfirmed(tx, knowledge, whole)
    if whole.denied:
        _wrong_still(tx, whole, missing, now)
        return
    judges = tuple(dict.fromkeys(missing.values())) or confirming.judges_of(tx, knowledge, whole)
    after = machine.recover(whole, judges=judges, now=now)
    tx.save_incident(after)
    seen = what_checks_see(tx, knowledge.catalogue, after)
    log(tx, after, "recovered", seen, now)
    subject = incident_subject(after.id)
    asked = list(confirming.acting_judges(tx, judges, now))
    facts = {"asked": asked, "seen": seen, **turns_told(after, now)}
    tx.queue(Say(subject=subject, to="channel", what=What.RECOVERED, facts=facts), now)
    confirming.ask(tx, after, judges, now)
    show(tx, after, now)


def _wrong_still(tx: Tx, whole: Incident, missing: Mapping[str, str], now: datetime) -> None:
    """Who said so before it failed again is asked anew, with the others."""
    after = relapsing.runs_with_wrong_data(whole, now=now)
    tx.save_incident(after)
    log(tx, after, "recovered", "It runs again; data of it was said to be wrong.", now)
    spoken = confirming.spoke_since(tx, after)
    judges = (judge for key, judge in missing.items() if key not in spoken)
    confirming.ask(tx, after, tuple(dict.fromkeys(judges)), now)
    show(tx, after, now)


def _name(knowledge: Knowledge, part: Incident) -> str:
    connection = knowledge.catalogue.connections.get(part.connection)
    return connection.name if connection else part.connection
