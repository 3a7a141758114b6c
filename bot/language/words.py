"""Words as people type them: split, brought to one form, and compared despite misspellings; and
whether a name is that of one person, who can be woken up, or of a team, which cannot.

Rule of this file: it knows English and general business terms, never a company's own words; those
come from the catalogue. A word makes a name a team's only where no person's name has it, so a
surname such as Dienst or Groep is nobody's fault.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

# Slack's own spellings of links and mentions: <@U1|bob>, <#C1|general>, <mailto:a@b|a@b>.
_CHANNEL = re.compile(r"<[#!][^>|]*(?:\|([^>]*))?>")
_LINK = re.compile(r"<(?:https?|mailto):[^>|]*\|([^>]*)>")
_ARROW = re.compile(r"\s*(?:<-+>|<=+>|-+>|=+>|[→⇒⟶➜➔⇄↔])\s*")
_WORD = re.compile(r"[^\W_]+")
_ADDRESSED = re.compile(r"^\W*(?:(?:hey|hi|hello|dear)\W+)?@[\w.-]+", re.IGNORECASE)
_CODES = re.compile(r"\b([A-Z]{2,4})s\b")  # POs, BOMs
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>", re.IGNORECASE)
_SHORT_FORMS = {"whos": "who is", "whats": "what is", "hows": "how is", "wheres": "where is"}
# Question words before "'s" mean "is"; after a name it is a possessive.
_IS = re.compile(r"\b(who|what|how|when|where|it|that)['’`]s\b", re.IGNORECASE)
_LONGEST = 600  # a question is a sentence; the rest of a pasted log is not read

_STOP = """
    a about again all also am an and any anybody anyone anything are around as ask asking at away be
    because been before being best between but by can cannot could d did do does doing don done
    dear either else everybody everyone everything find for from get give go going good got had
    has have having hello help here hey hi how i if in into is it its just kindly know let like ll
    looking m may me mean might mine more morning most much must my nobody not now of oh
    ok okay on one only or other our out over perhaps person please pls plz quick quickly re really
    right s sad say see shall she should show so somebody someone something sorry still such sure
    t tell thank thanks that the their them then there these they thing things think this those to
    today tomorrow too under until up us urgent urgently use very via want was we were what
    whatever when where whether which while who whom whose why will with without wonder wondering
    would yes you your team guys folks colleague colleagues remind reminder stuff afternoon evening
    possible moment currently actually maybe whoever point shud cud u ur thx wanna cheers asap
"""
STOP_WORDS = frozenset(_STOP.split())
"""Words that say nothing about which connection is meant."""

_WEAK = """
    app broken connection connector data feed file flow import export information integration
    interface job last latest link list load message new old owner pipe pipeline script service side
    solution number figure detail value level amount line stream sync synchronisation
    synchronization system tool transfer
"""
WEAK_WORDS = frozenset(_WEAK.split())
"""Words that half the estate could be called: they may support a match, never make one."""

_SMALL_TALK = """
    application automation batch dashboard entry process project record replication synchronise
    synchronize task traffic transaction update down up failing failed failure fail stuck issue
    problem error wrong work working outage incident nightly daily weekly hourly monthly night day
    part area whole entire current question interested company acting weird funny slow
    late missing hanging hang stop stopped crashed red cron come coming came arrive arriving
    arrived document update updating processing
    sent send sending received receive run running runs ran job exchange setup set thing
    bug question matter subject topic business people again nothing off broke break crash
    happen happened happening need needed seem look appear appeared try tried keep start started
    begin end ended fix check reach wait waiting hear heard notice noticed put take taken make
    made move moving flow flowing miss lose lost raise raised complain complaining die died dead
    properly correctly always never ever often sometimes already yet first second next previous
    main actual big huge small bad strange boss guy man woman expert specialist department group
    office ticket behave behaving delay delayed empty blank twice double wrongly 4 2 show showing
    no gone disappear disappeared vanish vanished explain support
