"""Who owns what: one plain question in, one answer out, the same for every face.

Rule of this file: it never guesses. An answer is `confident` or it says what else may be meant.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import answers
from bot.core.catalogue import Catalogue, Connection, ConnectionId, Layer, PersonId
from bot.core.matching import Index, Kind, Match, index_of, mentions
from bot.core.questions import Intent, Question, is_cue, read, straighten
from bot.core.resolving import Resolution, named_things, resolve
from bot.core.responsibility import NO_COVER, LaneFact, OwnerFacts, owner_facts
from bot.core.words import is_small_talk, name_members, plain_words, stem, telling

__all__ = ["Answer", "Intent", "Kind", "LaneFact", "Match", "OwnerFacts", "ask", "owner_facts"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text` carries the marks of `bot.core.text`. It is None where only live facts can tell
    (STATUS, LAST_SYNC, DOWN) or only the ledger (OWNER_THEN): the flow fills it in. `choices`
    are the connections that may be meant, best first, when `connection` is None."""

    intent: Intent
    subject: str
    matches: tuple[Match, ...] = ()
    confident: bool = False
    text: str | None = None
    connection: ConnectionId | None = None
    choices: tuple[ConnectionId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question on its way to its answer. `words` are those that say what is meant."""

    index: Index
    intent: Intent
    words: tuple[str, ...]
    heard: frozenset[str]  # every word of the question
    now: datetime
    cover: Mapping[PersonId, PersonId]
    asker: PersonId | None

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
        return owner_facts(self.catalogue, id, self.now, self.cover)


def ask(
    catalogue: Catalogue,
    text: str,
    now: datetime,
    *,
    cover: Mapping[PersonId, PersonId] = NO_COVER,
    asker: PersonId | None = None,
) -> Answer:
    """Answer a question in plain words. `cover` maps people to who stands in for them at `now`;
    `asker` is whom "I" and "me" mean. Never raises on any text."""
    index = index_of(catalogue)
    members = {
        person.slack_id: person.id for person in catalogue.people.values() if person.slack_id
    }
    words = plain_words(name_members(text, members))
    words = straighten(words, lambda word: index.near_anything(stem(word)))
    question, rest = _read(index, words, asker)
    asked = _Asked(
        index=index,
        intent=question.intent,
        words=tuple(rest),
        heard=frozenset(words),
        now=now,
        cover=cover,
        asker=asker,
    )
    return _ANSWERS[asked.intent](asked)


def _read(index: Index, words: list[str], asker: PersonId | None) -> tuple[Question, list[str]]:
    """The question's shape, read with everything named hidden, and its remaining words."""
    masked, hidden = _mask(index, words)
    question = read(masked)
    rest = [part for word in question.rest for part in hidden.get(word, (word,))]
    if question.intent in _TIMED:
        rest = [word for word in rest if not _TIME.fullmatch(word) or index.knows(stem(word))]
    if asker and question.intent in (Intent.OWNED_BY, Intent.COVER) and _ME & set(words):
        rest = [*rest, *plain_words(asker)]
    if not telling(rest) and question.intent not in _ESTATE and _only_names(index, words):
        return Question(intent=Intent.OWNER, rest=question.rest), words
    return question, rest


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


def _about_connection(asked: _Asked, tell: Callable[[_Asked, Connection], str | None]) -> Answer:
    """Answer by `tell` when one connection is surely meant; otherwise ask back."""
    found = resolve(asked.index, Kind.CONNECTION, asked.words)
    if found.id is None:
        return _ask_back(asked, found)
    connection = asked.catalogue.connections[found.id]
    return Answer(
        intent=asked.intent,
        subject=connection.name,
        matches=found.matches,
        confident=True,
        text=tell(asked, connection),
        connection=connection.id,
    )


def _ask_back(asked: _Asked, found: Resolution) -> Answer:
    subject = "" if asked.empty else asked.subject
    if found.rivals:
        text = answers.which_text(asked.catalogue, subject, found.rivals)
    else:
        text = answers.unknown_text(asked.catalogue, subject, found.nearest)
    return Answer(
        intent=asked.intent,
        subject=subject,
        matches=found.matches,
        text=text,
        choices=found.rivals or found.nearest,
    )


def _owner(asked: _Asked) -> Answer:
    """The owners of a connection; a lone person or party named instead is answered as such."""
    answer = _about_connection(
        _without_people(asked),
        lambda own, one: answers.owner_text(own.catalogue, own.facts(one.id)),
    )
    if answer.confident or named_things(asked.index, Kind.CONNECTION, asked.words):
        return answer
    person = resolve(asked.index, Kind.PERSON, asked.words)
    only_people = _without_people(asked) is asked
    if person.id and (not answer.choices or (person.direct and only_people)):
        return _owned(replace(asked, intent=Intent.OWNED_BY), person)
    party = resolve(asked.index, Kind.PARTY, asked.words)
    if party.direct and party.id and not _named_system(asked):
        return _party(asked, party)
    return answer


def _without_people(asked: _Asked) -> _Asked:
    """The question without the people in it, where something else is left: "is Alice responsible
    for payroll?" is about payroll."""
    words = list(asked.words)
    for mention in reversed(mentions(asked.index, words)):
        if all(kind is Kind.PERSON for kind, _ in mention.targets):
            del words[mention.start : mention.end]
    return replace(asked, words=tuple(words)) if telling(words) else asked


def _layer(asked: _Asked) -> Answer:
    layer = _LAYER_OF[asked.intent]
    if asked.empty:
        owners = [one.owners.of(layer) for one in asked.catalogue.connections.values()]
        people = dict.fromkeys(owner for owner in owners if owner)
        return _settled(asked, f"{layer} owners", answers.people_text(people, layer))
    return _about_connection(
        asked, lambda own, one: answers.layer_text(own.catalogue, own.facts(one.id), layer)
    )


def _approver(asked: _Asked) -> Answer:
    return _about_connection(
        asked, lambda own, one: answers.approver_text(own.catalogue, own.facts(one.id))
    )


def _cover(asked: _Asked) -> Answer:
    person = resolve(asked.index, Kind.PERSON, asked.words)
    connection = resolve(asked.index, Kind.CONNECTION, asked.words)
    if person.id and not (connection.direct and not person.direct):
        return Answer(
            intent=asked.intent,
            subject=asked.catalogue.person_name(person.id),
            matches=person.matches,
            confident=True,
            text=answers.cover_text(asked.catalogue, person.id, asked.cover),
        )
    if person.rivals and not connection.id:
        return _which_person(asked, person)
    return _about_connection(
        asked, lambda own, one: answers.reserve_text(own.catalogue, own.facts(one.id))
    )


def _owned_by(asked: _Asked) -> Answer:
    person = resolve(asked.index, Kind.PERSON, asked.words)
    if named_things(asked.index, Kind.CONNECTION, asked.words) and not person.direct:
        return _owner(replace(asked, intent=Intent.OWNER))
    if person.id:
        return _owned(asked, person)
    if person.rivals:
        return _which_person(asked, person)
    if _named_system(asked):
        return _touches(replace(asked, intent=Intent.TOUCHES))
    return _owner(replace(asked, intent=Intent.OWNER))


def _owned(asked: _Asked, person: Resolution) -> Answer:
    assert person.id is not None
    roles = {
        connection.id: parts
        for connection in asked.catalogue.connections.values()
        if (parts := _parts_of(person.id, connection))
    }
    owned = tuple(
        Match(
            kind=Kind.CONNECTION,
            id=id,
            name=asked.catalogue.connections[id].name,
            score=1.0,
            why=", ".join(parts),
        )
        for id, parts in roles.items()
    )
    return Answer(
        intent=asked.intent,
        subject=asked.catalogue.person_name(person.id),
        matches=(*person.matches[:1], *owned),
        confident=True,
        text=answers.owned_text(asked.catalogue, person.id, roles),
    )


def _parts_of(person: PersonId, connection: Connection) -> tuple[str, ...]:
    parts = [f"{layer} owner" for layer in Layer if connection.owners.of(layer) == person]
    if connection.first_responder == person:
        parts.append("first responder")
    if any(one.owner == person for one in connection.credentials):
        parts.append("credential owner")
    return tuple(parts)


def _which_person(asked: _Asked, found: Resolution) -> Answer:
    return Answer(
        intent=asked.intent,
        subject=asked.subject,
        matches=found.matches,
        text=answers.which_person_text(asked.subject, found.rivals),
    )


def _party(asked: _Asked, party: Resolution) -> Answer:
    assert party.id is not None
    ids = tuple(
        one.id for one in asked.catalogue.connections.values() if party.id in one.lanes.values()
    )
    return Answer(
        intent=asked.intent,
        subject=asked.index.name(Kind.PARTY, party.id),
        matches=party.matches,
        confident=True,
        text=answers.party_text(asked.catalogue, party.id, ids),
        choices=ids,
    )


def _unowned(asked: _Asked) -> Answer:
    if resolve(asked.index, Kind.CONNECTION, asked.words).id:
        return _owner(replace(asked, intent=Intent.OWNER))
    layers = tuple(layer for layer in Layer if layer in asked.heard) or tuple(Layer)
    text = answers.unowned_text(asked.catalogue, layers, asked.now)
    return _settled(asked, "without owner", text)


def _named_system(asked: _Asked) -> str | None:
    named = named_things(asked.index, Kind.SYSTEM, asked.words)
    return named[0] if len(named) == 1 else None


def _touches(asked: _Asked) -> Answer:
    """What touches a system, depends on a connection or carries an entity."""
    system = _named_system(asked) or resolve(asked.index, Kind.SYSTEM, asked.words).id
    connection = resolve(asked.index, Kind.CONNECTION, asked.words)
    if system and not (connection.direct and not _named_system(asked)):
        ids = tuple(one.id for one in asked.catalogue.connections.values() if system in one.systems)
        return _listing(asked, asked.catalogue.system_name(system), ids)
    if connection.id:
        return _about_connection(asked, lambda own, one: answers.depends_text(own.catalogue, one))
    person = resolve(asked.index, Kind.PERSON, asked.words)
    if person.direct:
        return _owned(replace(asked, intent=Intent.OWNED_BY), person)
    if connection.rivals:
        return _listing(asked, asked.subject, connection.rivals)
    return _ask_back(asked, connection)


def _listing(asked: _Asked, subject: str, ids: tuple[ConnectionId, ...]) -> Answer:
    listed = tuple(
        Match(
            kind=Kind.CONNECTION,
            id=id,
            name=asked.catalogue.connections[id].name,
            score=1.0,
            why=f"touches {subject}",
        )
        for id in ids
    )
    return Answer(
        intent=asked.intent,
        subject=subject,
        matches=listed,
        confident=True,
        text=answers.listing_text(asked.catalogue, subject, ids),
        choices=ids,
    )


def _credentials(asked: _Asked) -> Answer:
    if asked.empty:
        return _settled(asked, "credentials", answers.expiring_text(asked.catalogue, asked.now))
    return _about_connection(
        asked, lambda own, one: answers.credentials_text(own.catalogue, one, own.now)
    )


def _changes(asked: _Asked) -> Answer:
    catalogue = asked.catalogue
    if asked.empty:
        everything = tuple(catalogue.connections.values())
        text = answers.changes_text(catalogue, everything, tuple(catalogue.systems), asked.now)
        return _settled(asked, "changes", text)
    return _about_connection(
        asked,
        lambda own, one: answers.changes_text(own.catalogue, (one,), one.systems, own.now),
    )


def _sla(asked: _Asked) -> Answer:
    return _about_connection(
        asked, lambda own, one: answers.sla_text(own.catalogue, own.facts(one.id))
    )


def _runbook(asked: _Asked) -> Answer:
    return _about_connection(asked, lambda own, one: answers.runbook_text(own.catalogue, one))


def _live(asked: _Asked) -> Answer:
    if asked.intent is Intent.STATUS and asked.empty:
        return Answer(intent=Intent.DOWN, subject="", confident=True)
    return _about_connection(asked, lambda own, one: None)


def _help(asked: _Asked) -> Answer:
    return _settled(asked, "help", answers.HELP)


def _settled(asked: _Asked, subject: str, text: str) -> Answer:
    return Answer(intent=asked.intent, subject=subject, confident=True, text=text)


_ANSWERS: Mapping[Intent, Callable[[_Asked], Answer]] = {
    Intent.OWNER: _owner,
    Intent.TECHNICAL_OWNER: _layer,
    Intent.FUNCTIONAL_OWNER: _layer,
    Intent.ARCHITECTURE_OWNER: _layer,
    Intent.APPROVER: _approver,
    Intent.COVER: _cover,
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
