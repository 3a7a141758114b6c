"""What kind of thing is asked, and which words are left that say of what.

Rule of this file: it reads the shape of a question and knows no catalogue; whatever the catalogue
names arrives as a placeholder (`§0`), so that a connection called "order status" is not taken for
a question about status.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA

from bot.core.words import CHATTER, STOP_WORDS


class Intent(StrEnum):
    """What the answer is about."""

    OWNER = "owner"
    TECHNICAL_OWNER = "technical_owner"
    FUNCTIONAL_OWNER = "functional_owner"
    ARCHITECTURE_OWNER = "architecture_owner"
    OWNER_THEN = "owner_then"  # as of an earlier date: the ledger knows
    APPROVER = "approver"
    COVER = "cover"
    OWNED_BY = "owned_by"
    UNOWNED = "unowned"
    TOUCHES = "touches"
    EXPIRY = "expiry"
    CREDENTIALS = "credentials"
    CHANGES = "changes"
    SLA = "sla"
    RUNBOOK = "runbook"
    STATUS = "status"  # live facts
    LAST_SYNC = "last_sync"  # live facts
    DOWN = "down"  # live facts, of the whole estate
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`rest` are the words left over, with placeholders for what the catalogue names."""

    intent: Intent
    rest: tuple[str, ...]


_CREDENTIAL = (
    r"(?:api |access |app )?"
    r"(?:tokens?|credentials?|secrets?|certificates?|certs?|passwords?|keys?|logins?)"
)
_ASKED = r"(?:who|whom|whose)"
_AWAY = r"(?:away|out|sick|ill|absent|off|gone|unavailable|on (?:holidays?|leave|vacation|pto))"

_HELP = re.compile(
    r"(?:help|help me|hi|hello|hey|commands?|usage|what can (?:you|i) (?:do|ask|say)(?: you)?"
    r"|how do(?:es)? (?:you|this|it|this bot) work|what do you (?:do|know)|who are you)"
)

