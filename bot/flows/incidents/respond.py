"""What people do to an incident: take it, hand it over, confirm its data, close it, add to it.

Who may do what is in `core.people.permissions`. Whoever is not named for an incident can help with
it; what ends it or moves it to somebody else needs a person who is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents import grouping, relapsing
from bot.core.incidents import incident as machine
from bot.core.incidents.grouping import by_gravity, lead_of
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import Acknowledged, HandedOver, LaneChanged, NoteAdded
from bot.core.incidents.notices_of_endings import DataConfirmed, DataWrong, Resolved
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.denial import Denial
from bot.core.people.permissions import NAMED, Deed, Role, permit
from bot.flows.incidents import confirm_data as confirming
from bot.flows.incidents import counterparty, end, ping, take
from bot.flows.incidents.confirm_data import Word
from bot.flows.incidents.grouping import reopen
from bot.flows.incidents.grouping.lead import means, party_chosen
from bot.flows.people.permitted import about_incident, doer, must
from bot.flows.people.presence import presence_now
from bot.flows.triage import past_incidents
from bot.flows.work import Work, goes_on_in
from bot.language.errors import Invalid, NotAllowed, NotFound, Refused
from bot.language.marks import outside, when, who

HOW = 500  # characters of cause and fix that are kept
SAID = 1000  # of a note, and of what is wrong with the data


def acknowledge(work: Work, number: int, by: str, *, agreed: str = "") -> Incident:
    """`by` has it. A second click of the holder renews the lease. Raises Unsure, while not `agreed`
    to as it is now, where somebody else has it, and where nobody named `by`: they are a helper
    then, and no holder."""
    before = work.incident(number)
    held = before.holder == by
    if held and before.state is State.ACKNOWLEDGED:
        return still_on_it(work, number, by)
    # It runs: there is nothing to renew, and a second click must not begin a new lease.
    if held and before.state is State.VERIFYING:
        return before
    after, them = machine.acknowledge(before, by=by, now=work.now), doer(work, by)
    # Worked out before the permission is asked: a state that refuses it says so to everybody alike.
    if not permit(Deed.TAKE, about_incident(work, before), them):
        return take.help_out(work, before, them, agreed=agreed)
    take.ask_before_taking_from_holder(before, them, agreed)
    work.tx.save_incident(after)
    take.tell_former_holder(work, before, by)
    work.log(after, "acknowledged", f"{who(by)} {_how_taken(before, by)}.", by)
    taken_from = None if held else before.holder
    told = Acknowledged(by=by, taken_from=taken_from, until=after.lease_until)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    work.show(after)
    return after


def _how_taken(before: Incident, by: str) -> str:
    if before.holder == by:
        return "took it back from the counter-party"
    return f"took it over from {who(before.holder)}" if before.holder else "acknowledged"


def still_on_it(work: Work, number: int, by: str) -> Incident:
    """The holder renews the lease, or whoever stands in for them; anybody else is told who holds
    it."""
    before = work.incident(number)
    machine.follow(before, machine.Event.ACKNOWLEDGE)
    if before.holder not in presence_now(work).people_spoken_for(by):
        if before.holder is None:
            raise NotAllowed(f"Nobody has {before.key} any more: acknowledge it to have it again.")
        raise NotAllowed(
            f"{before.key} is held by {who(before.holder)}, so only they can say that."
        )
    if before.state is not State.ACKNOWLEDGED:
        raise Refused(f"{before.key} has no lease to renew now. Nothing was changed.")
    after = machine.renew(before, now=work.now)
    work.tx.save_incident(after)
    covers = f" (for {who(before.holder)})" if before.holder != by else ""
    work.log(after, "renewed", f"{who(by)}{covers} is still on it.", by)
    work.show(after)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverDetails:
    """What is told with a hand-over: the party's own `ticket`, and which `party` of the lane is
    meant where several connections name several."""

    ticket: str = ""
    party: str = ""


NOTHING_TOLD = HandOverDetails()


def hand_over(
    work: Work, number: int, lane: Lane, by: str, told: HandOverDetails = NOTHING_TOLD
) -> Incident:
    """It is the lane's turn; the contract's clock starts."""
    before = work.incident(number)
    must(work, Deed.HAND_OVER, before, by)
    _must_be_in_catalogue(work, before)
    party = party_chosen(work, before, (lane, told.party))
    due = grouping.soonest_answer(party, before, work.now)
    after = machine.hand_over(
        counterparty.at_the_lanes_pace(work.knowledge, _for_lane(before, lane)),
        lane=lane,
        party=party.id,
        by=by,
        due_at=due,
        ticket=outside(told.ticket, counterparty.TICKET),
        now=work.now,
        remind_at=grouping.soonest_reminder(party, before, work.now),
    )
    # A person's lane is of what the incident has now: what joins later was not meant.
    after = replace(after, lane_for=confirming.members(work, before))
    work.tx.save_incident(after)
    deadline = f" They must answer by {when(due)}." if due else ""
    past_incidents.judge(work, before, lane, by)
    said = f"{who(by)} handed it over to {outside(party.name)}.{deadline}"
    work.log(after, "handed over", said, by)
    ticket = after.counterparty_ticket
    handed = HandedOver(by=by, lane=lane, party=party.id, due=due, ticket=ticket)
    work.tell(CHANNEL, handed, about=incident_subject(number))
    counterparty.send_evidence(work, after, lane)
    work.show(after)
    return after


def _must_be_in_catalogue(work: Work, incident: Incident) -> None:
    if _connection(work.knowledge, incident) is None:
        raise NotFound(
            f"The connection {incident.connection} of {incident.key} is no longer in the"
            " catalogue, so nobody is named to hand it over to. Resolve it, or add a note."
        )


def _for_lane(before: Incident, lane: Lane) -> Incident:
    """The incident at that lane, with nothing left of another one's ticket and of what spoke for
    it."""
    if before.lane is lane:
        return before
    # Another party's number would send the holder to the wrong service desk.
    return replace(before, lane=lane, counterparty_ticket="", lane_reasons=())


def set_lane(work: Work, number: int, lane: Lane, by: str, why: str) -> Incident:
    """A person corrects or confirms whose lane it is."""
    before = work.incident(number)
    if not before.live:
        raise NotAllowed(f"{before.key} is closed; its lane stays as it is.")
    must(work, Deed.SET_LANE, before, by)
    kept = before.lane_reasons if before.lane is lane else ()  # the others spoke for another one
    reasons = (f"{who(by)}: {outside(why)}",) if why else kept
    about = confirming.members(work, before)
    of_all = before.lane_by is not None and not {*about} - {*(before.lane_for or about)}
    # Saying the same once more is no correction, and must not count as a vote for a rule.
    if before.lane is lane and of_all and reasons == kept:
        return before
    party = means(work, before).get(lane)
    meant = party.id if party else ""
    after = replace(before, lane=lane, lane_by=by, lane_party=meant, lane_reasons=reasons)
    after = replace(after, lane_for=about)
    if before.lane is not lane:
        after = counterparty.at_the_lanes_pace(work.knowledge, after)
    work.tx.save_incident(after)
    past_incidents.judge(work, before, lane, by)
    verb = "confirmed" if before.lane is lane else "changed"
    work.log(after, "lane", f"{who(by)} {verb} the lane: {LANE_NAMES[lane]}.", by)
    told = LaneChanged(by=by, lane=lane, before=before.lane, why=outside(why))
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    work.show(after)
    return after


def confirm_data(work: Work, number: int, by: str, of: str = "") -> Incident:
    """A functional owner says that the data is right: of the connection `of`, or of all that are
    theirs. With the last word it is resolved. Of what a person has ended already it is kept."""
    before = work.incident(number)
    # Two clicks on one button, or one that Slack delivered twice.
    if of in before.confirmed:
        return before  # pressed once more
    connection = _connection(work.knowledge, before)
    _must_confirm_data(work, before, by)
    architecture_owner = _is_architecture_owner(connection, by)
    if not before.live:
        return end.confirmed(
            work, before, Word(by=by, of=of, architecture_owner=architecture_owner)
        )
    missing = confirming.unconfirmed(work, before)
    runs = confirming.running(work, before)
    askable = {key: approver for key, approver in missing.items() if key in runs}
    wrong = {one.connection for one in before.denied}
    word = Word(by=by, of=of, but=wrong, architecture_owner=architecture_owner)
    right = confirming.spoken_for(work, askable, word)
    if not right and confirming.spoken_for(work, missing, word):
        # Nobody can judge data that a failing connection has not moved yet.
        raise Refused(confirming.FAILS)
    left = {key: approver for key, approver in missing.items() if key not in right}
    if left and not right:
        return before  # theirs was said already
    return _confirmed(work, relapsing.say_right(before, right), right, left, by)


def _confirmed(
    work: Work, heard: Incident, right: Collection[str], left: Mapping[str, str], by: str
) -> Incident:
    """The data of these is right, and others have still to speak of theirs."""
    runs = confirming.running(work, heard)
    may_fail_again = heard.size > 1 and heard.calm_at is not None
    over = runs >= {*confirming.members(work, heard)} and not may_fail_again
    if over and not left:
        after = machine.confirm_data(heard, by=by, for_all=True, now=work.now)
        told = DataConfirmed(
            by=by, how=after.resolution, failing=after.left_failing, asked=after.awaiting
        )
        return _closed(work, after, told, f"{who(by)} confirmed the data.")
    after = _partly_confirmed(heard, tuple(dict.fromkeys(left.values())), by, work.now, over=over)
    work.tx.save_incident(after)
    names = confirming.names_of(work.knowledge, right)
    said = f"{who(by)} confirmed the data of {names or 'their own'}; {len(left)} to go."
    work.log(after, "confirmed", said, by)
    work.show(after)
    return after


def _partly_confirmed(
    heard: Incident, approvers: tuple[str, ...], by: str, now: datetime, *, over: bool
) -> Incident:
    """Others have still to speak. With nothing failing or wrong it waits for them alone."""
    said = replace(heard, data_confirmed_by=by)
    if said.state is State.VERIFYING:
        return replace(said, awaiting=approvers)
    return machine.recover(said, approvers=approvers, now=now) if over and not said.denied else said


def reject_data(
    work: Work, number: int, by: str, why: str, of: str | Sequence[str] = ""
) -> Incident:
    """It runs, but the data (of the connections `of`, or of all that are theirs) is wrong: open
    again, and the responder is pinged anew. Where it is open, whoever has it is told. The others'
    questions stay."""
    before, said = work.incident(number), outside(why, SAID)
    architecture_owner = _is_architecture_owner(_connection(work.knowledge, before), by)
    which = (of,) if isinstance(of, str) else tuple(of) or ("",)
    words = tuple(
        Word(by=by, of=one, why=said, architecture_owner=architecture_owner) for one in which
    )
    _must_confirm_data(work, before, by)
    if not said:
        raise Invalid("Say what is wrong with the data, so that whoever is pinged can begin there.")
    if not before.live:
        return _wrong_after_the_end(work, before, words)
    denials = _denials(work, before, words)
    after = relapsing.reject_data(before, denials, now=work.now)
    work.tx.save_incident(after)
    names = confirming.names_of(work.knowledge, [one.connection for one in denials])
    told = f"{who(by)} says that the data of {names} is wrong: {said}"
    work.log(after, "data wrong", told, by)
    again = before.state is State.VERIFYING
    wrong = DataWrong(by=by, why=said, part=names, again=again, holder=after.holder)
    about = by_gravity([one.connection for one in denials], work.catalogue)
    if again:
        after = ping.begin_anew(work, after, about, wrong)
    else:
        work.tell(CHANNEL, wrong, about=incident_subject(number))
        for person in ping.whose_turn(work, after, about):
            work.tell(ToPerson(person), wrong, about=incident_subject(number))
    work.show(after)
    return after


def _denials(work: Work, parent: Incident, words: Sequence[Word]) -> tuple[Denial, ...]:
    return tuple(one for word in words for one in confirming.denials(work, parent, word))


def _wrong_after_the_end(work: Work, before: Incident, words: Sequence[Word]) -> Incident:
    """It is opened again with what was said of its data so far."""
    word = words[0]
    of = [one.of for one in words if one.of] or confirming.confirmable(
        work, before, replace(word, but=before.confirmed)
    )
    after = reopen.reopen(work, before.id, by=word.by, why=word.why, of=of)
    if not after.live:
        return after
    if not after.seen_failing:
        health = work.tx.connection_health(after.connection)
        runs_since = before.recovered_at or (health.since if health else work.now)
        after = replace(after, recovered_at=runs_since)
    # Only one owner has said that their data is wrong; the rest of it may be right.
    after = relapsing.others_are_asked(after, now=work.now)
    runs = confirming.running(work, after)
    kept = tuple(key for key in before.confirmed if key in runs)
    after = replace(after, asked=True, confirmed=kept, denied=before.denied)
    if runs:
        still = tuple(one for one in words if one.of in runs) or (replace(word, of=""),)
        after = relapsing.deny(after, _denials(work, after, still))
    work.tx.save_incident(after)
    return after


def may_be_wrong(work: Work, number: int, by: str, of: str = "") -> tuple[Connection, ...]:
    """The connections of the incident among which `by` says whose data is wrong. Raises what
    `reject_data` would, for `of` where one is meant: NotAllowed, naming who may say it, or Refused
    where nothing was asked or none runs."""
    incident = work.incident(number)
    _must_confirm_data(work, incident, by)
    word = Word(
        by=by,
        of=of,
        architecture_owner=_is_architecture_owner(_connection(work.knowledge, incident), by),
    )
    if incident.live:
        confirming.denials(work, incident, word)
    found = confirming.confirmable(work, incident, replace(word, of=""))
    known = work.catalogue.connections
    return tuple(known[key] for key in found if key in known)


def resolve_if_over(work: Work, number: int, by: str, how: str, *, agreed: str = "") -> Incident:
    """As `resolve`. Raises Unsure where it still fails, or its data was not confirmed, unless that
    is what was `agreed` to."""
    before = work.incident(number)
    _may_resolve(work, before, by)
    ends = end.loose_ends(work, before)
    end.ask_before_ending(before, ends, outside(how, HOW), agreed)
    return resolve(work, number, by, how)


def resolve(work: Work, number: int, by: str, how: str) -> Incident:
    """Closed by a person's word, whatever the checks say; what failed still is kept. Whoever
    judges the data is asked all the same."""
    before = work.incident(number)
    _may_resolve(work, before, by)
    said = outside(how, HOW)
    after = machine.resolve(before, by=by, how=said, now=work.now)
    ends = end.loose_ends(work, before)
    # Kept, so that what goes on failing is later said never to have stopped.
    after = replace(after, left_failing=ends.failing)
    # The end is no word on the data: whoever judges that has not spoken.
    after = end.ask_for_data(work, after)
    why = f": {said}" if said else "."
    left = f" {' '.join(ends.failing)}" if ends.failing else ""
    told = Resolved(by=by, how=said, failing=ends.failing, asked=after.awaiting)
    return _closed(work, after, told, f"{who(by)} resolved it{why}{left}")


def _may_resolve(work: Work, before: Incident, by: str) -> None:
    if before.drill:
        raise Refused("This is a drill: end it with “Resolve…” on its card, which asks two things.")
    must(work, Deed.RESOLVE, before, by)
    machine.follow(before, machine.Event.RESOLVE)


def note(work: Work, number: int, by: str, text: str) -> Incident:
    """Add a line to the timeline; of a child, to that of the parent."""
    said = outside(text, SAID)
    if not said:
        raise Invalid("Write the note after the word, for example: /conn note called the vendor")
    incident = goes_on_in(work, work.incident(number))
    work.log(incident, "note", said, by)
    work.tell(CHANNEL, NoteAdded(by=by, text=said), about=incident_subject(incident.id))
    return incident


def _closed(work: Work, after: Incident, told: DataConfirmed | Resolved, text: str) -> Incident:
    work.tx.save_incident(after)
    work.log(after, "resolved", text, told.by)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    work.show(after)
    return after


def _is_architecture_owner(connection: Connection | None, by: str) -> bool:
    return connection is not None and by == connection.owners.architecture


def _connection(knowledge: Knowledge, incident: Incident) -> Connection | None:
    """None when it left the catalogue; whoever the frozen ladder names may still act."""
    return lead_of(knowledge.catalogue, incident)


def _must_confirm_data(work: Work, incident: Incident, by: str) -> None:
    """Without anybody to judge the data, whoever is named for the break may. Whoever covers for a
    data approver speaks for them."""
    machine.follow(incident, machine.Event.CONFIRM_DATA)
    about = about_incident(work, incident)
    if not about.people((Role.DATA_APPROVER,)):
        # Else an incident of a connection without a functional owner could never be confirmed.
        about = about.joined(Role.DATA_APPROVER, about.people(NAMED))
    permit(Deed.CONFIRM_DATA, about, doer(work, by))
