"""The handbook as one web page that needs nothing else, with the landscape map as SVG inside,
readable in light and dark and without colour; and the marks by which Firstlane knows a handbook
that it wrote itself, in each format."""

from html import escape

from bot.core.estate.landscape import Arrow, Box, Map
from bot.core.governance.handbook import INVENTORY_COLUMNS, Book, BookTable, Chapter

_DRAWING_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}"
    ".label{font-size:11.5px}"
    "rect{fill:#eef3f9;stroke:#1f3a5f;stroke-width:1.5}"
    "line{stroke:#5b6b7c;stroke-width:1.5}"
    ".critical{stroke:#b42318;stroke-width:2.5}"
    ".unowned{stroke-dasharray:6 4}"
)


def svg(chart: Map) -> str:
    """One `<svg>` element with a title, for a page or a file."""
    height = chart.height + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width:g} {height:g}"'
        f' role="img" aria-label="Landscape of systems and connections">',
        f"<style>{_DRAWING_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
        ' markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#5b6b7c"/>'
        "</marker></defs>",
        # A white ground of its own: dark pages would show dark lines on dark.
        f'<rect x="0" y="0" width="{chart.width:g}" height="{height:g}"'
        ' style="fill:#fff;stroke:none"/>',
        *(_arrow(one) for one in chart.arrows),
        *(_box(one) for one in chart.boxes),
        f'<text class="label" x="20" y="{height - 12:g}">'
        "Thick red: critical. Dashed: a layer has no owner.</text>",
        "</svg>",
    ]
    return "\n".join(parts)


def short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _box(one: Box) -> str:
    x, y = one.x + one.w / 2, one.y + one.h / 2 + 4
    return (
        f'<rect x="{one.x:g}" y="{one.y:g}" width="{one.w:g}" height="{one.h:g}" rx="6"/>'
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle">{escape(short(one.name, 26))}</text>'
    )


def _arrow(one: Arrow) -> str:
    classes = " ".join(
        name for name, on in (("critical", one.critical), ("unowned", one.unowned)) if on
    )
    back = ' marker-start="url(#tip)"' if one.both_ways else ""
    (x1, y1), (x2, y2) = one.start, one.end
    x, y = (x1 + x2) / 2, (y1 + y2) / 2 - 4
    return (
        f'<line class="{classes}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
        f' marker-end="url(#tip)"{back}><title>{escape(one.name)}</title></line>'
        f'<text class="label" x="{x:g}" y="{y:g}" text-anchor="middle">'
        f"{escape(short(one.name, 36))}</text>"
    )


MARK = "Firstlane handbook"
HTML_MARK = f'<meta name="generator" content="{MARK}">'
MARKDOWN_MARK = f"<!-- {MARK} -->"
_PDF_MARK = f"/Creator ({MARK})"
_TABLE_MARK = ",".join(INVENTORY_COLUMNS)
_HEAD = 300  # bytes of a page among which its mark stands


def written_here(raw: bytes) -> bool:
    """Whether a file is a handbook that Firstlane wrote."""
    if raw.startswith(b"%PDF-"):
        return _PDF_MARK.encode() in raw
    first = raw.partition(b"\n")[0].strip()
    said = (MARKDOWN_MARK.encode(), _TABLE_MARK.encode())
    return first in said or HTML_MARK.encode() in raw[:_HEAD]


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
