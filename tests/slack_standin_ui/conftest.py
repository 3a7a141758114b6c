"""A Chromium, a canned server and a page for the browser UI's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests import chromium
from tests.slack_standin_ui.canned_server import CannedServer, Front
from tests.slack_standin_ui.desk import Desk, new_context


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    path = chromium.path()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def spare(browser: Browser) -> AsyncIterator[Page]:
    """A page that the first tab of every test gets: a fresh one is most of what a test costs."""
    context = await new_context(browser)
    yield await context.new_page()
    await context.close()


@pytest.fixture(scope="session")
async def front(anyio_backend: str) -> AsyncIterator[Front]:
    front = Front()
    await front.start()
    yield front
    await front.stop()


@pytest.fixture
async def server(front: Front) -> AsyncIterator[CannedServer]:
    front.behind = server = CannedServer(front.url)
    yield server
    front.behind = None
    await server.stop()


@pytest.fixture
async def desk(browser: Browser, spare: Page, server: CannedServer) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        desk = Desk(browser, spare, server, stack)
        yield desk
        assert desk.problems == []
