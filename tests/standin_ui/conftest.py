"""A Chromium, a canned server and a page for the browser UI's tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from canned_server import CannedServer
from desk import Desk
from playwright.async_api import Browser, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def chromium() -> str:
    named = os.environ.get("FIRSTLANE_CHROMIUM")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    for path in (named, *found):
        if path:
            return path
    pytest.skip("no Chromium on this machine: set FIRSTLANE_CHROMIUM to the path of one")


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=FLAGS)
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
