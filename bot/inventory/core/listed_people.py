"""The people that lists name, each once, however they are written.

Rule of this file: an address decides; a name alone is joined to an address only when a single
address goes with that name.

Headings of owners and their addresses, in parts: of which layer, a person or a mailbox.

Lists shorten these words at will (`Techn. Verantw.`, `Mail fachl.`), so a part is known by how it
begins. Rule of this file: a word that is none of the parts makes the heading another one.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.inventory.core.cells import nobody_in_particular
from bot.inventory.core.draft import DraftPerson
from bot.inventory.core.lists import Field, Named
from bot.inventory.core.naming import Labels
from bot.inventory.core.same_system import words
from bot.language.words import plain_words

# What the estate file takes; mail knows no longer ones.
_LONGEST_ADDRESS = 254


class ListedPeople:
    """A register of who was named where. `known` people keep their ids."""

    def __init__(
        self, named: Iterable[tuple[str, Named]], known: Iterable[DraftPerson] = ()
    ) -> None:
        """`named` are places and the people they name, in the order in which lists are read."""
        self._people: dict[str, DraftPerson] = {}
        self._by_mail: dict[str, str] = {}
        self._by_name: dict[str, set[str]] = {}
        self._places: dict[str, list[str]] = {}
        self._ids = Labels()
        for person in known:
            self._ids.take(person.id)
            self._keep(person)
        ordered = [one for one in named if not nobody_in_particular(one[1])]
        # Those with an address first: names alone are then looked up among them.
        for place, who in sorted(ordered, key=lambda one: not one[1].email):
            self._enter(place, who)

    def find(self, who: Named) -> DraftPerson | None:
        """The person; None for a team or somebody who was never entered."""
        if who.email in self._by_mail:
            return self._people[self._by_mail[who.email]]
        ids = self._by_name.get(_key(who.name), set())
        # Two people of one name: a guess would make somebody the owner of what is not theirs.
        return self._people[next(iter(ids))] if len(ids) == 1 else None

    def all(self) -> tuple[DraftPerson, ...]:
        return tuple(
            replace(one, places=tuple(dict.fromkeys(self._places.get(one.id, ()))))
            for one in self._people.values()
        )

    def _enter(self, place: str, who: Named) -> None:
        found = self.find(who)
        if found is None:
            email = who.email if len(who.email) <= _LONGEST_ADDRESS else ""
            name = (who.name or _from_mailbox(email))[:100]
            found = DraftPerson(id=self._ids.id(name, "person"), name=name, email=email)
            self._keep(found)
        elif who.name:
            self._by_name.setdefault(_key(who.name), set()).add(found.id)
        self._places.setdefault(found.id, []).append(place)

    def _keep(self, person: DraftPerson) -> None:
        self._people[person.id] = person
        for label in (person.name, *person.aliases):
            self._by_name.setdefault(_key(label), set()).add(person.id)
        if person.email:
            self._by_mail[person.email.casefold()] = person.id


def _key(name: str) -> str:
    """`Lee, Ann` and `ann LEE` are one."""
    return " ".join(sorted(plain_words(name)))


def _from_mailbox(email: str) -> str:
    words = plain_words(email.partition("@")[0].replace(".", " ").replace("_", " "))
    return " ".join(word.capitalize() for word in words) or email


_TECHNICAL = ("tech", "tecn")
_FUNCTIONAL = ("func", "funkt", "funz", "fonct", "fachl", "busin")
_OTHERS = (
    *words("technolog tecnolog technik funktion function fonction funzione funcion response"),
    "responder",
)
_STILL = (*words("functional functioneel functionn fonctionn funzional funcional funktional"),)
_FUNCTIONAL_WORDS = words("fach fachbereich fachabteilung metier negocio")
_PERSON = (
    *("own", "resp", "verantw", "ansprech", "kontakt", "contact", "contatt", "eigenaar", "beheer"),
    *("zustand", "zustaend", "propriet", "propiet", "referent", "betreu", "admin"),
)
_MAIL = words("mail mails email emails courriel correo mailadresse emailadresse mailadres posta")
_BESIDE = words(
    "e of the der des de du del di e address adresse adres elettronica electronico name"
)

_LAYERED = {
    (True, False): Field.TECHNICAL,
    (True, True): Field.MAIL,
    (False, False): Field.FUNCTIONAL,
    (False, True): Field.FUNCTIONAL_MAIL,
}


def of_a_person(said: str) -> Field | None:
    """The field of a heading that is a layer with a person, a mailbox or both; None for others. A
    person alone is the technical owner, as `responsible` is."""
    parts = said.split()
    layers, mail = _layers(parts), _is_mail(parts)
    person = any(_is_person(part) for part in parts)
    rest = [one for one in parts if not (_layers([one]) or _is_person(one) or one in _MAIL)]
    if any(one not in _BESIDE for one in rest) or (not person and not (mail and layers)):
        return None
    # “Technical / functional owner” names one person for both, and nobody knows for which.
    if len(layers) > 1:
        return None
    return _LAYERED[layers != {False}, mail]


def contradicts(said: str, field: Field) -> bool:
    """Whether a heading that only resembles one of `field` names another layer, or a mailbox
    where that is none."""
    found = next((key for key, one in _LAYERED.items() if one is field), None)
    if found is None:
        return False
    layers = _layers(said.split())
    return (bool(layers) and layers != {found[0]}) or _is_mail(said.split()) != found[1]


def _layers(parts: list[str]) -> set[bool]:
    """True for the technical layer, False for the functional one."""
    return {
        part.startswith(_TECHNICAL)
        for part in parts
        if part in _FUNCTIONAL_WORDS
        or (part.startswith((*_TECHNICAL, *_FUNCTIONAL)) and not _is_another(part))
    }


def _is_another(part: str) -> bool:
    return part.startswith(_OTHERS) and not part.startswith(_STILL)


def _is_person(part: str) -> bool:
    return part.startswith(_PERSON) and not _is_another(part)


def _is_mail(parts: list[str]) -> bool:
    return bool(_MAIL & set(parts))
