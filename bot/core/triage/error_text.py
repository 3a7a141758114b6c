"""What is read of an error text before playbook patterns meet it.

Rule of this file: the words of a text stay in their order; only how they are written is evened out,
so that one pattern fits a text whether it came bare, inside JSON or HTML, or with accents.
"""

import html
import re
import unicodedata

READ_START = 1500  # characters of a text that are looked at: its beginning …
READ_END = 1000  # … and its end, where a stack trace names its root cause

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_ESCAPED_QUOTE = re.compile(r'\\{1,8}"')
_ESCAPED_CHARACTER = re.compile(r"\\{1,4}u([0-9a-fA-F]{4})")
_ENTITY = re.compile(r"&#?\w{2,8};")
# From here on a text names a cause; Python's chains run the other way round and have other words.
_CAUSE = re.compile(
    r"caused by\b|--->|inner ?exception\b|root (?:cause|message|exception)\b"
    r"|causa(?:do por|ta da)\b|cause par\b|verursacht durch\b|ursache:",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"(?<!no )(?<!not )\b(?:success(?:ful(?:ly)?)?|succeeded|completed|finished|ok|healthy|passed"
    r"|renewed|rotated|replaced|confirmed|delivered|refreshed|recovered|restored|reconnected|resumed|erfolgreich|abgeschlossen|geslaagd|voltooid|reussi|completado|exito)\b",
    re.IGNORECASE,
)
# A line that a log marks as no complaint, such as INFO.
_TOLD = re.compile(
    r"\b(?:level|lvl|severity)[\"']?\s?[=:]\s?[\"']?(?:info|debug|trace|notice)\b"
    r"|(?:^|[\s\[|])(?-i:INFO|DEBUG|TRACE|NOTICE)(?=[\s\]:|])",
    re.IGNORECASE,
)
_BAD = r"errors?|fail(?:ed|ures?)?|warnings?|rejected|rejections?|issues|exceptions|fehler"
_SAID = (
    r"duplicates?|skipped|locked|closed|blocked|denied|expired|missing|cancell?ed|stuck|pending"
    r"|conflicts?|time-?outs?|deadlocks?|overdue|unmapped|unknown|invalid|paused|aborted"
)
_EVENT = (
    r"(?:time-?outs?|errors?|failures?|resets?|deadlocks?|locks?|conflicts?|outages?|exceptions?"
    r"|disconnects?|interruptions?|rate limits?|attempts?)"
)
# What a text mentions and does not complain of: what there is none of, a limit that is set, trouble
# that is over, and what a check that passed looks for.
_MENTIONED = re.compile(
    r"\b(?:no|0|zero|without|without any|keine?|sans|sin|geen|nothing(?: is| was)?) "
    rf"(?:{_BAD}|{_SAID})\b"
    r"|\b\w{0,12}(?:errors?|failed|failures?|rejected|warnings?|errorcount|error_count)"
    r"[\"']?\s{0,3}[:=]\s{0,3}(?:0\b(?![.,]\d)|null\b|none\b|false\b|\[\s{0,3}\]|\"\"|\{\})"
    r"|\b\w{0,20}?time-?out\w{0,12}[\"']?(?: (?:value|setting|is|was|of))?"
    r"(?: (?:set|configured))?(?: to)?"
    r"\s?[:=]?\s?[\"']?\d{1,9} ?(?:ms|s|sec\w{0,4}|min\w{0,4}|milli\w{0,8})?\b"
    r"(?!.{0,20}(?:exceeded|elapsed|reached|expired|passed))"
    r"|\b(?:after|following|from|despite) (?:an? |the |its )?"
    r"(?:previous|earlier|prior|initial|first|transient|temporary) "
    rf"(?:[\w-]{{1,20}}+ ){{0,2}}{_EVENT}\b"
    r"|\b(?:succeeded|successful(?:ly)?|recovered|restored|reconnected|resumed)\b[^.,;\n]{0,30}?"
    r"\b(?:after|following|from|despite) (?:an? |the |\d{1,3} )?"
    rf"(?:[\w-]{{1,20}}+ ){{0,2}}{_EVENT}\b"
    r"|\b(?:old|previous|former|prior|replaced) (?:[\w-]{1,20}+ ){1,2}(?:has |had |was )?"
    r"(?:expired|ended|revoked|run out)\b|\bafter (?:it|they) (?:had |has |have )?expired\b"
    r"|(?:\b(?!(?:but|and|or|is|are|was|were|because|not|by|for|until|after|while)\b)[\w-]{1,20}+ )"
    r"{0,3}\b(?:checks?|validations?|tests?|scans?|verification):? (?:is |are |was |has |have )?"
    r"(?:passed|ok|succeeded|successful|clean)\b",
    re.IGNORECASE,
)
# A state of trouble that a text says there is not; `not open` and `not valid` are trouble.
_STATE = (
    r"(?:expired|locked|closed|blocked|disabled|revoked|suspended|paused|overdue|stuck|abgelaufen"
    r"|gesperrt|geschlossen|blockiert|verlopen|geblokkeerd|afgesloten|expiree?|bloquee?"
    r"|verrouillee?|caducado|bloqueado|scaduto|bloccato)"
)
_DENIED = re.compile(
    r"\b(?:(?:is|are|was|were|has|have|had) not (?:yet )?(?:been )?"
    rf"|(?:is|are|was|has|have)n't (?:been )?|(?:ist|sind|is) (?:nicht|niet) |n'est pas ){_STATE}\b"
    r"(?=\s{0,3}(?:$|[.,;()\n]))",
    re.IGNORECASE,
)
# Counts of trouble that are nought, containers of it that hold nothing, and states that are over.
_KEPT = (
    r"(?:messages?|records?|items?|jobs?|tasks?|runs?|rows?|entries|files?|documents?|orders?"
    r"|events?|logins?|calls?|requests?|transactions?|attempts?)"
)
_HEAP = (
    r"(?:(?:dead[ _-]?letter(?:ed|s)?|dlq|poison|quarantine|error|failed|failure|reject(?:ed|ion)?"
    r"|exception|retry|stuck)(?:[ _-](?:messages?|queue|topic|box|folder|channel|list|log|table))?)"
)
_COUNT = r"(?:depth|count|counter|length|size|total|today|now|currently)"
_NOUGHT = r"\s?[:=]\s?0\b(?![.,:]?\d| of\b)"
_NOTHING = re.compile(
    rf"\b(?:number|count|total)(?: number)? of (?:{_BAD}|{_SAID}|{_HEAP}|{_EVENT})\b"
    rf"[a-z _-]{{0,40}}{_NOUGHT}"
    rf"|\b(?:{_HEAP}|{_BAD}|{_SAID})(?:[ _-]{_KEPT})?(?:[ _-]{_COUNT}){{0,2}}{_NOUGHT}"
    rf"|\b(?:0|no|zero|keine?) (?:more |new )?{_KEPT} (?:is |are |left |waiting )?(?:in|on) "
    rf"(?:the |our |its )?{_HEAP}\b"
    rf"|\b{_HEAP}(?: is| are| was| stays| remains)?:? (?:now |currently |still )?"
    r"(?:empty|clean|cleared|drained)\b"
    r"|\b(?:maintenance|read-?only|safe|outage|alarm|alert|lock-?out|incident|degradation)"
    r"(?: mode| window| work)?:? (?:is |was |has been |has |now ){0,2}"
    r"(?:disabled|off|deactivated|(?:switched|turned) off|ended|over|finished|completed|lifted"
    r"|resolved|called off|cancell?ed|inactive)\b",
    re.IGNORECASE,
)
# What is being set, and what was done before and need not be done again.
_HARMLESS = re.compile(
    r"\btime-?out\w{0,12}[\"']?(?: (?:value|setting))?(?: (?:is|was|has been))?"
    r" (?:set|configured)\b"
    r"|(?P<named>\b(?:setting|rule|policy|alert|step|handler|option|parameter)"
    r" [\"'][^\"']{1,80}[\"']"
    r"(?: (?:is|was|has been))?(?: (?:changed|created|configured|enabled|disabled|updated|added)"
    r"| from \w{1,20} to \w{1,20})\b)"
    r"|(?P<ahead>\b(?:scheduled|planned|upcoming|next) (?:maintenance|downtime|outage)\b"
    r"[^.;\n]{0,60}\b(?:added to (?:the |our )?calendar|announced|(?:scheduled|planned) for"
    r"|(?:will|is to) (?:start|begin|take place|be performed))"
    r"|\bupcoming (?:maintenance|downtime)\b)"
    r"|(?P<done>\balready [a-z]{2,20}\b[^.;\n]{0,60}[,;:-] ?"
    r"(?:nothing (?:left )?to do"
    r"|no (?:changes?|action|update) (?:is |are )?(?:needed|required|necessary))\b)",
    re.IGNORECASE,
)
_SETTLED = ("named", "done", "ahead")
# The word of a validator or a test, which is not said of what it looked for.
_PASS = re.compile(r"(?:^|[\s:=\[|\"'])PASS(?:ED)?(?=$|[\s\]|\"',.;:)])")
_TEST_NAMES = re.compile(r"\btest_\w{1,80}|\bTest[A-Z]\w{1,80}|\btests?/[\w/.:-]{1,120}")
# Where one field, line or sentence of a text ends and the next begins.
_BORDER = re.compile(
    r""",(?=\s{0,9}["'][\w.:@-]{1,60}["']\s{0,3}:)"""  # JSON: the next key
    r"""|[}\]],(?=\s{0,9}[{\["'])|[\r\n]"""
    r"""|(?P<kept>["']|=[^\s=]{1,120})[,;]?\s(?=[\w.-]{1,40}=)"""  # key=value key=value
    r"|</[A-Za-z][\w:.-]{0,60}>"
    r"|\s\|\s"
    r"|(?<=[a-z0-9)]{4})[.!?][\"']?\s{1,3}(?=[\"']?[A-Z][a-z])"
)
_TROUBLE = re.compile(
    r"error|fail|fault|denied|reject|refus|invalid|exception|cannot|could not|can't|unable|missing"
    r"|expired|locked|closed|duplicate|time.?out|timed|\bnot\b|n't\b|unknown|unavailable|exceed"
    r"|too many|throttl|stuck|waiting|pending|overdue|abort|cancel|warn|skipped|paused|offline"
    r"|\bdown\b|\b0 records|\bno (?:data|records)|already exists|forbidden|unauthori|deadlock"
    r"|fehler|(?:jahr|periode|monat|zeitraum)\b.{0,40}geschlossen",
    re.IGNORECASE,
)


