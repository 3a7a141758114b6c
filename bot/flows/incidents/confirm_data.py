"""Who has to say whether the data is right, connection by connection, and how they are asked.

Each person gets one message about an incident; it is kept up to date, and further words go into
its thread.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import ConfirmData, ConfirmReminder
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import Address, ToPerson
from bot.core.outbox.notice import What, incident_subject
from bot.core.people.denial import Denial
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.people.presence import presence_now
from bot.flows.work import Work
from bot.language.errors import NotAllowed, Refused
from bot.language.marks import outside, who

_DATA_ASKS = 3  # times more, while the incident is open for the sake of other connections

FAILS = "It fails now; its data is asked about when it runs. Nothing was changed."


def members(work: Work, incident: Incident) -> tuple[str, ...]:
    """The connections of the incident, the one it began with first."""
    ids = (
        incident.connection,
        *(connection for connection, _ in work.tx.recovered_of(incident.id)),
    )
    return tuple(dict.fromkeys(ids))


def judges_by_connection(work: Work, parent: Incident) -> Mapping[str, str]:
    """Who has to confirm the data of each connection of the incident. A connection for which
    nobody is named is left out."""
    known = work.catalogue.connections
    found = ((key, known.get(key)) for key in members(work, parent))
    named = ((key, first_in_line(Purpose.DATA, connection)) for key, connection in found)
    return {key: judge for key, judge in named if judge}


def judges_of(work: Work, parent: Incident) -> tuple[str, ...]:
    """Who has to confirm the data of the incident and of all its children, each once."""
    return tuple(dict.fromkeys(judges_by_connection(work, parent).values()))


def unconfirmed(work: Work, parent: Incident) -> Mapping[str, str]:
    """The connections whose data nobody has confirmed yet, each with who has to."""
    judges = judges_by_connection(work, parent)
    return {key: judge for key, judge in judges.items() if key not in parent.confirmed}


def running(work: Work, parent: Incident) -> frozenset[str]:
    """The connections of the incident that run, so that their data can be judged."""
    by_word = parent.size > 1 and not parent.seen_failing  # as its own checks see it
    lead = parent.recovered_at is not None or parent.state is State.VERIFYING or by_word
    recovered_each = ((parent.connection, lead), *work.tx.recovered_of(parent.id))
    return frozenset(key for key, recovered in recovered_each if recovered)


def spoke_since(work: Work, parent: Incident) -> frozenset[str]:
    """The connections whose data was called wrong since they run, so that nothing new is to be
    asked of it."""
    ran = {child.connection: child.recovered_at for child in child_states(work, parent)}
    said = (one for one in parent.denied if not one.before(ran.get(one.connection)))
    return frozenset(one.connection for one in said)


_THROUGH = (None, "failed", "sent")  # of a letter: it does not wait


def acting_judges(work: Work, judges: tuple[str, ...]) -> tuple[str, ...]:
    """Who is asked: the judges, or whoever stands in; a judge who is away is asked all the same
    when nobody does."""
    there = presence_now(work)
    return tuple(dict.fromkeys(there.acting(judge) or judge for judge in judges))


def remind(work: Work, parent: Incident, judges: tuple[str, ...]) -> None:
    """Ask them once more, but for those whom a question or a reminder reached a moment ago: one
    that waited while the bot or Slack was away arrives together with the next one."""
    recent = work.now - parent.lease / 2
    heard = {
        one.letter.to
        for one in work.tx.letters_in_slack(incident_subject(parent.id))
        if one.letter.what in (What.CONFIRM_DATA, What.CONFIRM_NUDGE) and one.sent_at > recent
    }
    ask(work, parent, judges, heard)


def ask(
    work: Work, parent: Incident, judges: tuple[str, ...], heard: Collection[Address | None] = ()
) -> None:
    """Ask everybody who acts for one of `judges`: by the one message, or, where that stands in
    Slack already, by a word in its thread. What waits to be sent is written when it is, so it
    needs no second one."""
    subject = incident_subject(parent.id)
    for person in acting_judges(work, judges):
        to = ToPerson(person)
        if to in heard or work.tx.last_said(subject, to, What.CONFIRM_NUDGE) not in _THROUGH:
            continue
        stands = work.tx.last_said(subject, to, What.CONFIRM_DATA)
        if stands in (None, "failed"):
            work.tell(to, ConfirmData(person=person), about=subject)
        elif stands == "sent":
            work.tell(to, ConfirmReminder(person=person), about=subject)


def ask_again(work: Work, parent: Incident) -> None:
    """While it is open for the sake of other connections: whoever has not answered for one that
    runs is reminded after every lease, as long as that may do any good."""
    if parent.state is State.VERIFYING or not parent.asks_data:
        work.tx.save_incident(replace(parent, data_ask_at=None))
        return
    runs, wrong = running(work, parent).difference(parent.flaps), spoke_since(work, parent)
    missing = unconfirmed(work, parent).items()
    judges = dict.fromkeys(judge for key, judge in missing if key in runs and key not in wrong)
    # A round in which nobody had to be asked uses up none of the `_DATA_ASKS`.
    asks = parent.data_asks + bool(judges)
    next_at = work.now + parent.lease if asks < _DATA_ASKS else None
    work.tx.save_incident(replace(parent, data_asks=asks, data_ask_at=next_at))
    remind(work, parent, tuple(judges))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What `by` says of the connection `of`, or of all that are theirs `but` some. Whoever
    `guards` the estate speaks for all, once nothing of their own is left to be judged."""

    by: str
    of: str = ""
    but: Collection[str] = ()
    why: str = ""
    guards: bool = False


