"""Text as Slack wants it: escaped, cut to Slack's limits, times in the reader's own zone.

Everything that is not our own constant goes through `Writer.say` or `escape`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.language.marks import render

SLACK_PERSON = "slack:"  # prefix of the id of somebody whom the catalogue does not know
_UNLISTED = "somebody outside the catalogue"
# As Slack has it: not within a word, on one line, nothing blank at its ends. A `_` beside it is no
# part of a word, since what looks like it, which may take its place, is none.
_STYLED = re.compile(r"(?<![^\W_])([*_~])(?=[^\s])[^\n]*?(?<=[^\s])\1(?![^\W_])")
_ALIKE = str.maketrans("*_~", "∗＿∼")
_LINK = re.compile(r"<((?:https?://|mailto:)[^|<>]*)(?:\|([^<>]*))?>")
# A person, a channel or a time as we write them; every other mark stands in a name or a text.
_MARK = re.compile(r"<(?!@[UW][A-Z0-9]+>|#[CG][A-Z0-9]+(?:\|[^<>]*)?>|!date\^)")


def escape(text: str) -> str:
    """Text of which Slack parses nothing: no mention, no link, nothing bold, slanted or struck.
    Slack has no escape for the marks of style, so a pair of them is shown by what looks alike."""
    plain = _STYLED.sub(lambda pair: pair[0].translate(_ALIKE), text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def calling_nobody(text: str) -> str:
    """For the text of notifications, which is plain but which Slack parses: no name that somebody
    gave to a connection calls a whole channel or is a link. Our own links are shown by their
    words."""
    return _MARK.sub("&lt;", _LINK.sub(lambda link: link[2] or link[1], text))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, and never half of an entity or of a `<…>` mark at the end."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = short.rfind(opening)
        # Marks are short: an opening sign far back is one that somebody typed.
        if start > short.rfind(closing) and limit - start < 200:
            short = short[:start]
    return short.rstrip() + "…"


def time(moment: datetime) -> str:
    """A moment that every reader sees in their own zone."""
    # Shown by clients that cannot read the mark, and in notifications.
    fallback = moment.strftime("%d %b %H:%M %Z")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How people are written: as a mention where their Slack user is known, by name otherwise."""

    catalogue: Catalogue
    users: Mapping[str, str] = field(default_factory=dict)  # person id → Slack user id

    def person(self, person: str | None) -> str:
        if person is None:
            return "nobody"
        if person.startswith(SLACK_PERSON):
            return f"<@{escape(person.removeprefix(SLACK_PERSON))}>"
        user = self.users.get(person)
        return f"<@{user}>" if user else self.name(person)

    def name(self, person: str | None) -> str:
        """The display name without pinging; for places where mentions do not work."""
        return escape(self.plain_name(person))

    def people(self, people: Iterable[str]) -> str:
        return ", ".join(self.person(person) for person in people) or "nobody"

    def say(self, text: str) -> str:
        """A sentence of the core, its marks rendered and the rest escaped."""
        return render(text, time=time, person=self.person, literal=escape)

    def plain(self, text: str) -> str:
        """The same for `plain_text` objects and notifications: names, UTC times, no markup."""
        return render(text, time=lambda at: at.strftime("%d %b %H:%M %Z"), person=self.plain_name)

    def plain_name(self, person: str | None) -> str:
        """As `name`, for places that show text as it is."""
        if person and person.startswith(SLACK_PERSON):
            return _UNLISTED
        return self.catalogue.person_name(person)
