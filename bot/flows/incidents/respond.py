"""What people do to an incident: take it, hand it over, confirm its data, close it, add to it.

Who may do what is in `core.people.permissions`. Whoever is not named for an incident can help with
it; what ends it or moves it to somebody else needs a person who is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents import incident as machine
from bot.core.incidents import leading, relapsing
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import by_gravity, lead_of
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.people.denial import Denial
from bot.core.people.permissions import NAMED, Deed, Role, permit
from bot.flows.incidents import counterparty, ping, take
from bot.flows.incidents.ending import confirm_data as confirming
from bot.flows.incidents.ending import end
from bot.flows.incidents.ending.confirm_data import Word
from bot.flows.incidents.grouping import reopen
from bot.flows.incidents.grouping.lead import means, party_chosen
from bot.flows.people.permitted import about_incident, doer, must
from bot.flows.people.presence import presence_now
from bot.flows.triage import past_incidents
from bot.flows.work import goes_on_in, load, log, show
from bot.language.errors import Invalid, NotAllowed, NotFound, Refused
from bot.language.marks import outside, when, who
from bot.ports import Knowledge, Tx

HOW = 500  # characters of cause and fix that are kept
SAID = 1000  # of a note, and of what is wrong with the data


def acknowledge(
    tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime, *, agreed: str = ""
) -> Incident:
    """`by` has it. A second click of the holder renews the lease. Raises Unsure, while not `agreed`
    to as it is now, where somebody else has it, and where nobody named `by`: they are a helper
    then, and no holder."""
    before = load(tx, number)
    held = before.holder == by
    if held and before.state is State.ACKNOWLEDGED:
        return still_on_it(tx, number, by, now)
    if held and before.state is State.VERIFYING:
        return before
    after, them = machine.acknowledge(before, by=by, now=now), doer(tx, knowledge, by, now)
    if not permit(Deed.TAKE, about_incident(tx, knowledge, before), them):
        return take.help_out(tx, knowledge, before, them, now, agreed=agreed)
    take.ask_before_taking_from_holder(before, them, agreed)
    tx.save_incident(after)
    take.tell_former_holder(tx, before, by, now)
    log(tx, after, "acknowledged", f"{who(by)} {_how_taken(before, by)}.", now, by)
    facts = {
        "by": by,
        "from": None if held else before.holder,
        "until": after.lease_until.isoformat() if after.lease_until else None,
    }
    _tell_channel(tx, after, What.ACKNOWLEDGED, facts, now)
    show(tx, after, now)
    return after


def _how_taken(before: Incident, by: str) -> str:
    if before.holder == by:
        return "took it back from the counter-party"
    return f"took it over from {who(before.holder)}" if before.holder else "acknowledged"


def still_on_it(tx: Tx, number: int, by: str, now: datetime) -> Incident:
    """The holder renews the lease, or whoever stands in for them; anybody else is told who holds
    it."""
    before = load(tx, number)
    machine.follow(before, machine.Event.ACKNOWLEDGE)
    if before.holder not in presence_now(tx, now).seats_of(by):
        if before.holder is None:
            raise NotAllowed(f"Nobody has {before.key} any more: acknowledge it to have it again.")
        raise NotAllowed(
            f"{before.key} is held by {who(before.holder)}, so only they can say that."
        )
    if before.state is not State.ACKNOWLEDGED:
        raise Refused(f"{before.key} has no lease to renew now. Nothing was changed.")
    after = machine.renew(before, now=now)
    tx.save_incident(after)
    covers = f" (for {who(before.holder)})" if before.holder != by else ""
    log(tx, after, "renewed", f"{who(by)}{covers} is still on it.", now, by)
    show(tx, after, now)
    return after


def hand_over(
    tx: Tx,
    knowledge: Knowledge,
    number: int,
    lane: Lane,
    by: str,
    now: datetime,
    ticket: str = "",
    to: str = "",
) -> Incident:
    """It is the lane's turn, of the party `to` where several connections name several; the
    contract's clock starts."""
    before = load(tx, number)
    connection = _connection(knowledge, before)
    must(tx, knowledge, Deed.HAND_OVER, before, by, now)
    if connection is None:
        raise NotFound(
            f"The connection {before.connection} of {before.key} is no longer in the catalogue,"
            " so nobody is named to hand it over to. Resolve it, or add a note."
        )
    party = party_chosen(tx, knowledge, before, (lane, to), now)
    due = leading.soonest_answer(party, before, now)
    after = machine.hand_over(
        counterparty.at_the_lanes_pace(knowledge, _for_lane(before, lane)),
        lane=lane,
        party=party.id,
        by=by,
        due_at=due,
        ticket=outside(ticket, counterparty.TICKET),
        now=now,
        remind_at=leading.soonest_reminder(party, before, now),
    )
    after = replace(after, lane_for=confirming.members(tx, before))
    tx.save_incident(after)
    deadline = f" They must answer by {when(due)}." if due else ""
    past_incidents.judge(tx, before, lane, by, now)
    said = f"{who(by)} handed it over to {outside(party.name)}.{deadline}"
    log(tx, after, "handed over", said, now, by)
    facts = {"by": by, "lane": lane, "party": party.id, "due": due.isoformat() if due else None}
    _tell_channel(tx, after, What.HANDED_OVER, {**facts, "ticket": after.counterparty_ticket}, now)
    counterparty.send_evidence(tx, knowledge, after, lane, now)
    show(tx, after, now)
    return after


