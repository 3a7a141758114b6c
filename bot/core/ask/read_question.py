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

from bot.core.ask.question_shapes import CUT, HELP, SHAPES, Intent, QuestionShape
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
    allowed = 1 if len(word) < 8 else 2
    near = min(_CUES, key=lambda cue: (OSA.distance(word, cue), cue))
    return near if OSA.distance(word, near) <= allowed else word


def read(words: Sequence[str]) -> ReadQuestion:
    """The intent, OWNER when nothing says otherwise, and the words that remain."""
    text = " ".join(words)
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
