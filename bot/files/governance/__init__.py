"""The handbook on paper: Markdown, one web page, a spreadsheet and a PDF of the same book.

One format, one file here, one line in `FORMATS`.
"""

from collections.abc import Callable, Mapping

from bot.core.estate.landscape import Map
from bot.core.governance.handbook import Book, BookTable
from bot.files.governance.handbook_markdown import markdown
from bot.files.governance.handbook_page import page
from bot.files.governance.inventory_csv import sheet


def _pdf(book: Book, chart: Map) -> bytes:
    from bot.files.governance.handbook_pdf import (
        pdf,  # a second of imports that no other format needs
    )

    return pdf(book, chart)


WriteBook = Callable[[Book, BookTable, Map], bytes]
FORMATS: Mapping[str, WriteBook] = {
    "md": lambda book, inventory, chart: markdown(book, chart).encode(),
    "html": lambda book, inventory, chart: page(book, chart).encode(),
    "csv": lambda book, inventory, chart: sheet(inventory).encode(),
    "pdf": lambda book, inventory, chart: _pdf(book, chart),
}
