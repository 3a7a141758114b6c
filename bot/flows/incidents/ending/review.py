"""After the end: what was the cause, what helped, what follows. Asked for once, kept for good."""

from dataclasses import replace

from bot.core.incidents import incident as machine
from bot.core.incidents import merge_and_reopen
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import lead_of
from bot.core.incidents.notices_of_endings import Reviewed, ReviewWanted
from bot.core.incidents.review import CAUSE_WORDS, CauseClass, for_the_manager, next_ask
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed
from bot.flows.people.permitted import must
from bot.flows.people.presence import tell_reader
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.language.marks import outside, who
from bot.language.units import incident_key

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
    if incident.state is not State.RESOLVED:
        work.tx.save_incident(replace(incident, review_at=None))
        return
    asked = incident.review_asks + 1
    later = replace(incident, review_asks=asked, review_at=next_ask(asked, work.now))
    work.tx.save_incident(later)
    connection = lead_of(work.catalogue, incident)
    owners = connection.owners if connection else None
    wanted = incident.holder or (owners.technical or owners.architecture if owners else None)
    late = for_the_manager(incident.review_asks)
    reader = _manager(work.knowledge, incident, wanted) if late else wanted
    if reader:
        told = ReviewWanted(asked=asked, of=wanted if late else None)
        acting = tell_reader(work, reader, told, about=incident_subject(incident.id))
        whom = f" (manager of {who(wanted)})" if late else ""
        work.log(later, "review", f"Asked {who(acting)}{whom} for the review.")


def _manager(knowledge: Knowledge, incident: Incident, person: str | None) -> str | None:
    """Of whoever did not answer; without one the architecture owner."""
    known = knowledge.catalogue.people.get(person) if person else None
    connection = lead_of(knowledge.catalogue, incident)
    guard = connection.owners.architecture if connection else None
    return (known.manager if known else None) or guard