_SHAPES: tuple[tuple[Intent, str, str], ...] = (
    (
        Intent.COVER,
        rf"\b{_ASKED}\b.*\b(?:cover(?:s|ing)?|stand(?:s|ing)? in|fill(?:s|ing)? in|replac(?:es"
        rf"|ing)"
        rf"|step(?:s|ping)? in|tak(?:es|ing) over|deput(?:y|ies|ises)|substitutes?|replacement"
        rf"|backup|back up|stand in)\b"
        rf"|\b(?:cover|deputy|backup|stand in|substitute|replacement) (?:for|of)\b"
        rf"|\b(?:when|if|while|since|because|as|with)\b.*§\d+ (?:is |being )?(?:not (?:there"
        rf"|here|around"
        rf"|available|reachable)|{_AWAY})\b|§\d+ is {_AWAY}\b|\binstead of §",
        r"cover(s|ing)?|stands?|standing|fills?|filling|steps?|stepping|replac\w+|takes?|taking"
        r"|deput\w+|substitutes?|backup|back|in|out|away|sick|ill|absent|off|gone|unavailable"
        r"|holidays?|leave|vacation|pto|available|reachable|call|contact|ask|ping|instead|work"
        r"|acts?",
    ),
    (
        Intent.CREDENTIALS,
        rf"\b{_ASKED}\b.*\b(?:owns?|holds?|has|have|keeps?|knows?|renews?|rotates?|replaces?"
        rf"|responsible for"
        rf"|manages?|looks after|change|is the owner of)\b (?:\w+ ){{0,2}}?{_CREDENTIAL}\b"
        rf"|\b{_ASKED}\b.*\b(?:renews?|rotates?|renewing|rotating)\b"
        rf"|\bwhose {_CREDENTIAL}\b|\bowners? of the {_CREDENTIAL}\b"
        rf"|\b(?:which|what) {_CREDENTIAL}\b(?!.*\b(?:expir|run|renew|lapse|end))"
        rf"|\bwhere (?:is|are|do|does|can).*\b{_CREDENTIAL}\b|^(?:the )?{_CREDENTIAL} (?:of"
        rf"|for)\b",
        rf"{_CREDENTIAL}|api|app|access|owns?|owners?|holds?|has|keeps?|knows?|renew\w*|rotat\w*"
        r"|responsible|manages?|looks|after|change|replaces?|use[sd]?|stored|kept",
    ),
    (
        Intent.UNOWNED,
        r"\b(?:no|without|missing|lacks?|lacking|(?:do|does) not have|don t have|doesn t have"
        r"|have not|haven t|hasn t|need|needs)"
        r"(?: (?:an?|any|its|their))?(?: (?:technical|functional|architecture))? owners?\b"
        r"|\bunowned\b|\bownerless\b|\borphan(?:s|ed)?\b"
        r"|\b(?:not owned|owned by (?:nobody|no one|none)|(?:nobody|no one) (?:owns"
        r"|is responsible))\b",
        r"no|without|missing|lack\w*|owners?|owned|unowned|ownerless|orphan\w*|nobody|owns"
        r"|need\w*"
        r"|technical|functional|architecture|connections?|responsible|integrations?|flows?",
    ),
    (
        Intent.APPROVER,
        rf"\b{_ASKED}\b.*\b(?:approv\w*|sign(?:s|ed)? off|signs?|authori[sz]es?|authori[sz]e"
        rf"|agrees?|consents?"
        r"|decides?|allows?|ok s|permits?)\b|\bapprov(?:al|er|ers|e|es|ed)\b|\bsign off\b"
        r"|\b(?:want|wants|need|like|plan|going|may|can|allowed|how|who|whom)\b.*\b(?:to |i "
        r"|we )?"
        r"(?:change|changing|modify|alter)\b(?! (?:on|lately|recently|last))",
        r"approv\w*|signs?|signed|off|authori[sz]\w*|agrees?|consent\w*|decides?|allow\w*"
        r"|permits?"
        r"|changes?|changing|modify|alter|permission|plan|like|wants?|going|needs?|gives?|make"
        r"|making"
        r"|mapping|ask",
    ),
    (
        Intent.OWNER_THEN,
        rf"\b{_ASKED} (?:owned|used to own|was|were|had)\b",
        r"owned|used|own|responsible|owner|owners|before|back|then|was|were|had",
    ),
    (
        Intent.OWNED_BY,
        r"^(?!.*\b(?:who|whom|whose)\b)(?!.*\b(?:which|what) (?:person|people|team|department"
        r"|party|colleague))"
        r".*\b(?:what|which|list|show|everything|all|does|connections)\b.*"
        r"(?:\bown(?:s|ed by)?\b|\bresponsible\b|\baccountable\b|\bin charge\b|\blooks? after\b"
        r"|\btakes? care\b|\bbelongs? to\b|\bon §\d+ plate\b|\bmaintains?\b|\bmanages?\b"
        r"|\bhandles?\b"
        r"|\bresponsibilities\b)"
        r"|§\d+ (?:s )?(?:responsibilities|portfolio|connections|integrations|plate)\b"
        r"|\b(?:connections|integrations|flows) (?:owned by|belonging to)\b",
        r"owns?|owned|owner|by|responsib\w+|accountable|charge|looks?|after|takes?|care|belong\w*"
        r"|everything|connections?|integrations?|flows?|plate|portfolio|maintains?|manages?"
        r"|handles?"
        r"|names?",
    ),
)

_LAYERS: tuple[tuple[Intent, str], ...] = (
    (
        Intent.FUNCTIONAL_OWNER,
        r"\b(?:functional|business|data|process) (?:owners?|ownership|responsible|contact|lead)\b"
        r"|\bfunctionally\b|\b(?:functional|business) (?:side|layer|level)\b"
        r"|\bowns? the data (?:of|in|for)\b",
    ),
    (
        Intent.TECHNICAL_OWNER,
        r"\b(?:technical|tech|it) (?:owners?|ownership|responsible|contact|lead)\b"
        r"|\btechnically\b"
        r"|\b(?:technical|tech) (?:side|layer|level)\b",
    ),
    (
        Intent.ARCHITECTURE_OWNER,
        r"\b(?:architecture|architectural|enterprise) (?:owners?|ownership|responsible|contact"
        r"|lead)\b"
        r"|\barchitect\b|\barchitecturally\b|\barchitecture (?:side|layer|level)\b",
    ),
)

