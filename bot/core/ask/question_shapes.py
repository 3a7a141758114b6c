"""The shapes that questions take, in English, as one table: what kind of thing is asked, and which
words are left that say of what. Earlier shapes win.

`says` is what to listen for: regular expressions over whole words in which line breaks mean
nothing, groups capture nothing, `…` is anything in between and `*` any ending of a word. `drop`
lists the words that then say nothing more of the subject.

Rule of this file: it reads the shape of a question and knows no catalogue; whatever the catalogue
names arrives as a placeholder (`§0`), so that a connection called "order status" is not taken for a
question about status.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rapidfuzz.distance import OSA

from bot.language.words import CHATTER, STOP_WORDS


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


def _pattern(says: str) -> re.Pattern[str]:
    plain = "".join(line.strip() for line in says.splitlines()).replace("…", r"\b.*\b")
    # The table is written for reading: no group in it captures, and none has to say so.
    plain = re.sub(r"\((?!\?)", "(?:", plain)
    plain = re.sub(r"(?<!\\)([a-z\]])\*", r"\1\\w*", plain)
    return re.compile(rf"(?<!\w)(?:{plain})(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShape:
    intent: Intent
    says: re.Pattern[str]
    drop: re.Pattern[str] | None  # None: what it says is cut out where it stands


def _shape(intent: Intent, says: str, drop: str = "") -> QuestionShape:
    words = _pattern("|".join(drop.split())) if drop else None
    return QuestionShape(intent=intent, says=_pattern(says), drop=words)


_SECRETS = "tokens? credentials? secrets? certificates? certs? passwords? keys? logins?"
_CREDENTIAL = f"((api|access|app) )?({'|'.join(_SECRETS.split())})"
_WHO = "(who|whom|whose)"
_NOBODY = rf"^(?!.*\b{_WHO}\b)"
_AWAY = "(away|out|sick|ill|absent|off|gone|unavailable|on (holidays?|leave|vacation|pto))"
_HEALTH = """
    down broken broke crashed flowing syncing failing fails? failed failure red stuck degraded
    outages? unhealthy healthy up ok okay fine running working alive wrong incidents? problems?
    issues? trouble fire burning green dead"""

# Cut out of the text where it stands, so that a later "call" may be the name of a call centre.
# What is done to somebody "for" or "about" a thing may be anything: "whom do I wake up for".
_OWNER = rf"""
    {_WHO} (\w+ )?(owns?|fix(es)?|runs?|maintains?|manages?|handles?|supports?|operates?
    |looks? after|takes? care of|deals? with|keeps|built|administers?|responds? to|responds?
    |cares? (about|for)|knows?(?= \w)( about)?|repairs?|solves?)
    |{_WHO} (is|are|s|would be) (\w+ ){{0,2}}?(responsible|accountable|in charge|on the hook
    |on point|on call|to blame|answerable|owning|running|maintaining|handling|looking after|fixing
    |working on|behind|responder|point of contact|contact person|contact|person|owner|guy|expert)
    |{_WHO} (\w+ )?(do|does|should|can|could|must|shall|would|to|will|may|might|gets?|needs?)
    ( (i|we|one|you|they|to|be|have|need)){{0,3}}?( (best|rather))?
    ( call(ed)?| contact(ed)?| ask| ping(ed)?| page[sd]?| phone| ring| text| dm| notify| notified
    | talk to| speak to| speak with| talk with| reach out to| reach| turn to| go to| escalate to
    | alert(ed)?| inform| tell| mail| email| message| bother| chase| fix| repair| get| help| blame)
    |{_WHO} (do|does|should|can|could|must|shall|would|will|may) (i|we|one|you|they)
    ( \w+){{1,2}}?( (up|out|in|to))? (for|about|regarding|concerning|over)
    |(whose|who s) (job|responsibility|task|baby|problem|lane)
    |first responders?|point of contact|contact person|persons? responsible|responsible persons?
    |owners?|owned|ownership|owns?|responsible|accountable|in charge|responsibility
    |contact(s)?(?= (for|of)\b)|belongs? to
    |(which|what) (person|people|team|department|party|colleague|vendor|supplier|company|partner)
    ( (fix(es)?|repairs?|maintains?|supports?|runs?|handles?|makes?|builds?))?"""

HELP = _pattern(
    """((please|can|could|you|hi|hello|hey) )*(help|help me|hi|hello|hey|commands?|usage
    |what can (you|i) (do|ask|say)( you)?|how do(es)? (you|this|it|this bot) work
    |what do you (do|know)|who are you)( please)*"""
)
# Cut out of a question for owners: a trouble up to the word behind which its place stands ("a
# mapping problem in …"), when it began, and what asks. In this order, since a cut leaves several
# blanks and a trouble is known by words that stand one blank apart.
CUT = (
    _pattern(
        r"""(an?|the|any|some) ((?!§)\w+ ){0,3}(problems?|issues?|errors?|bugs?|faults?|failures?
        |questions?|trouble|outages?|incidents?) (in|on|with|at|about|between|around)(?= )"""
    ),
    _pattern(
        r"""(since|for|after|before) (about |around |the last |roughly )?\d{1,4}( \d\d)?
        ( (am|pm|h|o clock|oclock|uhr|minutes?|mins?|hours?|days?|weeks?))?"""
    ),
    _pattern(_OWNER),
    _pattern(_WHO),
)

SHAPES = (
    _shape(
        Intent.COVER,
        rf"""{_WHO}…(cover(s|ing)?|stand(s|ing)? in|fill(s|ing)? in|replac(es|ing)
        |step(s|ping)? in|tak(es|ing) over|act(s|ing) for|on behalf of|deput(y|ies|ises)
        |substitutes?|replacement|backup|back up)
        |(cover|deputy|backup|stand in|substitute|replacement) (for|of)
        |(when|if|while|since|because|as|with)\b.*§\d+ ((is|being) )?
        (not (there|here|around|available|reachable)|{_AWAY})
        |§\d+ is {_AWAY}|instead of §\d+""",
        """cover covers covering stands? standing fills? filling steps? stepping replac* takes?
        taking deput* substitutes? backup back in out away sick ill absent off gone unavailable
        holidays? leave vacation pto available reachable call contact ask ping instead work act
        acts acting behalf""",
    ),
    _shape(
        Intent.CREDENTIALS,
        rf"""{_WHO}…(owns?|holds?|has|have|keeps?|knows?|renews?|rotates?|replaces?
        |responsible for|manages?|looks after|change|is the owner of) (\w+ ){{0,2}}?{_CREDENTIAL}
        |{_WHO}…(renews?|rotates?|renewing|rotating)
        |whose {_CREDENTIAL}|owners? of the {_CREDENTIAL}
        |(which|what) {_CREDENTIAL}\b(?!.*\b(expir|run|renew|lapse|end))
        |where (is|are|do|does|can).*\b{_CREDENTIAL}|^(the )?{_CREDENTIAL} (of|for)""",
        f"""{_SECRETS} api app access owns? owners? holds? has keeps? knows? renew* rotat*
        responsible manages? looks after change replaces? use[sd]? stored kept belongs?""",
    ),
    _shape(
        Intent.UNOWNED,
        rf"""^(?!.*\b{_WHO} (owns|is responsible)).*\b(
        (no|without|missing|lacks?|lacking|(do|does) not have|don t have|doesn t have|have not
        |haven t|hasn t|needs?)( (an?|any|its|their))?( (technical|functional|architecture))?
        ( owners?)
        |unowned|ownerless|orphan(s|ed)?
        |not owned|owned by (nobody|no one|none)|(nobody|no one) (owns?|is responsible))""",
        """no without missing lack* owners? owned unowned ownerless orphan* nobody owns need*
        technical functional architecture connections? responsible integrations? flows?""",
    ),
    _shape(
        Intent.APPROVER,
        rf"""{_WHO}…(approv*|sign(s|ed)? off|signs?|authori[sz]es?|agrees?|consents?|decides?
        |allows?|ok s)|approv(al|er|ers|e|es|ed)|sign off
        |(wants?|need|like|plan|going|may|can|allowed|how|who|whom)
        …(to|i|we|you|can|may) (change|modify|alter)\b(?! (on|lately|recently|last))""",
        """approv* signs? signed off authori[sz]* agrees? consent* decides? allow* changes?
        changing modify alter permission plan like wants? going needs? gives? make making mapping
        ask""",
    ),
    _shape(
        Intent.OWNER_THEN,
        f"{_WHO} (owned|used to own|was|were|had)",
        "owned used own responsible owner owners before back then was were had",
    ),
    _shape(
        Intent.OWNED_BY,
        rf"""{_NOBODY}(?!.*\b(which|what) (person|people|team|department|party|colleague)).*\b
        (what|which|list|show|everything|all|does|connections)…(own(s|ed by)?|responsible
        |accountable|in charge|looks? after|takes? care|belongs? to|on §\d+ plate|maintains?
        |manages?|handles?|responsibilities)
        |§\d+ (s )?(responsibilities|portfolio|connections|integrations|plate)
        |{_NOBODY}.*\S own(s|ed)?$
        |{_NOBODY}.*\b((take|takes|taking|took|inherit*) (over )?(\w+ )?from (the )?(?=§)
        |(if|when|once|after) (the )?§\d+ (leaves?|left|quits?|resigns?|retires?))
        |(connections|integrations|flows) (owned by|belonging to)""",
        """owns? owned owner by responsib* accountable charge looks? after takes? care belong*
        everything connections? integrations? flows? plate portfolio maintains? manages? handles?
        names? leaves? left quits? resigns? retires? inherit* taking took getting""",
    ),
    _shape(
        Intent.FUNCTIONAL_OWNER,
        """(functional|business|data|process) (owners?|ownership|responsible|contact|lead)
        |functionally|(functional|business) (side|layer|level)|owns? the data (of|in|for)""",
    ),
    _shape(
        Intent.TECHNICAL_OWNER,
        """(technical|tech|it) (owners?|ownership|responsible|contact|lead)|technically
        |(technical|tech) (side|layer|level)""",
    ),
    _shape(
        Intent.ARCHITECTURE_OWNER,
        """(architecture|architectural|enterprise) (owners?|ownership|responsible|contact|lead)
        |architect|architecturally|architecture (side|layer|level)""",
    ),
    _shape(Intent.OWNER, _OWNER),
    _shape(
        Intent.RUNBOOK,
        """run ?books?|playbooks?|triage|instructions?|troubleshoot*
        |how (do|can|should|could|to|would) ((i|we|you|one) )?
        (fix|repair|restart|recover|triage|solve|debug)
        |what (do|should|can) (i|we) do (when|if|about|with)|steps (to|for)""",
        f"""run runbooks? books? playbooks? triage instructions? troubleshoot* fix repair restart
        recover solve debug steps? guide breaks? {_HEALTH}""",
    ),
    _shape(
        Intent.EXPIRY,
        rf"""expir*|renew*|rotat*|lapses?|valid (until|till|for)|end date
        |{_CREDENTIAL}…(run(s|ning)? out|end|ends|valid|good|due|left|ok|okay|fine)
        |(when|how long|until)…{_CREDENTIAL}|credentials?
        |how long (is|are|will|does)…(good|valid|last|consents?|licen[cs]es?)
        |(consents?|licen[cs]es?|subscriptions?)…(ends?|runs? out|left|valid)""",
        f"""expir* renew* rotat* lapses? valid until till runs? running out due end ends date soon
        next {_SECRETS} api access good long left days? weeks? months? consents? licen[cs]es?
        subscriptions? still""",
    ),
    _shape(
        Intent.CHANGES,
        r"""chang(e|es|ed|ing)|changelog|change log|what is new|modified|history of|releases?
        |edited|deployed|(did|has|have) (anybody|anyone|somebody|someone|you|we|they)…
        (touch(ed)?|modif\w+|edit|deploy|updated?|upgraded?|do|done|fiddled?|altered?|alter)""",
        """chang* log new modified history recent* lately since last week yesterday month days?
        latest releases? edit* deploy* happened upcoming touch* modif* updat* upgrad* fiddl*
        alter*""",
    ),
    _shape(
        Intent.SLA,
        r"""slas?|service levels?|(response|reaction) times?|support hours
        |how (fast|quick(ly)?|soon|long|much time)…(respon*|fix*|react*|answers?|reply|repl\w+
        |repair*|down|wait|take|have|live|survive|cope|manage|(do|go) without)
        |respond within|contract|time to (fix|respond|repair)|tolerances?""",
        """slas? levels? respon* times? reaction react support hours? fast quick* soon long fix*
        answers? repl* repair* contracts? within tolerances? agreements? agreed wait take be down
        much live survive cope manage without go vendors? publishers? partners? must""",
    ),
    _shape(
        Intent.TOUCHES,
        r"""(what|which|who|everything|anything|all|list|show|connections?|integrations?
        |interfaces?|flows?|how many)…(touch(es|ing)?|involv(es?|ing)|uses?|using
        |connect(s|ed)? (to|with)|talks? (to|with)|integrates? with|integrated with
        |depend(s|ing|ent)? (on|upon)|rel(y|ies) on|feeds? (?=§|into|the|from)|attached to
        |linked to|affect(s|ed)|impact(s|ed)?|reads? from|writes? (to|into)|hangs? (on|off)
        |(go(es)?|pass(es)?|runs?|flows?|moves?) (in|into|to|through|via|over|out of|from)
        |hits?|hitting|(plugged|hooked|wired|tied|linked|coupled|connected) (up )?(in|into|to|with)
        |breaks? (if|when)|suffers?|stops? (if|when))\w*
        |(which|what) (connections|integrations|interfaces|flows|links) (does|do|has|have)
        |dependenc(y|ies)|dependents|depends? on|impact of
        |(which|what|all|list|show|the) (me )?(the )?(connections|integrations|interfaces|flows
        |links)( \w+)? (of|to|from|with|on|into|at|in)|what happens (if|when)""",
        """touch* involv* uses? using connect* talks? integrat* depend* rely relies feeds?
        attached linked affect* impact* reads? writes? hangs? goes breaks? suffers? stops? happens
        interfaces? go pass(es)? runs? moves? hits? hitting plugged hooked wired tied coupled
        flows? links? everything list down fails systems? many""",
    ),
    _shape(
        Intent.LAST_SYNC,
        """(has|have|did)…(run|ran|synced|sync|arrived?|come|succeeded|delivered)
        |when (did|was|has|have|is|were|does)…(last*|latest|sync*|ran|run|succe*|work*|receiv*
        |deliver*|updat*|arriv*|refresh*|transfer*|load*|import*|export*|come|came|sent|send
        |previous)
        |(last|latest|previous) ((good|successful) )?(sync*|run|success*|update|time|load|transfer
        |record|delivery|import|export|file|refresh|data)
        |how (old|fresh|recent|long ago|up to date)|last (synced|ran|updated|worked|refreshed)
        |synced (today|yesterday|lately|recently)|stale""",
        """last* latest previous sync* ran runs? succe* work* receiv* deliver* updat* arriv*
        refresh* transfer* loads? loaded import* export* come came sent send time records? good
        old fresh recent* long ago files? data today yesterday stale date went through""",
    ),
    _shape(
        Intent.STATUS,
        rf"""{_NOBODY}.*\b(up to date|status|health|state of|{"|".join(_HEALTH.split())}
        |how (is|are)…(doing|today|now|going)|how (is|are) §\d+|not (sync*|coming|arriving))""",
        f"""status health state date {_HEALTH} doing going open ongoing current everything
        anything connections? integrations?""",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """`rest` are the words left over, with placeholders for what the catalogue names."""

    intent: Intent
    rest: tuple[str, ...]


_CUE_WORDS = """
    owner owners owns responsible accountable approve approves approval functional technical
    architecture expire expires expiry token credential certificate runbook playbook status synced
    change changes changed depends touches covers contact contract maintains unowned orphan
    credentials password renew which where should whose technically functionally expired
    changing owned
