"""What clicks, choices and modals send, and what the browser UI refuses before sending."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.slack_standin_ui.canned_blocks import ALICE, BOB
from tests.slack_standin_ui.canned_server import CannedServer
from tests.slack_standin_ui.canned_views import declare_modal, pushed_modal
from tests.slack_standin_ui.canned_workspace import INCIDENT
from tests.slack_standin_ui.desk import Desk, control, message

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def modal(desk: Desk, server: CannedServer) -> Page:
    page = await desk.tab()
    await server.push({"type": "view_open", "view": declare_modal()}, to=ALICE)
    await expect(page.get_by_role("dialog", name="Declare incident")).to_be_visible()
    return page


async def fill_required(page: Page, title: str) -> None:
    await control(page, "value", "title").fill(title)
    await control(page, "value", "connection").click()
    await page.get_by_label("Search options").fill("connection 27")
    await page.get_by_label("Search options").press("Enter")


async def test_a_click_says_which_button_and_the_message_changes_in_place(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    card = message(page, "Web shop → ERP orders").first
    ts = await card.get_attribute("data-ts")
    server.gate.clear()

    await control(page, "ack", "buttons").click()
    posted = await server.posted("action")

    await expect(control(page, "ack", "buttons")).to_have_attribute("aria-busy", "true")
    assert posted["container"] == {"type": "message", "channel": INCIDENT, "ts": ts}
    assert posted["action"] == {
        "type": "button",
        "block_id": "buttons",
        "action_id": "ack",
        "value": "ack",
        "text": {"type": "plain_text", "text": "Acknowledge", "emoji": True},
    }
    lane = {"type": "static_select", "selected_option": None}
    assert posted["state"] == {"buttons": {"lane": lane}}
    server.gate.set()
    await expect(card).to_contain_text("Acknowledged by @Alice")
    await expect(control(page, "ack", "buttons")).not_to_have_attribute("aria-busy", "true")


async def test_a_confirmation_is_asked_before_a_dangerous_click(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()

    await control(page, "resolve", "buttons").click()
    await page.get_by_test_id("confirm-no").click()
    assert [name for name, _ in server.posts if name == "action"] == []
    await control(page, "resolve", "buttons").click()
    await page.get_by_test_id("confirm-yes").click()

    assert (await server.posted("action"))["action"]["action_id"] == "resolve"


async def test_choosing_an_option_or_an_overflow_entry_is_an_action(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()

    await control(page, "lane", "buttons").click()
    await page.get_by_role("option", name="ERP publisher").click()
    chosen = await server.posted("action")
    await control(page, "more", "facts").click()
    await page.get_by_role("menuitem", name="Mute").click()
    muted = await server.posted("action", count=2)

    assert chosen["action"]["selected_option"]["value"] == "publisher"
    assert chosen["state"]["buttons"]["lane"]["selected_option"]["value"] == "publisher"
    assert muted["action"]["selected_option"]["value"] == "mute"
    await expect(control(page, "lane", "buttons")).to_contain_text("ERP publisher")


async def test_a_modal_checks_required_fields_and_lengths_before_sending(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    errors = page.locator("[data-error-for]")

    await page.get_by_test_id("modal-submit").click()
    await expect(errors).to_have_count(2)
    await control(page, "value", "title").fill("abc")
    await expect(errors).to_have_count(1)
    await page.get_by_test_id("modal-submit").click()

    title = page.locator("[data-error-for=title]")
    await expect(title).to_have_text("Please enter at least 5 characters.")
    assert [name for name, _ in server.posts if name == "view_submit"] == []


async def test_the_apps_errors_stand_under_their_input_and_nothing_typed_is_lost(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    await fill_required(page, "a duplicate")

    await page.get_by_test_id("modal-submit").click()
    await expect(page.locator("[data-error-for=title]")).to_contain_text("Incident 7 is already")
    await expect(control(page, "value", "title")).to_have_value("a duplicate")
    await control(page, "value", "title").fill("something new")
    await page.get_by_label("Restarted the job").check()
    await page.get_by_test_id("modal-submit").click()

    state = (await server.posted("view_submit", count=2))["state"]
    assert state["title"] == {"value": {"type": "plain_text_input", "value": "something new"}}
    assert state["connection"]["value"]["selected_option"]["value"] == "c27"
    assert state["checks"]["value"]["selected_options"][0]["value"] == "restart"
    assert state["when"] == {"value": {"type": "datepicker", "selected_date": "2026-03-04"}}
    assert state["details"] == {"value": {"type": "plain_text_input", "value": None}}
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_an_updated_view_keeps_values_only_where_both_ids_stayed(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    await control(page, "value", "title").fill("kept words")
    await control(page, "value", "details").fill("lost words")
    view = declare_modal()
    next(b for b in view["blocks"] if b["block_id"] == "details")["block_id"] = "details-2"

    await server.push({"type": "view_update", "view": {**view, "hash": "2"}}, to=ALICE)

    await expect(control(page, "value", "details-2")).to_have_value("")
    await expect(control(page, "value", "title")).to_have_value("kept words")


async def test_a_pushed_view_lies_on_top_and_closing_it_returns(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    await control(page, "value", "title").fill("kept words")

    await server.push({"type": "view_push", "view": pushed_modal()}, to=ALICE)
    await expect(page.get_by_role("dialog", name="Who will be pinged")).to_contain_text("@Bob")
    await page.get_by_label("Back").click()

    await expect(control(page, "value", "title")).to_have_value("kept words")
    assert await server.posted("view_close") == {
        "member": ALICE,
        "view_id": "V0MORE",
        "clear": False,
    }


async def test_people_and_suggested_options_can_be_chosen_in_a_modal(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    await fill_required(page, "orders missing")

    await control(page, "value", "who").click()
    await page.get_by_role("option", name="Bob").click()
    await page.get_by_role("option", name="Charlie").click()
    await page.keyboard.press("Escape")
    await control(page, "value", "order").click()
    await page.get_by_label("Search options").fill("gent")
    await page.get_by_role("option", name="SO-1002 Gent").click()
    await page.get_by_test_id("modal-submit").click()

    state = (await server.posted("view_submit"))["state"]
    assert state["who"]["value"]["selected_users"] == [BOB, "U0CHARLIE"]
    assert state["order"]["value"]["selected_option"]["value"] == "SO-1002"
    asked = (await server.posted("suggest"))["container"]
    assert asked == {"type": "view", "view_id": "V0DECLARE"}


async def test_the_x_closes_the_whole_stack_and_escape_only_the_top(
    desk: Desk, server: CannedServer
) -> None:
    page = await modal(desk, server)
    await server.push({"type": "view_push", "view": pushed_modal()}, to=ALICE)
    await expect(page.get_by_role("dialog", name="Who will be pinged")).to_be_visible()

    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Declare incident")).to_be_visible()
    await page.get_by_test_id("dialog-close").click()

    assert (await server.posted("view_close", count=2))["clear"] is True
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_home_is_opened_shown_and_clicked(desk: Desk, server: CannedServer) -> None:
    page = await desk.tab()

    await page.locator("[data-app=A0FIRSTLANE]").click()
    await expect(page.get_by_test_id("home")).to_contain_text("Your connections")
    await control(page, "refresh", "top").click()

    assert (await server.posted("open_home"))["tab"] == "home"
    container = (await server.posted("action"))["container"]
    assert container == {"type": "view", "view_id": "V0HOME"}


async def test_shortcuts_start_from_the_composer_and_from_a_message(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    row = message(page, "Good. I watch")

    await page.get_by_test_id("shortcuts").click()
    await page.locator("[data-callback-id=declare]").click()
    await page.get_by_role("dialog").get_by_test_id("modal-close").click()
    await row.hover()
    await row.get_by_test_id("more").click()
    await page.locator("[data-callback-id=timeline]").click()

    first, second = await server.posted("shortcut"), await server.posted("shortcut", count=2)
    assert first["callback_id"] == "declare"
    assert second["message_ts"] == server.message(INCIDENT, "Good. I watch")["ts"]
