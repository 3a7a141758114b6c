"""`firstlane inventory` as somebody at a terminal, and as a script, sees it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.checks import settings_models
from bot.cli import main
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.files.content import example_catalogue
from bot.files.library import Library
from bot.inventory.cli.command import problems_in
from bot.inventory.core.columns import guess_columns
from bot.inventory.core.draft import read_row
from bot.inventory.core.group_rows import merge
from bot.inventory.core.lists import RowEntry
from bot.inventory.core.write_draft import draft
from bot.inventory.files.estate_text import estate_text
from bot.inventory.files.list_table import rows_of, tabulate

ERP = """\
Name;Partner system;In/Out;Business object;Responsible;E-Mail;Password
Shopify Connector;Shopify;Inbound;Sales orders, customers;Alice Lee;alice@example.com;x
Bank statement import;ING Bank;In;camt.053;Böhm, Jürgen;j.boehm@example.com;x
Old portal;;;;;;
"""
IPAAS = """\
Process,Source,Target,Object,Schedule,Owner
SHOPIFY_ORDERS_TO_BC,Shopify Plus,D365 BC,Orders,*/15 * * * *,bob@example.com
Contacts,Salesforce Marketing,D365 BC,Contacts,hourly,
"""
IT = """\
Schnittstelle\tQuellsystem\tZielsystem\tDaten\tFachlicher Verantwortlicher\tKritikalität
Kontoauszüge\tING\tBusiness Central\tKontoauszüge\tSabine Kurz <s.kurz@example.com>\tkritisch
Contacts\tSalesforce\tBusiness Central\tContacts\tFinance team\tlow
"""


@pytest.fixture(autouse=True)
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("erp.csv").write_text(ERP, encoding="cp1252")
    Path("ipaas.csv").write_text(IPAAS, encoding="utf-8-sig")
    Path("it.csv").write_text(IT, encoding="utf-8")


LISTS = ("erp.csv", "ipaas.csv", "it.csv")
MERGE = ("inventory", "merge", *LISTS, "--yes", "--system", "erp=Business Central")


def data(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    main([*MERGE, "--json", *more])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def loaded(path: str) -> Catalogue:
    library = Library(Path(path), environ={}, kinds=settings_models())
    library.reload(utc_now())
    assert library.catalogue_errors == ()
    return library.knowledge().catalogue


def test_three_lists_become_one_estate_that_is_valid_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main([*MERGE, "--out", "connections.yaml"])

    said = capsys.readouterr().out
    estate = loaded("connections.yaml")
    assert code == 1  # Salesforce or Salesforce Marketing, and the old portal
    assert sorted(estate.connections) == [
        "bank-statement-import", "contacts", "contacts-2", "shopify-connector",
    ]  # fmt: skip
    assert estate.connections["shopify-connector"].owners.technical == "alice-lee"
    assert estate.connections["bank-statement-import"].owners.functional == "sabine-kurz"
    assert "shopify-connector: erp.csv:2 + ipaas.csv:2" in said
    assert "firstlane validate connections.yaml" in said


def test_every_value_names_the_row_it_came_from_and_gaps_are_comments() -> None:
    main([*MERGE, "--out", "connections.yaml"])

    text = Path("connections.yaml").read_text(encoding="utf-8")
    assert "functional: sabine-kurz # it.csv:2" in text
    assert "# architecture: nobody who can be reached is named" in text
    assert "# technical differs: erp.csv:2 says “Alice Lee <alice@example.com>”" in text
    assert (
        "# erp.csv:4: it does not say both systems; --map names the columns that do. Old portal"
        in text
    )


def test_the_json_says_what_was_merged_doubted_and_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = data(capsys)

    assert [one["rows"] for one in found["merged"]] == [
        ["erp.csv:2", "ipaas.csv:2"],
        ["erp.csv:3", "it.csv:2"],
    ]
    assert all(one["why"] for one in found["merged"])
    assert {one["kind"] for one in found["doubtful"]} == {"system", "connection"}
    assert [one["field"] for one in found["differences"]] == ["technical"]
    assert [one["row"] for one in found["skipped"]] == ["erp.csv:4"]
    assert found["problems"] == []


@pytest.mark.parametrize("headings", ["Name;From;Owner", "Name;Target system;Owner"])
def test_the_other_end_is_not_taken_from_the_name_of_the_file(
    headings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("quelle-ziel.csv").write_text(f"{headings}\nOrders;Shop;bob@example.com\n")

    assert main(["inventory", "merge", "quelle-ziel.csv", "--yes", "--json"]) == 1

    found = json.loads(capsys.readouterr().out)
    assert [one["row"] for one in found["skipped"]] == ["quelle-ziel.csv:2"]


def test_an_owner_of_one_layer_is_no_owner_of_another(capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.csv").write_text(
        "Name;From;To;Business owner;E-mail\nOrders;Shop;ERP;Alice Lee;alice@example.com\n"
    )
    Path("two.csv").write_text("Name;From;To;Technical owner\nOrders;Shop;ERP;Bob <b@x.example>\n")

    main(["inventory", "merge", "one.csv", "two.csv", "--yes", "--out", "new.yaml"])

    made = yaml.safe_load(Path("new.yaml").read_text())
    assert made["connections"]["orders"]["owners"] == {
        "technical": "bob",
        "functional": "alice-lee",
    }
    assert sorted(made["people"]) == ["alice-lee", "bob"]


def test_a_doubt_is_settled_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    same = data(capsys, "--same", "Salesforce=Salesforce Marketing")
    apart = data(capsys, "--apart", "Salesforce=Salesforce Marketing")

    assert [one["id"] for one in same["connections"]].count("contacts") == 1
    assert (len(same["connections"]), len(apart["connections"])) == (3, 4)
    assert same["doubtful"] == []


def test_a_column_nobody_could_know_is_mapped(capsys: pytest.CaptureFixture[str]) -> None:
    Path("it.csv").write_text("Ding,Woher,Wohin\nOrders,Shop,ERP\n")
    mapping = [f"--map=it.csv:{pair}" for pair in ("Ding=name", "Woher=from", "Wohin=to")]

    code = main(["inventory", "merge", "it.csv", "--yes", "--json", *mapping])

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [(one["from"], one["to"]) for one in found["connections"]] == [("shop", "erp")]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--map", "it.csv:Nope=name"], "it.csv has no column “Nope”; it has “Schnittstelle”"),
        (["--map", "it.csv:Daten=thing"], "“thing” is none of id, name, route"),
        (["--map", "Daten=name"], "write LIST:COLUMN=FIELD"),
        (["--map", "hr.csv:Daten=name"], "There is no list “hr.csv” here; there is it.csv."),
        (["--system", "it.csv"], "write LIST=NAME"),
        (["--same", "erp"], "write ONE=OTHER"),
        (["--same", "ING=Salesforse"], "“Salesforse”. did you mean 'Salesforce'?"),
        (["--into", "nowhere.yaml"], "nowhere.yaml: the file cannot be read"),
    ],
)
def test_a_wrong_option_says_what_to_write(
    more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inventory", "merge", "it.csv", "--yes", *more]) == 2

    assert message in capsys.readouterr().err


def test_without_a_terminal_nobody_is_asked_and_nothing_is_guessed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["inventory", "merge", "it.csv", "--out", "x.yaml"]) == 2

    assert "Add --yes when they are" in " ".join(capsys.readouterr().err.split())
    assert not Path("x.yaml").exists()


def test_an_existing_file_is_written_over_only_by_force(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("connections.yaml").write_text("mine")

    refused = main([*MERGE, "--out", "connections.yaml"])
    kept = Path("connections.yaml").read_text()
    main([*MERGE, "--out", "connections.yaml", "--force"])

    assert (refused, kept) == (2, "mine")
    assert "already there" in capsys.readouterr().err
    assert "shopify-connector" in Path("connections.yaml").read_text(encoding="utf-8")


def test_the_estate_goes_to_standard_output_and_the_report_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(list(MERGE))

    said = capsys.readouterr()
    assert "shopify-connector" in yaml.safe_load(said.out)["connections"]
    assert "Merged (2)" in said.err


def test_into_an_estate_only_what_it_lacks_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main([*MERGE, "--out", "connections.yaml"])
    Path("new.csv").write_text(
        "Name,From,To,Data,Owner\n"
        "Shopify Connector,Shopify,Business Central,Orders,alice@example.com\n"
        "Payment run,Business Central,ING,Payments,alice@example.com\n"
    )
    capsys.readouterr()

    into = ["--into", "connections.yaml", "--out", "add.yaml"]
    code = main(["inventory", "merge", "new.csv", "--yes", *into])

    said = capsys.readouterr().out
    added = yaml.safe_load(Path("add.yaml").read_text(encoding="utf-8"))
    whole = yaml.safe_load(Path("connections.yaml").read_text(encoding="utf-8"))
    for section, entries in added.items():
        whole[section] |= entries
    assert code == 0
    assert "already known" in said
    assert list(added) == ["connections"]
    assert list(added["connections"]) == ["payment-run"]
    assert added["connections"]["payment-run"]["owners"] == {"technical": "alice-lee"}
    assert problems_in(yaml.safe_dump(whole)) == ()


def test_what_an_estate_wholly_has_leaves_nothing_to_write(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main([*MERGE, "--out", "connections.yaml"])
    capsys.readouterr()

    main(
        ["inventory", "merge", "it.csv", "--yes", "--into", "connections.yaml", "--out", "add.yaml"]
    )

    assert "Nothing new: connections.yaml has all of it." in capsys.readouterr().err
    assert not Path("add.yaml").exists()


def test_at_a_terminal_columns_are_corrected_and_doubts_are_answered(tmp_path: Path) -> None:
    Path("crm.csv").write_text(
        "Name,Source,Target,Data,Kümmerer\nContacts,SAP,CRM,Contacts,bob@example.com\n"
    )
    Path("it.csv").write_text("Name,Source,Target,Data\nContacts,SAP Concur,CRM,Contacts\n")

    seen = at_a_terminal(
        ["inventory", "merge", "crm.csv", "it.csv", "--out", "c.yaml"],
        [("Right?", "5=technical"), ("Right?", ""), ("Right?", ""), ("The same?", "y")],
    )

    [connection] = loaded("c.yaml").connections.values()
    assert "Kümmerer" in seen
    assert "share a name, and one says more" in seen
    assert connection.owners.technical == "bob"


def at_a_terminal(arguments: list[str], answers: list[tuple[str, str]]) -> str:
    """Runs the command in a terminal of its own; each answer is typed when its question shows."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environ, close_fds=True,
    ):  # fmt: skip
        os.close(theirs)
        seen, at = "", 0
        for question, answer in answers:
            while question not in seen[at:]:
                seen += os.read(ours, 65536).decode("utf-8", "replace")
            at = seen.index(question, at) + len(question)
            os.write(ours, f"{answer}\n".encode())
        while chunk := _rest(ours):
            seen += chunk
    os.close(ours)
    return seen


