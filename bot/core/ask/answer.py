"""One question on its way to its answer, and what all answers have in common.

Rule of this file: an answer is confident or it says what else may be meant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.ask import answer_texts
from bot.core.ask.read_question import Intent
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.index import Index, NameKind
from bot.core.estate.lookup import Match, Resolution, named_things, resolve
from bot.core.estate.responsibility import OwnerFacts, owner_facts
from bot.language.words import is_small_talk, telling


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenAnswer:
    """`text` carries the marks of `bot.language.marks`. It is None where only live facts can tell
    (STATUS, LAST_SYNC, DOWN) or only the ledger (OWNER_THEN): the flow fills it in. `choices`
    are the connections that may be meant, best first; after a confident answer about a system or
    a party, those it lists."""

    intent: Intent
    subject: str
    matches: tuple[Match, ...] = ()
    confident: bool = False
    text: str | None = None
    connection: ConnectionId | None = None
    choices: tuple[ConnectionId, ...] = ()
    thing: str | None = None  # id of the person, party or system it is about instead

    @property
    def id(self) -> str | None:
        """Of what a confident answer is about; None when that is the whole estate."""
        return self.connection or self.thing


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question on its way to its answer. `words` are those that say what is meant."""

    index: Index
    intent: Intent
    words: tuple[str, ...]
    heard: frozenset[str]  # every word of the question
    now: datetime
    cover: Mapping[PersonId, PersonId]
    until: Mapping[PersonId, datetime] = field(default_factory=dict)  # of the covered person

    @property
    def catalogue(self) -> Catalogue:
        return self.index.catalogue

    @property
    def subject(self) -> str:
        """The words that say something, as they were typed."""
        return " ".join(word for word in self.words if telling((word,)))

    @property
    def empty(self) -> bool:
        """Whether nothing is left that could name anything."""
        return not any(
            not is_small_talk(word) or self.index.knows(word) for word in telling(self.words)
        )

    def facts(self, id: ConnectionId) -> OwnerFacts:
        return owner_facts(self.catalogue, id, self.now, self.cover, self.until)


def about_connection(
    asked: AskedQuestion, tell: Callable[[AskedQuestion, Connection], str | None]
) -> SpokenAnswer:
    """Answer by `tell` when one connection is surely meant; otherwise ask back."""
    found = resolve(asked.index, NameKind.CONNECTION, asked.words)
    if found.id is None:
        return ask_back(asked, found)
    connection = asked.catalogue.connections[found.id]
    return SpokenAnswer(
        intent=asked.intent,
        subject=connection.name,
        matches=found.matches,
        confident=True,
        text=tell(asked, connection),
        connection=connection.id,
    )


def ask_back(asked: AskedQuestion, found: Resolution) -> SpokenAnswer:
    subject = "" if asked.empty else asked.subject
    if found.rivals:
        text = answer_texts.which_text(asked.catalogue, subject, found.rivals)
    else:
        text = answer_texts.unknown_text(asked.catalogue, subject, found.nearest)
    return SpokenAnswer(
        intent=asked.intent,
        subject=subject,
        matches=found.matches,
        text=text,
        choices=found.rivals or found.nearest,
    )


def settled(
    asked: AskedQuestion, subject: str, text: str, *, thing: str | None = None
) -> SpokenAnswer:
    return SpokenAnswer(
        intent=asked.intent, subject=subject, confident=True, text=text, thing=thing
    )


def named_system(asked: AskedQuestion) -> str | None:
    named = named_things(asked.index, NameKind.SYSTEM, asked.words)
    return named[0] if len(named) == 1 else None
