"""What cells say: nothing, a direction, a person, a team, a criticality, in several languages."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from bot.core.estate.catalogue import Build, Criticality
from bot.core.estate.description import Stage
from bot.inventory.core.lists import Named, Way
from bot.inventory.core.same_system import words
from bot.language.marks import blank
from bot.language.words import is_team, plain_words

_NOTHING = words(
    """n/a na n.a. none nil null - -- --- — – ? ?? ??? . tbd tba todo unknown unbekannt onbekend
    inconnu desconocido sconosciuto keine keiner geen aucun ninguno nessuno nobody niemand x/x
    #n/a #ref! #value! #name? leer offen"""
) | {"to be defined", "to do", "not known", "not applicable", "no owner", "k.a.", "kein", "(none)"}


class Direction(StrEnum):
    """Which way data goes, seen from the system whose list it is."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


_DIRECTIONS: Mapping[Direction, str] = {
    Direction.IN: """in inbound incoming import eingehend eingang rein inkomend entrant entrante
        entrata ingresso receive pull read lesend ein""",
    Direction.OUT: """out outbound outgoing export ausgehend ausgang raus uitgaand sortant saliente
        salida uscita send push write schreibend aus""",
    Direction.BOTH: """both bidirectional bi 2way inout beide beidseitig bidirektional
        bidirectionneel wederzijds bidirectionnel bidireccional bidirezionale ambos entrambi
        twoway duplex""",
}
_ROUTE = re.compile(
    r"\s*(<-+>|<=+>|[⇄↔⟷⇔]|-+>|=+>|[→⇒⟶➜➔►»]|<-+|<=+|[←⇐]|\s>+\s)\s*", re.IGNORECASE
)
_MAIL = re.compile(r"[^\s<>()\[\],;:\"'|]+@[^\s<>()\[\],;:\"'|]+\.[^\s<>()\[\],;:\"'|.]+")
_SPLIT = re.compile(r"\s*(?:[,;|\n]|\s/\s|\s\+\s|\s&\s)\s*")

_CRITICALITY: Mapping[Criticality, str] = {
    Criticality.CRITICAL: """critical kritisch kritiek critique critico critica p1 1 a
        mission top vital lebenswichtig geschaftskritisch unternehmenskritisch bedrijfskritisch
        bedrijfskritiek essentiel essentieel essential sehrhoch veryhigh zeerhoog treshaut treshaute
        treselevee muyalto muyalta moltoalto moltoalta bloccante bloquant blocker
        highest yes ja oui si x""",
    Criticality.IMPORTANT: """important high hoch hoog haut haute elevee elevada alto alta wichtig
        belangrijk importante p2 2 b medium mittel middel gemiddeld moyen moyenne medio media
        normal h m""",
    Criticality.SUPPORTING: """supporting low niedrig gering laag bas basse faible bajo baja basso
        bassa p3 3 p4 4 c d l minor unkritisch nice unwichtig unterstutzend""",
}
_NOT = words("not non nicht niet no pas nie less weniger minder moins")
_BUILDS: Mapping[Build, str] = {
    Build.IPAAS: """ipaas boomi celigo mulesoft workato jitterbit tray snaplogic make zapier
        integromat cpi iflow informatica synesty alumio talend""",
    Build.SCRIPT: """script skript scripts cron cronjob powershell python bash batch vba macro makro
        scheduler""",
    Build.CUSTOM: """custom bespoke eigenentwicklung individuell maatwerk specifique medida inhouse
        selbstgebaut""",
    Build.NATIVE: "native standard standardkonnektor plugin marketplace appstore addon",
    Build.PUBLISHER: "publisher extension erweiterung",
}
_STAGES: Mapping[Stage, str] = {
    Stage.RETIRED: """retired decommissioned inactive disabled off inaktiv abgeschaltet stillgelegt
        deaktiviert inactief uitgeschakeld inactif desactive inactivo inattivo obsolete no nein nee
        non false stopped ausser uitgefaseerd buiten uit hors dismesso dismessa retirado""",
    Stage.TO_RETIRE: "deprecated sunset ablosung phaseout legacy abzulosen",
    Stage.PLANNED: "planned geplant gepland planifie planificado pianificato idea draft entwurf",
    Stage.LIVE: """active live running enabled on aktiv actief actif activo attivo produktiv
        productive production productie produktion produzione produccion betrieb gebruik yes ja oui
        si true ok""",
    Stage.GOING_LIVE: "pilot test testing uat rollout",
}
_FORMULA = ("=", "+", "@", "-")  # a name does not start so
_NO_PERSON = words(
    """it dsi edv ict erp finance finanzen sales vertrieb marketing hr logistics logistik warehouse
    lager purchasing einkauf operations accounting buchhaltung admin administrator system service
    integration integrations external extern vendor partner consultant agency infrastructure
    informatique devops accounts payable receivable treasury financien inkoop verkoop boekhouding
    administratie personeel magazijn logistiek kwaliteit dienst groep gruppe service services
    achats ventes compras ventas acquisti vendite comptabilite contabilidad contabilita finances
    finanzas finanza amministrazione logistique logistica magasin facturation qualite production
    produktion productie rh gl ap ar bi sap crm edi and und en et e y everybody
    alle various diverse mehrere basis controlling
    ausgeschieden left departed vertrokken vacant vakant gone former"""
)


def said(cell: str) -> str:
    """The cell on one line; empty when it says that there is nothing to say."""
    text = " ".join(cell.split())
    return "" if text.casefold() in _NOTHING or blank(text) else text


def parts(cell: str) -> tuple[str, ...]:
    """The items of a cell that lists several: `Orders, Customers; returns`. Each once."""
    items = (said(item.strip(" •*-–")) for item in _SPLIT.split(cell))
    return tuple(dict.fromkeys(item for item in items if item))


def direction(cell: str) -> Direction | None:
    """In, out or both, from words such as `Inbound`, `<->` or `ausgehend`; None when not said."""
    text = cell.strip()
    if re.fullmatch(r"<[-=]*>|[⇄↔⟷⇔]", text):
        return Direction.BOTH
    if re.fullmatch(r"[-=]+>|[→⇒]", text):
        return Direction.OUT
    if re.fullmatch(r"<[-=]+|[←⇐]", text):
        return Direction.IN
    typed = set(plain_words(text))
    found = {way for way, known in _DIRECTIONS.items() if typed & set(known.split())}
    # “In/Out” holds both words.
    if len(found) > 1:
        return Direction.BOTH
    return next(iter(found), None)


def route(cell: str) -> tuple[str, str, Way] | None:
    """Both ends of `Shop -> ERP`, `ERP <-> bank` or `Bank <- ERP`; None when there is no arrow.
    Of a longer chain the first and the last are taken."""
    pieces = _ROUTE.split(cell)
    if len(pieces) < 3:
        return None
    start, arrow, end = said(pieces[0]), pieces[1], said(pieces[-1])
    if not start or not end:
        return None
    if ("<" in arrow and ">" in arrow) or arrow in "⇄↔⟷⇔":
        return start, end, Way.BOTH
    return (end, start, Way.FORWARD) if arrow[0] in "<←⇐" else (start, end, Way.FORWARD)


def person(cell: str, mail: str = "") -> Named | None:
    """Who a cell names; None when nobody. `Ann Lee <ann@x.com>`, `Lee, Ann` and a bare address
    are read; of several people the first is taken and the others are kept as such."""
    cell = cell if said(cell) else ""
    mails = [one.casefold() for one in (*_MAIL.findall(cell), *_MAIL.findall(mail))]
    email = mails[0] if mails else ""
    rest = _MAIL.sub(" ", cell) if _MAIL.search(cell) else cell
    # Kept as it is, and as nobody's name: taken apart it might pass for one.
    if rest.lstrip()[:1] in _FORMULA:
        return Named(name=said(rest), email=email)
    rest = re.sub(r"[<>\[\]\"]|mailto:", " ", rest)
    beside = [said(one) for one in _BRACKETS.findall(rest)]
    outside = _BRACKETS.sub(" ", rest) if said(_BRACKETS.sub(" ", rest)) else rest
    names = [name for name in map(_straight, _several(outside)) if name]
    others = dict.fromkeys(one for one in (*names[1:], *beside, *mails[1:]) if one)
    named = names[0] if names else ""
    kept = tuple(one for one in others if one.casefold() not in (named.casefold(), email))
    return Named(name=named, email=email, others=kept) if named or email else None


_BRACKETS = re.compile(r"\(([^()]{0,200})\)")
_BETWEEN = re.compile(r"[;/|\n&+]|\s-\s|\s(?:and|und|en|et|or|oder|u\.)\s", re.IGNORECASE)


def _several(cell: str) -> Iterator[str]:
    """The people of a cell. A comma stands between two of them unless it may stand between one's
    surname and given name."""
    for part in _BETWEEN.split(cell):
        items = [said(one) for one in part.split(",") if said(one)]
        whole = [len(one.split()) > 1 and not one[0].islower() for one in items]
        # “Lee, Ann” is one person; “Ann Lee, Bob Ray” are two, since each part is a whole name.
        if len(items) > 2 or (len(items) == 2 and all(whole)):
            yield from items
        else:
            yield said(part)


def _straight(name: str) -> str:
    """`Lee, Ann` as `Ann Lee`, the way the name is spoken."""
    name = re.sub(r"[()]", " ", name)
    surname, comma, given = name.partition(",")
    if comma and len(given.split()) == 1 and len(surname.split()) == 1:
        name = f"{given.strip()} {surname.strip()}"
    return said(name.strip(" ,"))


def nobody_in_particular(who: Named) -> bool:
    """Whether the name is that of a team, a department or a company rather than of a person."""
    if who.name[:1] in _FORMULA:
        return True
    said = plain_words(who.name) or plain_words(who.email.partition("@")[0])
    if not said or is_team(" ".join(said)) or is_team(who.name):
        return True
    return all(word in _NO_PERSON for word in said)


def criticality(cell: str) -> Criticality | None:
    found = _find(cell, _CRITICALITY)
    # “Nicht kritisch” holds the word for critical.
    denied = found is Criticality.CRITICAL and _NOT & {*plain_words(cell)}
    return Criticality.SUPPORTING if denied else found


def build(cell: str) -> Build | None:
    return _find(cell, _BUILDS)


def stage(cell: str) -> Stage | None:
    return _find(cell, _STAGES)


Known = TypeVar("Known")


def _find(cell: str, known: Mapping[Known, str]) -> Known | None:
    typed = plain_words(cell)
    # Two words as one: “sehr hoch” and “very high” stand in the table as one word.
    tried = {*typed, *("".join(pair) for pair in pairwise(typed))}
    return next((one for one, text in known.items() if tried & set(text.split())), None)
