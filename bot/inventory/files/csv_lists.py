"""Opens a list, CSV or Excel, by what is in it and not by what it is called, and reads it whatever
spreadsheet or export wrote it.

Rules of this file: a broken file is refused with its row; an odd one is read, and says how. A
workbook is a foreign archive: its size is looked at before it is unfolded, one sheet is read as its
cells show, and no formula is ever computed.
"""

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from bot.inventory.files.list_table import (
    MAX_COLUMNS,
    MAX_ROWS,
    Line,
    ListTable,
    implausible,
    likely,
    tabulate,
)
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


MAX_UNFOLDED = 400_000_000
MAX_MERGED = 50_000
_CHUNK, _LONGEST_TAG = 1_000_000, 200
_MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,80}ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_xlsx(raw: bytes, name: str, sheet: str = "") -> tuple[list[Line], list[str]]:
    """Rows of the named sheet, else of the first visible one with anything in it, and notes.
    Raises Invalid when this is no workbook or has no such sheet."""
    _look_at(raw, name)
    # Twice: openpyxl gives either what cells show or their formulas, and only both tell that a
    # formula was never computed.
    shown = _open(raw, name, values=True)
    written = _open(raw, name, values=False)
    try:
        titles = [one.title for one in shown.worksheets if one.sheet_state == "visible"]
        if sheet and sheet not in shown.sheetnames:
            known = ", ".join(shown.sheetnames)
            raise Invalid(f"{name} has no sheet “{sheet}”; it has: {known}.")
        for title in [sheet] if sheet else titles or shown.sheetnames:
            notes: list[str] = []
            merged = _merged(raw, shown[title])
            lines = list(_sheet_lines(shown[title], written[title], name, notes, merged))
            if lines:
                others = [one for one in shown.sheetnames if one != title]
                return lines, [*_of_sheets(name, title, others), *notes]
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise Invalid(f"{name} is damaged: open it in Excel and save it anew.") from error
    finally:
        shown.close()
        written.close()
    raise Invalid(f"{name}:1: the workbook is empty.")


def _of_sheets(name: str, title: str, others: list[str]) -> list[str]:
    if not others:
        return []
    told = ", ".join(f"“{one}”" for one in others)
    return [f"{name}: read from sheet “{title}”, not from {told} (write {name}#SHEET for another)"]


def _look_at(raw: bytes, name: str) -> None:
    if raw.startswith(_OLD_EXCEL):
        raise Invalid(f"{name} is an old .xls or is protected by a password: save it as .xlsx.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            # As the archive states it; a zip of some kilobytes can unfold to gigabytes.
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise Invalid(f"{name} is no Excel workbook; save it as .xlsx or as CSV.") from None
    if size > MAX_UNFOLDED:
        raise Invalid(f"{name} unfolds to more than {MAX_UNFOLDED // 1_000_000} MB.")


def _open(raw: bytes, name: str, *, values: bool) -> Any:
    with warnings.catch_warnings():
        # Styles and validations that the library does not know do not matter here.
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=values)
        except (KeyError, ValueError, OSError, InvalidFileException, SyntaxError) as error:
            raise Invalid(f"{name} is damaged: open it in Excel and save it anew.") from error


Merged = dict[tuple[int, int], int]  # row and column where it begins, last row


def _merged(raw: bytes, sheet: Any) -> Merged:
    """The cells of a sheet that reach over several rows. Its reader knows none of them while it
    reads row by row, and they stand behind all rows in the file."""
    found: Merged = {}
    rest = b""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(sheet._worksheet_path) as part:
        while chunk := part.read(_CHUNK):
            for one in _MERGED.finditer(rest + chunk):
                left, top, _, bottom = (edge or 0 for edge in range_boundaries(one[1].decode()))
                if bottom > top and left <= MAX_COLUMNS:
                    found[top, left - 1] = bottom
                if len(found) > MAX_MERGED:
                    raise Invalid(f"{sheet.title} has more than {MAX_MERGED:,} merged cells.")
            # A tag may lie across two chunks.
            rest = chunk[-_LONGEST_TAG:]
    return found


class _Reaching:
    """What merged cells say to the rows they reach over: a person sees it beside each of them."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._open: dict[int, tuple[int, str]] = {}  # column: last row, text

    def filled(self, at: int, texts: tuple[str, ...]) -> tuple[str, ...]:
        """A row with anything of its own, and what reaches into it."""
        for column, text in enumerate(texts):
            if bottom := self._merged.get((at, column)):
                self._open[column] = (bottom, text)
        reaching = {column: text for column, (last, text) in self._open.items() if at <= last}
        width = max(len(texts), *(column + 1 for column in reaching)) if reaching else len(texts)
        own = dict(enumerate(texts))
        return tuple(own.get(at) or reaching.get(at, "") for at in range(width))


def _sheet_lines(
    shown: Any, written: Any, name: str, notes: list[str], merged: Merged
) -> Iterator[Line]:
    reaching = _Reaching(merged)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = zip(shown.iter_rows(), written.iter_rows(), strict=True)
        for at, (cells, sources) in enumerate(pairs, start=1):
            if at > MAX_ROWS:
                raise Invalid(f"{name}:{at}: more than {MAX_ROWS:,} rows; split the file.")
            if len(cells) > MAX_COLUMNS and any(
                cell.value is not None for cell in cells[MAX_COLUMNS:]
            ):
                raise Invalid(f"{name}:{at}: more than {MAX_COLUMNS} columns.")
            texts = tuple(_written(cell.value) for cell in cells[:MAX_COLUMNS])
            _unshown(texts, sources, f"{name}:{at}", notes)
            if any(texts):
                yield at, reaching.filled(at, texts)


def _unshown(texts: tuple[str, ...], sources: Any, place: str, notes: list[str]) -> None:
    """Note the formulas for which the file holds no value."""
    for text, source in zip(texts, sources, strict=False):
        if not text and source.data_type == "f":
            where = f"{place} column {source.column_letter}"
            notes.append(f"{where} holds a formula without its value: save the file in Excel first")


def _written(value: Any) -> str:
    """A cell as a person reads it: 12 and not 12.0, 2027-12-31 and no midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        day = value.time() == time(0, 0)
        return value.date().isoformat() if day else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def split_sheet(given: str) -> tuple[Path, str]:
    """The path of a list, and the sheet of the workbook that `#Sheet` behind it names."""
    before, mark, sheet = given.rpartition("#")
    # A file may have # in its name.
    return (Path(before), sheet) if mark and not Path(given).exists() else (Path(given), "")


def read_list(given: str, name: str) -> ListTable:
    """The list at a path, which may name a sheet. `name` is what its rows are called by. Raises
    Invalid when it cannot be read."""
    path, sheet = split_sheet(given)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Invalid(f"{name} is larger than {MAX_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
    except OSError as error:
        raise Invalid(f"Cannot read {given}: {error.strerror}.") from error
    if not raw.strip():
        raise Invalid(f"{name}:1: the file is empty.")
    archive = raw.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or path.suffix.lower() == ".xlsx"
    lines, notes = read_xlsx(raw, name, sheet) if archive else read_csv(raw, name)
    return tabulate(name, lines, notes)
