"""A Chromium, a canned server and a page for the browser UI's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from canned_server import CannedServer
from desk import Desk
from playwright.async_api import Browser, async_playwright

from tests import chromium


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


@pytest.fixture
async def server() -> AsyncIterator[CannedServer]:
    server = CannedServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def desk(browser: Browser, server: CannedServer) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        desk = Desk(browser, server, stack)
        yield desk
        assert desk.problems == []
