"""Who owns what: one plain question in, one answer out, the same for every face.

Rule of this file: it never guesses. An answer is `confident` or it says what else may be meant.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from bot.core.ask.answer import AskedQuestion, SpokenAnswer
from bot.core.ask.answers import ANSWERS
from bot.core.ask.question_shapes import Intent
from bot.core.ask.read_question import ReadQuestion, is_cue, read, straighten
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import PersonId
from bot.core.estate.index import Index, NameKind, index_of, mentions
from bot.core.estate.lookup import named_things
from bot.core.estate.responsibility import NO_COVER, NO_END
from bot.language.words import name_members, plain_words, stem, telling

_TIME = re.compile(
    r"\d+(?:st|nd|rd|th)?|next|this|last|coming|days?|weeks?|months?|quarters?|years?|ago|since"
    r"|today|yesterday|tomorrow|january|february|march|april|june|july|august|september|october"
    r"|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_TIMED = frozenset({Intent.OWNER_THEN, Intent.CHANGES, Intent.EXPIRY, Intent.LAST_SYNC})
# Questions that have an answer for the whole estate when they name nothing.
_ESTATE = frozenset(
    {Intent.STATUS, Intent.CHANGES, Intent.EXPIRY, Intent.CREDENTIALS, Intent.UNOWNED, Intent.HELP}
)
_ME = frozenset({"i", "me", "my", "mine", "am"})
_REQUEST = re.compile(r"\b(?:show|tell|give|send|help|remind) me\b")


def ask(
    catalogue: Catalogue,
    text: str,
    now: datetime,
    *,
    cover: Mapping[PersonId, PersonId] = NO_COVER,
    until: Mapping[PersonId, datetime] = NO_END,
    asker: PersonId | None = None,
    index: Index | None = None,
) -> SpokenAnswer:
    """Answer a question in plain words. `cover` maps people to who stands in for them at
    `now`, `until` says when that ends; `asker` is whom "I" and "me" mean. `index` saves reading a
    large catalogue again; one of another catalogue is not used. Never raises on any text."""
    if index is None or index.catalogue is not catalogue:
        index = index_of(catalogue)
    members = {
        person.slack_id: person.id for person in catalogue.people.values() if person.slack_id
    }
    words = plain_words(name_members(text, members))
    words = straighten(words, lambda word: index.near_anything(stem(word)))
    question = _read(index, words, asker)
    asked = AskedQuestion(
        index=index,
        intent=question.intent,
        words=question.rest,
        heard=frozenset(words),
        now=now,
        cover=cover,
        until=until,
    )
    return ANSWERS[asked.intent](asked)


def _read(index: Index, words: list[str], asker: PersonId | None) -> ReadQuestion:
    """The question's shape, read with everything named hidden, and its remaining words."""
    masked, hidden = _mask(index, words)
    question = read(masked)
    rest = [part for word in question.rest for part in hidden.get(word, (word,))]
    if question.intent in _TIMED:
        rest = [word for word in rest if not _TIME.fullmatch(word) or index.knows(stem(word))]
    if asker and question.intent in (Intent.OWNED_BY, Intent.COVER) and _says_me(words):
        named = named_things(index, NameKind.PERSON, rest)
        rest = rest if named else [*rest, *plain_words(asker)]
    if not telling(rest) and question.intent not in _ESTATE and _only_names(index, words):
        return ReadQuestion(intent=Intent.OWNER, rest=tuple(words))
    return ReadQuestion(intent=question.intent, rest=tuple(rest))


def _says_me(words: list[str]) -> bool:
    """Whether the asker is meant: "what do I own", but not "show me what Bob owns"."""
    return bool(_ME & set(_REQUEST.sub(" ", " ".join(words)).split()))


def _mask(index: Index, words: list[str]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Hide whole names behind placeholders, but no lone word that may shape the question."""
    masked: list[str] = []
    hidden: dict[str, tuple[str, ...]] = {}
    place = 0
    for mention in mentions(index, words):
        part = tuple(words[mention.start : mention.end])
        if len(part) == 1 and is_cue(part[0]):
            continue
        sign = f"§{len(hidden)}"
        hidden[sign] = part
        masked += [*words[place : mention.start], sign]
        place = mention.end
    return [*masked, *words[place:]], hidden


def _only_names(index: Index, words: list[str]) -> bool:
    """Whether the text is nothing but words of the catalogue: "contacts", not "who owns it"."""
    content = telling(words)
    return bool(content) and all(index.knows(word) for word in content)
