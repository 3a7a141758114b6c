"""Finds a secret in a text however the text writes it: coded for an address, for HTML, JSON or a
string of a program, several times over, in other capitals or forms of the same letters, folded over
lines or spaced out.

The text is decoded round by round, and each round remembers where its characters stood at first. Of
a secret address those parts are looked for that look made up by a machine: no words, versions and
numbers, one or several of them hanging together.
"""

import html
import re
import unicodedata
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple
from urllib.parse import unquote

# A part is a secret of its own from so many letters that no word has.
_SHORTEST_ALONE, _TOO_LONG = 8, 24
_NUMBERED = re.compile(r"[A-Za-z]*\d{0,5}|\d{1,11}|\d{1,3}[a-z]+|[a-z]{3,}\d{1,3}[a-z]{3,}")
_PIECE = re.compile(r"[A-Za-z0-9]+")


def random_looking(segment: str) -> bool:
    """Whether a part of a secret address looks made up."""
    pieces = re.split(r"[^A-Za-z0-9]", unquote(segment))
    return sum(len(piece) for piece in pieces if _made_up(piece)) >= _SHORTEST_ALONE


def pieces_of(segment: str) -> Iterator[str]:
    """The pieces of a part that look made up and are long enough to stand alone."""
    for piece in _PIECE.findall(segment):
        if len(piece) >= _SHORTEST_ALONE and _made_up(piece):
            yield piece


def first_piece(address: str) -> int | None:
    """Where the first piece of an address begins that looks made up, behind the scheme."""
    behind = address.find("://") + 1
    for found in _PIECE.finditer(address, behind):
        if len(found[0]) >= _SHORTEST_ALONE and _made_up(found[0]):
            return found.start()
    return None


def _made_up(piece: str) -> bool:
    if not piece.isalpha():
        return not _NUMBERED.fullmatch(piece)
    # A capital inside begins a word (`getOrders`); letters by chance change far more often.
    turns = sum(one.isupper() != other.isupper() for one, other in pairwise(piece))
    return len(piece) >= _TOO_LONG or (len(piece) >= _TOO_LONG * 2 / 3 and turns > len(piece) * 0.4)