def read(text: str) -> str:
    """The beginning and the end of a long text, written evenly; a short one whole."""
    if len(text) > READ_START + READ_END:
        # Its middle is left out: hundreds of stack frames lie between what is said and why.
        text = f"{text[:READ_START]}\n{text[-READ_END:]}"
    return normalise(_unpacked(text))


def normalise(text: str) -> str:
    """Without accents and with plain quotes: `geöffnet` and `geoffnet` read the same."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_QUOTES).replace("ß", "ss"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def apart(text: str) -> str:
    """`text` with a line break for each sign of a border between fields, lines and sentences, so
    that words of different ones do not read as one phrase. Every place in it stays the same."""
    return _BORDER.sub(_broken, text)


def cause_starts(text: str) -> int:
    """Where the innermost cause that a text names begins; 0 when it names none."""
    # The last one: chains of Java and .NET go from the outermost error inwards.
    return max((mark.end() for mark in _CAUSE.finditer(text)), default=0)


def complaint(text: str) -> tuple[str, bool]:
    """`text` with blanks for what it denies, counts none of or calls over, and for what it only
    mentions, when it reports success, sets or announces something, or is marked as no complaint,
    and tells of nothing else that is wrong; and whether it reports such a success. Every place in
    it stays the same."""
    # Blanks and not nothing: later steps compare places in the text with each other.
    text = _NOTHING.sub(_blank, _DENIED.sub(_blank, text))
    passed = bool(_PASS.search(text))
    good = passed or bool(_GOOD.search(text))
    if not (good or _TOLD.search(text) or _HARMLESS.search(text)):
        return text, False
    rest = _HARMLESS.sub(lambda hit: _blank(hit) if hit.lastgroup in _SETTLED else hit[0], text)
    rest = _MENTIONED.sub(_blank, rest)
    if good:
        rest = _TEST_NAMES.sub(_blank, rest)
    if _TROUBLE.search(rest):
        return text, False
    return (" " * len(rest) if passed else rest), good


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def says_success(text: str) -> bool:
    """Whether a text reports that something went well and nothing that went wrong."""
    return complaint(text)[1]


def _broken(border: re.Match[str]) -> str:
    kept = border["kept"] or ""
    return kept + "\n" * (len(border[0]) - len(kept))


def _unpacked(text: str) -> str:
    """Without the escapes of a text that was put into JSON or HTML."""
    if "\\" in text:
        text = _ESCAPED_CHARACTER.sub(_character, _ESCAPED_QUOTE.sub('"', text))
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


def _character(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character.isprintable() else " "
