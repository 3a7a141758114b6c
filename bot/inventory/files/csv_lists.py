"""Reads lists kept as CSV, whatever spreadsheet or export wrote them.

Rule of this file: a broken file is refused with its row; an odd one is read, and says how.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from bot.inventory.files.letters import implausible, likely
from bot.inventory.files.list_table import MAX_COLUMNS, MAX_ROWS, Line
from bot.language.errors import Invalid

MAX_BYTES = 100_000_000
_DELIMITERS = (",", ";", "\t", "|")
_PAGES = ("<html", "<!doctype", "<?xml", "<table", "<head", "<meta", "<style", "<body")
_LETTERS = 2000  # lines by whose letters another encoding is told
_SAMPLE = 60  # lines by which the delimiter is told


def read_csv(raw: bytes, name: str) -> tuple[list[Line], list[str]]:
    """Rows with their line in the file, and notes. Raises Invalid naming file and row."""
    if len(raw) > MAX_BYTES:
        raise Invalid(f"{name} is larger than {MAX_BYTES // 1_000_000} MB.")
    text, notes = _text(raw, name)
    # Portals save their own page, such as the sign-in, under the name of the list.
    if text[:200].lstrip().lower().startswith(_PAGES):
        raise Invalid(
            f"{name}:1: this is a web page or XML and no list; open it in a spreadsheet and save"
            " it as CSV UTF-8 or as .xlsx."
        )
    # Excel itself goes by this line, whatever the rows look like.
    stated, text = _stated_delimiter(text)
    delimiter = stated or _delimiter(text)
    lines = list(_lines(text, delimiter, name, skipped=1 if stated else 0))
    if not any(any(cells) for _, cells in lines):
        raise Invalid(f"{name}:1: the file is empty.")
    return lines, notes


def _lines(text: str, delimiter: str, name: str, *, skipped: int) -> Iterator[Line]:
    # Without `strict` an open quotation mark swallows the rows behind it in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    at = skipped + 1
    try:
        for number, cells in enumerate(reader):
            if number > MAX_ROWS:
                raise Invalid(f"{name}:{at}: more than {MAX_ROWS:,} rows; split the file.")
            if len(cells) > MAX_COLUMNS:
                raise Invalid(f"{name}:{at}: more than {MAX_COLUMNS} columns.")
            yield at, tuple(cells)
            at = reader.line_num + skipped + 1
    except csv.Error as error:
        raise Invalid(f"{name}:{at}: {_said(error)}") from error


def _said(error: csv.Error) -> str:
    told = str(error)
    if "unexpected end" in told:
        return "a quotation mark opens here and is never closed."
    if "expected after" in told:
        return "text follows a closing quotation mark; write quotation marks inside a cell twice."
    if "larger than field limit" in told:
        return "a cell is longer than 131,072 letters; is a quotation mark never closed?"
    return f"this row cannot be read ({told})."


def _text(raw: bytes, name: str) -> tuple[str, list[str]]:
    """UTF-8 with or without BOM, UTF-16, or Windows-1252 line by line, which is then noted."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16"), []
        except UnicodeDecodeError:
            raise Invalid(f"{name}:1: this is broken UTF-16; save it as CSV UTF-8.") from None
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if unmarked := _unmarked_utf_16(raw):
        return unmarked, [f"{name} is not UTF-8; it was read as UTF-16"]
    if b"\0" in raw:
        at = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise Invalid(f"{name}:{at}: this is not text; save it as CSV UTF-8 or as .xlsx.")
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        return _by_line(raw, name)


def _unmarked_utf_16(raw: bytes) -> str:
    """The text of UTF-16 that lacks its mark at the beginning: every second byte of what Western
    letters, delimiters and line ends are written in is nought, and no other. Else empty."""
    first, second = raw[0::2].count(0), raw[1::2].count(0)
    if len(raw) % 2 or bool(first) is bool(second) or max(first, second) * 4 < len(raw):
        return ""
    try:
        return raw.decode("utf-16-be" if first else "utf-16-le")
    except UnicodeDecodeError:
        return ""


def _by_line(raw: bytes, name: str) -> tuple[str, list[str]]:
    lines, odd, fine, given = [], [], 0, raw.split(b"\n")
    for at, line in enumerate(given, start=1):
        try:
            lines.append(line.decode("utf-8"))
            fine += not line.isascii()
        except UnicodeDecodeError:
            odd.append(at)
            # Line by line, since such files are often made of exports with different encodings.
            lines.append(line.decode("cp1252", "replace"))
    _plausible([given[at - 1] for at in odd[:_LETTERS]], f"{name}:{odd[0]}")
    if not fine:
        return "\n".join(lines), [f"{name} is not UTF-8; it was read as Windows-1252"]
    notes = [f"{name}:{at} is not UTF-8; it was read as Windows-1252" for at in odd[:5]]
    more = [f"{name}: {len(odd) - 5:,} more rows like this"] if len(odd) > 5 else []
    return "\n".join(lines), [*notes, *more]


def _plausible(lines: list[bytes], place: str) -> None:
    """Raises Invalid when the letters are none of Windows-1252."""
    raw = b"\n".join(lines)
    word = implausible(raw.decode("cp1252", "replace"))
    if word:
        looks = likely(raw)
        told = f"it looks like {looks}" if looks else "nothing tells in which encoding it is"
        raise Invalid(
            f"{place}: read as Windows-1252 its letters make no words (“{word}”); {told}: save it"
            " as CSV UTF-8."
        )


def _stated_delimiter(text: str) -> tuple[str, str]:
    """The delimiter that Excel's first line `sep=;` states, and the text after that line."""
    first, _, rest = text.partition("\n")
    stated = first.strip("\r").removeprefix("sep=")
    return (stated, rest) if first.startswith("sep=") and len(stated) == 1 else ("", text)


def _delimiter(text: str) -> str:
    """The one that splits most of the first lines into the same number of cells."""
    sample = "\n".join(text.split("\n", _SAMPLE)[:_SAMPLE])

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(cells) for cells in reader if cells)
        except csv.Error:
            return 0.0, 0
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if not wide:
            return 0.0, 0
        count, width = max(wide)
        return count / widths.total(), width

    return max(_DELIMITERS, key=fit)
