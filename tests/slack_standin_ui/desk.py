"""A desk with browser tabs on it: each tab is one member of the canned workspace.

Anything a page throws or logs as an error is kept in `problems`; a test that ends with some fails.
"""

from __future__ import annotations

from contextlib import AsyncExitStack

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page

from tests.patience import BROWSER_STEP_MS
from tests.slack_standin_ui.canned_blocks import ALICE
from tests.slack_standin_ui.canned_server import CannedServer
from tests.slack_standin_ui.canned_workspace import INCIDENT


async def new_context(browser: Browser) -> BrowserContext:
    size = {"width": 1280, "height": 800}
    return await browser.new_context(viewport=size, timezone_id="America/New_York", locale="en-US")


class Desk:
    """`spare` becomes the first tab; when the stack is left it is blank again."""

    def __init__(
        self, browser: Browser, spare: Page, server: CannedServer, stack: AsyncExitStack
    ) -> None:
        self._browser = browser
        self._spare: Page | None = spare
        self._server = server
        self._stack = stack
        self.problems: list[str] = []

    async def tab(self, *, member: str = ALICE, place: str = f"archives/{INCIDENT}") -> Page:
        """A new tab as `member` at `place`, ready and with its socket open."""
        page = await self._page()
        page.set_default_timeout(BROWSER_STEP_MS)
        page.on("pageerror", self._thrown)
        page.on("console", self._logged)
        async with page.expect_websocket():
            await page.goto(f"{self._server.url}/?as={member}#/{place}")
        await page.wait_for_selector("body[data-ready]")
        await self._server.connected(member)
        return page

    async def _page(self) -> Page:
        page, self._spare = self._spare, None
        if page is not None:
            self._stack.push_async_callback(self._blank, page)
            return page
        context = await new_context(self._browser)
        self._stack.push_async_callback(context.close)
        return await context.new_page()

    async def _blank(self, page: Page) -> None:
        page.remove_listener("pageerror", self._thrown)
        page.remove_listener("console", self._logged)
        await page.mouse.move(0, 0)
        await page.evaluate("localStorage.clear()")  # the next test is at the same address
        await page.goto("about:blank")

    def _thrown(self, error: Error) -> None:
        self.problems.append(str(error))

    def _logged(self, line: ConsoleMessage) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.problems.append(line.text)


def message(page: Page, words: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=words)


def control(page: Page, action_id: str, block_id: str) -> Locator:
    return page.locator(f"[data-action-id='{action_id}'][data-block-id='{block_id}']")
