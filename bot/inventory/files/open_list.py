"""Opens a list, CSV or Excel, by what is in it and not by what it is called."""

from pathlib import Path

from bot.inventory.files.csv_lists import MAX_BYTES, read_csv
from bot.inventory.files.list_table import ListTable, tabulate
from bot.inventory.files.xlsx_lists import read_xlsx
from bot.language.errors import Invalid


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
