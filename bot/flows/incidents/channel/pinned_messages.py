"""Messages that people put on an incident's timeline, and that go on following their originals.

Every way of keeping a message leads to the same entry: its author, its time, its link. It is
struck when the last person who kept it lets go, and stands again when somebody keeps it anew.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.incidents.incident import Incident
from bot.core.incidents.timeline import TimelineEntry
from bot.flows.work import Work
from bot.language.marks import outside

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
    keepers = work.tx.keepers(incident.id, message.source)
    before = work.tx.kept(incident.id, message.source)
    _put(work, incident, message, {*keepers, f"{_SHORTCUT}:{by}"})
    return before is None or before.struck


def follow_reactions(
    work: Work, incident: Incident, message: PinnedMessage, people: Collection[str]
) -> bool:
    """`people` are all who have the reaction on the message now. True when that put it on the
    timeline or took it off."""
    before = work.tx.kept(incident.id, message.source)
    others = {
        keeper
        for keeper in work.tx.keepers(incident.id, message.source)
        if not keeper.startswith(f"{_REACTION}:")
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
        work.tx.save_kept(incident.id, replace(kept, text=GONE, permalink="", struck=True))
        work.tx.save_keepers(incident.id, source, ())


def _put(work: Work, incident: Incident, message: PinnedMessage, keepers: Collection[str]) -> None:
    known = work.tx.kept(incident.id, message.source)
    entry = TimelineEntry(
        at=message.at,
        kind="message",
        text=outside(message.text, _LONGEST) or "(no text)",
        by=message.by,
        source=message.source,
        permalink=message.permalink,
        struck=not keepers,
    )
    work.tx.save_keepers(incident.id, message.source, keepers)
    if known is not None:
        work.tx.save_kept(incident.id, entry)
    elif keepers:
        work.tx.add_timeline(incident.id, entry)
