"""An incident that was not over: opened again by a person within a week, or by the same failure
within half an hour, with its number, its channel and its story.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents import incident as machine
from bot.core.incidents import merge_and_reopen
from bot.core.incidents.grouping import by_gravity
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import Reopened, ReopenWanted
from bot.core.monitoring import flapping
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import OWNERS, Deed, Role, permit
from bot.flows.incidents import confirm_data, data_faults, ping, rejudge, roles
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.incidents.grouping.regroup import tell_left
from bot.flows.people.permitted import about_incident, doer
from bot.flows.people.presence import readers_for
from bot.flows.work import Work, open_for
from bot.language.errors import Invalid, NotAllowed, Refused
from bot.language.marks import outside, when, who

_FEWEST_WORDS = 2  # of what somebody sees; one word tells whoever is pinged nothing
OVER = frozenset({State.RESOLVED, State.REVIEWED})


def reopen(
    work: Work,
    number: int,
    *,
    by: str,
    why: str,
    of: Collection[str] = (),
) -> Incident:
    """Whoever was in it, or is named for the connection, says that it is not over, and what they
    see, `of` which of its connections where only some are meant. Anybody else asks an owner, who
    may: then the closed incident is returned. Refused after a week, and while another incident of
    the connection is open."""
    before = work.incident(number)
    if before.drill:
        raise Refused("A drill that is over stays over. Begin another one.")
    about = about_incident(work, before)
    may = permit(Deed.REOPEN, about, doer(work, by))
    said = outside(why, 1000)
    if not said:
        raise Invalid("Say what you see, for example: /conn reopen INC-7 orders are missing again")
    machine.follow(before, machine.Event.REOPEN)
    if before.resolved_at is None or work.now > before.resolved_at + merge_and_reopen.REOPEN_WITHIN:
        ended = when(before.resolved_at) if before.resolved_at else "long ago"
        raise Refused(
            f"{before.key} ended {ended}, more than a week ago. Declare a new one, and name this."
        )
    # Two incidents of one connection would ping for the same break from two channels.
    _nothing_else_open(work, before)
    if not may:
        return _ask_owner(work, before, by, said)
    text = f"{who(by)} opened it again: {said}"
    return _again(work, before, text, Reopened(by=by, why=said), of=of)


def _ask_owner(work: Work, before: Incident, by: str, said: str) -> Incident:
    """Somebody who has nothing to do with it sees that it is not over. Raises NotAllowed where no
    owner is named who could open it again, and Invalid for a reason of a single word."""
    if len(said.split()) < _FEWEST_WORDS:
        raise Invalid(f"You are not named for {before.key}. Say in a few words what you see.")
    asked = readers_for(work, _who_may_open(work, before))
    if not asked:
        raise NotAllowed(
            f"Nobody is named who could open {before.key} again. Declare a new one, and name this."
        )
    people = ", ".join(who(person) for person in asked)
    text = f"{who(by)} asks {people} to open it again: {said}"
    work.log(before, "reopening asked", text, by)
    for person, covers_whom in asked.items():
        covers = str(covers_whom["covers"]) if covers_whom else None
        told = ReopenWanted(by=by, why=said, covers=covers)
        work.tell(ToPerson(person), told, about=incident_subject(before.id))
    work.show(before)
    return before


def asked_because(work: Work, number: int) -> str:
    """What was said by whoever asked last to open it again, and their name; empty where nobody
    did."""
    sent = work.tx.letters_to_people(incident_subject(number))
    asked = [told for one in sent if isinstance(told := one.notice, ReopenWanted)]
    return f"{work.catalogue.person_name(asked[-1].by)}: {asked[-1].why}" if asked else ""


def whom_to_ask(work: Work, incident: Incident) -> tuple[str, ...]:
    """Who is asked when somebody else says that it is not over; empty where nobody is named."""
    return tuple(readers_for(work, _who_may_open(work, incident)))


def _who_may_open(work: Work, incident: Incident) -> tuple[str, ...]:
    about = about_incident(work, incident)
    return tuple(about.people((Role.TECHNICAL,)) or about.people(OWNERS | {Role.RESPONDER}))


def fails_again_alike(work: Work, connection: Connection, kind: str, flip: Flip) -> Incident | None:
    """The same failure so soon after the end is the same incident; None when it is not."""
    last = next(iter(work.tx.incidents_of(connection.id, 1)), None)
    # What was only written down pinged nobody and has no channel to go on in.
    if last is None or last.state not in OVER or last.resolved_at is None or last.report_only:
        return None
    if work.now > last.resolved_at + merge_and_reopen.SAME_WITHIN or last.kind != kind:
        return None
    never_stopped = flip.since < last.resolved_at
    text = "It fails again, in the same way. "
    if never_stopped:
        text = f"It was resolved {when(last.resolved_at)} but never stopped failing. "
    told = Reopened(resolved_at=last.resolved_at, never_stopped=never_stopped)
    return _again(work, last, text + " ".join(flip.reasons), told)


def _nothing_else_open(work: Work, incident: Incident) -> None:
    other = open_for(work, incident.connection)
    if other is not None:
        raise Refused(f"{other.key} is open for this connection already. Go on there.")


def _again(
    work: Work,
    before: Incident,
    text: str,
    told: Reopened,
    *,
    of: Collection[str] = (),
) -> Incident:
    elsewhere = [
        child for child in work.tx.children_of(before.id) if open_for(work, child.connection)
    ]
    for child in elsewhere:
        work.tx.save_incident(replace(child, parent=None))  # it went its own way meanwhile
    record = work.tx.channel_record(incident_subject(before.id))
    if record is not None:
        work.tx.save_channel_record(
            replace(record, tidy_at=None, announced_at=None, archived_at=None)
        )
    health = work.tx.connection_health(before.connection)
    failing = health is not None and health.verdict is Verdict.FAILING
    by, seen = told.by, told.why
    after = merge_and_reopen.reopen(before, seen_failing=failing, by=by, why=seen, now=work.now)
    after = _counted_on(work, before, after)
    if seen:
        after = replace(after, symptoms=(*after.symptoms, seen))
    if after.size > 1:
        after = led_anew(work, after)
    # A person may mean another matter than what failed before the end.
    if by is not None:
        after = rejudge.from_the_start(work, after)
    work.log(after, "reopened", text)
    fail = [one.id for one in roles.failing_now(work, after)]
    about = by_gravity((*of, *fail), work.catalogue)
    escalated = ping.begin_anew(work, after, about, told)
    tell_left(work, escalated, elsewhere, still=False)
    data_faults.put_anew(work, escalated, by_gravity(fail, work.catalogue))
    if by is not None:
        _tell_approvers(work, escalated, about)
    work.show(escalated)
    return escalated


def _counted_on(work: Work, before: Incident, after: Incident) -> Incident:
    """The incident with its turns so far, which go on; so do those of its children."""
    for child in work.tx.children_of(before.id):
        work.tx.save_incident(_as_it_is_now(work, child))
    found = {
        one.id: health.since
        for one in roles.failing_now(work, after)
        if (health := work.tx.connection_health(one.id)) is not None
    }
    ended, lead = before.resolved_at or work.now, found.get(before.connection)
    turns = merge_and_reopen.counted_on(
        before.turns_so_far, ended, min(found.values(), default=None), work.now
    )
    own = before.own and merge_and_reopen.counted_on(before.own, ended, lead, work.now)
    return replace(after, turns=turns, own=own)


def _as_it_is_now(work: Work, child: Incident) -> Incident:
    """A part of what is opened again, as it is now: while the parent was over, nobody noted how it
    turned."""
    health = work.tx.connection_health(child.connection)
    if health is None or health.verdict is Verdict.UNKNOWN:
        return child
    if health.verdict is Verdict.FAILING:
        turns = flapping.fall(child.turns_so_far, health.since)
        return replace(child, recovered_at=None, seen_failing=True, turns=turns)
    if child.recovered_at is not None:
        return child
    turns = flapping.rise(child.turns_so_far, health.since)
    return replace(child, recovered_at=turns.turned_at, turns=turns)


def _tell_approvers(work: Work, opened: Incident, about: Sequence[Connection]) -> None:
    """Whoever judges its data may have confirmed it: they hear who opened it again and why, unless
    they did so themselves or are pinged for it."""
    approvers = confirm_data.approvers_of(work, opened)
    know = {opened.reopened_by, *ping.whose_turn(work, opened, about)}
    subject = incident_subject(opened.id)
    for person in confirm_data.acting_approvers(work, approvers):
        if person not in know:
            work.tell(ToPerson(person), Reopened(reader=person), about=subject)
