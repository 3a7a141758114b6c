"""The playbook learns: somebody who was there proposes an entry, an owner says whether it holds.

An approved entry counts from the same transaction on, before every shipped one that is as near.
"""

from dataclasses import dataclass, replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed
from bot.core.triage.facts import Facts, payloads_hidden
from bot.core.triage.lesson import (
    Lesson,
    LessonState,
    Proposal,
    checked,
    entries_of,
    entry_of,
    general,
    without_secrets,
)
from bot.core.triage.notices import EntryDecided, EntryProposed
from bot.core.triage.playbook import Playbook, PlaybookEntry, families, match, with_learned
from bot.flows.people.permitted import must
from bot.flows.people.presence import presence_now, tell_reader
from bot.flows.work import Work
from bot.language.errors import Invalid, NotAllowed, NotFound, Refused
from bot.language.marks import outside, who

LONGEST = 400  # characters of a meaning, a first check or a fix


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDraft:
    """What the form begins with. `known` is the entry that fits the text already, if one does."""

    incident: Incident
    signature: str
    fix: str
    known: PlaybookEntry | None


def playbook_now(work: Work) -> Playbook:
    """The entries of the files with those learned since, the learned ones first."""
    return with_learned(work.knowledge.playbook, entries_of(work.tx.proposals()))


def telling(facts: Facts) -> str:
    """The general form of the error text to learn from, one that no entry fits before others.
    Empty for sensitive connections, whose texts are not kept."""
    if payloads_hidden(facts.connection):
        return ""
    groups = sorted(facts.failed, key=lambda group: -group.count)
    texts = [*(group.text for group in groups), *facts.check_errors]
    texts.sort(key=lambda text: text in facts.best_hits)
    return next((said for text in texts if (said := general(text))), "")


def draft(work: Work, number: int) -> LessonDraft:
    incident = work.incident(number)
    found = match(playbook_now(work), incident.said, _families(work.knowledge, incident))
    return LessonDraft(
        incident=incident,
        signature=incident.said,
        fix=incident.helped or incident.resolution,
        known=found[0].entry if incident.said and found else None,
    )


def wanted(work: Work, number: int) -> LessonDraft | None:
    """The form to show once it is over: only for a text that nobody explained or proposed yet."""
    found = draft(work, number)
    proposed = work.tx.proposals_of(number)
    unknown = bool(found.signature) and found.known is None
    over = not found.incident.live and not found.incident.drill
    return found if unknown and over and not proposed else None


def propose(work: Work, number: int, lesson: Lesson, by: str) -> Proposal:
    """Store it and ask the owner. An owner with nobody beside them approves it by proposing."""
    incident = work.incident(number)
    if incident.drill:
        raise Refused("A drill teaches the playbook nothing; its evidence is an old one.")
    must(work, Deed.TEACH, incident, by)
    clean = _clean(lesson)
    owner = _approver(work.knowledge, incident, by)
    proposal = work.tx.add_proposal(
        Proposal(
            incident=number,
            lesson=clean,
            systems=_families(work.knowledge, incident),
            by=by,
            at=work.now,
            asked=owner,
        )
    )
    # Only once it is stored, since an entry is named by its number; a refusal undoes that too.
    _not_hidden(work, proposal)
    said = f"{who(by)} proposed a playbook entry: “{clean.signature}”; {who(owner)} decides."
    work.log(incident, "playbook", said, by)
    if owner == by:
        return decide(work, proposal.id, approve=True, by=by, why="")
    tell_reader(work, owner, EntryProposed(entry=proposal.id), about=incident_subject(number))
    work.show(incident)
    return proposal


def edit(work: Work, number: int, lesson: Lesson, by: str) -> Proposal:
    """The owner puts it right, and approves it by that."""
    proposal = open_proposal(work, number)
    must_decide(work, proposal, by)
    changed = replace(proposal, lesson=_clean(lesson))
    _not_hidden(work, changed)
    work.tx.save_proposal(changed)
    return decide(work, number, approve=True, by=by, why="edited")