def _for_lane(before: Incident, lane: Lane) -> Incident:
    """With nothing left of another lane's ticket and of what spoke for that one."""
    if before.lane is lane:
        return before
    return replace(before, lane=lane, counterparty_ticket="", lane_reasons=())


def set_lane(
    tx: Tx, knowledge: Knowledge, number: int, lane: Lane, by: str, why: str, now: datetime
) -> Incident:
    """A person corrects or confirms whose lane it is."""
    before = load(tx, number)
    if not before.live:
        raise NotAllowed(f"{before.key} is closed; its lane stays as it is.")
    must(tx, knowledge, Deed.SET_LANE, before, by, now)
    kept = before.lane_reasons if before.lane is lane else ()  # the others spoke for another one
    reasons = (f"{who(by)}: {outside(why)}",) if why else kept
    about = confirming.members(tx, before)
    of_all = before.lane_by is not None and not {*about} - {*(before.lane_for or about)}
    if before.lane is lane and of_all and reasons == kept:
        return before
    party = means(tx, knowledge, before, now).get(lane)
    meant = party.id if party else ""
    after = replace(before, lane=lane, lane_by=by, lane_party=meant, lane_reasons=reasons)
    after = replace(after, lane_for=about)
    if before.lane is not lane:
        after = counterparty.at_the_lanes_pace(knowledge, after)
    tx.save_incident(after)
    past_incidents.judge(tx, before, lane, by, now)
    verb = "confirmed" if before.lane is lane else "changed"
    log(tx, after, "lane", f"{who(by)} {verb} the lane: {LANE_NAMES[lane]}.", now, by)
    facts = {"by": by, "lane": lane, "before": before.lane, "why": outside(why)}
    _tell_channel(tx, after, What.LANE_CHANGED, facts, now)
    show(tx, after, now)
    return after


def confirm_data(
    tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime, of: str = ""
) -> Incident:
    """A functional owner says that the data is right: of the connection `of`, or of all that are
    theirs. With the last word it is resolved. Of what a person has ended already it is kept."""
    before = load(tx, number)
    if of in before.confirmed:
        return before  # pressed once more
    connection = _connection(knowledge, before)
    _must_judge_data(tx, knowledge, before, by, now)
    guards = _guards(connection, by)
    if not before.live:
        return end.confirmed(tx, knowledge, before, Word(by=by, of=of, guards=guards), now)
    missing = confirming.unconfirmed(tx, knowledge, before)
    runs = confirming.running(tx, before)
    askable = {key: judge for key, judge in missing.items() if key in runs}
    wrong = {one.connection for one in before.denied}
    word = Word(by=by, of=of, but=wrong, guards=guards)
    right = confirming.spoken_for(tx, askable, word, now)
    if not right and confirming.spoken_for(tx, missing, word, now):
        raise Refused(confirming.FAILS)
    left = {key: judge for key, judge in missing.items() if key not in right}
    if left and not right:
        return before  # theirs was said already
    heard = relapsing.say_right(before, right)
    calms = before.size > 1 and before.calm_at is not None
    over = runs >= {*confirming.members(tx, before)} and not calms
    if over and not left:
        after = machine.confirm_data(heard, by=by, for_all=True, now=now)
        return _closed(tx, after, What.DATA_CONFIRMED, f"{who(by)} confirmed the data.", by, now)
    after = _partly_confirmed(heard, tuple(dict.fromkeys(left.values())), by, now, over=over)
    tx.save_incident(after)
    names = confirming.names_of(knowledge, right)
    said = f"{who(by)} confirmed the data of {names or 'their own'}; {len(left)} to go."
    log(tx, after, "confirmed", said, now, by)
    show(tx, after, now)
    return after


