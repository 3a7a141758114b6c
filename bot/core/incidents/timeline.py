"""What happened to an incident, a line each."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened to an incident. `text` is in `language.marks` marks; `by` is a
    person's id or None for the bot itself. `source` is the Slack message it was taken from, as
    `C…|ts`, and `struck` says that nobody keeps it there any more."""

    at: datetime
    kind: str
    text: str
    by: str | None = None
    source: str | None = None
    permalink: str = ""
    struck: bool = False
