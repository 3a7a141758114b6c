"""The handbook as one web page that needs nothing else: style and map are inside."""

from html import escape

from bot.core.estate.landscape import Map
from bot.core.governance.handbook import Book, BookTable, Chapter
from bot.files.governance.handbook_mark import HTML_MARK
from bot.files.governance.landscape_svg import svg

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:1.5rem}
h1{margin-bottom:.2rem}h2{border-top:1px solid #8884;margin-top:2.5rem;padding-top:1.2rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}
th,td{border-bottom:1px solid #8884;padding:.35rem .6rem;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}nav ul{columns:3 16rem}.wide{overflow-x:auto}
svg{background:#fff;border-radius:8px;height:auto;max-width:100%;width:100%}
@media print{nav{display:none}h2{break-before:page}}
"""


def page(book: Book, chart: Map) -> str:
    links = "".join(
        f'<li><a href="#{escape(one.id)}">{escape(one.title)}</a></li>' for one in book.chapters
    )
    chapters = "".join(_chapter(one) for one in book.chapters)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"{HTML_MARK}"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(book.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(book.title)}</h1><p>{escape(book.made)}</p>"
        f'<nav aria-label="Contents"><ul><li><a href="#map">Landscape</a></li>{links}</ul></nav>'
        f'<h2 id="map">Landscape</h2>{svg(chart)}{chapters}</body></html>\n'
    )


def _chapter(chapter: Chapter) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in chapter.lines)
    tables = "".join(_table(one) for one in chapter.tables)
    return f'<h2 id="{escape(chapter.id)}">{escape(chapter.title)}</h2>{lines}{tables}'


def _table(table: BookTable) -> str:
    named = any(table.columns)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(_row(row, named) for row in table.rows)
    header = f"<thead><tr>{head}</tr></thead>" if named else ""
    return (
        f'<h3>{escape(table.title)}</h3><div class="wide"><table>{header}<tbody>{rows}</tbody>'
        "</table></div>"
    )


def _row(row: tuple[str, ...], named: bool) -> str:
    cells = [f"<td>{escape(cell)}</td>" for cell in row]
    if not named:
        cells[0] = f'<th scope="row">{escape(row[0])}</th>'
    return f"<tr>{''.join(cells)}</tr>"
