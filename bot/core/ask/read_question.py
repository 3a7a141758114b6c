"""What kind of thing is asked, and which words are left that say of what.

Rule of this file: it reads the shape of a question and knows no catalogue; whatever the catalogue
names arrives as a placeholder (`§0`), so that a connection called "order status" is not taken for
a question about status.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from bot.core.ask.question_shapes import (
    ASKED,
    HELP,
    LATER_SHAPES,
    LAYERS,
    LIVE,
    LIVE_WORDS,
    OWNER,
    OWNER_SPANS,
    SHAPES,
    SINCE,
    TROUBLE_WITH,
    WHO,
    Intent,
)
from bot.language.words import CHATTER, STOP_WORDS


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


_SLIPS = {"woh": "who", "hwo": "who", "whi": "who", "wo": "who", "waht": "what", "wich": "which"}


def is_cue(word: str) -> bool:
    """Whether the word may shape a question, so that alone it is no sure name."""
    return word in _CUES or any(
        re.search(rf"\b(?:{drop})\b", word)
        for _, _, drop in (*SHAPES, *LATER_SHAPES, (Intent.STATUS, "", LIVE_WORDS))
    )


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
    shapes = " ".join(
        (
            *(part for _, *shape in (*SHAPES, *LATER_SHAPES, *LAYERS) for part in shape),
            *OWNER_SPANS,
            LIVE_WORDS,
        )
    )
    return frozenset(re.findall(r"(?<![a-z\\])[a-z]{4,}", shapes))


def read(words: Sequence[str]) -> ReadQuestion:
    """The intent, OWNER when nothing says otherwise, and the words that remain."""
    text = " ".join(words)
    polite = re.sub(r"^(?:(?:please|can|could|you|hi|hello|hey) )+|(?: please)+$", "", text)
    if HELP.fullmatch(text) or HELP.fullmatch(polite):
        return ReadQuestion(intent=Intent.HELP, rest=())
    for intent, shape, drop in SHAPES:
        if re.search(shape, text) and not _says_owner_first(intent, text):
            return _rest(intent, text, drop)
    for intent, shape in LAYERS:
        if re.search(shape, text):
            return _owner(intent, re.sub(shape, " ", text))
    if OWNER.search(text):
        return _owner(Intent.OWNER, text)
    for intent, shape, drop in LATER_SHAPES:
        if re.search(shape, text):
            return _rest(intent, text, drop)
    if not WHO.search(text) and LIVE.search(text):
        return _rest(Intent.STATUS, text, LIVE_WORDS)
    return _owner(Intent.OWNER, text)


def _says_owner_first(intent: Intent, text: str) -> bool:
    return intent is Intent.UNOWNED and bool(re.search(rf"\b{ASKED} (?:owns|is responsible)", text))


def _rest(intent: Intent, text: str, drop: str) -> ReadQuestion:
    cue = re.compile(drop)
    return ReadQuestion(
        intent=intent, rest=tuple(word for word in text.split() if not cue.fullmatch(word))
    )


def _owner(intent: Intent, text: str) -> ReadQuestion:
    text = SINCE.sub(" ", TROUBLE_WITH.sub(" ", text))
    return ReadQuestion(intent=intent, rest=tuple(WHO.sub(" ", OWNER.sub(" ", text)).split()))


def _cue_for(word: str) -> str:
    if word in _SLIPS:
        return _SLIPS[word]
    if len(word) < 4:
        return word
    allowed = 1 if len(word) < 8 else 2
    near = min(_CUES, key=lambda cue: (OSA.distance(word, cue), cue))
    return near if OSA.distance(word, near) <= allowed else word
