"""The handbook: complete, true to the estate, and safe to open in every format."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bot.checks import settings_models
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.landscape import landscape
from bot.core.governance.audit.audit import audit
from bot.core.governance.handbook import Book, book, inventory, render_book, render_table
from bot.files.content import example_catalogue
from bot.files.estate.load import load_text
from bot.files.governance import FORMATS
from bot.files.governance.handbook_page import svg
from bot.language.marks import render
from tests.builders import NOW, a_connection, an_estate

TODAY = datetime(2026, 8, 3, 10, 0, tzinfo=UTC)
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> | [x](javascript:1) Łódź 東京"


def plain(catalogue: Catalogue, text: str) -> str:
    return render(text, time=lambda at: at.isoformat(), person=catalogue.person_name)


def written(catalogue: Catalogue, format: str, now: datetime = NOW) -> bytes:
    found = audit(catalogue, now)
    spoken = render_table(inventory(catalogue, found), lambda text: plain(catalogue, text))
    told = render_book(book(catalogue, found), lambda text: plain(catalogue, text))
    return FORMATS[format](told, spoken, landscape(catalogue))


@pytest.fixture(scope="module")
def estate() -> Catalogue:
    loaded = load_text(
        example_catalogue().read_bytes(),
        path=example_catalogue(),
        environ={},
        kinds=settings_models(),
        runbooks=("generic",),
        now=TODAY,
    )
    assert loaded.catalogue is not None, [str(problem) for problem in loaded.problems]
    return loaded.catalogue


def the_book(estate: Catalogue) -> Book:
    return render_book(book(estate, audit(estate, TODAY)), lambda text: plain(estate, text))


def test_there_is_a_chapter_for_every_connection(estate: Catalogue) -> None:
    titles = {one.title for one in the_book(estate).connections}

    assert titles == {one.name for one in estate.connections.values()}


def test_a_newcomer_finds_owner_contract_key_and_document_of_a_connection(
    estate: Catalogue,
) -> None:
    chapter = next(
        one for one in the_book(estate).connections if one.id == "connection-shop-orders"
    )

    rows = {row[0]: row[1] for table in chapter.tables for row in table.rows if len(row) == 2}

    assert rows["Technical owner"] == "Platform engineer"
    assert "support@shop-connector.example; answers within 1 h" in rows["Connector vendor"]
    assert "renewed by Platform engineer" in rows["Shop app token"]
    assert rows["Error playbook"] == "https://docs.example.com/shop-orders/playbook"
    assert rows["Replay"].startswith("send again from the connector's log")
    assert rows["May change it"] == "Platform engineer"


def test_the_matrix_and_the_registers_hold_everything_of_the_estate(estate: Catalogue) -> None:
    tables = {table.title: table for one in the_book(estate).estate for table in one.tables}

    owners = tables["Ownership matrix"].rows
    keys = tables["Logins, keys and certificates (never the secrets)"].rows
    assert {row[0] for row in owners} == {one.name for one in estate.connections.values()}
    assert len(keys) == sum(len(one.credentials) for one in estate.connections.values())
    assert len(tables["People"].rows) == len(estate.people)
    assert len(tables["By domain"].rows) == len(estate.governance.authority)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written_for_the_example(format: str, estate: Catalogue) -> None:
    content = written(estate, format, TODAY)

    if format == "pdf":
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
    else:
        assert "Web shop orders" in content.decode()


def hostile() -> Catalogue:
    return an_estate(a_connection(name=HOSTILE), company=HOSTILE)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_a_name_that_looks_like_markup_stays_a_name_in_the_page() -> None:
    page = written(hostile(), "html").decode()
    tags = Tags()
    tags.feed(page)

    assert "script" not in tags.seen
    assert "&lt;script&gt;" in page


def test_a_name_that_looks_like_a_link_stays_a_name_in_markdown() -> None:
    text = written(hostile(), "md").decode()

    assert "[x](javascript" not in text.replace("\\[x", "")
    assert "<script" not in text


def test_a_cell_that_looks_like_a_formula_is_text_in_a_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(written(hostile(), "csv").decode())))

    assert rows[0]["name"].startswith("'=cmd")
    assert rows[0]["technical"] == "Alice"


def test_letters_that_the_pdf_has_no_shape_for_do_not_stop_it() -> None:
    assert written(hostile(), "pdf").startswith(b"%PDF-")


def test_an_empty_estate_has_a_handbook_too() -> None:
    empty = replace(an_estate(), connections={})

    assert all(written(empty, format) for format in FORMATS)


def test_the_map_shows_every_connection_between_boxes_that_do_not_overlap(
    estate: Catalogue,
) -> None:
    chart = landscape(estate)

    boxes = chart.boxes
    overlaps = [
        (one.system, other.system)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one.x < other.x + other.w
        and other.x < one.x + one.w
        and one.y < other.y + other.h
        and other.y < one.y + one.h
    ]
    assert overlaps == []
    assert {one.connection for one in chart.arrows} == set(estate.connections)
    assert {one.connection for one in chart.arrows if one.unowned} == {"pricelist-script"}
    assert len({(one.start, one.end) for one in chart.arrows}) == len(chart.arrows)


def test_the_map_is_well_formed_svg_with_a_name_on_every_arrow() -> None:
    root = ElementTree.fromstring(svg(landscape(hostile())))  # noqa: S314 - our own text

    titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == [HOSTILE]
