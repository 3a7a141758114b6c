"""The sender's book-keeping: which letter is next, what was sent where, whom it reaches in Slack.

These flows decide only what follows when nobody is reached: a ping that cannot be delivered is
handed to the ladder in the same transaction that gives the letter up, a question about the data is
told in the channel, and one about a change to whoever proposed it.
"""

from bot.core.changes.notices import ChangeApprovalWanted
from bot.core.incidents.notices import Undelivered
from bot.core.outbox.address import (
    OfIncident,
    OnRecord,
    ToParty,
    ToPerson,
    ToPersonElsewhere,
    read_subject,
)
from bot.core.outbox.letter import MACHINE_RESTS, OutboxMessage
from bot.core.outbox.notice import Show, What, incident_of
from bot.flows.changes import change_requests
from bot.flows.incidents import ping
from bot.flows.outbox import fallback
from bot.flows.work import Work
from bot.language.marks import outside, who


def sent(work: Work, letter: OutboxMessage, channel: str = "", ts: str = "") -> None:
    """Cross a letter off. The receipt of a ping is on the card, so the card is stale; and what
    the letter says may have changed while Slack took it."""
    work.tx.letter_sent(letter.id, work.now, channel, ts)
    _receipt_changed(work, letter)
    if ts and isinstance(letter.to, ToPerson) and redrawn(letter.subject):
        work.queue(Show(subject=letter.subject, rest=MACHINE_RESTS))


def redrawn(subject: str) -> bool:
    """Whether letters about it are kept up to date."""
    return isinstance(read_subject(subject), OfIncident | OnRecord)


def give_up(
    work: Work,
    letter: OutboxMessage,
    error: str,
    *,
    perhaps: bool = False,
) -> None:
    """The letter can never be delivered as it is. An undelivered ping goes up the ladder, also one
    that `perhaps` arrived in an earlier try."""
    work.tx.letter_failed(letter.id, work.now, error, maybe_sent=perhaps)
    if isinstance(letter.to, ToPersonElsewhere):
        fallback.failed(work, letter, error)
        return
    number = incident_of(letter.subject)
    if isinstance(letter.to, ToParty):
        _receipt_changed(work, letter)
    if isinstance(wanted := letter.notice, ChangeApprovalWanted):
        change_requests.undelivered(work, wanted, error)
    if letter.what not in (What.PING, What.CONFIRM_DATA) or number is None:
        return
    incident = work.tx.incident(number)
    if incident is None or not incident.live:
        return
    person = letter.person
    if letter.what is What.PING:
        # The ladder goes on at once only where no other way is left by which they may hear of it.
        if not fallback.turn_over(work, letter, outside(error, 120), refused=True):
            ping.undelivered(work, incident, person, error, perhaps=perhaps)
    else:
        text = f"{who(person)} could not be asked about the data: {outside(error)}"
        work.log(incident, "undelivered", text)
        told = Undelivered(person=person, why=error, climbs=False)
        ping.tell_undelivered(work, incident, told)
    work.show(incident)


def _receipt_changed(work: Work, letter: OutboxMessage) -> None:
    if isinstance(letter.to, ToPersonElsewhere):
        fallback.arrived(work, letter)
    elif letter.what is What.PING or isinstance(letter.to, ToParty):
        work.queue(Show(subject=letter.subject, rest=MACHINE_RESTS))


def name_channel(work: Work, subject: str, name: str) -> str | None:
    """Remember which name is about to be asked for, and return the one asked for before: then
    the channel may exist although we never heard of it."""
    before = work.tx.channel_name_of(subject)
    work.tx.name_channel(subject, name)
    return before


def fixtures(work: Work, subject: str, names: tuple[str, ...]) -> dict[str, str]:
    """What was last applied, for those of `names` that ever were."""
    found = {name: work.tx.fixture(subject, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}
