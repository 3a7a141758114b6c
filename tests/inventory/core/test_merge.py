"""Rows of several lists brought together: what is one, what is perhaps one, what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Layer
from bot.inventory.core.cells import (
    Direction,
    criticality,
    direction,
    nobody_in_particular,
    parts,
    person,
    route,
    said,
    stage,
)
from bot.inventory.core.columns import guess_columns, holds_secrets, with_route
from bot.inventory.core.draft import EstateDraft, read_row
from bot.inventory.core.group_rows import Merged, merge
from bot.inventory.core.lists import Decisions, Field, Named, Row, RowEntry, Skipped, Way
from bot.inventory.core.naming import Labels, slug
from bot.inventory.core.same_system import unify
from bot.inventory.core.write_draft import draft
from bot.language.words import is_team


def row(place: str, **cells: str) -> Row:
    """A row at `list:line`; a trailing underscore lets `from_` be a field."""
    values = {Field(key.strip("_").replace("_", "-")): cell for key, cell in cells.items()}
    return Row(list=place.partition(":")[0], place=place, values=values)


def entry(place: str, name: str, ends: str, moved: str = "", **more: str) -> RowEntry:
    """`ends` is `Shop > ERP`."""
    source, _, target = ends.partition(" > ")
    found = read_row(row(place, name=name, from_=source, to=target, entities=moved, **more))
    assert isinstance(found, RowEntry)
    return found


def groups(merged: Merged) -> list[list[str]]:
    return [[one.place for one in group.entries] for group in merged.groups]


def drafted(*entries: RowEntry) -> EstateDraft:
    return draft(merge(entries))[0]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Name", "Source", "Target", "Owner"], ["name", "from", "to", "technical"]),
        (
            ["Schnittstelle", "Quellsystem", "Zielsystem", "Kritikalität", "Ansprechpartner"],
            ["name", "from", "to", "criticality", "technical"],
        ),
        (["Koppeling", "Van", "Naar", "Eigenaar"], ["name", "from", "to", "technical"]),
        (
            ["Flux", "Système source", "Système cible", "Fréquence", "Responsable métier"],
            ["name", "from", "to", "pattern", "functional"],
        ),
        (["Interfaz", "Origen", "Destino", "Criticidad"], ["name", "from", "to", "criticality"]),
        (["Interfaccia", "Sorgente", "Destinazione"], ["name", "from", "to"]),
        (
            ["Partner system", "In/Out", "Responsible", "E-Mail"],
            ["partner", "direction", "technical", "mail"],
        ),
        (["Schnittstelle", "Quelle System", "Ziel System"], ["name", "from", "to"]),
        (["Interface name", "Sending system", "Receiving system"], ["name", "from", "to"]),
        (["Name", "Sending application", "Receiving app"], ["name", "from", "to"]),
        (["Name", "Software Quelle", "Software Ziel"], ["name", "from", "to"]),
    ],
)
def test_headings_are_known_in_many_languages(headings: list[str], fields: list[str]) -> None:
    guesses = guess_columns(headings, {})

    assert [guess.field for guess in guesses] == fields
    assert all(guess.sure for guess in guesses)


def test_a_misspelt_heading_is_a_guess_and_an_unknown_one_means_nothing() -> None:
    guesses = guess_columns(["Criticallity", "Cost centre"], {})

    assert [(guess.field, guess.sure) for guess in guesses] == [
        (Field.CRITICALITY, False),
        (None, True),
    ]


ARROWS = ("Shopify -> NetSuite", "NetSuite → Shopify", "", "ERP <-> bank")


@pytest.mark.parametrize("heading", ["Flow", "Data flow", "Process", "Objects", "Between", "Type"])
@pytest.mark.parametrize(
    ("cells", "route"),
    [
        pytest.param(ARROWS, True, id="both systems in one cell"),
        pytest.param(("open -> closed", "hourly", "daily"), False, id="an arrow now and then"),
        pytest.param(("", ""), False, id="nothing"),
    ],
)
def test_a_column_is_known_for_both_systems_by_what_stands_in_it(heading, cells, route):
    guesses = guess_columns(["Owner", heading], {})

    found = with_route(guesses, {}, lambda column: cells if column == heading else ("Jane Doe",))

    assert (found[1].field is Field.ROUTE) is (route and guesses[1].field is not Field.NAME)
    assert with_route(guesses, {heading: Field.IGNORE}, lambda _: cells) == guesses


def test_where_a_list_names_the_systems_itself_an_arrow_means_nothing():
    guesses = guess_columns(["From", "To", "Data flow"], {})

    assert with_route(guesses, {}, lambda _: ARROWS) == guesses


def test_a_field_is_read_from_one_column_and_the_other_says_so() -> None:
    guesses = guess_columns(["Owner", "Technical owner", "Owner (2)"], {})

    assert [guess.field for guess in guesses] == [None, Field.TECHNICAL, None]
    assert guesses[0].why == "technical is read from “Technical owner”"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Technical", Field.TECHNICAL),
        ("Technisch", Field.TECHNICAL),
        ("Functional", Field.FUNCTIONAL),
        ("Fachlich", Field.FUNCTIONAL),
        ("Architecture", Field.ARCHITECTURE),
        ("Architektur", Field.ARCHITECTURE),
    ],
)
def test_a_layer_alone_is_the_column_of_its_owner(heading: str, field: Field) -> None:
    (guess,) = guess_columns([heading], {})

    assert (guess.field, guess.sure) == (field, True)


_WHOSE = [
    (Field.TECHNICAL, Field.MAIL, "Technical Technischer Techn. Tech Tech. Tecn. Technique"),
    (Field.FUNCTIONAL, Field.FUNCTIONAL_MAIL, "Functional Fachlicher Fachl. Func. Funct. Business"),
]
_OWNERS = (
    "Owner Verantwortlicher Verantw. Verantwortl. Resp. Resp Ansprechpartner Ansprechp. Kontakt"
)


def test_shortened_headings_of_owners_and_addresses_are_of_the_layer_that_they_name() -> None:
    for owned_by, mail, layers in _WHOSE:
        for layer in layers.split():
            wanted = {f"{layer} Mail": mail, f"Mail {layer}": mail, f"E-Mail ({layer})": mail}
            for owner in _OWNERS.split():
                wanted |= {f"{layer} {owner}": owned_by, f"{owner} {layer}": owned_by}
                wanted |= {f"{layer} {owner} E-Mail": mail, f"{layer} {owner} email address": mail}
            for text, field in wanted.items():
                (guess,) = guess_columns([text], {})
                assert (guess.field, guess.sure) == (field, True), text


@pytest.mark.parametrize(
    "heading",
    ["Techn. Telefon", "Techn. Fachl. Owner", "Technology", "Techn. Verantwortlicher Tel", "Func."],
)
def test_a_heading_of_other_things_is_no_owner_of_another_layer(heading: str) -> None:
    (guess,) = guess_columns([heading], {})

    assert guess.field not in (Field.FUNCTIONAL, Field.MAIL, Field.FUNCTIONAL_MAIL)


def test_what_a_person_says_of_a_column_comes_before_any_guess() -> None:
    guesses = guess_columns(["Owner", "Kümmerer"], {"Kümmerer": Field.TECHNICAL})

    assert [guess.field for guess in guesses] == [None, Field.TECHNICAL]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Business owner", "E-mail"], [Field.FUNCTIONAL, Field.FUNCTIONAL_MAIL]),
        (["E-mail", "Business owner"], [Field.FUNCTIONAL_MAIL, Field.FUNCTIONAL]),
        (
            ["Business owner", "E-mail", "IT owner", "E-mail (2)"],
            [Field.FUNCTIONAL, Field.FUNCTIONAL_MAIL, Field.TECHNICAL, Field.MAIL],
        ),
        (
            ["Technical owner", "Owner email", "Architect", "E-mail"],
            [Field.TECHNICAL, Field.MAIL, Field.ARCHITECTURE, None],
        ),
        (["Name", "E-mail"], [Field.NAME, None]),
    ],
)
def test_an_address_belongs_to_the_person_whose_column_stands_beside_it(
    headings: list[str], fields: list[Field | None]
) -> None:
    assert [guess.field for guess in guess_columns(headings, {})] == fields


@given(
    st.permutations(["Name", "From", "To", "Business owner", "Architect", "E-mail", "Notes"]),
    st.integers(1, 7),
)
def test_nobody_gets_into_a_layer_that_no_heading_names(columns: list[str], many: int) -> None:
    guesses = guess_columns(columns[:many], {})

    fields = {guess.field for guess in guesses}
    assert fields & {Field.TECHNICAL, Field.MAIL} == set()
    assert (Field.FUNCTIONAL_MAIL in fields) <= (Field.FUNCTIONAL in fields)


@pytest.mark.parametrize("text", ["Password", "API key", "Client Secret", "Passwort", "token"])
def test_headings_of_secrets_are_recognised(text: str) -> None:
    assert holds_secrets(text)
    assert not holds_secrets("Key user")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Inbound", Direction.IN),
        ("ausgehend", Direction.OUT),
        ("In / Out", Direction.BOTH),
        ("<->", Direction.BOTH),
        ("→", Direction.OUT),
        ("bidirectionnel", Direction.BOTH),
        ("nightly", None),
    ],
)
def test_directions_are_read_in_words_and_arrows(cell: str, expected: Direction | None) -> None:
    assert direction(cell) == expected


def test_a_route_in_one_cell_gives_both_ends() -> None:
    assert route("Shop -> ERP") == ("Shop", "ERP", Way.FORWARD)
    assert route("ERP <- Bank") == ("Bank", "ERP", Way.FORWARD)
    assert route("CRM ⇄ ERP") == ("CRM", "ERP", Way.BOTH)
    assert route("Shop-Connector") is None


@pytest.mark.parametrize(
    ("cell", "mail", "expected"),
    [
        ("Alice Lee <Alice@Example.com>", "", Named(name="Alice Lee", email="alice@example.com")),
        ("Lee, Alice", "a@example.com", Named(name="Alice Lee", email="a@example.com")),
        ("bob@example.com", "", Named(email="bob@example.com")),
        ("Alice Lee / Bob Fox", "", Named(name="Alice Lee", others=("Bob Fox",))),
        ("Alice Lee & Bob Fox", "", Named(name="Alice Lee", others=("Bob Fox",))),
        ("Alice Lee, Bob Fox", "", Named(name="Alice Lee", others=("Bob Fox",))),
        ("Alice Lee und Bob Fox", "", Named(name="Alice Lee", others=("Bob Fox",))),
        ("van der Berg, Jan", "", Named(name="van der Berg, Jan")),
        ("Alice, Bob, Charlie", "", Named(name="Alice", others=("Bob", "Charlie"))),
        (
            "Alice Lee (Vertretung Bob Fox)",
            "",
            Named(name="Alice Lee", others=("Vertretung Bob Fox",)),
        ),
        (
            "a@example.com; b@example.com",
            "",
            Named(email="a@example.com", others=("b@example.com",)),
        ),
        (
            "Alice Lee (a@example.com)",
            "a@example.com, b@example.com",
            Named(name="Alice Lee", email="a@example.com", others=("b@example.com",)),
        ),
        ("n/a", "", None),
        ("", "", None),
    ],
)
def test_a_cell_names_one_person(cell: str, mail: str, expected: Named | None) -> None:
    assert person(cell, mail) == expected


@pytest.mark.parametrize("name", ["IT", "Finance team", "Team Logistik", "IT-Team", "=cmd|x!A1"])
def test_teams_and_formulas_are_nobody(name: str) -> None:
    assert nobody_in_particular(Named(name=name))
    assert not nobody_in_particular(Named(name="Alice Lee"))
    assert not nobody_in_particular(Named(name="Team lead"))


@pytest.mark.parametrize(
    "name",
    [
        "Team Financiën",
        "Équipe Paie",
        "Service Achats",
        "Département RH",
        "Dépt. Logistique",
        "Afd. Inkoop",
        "Abteilung Einkauf",
        "Ufficio Acquisti",
        "Servicio de Compras",
        "Applicatiebeheer",
        "Functioneel beheer",
        "Finanzabteilung",
        "Debiteurenadministratie",
        "Kundendienst",
    ],
)
def test_a_team_is_one_in_any_of_the_languages_also_in_the_estate_file(name: str) -> None:
    assert is_team(name)
    assert is_team(name.lower().replace(" ", "-"))
    assert nobody_in_particular(Named(name=name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In productie", Stage.LIVE),
        ("Uitgefaseerd", Stage.RETIRED),
        ("Buiten gebruik", Stage.RETIRED),
        ("In gebruik", Stage.LIVE),
        ("Test", Stage.GOING_LIVE),
        ("außer Betrieb", Stage.RETIRED),
        ("in Betrieb", Stage.LIVE),
        ("in produzione", Stage.LIVE),
        ("hors service", Stage.RETIRED),
    ],
)
def test_a_stage_is_read_in_the_words_of_lists(text: str, expected: Stage) -> None:
    assert stage(text) is expected


@pytest.mark.parametrize("name", ["DSI", "Inkoop", "Comptabilité", "Achats & Ventes", "HR Dienst"])
def test_a_bare_department_in_a_list_is_nobody(name: str) -> None:
    assert nobody_in_particular(Named(name=name))


@pytest.mark.parametrize(
    "name",
    ["Tom Dienst", "Ann Groep", "Marie Service", "Els Verkoop", "Jan de Beheerder", "Bureau, Jean"],
)
def test_a_person_whose_name_is_also_a_word_stays_a_person(name: str) -> None:
    named = person(name)

    assert named
    assert not nobody_in_particular(named)
    assert not is_team(named.name)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Kritisch", "criticality"),
        ("Critical", "criticality"),
        ("Bedrijfskritisch?", "criticality"),
        ("Importancia", "criticality"),
        ("Criticality (H/M/L)", "criticality"),
        ("Technisch beheerder", "technical"),
        ("Fachlicher Owner", "functional"),
        ("Utilisateur clé", "functional"),
        ("Storingsdienst", "responder"),
        ("Astreinte", "responder"),
        ("In gebruik", "stage"),
        ("Toelichting", "notes"),
        ("Controparte", "partner"),
    ],
)
def test_headings_of_six_languages_are_known(heading: str, field: str) -> None:
    assert guess_columns([heading], {})[0].field == field


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("ja", "critical"),
        ("X", "critical"),
        ("sehr hoch", "critical"),
        ("hoch", "important"),
        ("Très élevée", "critical"),
        ("zeer hoog", "critical"),
        ("very high", "critical"),
        ("M", "important"),
        ("nicht kritisch", "supporting"),
        ("niet kritiek", "supporting"),
        ("nein", None),
    ],
)
def test_what_a_column_of_critical_ones_holds_is_read(cell: str, level: str | None) -> None:
    assert criticality(cell) == level


def test_cells_that_say_nothing_are_empty_and_lists_are_taken_apart() -> None:
    assert [said(cell) for cell in ("-", "N/A", "unbekannt", " x\ty ")] == ["", "", "", "x y"]
    assert parts("Orders, customers; returns\norders & n/a") == (
        "Orders", "customers", "returns", "orders",
    )  # fmt: skip


def test_scales_of_other_lists_become_ours() -> None:
    assert [criticality(cell) for cell in ("Kritisch", "P2", "low", "blue")] == [
        Criticality.CRITICAL,
        Criticality.IMPORTANT,
        Criticality.SUPPORTING,
        None,
    ]
    assert [stage(cell) for cell in ("decommissioned", "aktiv")] == [Stage.RETIRED, Stage.LIVE]


def test_a_list_that_names_only_partners_is_read_from_its_own_system() -> None:
    inward = read_row(row("erp:2", name="A", partner="Shop", direction="In"), own_system="ERP")
    unsaid = read_row(row("erp:3", name="B", partner="Shop"), own_system="ERP")

    assert isinstance(inward, RowEntry)
    assert (inward.source, inward.target, inward.way) == ("Shop", "ERP", Way.FORWARD)
    assert isinstance(unsaid, RowEntry)
    assert unsaid.way is Way.UNSAID


def test_a_row_without_name_and_systems_is_skipped_with_its_text() -> None:
    found = read_row(row("it:7", criticality="high", notes="old?"))

    assert isinstance(found, Skipped)
    assert found.text == "high | old?"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Shopify", "Shopify Plus", True),
        ("Business Central", "D365 BC", True),
        ("Business Central", "Microsoft Dynamics 365 Business Central", True),
        ("SAP Concur", "Concur", True),
        ("Webshop", "Web shop", True),
        ("Salesforce", "Salesfroce", True),
        ("SAP", "SAP Concur", None),
        ("Salesforce", "Salesforce Marketing", None),
        ("Shopify", "Shopify Test", False),
        ("WMS North", "WMS South", False),
        ("Plant 1", "Plant 2", False),
        ("Salesforce", "HubSpot", False),
    ],
)
def test_names_of_systems_are_the_same_perhaps_or_not(
    one: str, other: str, expected: bool | None
) -> None:
    book = unify([one, other], Decisions())

    assert book.alike(one, other) is expected
    assert bool(book.doubts) is (expected is None)


def test_a_person_decides_what_nobody_can_know() -> None:
    pair = frozenset({"ERP", "Business Central"})

    assert unify(["ERP", "Business Central"], Decisions(same=frozenset({pair}))).alike(*pair)


def test_the_same_systems_direction_and_record_make_one_with_reasons() -> None:
    merged = merge(
        [
            entry("erp:2", "Shopify Connector", "Shopify > Business Central", "Sales orders"),
            entry("ipaas:2", "FLOW_17", "Shopify Plus > D365 BC", "orders"),
            entry("it:2", "Auftragsimport", "Shopify > Business Central", "Aufträge"),
        ]
    )

    assert groups(merged) == [["erp:2", "ipaas:2", "it:2"]]
    assert "erp:2 and ipaas:2: both go from Shopify to Business Central" in merged.groups[0].why[0]
    assert merged.doubts == ()


def test_the_other_direction_and_other_records_are_other_connections() -> None:
    merged = merge(
        [
            entry("erp:2", "Orders", "Shop > ERP", "orders"),
            entry("it:2", "Stock", "ERP > Shop", "stock"),
            entry("it:3", "Refunds", "Shop > ERP", "refunds"),
        ]
    )

    assert len(merged.groups) == 3
    assert merged.doubts == ()


def test_the_same_address_makes_one_despite_other_words() -> None:
    address = "https://erp.example.com/api/expenses"
    merged = merge(
        [
            entry("erp:2", "EXP01", "Concur > ERP", endpoint=address),
            entry("it:2", "Belege", "Concur > ERP", endpoint=f"{address}/"),
        ]
    )

    assert groups(merged) == [["erp:2", "it:2"]]


def test_a_host_alone_makes_nothing_the_same() -> None:
    merged = merge(
        [
            entry("erp:2", "Orders", "Shop > ERP", "orders", endpoint="https://erp.example.com"),
            entry("it:2", "Returns", "Shop > ERP", "returns", endpoint="https://erp.example.com/"),
        ]
    )

    assert len(merged.groups) == 2


def test_a_row_that_fits_two_others_belongs_to_neither_until_somebody_says_so() -> None:
    rows = [
        entry("erp:2", "Stock and prices", "ERP > Shop", "stock, prices"),
        entry("it:2", "Stock", "ERP > Shop", "stock"),
        entry("it:3", "Prices", "ERP > Shop", "prices"),
    ]

    torn = merge(rows)
    pair = frozenset({"erp:2", "it:3"})
    told = merge(rows, Decisions(same=frozenset({pair})))

    assert len(torn.groups) == 3
    assert {doubt.pair for doubt in torn.doubts} == {pair, frozenset({"erp:2", "it:2"})}
    assert ["erp:2", "it:3"] in groups(told)


def test_what_a_person_keeps_apart_stays_apart() -> None:
    rows = [
        entry("erp:2", "Orders", "Shop > ERP", "orders"),
        entry("it:2", "Orders", "Shop > ERP", "orders"),
    ]

    merged = merge(rows, Decisions(apart=frozenset({frozenset({"erp:2", "it:2"})})))

    assert len(merged.groups) == 2
    assert merged.doubts == ()


def test_a_list_that_names_a_connection_twice_says_it_once() -> None:
    merged = merge(
        [
            entry("it:2", "Orders", "Shop > ERP", "orders"),
            entry("it:9", "orders", "Shop > ERP", "orders"),
            entry("it:10", "Orders B2B", "Shop > ERP", "orders"),
        ]
    )

    assert groups(merged) == [["it:2", "it:9"], ["it:10"]]


def test_numbered_and_test_connections_are_not_the_same() -> None:
    merged = merge(
        [
            entry("erp:2", "Orders plant 1", "MES > ERP", "orders"),
            entry("it:2", "Orders plant 2", "MES > ERP", "orders"),
            entry("it:3", "Orders plant 1 (test)", "MES > ERP", "orders"),
        ]
    )

    assert len(merged.groups) == 3


def test_a_row_without_systems_finds_its_place_by_its_name() -> None:
    lonely = read_row(row("it:2", name="Shopify order import", criticality="critical"))
    assert isinstance(lonely, RowEntry)

    found = drafted(entry("erp:2", "Shopify order import", "Shopify > ERP", "orders"), lonely)

    assert [one.places for one in found.connections] == [("erp:2", "it:2")]
    assert found.connections[0].criticality is Criticality.CRITICAL


def test_a_row_that_finds_no_systems_is_listed() -> None:
    lonely = read_row(row("it:2", name="Old portal", notes="who knows"))
    assert isinstance(lonely, RowEntry)

    found, skipped = draft(merge([lonely]))

    assert found.connections == ()
    assert [(one.place, one.text) for one in skipped] == [("it:2", "Old portal | who knows")]


def test_owners_that_differ_stand_side_by_side() -> None:
    found = drafted(
        entry("erp:2", "Orders", "Shop > ERP", "orders", technical="Alice <alice@example.com>"),
        entry("it:2", "Orders", "Shop > ERP", "orders", technical="Bob <bob@example.com>"),
    )

    assert found.connections[0].owners == {Layer.TECHNICAL: "alice"}
    [difference] = found.differences
    assert (difference.field, difference.taken) == ("technical", "alice")
    assert [one.place for one in difference.says] == ["erp:2", "it:2"]


def test_a_person_is_one_by_address_and_by_a_name_that_is_theirs_alone() -> None:
    found = drafted(
        entry("erp:2", "Orders", "Shop > ERP", "orders", technical="Lee, Alice"),
        entry("it:2", "Stock", "ERP > Shop", "stock", technical="Alice Lee <a.lee@example.com>"),
        entry("it:3", "Items", "ERP > Shop", "items", technical="a.lee@example.com"),
    )

    assert [(one.id, one.email) for one in found.people] == [("alice-lee", "a.lee@example.com")]
    assert all(one.owners for one in found.connections)


def test_who_cannot_be_reached_owns_nothing_yet_and_a_remark_says_so() -> None:
    found = drafted(
        entry("erp:2", "Orders", "Shop > ERP", "orders", technical="Charlie", functional="IT team")
    )

    assert found.connections[0].owners == {}
    assert found.connections[0].remarks == (
        "technical: charlie (erp:2), who has no address yet",
        "functional: “IT team” (erp:2) is no single person; name one",
    )


def test_both_ends_alike_make_no_connection() -> None:
    _, skipped = draft(merge([entry("it:2", "Backup", "ERP > ERP")]))

    assert skipped[0].why == "both its ends are ERP"


def test_ids_are_slugs_and_no_name_leads_to_two() -> None:
    labels = Labels()

    assert slug("Bestellungen Köln (neu) ß", "x") == "bestellungen-koln-neu-ss"
    assert slug("注文", "connection") == "connection"
    assert labels.named("Orders", "x") == ("orders", "Orders")
    assert labels.named("orders", "x") == ("orders-2", "orders (2)")


@pytest.mark.parametrize(
    "written",
    [
        "alice@example.com; bob@example.com",
        "Alice Lee <alice@example.com> / bob@example.com",
        "Alice Lee alice@example.com (Vertretung bob@example.com)",
    ],
)
def test_a_second_person_of_a_cell_is_noted(written: str) -> None:
    found = drafted(entry("erp:2", "Orders", "Shop > ERP", "orders", technical=written))

    [connection] = found.connections
    assert connection.owners[Layer.TECHNICAL].startswith("alice")
    assert any("bob@example.com" in remark for remark in connection.remarks)