def _partly_confirmed(
    heard: Incident, judges: tuple[str, ...], by: str, now: datetime, *, over: bool
) -> Incident:
    """Others have still to speak. With nothing failing or wrong it waits for them alone."""
    said = replace(heard, data_confirmed_by=by)
    if said.state is State.VERIFYING:
        return replace(said, awaiting=judges)
    return machine.recover(said, judges=judges, now=now) if over and not said.denied else said


def reject_data(
    tx: Tx,
    knowledge: Knowledge,
    number: int,
    by: str,
    why: str,
    now: datetime,
    of: str | Sequence[str] = "",
) -> Incident:
    """It runs, but the data (of the connections `of`, or of all that are theirs) is wrong: open
    again, and the responder is pinged anew. Where it is open, whoever has it is told. The others'
    questions stay."""
    before, said = load(tx, number), outside(why, SAID)
    guards = _guards(_connection(knowledge, before), by)
    which = (of,) if isinstance(of, str) else tuple(of) or ("",)
    words = tuple(Word(by=by, of=one, why=said, guards=guards) for one in which)
    _must_judge_data(tx, knowledge, before, by, now)
    if not said:
        raise Invalid("Say what is wrong with the data, so that whoever is pinged can begin there.")
    if not before.live:
        return _wrong_after_the_end(tx, knowledge, before, words, now)
    denials = _denials(tx, knowledge, before, words, now)
    after = relapsing.reject_data(before, denials, now=now)
    tx.save_incident(after)
    names = confirming.names_of(knowledge, [one.connection for one in denials])
    told = f"{who(by)} says that the data of {names} is wrong: {said}"
    log(tx, after, "data wrong", told, now, by)
    again = before.state is State.VERIFYING
    facts = {"by": by, "why": said, "part": names, "again": again, "holder": after.holder}
    about = by_gravity([one.connection for one in denials], knowledge.catalogue)
    line = Say(subject=incident_subject(after.id), to="channel", what=What.DATA_WRONG, facts=facts)
    if again:
        after = ping.begin_anew(tx, knowledge, after, about, line, now)
    else:
        tx.queue(line, now)
        for person in ping.whose_turn(tx, knowledge, after, about, now):
            tx.queue(replace(line, to=f"person:{person}"), now)
    show(tx, after, now)
    return after


def _denials(
    tx: Tx, knowledge: Knowledge, whole: Incident, words: Sequence[Word], now: datetime
) -> tuple[Denial, ...]:
    return tuple(
        one for word in words for one in confirming.denials(tx, knowledge, whole, word, now)
    )


def _wrong_after_the_end(
    tx: Tx, knowledge: Knowledge, before: Incident, words: Sequence[Word], now: datetime
) -> Incident:
    """It is opened again with what was said of its data so far."""
    word = words[0]
    of = [one.of for one in words if one.of] or confirming.judgeable(
        tx, knowledge, before, replace(word, but=before.confirmed), now
    )
    after = reopen.reopen(tx, knowledge, before.id, by=word.by, why=word.why, now=now, of=of)
    if not after.live:
        return after
    if not after.seen_failing:
        health = tx.connection_health(after.connection)
        runs_since = before.recovered_at or (health.since if health else now)
        after = replace(after, recovered_at=runs_since)
    after = relapsing.others_are_asked(after, now=now)
    runs = confirming.running(tx, after)
    kept = tuple(key for key in before.confirmed if key in runs)
    after = replace(after, asked=True, confirmed=kept, denied=before.denied)
    if runs:
        still = tuple(one for one in words if one.of in runs) or (replace(word, of=""),)
        after = relapsing.deny(after, _denials(tx, knowledge, after, still, now))
    tx.save_incident(after)
    return after


