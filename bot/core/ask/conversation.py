"""What somebody wants who writes a sentence instead of a command: to greet, to ask, or to have an
error explained. Rule of this file: nothing here ever leads to a deed.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from rapidfuzz import fuzz

from bot.core.triage.error_text import says_success
from bot.language.words import folded

_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_WORD = re.compile(r"\w+")
_SHORT = 6  # words around one of the questions below
_LONGEST_CHAT = 14  # words; whoever writes more has something to say
_TYPO = 80  # of 100: how alike a mistyped word has to be

_HELLO = """
hi hello hey heya hiya yo howdy greetings morning afternoon evening hallo hoi moin moinmoin
servus tach gruezi gruss hola buenos buenas bonjour bonsoir salut coucou ciao buongiorno
buonasera salve ola bom boa hej hei hallå god goedemorgen goedemiddag goedenavond dag czesc
witam dobry ahoj privet здравствуйте привет merhaba selam namaste konnichiwa こんにちは
你好 您好 guten grüezi
"""
_THANKS = """
thanks thank thx ty tysm cheers danke dankeschön dankeschon vielen merci gracias grazie obrigado
obrigada tack takk tak bedankt dankjewel dankuwel dziekuje dzieki diky dekuji spasibo спасибо
tesekkurler arigato ありがとう 谢谢 appreciated appreciate kudos
"""
_BYE = """
bye goodbye cya later tschüss tschuss tschau adios adieu arrivederci dobranoc goodnight farewell
feierabend weekend wochenende
"""
_REPLY = """
ok okay okey k kk yes yep yeah yup ja jo oui si sim tak da no nope nah nein non nee sure fine
great good nice cool super perfect perfekt awesome amazing excellent brilliant lovely wonderful
wow prima klasse toll genial top parfait perfecto perfetto bien bene gut alles klar understood
gotcha lol haha hahaha hehe hihi rofl sorry oops entschuldigung pardon perdon scusa welcome
bitte please test testing ping hm hmm hmmm aha oh ah love bravo congrats congratulations yay
"""
# What may stand around those and says nothing of its own.
_AROUND = """
a all and again any are at back be bot buddy can colleague day de did die do dir doing dear dude
everybody everyone everything firstlane folks for friend from fun going got great guys had happy
have how i i'm is it it's its job just know la lot luck lunch m man mate me mein mr much muchas
muito beaucoup mille fois molte tante my never mind night no not now of on one our out problem
quick rest right s see so soon sounds sir still talk team that that's the there they things this
time to today tomorrow tonight too u up very was we week well went what what's whats with work
working worries would y ya you you're your yours days dias tardes noches jour tag abend nacht
wie geht es euch ihnen comment ca va vous tu que tal como esta estas come stai sta bem tudo hur
mar du hoe gaat het jak sie masz help helping helpful helped hilfe für fur deine ihre ton votre
aide pour il lo par ayuda su aiuto l zusammen liebe leute kollegen meine tout le monde tous
todos tutti alle morgen mittag später spater bis dann mal noch einen schönen schönes eine gute
nice au revoir hasta luego mañana manana più tardi piu buon buona giornata fin semaine bonne
journée journee soirée soiree bon après apres midi wochenende ebenfalls dank je wel hartelijk
cze dzien ni si hao nothing else that'll
"""
_QUESTIONS_TO_US = re.compile(
    r"(?:how (?:are|r) (?:you|u|things)|how(?: i|')?s it going|what(?:'s| is|s) up|sup|wassup"
    r"|are you (?:a |an )?(?:bot|human|robot|real|person|there|alive|ai|ok|awake|online)"
    r"|who (?:made|built|created) you|what(?:'s| is) your name|nice to meet you"
    r"|never ?mind|no (?:worries|problem)|got it|sounds good|see (?:you|ya|u)|you rock"
    r"|wie geht(?:'s| es)|ca va|que tal|come stai|tudo bem)\b"
)

_ABOUT_THE_STATE = re.compile(r"(?:is|are|does|do)\b.*\b(?:everything|anything|all|it)\b")


class Wish(StrEnum):
    """What a sentence that is no question about the estate wants."""

    GREET = "greet"
    THANK = "thank"
    PART = "part"
    CHAT = "chat"


def small_talk(text: str) -> Wish | None:
    """What kind of small talk the whole sentence is; None when it says something more."""
    plain = _folded(_EMOJI.sub(" ", text))
    words = _WORD.findall(plain)
    if not words:
        return Wish.CHAT  # nothing but marks and emoji
    if len(words) > _LONGEST_CHAT or _ABOUT_THE_STATE.match(plain):
        return None
    asked = bool(_QUESTIONS_TO_US.search(plain))
    if not all(_one_of(word, _ALL) for word in words):
        return Wish.CHAT if asked and len(words) <= _SHORT else None
    chats = asked or any(_one_of(word, _CHATTING) for word in words)
    return _kind(words) or (Wish.CHAT if chats else None)


def sounds_like(text: str) -> Wish | None:
    """What a sentence that nobody understood begins with: thanks, a greeting, or nothing known."""
    return _kind(_WORD.findall(_folded(_EMOJI.sub(" ", text)))[:2])


def _kind(words: Sequence[str]) -> Wish | None:
    kinds = (wish for wish, known in _KINDS if any(_one_of(word, known) for word in words))
    return next(kinds, None)


def _folded(text: str) -> str:
    return folded(text.replace("’", "'"))


def _lexicon(*words: str) -> frozenset[str]:
    return frozenset(part for text in words for part in _WORD.findall(_folded(text)))


_CHATTING = _lexicon(_HELLO, _THANKS, _BYE, _REPLY)
_ALL = _CHATTING | _lexicon(_AROUND)
_KINDS = (
    (Wish.THANK, _lexicon(_THANKS)),
    (Wish.PART, _lexicon(_BYE)),
    (Wish.GREET, _lexicon(_HELLO)),
)


_DRAWN = re.compile(r"(.)\1{2,}")


def _one_of(word: str, lexicon: frozenset[str]) -> bool:
    """Also mistyped, and drawn out: `helloooo`."""
    once, short = _DRAWN.sub(r"\1", word), _DRAWN.sub(r"\1\1", word)
    if lexicon & {word, once, short}:
        return True
    if len(short) < 5:
        return False
    return any(
        known[0] == short[0] and len(known) >= 5 and fuzz.ratio(short, known) >= _TYPO
        for known in lexicon
    )


_TROUBLE = re.compile(
    r"\b(?:errors?|exceptions?|fail(?:s|ed|ure|ures|ing)?|denied|refused|rejected|invalid"
    r"|unauthori[sz]ed|forbidden|timed? ?out|timeout|deadlock|cannot|could not|couldn't|unable"
    r"|not found|must contain"
    r"|fehler|fehlgeschlagen|ung[uü]ltig|erreur|[ée]chou[ée]|errore|fallito|fallo|traceback"
    r"|status(?: code)? \d{3}|http \d{3}|[45]\d\d)\b|\b(?:ORA|SQLSTATE|E|AADSTS|BC|SAP)-?\d{3,}",
    re.IGNORECASE,
)


def reads_like_an_error(text: str) -> bool:
    """Whether it may be the text of an error, or tell of one, so that an explanation is of use."""
    return bool(_TROUBLE.search(text)) and not says_success(text)


_NEW_CONNECTION = re.compile(
    r"\b(?:how|where|who|can|may|could)\b.*\b(?:add|register|create|enter|onboard|connect|set up"
    r"|remove|delete|retire|edit|rename|change the owner)\b.*\b(?:connections?|integrations?"
    r"|interfaces?|feeds?|owners?|systems?|estate file|catalogue)\b",
    re.IGNORECASE | re.DOTALL,
)


def asks_to_edit_the_estate(text: str) -> bool:
    """Whether it asks how a connection gets into the estate, out of it, or is changed in it."""
    return bool(_NEW_CONNECTION.search(text))


_LATELY = re.compile(
    r"\b(?:what|anything|something|why|how often)\b.*\b(?:went wrong|gone wrong|go wrong|happened"
    r"|broke|break|broken|fail(?:ed|s|ing)?|problems?|issues?|incidents?|trouble)\b.*"
    r"\b(?:lately|recently|last|this|yesterday|today|before|ago|past|so far)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_no_command(text: str) -> bool:
    """Whether a message that begins with the word of a command is one of these all the same."""
    asks = asks_to_edit_the_estate(text) or asks_about_the_past(text)
    return asks or small_talk(text) is not None


def asks_about_the_past(text: str) -> bool:
    """Whether it asks what went wrong with something of late."""
    return bool(_LATELY.search(text))
