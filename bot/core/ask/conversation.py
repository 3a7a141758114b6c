"""What somebody wants who writes a sentence instead of a command (to greet, to ask, or to have an
error explained), and the answer to a question, the same for every face.

Rules of this file: nothing here ever leads to a deed. It never guesses: an answer is `confident`,
or it says what else may be meant.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from rapidfuzz import fuzz

from bot.core.ask.answer import AskedQuestion, SpokenAnswer
from bot.core.ask.answers import ANSWERS
from bot.core.ask.question_shapes import Intent, ReadQuestion, is_cue, read, straighten
from bot.core.estate.catalogue import NO_COVER, NO_END, Catalogue
from bot.core.estate.ids import PersonId
from bot.core.estate.index import Index, NameKind, index_of, mentions
from bot.core.estate.lookup import named_things
from bot.core.triage.error_text import says_success
from bot.language.words import distinctive, folded, name_members, plain_words, stem

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


_TIME = re.compile(
    r"\d+(?:st|nd|rd|th)?|next|this|last|coming|days?|weeks?|months?|quarters?|years?|ago|since"
    r"|today|yesterday|tomorrow|january|february|march|april|june|july|august|september|october"
    r"|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_TIMED = frozenset({Intent.OWNER_THEN, Intent.CHANGES, Intent.EXPIRY, Intent.LAST_SYNC})
# Questions that have an answer for the whole estate when they name nothing.
_ESTATE = frozenset(
    {Intent.STATUS, Intent.CHANGES, Intent.EXPIRY, Intent.CREDENTIALS, Intent.UNOWNED, Intent.HELP}
)
_ME = frozenset({"i", "me", "my", "mine", "am"})
_REQUEST = re.compile(r"\b(?:show|tell|give|send|help|remind) me\b")


def ask(
    catalogue: Catalogue,
    text: str,
    now: datetime,
    *,
    cover: Mapping[PersonId, PersonId] = NO_COVER,
    until: Mapping[PersonId, datetime] = NO_END,
    asker: PersonId | None = None,
    index: Index | None = None,
) -> SpokenAnswer:
    """Answer a question in plain words. `cover` maps people to who stands in for them at
    `now`, `until` says when that ends; `asker` is whom "I" and "me" mean. `index` saves reading a
    large catalogue again; one of another catalogue is not used. Never raises on any text."""
    if index is None or index.catalogue is not catalogue:
        index = index_of(catalogue)
    members = {
        person.slack_id: person.id for person in catalogue.people.values() if person.slack_id
    }
    words = plain_words(name_members(text, members))
    words = straighten(words, lambda word: index.near_anything(stem(word)))
    question = _read(index, words, asker)
    asked = AskedQuestion(
        index=index,
        intent=question.intent,
        words=question.rest,
        heard=frozenset(words),
        now=now,
        cover=cover,
        until=until,
    )
    return ANSWERS[asked.intent](asked)


def _read(index: Index, words: list[str], asker: PersonId | None) -> ReadQuestion:
    """The question's shape, read with everything named hidden, and its remaining words."""
    masked, hidden = _mask(index, words)
    question = read(masked)
    rest = [part for word in question.rest for part in hidden.get(word, (word,))]
    if question.intent in _TIMED:
        rest = [word for word in rest if not _TIME.fullmatch(word) or index.knows(stem(word))]
    if asker and question.intent in (Intent.OWNED_BY, Intent.COVER) and _says_me(words):
        named = named_things(index, NameKind.PERSON, rest)
        rest = rest if named else [*rest, *plain_words(asker)]
    if not distinctive(rest) and question.intent not in _ESTATE and _only_names(index, words):
        return ReadQuestion(intent=Intent.OWNER, rest=tuple(words))
    return ReadQuestion(intent=question.intent, rest=tuple(rest))


def _says_me(words: list[str]) -> bool:
    """Whether the asker is meant: "what do I own", but not "show me what Bob owns"."""
    return bool(_ME & set(_REQUEST.sub(" ", " ".join(words)).split()))


def _mask(index: Index, words: list[str]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Hide whole names behind placeholders, but no lone word that may shape the question."""
    masked: list[str] = []
    hidden: dict[str, tuple[str, ...]] = {}
    place = 0
    for mention in mentions(index, words):
        part = tuple(words[mention.start : mention.end])
        if len(part) == 1 and is_cue(part[0]):
            continue
        sign = f"§{len(hidden)}"
        hidden[sign] = part
        masked += [*words[place : mention.start], sign]
        place = mention.end
    return [*masked, *words[place:]], hidden


def _only_names(index: Index, words: list[str]) -> bool:
    """Whether the text is nothing but words of the catalogue: "contacts", not "who owns it"."""
    content = distinctive(words)
    return bool(content) and all(index.knows(word) for word in content)