def may_be_wrong(
    tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime, of: str = ""
) -> tuple[Connection, ...]:
    """The connections of the incident among which `by` says whose data is wrong. Raises what
    `reject_data` would, for `of` where one is meant: NotAllowed, naming who may say it, or Refused
    where nothing was asked or none runs."""
    incident = load(tx, number)
    _must_judge_data(tx, knowledge, incident, by, now)
    word = Word(by=by, of=of, guards=_guards(_connection(knowledge, incident), by))
    if incident.live:
        confirming.denials(tx, knowledge, incident, word, now)
    found = confirming.judgeable(tx, knowledge, incident, replace(word, of=""), now)
    known = knowledge.catalogue.connections
    return tuple(known[key] for key in found if key in known)


def resolve_if_over(
    tx: Tx, knowledge: Knowledge, number: int, by: str, how: str, now: datetime, *, agreed: str = ""
) -> Incident:
    """As `resolve`. Raises Unsure where it still fails, or its data was not confirmed, unless that
    is what was `agreed` to."""
    before = load(tx, number)
    _may_resolve(tx, knowledge, before, by, now)
    ends = end.loose_ends(tx, knowledge, before, now)
    end.ask_before_ending(before, ends, outside(how, HOW), agreed)
    return resolve(tx, knowledge, number, by, how, now)


def resolve(
    tx: Tx, knowledge: Knowledge, number: int, by: str, how: str, now: datetime
) -> Incident:
    """Closed by a person's word, whatever the checks say; what failed still is kept. Whoever
    judges the data is asked all the same."""
    before = load(tx, number)
    _may_resolve(tx, knowledge, before, by, now)
    said = outside(how, HOW)
    after = machine.resolve(before, by=by, how=said, now=now)
    ends = end.loose_ends(tx, knowledge, before, now)
    after = replace(after, left_failing=ends.failing)
    after = end.ask_for_data(tx, knowledge, after, now)
    why = f": {said}" if said else "."
    left = f" {' '.join(ends.failing)}" if ends.failing else ""
    return _closed(tx, after, What.RESOLVED, f"{who(by)} resolved it{why}{left}", by, now)


def _may_resolve(tx: Tx, knowledge: Knowledge, before: Incident, by: str, now: datetime) -> None:
    if before.drill:
        raise Refused("This is a drill: end it with “Resolve…” on its card, which asks two things.")
    must(tx, knowledge, Deed.RESOLVE, before, by, now)
    machine.follow(before, machine.Event.RESOLVE)


def note(tx: Tx, number: int, by: str, text: str, now: datetime) -> Incident:
    """Add a line to the timeline; of a part, to that of the whole."""
    said = outside(text, SAID)
    if not said:
        raise Invalid("Write the note after the word, for example: /conn note called the vendor")
    incident = goes_on_in(tx, load(tx, number))
    log(tx, incident, "note", said, now, by)
    _tell_channel(tx, incident, What.NOTE, {"by": by, "text": said}, now)
    return incident


def _closed(tx: Tx, after: Incident, what: What, text: str, by: str, now: datetime) -> Incident:
    tx.save_incident(after)
    log(tx, after, "resolved", text, now, by)
    facts: dict[str, object] = {"by": by, "how": after.resolution}
    facts |= {"failing": list(after.left_failing), "asked": list(after.awaiting)}
    _tell_channel(tx, after, what, facts, now)
    show(tx, after, now)
    return after


def _tell_channel(
    tx: Tx, incident: Incident, what: What, facts: Mapping[str, object], now: datetime
) -> None:
    say = Say(subject=incident_subject(incident.id), to="channel", what=what, facts=facts)
    tx.queue(say, now)


def _guards(connection: Connection | None, by: str) -> bool:
    return connection is not None and by == connection.owners.architecture


def _connection(knowledge: Knowledge, incident: Incident) -> Connection | None:
    """None when it left the catalogue; whoever the frozen ladder names may still act."""
    return lead_of(knowledge.catalogue, incident)


def _must_judge_data(
    tx: Tx, knowledge: Knowledge, incident: Incident, by: str, now: datetime
) -> None:
    """Without anybody to judge the data, whoever is named for the break may. Whoever covers for a
    judge speaks for them."""
    machine.follow(incident, machine.Event.CONFIRM_DATA)
    about = about_incident(tx, knowledge, incident)
    if not about.people((Role.JUDGE,)):
        about = about.joined(Role.JUDGE, about.people(NAMED))
    permit(Deed.JUDGE_DATA, about, doer(tx, knowledge, by, now))
