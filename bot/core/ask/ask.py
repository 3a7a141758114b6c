"""Who owns what: one plain question in, one answer out, the same for every face.

Rule of this file: it never guesses. An answer is `confident` or it says what else may be meant.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.ask import answer_texts, people_texts
from bot.core.ask.answer import (
    AskedQuestion,
    SpokenAnswer,
    about_connection,
    ask_back,
    named_system,
    settled,
)
from bot.core.ask.read_question import Intent, ReadQuestion, is_cue, read, straighten
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.index import Index, NameKind, index_of, mentions
from bot.core.estate.lane import Layer
from bot.core.estate.lookup import Match, named_things, only_people, resolve, without_people
from bot.core.estate.responsibility import NO_COVER, NO_END, LaneFact, OwnerFacts, owner_facts
from bot.language.words import name_members, plain_words, stem, telling

__all__ = [
    "Intent",
    "LaneFact",
    "Match",
    "NameKind",
    "OwnerFacts",
    "SpokenAnswer",
    "ask",
    "owner_facts",
]


_LAYER_OF = {
    Intent.TECHNICAL_OWNER: Layer.TECHNICAL,
    Intent.FUNCTIONAL_OWNER: Layer.FUNCTIONAL,
    Intent.ARCHITECTURE_OWNER: Layer.ARCHITECTURE,
}


_LIVE = frozenset({Intent.STATUS, Intent.LAST_SYNC, Intent.DOWN, Intent.OWNER_THEN})


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
    question, rest = _read(index, words, asker)
    asked = AskedQuestion(
        index=index,
        intent=question.intent,
        words=tuple(rest),
        heard=frozenset(words),
        now=now,
        cover=cover,
        until=until,
    )
    return _ANSWERS[asked.intent](asked)


def _read(index: Index, words: list[str], asker: PersonId | None) -> tuple[ReadQuestion, list[str]]:
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
        return ReadQuestion(intent=Intent.OWNER, rest=question.rest), words
    return question, rest


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


def _owner(asked: AskedQuestion) -> SpokenAnswer:
    """The owners of a connection; a lone person or party named instead is answered as such."""
    answer = about_connection(
        replace(asked, words=without_people(asked.index, asked.words)),
        lambda own, one: answer_texts.owner_text(own.catalogue, own.facts(one.id)),
    )
    if answer.confident or named_things(asked.index, NameKind.CONNECTION, asked.words):
        return answer
    person = resolve(asked.index, NameKind.PERSON, asked.words)
    if person.id and (
        not answer.choices or (person.direct and only_people(asked.index, asked.words))
    ):
        return people_texts.owned(replace(asked, intent=Intent.OWNED_BY), person)
    party = resolve(asked.index, NameKind.PARTY, asked.words)
    if party.direct and party.id and not named_system(asked):
        return people_texts.party(asked, party)
    return answer


def _owned_by(asked: AskedQuestion) -> SpokenAnswer:
    answer = people_texts.owned_by(asked)
    if answer:
        return answer
    if named_system(asked):
        return _touches(replace(asked, intent=Intent.TOUCHES))
    return _owner(replace(asked, intent=Intent.OWNER))


def _layer(asked: AskedQuestion) -> SpokenAnswer:
    layer = _LAYER_OF[asked.intent]
    if asked.empty:
        owners = [one.owners.of(layer) for one in asked.catalogue.connections.values()]
        people = dict.fromkeys(owner for owner in owners if owner)
        return settled(asked, f"{layer} owners", answer_texts.people_text(people, layer))
    return about_connection(
        asked, lambda own, one: answer_texts.layer_text(own.catalogue, own.facts(one.id), layer)
    )


def _approver(asked: AskedQuestion) -> SpokenAnswer:
    return about_connection(
        asked, lambda own, one: answer_texts.approver_text(own.catalogue, own.facts(one.id))
    )


def _unowned(asked: AskedQuestion) -> SpokenAnswer:
    if resolve(asked.index, NameKind.CONNECTION, asked.words).id:
        return _owner(replace(asked, intent=Intent.OWNER))
    layers = tuple(layer for layer in Layer if layer in asked.heard) or tuple(Layer)
    text = answer_texts.unowned_text(asked.catalogue, layers, asked.now)
    return settled(asked, "without owner", text)


def _touches(asked: AskedQuestion) -> SpokenAnswer:
    """What touches a system, depends on a connection or carries an entity."""
    system = named_system(asked) or resolve(asked.index, NameKind.SYSTEM, asked.words).id
    connection = resolve(asked.index, NameKind.CONNECTION, asked.words)
    if system and not (connection.direct and not named_system(asked)):
        ids = tuple(one.id for one in asked.catalogue.connections.values() if system in one.systems)
        return replace(_listing(asked, asked.catalogue.system_name(system), ids), thing=system)
    if connection.id:
        return about_connection(
            asked, lambda own, one: answer_texts.depends_text(own.catalogue, one)
        )
    person = resolve(asked.index, NameKind.PERSON, asked.words)
    if person.direct:
        return people_texts.owned(replace(asked, intent=Intent.OWNED_BY), person)
    if connection.rivals:
        return _listing(asked, asked.subject, connection.rivals)
    return ask_back(asked, connection)


def _listing(asked: AskedQuestion, subject: str, ids: tuple[ConnectionId, ...]) -> SpokenAnswer:
    listed = tuple(
        Match(
            kind=NameKind.CONNECTION,
            id=id,
            score=1.0,
            why=f"touches {subject}",
        )
        for id in ids
    )
    return SpokenAnswer(
        intent=asked.intent,
        subject=subject,
        matches=listed,
        confident=True,
        text=answer_texts.listing_text(asked.catalogue, subject, ids),
        choices=ids,
    )


def _credentials(asked: AskedQuestion) -> SpokenAnswer:
    if asked.empty:
        return settled(asked, "credentials", answer_texts.expiring_text(asked.catalogue, asked.now))
    person = resolve(asked.index, NameKind.PERSON, asked.words)
    if person.direct and only_people(asked.index, asked.words):
        return people_texts.owned(asked, person)
    return about_connection(
        asked, lambda own, one: answer_texts.credentials_text(own.catalogue, one, own.now)
    )


def _changes(asked: AskedQuestion) -> SpokenAnswer:
    catalogue = asked.catalogue
    if asked.empty:
        everything = tuple(catalogue.connections.values())
        text = answer_texts.changes_text(catalogue, everything, tuple(catalogue.systems), asked.now)
        return settled(asked, "changes", text)
    system = named_system(asked)
    if system and resolve(asked.index, NameKind.CONNECTION, asked.words).id is None:
        ends = tuple(one for one in catalogue.connections.values() if system in one.systems)
        text = answer_texts.changes_text(catalogue, ends, (system,), asked.now, about=system)
        return settled(asked, catalogue.system_name(system), text, thing=system)
    return about_connection(
        asked,
        lambda own, one: answer_texts.changes_text(own.catalogue, (one,), one.systems, own.now),
    )


def _sla(asked: AskedQuestion) -> SpokenAnswer:
    return about_connection(
        asked, lambda own, one: answer_texts.sla_text(own.catalogue, own.facts(one.id))
    )


def _runbook(asked: AskedQuestion) -> SpokenAnswer:
    return about_connection(asked, lambda own, one: answer_texts.runbook_text(own.catalogue, one))


def _live(asked: AskedQuestion) -> SpokenAnswer:
    if asked.intent is Intent.STATUS and asked.empty:
        return SpokenAnswer(intent=Intent.DOWN, subject="", confident=True)
    return about_connection(asked, lambda own, one: None)


def _help(asked: AskedQuestion) -> SpokenAnswer:
    return settled(asked, "help", answer_texts.HELP)


_ANSWERS: Mapping[Intent, Callable[[AskedQuestion], SpokenAnswer]] = {
    Intent.OWNER: _owner,
    Intent.TECHNICAL_OWNER: _layer,
    Intent.FUNCTIONAL_OWNER: _layer,
    Intent.ARCHITECTURE_OWNER: _layer,
    Intent.APPROVER: _approver,
    Intent.COVER: people_texts.cover,
    Intent.OWNED_BY: _owned_by,
    Intent.UNOWNED: _unowned,
    Intent.TOUCHES: _touches,
    Intent.EXPIRY: _credentials,
    Intent.CREDENTIALS: _credentials,
    Intent.CHANGES: _changes,
    Intent.SLA: _sla,
    Intent.RUNBOOK: _runbook,
    Intent.HELP: _help,
    **dict.fromkeys(_LIVE, _live),
}
