"""Messages that people put on an incident's timeline, and that go on following their originals.

Every way of keeping a message leads to the same entry: its author, its time, its link. It is
struck when the last person who kept it lets go, and stands again when somebody keeps it anew.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.incidents.incident import Incident
from bot.language.marks import outside
from bot.ports import TimelineEntry, Tx

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


def keep(tx: Tx, incident: Incident, message: PinnedMessage, by: str) -> bool:
    """Put a message there by the shortcut; False when it was on the timeline already."""
    keepers = tx.keepers(incident.id, message.source)
    before = tx.kept(incident.id, message.source)
    _put(tx, incident, message, {*keepers, f"{_SHORTCUT}:{by}"})
    return before is None or before.struck


def follow_reactions(
    tx: Tx, incident: Incident, message: PinnedMessage, people: Collection[str]
) -> bool:
    """`people` are all who have the reaction on the message now. True when that put it on the
    timeline or took it off."""
    before = tx.kept(incident.id, message.source)
    others = {
        keeper
        for keeper in tx.keepers(incident.id, message.source)
        if not keeper.startswith(f"{_REACTION}:")
    }
    _put(tx, incident, message, others | {f"{_REACTION}:{person}" for person in people})
    after = tx.kept(incident.id, message.source)
    return (before is None or before.struck) != (after is None or after.struck)


def edited(tx: Tx, incident: Incident, source: str, text: str) -> None:
    """The author changed the message; one that nobody ever kept is no matter."""
    kept = tx.kept(incident.id, source)
    if kept is not None:
        tx.save_kept(incident.id, replace(kept, text=outside(text, _LONGEST)))


def deleted(tx: Tx, incident: Incident, source: str) -> None:
    """The author took the message away: its words go with it, the entry stays and is struck."""
    kept = tx.kept(incident.id, source)
    if kept is not None:
        tx.save_kept(incident.id, replace(kept, text=GONE, permalink="", struck=True))
        tx.save_keepers(incident.id, source, ())


def _put(tx: Tx, incident: Incident, message: PinnedMessage, keepers: Collection[str]) -> None:
    known = tx.kept(incident.id, message.source)
    entry = TimelineEntry(
        at=message.at,
        kind="message",
        text=outside(message.text, _LONGEST) or "(no text)",
        by=message.by,
        source=message.source,
        permalink=message.permalink,
        struck=not keepers,
    )
    tx.save_keepers(incident.id, message.source, keepers)
    if known is not None:
        tx.save_kept(incident.id, entry)
    elif keepers:
        tx.add_timeline(incident.id, entry)
