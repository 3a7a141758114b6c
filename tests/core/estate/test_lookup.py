"""From words to a name: how words are compared, and which connection they mean."""

import pytest

from bot.core.estate.index import NameKind, index_of, mentions
from bot.core.estate.lookup import find_connection, led_to, resolve, score
from bot.language.words import likeness, name_members, plain_words, stem
from tests.core.estate_for_questions import wholesaler

INDEX = index_of(wholesaler())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("shopfy", "shopify"), ("invoce", "invoice"), ("salesfroce", "salesforce"), ("bnak", "bank")],
)
def test_a_misspelt_word_is_like_the_word_meant(typed: str, meant: str) -> None:
    assert 0.8 <= likeness(typed, meant) < 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("c13", "c12"), ("ap", "ar"), ("price", "invoice"), ("rank", "bank"), ("orders", "border")],
)
def test_other_words_and_codes_are_never_bent(typed: str, meant: str) -> None:
    assert likeness(typed, meant) == 0


def test_one_exchanged_letter_in_a_short_word_is_not_enough_to_be_sure() -> None:
    found = resolve(INDEX, NameKind.CONNECTION, ["stork"])

    assert found.id is None
    assert "shop-stock-price" in found.nearest


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("invoices", "invoice"),
        ("companies", "company"),
        ("batches", "batch"),
        ("status", "status"),
        ("address", "address"),
        ("ap", "ap"),
    ],
)
def test_plural_endings_are_taken_off(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Who's the OWNER?", ["who", "is", "the", "owner"]),
        ("ap-invoices / ap_invoices", ["ap", "invoices", "ap", "invoices"]),
        ("shop → erp", ["shop", "to", "erp"]),
        ("shop -&gt; erp", ["shop", "to", "erp"]),
        ("<@U0BOT> in <#C1|orders>", ["in", "orders"]),
        ("<mailto:a@b.example|a@b.example>", ["a", "b", "example"]),
        ("Café “Müller”", ["cafe", "muller"]),
    ],
)
def test_text_is_reduced_to_plain_words(text: str, words: list[str]) -> None:
    assert plain_words(text) == words


def test_a_known_member_is_named_and_a_stranger_dropped() -> None:
    named = name_members("<@U1> and <@U2|x>", {"U1": "erp-admin"})

    assert named.split() == ["erp-admin", "and"]


def test_the_longest_name_in_the_text_is_the_one_mentioned() -> None:
    found = mentions(INDEX, plain_words("who owns the shop floor bridge"))

    assert [mention.of(NameKind.CONNECTION) for mention in found] == [("mes-bridge",)]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    ranked = score(INDEX, NameKind.CONNECTION, ["erp", "scrap"])

    assert ranked[0].id == "mes-bridge"
    assert ranked[1].score < ranked[0].score / 2


def test_an_unknown_word_counts_against_every_match() -> None:
    known = score(INDEX, NameKind.CONNECTION, ["shipment"])[0]
    with_stranger = score(INDEX, NameKind.CONNECTION, ["shipment", "zeppelin"])[0]

    assert with_stranger.id == known.id
    assert with_stranger.score < known.score


def test_the_direction_asked_for_decides_between_two_connections() -> None:
    to_erp = resolve(INDEX, NameKind.CONNECTION, ["from", "shopify", "to", "erp"])
    to_shop = resolve(INDEX, NameKind.CONNECTION, ["from", "erp", "to", "shopify"])

    assert (to_erp.id, to_shop.id) == ("shop-orders", "shop-stock-price")


def test_a_name_with_a_stranger_before_it_is_not_taken_for_the_name() -> None:
    found = resolve(INDEX, NameKind.CONNECTION, ["zeppelin", "bank"])

    assert found.id is None
    assert found.nearest == ("bank",)


def test_a_lone_name_is_not_sure_when_another_system_is_named_too() -> None:
    found = resolve(INDEX, NameKind.CONNECTION, ["payments", "from", "stripe", "to", "the", "bank"])

    assert found.id is None
    assert {"bank", "psp-settlement"} <= set(found.nearest + found.rivals)


def test_words_that_any_connection_could_have_choose_none() -> None:
    found = resolve(INDEX, NameKind.CONNECTION, ["pipeline"])

    assert found.id is None
    assert found.rivals == ("bi-pipeline",)


def test_matches_give_the_words_that_made_them() -> None:
    found = resolve(INDEX, NameKind.CONNECTION, ["shopfy", "orders"])

    assert found.matches[0].why == "fits “shopfy” (shopify), “order”"


@pytest.mark.parametrize(
    ("name", "connection"),
    [
        ("shop-orders", "shop-orders"),
        (" SHOP-ORDERS ", "shop-orders"),
        ("the web shop orders", "shop-orders"),
        ("shopfy ordres", "shop-orders"),
        ("shop → erp", "shop-orders"),
        ("salesforce acounts", "crm-accounts"),
    ],
)
def test_a_connection_is_found_by_its_id_its_name_and_what_is_near(
    name: str, connection: str
) -> None:
    assert find_connection(INDEX, name).id == connection


def test_what_fits_several_connections_offers_them() -> None:
    found = find_connection(INDEX, "shop")

    assert found.id is None
    assert set(found.choices) >= {"shop-orders", "shop-stock-price"}


def test_the_name_of_a_party_offers_the_connections_that_it_answers_for() -> None:
    found = find_connection(INDEX, "Northgate Consulting")

    assert found.id is None
    assert found.choices == led_to(INDEX.catalogue, "impl-partner") != ()


@pytest.mark.parametrize("name", ["", "xyzzy", "Bob", "integration-owner", "who"])
def test_what_names_no_connection_finds_none(name: str) -> None:
    found = find_connection(INDEX, name)

    assert (found.id, found.choices) == (None, ())
