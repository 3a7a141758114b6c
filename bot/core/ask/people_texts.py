"""Answers about people and parties: who covers, who has a part in what, how to reach a party.

Rule of this file: people appear as marks, so that each face shows them in its own way.
"""

from bot.core.ask import answer_texts
from bot.core.ask.answer import AskedQuestion, SpokenAnswer, about_connection
from bot.core.estate.catalogue import Connection
from bot.core.estate.ids import PersonId
from bot.core.estate.index import NameKind
from bot.core.estate.lane import Layer
from bot.core.estate.lookup import Match, Resolution, led_to, named_things, resolve


def cover(asked: AskedQuestion) -> SpokenAnswer:
    person = resolve(asked.index, NameKind.PERSON, asked.words)
    connection = resolve(asked.index, NameKind.CONNECTION, asked.words)
    if person.id and not (connection.direct and not person.direct):
        return SpokenAnswer(
            intent=asked.intent,
            subject=asked.catalogue.person_name(person.id),
            thing=person.id,
            matches=person.matches,
            confident=True,
            text=answer_texts.cover_text(asked.catalogue, person.id, asked.cover, asked.until),
        )
    if person.rivals and not connection.id:
        return _which_person(asked, person)
    return about_connection(
        asked, lambda own, one: answer_texts.reserve_text(own.catalogue, own.facts(one.id))
    )


def owned_by(asked: AskedQuestion) -> SpokenAnswer | None:
    """What a person owns; None when the question is about no person after all."""
    person = resolve(asked.index, NameKind.PERSON, asked.words)
    if named_things(asked.index, NameKind.CONNECTION, asked.words) and not person.direct:
        return None
    if person.id:
        return owned(asked, person)
    return _which_person(asked, person) if person.rivals else None


def owned(asked: AskedQuestion, person: Resolution) -> SpokenAnswer:
    assert person.id is not None
    roles = {
        connection.id: parts
        for connection in asked.catalogue.connections.values()
        if (parts := _parts_of(person.id, connection))
    }
    owned = tuple(
        Match(
            kind=NameKind.CONNECTION,
            id=id,
            score=1.0,
            why=", ".join(parts),
        )
        for id, parts in roles.items()
    )
    return SpokenAnswer(
        intent=asked.intent,
        subject=asked.catalogue.person_name(person.id),
        thing=person.id,
        matches=(*person.matches[:1], *owned),
        confident=True,
        text=answer_texts.owned_text(asked.catalogue, person.id, roles),
    )


def party(asked: AskedQuestion, party: Resolution) -> SpokenAnswer:
    assert party.id is not None
    ids = led_to(asked.catalogue, party.id)
    return SpokenAnswer(
        intent=asked.intent,
        subject=asked.catalogue.parties[party.id].name,
        thing=party.id,
        matches=party.matches,
        confident=True,
        text=answer_texts.party_text(asked.catalogue, party.id, ids),
        choices=ids,
    )


def _parts_of(person: PersonId, connection: Connection) -> tuple[str, ...]:
    parts = [f"{layer} owner" for layer in Layer if connection.owners.of(layer) == person]
    if connection.first_responder == person:
        parts.append("first responder")
    if any(one.owner == person for one in connection.credentials):
        parts.append("credential owner")
    return tuple(parts)


def _which_person(asked: AskedQuestion, found: Resolution) -> SpokenAnswer:
    return SpokenAnswer(
        intent=asked.intent,
        subject=asked.subject,
        matches=found.matches,
        text=answer_texts.which_person_text(asked.subject, found.rivals),
    )
