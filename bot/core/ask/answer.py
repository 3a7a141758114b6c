"""One question on its way to its answer.

Rule of this file: an answer is confident or it says what else may be meant.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.ask.question_shapes import Intent
from bot.core.estate.catalogue import Catalogue, OwnerFacts, owner_facts
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.index import Index, NameKind
from bot.core.estate.lookup import Match, Resolution, named_things, only_people, resolve
from bot.language.words import distinctive, is_small_talk


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
    until: Mapping[PersonId, datetime]  # of the covered person

    @property
    def catalogue(self) -> Catalogue:
        return self.index.catalogue

    @property
    def subject(self) -> str:
        """The words that say something, as they were typed."""
        return " ".join(word for word in self.words if distinctive((word,)))

    @property
    def empty(self) -> bool:
        """Whether nothing is left that could name anything."""
        return not any(
            not is_small_talk(word) or self.index.knows(word) for word in distinctive(self.words)
        )

    @property
    def system(self) -> str | None:
        """The one system that is named outright."""
        named = tuple(self.named(NameKind.SYSTEM))
        return named[0] if len(named) == 1 else None

    @property
    def only_people(self) -> bool:
        return only_people(self.index, self.words)

    def resolve(self, kind: NameKind) -> Resolution:
        return resolve(self.index, kind, self.words)

    def named(self, kind: NameKind) -> Collection[str]:
        return named_things(self.index, kind, self.words)

    def facts(self, id: ConnectionId) -> OwnerFacts:
        return owner_facts(self.catalogue, id, self.now, self.cover, self.until)
