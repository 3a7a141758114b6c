"""A list as it lies in a file: its headings, its rows with their places, and what was odd.

Rule of this file: a cell is text. Control characters, secrets and formulas end here; whatever is
left out is noted with its place.

Whether the letters of a text are those of words, or what another encoding's bytes look like.

Rule of this file: it refuses and names, and never chooses an encoding to read with.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.files.estate.check_settings import secret_in
from bot.inventory.core.columns import Guess, holds_secrets, known
from bot.inventory.core.lists import Field, Row, Skipped

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 100_000, 200, 4_000
_HEAD = 20  # rows among which the headings are looked for
_SHOWN, _NUMBERED = 5, 50  # notes of one kind told one by one, and by their row
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_FORMULA = re.compile(r"^=\s*[A-Za-z+\-(@]|^[+\-@][A-Za-z]+\(|^@[A-Z]+\(|^[=+\-@].*\|.*!")

Cells = tuple[str, ...]
Line = tuple[int, Cells]  # row of the file, counted from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTable:
    """`headings` are unique. `notes` say what was read in an unusual way, `skipped` which rows
    were not read; `read` counts the rows with anything in them below the headings."""

    list: str
    headings: Cells
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def place(self, line: int) -> str:
        return f"{self.list}:{line}"

    def cells(self, column: str) -> Iterator[str]:
        at = self.headings.index(column)
        return (cells[at] for _, cells in self.lines)

    def example(self, column: str) -> str:
        """The first cell of a column with anything in it."""
        return next(filter(None, self.cells(column)), "")


def tabulate(name: str, lines: Iterable[Line], notes: Sequence[str] = ()) -> ListTable:
    """Find the headings, and bring every row to their width."""
    found = [(at, cells) for at, cells in lines if any(cell.strip() for cell in cells)]
    start = _heading_line(found)
    above = [" | ".join(filter(None, map(_shown, cells))) for _, cells in found[:start]]
    headings = _unique(found[start][1]) if found else ()
    told = [*notes, *(f"{name}: above the headings stands “{text}”" for text in above)]
    secret = {at for at, heading in enumerate(headings) if holds_secrets(heading)}
    told += [f"{name}: “{headings[at]}” may hold secrets and is not read" for at in sorted(secret)]
    good: list[Line] = []
    skipped: list[Skipped] = []
    odd: defaultdict[str, list[int]] = defaultdict(list)
    for at, cells in found[start + 1 :]:
        if start < len(found) and _same(cells, found[start][1]):
            odd["repeats the headings; not read"].append(at)
            continue
        if any(cell.strip() for cell in cells[len(headings) :]):
            why = f"it has more cells than there are headings ({len(headings)})"
            # Cells that do not fit under the headings may be those of the column with the secrets.
            text = _WITHHELD if secret else " | ".join(map(_shown, cells))[:MAX_CELL]
            skipped.append(Skipped(place=f"{name}:{at}", why=why, text=text))
            continue
        if len(cells) < len(headings):
            odd["has fewer cells than headings; the others count as empty"].append(at)
        padded = (*cells[: len(headings)], *[""] * (len(headings) - len(cells)))
        kept = ("" if place in secret else cell for place, cell in enumerate(padded))
        good.append((at, tuple(_told(kept, at, headings, odd))))
    told += _summed(name, odd)
    return ListTable(
        list=name,
        headings=tuple(headings),
        lines=tuple(good),
        notes=tuple(told),
        skipped=tuple(skipped),
    )


def _same(cells: Cells, head: Cells) -> bool:
    """Whether a row repeats the headings, all of them or only some."""
    written = [(_clean(cell).casefold(), at) for at, cell in enumerate(cells) if cell.strip()]
    again = (at < len(head) and said == _clean(head[at]).casefold() for said, at in written)
    return len(written) > 1 and all(again)


def rows_of(table: ListTable, guesses: Sequence[Guess]) -> Iterator[Row]:
    """The rows with their cells under what their columns mean."""
    for line, cells in table.lines:
        written = [(guess, cell) for guess, cell in zip(guesses, cells, strict=True) if cell]
        yield Row(
            list=table.list,
            place=table.place(line),
            values={guess.field: cell for guess, cell in written if guess.field},
            rest={guess.column or "?": cell for guess, cell in written if guess.field is None},
        )


def _heading_line(lines: Sequence[Line]) -> int:
    """The first of the upper rows with most headings that lists are known to use."""
    counts = [sum(map(known, cells)) for _, cells in lines[:_HEAD]]
    best = max(counts, default=0)
    # One known word may stand in any row; two are headings.
    return counts.index(best) if best >= 2 else 0


def _unique(cells: Cells) -> list[str]:
    """Headings on one line, each once: a second “Owner” is “Owner (2)”."""
    found: list[str] = []
    last = max((at for at, cell in enumerate(cells) if cell.strip()), default=-1)
    for at, cell in enumerate(cells[: last + 1], start=1):
        said = "" if secret_in(_clean(cell)) else " ".join(_clean(cell).split())[:100]
        name = wanted = said or f"column {at}"
        number = 1
        while name in found:
            number += 1
            name = f"{wanted} ({number})"
        found.append(name)
    return found


def _told(
    cells: Iterable[str], at: int, headings: Sequence[str], odd: defaultdict[str, list[int]]
) -> Iterator[str]:
    for heading, raw in zip(headings, cells, strict=True):
        cell = _clean(raw)
        if secret := secret_in(cell):
            what = f"holds what looks like {secret} under “{heading}”; left out"
            odd[what].append(at)
            yield ""
        else:
            if _FORMULA.match(cell):
                odd["holds text that looks like a formula; kept as text"].append(at)
            if len(cell) > MAX_CELL:
                odd[f"holds more than {MAX_CELL:,} letters; cut there"].append(at)
            yield cell[:MAX_CELL]


_WITHHELD = "(not repeated: a column of this list holds secrets)"


def _shown(cell: str) -> str:
    """A cell that is told although its column is not known."""
    said = _clean(cell)
    return "(what looks like a secret)" if secret_in(said) else said


def _clean(cell: str) -> str:
    return _CONTROL.sub(" ", cell.replace("\u00a0", " ")).strip()


def _summed(name: str, odd: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """The first rows of each kind one by one, the rest as a number."""
    for what, lines in odd.items():
        rows = list(dict.fromkeys(lines))
        yield from (f"{name}:{at} {what}" for at in rows[:_SHOWN])
        if len(rows) > _SHOWN:
            more = ", ".join(map(str, rows[_SHOWN : _SHOWN + _NUMBERED]))
            rest = " …" if len(rows) > _SHOWN + _NUMBERED else ""
            count = len(rows) - _SHOWN
            yield f"{name}: {count:,} more rows like this ({what}): {more}{rest}"


def used(guesses: Iterable[Guess]) -> frozenset[Field]:
    return frozenset(guess.field for guess in guesses if guess.field)


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