# Each of these is taken out of the text where it stands, so that a later "call" may be the name of
# a call centre.
_OWNER_SPANS = (
    rf"\b{_ASKED} (?:\w+ )?(?:owns?|fix(?:es)?|runs?|maintains?|manages?|handles?|supports?"
    rf"|operates?|looks? after"
    r"|takes? care of|deals? with|keeps|built|administers?|responds? to|responds?"
    r"|cares? (?:about|for)"
    r"|knows? (?:about)?|repairs?|solves?)\b",
    rf"\b{_ASKED} (?:is|are|s|would be) (?:\w+ ){{0,2}}?(?:responsible|accountable|in charge"
    rf"|on the hook|on point|on call"
    r"|to blame|answerable|owning|running|maintaining|handling|looking after|fixing|working on"
    r"|behind"
    r"|responder|point of contact|contact person|contact|person|owner|guy|expert)\b",
    rf"\b{_ASKED} (?:\w+ )?(?:do|does|should|can|could|must|shall|would|to|will|may|might|gets?"
    rf"|needs?)"
    r"(?: (?:i|we|one|you|they|to|be|have|need)){0,3}?(?: (?:best|rather))?"
    r" (?:call(?:ed)?|contact(?:ed)?|ask|ping(?:ed)?|page[sd]?|phone|notify|notified|talk to"
    r"|speak to|speak with|talk with"
    r"|reach out to|reach|turn to|go to|escalate to|alert(?:ed)?|inform|tell|mail|email|message"
    r"|bother|chase"
    r"|fix|repair|get|help|blame)\b",
    r"\b(?:whose|who s) (?:job|responsibility|task|baby|problem|lane)\b",
    r"\b(?:first responders?|point of contact|contact person|persons? responsible"
    r"|responsible persons?"
    r"|owners?|owned|ownership|owns?|responsible|accountable|in charge|responsibility)\b",
    r"\bcontacts? (?=for\b|of\b)",
    r"\bbelongs? to\b",
    r"\b(?:which|what) (?:person|people|team|department|party|colleague)\b",
)
_OWNER = re.compile("|".join(_OWNER_SPANS))
_WHO = re.compile(rf"\b{_ASKED}\b")

