"""The inventory as CSV, one row for each connection, safe to open in a spreadsheet."""

import csv
import io

from bot.core.governance.handbook import BookTable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(table: BookTable) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _plain(cell: str) -> str:
    """A spreadsheet runs a cell that looks like a formula; an apostrophe makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
