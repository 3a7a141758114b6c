"""The shapes that questions take, in English.

Rule of this file: each shape is (intent, what to listen for, which words then say nothing more of
the subject); earlier shapes win. `§0` stands for something that the catalogue names.
"""

import re
from enum import StrEnum


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


_CREDENTIAL = (
    r"(?:api |access |app )?"
    r"(?:tokens?|credentials?|secrets?|certificates?|certs?|passwords?|keys?|logins?)"
)


ASKED = r"(?:who|whom|whose)"


_AWAY = r"(?:away|out|sick|ill|absent|off|gone|unavailable|on (?:holidays?|leave|vacation|pto))"


HELP = re.compile(
    r"(?:help|help me|hi|hello|hey|commands?|usage|what can (?:you|i) (?:do|ask|say)(?: you)?"
    r"|how do(?:es)? (?:you|this|it|this bot) work|what do you (?:do|know)|who are you)"
)


SHAPES: tuple[tuple[Intent, str, str], ...] = (
    (
        Intent.COVER,
        rf"\b{ASKED}\b.*\b(?:cover(?:s|ing)?|stand(?:s|ing)? in|fill(?:s|ing)? in|replac(?:es"
        rf"|ing)"
        rf"|step(?:s|ping)? in|tak(?:es|ing) over|act(?:s|ing) for|on behalf of|deput(?:y|ies"
        rf"|ises)|substitutes?|replacement"
        rf"|backup|back up|stand in)\b"
        rf"|\b(?:cover|deputy|backup|stand in|substitute|replacement) (?:for|of)\b"
        rf"|\b(?:when|if|while|since|because|as|with)\b.*§\d+ (?:is |being )?(?:not (?:there"
        rf"|here|around"
        rf"|available|reachable)|{_AWAY})\b|§\d+ is {_AWAY}\b|\binstead of §",
        r"cover(s|ing)?|stands?|standing|fills?|filling|steps?|stepping|replac\w+|takes?|taking"
        r"|deput\w+|substitutes?|backup|back|in|out|away|sick|ill|absent|off|gone|unavailable"
        r"|holidays?|leave|vacation|pto|available|reachable|call|contact|ask|ping|instead|work"
        r"|act(s|ing)?|behalf",
    ),
    (
        Intent.CREDENTIALS,
        rf"\b{ASKED}\b.*\b(?:owns?|holds?|has|have|keeps?|knows?|renews?|rotates?|replaces?"
        rf"|responsible for"
        rf"|manages?|looks after|change|is the owner of)\b (?:\w+ ){{0,2}}?{_CREDENTIAL}\b"
        rf"|\b{ASKED}\b.*\b(?:renews?|rotates?|renewing|rotating)\b"
        rf"|\bwhose {_CREDENTIAL}\b|\bowners? of the {_CREDENTIAL}\b"
        rf"|\b(?:which|what) {_CREDENTIAL}\b(?!.*\b(?:expir|run|renew|lapse|end))"
        rf"|\bwhere (?:is|are|do|does|can).*\b{_CREDENTIAL}\b|^(?:the )?{_CREDENTIAL} (?:of"
        rf"|for)\b",
        rf"{_CREDENTIAL}|api|app|access|owns?|owners?|holds?|has|keeps?|knows?|renew\w*|rotat\w*"
        r"|responsible|manages?|looks|after|change|replaces?|use[sd]?|stored|kept|belongs?",
    ),
    (
        Intent.UNOWNED,
        r"\b(?:no|without|missing|lacks?|lacking|(?:do|does) not have|don t have|doesn t have"
        r"|have not|haven t|hasn t|need|needs)"
        r"(?: (?:an?|any|its|their))?(?: (?:technical|functional|architecture))? owners?\b"
        r"|\bunowned\b|\bownerless\b|\borphan(?:s|ed)?\b"
        r"|\b(?:not owned|owned by (?:nobody|no one|none)|(?:nobody|no one) (?:owns?"
        r"|is responsible))\b",
        r"no|without|missing|lack\w*|owners?|owned|unowned|ownerless|orphan\w*|nobody|owns"
        r"|need\w*"
        r"|technical|functional|architecture|connections?|responsible|integrations?|flows?",
    ),
    (
        Intent.APPROVER,
        rf"\b{ASKED}\b.*\b(?:approv\w*|sign(?:s|ed)? off|signs?|authori[sz]es?|authori[sz]e"
        rf"|agrees?|consents?"
        r"|decides?|allows?|ok s)\b|\bapprov(?:al|er|ers|e|es|ed)\b|\bsign off\b"
        r"|\b(?:want|wants|need|like|plan|going|may|can|allowed|how|who|whom)\b.*"
        r"\b(?:to|i|we|you|can|may) (?:change|modify|alter)\b(?! (?:on|lately|recently|last))",
        r"approv\w*|signs?|signed|off|authori[sz]\w*|agrees?|consent\w*|decides?|allow\w*"
        r"|changes?|changing|modify|alter|permission|plan|like|wants?|going|needs?|gives?|make"
        r"|making"
        r"|mapping|ask",
    ),
    (
        Intent.OWNER_THEN,
        rf"\b{ASKED} (?:owned|used to own|was|were|had)\b",
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
        r"|^(?!.*\b(?:who|whom|whose)\b).*\S own(?:s|ed)?$"
        r"|^(?!.*\b(?:who|whom|whose)\b).*(?:\b(?:take|takes|taking|took|inherit\w*) (?:over )?"
        r"(?:\w+ )?from (?:the )?(?=§)"
        r"|\b(?:if|when|once|after) (?:the )?§\d+ (?:leaves?|left|quits?|resigns?|retires?)\b)"
        r"|\b(?:connections|integrations|flows) (?:owned by|belonging to)\b",
        r"owns?|owned|owner|by|responsib\w+|accountable|charge|looks?|after|takes?|care|belong\w*"
        r"|everything|connections?|integrations?|flows?|plate|portfolio|maintains?|manages?"
        r"|handles?"
        r"|names?|leaves?|left|quits?|resigns?|retires?|inherit\w*|take|taking|took|getting",
    ),
)