Span = tuple[int, int]
_ROUNDS = 3
SHORTEST = 4  # characters; hiding shorter values would only garble the text
_HEAD = SHORTEST
_CHUNK = 8  # forms as long as this, and longer, are found by a part
_MUCH = 16  # characters that two texts do not share by chance
_CUTS = 50  # of a text that are looked at
_LONGEST = 2000  # characters before a cut that are looked at
_LOOSE = 6  # shorter values are not looked for across spaces and capitals
_CODED = re.compile(
    r"(?P<octets>(?:%[0-9A-Fa-f]{2})+)"
    r"|%(?P<unit>u[dD][89abAB][0-9A-Fa-f]{2}%u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
    r"|(?P<entity>&\#[xX][0-9A-Fa-f]{1,6};?|&\#[0-9]{1,7};?|&[A-Za-z][A-Za-z0-9]{1,30};)"
    r"|\\(?P<code>u\{[0-9A-Fa-f]{1,6}\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|u[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|x\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{1,2})"
    r"|\\(?P<octal>o\{[0-7]{1,7}\}|0?[0-3][0-7]{2}|[0-7]{1,2})"
    r"|\\(?P<escaped>[\x21-\x2f\x3a-\x40\[\\\]^`{|}~\sbfnrt])"
    r"|(?P<form>[^\x00-\x7f])"
)
# With what is written between letters and not seen: joiners, selectors of a form.
_BLANK = re.compile(r"[\s\u00ad\u034f\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
# A backslash before every character, which programs that take no risk write.
_SLASHED = re.compile(r"\\(.)", re.DOTALL)
# `scheme://user:password@`, whoever it belongs to; digits and a slash after the colon are a port.
_LOGIN = re.compile(
    r"://[^\s/:@?#\"'<>]{0,100}:(?!\d{1,5}[/?#])"
    r"((?:[^\s\"'<>/@]{1,200}@){0,3}[^\s\"'<>/@]{1,200}|[^\s\"'<>@]{1,200})@"
)
_CUT = re.compile(r"…|\.{3,}")
# Of base64 and hexadecimal digits; shorter runs are found by the forms of a secret itself.
_PACKED = re.compile(r"[\w+/-]{16,}", re.ASCII)
_DIGITS = re.compile(r"[0-9A-Fa-f]{16,}")
_USUAL_64 = str.maketrans("-_", "+/")
_BEGUN = re.compile(
    r"(?:%(?:u[0-9A-Fa-f]{0,3}|[0-9A-Fa-f]?)|\\(?:[uUx]\{?[0-9A-Fa-f]{0,7}|o?\{?[0-7]{0,6})?|&\#?[0-9A-Za-z]{0,8})\Z"
)


class _View(NamedTuple):
    """A reading of a text; character `i` was written at `starts[i]` to `ends[i]`."""

    text: str
    starts: list[int]
    ends: list[int]


def decoded(text: str) -> Iterator[str]:
    """The text as it is and after each round that changes it."""
    return (view.text for view in _rounds(_as_it_is(text)))


class FormIndex:
    """Forms by a few of their characters, so that a look into a text takes as long for thousands
    of them as for one. Of a long form a run that shares most of it counts as well (`_enough`)."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._short: dict[str, list[str]] = {}
        self._long: dict[str, list[tuple[str, int, int]]] = {}
        self._heads: dict[str, list[str]] = {}
        self._longest = 0
        for form in forms:
            self._longest = max(self._longest, len(form))
            self._heads.setdefault(form[:_HEAD], []).append(form)
            if len(form) < _CHUNK:
                self._short.setdefault(form[:_HEAD], []).append(form)
                continue
            enough = _enough(form)
            # However a run of so many characters lies in the form, it holds one of these chunks.
            for at in range(0, len(form) - _CHUNK + 1, enough - _CHUNK + 1):
                chunk = form[at : at + _CHUNK]
                self._long.setdefault(chunk, []).append((form, at, enough))

    def found(self, text: str) -> Iterator[Span]:
        """Where a form stands, or most of one."""
        if self._short:
            heads = self._short
            for place in [
                at for at in range(len(text) - _HEAD + 1) if text[at : at + _HEAD] in heads
            ]:
                for form in heads[text[place : place + _HEAD]]:
                    if text.startswith(form, place):
                        yield place, place + len(form)
        if self._long:
            chunks = self._long
            for place in [
                at for at in range(len(text) - _CHUNK + 1) if text[at : at + _CHUNK] in chunks
            ]:
                for form, at, enough in chunks[text[place : place + _CHUNK]]:
                    start, stop = _run(text, place, form, at)
                    if stop - start >= enough:
                        yield start, stop

    def begun(self, text: str, end: int) -> int | None:
        """Where at the earliest a beginning of a form stands that reaches to `end`."""
        for place in range(max(0, end - self._longest), end - _HEAD + 1):
            for form in self._heads.get(text[place : place + _HEAD], ()):
                if form.startswith(text[place:end]):
                    return place
        return None


def _enough(form: str) -> int:
    """How many characters of a form give it away. Addresses are alike and mean something else until
    they come to what is made up in them, and as a whole where nothing is."""
    most = -(-len(form) * 3 // 4)
    if "://" in form or form[0] == "/":
        begins = first_piece(form)
        return len(form) if begins is None else min(len(form), max(most, begins + _CHUNK))
    return max(_CHUNK, min(most, _MUCH))


def _run(text: str, place: int, form: str, at: int) -> Span:
    """The longest run of characters around these two places that text and form share."""
    if place >= at and text.startswith(form, place - at):
        return place - at, place - at + len(form)
    start, stop = place, place + _CHUNK
    while start and start > place - at and text[start - 1] == form[at - place + start - 1]:
        start -= 1
    while stop < min(len(text), len(form) + place - at) and text[stop] == form[at - place + stop]:
        stop += 1
    run = text[start:stop]  # the blanks around it are of whoever wrote the text
    return start + len(run) - len(run.lstrip()), stop - len(run) + len(run.rstrip())


class Forms(NamedTuple):
    """What to look for: as it is, and without blanks and in small letters."""

    plain: FormIndex
    loose: FormIndex


def sought(forms: Iterable[str]) -> Forms:
    """Index forms to look for, once for many texts. Each has at least `SHORTEST` characters."""
    plain = set(forms)
    # Without regard to blanks and capitals, four letters stand in many texts by chance.
    folded = {form for form in map(_folded, plain) if len(form) >= _LOOSE}
    return Forms(FormIndex(sorted(plain)), FormIndex(sorted(folded)))


def spans_of(text: str, *sorts: Forms) -> Iterator[Span]:
    """Where `text` writes a form of any of `sorts`, or a password in an address; where a
    text was cut (`…`, `...`) also a beginning of a form before that."""
    rounds, shut, unfolded = _readings(text)
    # Whoever folds what is packed folds it into lines that are long enough to be known.
    packed = [view for view in (*rounds, unfolded) if _PACKED.search(text)]
    for view in rounds:
        yield from (_written_at(view, match.span(1)) for match in _LOGIN.finditer(view.text))
    for forms in sorts:
        for view, index in _indexed(rounds, shut, forms):
            yield from (_written_at(view, span) for span in index.found(view.text))
        for view in packed:
            yield from (_written_at(view, span) for span in _packed(view.text, forms.plain))
    # Bounded, since each cut is read anew and a hostile text may be nothing but dots.
    for cut in islice(_CUT.finditer(text), _CUTS):
        yield from _cut_off(text, cut.start(), sorts)


def _packed(text: str, index: FormIndex) -> Iterator[Span]:
    """Where a form stands in what is packed as base64 or in hexadecimal digits, wherever the run of
    letters begins that was packed."""
    for run in _PACKED.finditer(text):
        letters = run[0].translate(_USUAL_64)
        # Base64 packs three octets into four letters, and where it began nobody knows.
        for skip in range(4):
            whole = (len(letters) - skip) // 4 * 4
            octets = a2b_base64(letters[skip : skip + whole])
            yield from _unpacked(octets, index, run.start() + skip, 6)
    for run in _DIGITS.finditer(text):
        for skip in range(2):
            whole = (len(run[0]) - skip) // 2 * 2
            octets = bytes.fromhex(run[0][skip : skip + whole])
            yield from _unpacked(octets, index, run.start() + skip, 4)


def _unpacked(octets: bytes, index: FormIndex, at: int, bits: int) -> Iterator[Span]:
    """`at` is where the packed text begins, of which each letter stands for so many `bits`."""
    for start, stop in index.found(octets.decode("latin-1")):
        yield at + start * 8 // bits, at + -(-stop * 8 // bits)


def _readings(text: str) -> tuple[list[_View], list[_View], _View]:
    """What it may mean: decoded, and decoded without blanks and in small letters. Last comes the
    text as it is without blanks: a fold may also go through the code of one character."""
    whole = _as_it_is(text)
    rounds = list(_rounds(whole))
    bare = _replaced(whole, _SLASHED, _unslashed)
    if bare is not whole:
        rounds.append(bare)
    unfolded = _unfolded(whole)
    shut = [_small(unfolded), *(_small(_unfolded(view)) for view in rounds[1:])]
    again = (_small(_unfolded(view)) for view in islice(_rounds(unfolded), 1, None))
    return rounds, shut + [view for view in again if view not in shut], unfolded


def _indexed(
    rounds: Iterable[_View], shut: Iterable[_View], forms: Forms
) -> Iterator[tuple[_View, FormIndex]]:
    yield from ((view, forms.plain) for view in rounds)
    yield from ((view, forms.loose) for view in shut)


def _written_at(view: _View, span: Span) -> Span:
    return view.starts[span[0]], view.ends[span[1] - 1]


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


def _small(shut: _View) -> _View:
    """In small letters of the usual form; without blanks."""
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
    if not pattern.search(view.text):
        return view
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
    if match["code"] or match["unit"]:
        return ((_character(match["code"] or match["unit"]), 0, len(whole)),)
    if match["octal"]:
        return ((_numbered(int(match["octal"].strip("o{}"), 8)), 0, len(whole)),)
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
    if "\\" in code or "%" in code:
        high, low = int(code[1:5], 16), int(code[7:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return _numbered(int(code[1:].strip("{}"), 16))


def _numbered(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _unslashed(match: re.Match[str]) -> Pieces:
    return ((match[1], 0, 2),)


def _cut_off(text: str, cut: int, sorts: Iterable[Forms]) -> Iterator[Span]:
    first = max(0, cut - _LONGEST)
    rounds, shut, _ = _readings(text[first:cut])
    for view, index in (pair for forms in sorts for pair in _indexed(rounds, shut, forms)):
        # The cut may have gone through the code of one character, which then says nothing.
        begun = _BEGUN.search(view.text, max(0, len(view.text) - 12))
        for end in {len(view.text), begun.start() if begun else len(view.text)}:
            place = index.begun(view.text, end)
            if place is not None:
                yield first + view.starts[place], cut