def _rest(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:  # the other side is closed
        return ""


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["Shop", "ERP", "Orders", "${HOME}", "a: b # c", "- x", "@me", "yes", "a@b.example", "'", '"',
     "*/5", "null", "IT", "Alice <a@example.com>", "{x}", "shop", "=1+1", "x" * 300]
)  # fmt: skip
HEADINGS = ("Name", "From", "To", "Data", "Owner", "Key user", "Priority", "Vendor", "Notes", "?")


@given(st.lists(st.tuples(*[CELL] * len(HEADINGS)), max_size=8), st.integers(0, 8))
def test_whatever_stands_in_the_cells_the_estate_is_valid_and_no_row_is_lost(
    rows: list[tuple[str, ...]], cut: int
) -> None:
    tables = [
        tabulate(name, [(1, HEADINGS), *enumerate(part, start=2)])
        for name, part in (("a.csv", rows[:cut]), ("b.csv", rows[cut:]))
    ]
    read = [
        read_row(row)
        for table in tables
        for row in rows_of(table, guess_columns(table.headings, {}))
    ]
    drafted, skipped = draft(merge([one for one in read if isinstance(one, RowEntry)]))

    text = estate_text(drafted, ["a.csv", "b.csv"], skipped=skipped)

    placed = {place for one in drafted.connections for place in one.places}
    lost = {
        one.place for one in (*skipped, *(one for one in read if not isinstance(one, RowEntry)))
    }
    assert problems_in(text) == ()
    assert placed | lost == {table.place(at) for table in tables for at, _ in table.lines}
    assert not placed & lost


