"""Ending an incident by a person's word, and what is asked after the end.

Before the end, what speaks against it is said; whoever judges the data is asked all the same. After
it, one review says what was the cause, what helped and what follows, and is kept for good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents import incident as machine
from bot.core.incidents import merge_and_reopen, relapsing
from bot.core.incidents.agreement import mark_of
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import (
    DataAfterEnd,
    DataConfirmed,
    Reviewed,
    ReviewWanted,
)
from bot.core.incidents.review import CAUSE_WORDS, CauseClass, for_the_manager, next_ask
from bot.core.knowledge import Knowledge
from bot.core.monitoring.health import ConnectionHealth
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.core.people.permissions import Deed
from bot.flows.incidents import confirm_data
from bot.flows.incidents.confirm_data import Word
from bot.flows.people.permitted import must
from bot.flows.people.presence import presence_now, tell_reader
from bot.flows.work import Work
from bot.language.errors import NotFound, Unsure
from bot.language.marks import outside, when, who
from bot.language.units import incident_key, say_count

_NAMED = 3  # connections that still fail and are told with their figures


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseEnds:
    """What speaks against the end, as sentences in marks. `failing` is of the checks now, and
    `data` of whoever judges it. `mark` is of the facts behind them, which figures do not change."""

    mark: str = ""
    failing: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.failing, *self.data)


def loose_ends(work: Work, incident: Incident) -> LooseEnds:
    """What speaks against ending a live incident; against ending a drill nothing does."""
    if incident.drill or not incident.live:
        # A rehearsal ends by its own form, which asks what it showed.
        return LooseEnds()
    # What fails is said alone: whether its data is right can be asked only when it runs.
    failing = tuple(_failing(work, incident))
    silent = () if failing else _silent(work, incident)
    return LooseEnds(
        # Of moments and not of figures: a queue that grows by one is no new reason to ask.
        mark=mark_of(incident, [(one.id, health.since) for one, health in failing], *silent),
        failing=tuple(_as_told(failing)),
        data=tuple(_data(work.knowledge, incident, silent)),
    )


def _silent(work: Work, incident: Incident) -> tuple[str, ...]:
    """Who judges data of which nobody has spoken yet, whoever opened the incident."""
    if incident.state is State.VERIFYING:
        return incident.awaiting
    # Whoever called data wrong has spoken, and that is told as their word.
    wrong = {one.connection for one in incident.denied}
    missing = confirm_data.unconfirmed(work, incident).items()
    return tuple(dict.fromkeys(approver for key, approver in missing if key not in wrong))


def _failing(work: Work, incident: Incident) -> Iterable[tuple[Connection, ConnectionHealth]]:
    for name in confirm_data.members(work, incident):
        health, connection = work.tx.connection_health(name), work.catalogue.connections.get(name)
        if connection is not None and health is not None and health.verdict is Verdict.FAILING:
            yield connection, health


def _as_told(failing: Sequence[tuple[Connection, ConnectionHealth]]) -> Iterable[str]:
    for connection, health in failing[:_NAMED]:
        seen = " ".join(health.reasons)
        yield f"{outside(connection.name)} still fails, since {when(health.since)}. {seen}"
    if len(failing) > _NAMED:
        yield f"{say_count(len(failing) - _NAMED, 'more connection')} still fail."


def _data(knowledge: Knowledge, incident: Incident, silent: Sequence[str]) -> Iterable[str]:
    known = knowledge.catalogue.connections
    for one in incident.denied:
        name = outside(known[one.connection].name) if one.connection in known else one.connection
        yield f"{who(one.by)} said that the data of {name} is wrong: {one.why}"
    if silent:
        verb = "has" if len(silent) == 1 else "have"
        approvers = ", ".join(map(who, silent))
        yield f"{approvers} {verb} not said yet whether the data is right."


def ask_before_ending(incident: Incident, ends: LooseEnds, how: str, agreed: str) -> None:
    """Raises Unsure where something speaks against it, and where what was `agreed` to is no more;
    with `agreed` to just that, and with neither, it may end."""
    if agreed == ends.mark or not (ends.all or agreed):
        return
    question = f"{incident.key} is not what it was when you were asked. Resolve it?"
    if ends.all:
        question = (
            f"{incident.key} is not over by what is known: {' '.join(ends.all)} Resolve it all the"
            " same?"
        )
    raise Unsure(
        question,
        deed=Deed.RESOLVE,
        number=incident.id,
        mark=ends.mark,
        words=how,
        label="Resolve it all the same" if ends.all else "Resolve it",
    )


def ask_for_data(work: Work, closed: Incident) -> Incident:
    """Nobody has confirmed the data of some connections: whoever judges it is asked after the end.
    Whoever ended it has given their word."""
    by = closed.resolved_by or ""
    # Whoever resolves it has looked; asking them for the same word a second later helps nobody.
    speaks_for = {by, *presence_now(work).people_spoken_for(by)}
    approvers = confirm_data.approvers_by_connection(work, closed)
    heard = relapsing.say_right(
        closed, [key for key, approver in approvers.items() if approver in speaks_for]
    )
    missing = tuple(dict.fromkeys(confirm_data.unconfirmed(work, heard).values()))
    subject = incident_subject(closed.id)
    for person in confirm_data.acting_approvers(work, missing):
        work.tell(ToPerson(person), DataAfterEnd(person=person), about=subject)
    return replace(heard, awaiting=missing)


def confirmed(work: Work, before: Incident, word: Word) -> Incident:
    """After the end somebody says that the data is right, of the connection that the word is of,
    or of all that are theirs but those whose data was called wrong."""
    missing = confirm_data.unconfirmed(work, before).items()
    asked = {key: approver for key, approver in missing if approver in before.awaiting}
    wrong = {one.connection for one in before.denied}
    right = confirm_data.spoken_for(work, asked, replace(word, but=wrong))
    speaks_for = (word.by, *presence_now(work).people_spoken_for(word.by))
    still = {approver for key, approver in asked.items() if key not in right}
    # Whoever judges nothing of it any more by the catalogue speaks for themselves.
    left = {one for one in before.awaiting if one not in asked.values() and one not in speaks_for}
    waits = still if word.architecture_owner else still | left
    said = tuple(one for one in before.awaiting if one not in waits)
    if before.awaiting and not right and not said:
        return before  # theirs is not missing
    heard = relapsing.say_right(before, right)
    after = machine.confirm_data(heard, by=word.by, speaks_for=said, for_all=False, now=work.now)
    work.tx.save_incident(after)
    child = confirm_data.names_of(work.knowledge, right) if after.size > 1 else ""
    work.log(after, "confirmed", _confirmed(word.by, child), word.by)
    told = DataConfirmed(by=word.by, asked=after.awaiting, after_end=True, part=child)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    work.show(after)
    return after


def _confirmed(by: str, child: str) -> str:
    whose = f"the data of {child}" if child else "their data"
    return f"{who(by)} confirmed {whose}."


HELPED = 500  # characters of what helped
TO_DO = 1000  # and of what has to be done


def review(
    work: Work,
    number: int,
    *,
    cause: CauseClass,
    helped: str,
    follow_ups: str,
    by: str,
) -> Incident:
    """Whoever was in it may write it. A second review is refused, so that none is lost."""
    before = work.tx.incident(number)
    if before is None:
        raise NotFound(f"There is no incident {incident_key(number)}.")
    machine.follow(before, machine.Event.REVIEW)
    must(work, Deed.REVIEW, before, by)
    after = merge_and_reopen.review(
        before,
        by=by,
        cause=cause,
        helped=outside(helped, HELPED),
        follow_ups=outside(follow_ups, TO_DO),
        now=work.now,
    )
    work.tx.save_incident(after)
    words = CAUSE_WORDS[cause]
    follow = f" To do: {after.follow_ups}" if after.follow_ups else ""
    said = f"{who(by)} reviewed it. Cause: {words}. What helped: {after.helped}.{follow}"
    work.log(after, "reviewed", said, by)
    told = Reviewed(by=by, cause=words, helped=after.helped, follow_ups=after.follow_ups)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    work.show(after)
    return after


def ask_for_review(work: Work, incident: Incident) -> None:
    """Ask whoever had it, else the owner; again every week, three times, and then their manager."""
    # It was reopened, merged or reviewed since the deadline was set.
    if incident.state is not State.RESOLVED:
        work.tx.save_incident(replace(incident, review_at=None))
        return
    asked = incident.review_asks + 1
    later = replace(incident, review_asks=asked, review_at=next_ask(asked, work.now))
    work.tx.save_incident(later)
    connection = lead_of(work.catalogue, incident)
    wanted = incident.holder or first_in_line(Purpose.REVIEW, connection)
    silent = work.catalogue.people.get(wanted) if wanted else None
    late = for_the_manager(incident.review_asks)
    reader = first_in_line(Purpose.TOLD_ABOUT, connection, silent) if late else wanted
    if reader:
        told = ReviewWanted(asked=asked, of=wanted if late else None)
        acting = tell_reader(work, reader, told, about=incident_subject(incident.id))
        whom = f" (manager of {who(wanted)})" if late else ""
        work.log(later, "review", f"Asked {who(acting)}{whom} for the review.")
