"""Whether a name is that of one person, who can be woken up, or of a team, which cannot.

Rule of this file: a word counts only where no person's name has it, so a surname such as Dienst or
Groep is nobody's fault.
"""

import re

from bot.language.words import folded

_LAST = frozenset(
    {"all", "crew", "department", "dept", "desk", "everyone", "group", "helpdesk"}
    | {"servicedesk", "squad", "staff", "support", "team", "abteilung", "afdeling", "beheer"}
    | {"equipe", "equipo"}
)
# `Team Logistik`, `Service Achats`, `Afd. Inkoop`: no given name is one of these.
_FIRST = frozenset(
    {"team", "crew", "squad", "helpdesk", "servicedesk", "department", "dept"}
    | {"departement", "departamento", "dipartimento", "abteilung", "abt", "afdeling", "afd"}
    | {"dienst", "beheer", "gruppe", "groep", "groupe", "grupo", "gruppo"}
    | {"equipe", "equipo", "squadra", "service", "services", "servicio", "servizio"}
    | {"bureau", "ufficio", "reparto", "pole", "cellule", "gestion", "direction"}
    | {"direccion", "direzione", "fachbereich", "referat"}
)
# `Applicatiebeheer`, `Finanzabteilung`, `Debiteurenadministratie`: written as one word.
_END = (
    *(
        "abteilung",
        "afdeling",
        "administratie",
        "administration",
        "beheer",
        "buchhaltung",
        "verwaltung",
        "team",
    ),
    *("zaken", "kundendienst", "klantenservice", "binnendienst", "buitendienst", "innendienst"),
)
_LEADS = frozenset({"lead", "leader", "leiter", "leiterin", "manager", "head", "chef"})


def is_team(name: str) -> bool:
    """Whether a name, or an id, has a word in the place where teams have it."""
    words = re.findall(r"[a-z]+", folded(name))
    if not words:
        return False
    # “Team Lead” is one person.
    if words[0] in _FIRST and words[-1] not in _LEADS:
        return True
    return words[-1] in _LAST or words[-1].endswith(_END)
