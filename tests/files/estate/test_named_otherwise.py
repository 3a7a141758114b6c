"""Who or what is named in another way than by its id: told once, at its own place, with the id."""

import pytest

from tests.files.estate_text import ESTATE, errors

OTHERWISE = {
    "a person's name": ("functional: alice", "functional: Alice Jones", "alice"),
    "in other letters": ("first_responder: bob", "first_responder: BOB SMITH", "bob"),
    "an address": ("first_responder: bob", "first_responder: Bob@example.com", "bob"),
    "a system's name": ("from: shop", "from: Web shop", "shop"),
    "a manager": ("manager: alice", "manager: alice@example.com", "alice"),
}
NAMED = ESTATE.replace("name: Alice,", "name: Alice Jones,").replace(
    "name: Bob,", "name: Bob Smith,"
)
NAMED = NAMED.replace("shop: {name: Shop}", "shop: {name: Web shop}")


@pytest.mark.parametrize(("right", "written", "id"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_exactly_one_is_called_by_leads_to_their_id(right: str, written: str, id: str) -> None:
    told = errors(NAMED.replace(right, written))

    assert len(told) == 1
    assert told[0].endswith(f"; write the id, '{id}'")


def test_what_two_are_called_by_leads_to_neither() -> None:
    two = NAMED.replace("Bob Smith", "Alice Jones").replace(
        "functional: alice", "functional: Alice Jones"
    )

    (told,) = errors(two)

    assert "write the id" not in told


@pytest.mark.parametrize("listed", ["[alice, bob]", "[alice]", "[]"])
def test_a_layer_has_one_person(listed: str) -> None:
    (told,) = errors(ESTATE.replace("technical: alice", f"technical: {listed}"))

    assert told == (
        "15:25: must name one person in owners.technical; one person answers for a layer: write"
        " one id, without brackets"
    )


@pytest.mark.parametrize(
    ("right", "written", "what"),
    [
        ("first_responder: bob", "first_responder: [bob, alice]", "one person"),
        ("to: erp", "to: [erp, shop]", "one system"),
    ],
)
def test_a_list_where_one_is_named_is_told_as_that(right: str, written: str, what: str) -> None:
    (told,) = errors(ESTATE.replace(right, written))

    assert f"must name {what} in " in told
    assert "quotes" not in told


@pytest.mark.parametrize("references", [True, False], ids=["everywhere", "at its own place only"])
@pytest.mark.parametrize(
    ("id", "mistaken"), [("alice", "Alice"), ("erp", "E_R_P"), ("maker", "The Maker")]
)
def test_an_id_with_wrong_letters_is_one_mistake(id: str, mistaken: str, references: bool) -> None:
    text = ESTATE.replace("to: erp", "to: erp\n    lanes: {vendor: maker}")
    proposed = {"E_R_P": "e-r-p", "The Maker": "the-maker"}.get(mistaken, id)
    used = mistaken if references else proposed
    keyed = text.replace(f"  {id}: {{name", f"  {mistaken}: {{name")
    for place in ("to: ", "vendor: ", "technical: ", "functional: ", "architecture: ", "manager: "):
        keyed = keyed.replace(f"{place}{id}", f"{place}{used}")

    (told,) = errors(keyed)

    assert told.endswith(f"hyphens; write '{proposed}'")
