"""The browser of the tests: where it is, and how it is started without asking the network."""

import os
import shutil

import pytest
from playwright import async_api, sync_api

from tests.patience import BROWSER_STEP_MS

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str:
    """Of a Chromium on this machine; the calling test is skipped where there is none."""
    named = os.environ.get("FIRSTLANE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), "")
    if not found:
        pytest.skip("no Chromium on this machine: set FIRSTLANE_CHROMIUM to the path of one")
    # What a page is expected to show comes late on a busy machine; five seconds is the default.
    for expect in (async_api.expect, sync_api.expect):
        expect.set_options(timeout=BROWSER_STEP_MS)
    return found
