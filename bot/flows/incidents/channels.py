"""An incident's channel: how it ends, and the messages in it that people put on the timeline.

When the incident is over and its channel is quiet, the end is announced and then the channel is
archived. It is brought back when somebody archives it under an incident that is not over. Whether a
channel is quiet only Slack knows, so the deadline leads to a look there, and the look comes back
here with what it found.

A message on the timeline goes on following its original. Every way of keeping it leads to the same
entry: its author, its time, its link. The entry is struck when the last person who kept it lets go,
and stands again when somebody keeps it anew.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.incidents.channel import (
    ArchiveSoon,
    ChannelBack,
    ChannelMoved,
    InvitesRefused,
    LeftOut,
    TimelineEntry,
)
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.outbox.address import CHANNEL, Archiving, Invitations, ToPerson
from bot.core.outbox.notice import Show, incident_of, incident_subject
from bot.flows.people.presence import tell_reader
from bot.flows.work import Work
from bot.language.marks import outside, who

NOTICE = timedelta(days=1)  # between the announcement and the end
_INVITES_REST = timedelta(minutes=1)  # until refused invitations are tried again; then twice that
_INVITES_REST_MOST = timedelta(hours=1)
LEFT_OUT = "left out"  # kept value: whom Slack did not let in, and why
_AGAIN = timedelta(hours=1)  # a look that could not be finished is repeated


def tick(work: Work, *, after: timedelta) -> int:
    """Give every channel of an ended incident its day, and look at those whose day has come.
    `after` is how long it has to be quiet; zero for never. Returns how many are looked at."""
    if not after:
        return 0
    looked = 0
    for record in work.tx.channels_to_archive(work.now):
        number = incident_of(record.subject)
        incident = work.tx.incident(number) if number is not None else None
        if incident is None:
            continue
        if record.tidy_at is None:
            first = _ended(work, incident) + _until_notice(after)
            work.tx.save_channel_record(replace(record, tidy_at=first))
        else:
            # Before Slack is asked: if the look never comes back, the next one does.
            work.tx.save_channel_record(replace(record, tidy_at=work.now + _AGAIN))
            work.queue(Show(subject=str(Archiving(record.subject))))
            looked += 1
    return looked


def _until_notice(after: timedelta) -> timedelta:
    return max(after - NOTICE, timedelta(0))


def _ended(work: Work, incident: Incident) -> datetime:
    ended = incident.reviewed_at or incident.resolved_at
    # The end of what was only written down was given by hand, and may be weeks ago.
    if ended is not None and not incident.report_only:
        return ended
    return max((entry.at for entry in work.tx.timeline(incident.id)), default=incident.opened_at)


def looked(work: Work, subject: str, last_word: datetime | None, after: timedelta) -> bool:
    """`last_word` is when a person last wrote there. True when it is to be archived now; else
    it was announced, or put off because people still talk."""
    record = work.tx.channel_record(subject)
    number = incident_of(subject)
    incident = work.tx.incident(number) if number is not None else None
    if record is None or incident is None or incident.live or record.archived_at is not None:
        return False
    newest = max(last_word or incident.opened_at, _ended(work, incident))
    # Nobody wrote since the announcement, so nobody objects.
    if record.announced_at is not None and newest <= record.announced_at:
        return work.now >= record.announced_at + NOTICE
    due = newest + _until_notice(after)
    if due > work.now:
        work.tx.save_channel_record(replace(record, tidy_at=due, announced_at=None))
        return False
    work.tx.save_channel_record(replace(record, tidy_at=work.now + NOTICE, announced_at=work.now))
    work.tell(CHANNEL, ArchiveSoon(at=work.now + NOTICE), about=subject)
    return False


def archived(work: Work, subject: str) -> None:
    """It is archived, or Slack refuses to: either way nobody looks again."""
    record = work.tx.channel_record(subject)
    if record is not None:
        work.tx.save_channel_record(replace(record, tidy_at=None, archived_at=work.now))


def archived_by_hand(work: Work, channel: str) -> Incident | None:
    """Somebody archived a channel. The incident that is not over in it; None when none is."""
    subject = work.tx.subject_of_channel(channel)
    number = incident_of(subject) if subject else None
    incident = work.tx.incident(number) if number is not None else None
    if incident is None or subject is None:
        return None
    if incident.live:
        return incident
    archived(work, subject)
    return None


def back(work: Work, incident: Incident, by: str | None) -> None:
    """The same channel is open again."""
    subject = incident_subject(incident.id)
    record = work.tx.channel_record(subject)
    if record is not None:
        work.tx.save_channel_record(
            replace(record, tidy_at=None, announced_at=None, archived_at=None)
        )
    _tell(work, incident, ChannelBack(by=by), "The channel was archived and is open again")


def lost(work: Work, incident: Incident, by: str | None) -> None:
    """The channel is gone for good: another one is made, and everybody is brought there."""
    work.tx.forget_channel(incident_subject(incident.id))
    _tell(work, incident, ChannelMoved(by=by), "The channel is gone; another one is made")


def left_out(work: Work, subject: str) -> Mapping[str, str]:
    """Whom Slack did not let into the channel, and its word for each."""
    found: Mapping[str, str] = json.loads(work.tx.recall(subject, LEFT_OUT) or "{}")
    return found


def invited(
    work: Work, subject: str, refused: Mapping[str, str], *, channel: str, private: bool
) -> None:
    """Keep who is left out by now: each hears of it once, and so does whoever keeps the estate. All
    are tried again, ever less often."""
    before = left_out(work, subject)
    # Kept before anybody is told: whoever is in it already has heard of it.
    work.tx.remember(subject, LEFT_OUT, json.dumps(dict(refused)))
    if not refused:
        return
    tries = int(work.tx.recall(subject, "invitations tried") or 0)
    work.tx.remember(subject, "invitations tried", str(tries + 1))
    # The exponent is bounded, since a channel may stand for months.
    rest = min(_INVITES_REST * 2 ** min(tries, 10), _INVITES_REST_MOST)
    work.queue(Show(subject=str(Invitations(subject)), rest=rest))
    number = incident_of(subject)
    incident = work.tx.incident(number) if number is not None else None
    new = {person: error for person, error in refused.items() if person not in before}
    if incident is None or not new:
        return
    key = incident.key
    for person in new:
        left = LeftOut(key=key, channel=channel, private=private, refused=new)
        work.tell(ToPerson(person), left, about=subject)
    connection = lead_of(work.catalogue, incident)
    owner = connection.owners.architecture if connection else None
    if owner:
        told = InvitesRefused(key=key, channel=channel, private=private, refused=new)
        tell_reader(work, owner, told, about=subject)
    names = ", ".join(who(person) for person in new)
    said = (
        f"Slack did not let me add {names} to the channel: {', '.join(sorted(set(new.values())))}."
    )
    work.log(incident, "channel", said)


def _tell(work: Work, incident: Incident, told: ChannelBack | ChannelMoved, said: str) -> None:
    whom = f" (archived by {who(told.by)})" if told.by else ""
    work.log(incident, "channel", f"{said}{whom}.", told.by)
    work.show(incident)
    work.tell(CHANNEL, told, about=incident_subject(incident.id))


GONE = "(the message was deleted)"
_LONGEST = 1000
_REACTION, _SHORTCUT = "reaction", "shortcut"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedMessage:
    """A Slack message as it stands now. `by` is the author's person id, None for an app, whose
    name is then part of `text`."""

    source: str
    at: datetime
    text: str
    by: str | None
    permalink: str = ""


def keep(work: Work, incident: Incident, message: PinnedMessage, by: str) -> bool:
    """Put a message there by the shortcut; False when it was on the timeline already."""
    pinned_by = work.tx.pinned_by(incident.id, message.source)
    before = work.tx.kept(incident.id, message.source)
    _put(work, incident, message, {*pinned_by, f"{_SHORTCUT}:{by}"})
    return before is None or before.struck


def follow_reactions(
    work: Work, incident: Incident, message: PinnedMessage, people: Collection[str]
) -> bool:
    """`people` are all who have the reaction on the message now. True when that put it on the
    timeline or took it off."""
    before = work.tx.kept(incident.id, message.source)
    others = {
        by
        for by in work.tx.pinned_by(incident.id, message.source)
        if not by.startswith(f"{_REACTION}:")
    }
    _put(work, incident, message, others | {f"{_REACTION}:{person}" for person in people})
    after = work.tx.kept(incident.id, message.source)
    return (before is None or before.struck) != (after is None or after.struck)


def edited(work: Work, incident: Incident, source: str, text: str) -> None:
    """The author changed the message; one that nobody ever kept is no matter."""
    kept = work.tx.kept(incident.id, source)
    if kept is not None:
        work.tx.save_kept(incident.id, replace(kept, text=outside(text, _LONGEST)))


def deleted(work: Work, incident: Incident, source: str) -> None:
    """The author took the message away: its words go with it, the entry stays and is struck."""
    kept = work.tx.kept(incident.id, source)
    if kept is not None:
        # The author took the words back; that something stood there is part of the record.
        work.tx.save_kept(incident.id, replace(kept, text=GONE, permalink="", struck=True))
        work.tx.save_pinned_by(incident.id, source, ())


def _put(
    work: Work, incident: Incident, message: PinnedMessage, pinned_by: Collection[str]
) -> None:
    known = work.tx.kept(incident.id, message.source)
    entry = TimelineEntry(
        at=message.at,
        kind="message",
        text=outside(message.text, _LONGEST) or "(no text)",
        by=message.by,
        source=message.source,
        permalink=message.permalink,
        struck=not pinned_by,
    )
    # Who keeps it is counted even where the entry is there: the last one to let go strikes it.
    work.tx.save_pinned_by(incident.id, message.source, pinned_by)
    if known is not None:
        work.tx.save_kept(incident.id, entry)
    elif pinned_by:
        work.tx.add_timeline(incident.id, entry)
