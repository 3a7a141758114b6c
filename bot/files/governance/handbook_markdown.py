"""The handbook as one Markdown file; the map goes in as SVG, which viewers of Markdown show."""

from base64 import b64encode

from bot.core.estate.landscape import Map
from bot.core.governance.handbook import Book, BookTable, Chapter
from bot.files.governance.handbook_page import MARKDOWN_MARK, svg

_ESCAPED = str.maketrans({"|": "\\|", "<": "&lt;", ">": "&gt;", "*": "\\*", "`": "\\`"})


def markdown(book: Book, chart: Map) -> str:
    parts = [MARKDOWN_MARK, f"# {_safe(book.title)}", _safe(book.made), "## Contents"]
    parts.append("\n".join(f"- [{_safe(one.title)}](#{one.id})" for one in book.chapters))
    parts.append(f'<a id="map"></a>\n\n## Landscape\n\n![Landscape]({_data(chart)})')
    for chapter in book.chapters:
        parts += _chapter(chapter)
    return "\n\n".join(parts) + "\n"


def _data(chart: Map) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg(chart).encode()).decode()}"


def _chapter(chapter: Chapter) -> list[str]:
    parts = [f'<a id="{chapter.id}"></a>\n\n## {_safe(chapter.title)}']
    parts += [_safe(line) for line in chapter.lines]
    for table in chapter.tables:
        parts += [f"### {_safe(table.title)}", _table(table)]
    return parts


def _table(table: BookTable) -> str:
    head = [_row(table.columns), _row(["---"] * len(table.columns))]
    return "\n".join([*head, *(_row([_safe(cell) for cell in row]) for row in table.rows)])


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    """Text from the catalogue cannot become a link, a tag or another cell."""
    return text.translate(_ESCAPED).replace("[", "\\[").replace("\n", " ")
