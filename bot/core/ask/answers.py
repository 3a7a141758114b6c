"""What answers each kind of question. Rule of this file: when two things may be meant, it asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.core.ask import answer_texts
from bot.core.ask.answer import AskedQuestion, SpokenAnswer
from bot.core.ask.question_shapes import Intent
from bot.core.estate.catalogue import Connection, OwnerFacts
from bot.core.estate.ids import PersonId
from bot.core.estate.index import NameKind
from bot.core.estate.lane import Layer
from bot.core.estate.lookup import Match, Resolution, led_to, meant, without_people

_Lines = Callable[[AskedQuestion, OwnerFacts], Iterator[str]]
_Tell = Callable[[AskedQuestion, OwnerFacts], str | None]

_LAYER_OF = {
    Intent.TECHNICAL_OWNER: Layer.TECHNICAL,
    Intent.FUNCTIONAL_OWNER: Layer.FUNCTIONAL,
    Intent.ARCHITECTURE_OWNER: Layer.ARCHITECTURE,
}


def _about_connection(asked: AskedQuestion, tell: _Tell) -> SpokenAnswer:
    """Answer by `tell` when one connection is surely meant; otherwise ask back."""
    found = asked.resolve(NameKind.CONNECTION)
    if found.id is None:
        return _ask_back(asked, found)
    facts = asked.facts(found.id)
    return SpokenAnswer(
        intent=asked.intent,
        subject=facts.connection.name,
        matches=found.matches,
        confident=True,
        text=tell(asked, facts),
        connection=found.id,
    )


def _titled(lines: _Lines) -> _Tell:
    """What `lines` say, below the title of the connection."""
    return lambda asked, facts: "\n".join(
        (answer_texts.title(asked.catalogue, facts.connection), *lines(asked, facts))
    )


def _one_connection(lines: _Lines) -> Callable[[AskedQuestion], SpokenAnswer]:
    return lambda asked: _about_connection(asked, _titled(lines))


def _ask_back(asked: AskedQuestion, found: Resolution) -> SpokenAnswer:
    subject = "" if asked.empty else asked.subject
    text = answer_texts.which_text if found.rivals else answer_texts.unknown_text
    return SpokenAnswer(
        intent=asked.intent,
        subject=subject,
        matches=found.matches,
        text=text(asked.catalogue, subject, found.choices),
        choices=found.choices,
    )


def _settled(
    asked: AskedQuestion, subject: str, text: str, *, thing: str | None = None
) -> SpokenAnswer:
    return SpokenAnswer(
        intent=asked.intent, subject=subject, confident=True, text=text, thing=thing
    )


def _owner(asked: AskedQuestion) -> SpokenAnswer:
    """The owners of a connection; a lone person or party named instead is answered as such."""
    kind, found = meant(asked.index, asked.words)
    if found.id and kind is NameKind.PERSON:
        return _owned(replace(asked, intent=Intent.OWNED_BY), found.id, found)
    if found.id and kind is NameKind.PARTY:
        return _party(asked, found.id, found)
    # “Is Alice the owner of payroll?” asks about payroll; her name must not find her own
    # connections.
    beside = replace(asked, words=without_people(asked.index, asked.words))
    return _about_connection(beside, _titled(answer_texts.owner_lines))


def _owned_by(asked: AskedQuestion) -> SpokenAnswer:
    """What a person owns; what touches a system, or who owns a connection, where that is named."""
    person = asked.resolve(NameKind.PERSON)
    # “What does Bank transfers own” names a connection; a person who is merely like it is not
    # meant.
    if person.direct or not asked.named(NameKind.CONNECTION):
        if person.id:
            return _owned(asked, person.id, person)
        if person.rivals:
            return _which_person(asked, person)
    if asked.system:
        return _touches(replace(asked, intent=Intent.TOUCHES))
    return _owner(replace(asked, intent=Intent.OWNER))


def _owned(asked: AskedQuestion, person: PersonId, found: Resolution) -> SpokenAnswer:
    roles = {
        id: parts
        for id, one in asked.catalogue.connections.items()
        if (parts := ", ".join(_parts_of(person, one)))
    }
    name = asked.catalogue.person_name(person)
    text = answer_texts.owned_text(asked.catalogue, person, roles)
    matches = (*found.matches[:1], *_certain(roles))
    return replace(_settled(asked, name, text, thing=person), matches=matches)


def _certain(why: Mapping[str, str]) -> tuple[Match, ...]:
    """Connections that nobody had to guess, with the reason for each."""
    return tuple(
        Match(kind=NameKind.CONNECTION, id=id, score=1.0, why=reason) for id, reason in why.items()
    )


def _parts_of(person: PersonId, connection: Connection) -> Iterable[str]:
    yield from (f"{layer} owner" for layer in Layer if connection.owners.of(layer) == person)
    if connection.first_responder == person:
        yield "first responder"
    if any(one.owner == person for one in connection.credentials):
        yield "credential owner"


def _which_person(asked: AskedQuestion, found: Resolution) -> SpokenAnswer:
    return SpokenAnswer(
        intent=asked.intent,
        subject=asked.subject,
        matches=found.matches,
        text=answer_texts.which_person_text(asked.subject, found.rivals),
    )


def _party(asked: AskedQuestion, party: str, found: Resolution) -> SpokenAnswer:
    ids = led_to(asked.catalogue, party)
    text = answer_texts.party_text(asked.catalogue, party, ids)
    name = asked.catalogue.parties[party].name
    return replace(_settled(asked, name, text, thing=party), matches=found.matches, choices=ids)


def _cover(asked: AskedQuestion) -> SpokenAnswer:
    person, connection = asked.resolve(NameKind.PERSON), asked.resolve(NameKind.CONNECTION)
    if person.id and not (connection.direct and not person.direct):
        name = asked.catalogue.person_name(person.id)
        text = answer_texts.cover_text(asked, person.id)
        return replace(_settled(asked, name, text, thing=person.id), matches=person.matches)
    if person.rivals and not connection.id:
        return _which_person(asked, person)
    return _about_connection(asked, _titled(answer_texts.reserve_lines))


def _layer(asked: AskedQuestion) -> SpokenAnswer:
    layer = _LAYER_OF[asked.intent]
    if asked.empty:
        owners = [one.owners.of(layer) for one in asked.catalogue.connections.values()]
        people = dict.fromkeys(owner for owner in owners if owner)
        return _settled(asked, f"{layer} owners", answer_texts.people_text(people, layer))
    return _about_connection(asked, lambda own, facts: answer_texts.layer_text(own, facts, layer))


def _unowned(asked: AskedQuestion) -> SpokenAnswer:
    if asked.resolve(NameKind.CONNECTION).id:
        return _owner(replace(asked, intent=Intent.OWNER))
    layers = tuple(layer for layer in Layer if layer in asked.heard) or tuple(Layer)
    return _settled(asked, "without owner", answer_texts.unowned_text(asked, layers))


def _touches(asked: AskedQuestion) -> SpokenAnswer:
    """What touches a system, depends on a connection or carries an entity."""
    system = asked.system or asked.resolve(NameKind.SYSTEM).id
    connection = asked.resolve(NameKind.CONNECTION)
    if system and not (connection.direct and not asked.system):
        ids = (one.id for one in asked.catalogue.connections.values() if system in one.systems)
        return replace(_listing(asked, asked.catalogue.system_name(system), ids), thing=system)
    if connection.id:
        return _about_connection(asked, _titled(answer_texts.depends_lines))
    person = asked.resolve(NameKind.PERSON)
    if person.direct and person.id:
        return _owned(replace(asked, intent=Intent.OWNED_BY), person.id, person)
    if connection.rivals:
        return _listing(asked, asked.subject, connection.rivals)
    return _ask_back(asked, connection)


def _listing(asked: AskedQuestion, subject: str, connections: Iterable[str]) -> SpokenAnswer:
    ids = tuple(connections)
    text = answer_texts.listing_text(asked.catalogue, subject, ids)
    listed = _certain(dict.fromkeys(ids, f"touches {subject}"))
    return replace(_settled(asked, subject, text), matches=listed, choices=ids)


def _credentials(asked: AskedQuestion) -> SpokenAnswer:
    if asked.empty:
        return _settled(asked, "credentials", answer_texts.expiring_text(asked))
    person = asked.resolve(NameKind.PERSON)
    if person.direct and person.id and asked.only_people:
        return _owned(asked, person.id, person)
    return _about_connection(asked, _titled(answer_texts.credentials_lines))


def _changes(asked: AskedQuestion) -> SpokenAnswer:
    catalogue, system = asked.catalogue, asked.system
    everything = tuple(catalogue.connections.values())
    if asked.empty:
        text = answer_texts.changes_text(asked, everything, catalogue.systems)
        return _settled(asked, "changes", text)
    if system and asked.resolve(NameKind.CONNECTION).id is None:
        ends = tuple(one for one in everything if system in one.systems)
        text = answer_texts.changes_text(asked, ends, (system,), about=system)
        return _settled(asked, catalogue.system_name(system), text, thing=system)
    return _about_connection(
        asked,
        lambda own, facts: answer_texts.changes_text(
            own, (facts.connection,), facts.connection.systems
        ),
    )


def _live(asked: AskedQuestion) -> SpokenAnswer:
    if asked.intent is Intent.STATUS and asked.empty:
        return SpokenAnswer(intent=Intent.DOWN, subject="", confident=True)
    return _about_connection(asked, lambda own, facts: None)


ANSWERS: Mapping[Intent, Callable[[AskedQuestion], SpokenAnswer]] = {
    Intent.OWNER: _owner,
    **dict.fromkeys(_LAYER_OF, _layer),
    Intent.APPROVER: _one_connection(answer_texts.approver_lines),
    Intent.COVER: _cover,
    Intent.OWNED_BY: _owned_by,
    Intent.UNOWNED: _unowned,
    Intent.TOUCHES: _touches,
    Intent.EXPIRY: _credentials,
    Intent.CREDENTIALS: _credentials,
    Intent.CHANGES: _changes,
    Intent.SLA: _one_connection(answer_texts.sla_lines),
    Intent.RUNBOOK: _one_connection(answer_texts.runbook_lines),
    Intent.HELP: lambda asked: _settled(asked, "help", answer_texts.HELP),
    **dict.fromkeys((Intent.STATUS, Intent.LAST_SYNC, Intent.DOWN, Intent.OWNER_THEN), _live),
}