def test_an_estate_goes_to_backstage_and_comes_back_as_it_was(tmp_path: Path) -> None:
    main(["inventory", "export-backstage", "--file", str(example_catalogue()), "--out", "out"])
    code = main(["inventory", "import-backstage", "out/catalog-info.yaml", "--out", "back.yaml"])

    before, after = loaded(str(example_catalogue())), loaded("back.yaml")
    assert code == 0
    assert known(after) == known(before)


def known(estate: Catalogue) -> dict[str, Any]:
    return {
        "connections": [
            (
                one.id, one.name, one.source, one.target, one.both_ways, one.aliases, one.entities,
                one.criticality, one.domain, one.flow, one.pattern, one.build, one.maintained_by,
                one.owners, one.first_responder, dict(one.lanes), one.depends_on,
                one.about.lifecycle.stage,
            )
            for one in estate.connections.values()
        ],
        "systems": [(one.id, one.name, one.kind, one.aliases) for one in estate.systems.values()],
        "people": [(one.id, one.name, one.email, one.slack_id) for one in estate.people.values()],
        "parties": [(one.id, one.name) for one in estate.parties.values()],
    }  # fmt: skip


FOREIGN = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop, title: Web shop}
spec:
  {type: website, lifecycle: production, owner: web, consumesApis: [stock-api],
   dependsOn: ['resource:queue', 'component:pim']}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: erp, title: ERP}
