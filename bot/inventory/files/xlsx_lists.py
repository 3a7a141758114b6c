"""Reads lists kept as Excel workbooks: one sheet, as its cells show.

Rule of this file: a workbook is a foreign archive. Its size is looked at before it is unfolded,
and no formula is ever computed: what the spreadsheet program last showed is what is read.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from bot.inventory.files.list_table import MAX_COLUMNS, MAX_ROWS, Line
from bot.language.errors import Invalid

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
            lines = list(_lines(shown[title], written[title], name, notes, merged))
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


def _lines(shown: Any, written: Any, name: str, notes: list[str], merged: Merged) -> Iterator[Line]:
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
