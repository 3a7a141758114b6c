"""Lists as they lie about: odd encodings, delimiters, headings, workbooks; nothing gets lost."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from bot.inventory.files.csv_lists import read_list
from bot.inventory.files.list_table import ListTable
from bot.language.errors import Invalid

Reads = Callable[..., ListTable]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """Writes a file and reads it as a list."""

    def read(content: str | bytes, name: str = "it.csv", sheet: str = "") -> ListTable:
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(raw)
        return read_list(f"{tmp_path / name}{sheet}", name)

    return read


def workbook(*sheets: tuple[str, list[list[object]]], merged: Sequence[str] = ()) -> bytes:
    """`merged` are ranges of every sheet, such as `A2:A4`; what the first cell holds is kept."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


UNMARKED = ("cp1252", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", *UNMARKED])
def test_any_delimiter_and_encoding_is_read(reads: Reads, delimiter: str, encoding: str) -> None:
    text = "Name,Quelle,Ziel\r\nAufträge,Shop,ERP\r\n".replace(",", delimiter)

    table = reads(text.encode(encoding))

    assert table.headings == ("Name", "Quelle", "Ziel")
    assert table.lines == ((2, ("Aufträge", "Shop", "ERP")),)
    assert bool(table.notes) is (encoding in UNMARKED)


def test_a_single_row_in_another_encoding_is_named(reads: Reads) -> None:
    raw = "Name,From\nKöln,A\n".encode() + "Münster,B\n".encode("cp1252")

    table = reads(raw)

    assert [cells[0] for _, cells in table.lines] == ["Köln", "Münster"]
    assert table.notes == ("it.csv:3 is not UTF-8; it was read as Windows-1252",)


FOREIGN = {
    "Name,Źródło,Cel\nZamówienia,Łukasz Żółty,Łódź\n": ("cp1250", "Windows-1250"),
    "Name,From,To\nЗаказы,Магазин,1С\n": ("cp1251", "Windows-1251"),
    "連携名,送信元,送信先\n受注連携,ECサイト,基幹システム\n": ("cp932", "Shift-JIS"),
    "Name,Quelle,Ziel\nAufträge für Köln,Größe,ERP\n": ("cp850", "DOS code page 850"),
    "Name,Quelle,Ziel\nAufträge für Köln,Größe B,ERP\n": ("mac_roman", "Macintosh"),
}


@pytest.mark.parametrize("text", FOREIGN)
def test_letters_that_make_no_words_are_refused_with_what_they_look_like(
    reads: Reads, text: str
) -> None:
    encoding, told = FOREIGN[text]

    with pytest.raises(Invalid, match=rf"it.csv:\d: read as Windows-1252 .*{told}: save it as CSV"):
        reads(text.encode(encoding))
    assert reads(text).notes == ()


WESTERN = (
    "Élodie Lefèvre", "créée à l’été", "Übergrößenträger", "María Núñez", "Città d’Aosta", "señal",
    "Jürgen Groß", "naïve", "Coöperatie", "5 m³/h", "n°1", "cœur d’œuvre", "L·l", "Ærøskøbing",
    "«Aufträge»", "São João", "¿Qué?", "€ 5,–", "Smørrebrød på Ålborg", "ÜBERGRÖSSE", "½ Tag",
)  # fmt: skip


@pytest.mark.parametrize("word", WESTERN)
def test_letters_of_western_languages_are_read(reads: Reads, word: str) -> None:
    table = reads(f"Name;Von;Nach\n{word};A;B\n".encode("cp1252"))

    assert [cells[0] for _, cells in table.lines] == [word]


@pytest.mark.parametrize("page", ["<html><table>", "<!DOCTYPE html>\n<p>", '<?xml version="1.0"?>'])
def test_a_web_page_that_is_called_a_list_is_refused(reads: Reads, page: str) -> None:
    with pytest.raises(Invalid, match=r"it.csv:1: this is a web page or XML and no list"):
        reads(f"{page}<tr><td>Name</td><td>From</td></tr>")


def test_the_line_in_which_excel_states_the_delimiter_is_no_heading(reads: Reads) -> None:
    table = reads("sep=;\nName;From\na, b;c\n")

    assert table.headings == ("Name", "From")
    assert table.lines == ((3, ("a, b", "c")),)


def test_a_title_above_the_headings_is_passed_over_and_told(reads: Reads) -> None:
    table = reads("Interfaces 2026,,\n,,\nName,Source,Target\nOrders,Shop,ERP\n")

    assert table.headings == ("Name", "Source", "Target")
    assert table.place(table.lines[0][0]) == "it.csv:4"
    assert "above the headings stands “Interfaces 2026”" in table.notes[0]


def test_headings_that_stand_twice_are_told_apart(reads: Reads) -> None:
    table = reads("Name,Owner,Owner,\nOrders,a,b,c\n")

    assert table.headings == ("Name", "Owner", "Owner (2)")
    assert table.skipped[0].text == "Orders | a | b | c"


def test_ragged_rows_are_read_or_listed_never_lost(reads: Reads) -> None:
    table = reads("Name,Source,Target\nOrders,Shop\nStock,ERP,Shop,oops\nItems,ERP,Shop\n")

    assert table.lines == ((2, ("Orders", "Shop", "")), (4, ("Items", "ERP", "Shop")))
    assert table.notes == ("it.csv:2 has fewer cells than headings; the others count as empty",)
    assert [(one.place, one.text) for one in table.skipped] == [
        ("it.csv:3", "Stock | ERP | Shop | oops")
    ]


def test_rows_count_as_lines_of_the_file_even_with_line_breaks_in_cells(reads: Reads) -> None:
    table = reads('Name,Notes\n"Orders","one\ntwo"\nStock,x\n')

    assert [line for line, _ in table.lines] == [2, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it.csv:1: the file is empty."),
        (" \n\n", "it.csv:1: the file is empty."),
        (";;\n;;\n", "it.csv:1: the file is empty."),
        ('Name,From\nOrders,Shop\nStock,"ERP\n', "it.csv:3: a quotation mark opens here"),
        ('Name,From\n"Orders" x,Shop\n', "it.csv:2: text follows a closing quotation mark"),
        (b"Name,From\n\x00\x01,Shop\n", "it.csv:2: this is not text"),
        (b"\xff\xfeN\x00a", "it.csv:1: this is broken UTF-16"),
        (b"\xd0\xcf\x11\xe0rest", "old .xls or is protected by a password"),
        (b"PK\x03\x04broken", "is no Excel workbook"),
        (",".join("x" * 300), "it.csv:1: more than 200 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(
    reads: Reads, content: str | bytes, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reads(content)

    assert message in str(refused.value)


def test_a_file_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"Cannot read .*nowhere.csv: No such file"):
        read_list(str(tmp_path / "nowhere.csv"), "nowhere.csv")


def test_secrets_are_not_read_neither_as_columns_nor_in_cells(reads: Reads) -> None:
    table = reads("Name,Password,Notes\nOrders,hunter2,use sk_live_abcdef12345\n")

    assert table.lines == ((2, ("Orders", "", "")),)
    assert any("“Password” may hold secrets" in note for note in table.notes)
    assert "it.csv:2 holds what looks like a Stripe key under “Notes”; left out" in table.notes
    assert "hunter2" not in str(table)


@pytest.mark.parametrize(
    "cell",
    [
        "login svc_erp, password: hunter2",
        "svc_erp / pw=hunter2",
        "Passwort: hunter2",
        "Kennwort = hunter2",
        "wachtwoord: hunter2",
        "mot de passe : hunter2",
        "contraseña: hunter2",
        "the password is hunter2",
        "API key: hunter2",
        "subscription-key=hunter2",
        "Token -> hunter2",
        "svc_erp Hunter2!hunter2",
        "0123456789abcdef0123456789abcdef",
        "Zm9vYmFyMTIzNDU2Nzg5hunter2AbCdEf==",
        "https://svc:hunter2@erp.example.com/api",
        "https://erp.example.com/api?code=1&sig=hunter2",
        "Bearer hunter2Hunter2Hunter2",
    ],
)
def test_a_secret_in_any_cell_is_left_out_and_told_by_row_and_column(
    reads: Reads, cell: str
) -> None:
    table = reads(f'Name,From,Remarks\nOrders,Shop,"{cell}"\n')

    assert table.lines == ((2, ("Orders", "Shop", "")),)
    (note,) = table.notes
    assert note.startswith("it.csv:2 holds what looks like ")
    assert note.endswith(" under “Remarks”; left out")
    assert "hunter2" not in note


def test_where_a_column_holds_secrets_a_row_that_does_not_fit_is_not_repeated(
    reads: Reads,
) -> None:
    above = "Export,password: hunter2\n"
    table = reads(f"{above}Name,From,To,Password\nOrders,Shop,,ERP,hunter2\n")

    (skipped,) = table.skipped
    assert skipped.place == "it.csv:3"
    assert "hunter2" not in str(table)


def test_without_headings_no_secret_becomes_one(reads: Reads) -> None:
    table = reads("Orders,Shop,pw: hunter2\n")

    assert table.headings == ("Orders", "Shop", "column 3")


@pytest.mark.parametrize(
    "cell",
    [
        "Password: see vault",
        "API key: none",
        "token in Key Vault",
        "Password=${ERP_PASSWORD}",
        "password is rotated every quarter",
        "Key user: Alice Lee",
        "keyed by order number",
        "D365FinanceAndOperationsConnector2",
        "Dynamics365F&O",
        "a2c9f7e0-1111-4222-8333-444455556666",
        "SHOPIFY_ORDERS_TO_BUSINESS_CENTRAL_2026_V2",
        "https://erp.example.com/api/v2.0/companies(7)",
        "Sales orders -> ERP: 12,000 a day!",
        "alice.lee@example.com",
    ],
)
def test_what_is_no_secret_is_kept(reads: Reads, cell: str) -> None:
    table = reads(f'Name,From,Remarks\nOrders,Shop,"{cell}"\n')

    assert table.lines == ((2, ("Orders", "Shop", cell)),)


def test_every_row_with_a_secret_is_named(reads: Reads) -> None:
    rows = "".join(f"Orders {place},pw: hunter2\n" for place in range(8))

    *first, more = reads(f"Name,Remarks\n{rows}").notes

    assert [one.partition(" ")[0] for one in first] == [f"it.csv:{row}" for row in range(2, 7)]
    assert more.endswith("under “Remarks”; left out): 7, 8, 9")


def test_text_that_looks_like_a_formula_is_kept_as_text_and_noted(reads: Reads) -> None:
    table = reads('Name,Notes\n=cmd|\' /c calc\'!A1,"=HYPERLINK(""http://x"")"\n')

    assert table.lines[0][1] == ("=cmd|' /c calc'!A1", '=HYPERLINK("http://x")')
    assert table.notes == ("it.csv:2 holds text that looks like a formula; kept as text",)


def test_control_characters_never_reach_a_terminal(reads: Reads) -> None:
    table = reads("Name,From\n\x1b[31mOrders\x07\u202e,Shop\n")

    assert table.lines[0][1][0] == "[31mOrders"


def test_fifty_thousand_rows_are_read(reads: Reads) -> None:
    text = "Name,From,To\n" + "".join(f"Flow {n},Shop {n},ERP\n" for n in range(50_000))

    assert len(reads(text).lines) == 50_000


def test_a_workbook_is_read_as_its_cells_show(reads: Reads) -> None:
    raw = workbook(("List", [["Name", "Nr", "Since"], ["Orders", 12.0, "2026-01-02"]]))

    table = reads(raw, "it.xlsx")

    assert table.lines == ((2, ("Orders", "12", "2026-01-02")),)


def test_a_cell_merged_over_several_rows_holds_for_each_of_them(reads: Reads) -> None:
    rows: list[list[object]] = [
        ["Name", "From", "To", "Owner"],
        ["Orders", "Shop", "ERP", "Ann Lee"],
        ["Stock", "ERP", "Shop"],
        ["Prices", "ERP"],
        ["Wages", "HR", "Bank", "Bo Diaz"],
        ["Leave", "HR", "ERP"],
    ]
    table = reads(workbook(("List", rows), merged=["D2:D4", "C3:C4", "D5:D5"]), "it.xlsx")

    assert [cells for _, cells in table.lines] == [
        ("Orders", "Shop", "ERP", "Ann Lee"),
        ("Stock", "ERP", "Shop", "Ann Lee"),
        ("Prices", "ERP", "Shop", "Ann Lee"),
        ("Wages", "HR", "Bank", "Bo Diaz"),
        ("Leave", "HR", "ERP", ""),
    ]


def test_a_merged_cell_makes_no_row_of_its_own_and_fills_no_second_column(reads: Reads) -> None:
    rows: list[list[object]] = [
        ["Connections of the group"],
        [],
        ["Name", "Owner"],
        [],
        ["Orders", "Ann Lee"],
        [],
        ["Wages", None],
    ]
    merged = ["A1:B2", "A3:A4", "B3:B4", "B5:B6"]
    table = reads(workbook(("List", rows), merged=merged), "it.xlsx")

    assert table.headings == ("Name", "Owner")
    assert [cells for _, cells in table.lines] == [("Orders", "Ann Lee"), ("Wages", "")]


def test_headings_in_two_rows_under_a_merged_one_are_found(reads: Reads) -> None:
    rows: list[list[object]] = [
        ["Name", "From", "To", "Owners"],
        [None, None, None, "Technical owner", "Business owner"],
        ["Orders", "Shop", "ERP", "Ann", "Bo"],
    ]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:E1"]
    table = reads(workbook(("List", rows), merged=merged), "it.xlsx")

    assert table.headings == ("Name", "From", "To", "Technical owner", "Business owner")
    assert [cells for _, cells in table.lines] == [("Orders", "Shop", "ERP", "Ann", "Bo")]


def test_the_first_sheet_with_anything_in_it_is_read_and_the_others_are_named(
    reads: Reads,
) -> None:
    raw = workbook(("Cover", []), ("List", [["Name"], ["Orders"]]), ("Old", [["Name"], ["x"]]))

    first = reads(raw, "it.xlsx")
    old = reads(raw, "it.xlsx", "#Old")

    assert first.lines == ((2, ("Orders",)),)
    assert "read from sheet “List”, not from “Cover”, “Old”" in first.notes[0]
    assert old.lines == ((2, ("x",)),)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(reads: Reads) -> None:
    with pytest.raises(Invalid, match="no sheet “New”; it has: List"):
        reads(workbook(("List", [["Name"], ["Orders"]])), "it.xlsx", "#New")


def test_a_formula_that_was_never_computed_is_noted_with_its_cell(reads: Reads) -> None:
    table = reads(workbook(("List", [["Name", "From"], ["Orders", "=A1&A2"]])), "it.xlsx")

    assert table.lines == ((2, ("Orders", "")),)
    assert "it.xlsx:2 column B holds a formula without its value" in table.notes[0]


def test_an_empty_workbook_is_refused(reads: Reads) -> None:
    with pytest.raises(Invalid, match=r"it.xlsx:1: the workbook is empty"):
        reads(workbook(("List", [])), "it.xlsx")


def test_headings_that_come_again_in_the_middle_are_no_row(reads: Reads) -> None:
    table = reads("Name,Source,Target\nOrders,Shop,ERP\nNAME,source , target\nStock,ERP,Shop\n")

    assert [cells[0] for _, cells in table.lines] == ["Orders", "Stock"]
    assert table.notes == ("it.csv:3 repeats the headings; not read",)