_HEALTH = (
    r"down|broken|failing|fails?|failed|failure|red|stuck|degraded|outages?|unhealthy|healthy|up"
    r"|ok"
    r"|okay|fine|running|working|alive|wrong|incidents?|problems?|issues?|trouble|fire|burning"
    r"|green|dead"
)
_LATER_SHAPES: tuple[tuple[Intent, str, str], ...] = (
    (
        Intent.RUNBOOK,
        r"\brun ?books?\b|\bplaybooks?\b|\btriage\b|\binstructions?\b|\btroubleshoot\w*\b"
        r"|\bhow (?:do|can|should|could|to|would) (?:i |we |you |one )?(?:fix|repair|restart"
        r"|recover|triage|solve|debug)\b"
        r"|\bwhat (?:do|should|can) (?:i|we) do (?:when|if|about|with)\b|\bsteps (?:to|for)\b",
        rf"run|runbooks?|books?|playbooks?|triage|instructions?|troubleshoot\w*|fix|repair"
        rf"|restart"
        rf"|recover|solve|debug|steps?|guide|breaks?|{_HEALTH}",
    ),
    (
        Intent.EXPIRY,
        rf"\bexpir\w*|\brenew\w*|\brotat\w*|\blapses?\b|\bvalid (?:until|till|for)\b|\bend date\b"
        rf"|\b{_CREDENTIAL}\b.*\b(?:run(?:s|ning)? out|end|ends|valid|good|due|left)\b"
        rf"|\b(?:when|how long|until)\b.*\b{_CREDENTIAL}\b|\bcredentials?\b",
        rf"expir\w*|renew\w*|rotat\w*|lapses?|valid|until|till|runs?|running|out|due|end|ends"
        rf"|date"
        rf"|soon|next|{_CREDENTIAL}|api|access|good|long|left|days?|weeks?|months?",
    ),
    (
        Intent.CHANGES,
        r"\bchang(?:e|es|ed|ing)\b|\bchangelog\b|\bchange log\b|\bwhat is new\b|\bmodified\b"
        r"|\bhistory of\b"
        r"|\breleases?\b|\bedited\b|\bdeployed\b",
        r"chang\w*|log|new|modified|history|recent\w*|lately|since|last|week|yesterday|month"
        r"|days?"
        r"|latest|releases?|edited|deployed|happened|upcoming",
    ),
    (
        Intent.SLA,
        r"\bslas?\b|\bservice levels?\b|\bresponse times?\b|\breaction times?\b|\bsupport hours\b"
        r"|\bhow (?:fast|quick(?:ly)?|soon|long|much time)\b.*\b(?:respon\w*|fix\w*|react\w*"
        r"|answers?|reply|repl\w+"
        r"|repair\w*|down|wait|take|have)\b|\brespond within\b|\bcontract\b|\btime to (?:fix"
        r"|respond|repair)\b"
        r"|\btolerances?\b",
        r"slas?|levels?|respon\w*|times?|reaction|react|support|hours?|fast|quick\w*|soon|long"
        r"|fix\w*"
        r"|answers?|repl\w+|repair\w*|contracts?|within|tolerances?|agreements?|agreed|wait|take"
        r"|be|down|much"
        r"|vendors?|publishers?|partners?|must",
    ),
    (
        Intent.TOUCHES,
        r"\b(?:what|which|who|everything|anything|all|list|show|connections?|integrations?"
        r"|interfaces?|flows?|how many)\b"
        r".*\b(?:touch(?:es|ing)?|uses?|using|connect(?:s|ed)? (?:to|with)|talks? (?:to|with)"
        r"|integrates? with"
        r"|integrated with|depend(?:s|ing|ent)? (?:on|upon)|rel(?:y|ies) on|feeds? (?=§|into|the"
        r"|from)|attached to"
        r"|linked to|affect(?:s|ed)|impact(?:s|ed)?|reads? from|writes? (?:to|into)|hangs? (?:on"
        r"|off)"
        r"|goes? (?:into|to|through|out of|from)|breaks? (?:if|when)|suffers?|stops? (?:if|when))"
        r"|\bdependenc(?:y|ies)\b|\bdependents\b|\bdepends? on\b|\bimpact of\b"
        r"|\b(?:which|what|all|list|show|the) (?:me )?(?:the )?(?:connections|integrations"
        r"|interfaces|flows|links)"
        r"(?: \w+)? (?:of|to|from|with|on|into|at|in)\b"
        r"|\bwhat happens (?:if|when)\b",
        r"touch\w*|uses?|using|connect\w*|talks?|integrat\w*|depend\w*|rely|relies|feeds?"
        r"|attached"
        r"|linked|affect\w*|impact\w*|reads?|writes?|hangs?|goes|breaks?|suffers?|stops?|happens"
        r"|interfaces?"
        r"|flows?|links?|everything|list|down|fails|systems?|many",
    ),
    (
        Intent.LAST_SYNC,
        r"\bwhen (?:did|was|has|have|is|were|does)\b.*\b(?:last\w*|latest|sync\w*|ran|run"
        r"|succe\w*|work\w*|receiv\w*"
        r"|deliver\w*|updat\w*|arriv\w*|success|refresh\w*|transfer\w*|load\w*|import\w*"
        r"|export\w*|come|came|came in|sent|send|previous)\b"
        r"|\b(?:last|latest|previous) (?:good |successful )?(?:sync\w*|run|success\w*|update"
        r"|time|load|transfer|record|delivery|import|export"
        r"|file|refresh|data)\b|\bhow (?:old|fresh|recent|long ago|up to date)\b"
        r"|\blast (?:synced|ran|updated|worked|refreshed)\b"
        r"|\bsynced (?:today|yesterday|lately|recently)\b|\bstale\b",
        r"last\w*|latest|previous|sync\w*|ran|runs?|succe\w*|work\w*|receiv\w*|deliver\w*"
        r"|updat\w*"
        r"|arriv\w*|refresh\w*|transfer\w*|loads?|loaded|import\w*|export\w*|come|came|sent|send"
        r"|time|records?|good|old|fresh"
        r"|recent\w*|long|ago|files?|data|today|yesterday|stale|date|went|through",
    ),
)
_LIVE = re.compile(
    rf"\bstatus\b|\bhealth\b|\bstate of\b|\b(?:{_HEALTH})\b"
    r"|\bhow (?:is|are)\b.*\b(?:doing|today|now|going)\b|\bhow (?:is|are) §|\bnot (?:sync\w*"
    r"|coming|arriving)\b"
)
_LIVE_WORDS = (
    rf"status|health|state|{_HEALTH}|doing|going|everything|anything|connections?|integrations?"
)