"""
_CUES = frozenset(_CUE_WORDS.split())
# Too short to be told by their distance: “who” is one letter from many words.
_SLIPS = {"woh": "who", "hwo": "who", "whi": "who", "wo": "who", "waht": "what", "wich": "which"}


def is_cue(word: str) -> bool:
    """Whether the word may shape a question, so that alone it is no sure name."""
    return word in _CUES or any(shape.drop and shape.drop.fullmatch(word) for shape in SHAPES)


def straighten(words: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """Repair misspelt question words (`onws`, `aproves`), leaving what is `known` alone."""
    kept = STOP_WORDS | CHATTER | _spoken()
    return [word if word in kept else _straight(word, known) for word in words]


def _straight(word: str, known: Callable[[str], bool]) -> str:
    """A cue that the catalogue has too (a title such as "shop owner") loses nothing by it."""
    cue = _cue_for(word)
    return word if known(word) and not (cue != word and known(cue)) else cue


@cache
def _spoken() -> frozenset[str]:
    """Every whole word that a shape listens for."""
    patterns = (one.pattern for shape in SHAPES for one in (shape.says, shape.drop) if one)
    return frozenset(re.findall(r"(?<![a-z\\])[a-z]{4,}", " ".join(patterns)))


def _cue_for(word: str) -> str:
    if word in _SLIPS:
        return _SLIPS[word]
    if len(word) < 4:
        return word
    # Two slips in a short word make another word of it.
    allowed = 1 if len(word) < 8 else 2
    near = min(_CUES, key=lambda cue: (OSA.distance(word, cue), cue))
    return near if OSA.distance(word, near) <= allowed else word


def read(words: Sequence[str]) -> ReadQuestion:
    """The intent, OWNER when nothing says otherwise, and the words that remain."""
    text = " ".join(words)
    # Whole, since “help with the bank feed” is a question about the bank feed.
    if HELP.fullmatch(text):
        return ReadQuestion(intent=Intent.HELP, rest=())
    for shape in SHAPES:
        if shape.says.search(text):
            return ReadQuestion(intent=shape.intent, rest=_rest(shape, text))
    return ReadQuestion(intent=Intent.OWNER, rest=_owned(text))


def _rest(shape: QuestionShape, text: str) -> tuple[str, ...]:
    if shape.drop:
        return tuple(word for word in text.split() if not shape.drop.fullmatch(word))
    # What asks for an owner is cut out last, see CUT.
    return _owned(text if shape.intent is Intent.OWNER else shape.says.sub(" ", text))


def _owned(text: str) -> tuple[str, ...]:
    for pattern in CUT:
        text = pattern.sub(" ", text)
    return tuple(text.split())
