"""The handbook as PDF.

The built-in fonts know Western European letters; other letters are written without their accents
or, where that leaves nothing, as `?`. The web page prints every script.
"""

import unicodedata

from fpdf import FPDF
from fpdf.enums import TableHeadingsDisplay, XPos, YPos
from fpdf.fonts import FontFace

from bot.core.estate.landscape import Map
from bot.core.governance.handbook import Book, BookTable, Chapter
from bot.files.governance.handbook_page import MARK

_SIGNS = {"→": "->", "⇄": "<->", "…": "...", "“": '"', "”": '"', "’": "'", "–": "-", "—": "-"}
_HEAD = FontFace(emphasis="BOLD", fill_color=(232, 238, 245))
_BODY = 9


def pdf(book: Book, chart: Map) -> bytes:
    paper = FPDF(orientation="landscape", format="A4")
    paper.set_title(_latin(book.title))
    paper.set_creator(MARK)
    paper.set_auto_page_break(auto=True, margin=14)
    paper.set_font("Helvetica", size=_BODY)
    paper.add_page()
    _heading(paper, book.title, 20)
    _line(paper, book.made)
    _draw(paper, chart)
    for chapter in book.chapters:
        paper.add_page()
        paper.start_section(_latin(chapter.title))
        _chapter(paper, chapter)
    return bytes(paper.output())


def _chapter(paper: FPDF, chapter: Chapter) -> None:
    _heading(paper, chapter.title, 15)
    for line in chapter.lines:
        _line(paper, line)
    for table in chapter.tables:
        _heading(paper, table.title, 11)
        _table(paper, table)


def _heading(paper: FPDF, text: str, size: int) -> None:
    paper.ln(2)
    paper.set_font(style="B", size=size)
    paper.multi_cell(0, None, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(style="", size=_BODY)
    paper.ln(1)


def _line(paper: FPDF, text: str) -> None:
    paper.multi_cell(0, None, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(paper: FPDF, table: BookTable) -> None:
    named = any(table.columns)
    widths = None if named else (1, 3)
    shown = TableHeadingsDisplay.ON_TOP_OF_EVERY_PAGE if named else TableHeadingsDisplay.NONE
    with paper.table(
        col_widths=widths,
        headings_style=_HEAD,
        first_row_as_headings=named,
        repeat_headings=shown,
        text_align="LEFT",
        line_height=paper.font_size * 1.4,
    ) as grid:
        for cells in ((table.columns,) if named else ()) + table.rows:
            row = grid.row()
            for cell in cells:
                row.cell(_latin(cell))


def _draw(paper: FPDF, chart: Map) -> None:
    """The landscape map, scaled to the page."""
    room = (paper.epw, paper.h - paper.get_y() - 20)
    scale = min(room[0] / chart.width, room[1] / max(chart.height, 1))
    left, top = paper.l_margin, paper.get_y() + 4
    paper.set_font(size=max(4.0, 26 * scale))
    for arrow in chart.arrows:
        paper.set_draw_color(*((180, 35, 24) if arrow.critical else (91, 107, 124)))
        paper.set_dash_pattern(**({"dash": 1.2, "gap": 0.8} if arrow.unowned else {}))
        (x1, y1), (x2, y2) = arrow.start, arrow.end
        paper.line(left + x1 * scale, top + y1 * scale, left + x2 * scale, top + y2 * scale)
        name = _latin(f"{arrow.name} {'<->' if arrow.both_ways else '->'}")
        x = left + (x1 + x2) / 2 * scale - paper.get_string_width(name) / 2
        paper.text(x, top + (y1 + y2) / 2 * scale - 0.6, name)
    paper.set_dash_pattern()
    paper.set_draw_color(31, 58, 95)
    paper.set_fill_color(238, 243, 249)
    for box in chart.boxes:
        x, y = left + box.x * scale, top + box.y * scale
        paper.rect(x, y, box.w * scale, box.h * scale, style="DF")
        name = _latin(box.name)
        middle = x + (box.w * scale - paper.get_string_width(name)) / 2
        paper.text(middle, y + box.h * scale / 2 + 1, name)
    paper.set_font(size=_BODY)


def _latin(text: str) -> str:
    for sign, written in _SIGNS.items():
        text = text.replace(sign, written)
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    try:
        letter.encode("latin-1")
    except UnicodeEncodeError:
        # The PDF's own fonts are Latin-1; a font for every script would be megabytes in each file.
        bare = unicodedata.normalize("NFKD", letter).encode("latin-1", "ignore").decode("latin-1")
        return bare or "?"
    return letter
