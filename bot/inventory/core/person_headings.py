"""Headings of owners and their addresses, in parts: of which layer, a person or a mailbox.

Lists shorten these words at will (`Techn. Verantw.`, `Mail fachl.`), so a part is known by how it
begins. Rule of this file: a word that is none of the parts makes the heading another one.
"""

from bot.inventory.core.lists import Field
from bot.inventory.core.vocabulary import words

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