LAYERS: tuple[tuple[Intent, str], ...] = (
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
OWNER_SPANS = (
    rf"\b{ASKED} (?:\w+ )?(?:owns?|fix(?:es)?|runs?|maintains?|manages?|handles?|supports?"
    rf"|operates?|looks? after"
    r"|takes? care of|deals? with|keeps|built|administers?|responds? to|responds?"
    r"|cares? (?:about|for)"
    r"|knows? (?:about)?|repairs?|solves?)\b",
    rf"\b{ASKED} (?:is|are|s|would be) (?:\w+ ){{0,2}}?(?:responsible|accountable|in charge"
    rf"|on the hook|on point|on call"
    r"|to blame|answerable|owning|running|maintaining|handling|looking after|fixing|working on"
    r"|behind"
    r"|responder|point of contact|contact person|contact|person|owner|guy|expert)\b",
    rf"\b{ASKED} (?:\w+ )?(?:do|does|should|can|could|must|shall|would|to|will|may|might|gets?"
    rf"|needs?)"
    r"(?: (?:i|we|one|you|they|to|be|have|need)){0,3}?(?: (?:best|rather))?"
    r" (?:call(?:ed)?|contact(?:ed)?|ask|ping(?:ed)?|page[sd]?|phone|ring|text|dm|notify"
    r"|notified|talk to"
    r"|speak to|speak with|talk with"
    r"|reach out to|reach|turn to|go to|escalate to|alert(?:ed)?|inform|tell|mail|email|message"
    r"|bother|chase"
    r"|fix|repair|get|help|blame)\b",
    # Whatever is done to somebody "for" or "about" a thing: "whom do I wake up for".
    rf"\b{ASKED} (?:do|does|should|can|could|must|shall|would|will|may) (?:i|we|one|you|they)"
    r"(?: \w+){1,2}?(?: up| out| in| to)? (?:for|about|regarding|concerning|over)\b",
    r"\b(?:whose|who s) (?:job|responsibility|task|baby|problem|lane)\b",
    r"\b(?:first responders?|point of contact|contact person|persons? responsible"
    r"|responsible persons?"
    r"|owners?|owned|ownership|owns?|responsible|accountable|in charge|responsibility)\b",
    r"\bcontacts? (?=for\b|of\b)",
    r"\bbelongs? to\b",
    r"\b(?:which|what) (?:person|people|team|department|party|colleague|vendor|supplier|company"
    r"|partner)(?: (?:fix(?:es)?|repairs?|maintains?|supports?|runs?|handles?|makes?|builds?))?\b",
)


OWNER = re.compile("|".join(OWNER_SPANS))


# When it began says nothing of what it is.
SINCE = re.compile(
    r"\b(?:since|for|after|before) (?:about |around |the last |roughly )?\d{1,4}(?: \d\d)?"
    r"(?: (?:am|pm|h|o clock|oclock|uhr|minutes?|mins?|hours?|days?|weeks?))?\b"
)


# "a mapping problem in …": what it is about stands behind it.
TROUBLE_WITH = re.compile(
    r"\b(?:an?|the|any|some) (?:(?!§)\w+ ){0,3}(?:problems?|issues?|errors?|bugs?|faults?|failures?"
    r"|questions?|trouble|outages?|incidents?) (?:in|on|with|at|about|between|around) "
)


WHO = re.compile(rf"\b{ASKED}\b")


_HEALTH = (
    r"down|broken|broke|crashed|flowing|syncing|failing|fails?|failed|failure|red|stuck|degraded|outages?|unhealthy|healthy|up"
    r"|ok"
    r"|okay|fine|running|working|alive|wrong|incidents?|problems?|issues?|trouble|fire|burning"
    r"|green|dead"
)


LATER_SHAPES: tuple[tuple[Intent, str, str], ...] = (
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
        rf"|\b{_CREDENTIAL}\b.*\b(?:run(?:s|ning)? out|end|ends|valid|good|due|left|ok|okay|fine)\b"
        rf"|\b(?:when|how long|until)\b.*\b{_CREDENTIAL}\b|\bcredentials?\b"
        r"|\bhow long (?:is|are|will|does)\b.*\b(?:good|valid|last|consents?|licen[cs]es?)\b"
        r"|\b(?:consents?|licen[cs]es?|subscriptions?)\b.*\b(?:ends?|runs? out|left|valid)\b",
        rf"expir\w*|renew\w*|rotat\w*|lapses?|valid|until|till|runs?|running|out|due|end|ends"
        rf"|date"
        rf"|soon|next|{_CREDENTIAL}|api|access|good|long|left|days?|weeks?|months?"
        r"|consents?|licen[cs]es?|subscriptions?|still",
    ),
    (
        Intent.CHANGES,
        r"\bchang(?:e|es|ed|ing)\b|\bchangelog\b|\bchange log\b|\bwhat is new\b|\bmodified\b"
        r"|\bhistory of\b"
        r"|\breleases?\b|\bedited\b|\bdeployed\b"
        r"|\b(?:did|has|have) (?:anybody|anyone|somebody|someone|you|we|they)\b.*\b(?:touch(?:ed)?"
        r"|modif\w+|edit|deploy|updated?|upgraded?|do|done|fiddled?|altered?|alter)\b",
        r"chang\w*|log|new|modified|history|recent\w*|lately|since|last|week|yesterday|month"
        r"|days?"
        r"|latest|releases?|edit\w*|deploy\w*|happened|upcoming|touch\w*|modif\w*|updat\w*"
        r"|upgrad\w*|fiddl\w*|alter\w*|days",
    ),
    (
        Intent.SLA,
        r"\bslas?\b|\bservice levels?\b|\bresponse times?\b|\breaction times?\b|\bsupport hours\b"
        r"|\bhow (?:fast|quick(?:ly)?|soon|long|much time)\b.*\b(?:respon\w*|fix\w*|react\w*"
        r"|answers?|reply|repl\w+"
        r"|repair\w*|down|wait|take|have|live|survive|cope|manage|(?:do|go) without)\b"
        r"|\brespond within\b|\bcontract\b|\btime to (?:fix"
        r"|respond|repair)\b"
        r"|\btolerances?\b",
        r"slas?|levels?|respon\w*|times?|reaction|react|support|hours?|fast|quick\w*|soon|long"
        r"|fix\w*"
        r"|answers?|repl\w+|repair\w*|contracts?|within|tolerances?|agreements?|agreed|wait|take"
        r"|be|down|much|live|survive|cope|manage|without|go"
        r"|vendors?|publishers?|partners?|must",
    ),
    (
        Intent.TOUCHES,
        r"\b(?:what|which|who|everything|anything|all|list|show|connections?|integrations?"
        r"|interfaces?|flows?|how many)\b"
        r".*\b(?:touch(?:es|ing)?|involv(?:es?|ing)|uses?|using|connect(?:s|ed)? (?:to|with)"
        r"|talks? (?:to|with)"
        r"|integrates? with"
        r"|integrated with|depend(?:s|ing|ent)? (?:on|upon)|rel(?:y|ies) on|feeds? (?=§|into|the"
        r"|from)|attached to"
        r"|linked to|affect(?:s|ed)|impact(?:s|ed)?|reads? from|writes? (?:to|into)|hangs? (?:on"
        r"|off)"
        r"|(?:go(?:es)?|pass(?:es)?|runs?|flows?|moves?) (?:in|into|to|through|via|over|out of"
        r"|from)|hits?|hitting|(?:plugged|hooked|wired|tied|linked|coupled|connected) (?:up )?"
        r"(?:in|into|to|with)|breaks? (?:if|when)|suffers?|stops? (?:if|when))"
        r"|\b(?:which|what) (?:connections|integrations|interfaces|flows|links)"
        r" (?:does|do|has|have)\b"
        r"|\bdependenc(?:y|ies)\b|\bdependents\b|\bdepends? on\b|\bimpact of\b"
        r"|\b(?:which|what|all|list|show|the) (?:me )?(?:the )?(?:connections|integrations"
        r"|interfaces|flows|links)"
        r"(?: \w+)? (?:of|to|from|with|on|into|at|in)\b"
        r"|\bwhat happens (?:if|when)\b",
        r"touch\w*|involv\w*|uses?|using|connect\w*|talks?|integrat\w*|depend\w*|rely|relies"
        r"|feeds?"
        r"|attached"
        r"|linked|affect\w*|impact\w*|reads?|writes?|hangs?|goes|breaks?|suffers?|stops?|happens"
        r"|interfaces?|go|pass(?:es)?|runs?|moves?|hits?|hitting|plugged|hooked|wired|tied"
        r"|coupled"
        r"|flows?|links?|everything|list|down|fails|systems?|many",
    ),
    (
        Intent.LAST_SYNC,
        r"\b(?:has|have|did)\b.*\b(?:run|ran|synced|sync|arrived?|come|come in|succeeded"
        r"|delivered)\b|"
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


LIVE = re.compile(
    rf"\bup to date\b|\bstatus\b|\bhealth\b|\bstate of\b|\b(?:{_HEALTH})\b"
    r"|\bhow (?:is|are)\b.*\b(?:doing|today|now|going)\b|\bhow (?:is|are) §|\bnot (?:sync\w*"
    r"|coming|arriving)\b"
)


LIVE_WORDS = (
    rf"status|health|state|date|{_HEALTH}|doing|going|open|ongoing|current|everything|anything"
    rf"|connections?|integrations?"
)