def decide(
    work: Work,
    number: int,
    *,
    approve: bool,
    by: str,
    why: str,
) -> Proposal:
    """Raises NotAllowed for anybody but an owner, Refused for a second word."""
    proposal = open_proposal(work, number)
    must_decide(work, proposal, by)
    said = outside(why)
    if not approve and not said:
        raise Invalid("Say why it is rejected; whoever proposed it is told.")
    after = replace(
        proposal,
        standing=LessonState.APPROVED if approve else LessonState.REJECTED,
        decided_by=by,
        decided_at=work.now,
        why=said,
    )
    work.tx.save_proposal(after)
    incident = work.incident(proposal.incident)
    reason = f": {said}" if said else ""
    line = f"{who(by)} {after.standing} the playbook entry {after.entry_id}{reason}."
    work.log(incident, "playbook", line, by)
    told, subject = EntryDecided(entry=number), incident_subject(incident.id)
    work.tell(CHANNEL, told, about=subject)
    if proposal.by != by:
        work.tell(ToPerson(proposal.by), told, about=subject)
    work.show(incident)
    # From here on it explains errors on the cards of other incidents.
    if approve:
        work.show_live()
    return after


def open_proposal(work: Work, number: int) -> Proposal:
    """Raises NotFound, and Refused once it is decided."""
    found = work.tx.proposal(number)
    if found is None:
        raise NotFound("This proposal is no longer on record.")
    if found.standing is not LessonState.PROPOSED:
        raise Refused(f"{who(found.decided_by)} has {found.standing} it already.")
    return found


def _clean(lesson: Lesson) -> Lesson:
    said = replace(
        lesson,
        signature=checked(lesson.signature),
        meaning=_words(lesson.meaning),
        first_check=_words(lesson.first_check),
        fix=_words(lesson.fix),
    )
    if not (said.meaning and said.first_check and said.fix):
        raise Invalid("Write cause, first check and fix; whoever meets it next reads them.")
    return said


def _words(text: str) -> str:
    return without_secrets(outside(text, LONGEST))


def _not_hidden(work: Work, proposal: Proposal) -> None:
    """Refused when another learned entry would always be found before this one."""
    entry = entry_of(proposal)
    others = [
        one
        for one in work.tx.proposals()
        if one.id != proposal.id and one.standing is LessonState.APPROVED
    ]
    approved = entries_of((*others, replace(proposal, standing=LessonState.APPROVED)))
    hits = match(Playbook(entries=approved), entry.sample, entry.systems)
    if hits and hits[0].entry.id != entry.id:
        first = hits[0].entry
        raise Refused(
            f"The learned entry {first.id} fits these words already: {first.meaning}"
            " Add words that tell the two apart."
        )


def _approver(knowledge: Knowledge, incident: Incident, by: str) -> str:
    owners = _owners(knowledge, incident)
    if not owners:
        raise Refused("No owner is named who could approve an entry; name one in the catalogue.")
    return next((owner for owner in owners if owner != by), owners[0])


def _owners(knowledge: Knowledge, incident: Incident) -> tuple[str, ...]:
    connection = _connection(knowledge, incident)
    named = connection.owners if connection else None
    found = (named.technical, named.architecture) if named else ()
    return tuple(dict.fromkeys(owner for owner in found if owner))


def must_decide(work: Work, proposal: Proposal, by: str) -> None:
    """Raises NotAllowed, naming the owners, for anybody else."""
    owners = {proposal.asked, *_owners(work.knowledge, work.incident(proposal.incident))}
    if not owners & {by, *presence_now(work).seats_of(by)}:
        names = ", ".join(sorted(who(owner) for owner in owners))
        raise NotAllowed(f"Only an owner may decide about it: {names}. Nothing was changed.")


def _families(knowledge: Knowledge, incident: Incident) -> tuple[str, ...]:
    connection = _connection(knowledge, incident)
    return families(knowledge.catalogue, connection) if connection else ()


def _connection(knowledge: Knowledge, incident: Incident) -> Connection | None:
    return knowledge.catalogue.connections.get(incident.connection)