"""
CHATTER = WEAK_WORDS | frozenset(_SMALL_TALK.split())
"""Words that count only where the catalogue knows them; elsewhere they are small talk."""

_SYNONYMS = (
    ("invoice", "bill"),
    ("supplier", "vendor", "creditor"),
    ("customer", "client", "debtor"),
    ("stock", "inventory"),
    ("shop", "store", "webshop", "webstore", "ecommerce"),
    ("payroll", "salary", "wage", "payslip"),
    ("employee", "staff", "personnel", "worker"),
    ("item", "product", "article"),
    ("shipment", "delivery", "shipping", "dispatch"),
    ("price", "pricing"),
    ("bank", "banking"),
    ("purchase", "purchasing", "procurement"),
    ("report", "reporting"),
    ("refund", "reimbursement"),
    ("student", "learner", "pupil"),
    ("grade", "mark"),
    ("lab", "laboratory"),
    ("pharmacy", "medication", "drug"),
    ("quote", "quotation", "offer"),
    ("production", "manufacturing"),
    ("retail", "retailer"),
    ("partner", "trading"),
)
_ALIKE = {
    word: frozenset(other for group in _SYNONYMS if word in group for other in group)
    for word in {word for group in _SYNONYMS for word in group}
}

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "ap": ("account", "payable"),
    "ar": ("account", "receivable"),
    "po": ("purchase", "order"),
    "gl": ("general", "ledger"),
    "hr": ("human", "resource"),
    "bi": ("business", "intelligence"),
    "dwh": ("data", "warehouse"),
    "wms": ("warehouse", "management"),
    "mes": ("manufacturing", "execution"),
    "crm": ("customer", "relationship"),
    "psp": ("payment", "provider"),
    "3pl": ("third", "party", "logistic"),
    "edi": ("electronic", "data", "interchange"),
    "pos": ("point", "sale"),
    "pim": ("product", "information"),
    "tms": ("transport", "management"),
    "lms": ("learning", "management"),
    "ehr": ("health", "record"),
    "erp": ("enterprise", "resource", "planning"),
}
"""Business abbreviations and their words (stemmed), read in both directions."""


def plain_words(text: str) -> list[str]:
    """Lower-case words without accents, punctuation or Slack's markup; arrows become `to`.
    Member mentions are dropped; see `name_members`."""
    text = html.unescape(text[:_LONGEST])
    text = _MENTION.sub(" ", text)
    text = _CHANNEL.sub(lambda m: f" {m.group(1) or ''} ", text)
    text = _LINK.sub(lambda m: f" {m.group(1)} ", text)
    text = _CODES.sub(r"\1", _ADDRESSED.sub(" ", text))
    text = _IS.sub(r"\1 is", text)
    text = _ARROW.sub(" to ", text)
    words: list[str] = []
    for word in _WORD.findall(folded(text)):
        words.extend(_SHORT_FORMS.get(word, word).split())
    return words


def folded(text: str) -> str:
    """In lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def name_members(text: str, names: Mapping[str, str]) -> str:
    """Put a name in the place of each `<@U…>` whose member id is known; drop the others, which
    are the bot itself or strangers."""
    return _MENTION.sub(lambda m: f" {names.get(m.group(1).upper(), '')} ", text[:_LONGEST])


def stem(word: str) -> str:
    """The word without a plural ending; short words and codes stay as they are."""
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in plain_words(text))


def likeness(typed: str, meant: str) -> float:
    """How probably `typed` is `meant`, 0..1; both stemmed. 0 when they are simply other words.

    Words of fewer than four letters and codes with digits are never bent: C13 is not C12.
    """
    if typed == meant:
        return 1.0
    if min(len(typed), len(meant)) < 4 or not (typed.isalpha() and meant.isalpha()):
        return 0.0
    if synonymous(typed, meant):
        return 0.8
    if _begins(typed, meant):
        return 0.8
    # The longer a word, the less probably two slips make another one of it.
    allowed = 1 if max(len(typed), len(meant)) < 7 else 2
    distance = OSA.distance(typed, meant, score_cutoff=allowed)
    if distance > allowed or (len(typed) < 6 and typed[0] != meant[0]):
        return 0.0
    if len(typed) == len(meant) < 6 and sorted(typed) != sorted(meant):
        return 0.7  # a letter exchanged in a short word is often another word: stork, stock
    return 1 - 0.6 * distance / max(len(typed), len(meant))


def initials(words: Sequence[str]) -> str | None:
    """`bc` for Business Central; None when the letters would be an ordinary word or too many."""
    letters = "".join(word[0] for word in words)
    return letters if 2 <= len(letters) <= 4 and letters not in STOP_WORDS else None


def distinctive(words: Iterable[str]) -> tuple[str, ...]:
    """The stems of the words that are no stop words."""
    return tuple(
        stem(word) for word in words if word not in STOP_WORDS and stem(word) not in STOP_WORDS
    )


def is_small_talk(word: str) -> bool:
    """Whether the word, typed or stemmed, means something only where the catalogue has it."""
    return word in CHATTER or stem(word) in CHATTER


def synonymous(one: str, other: str) -> bool:
    """Whether two (stemmed) words mean the same in business talk."""
    return other in _ALIKE.get(one, ())


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    # `settle` for settlement and `prod` for production, but not `pay` for payroll.
    return len(short) >= 4 and long.startswith(short) and len(long) - len(short) >= 3


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