def spoken_for(work: Work, asked: Mapping[str, str], word: Word) -> tuple[str, ...]:
    """Those of the connections `asked` about of which it is said. Raises NotAllowed for one that
    somebody else judges."""
    seats = presence_now(work).seats_of(word.by)
    mine = [key for key, judge in asked.items() if judge in seats]
    if not mine and word.guards:
        mine = list(asked)
    if word.of and word.of in asked and word.of not in mine:
        raise NotAllowed(f"Only {who(asked[word.of])} can say whether that data is right.")
    if word.of:
        return tuple(key for key in mine if key == word.of)
    return tuple(key for key in mine if key not in word.but) or tuple(mine)


def judgeable(work: Work, parent: Incident, word: Word) -> tuple[str, ...]:
    """The connections of the incident whose data `word.by` can call wrong now: those of their own,
    else all that run."""
    here = running(work, parent) if parent.live else frozenset(members(work, parent))
    judges = judges_by_connection(work, parent)
    asked = {key: judge for key, judge in judges.items() if key in here}
    own = spoken_for(work, asked, word)
    return own or tuple(key for key in members(work, parent) if key in here)


def denials(work: Work, parent: Incident, word: Word) -> tuple[Denial, ...]:
    """Whose data is wrong by that word; the first connection's where nobody judges any. Raises
    Refused for one that does not run."""
    runs = running(work, parent)
    if word.of and word.of not in runs:
        raise Refused(FAILS)
    judges = judges_by_connection(work, parent)
    asked = {key: judge for key, judge in judges.items() if key in runs}
    said = Word(by=word.by, of=word.of, but=parent.confirmed, guards=word.guards)
    meant = spoken_for(work, asked, said) or (word.of or parent.connection,)
    if not runs.intersection(meant):
        raise Refused(FAILS)
    return tuple(Denial(connection=key, by=word.by, why=word.why, at=work.now) for key in meant)


def names_of(knowledge: Knowledge, keys: Iterable[str]) -> str:
    """The connections in words."""
    known = knowledge.catalogue.connections
    return ", ".join(outside(known[key].name if key in known else key) for key in keys)