_CUE_WORDS = """
    owner owners owns responsible accountable approve approves approval functional technical
    architecture expire expires expiry token credential certificate runbook playbook status synced
    change changes changed depends touches covers contact contract maintains unowned orphan
    credentials password renew which where should whose technically functionally expired
    changing owned
"""
_CUES = frozenset(_CUE_WORDS.split())
_SLIPS = {"woh": "who", "hwo": "who", "whi": "who", "wo": "who", "waht": "what", "wich": "which"}


def is_cue(word: str) -> bool:
    """Whether the word may shape a question, so that alone it is no sure name."""
    return word in _CUES or any(
        re.search(rf"\b(?:{drop})\b", word)
        for _, _, drop in (*_SHAPES, *_LATER_SHAPES, (Intent.STATUS, "", _LIVE_WORDS))
    )


def straighten(words: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """Repair misspelt question words (`onws`, `aproves`), leaving what is `known` alone."""
    return [word if word in STOP_WORDS or known(word) else _cue_for(word) for word in words]


def read(words: Sequence[str]) -> Question:
    """The intent, OWNER when nothing says otherwise, and the words that remain."""
    text = " ".join(words)
    polite = re.sub(r"^(?:(?:please|can|could|you|hi|hello|hey) )+|(?: please)+$", "", text)
    if _HELP.fullmatch(text) or _HELP.fullmatch(polite):
        return Question(intent=Intent.HELP, rest=())
    for intent, shape, drop in _SHAPES:
        if re.search(shape, text) and not _says_owner_first(intent, text):
            return _rest(intent, text, drop)
    for intent, shape in _LAYERS:
        if re.search(shape, text):
            return _owner(intent, re.sub(shape, " ", text))
    if _OWNER.search(text):
        return _owner(Intent.OWNER, text)
    for intent, shape, drop in _LATER_SHAPES:
        if re.search(shape, text):
            return _rest(intent, text, drop)
    if not _WHO.search(text) and _LIVE.search(text):
        return _rest(Intent.STATUS, text, _LIVE_WORDS)
    return _owner(Intent.OWNER, text)


def _says_owner_first(intent: Intent, text: str) -> bool:
    return intent is Intent.UNOWNED and bool(
        re.search(rf"\b{_ASKED} (?:owns|is responsible)", text)
    )


def _rest(intent: Intent, text: str, drop: str) -> Question:
    cue = re.compile(drop)
    return Question(
        intent=intent, rest=tuple(word for word in text.split() if not cue.fullmatch(word))
    )


def _owner(intent: Intent, text: str) -> Question:
    return Question(intent=intent, rest=tuple(_WHO.sub(" ", _OWNER.sub(" ", text)).split()))


def _cue_for(word: str) -> str:
    if word in _SLIPS:
        return _SLIPS[word]
    if len(word) < 4 or word in CHATTER or word in _CUES:
        return word
    allowed = 1 if len(word) < 8 else 2
    near = min(_CUES, key=lambda cue: (OSA.distance(word, cue), cue))
    return near if OSA.distance(word, near) <= allowed else word
