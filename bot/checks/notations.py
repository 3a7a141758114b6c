"""Finds a value in a text however the text writes it: coded for an address, for HTML, JSON or a
string of a program, several times over, in other capitals or forms of the same letters, folded over
lines or spaced out.

The text is decoded round by round, and each round remembers where its characters stood at first.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

Span = tuple[int, int]
_ROUNDS = 3
_LOOSE = 6  # shorter values are not looked for across spaces and capitals
_CODED = re.compile(
    r"(?P<octets>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<entity>&\#[xX][0-9A-Fa-f]{1,6};?|&\#[0-9]{1,7};?|&[A-Za-z][A-Za-z0-9]{1,30};)"
    r"|\\(?P<code>u\{[0-9A-Fa-f]{1,6}\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|u[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|x[0-9A-Fa-f]{2})"
    r"|\\(?P<escaped>[\x21-\x2f\x3a-\x40\[\\\]^`{|}~\sbfnrt])"
    r"|(?P<form>[^\x00-\x7f])"
)
# With what is written between letters and not seen: joiners, selectors of a form.
_BLANK = re.compile(r"[\s\u00ad\u034f\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
_BEGUN = re.compile(r"(?:%[0-9A-Fa-f]?|\\(?:[uUx][0-9A-Fa-f]{0,7})?|&\#?[0-9A-Za-z]{0,8})\Z")


class _View(NamedTuple):
    """A reading of a text; character `i` was written at `starts[i]` to `ends[i]`."""

    text: str
    starts: list[int]
    ends: list[int]


def decoded(text: str) -> Iterator[str]:
    """The text as it is and after each round that changes it."""
    return (view.text for view in _rounds(_as_it_is(text)))


class Forms(NamedTuple):
    """What to look for: as it is, and without blanks and in small letters."""

    plain: Sequence[str]
    loose: Sequence[str]


def sought(forms: Iterable[str]) -> Forms:
    """To be made once for many texts."""
    plain = sorted(set(forms))
    return Forms(plain, sorted({form for form in map(_folded, plain) if len(form) >= _LOOSE}))


def spans_of(text: str, forms: Forms, shortest: int) -> Iterator[Span]:
    """Where `text` writes one of `forms`; in a text that ends with `…` also a beginning of one of
    at least `shortest` characters at that end."""
    plain, loose = forms
    cut = len(text) - 1 if text.endswith("…") else None
    whole = _as_it_is(text if cut is None else text[:-1])
    rounds = list(_rounds(whole))
    shut = [_loose(view) for view in rounds]
    # A fold may also go through the code of one character.
    shut += [view for view in map(_loose, _rounds(_unfolded(whole))) if view not in shut]
    views = [*((view, plain) for view in rounds), *((view, loose) for view in shut)]
    for view, wanted in views:
        yield from _found(view, wanted)
        if cut is not None:
            yield from _cut_off(view, wanted, shortest, cut)


def _as_it_is(text: str) -> _View:
    return _View(text, list(range(len(text))), list(range(1, len(text) + 1)))


def _rounds(view: _View) -> Iterator[_View]:
    yield view
    for _ in range(_ROUNDS):
        after = _replaced(view, _CODED, _plain)
        if after is view:
            return
        view = after
        yield view


def _folded(text: str) -> str:
    return _BLANK.sub("", _usual(_BLANK.sub("", text).casefold()))


def _usual(text: str) -> str:
    """In the usual form of its letters (full-width, bold, accents apart)."""
    return text if text.isascii() else unicodedata.normalize("NFKD", text)


def _unfolded(view: _View) -> _View:
    return _replaced(view, _BLANK, lambda _: ())


def _loose(view: _View) -> _View:
    """Without blanks, in small letters of the usual form."""
    shut = _unfolded(view)
    small = _folded(shut.text)
    if len(small) == len(shut.text):
        return shut._replace(text=small)
    each = [(char, at) for at, one in enumerate(shut.text) for char in _folded(one)]
    return _View(
        "".join(char for char, _ in each),
        [shut.starts[at] for _, at in each],
        [shut.ends[at] for _, at in each],
    )


Pieces = Iterable[tuple[str, int, int]]  # characters, and what part of the match they stood for


def _replaced(
    view: _View, pattern: re.Pattern[str], meant: Callable[[re.Match[str]], Pieces]
) -> _View:
    text, starts, ends, at = [], [], [], 0
    for match in pattern.finditer(view.text):
        text.append(view.text[at : match.start()])
        starts += view.starts[at : match.start()]
        ends += view.ends[at : match.start()]
        for chars, first, behind in meant(match):
            text.append(chars)
            starts += [view.starts[match.start() + first]] * len(chars)
            ends += [view.ends[match.start() + behind - 1]] * len(chars)
        at = match.end()
    after = "".join((*text, view.text[at:]))
    if after == view.text:
        return view
    return _View(after, starts + view.starts[at:], ends + view.ends[at:])


def _plain(match: re.Match[str]) -> Pieces:
    whole = match.group()
    if match["octets"]:
        return _octets(whole)
    if match["entity"]:
        return ((html.unescape(whole), 0, len(whole)),)
    if match["form"]:
        return ((_usual(whole), 0, 1),)
    if match["code"]:
        return ((_character(match["code"]), 0, len(whole)),)
    return ((_LETTERS.get(match["escaped"], match["escaped"]), 0, len(whole)),)


_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _octets(run: str) -> Iterator[tuple[str, int, int]]:
    raw = bytes.fromhex(run.replace("%", ""))
    at = 0
    # What is no UTF-8 is given back as the octets that it is.
    for char in raw.decode("utf-8", "surrogateescape"):
        size = 1 if "\udc80" <= char <= "\udcff" else len(char.encode())
        shown = chr(raw[at]) if "\udc80" <= char <= "\udcff" else char
        yield shown, at * 3, (at + size) * 3
        at += size


def _character(code: str) -> str:
    if "\\" in code:
        high, low = int(code[1:5], 16), int(code[7:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    number = int(code[1:].strip("{}"), 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _found(view: _View, forms: Iterable[str]) -> Iterator[Span]:
    for form in forms:
        at = view.text.find(form)
        while at >= 0:
            yield view.starts[at], view.ends[at + len(form) - 1]
            at = view.text.find(form, at + 1)


def _cut_off(view: _View, forms: Sequence[str], shortest: int, cut: int) -> Iterator[Span]:
    # The cut may have gone through the code of one character, which then says nothing.
    begun = _BEGUN.search(view.text, max(0, len(view.text) - 12))
    for end in {len(view.text), begun.start() if begun else len(view.text)}:
        for form in forms:
            for length in range(min(len(form), end), shortest - 1, -1):
                if view.text.startswith(form[:length], end - length, end):
                    yield view.starts[end - length], cut
                    break
