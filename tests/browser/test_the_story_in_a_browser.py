"""The demo's whole story, clicked through as a newcomer would, and continued after a restart."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import start_demo
from tests.patience import BROWSER_STEP_MS
from tests.ports import three_free_ports

pytestmark = pytest.mark.browser


def member_page(browser: Browser, address: str, name: str = "") -> Page:
    """The local Slack as somebody: the first responder, or whom the switcher calls `name`."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(BROWSER_STEP_MS)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    if name:
        page.get_by_test_id("you-are").click()
        page.get_by_test_id("be-member").filter(has_text=name).click()
        expect(page.get_by_test_id("you-are")).to_contain_text(name)
    return page


def messages_with_firstlane(page: Page) -> None:
    page.get_by_test_id("app-item").filter(has_text="Firstlane").click()
    page.get_by_role("tab", name="Messages").click()


def last(page: Page, words: str) -> Locator:
    """The newest message that says `words`."""
    return page.get_by_test_id("message").filter(has_text=words).last


def test_a_newcomer_breaks_the_orders_and_is_walked_to_the_confirmed_data(
    browser: Browser, tmp_path: Path
) -> None:
    port = three_free_ports()
    demo = start_demo(tmp_path / "state", port)
    try:
        estate = browser.new_page()
        estate.goto(demo.estate)
        estate.get_by_role("switch", name="Credential expired").click()

        bob = member_page(browser, demo.slack)
        messages_with_firstlane(bob)
        ping = last(bob, "You are the first responder")
        expect(ping).to_contain_text("Web shop orders is failing")
        expect(ping).to_contain_text("Credentials")
        expect(ping).to_contain_text("unless you acknowledge")
        ping.get_by_role("button", name="Acknowledge").click()
        expect(last(bob, "INC-1")).to_contain_text("acknowledged by")

        bob.locator('[data-channel-name="inc-1-shop-orders"]').click()
        card = bob.get_by_test_id("message").filter(has_text="INC-1 · Web shop orders is failing")
        expect(card).to_contain_text("Lane: internal IT / partner")
        expect(bob.get_by_test_id("topic")).to_contain_text("acknowledged")

        bob.get_by_role("button", name="In the connector's queue or in error there").click()
        bob.get_by_role("button", name="The login is refused or has expired").click()
        expect(last(bob, "Which credential")).to_be_visible()

        card.get_by_role("button", name="Hand over…").click()
        modal = bob.get_by_test_id("modal")
        modal.get_by_label("Their ticket number").fill("88123")
        bob.get_by_test_id("modal-submit").click()
        expect(last(bob, "must answer by")).to_contain_text("88123")

        estate.get_by_role("switch", name="Credential expired").click()
        owner = member_page(browser, demo.slack, "Sales operations lead")
        messages_with_firstlane(owner)
        question = last(owner, "Is the data right?")
        question.get_by_role("button", name="Data is right").click()
        owner.locator('[data-channel-name="inc-1-shop-orders"]').click()
        expect(last(owner, "INC-1 is resolved")).to_contain_text("acknowledged")
    finally:
        stopped = demo.stop()
    assert stopped == 0

    again = start_demo(tmp_path / "state", port)
    try:
        page = member_page(browser, again.slack)
        page.locator('[data-channel-name="inc-1-shop-orders"]').click()
        expect(last(page, "INC-1 is resolved")).to_be_visible()
        composer = page.get_by_test_id("composer")
        composer.click()
        page.keyboard.type("/conn who web shop orders ")
        page.keyboard.press("Enter")
        answer = last(page, "Only visible to you")
        expect(answer).to_contain_text("Functional owner")
        expect(answer).to_contain_text("Sales operations lead")
    finally:
        again.stop()
