"""Questions as people type them, against two estates that share no jargon."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.ask.conversation import ask
from bot.core.ask.question_shapes import Intent
from bot.core.estate.catalogue import owner_facts
from bot.core.estate.index import NameKind
from bot.core.estate.lane import Lane, Layer
from bot.language.errors import NotFound
from tests.core.estate_for_questions import NOW, wholesaler
from tests.core.phrasings_for_questions import (
    OTHER_INTENTS,
    OWNERS_AT_THE_HOSPITAL,
    OWNERS_AT_THE_WHOLESALER,
    SEVERAL,
    UNKNOWN,
    WITHOUT_CONNECTION,
)
from tests.core.phrasings_for_university import AT_THE_UNIVERSITY
from tests.core.second_estate_for_questions import hospital
from tests.core.third_estate_for_questions import university

WHOLESALER = wholesaler()
HOSPITAL = hospital()
UNIVERSITY = university()


@pytest.mark.parametrize(("text", "connection"), OWNERS_AT_THE_WHOLESALER.items())
def test_an_owner_question_finds_its_connection_at_the_wholesaler(
    text: str, connection: str
) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert (answer.intent, answer.connection) == (Intent.OWNER, connection), answer.choices
    assert answer.confident


@pytest.mark.parametrize(("text", "connection"), OWNERS_AT_THE_HOSPITAL.items())
def test_an_owner_question_finds_its_connection_at_the_hospital(text: str, connection: str) -> None:
    answer = ask(HOSPITAL, text, NOW)

    assert (answer.intent, answer.connection) == (Intent.OWNER, connection), answer.choices
    assert answer.confident


@pytest.mark.parametrize(("text", "expected"), AT_THE_UNIVERSITY.items())
def test_questions_of_every_kind_are_read_at_the_university(
    text: str, expected: tuple[Intent, str | None, bool]
) -> None:
    answer = ask(UNIVERSITY, text, NOW)

    assert (answer.intent, answer.connection, answer.confident) == expected, answer.choices


@pytest.mark.parametrize(("text", "expected"), OTHER_INTENTS.items())
def test_the_intent_is_read_together_with_its_connection(
    text: str, expected: tuple[Intent, str]
) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert (answer.intent, answer.connection) == expected, answer.choices
    assert answer.confident


@pytest.mark.parametrize(("text", "intent"), WITHOUT_CONNECTION.items())
def test_a_question_about_people_or_the_estate_needs_no_connection(
    text: str, intent: Intent
) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert (answer.intent, answer.connection) == (intent, None)
    assert answer.confident


@pytest.mark.parametrize(("text", "expected"), SEVERAL.items())
def test_when_several_fit_they_are_named_and_none_is_chosen(text: str, expected: set[str]) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert answer.connection is None
    assert not answer.confident
    assert expected <= set(answer.choices)
    assert answer.text is not None
    assert all(id in answer.text for id in expected)


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_in_the_catalogue_is_never_answered_confidently(text: str) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert not answer.confident
    assert answer.connection is None
    assert answer.text


def test_all_owners_the_first_responder_and_the_lanes_are_in_the_answer() -> None:
    answer = ask(WHOLESALER, "who owns shop orders?", NOW)

    assert answer.text is not None
    for fact in (
        "Shopify → Business Central",
        "Technical owner: ‹p:platform-engineer›",
        "Functional owner: ‹p:sales-ops›",
        "Architecture owner: ‹p:integration-owner›",
        "First responder: ‹p:platform-engineer›",
        "Connector vendor: ShopLink; support@shoplink.example; responds within 1 h",
        "contract C-2024-7, until 2027-12-31",
        "Internal IT / partner: Northgate Consulting",
    ):
        assert fact in answer.text


def test_the_first_responder_is_named_with_their_cover() -> None:
    cover = {"platform-engineer": "erp-admin", "erp-admin": "bi-lead"}

    answer = ask(WHOLESALER, "shop orders", NOW, cover=cover)

    assert answer.text is not None
    assert "First responder now: ‹p:bi-lead›, covering for ‹p:platform-engineer›" in answer.text


def test_covers_that_run_in_a_circle_leave_the_named_responder() -> None:
    cover = {"platform-engineer": "erp-admin", "erp-admin": "platform-engineer"}

    facts = owner_facts(WHOLESALER, "shop-orders", NOW, cover)

    assert facts.covered_by is None


def test_missing_owners_are_said_with_the_person_to_tell() -> None:
    answer = ask(WHOLESALER, "who owns pricelist-script?", NOW)

    assert answer.confident
    assert answer.text is not None
    assert "No technical owner is named: tell ‹p:integration-owner›." in answer.text
    assert "No functional owner is named: tell ‹p:integration-owner›." in answer.text
    assert "No lane has a contact" in answer.text


def test_facts_list_the_lanes_in_order_and_mark_an_ended_contract() -> None:
    facts = owner_facts(WHOLESALER, "ap-invoices", NOW)

    assert [lane.lane for lane in facts.lanes] == [Lane.VENDOR, Lane.PUBLISHER]
    assert facts.lanes[0].expired
    assert facts.missing == ()


def test_the_response_time_is_the_one_for_the_connections_criticality() -> None:
    facts = owner_facts(WHOLESALER, "shop-orders", NOW)

    assert facts.lanes[0].respond_within == timedelta(hours=1)
    assert facts.lanes[1].respond_within is None


def test_facts_of_an_unowned_connection_name_the_missing_layers() -> None:
    facts = owner_facts(WHOLESALER, "pricelist-script", NOW)

    assert facts.missing == (Layer.TECHNICAL, Layer.FUNCTIONAL)
    assert facts.lanes == ()


def test_facts_of_an_unknown_connection_are_refused() -> None:
    with pytest.raises(NotFound, match="no-such"):
        owner_facts(WHOLESALER, "no-such", NOW)


@pytest.mark.parametrize("text", ["is shop orders down?", "what is down?", "last sync of the bank"])
def test_live_facts_are_left_to_the_flow(text: str) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert answer.confident
    assert answer.text is None


def test_who_covers_is_answered_from_the_cover_in_force() -> None:
    answer = ask(WHOLESALER, "who covers for Alice?", NOW, cover={"erp-admin": "bi-lead"})

    assert answer.text == "‹p:bi-lead› covers for ‹p:erp-admin› now."


def test_what_a_person_owns_lists_each_part_they_have() -> None:
    answer = ask(WHOLESALER, "what does bob own?", NOW)

    owned = {match.id: match.why for match in answer.matches if match.kind is NameKind.CONNECTION}
    assert owned["shop-orders"] == "technical owner, first responder, credential owner"
    assert set(owned) == {
        "shop-orders",
        "shop-stock-price",
        "crm-accounts",
        "mes-bridge",
        "parcel-labels",
    }


def test_two_people_of_one_name_are_both_named() -> None:
    answer = ask(WHOLESALER, "what does Mulder own?", NOW)

    assert not answer.confident
    assert answer.text is not None
    assert "‹p:warehouse-lead›" in answer.text
    assert "‹p:production-planner›" in answer.text


def test_i_means_the_person_who_asks() -> None:
    answer = ask(WHOLESALER, "what do I own?", NOW, asker="bi-lead")

    assert answer.subject == "Ivo Kok"
    assert answer.confident


def test_what_touches_a_system_lists_its_connections() -> None:
    answer = ask(WHOLESALER, "what touches Shopify?", NOW)

    assert set(answer.choices) == {"shop-orders", "shop-stock-price"}


def test_what_changed_on_a_system_is_told_of_that_system() -> None:
    answer = ask(WHOLESALER, "what changed on Business Central?", now=NOW)

    assert answer.text.startswith("Business Central and its ")


def test_connections_without_one_layer_are_listed_for_that_layer_alone() -> None:
    answer = ask(HOSPITAL, "which connections have no technical owner?", NOW)

    assert answer.text is not None
    assert "canteen" in answer.text
    assert "imaging-reports" not in answer.text


def test_an_expired_credential_is_said_to_be_expired() -> None:
    answer = ask(WHOLESALER, "when does the certificate of the CRM expire?", NOW)

    assert answer.text is not None
    assert "expired on 2027-02-01, 28 d" in answer.text


def test_what_the_user_typed_cannot_forge_a_mark() -> None:
    answer = ask(WHOLESALER, "who owns ‹p:erp-admin› zzqqxx", NOW)

    assert answer.text is not None
    assert "‹p:erp-admin› zzqqxx" not in answer.text


def test_a_misspelt_word_is_shown_as_it_was_read() -> None:
    answer = ask(WHOLESALER, "shopfy orders", NOW)

    assert "“shopfy” (shopify)" in answer.matches[0].why


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    answer = ask(WHOLESALER, text, NOW)

    assert answer.intent in Intent


@given(
    st.sampled_from(("who owns {}?", "{}", "what is the sla of {}", "who approves {}")),
    st.lists(
        st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=5, max_size=12), min_size=1, max_size=3
    ),
)
def test_random_letters_are_never_answered_confidently(frame: str, letters: list[str]) -> None:
    answer = ask(HOSPITAL, frame.format(" ".join(letters)), NOW)

    assert not answer.confident
