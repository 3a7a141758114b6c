"""Ownership in Slack: the audit, owners who confirm or hand over, and who it was back then."""

import pytest

from tests.e2e.estate import catalogue_text
from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_anybody_can_ask_how_the_estate_stands(story: Story) -> None:
    await story.charlie.types("#general", "/conn audit")

    audit = await story.charlie.sees_ephemeral("The five questions")
    assert "governance gap" in audit.text
    assert "Depot stock: No technical owner is named." in audit.text
    assert "Goes to Alice Owner." in audit.text
    assert "no-technical-owner/stock" in audit.text


async def test_one_connection_is_judged_with_evidence_and_the_dossier_says_so(
    story: Story,
) -> None:
    await story.bob.types("#general", "/conn audit stock")
    judged = await story.bob.sees_ephemeral("Depot stock: 1 of 5, governance gap")
    await story.bob.types("#general", "/conn show stock")
    dossier = await story.bob.sees_ephemeral("Audit: 1 of 5, governance gap")

    assert "No technical owner is named." in judged.text
    assert "/conn audit stock" in dossier.text


async def test_owners_confirm_deny_and_hand_over_from_their_direct_messages(
    story: Story,
) -> None:
    alice, bob, dana = story.alice, story.bob, story.dana
    await dana.types("#general", "/conn attest start")
    asked = await alice.gets_dm("Is this still yours?")
    assert "Web shop orders · technical owner" in asked.text

    await asked.click("Hand over to…")
    form = await alice.sees_modal("Hand over ownership")
    await form.fill("Who takes it over?", bob.id)
    await form.submit()
    told = await dana.gets_dm("hands the technical layer of")
    assert "owners.technical of orders" in told.text
    await asked.click("All of it is still mine")
    await alice.sees_ephemeral("6 confirmed. Thank you.")
    await asked.click("Still mine")
    await alice.sees_ephemeral("Confirmed. That was the last one.")

    owners = "{technical: alice, functional: alice, architecture: dana}"
    text = catalogue_text(story.erp.url)
    story.rewrite(text.replace(owners, owners.replace("alice", "bob", 1), 1))
    checklist = await bob.gets_dm("Web shop orders went from @Alice Owner to you")
    await checklist.click("I have read the dossier and it is right")
    await bob.sees_ephemeral("Still open: tools, information, mandate, drill.")
    story.passes(days=1)
    await bob.dms("who owned web shop orders yesterday?")
    then = await bob.gets_dm("Technical owner: ")
    assert "Technical owner: @Alice Owner, from" in then.text
    assert "; then @Bob Responder, from" in then.text


async def test_not_mine_goes_to_the_manager_and_shows_in_the_progress(story: Story) -> None:
    await story.dana.types("#general", "/conn attest start")
    asked = await story.alice.gets_dm("Is this still yours?")

    await asked.click("Not mine")

    await story.dana.gets_dm("says that the technical layer of Web shop orders is not theirs")
    await story.charlie.types("#general", "/conn attest")
    progress = await story.charlie.sees_ephemeral("1 of 11 layers")
    assert "Alice Owner says that it is not theirs" in progress.text


async def test_only_an_architecture_owner_asks_everybody(story: Story) -> None:
    await story.charlie.types("#general", "/conn attest start")

    await story.charlie.sees_ephemeral("Only an architecture owner may")
    assert [one for one in story.calls("chat.postMessage") if "still yours" in str(one.args)] == []


async def test_anybody_can_ask_for_the_figures_and_a_wrong_span_is_explained(story: Story) -> None:
    await story.charlie.types("#general", "/conn kpi 90d")
    figures = await story.charlie.sees_ephemeral("Figures of the last 90 days")
    await story.charlie.types("#general", "/conn kpi yesterday")
    refused = await story.charlie.sees_ephemeral("Write /conn kpi, or /conn kpi 90d")

    assert "Time to resolve: none is resolved" in figures.text
    assert "Watched by a check" in figures.text
    assert refused.text
