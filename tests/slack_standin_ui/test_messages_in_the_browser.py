"""How messages look and behave in the browser UI."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.slack_standin_ui.canned_blocks import ALICE, BOB
from tests.slack_standin_ui.canned_server import CannedServer
from tests.slack_standin_ui.canned_workspace import ALERTS, BOT, GENERAL, HELP, INCIDENT
from tests.slack_standin_ui.desk import Desk, message

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def test_markup_in_a_message_is_shown_as_text_and_only_web_links_become_links(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    text = "sentinel <script>window.hacked=1</script> <javascript:hacked|click> <https://evil.example|ok>"

    await server.say(INCIDENT, BOB, f"{text} *x* &lt;!channel&gt; <img src=x onerror=hacked>")

    body = message(page, "sentinel").get_by_test_id("message-body")
    await expect(body).to_contain_text("<script>window.hacked=1</script> <javascript:hacked|click>")
    await expect(body).to_contain_text("<!channel> <img src=x onerror=hacked>")
    assert await body.locator("a").evaluate_all("all => all.map(a => a.href)") == [
        "https://evil.example/"
    ]
    assert await body.locator("strong").all_inner_texts() == ["x"]
    assert await body.locator("script, img, [data-broadcast]").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_a_channel_that_the_member_is_not_in_has_its_name_unless_it_is_private(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()

    await server.say(INCIDENT, BOB, "sentinel <#C0ELSEWHERE> <#C0SECRET>")

    body = message(page, "sentinel").get_by_test_id("message-body")
    await expect(body).to_have_text("sentinel #inc-3-payroll #private-channel")


async def test_names_a_member_types_are_sent_as_mentions_except_in_code(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    typed = "<script> & @Bob in #general, `@Bob`"

    await page.get_by_test_id("composer").fill(typed)
    await page.get_by_test_id("composer").press("Enter")

    assert await server.posted("send") == {
        "member": ALICE,
        "channel": INCIDENT,
        "text": f"<script> & <@{BOB}> in <#{GENERAL}|general>, `@Bob`",
    }
    body = message(page, "<script>").get_by_test_id("message-body")
    await expect(body).to_have_text("<script> & @Bob in #general, @Bob")


async def test_rich_text_and_tables_are_drawn_without_parsing_their_text(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    words = {"type": "text", "text": "*raw* <!here> &amp;"}
    row = [{"type": "raw_text", "text": "<b>cell</b>"}, {"type": "raw_text", "text": "2"}]
    blocks: list[dict[str, Any]] = [
        {
            "type": "rich_text",
            "block_id": "r",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [words, {"type": "user", "user_id": BOB}],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [{"type": "rich_text_section", "elements": [words]}],
                },
            ],
        },
        {"type": "table", "block_id": "t", "rows": [row, row]},
        {"type": "markdown", "block_id": "m", "text": "# Head\n**bold** <script>x</script>"},
    ]

    await server.say(INCIDENT, BOT, "fallback", blocks=blocks)

    shown = page.get_by_test_id("message").last
    await expect(shown.locator(".rich-section")).to_have_text("*raw* <!here> &amp;@Bob")
    await expect(shown.locator("ol li")).to_have_text("*raw* <!here> &amp;")
    await expect(shown.locator("th").first).to_have_text("<b>cell</b>")
    await expect(shown.locator(".markdown")).to_have_text("Headbold <script>x</script>")
    await expect(shown).not_to_contain_text("fallback")


async def test_times_are_shown_in_the_readers_zone(desk: Desk, server: CannedServer) -> None:
    page = await desk.tab()
    formats = ("{date_num} {time_secs}", "{date}", "{date_short} at {time}", "{date_long_pretty}")

    tokens = [f"<!date^1700000000^{each}|fallback>" for each in (*formats, "{nonsense}")]
    await server.say(INCIDENT, BOT, " / ".join(tokens))

    body = page.get_by_test_id("message").last.get_by_test_id("message-body")
    await expect(body).to_have_text(
        "2023-11-14 5:13:20 PM / November 14th, 2023 / Nov 14, 2023 at 5:13 PM / "
        "Tuesday, November 14th, 2023 / fallback"
    )


async def test_an_update_keeps_what_is_typed_and_where_the_reader_is(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    for index in range(30):
        await server.say(INCIDENT, BOB, f"filler {index:02}")
    await page.get_by_test_id("composer").fill("half a sentence")
    scroll = page.locator(".scroll")
    await message(page, "filler 03").scroll_into_view_if_needed()
    await expect(page.get_by_test_id("jump")).to_be_visible()
    before = await message(page, "filler 03").bounding_box()

    changed = {**server.message(INCIDENT, "filler 02"), "text": "changed", "edited": {"user": BOB}}
    await server.push({"type": "message_changed", "channel": INCIDENT, "message": changed})
    await server.say(INCIDENT, BOB, "the newest")

    await expect(message(page, "changed")).to_contain_text("(edited)")
    await expect(message(page, "the newest")).to_have_count(1)
    assert await message(page, "filler 03").bounding_box() == before
    await expect(page.get_by_test_id("composer")).to_have_value("half a sentence")
    await page.get_by_test_id("jump").click()
    await expect(page.get_by_test_id("jump")).to_be_hidden()
    assert await scroll.evaluate("n => n.scrollHeight - n.scrollTop - n.clientHeight < 2")


async def test_news_elsewhere_is_bold_counted_in_the_title_and_read_when_opened(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    item = page.locator("[data-channel-name='integrations-help']")
    await expect(page).to_have_title("(2) inc-7-shop-orders – Northwind Retail")

    counts = {"unread_count": 4, "mention_count": 3, "last_read": "0"}
    await server.push({"type": "unread", "channel": HELP, **counts})

    await expect(item.get_by_test_id("badge")).to_have_text("3")
    await expect(page).to_have_title("(4) inc-7-shop-orders – Northwind Retail")
    await item.click()
    assert (await server.posted("read"))["channel"] == HELP
    await expect(page.get_by_test_id("new-line")).to_have_count(1)
    await expect(item.get_by_test_id("badge")).to_have_count(0)
    await expect(page).to_have_title("(1) integrations-help – Northwind Retail")


async def test_an_ephemeral_message_is_marked_and_can_be_dismissed(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()

    await page.get_by_test_id("composer").fill("/conn status")
    await page.get_by_test_id("composer").press("Enter")

    answer = message(page, "All 12 connections")
    await expect(answer).to_contain_text("Only visible to you")
    await answer.get_by_test_id("dismiss").click()
    await expect(answer).to_have_count(0)


async def test_a_reaction_is_added_and_taken_back(desk: Desk, server: CannedServer) -> None:
    page = await desk.tab()
    shown = message(page, "On it. Runbook")

    await shown.locator("[data-reaction=white_check_mark]").click()

    await expect(shown.locator("[data-reaction=white_check_mark]")).to_contain_text("2")
    await shown.locator("[data-reaction=white_check_mark]").click()
    assert (await server.posted("react", count=2))["add"] is False
    await expect(shown.locator("[data-reaction=white_check_mark]")).to_contain_text("1")


async def test_a_thread_is_read_and_answered_in_its_own_panel(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    parent = message(page, "On it. Runbook").first

    await parent.get_by_test_id("thread-summary").click()
    panel = page.get_by_test_id("thread-messages")
    await expect(panel.get_by_test_id("message")).to_have_count(3)
    await page.get_by_test_id("thread-composer").fill("Thanks")
    await page.get_by_test_id("thread-composer").press("Enter")

    sent = await server.posted("send")
    assert sent["thread_ts"] == server.message(INCIDENT, "On it")["ts"]
    await expect(panel.get_by_test_id("message")).to_have_count(4)
    await expect(parent.get_by_test_id("thread-summary")).to_contain_text("3 replies")
    main = page.get_by_test_id("messages")
    await expect(main.get_by_text("Thanks", exact=True)).to_have_count(0)


async def test_a_slash_command_is_offered_completed_and_explained(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab()
    composer = page.get_by_test_id("composer")

    await composer.press_sequentially("/co")
    await expect(page.get_by_role("option")).to_contain_text("[status | who | declare]")
    await composer.press("Tab")

    await expect(composer).to_have_value("/conn ")
    await expect(page.get_by_test_id("offers")).to_contain_text("who owns them")
    await composer.press_sequentially("who orders")
    await composer.press("Enter")
    assert (await server.posted("send"))["text"] == "/conn who orders"


async def test_a_refused_command_is_said_in_a_toast_and_the_text_comes_back(desk: Desk) -> None:
    page = await desk.tab()

    await page.get_by_test_id("composer").fill("/nope now")
    await page.get_by_test_id("composer").press("Enter")

    toast = page.get_by_test_id("toast")
    await expect(toast).to_contain_text("/nope is not a command of this workspace.")
    await expect(page.get_by_test_id("composer")).to_have_value("/nope now")


async def test_a_mention_is_completed_by_keyboard(desk: Desk, server: CannedServer) -> None:
    page = await desk.tab()
    composer = page.get_by_test_id("composer")

    await composer.press_sequentially("ask @erp")
    await expect(page.get_by_role("option").first).to_contain_text("ERP admin")
    await composer.press("Enter")
    await expect(composer).to_have_value("ask @ERP admin ")
    await composer.press("Enter")

    assert (await server.posted("send"))["text"] == "ask <@U0ERPADMIN>"


async def test_another_member_is_one_click_away_and_in_the_address(desk: Desk) -> None:
    page = await desk.tab()

    await page.get_by_test_id("you-are").click()
    await page.locator("[data-member-name=Bob]").click()

    await expect(page.get_by_test_id("you-are")).to_contain_text("Bob")
    assert "?as=U0BOB" in page.url


async def test_two_tabs_are_two_members(desk: Desk, server: CannedServer) -> None:
    alice, bob = await desk.tab(), await desk.tab(member=BOB)
    note = {"ts": "1900000000.000001", "user": BOT, "text": "Bob only"}

    await server.push({"type": "ephemeral", "channel": INCIDENT, "message": note}, to=BOB)
    await server.say(INCIDENT, BOT, "for everyone")

    await expect(message(bob, "Bob only")).to_have_count(1)
    await expect(message(alice, "for everyone")).to_have_count(1)
    assert await message(alice, "Bob only").count() == 0


async def test_a_channel_is_found_and_joined(desk: Desk, server: CannedServer) -> None:
    page = await desk.tab()

    await page.get_by_test_id("add-channels").click()
    await page.get_by_test_id("browse").click()
    await page.get_by_label("Search channels").fill("picking")
    await page.get_by_test_id("join").click()

    assert (await server.posted("join"))["channel"] == "C0ELSE"
    await expect(page.get_by_role("heading", name="warehouse", exact=True)).to_be_visible()


async def test_words_of_a_message_lead_to_it_and_leave_the_composer_alone(desk: Desk) -> None:
    page = await desk.tab()

    await page.keyboard.press("Control+k")
    await page.get_by_role("textbox", name="Jump to").fill("rotation job")
    await page.get_by_role("textbox", name="Jump to").press("Enter")

    await expect(message(page, "rotation job")).to_have_class(re.compile("lit"))
    await expect(page.get_by_test_id("composer")).to_have_value("")


async def lost_and_found(page: Page, server: CannedServer) -> None:
    for socket in list(server.sockets):
        await socket.close()
    server.data["messages"][ALERTS].append(
        {"type": "message", "ts": "1900000000.000002", "user": BOT, "text": "while away"}
    )
    await expect(message(page, "while away")).to_have_count(1)


async def test_after_a_lost_connection_the_page_catches_up(
    desk: Desk, server: CannedServer
) -> None:
    page = await desk.tab(place=f"archives/{ALERTS}")
    await page.get_by_test_id("composer").fill("kept")

    await lost_and_found(page, server)

    await expect(page.get_by_test_id("composer")).to_have_value("kept")
