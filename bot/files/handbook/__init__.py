"""The handbook on paper: Markdown, one web page, a spreadsheet and a PDF of the same book.

One format, one file here, one line in `FORMATS`.
"""

from collections.abc import Callable, Mapping

from bot.core.handbook import Book, Table
from bot.core.landscape import Map
from bot.files.handbook.markdown import markdown
from bot.files.handbook.page import page
from bot.files.handbook.pdf import pdf
from bot.files.handbook.sheet import sheet

Writer = Callable[[Book, Table, Map], bytes]
FORMATS: Mapping[str, Writer] = {
    "md": lambda book, inventory, chart: markdown(book, chart).encode(),
    "html": lambda book, inventory, chart: page(book, chart).encode(),
    "csv": lambda book, inventory, chart: sheet(inventory).encode(),
    "pdf": lambda book, inventory, chart: pdf(book, chart),
}