spec: {type: service, lifecycle: production, owner: user:alice, providesApis: [stock-api]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pim, title: PIM}
spec: {type: service, lifecycle: production, owner: web}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: stock-api
  title: Stock
  annotations:
    firstlane.io/functional-owner: user:bob
    firstlane.io/architecture-owner: group:crowd
spec:
  {type: openapi, lifecycle: deprecated, owner: user:default/alice,
   definition: {$text: ./x.yaml}}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: queue}
spec: {type: queue, owner: web}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: web}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: alice}
spec: {profile: {displayName: Alice, email: alice@example.com}, memberOf: [web]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: bob}
spec: {profile: {displayName: Bob}, memberOf: []}
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: more}
spec: {targets: [./other.yaml]}
"""


def test_a_catalogue_that_others_wrote_becomes_an_estate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("catalog-info.yaml").write_text(FOREIGN)

    code = main(["inventory", "import-backstage", "catalog-info.yaml", "--json", "--out", "b.yaml"])

    estate, found = loaded("b.yaml"), json.loads(capsys.readouterr().out)
    stock = estate.connections["stock-api"]
    assert code == 1
    assert (stock.source, stock.target, stock.owners.technical) == ("erp", "shop", "alice")
    assert stock.owners.functional is None
    assert {(one.source, one.target) for one in estate.connections.values()} == {
        ("erp", "shop"),
        ("queue", "shop"),
        ("pim", "shop"),
    }
    assert estate.connections["pim-shop"].owners.technical == "alice"  # the one member of web
    text = Path("b.yaml").read_text()
    assert "# functional: bob, who has no address yet" in text
    assert "# architecture: group:crowd is no single person of the catalogue; name one" in text
    assert [one["text"] for one in found["skipped"]] == ["web", "more"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: API\nmetadata: {}\n", "c.yaml:1: this is no catalogue entity"),
        ("a: [\n", "c.yaml:2:"),
        ("x: 1\n---\n" + "[" * 60 + "]" * 60, "c.yaml:3: nested more than 40 levels deep"),
        ("kind: Group\nmetadata: {name: a}\n", "No connection is described there (found: 1 group)"),
        ("", "No connection is described there (found: nothing)"),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused_with_its_line(
    text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("c.yaml").write_text(text)

    assert main(["inventory", "import-backstage", "c.yaml"]) == 2
    assert message in capsys.readouterr().err
