"""Whether the letters of a text are those of words, or what another encoding's bytes look like.

Rule of this file: it refuses and names, and never chooses an encoding to read with.
"""

import re
import unicodedata
from collections.abc import Iterator

# The name that a person finds in a spreadsheet's list, for what Python calls otherwise.
_OTHERS = (
    ("cp932", "Shift-JIS"),
    ("cp1251", "Windows-1251"),
    ("cp1250", "Windows-1250"),
    ("cp850", "the DOS code page 850"),
    ("mac_roman", "Macintosh"),
)
_WORD = re.compile(r"[^\s!-&(-/:-@\[-`{-~]+")  # an apostrophe is of the word
_WITHIN = frozenset("'’‘´·‐‑-–—…°/®™©«»“”„")
_SHARE = 5  # of so many words with such letters one may look odd


def implausible(text: str) -> str:
    """A word that no language writes so, when more than a few of the words are; else nothing."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = [word for word in words if _is_odd(word)]
    return odd[0][:40] if len(odd) * _SHARE >= len(words) and odd else ""


def likely(raw: bytes) -> str:
    """The encoding in which the letters of the same bytes are those of words; else nothing."""
    return next((told for name, told in _OTHERS if _fits(raw, name)), "")


def _fits(raw: bytes, name: str) -> bool:
    try:
        text = raw.decode(name)
    except UnicodeDecodeError:
        return False
    return not any(_is_odd(word, row=5) for word in _WORD.findall(text) if not word.isascii())


def _is_odd(word: str, row: int = 3) -> bool:
    """A sign between two letters, letters of two scripts, a capital within, or so many letters
    with accents in a row: three are none of Western Europe, and Polish has them."""
    scripts = {_script(sign) for sign in word if sign.isalpha()}
    if "CJK" in scripts and not any(sign.islower() for sign in word):  # `ECサイト`
        scripts.discard("LATIN")
    latin = scripts == {"LATIN"}
    many = latin and re.search(rf"[^\W\x00-\x7f]{{{row}}}", word) is not None
    return many or len(scripts) > 1 or any(_odd_places(word, latin=latin))


def _odd_places(word: str, *, latin: bool) -> Iterator[bool]:
    yield any(unicodedata.category(sign) in ("Cc", "Co") or sign == "\ufffd" for sign in word)
    for before, sign, after in zip(word, word[1:], word[2:], strict=False):
        if not sign.isascii() and before.isalpha() and after.isalpha():
            yield not sign.isalpha() and sign not in _WITHIN
            yield latin and before.islower() and sign.isupper() and after.islower()


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    script = name.partition(" ")[0]
    # Japanese writes with three of them at once.
    return "CJK" if script in ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else script
