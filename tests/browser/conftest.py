"""The demo as a person starts it, and a Chromium to look at it with."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import chromium

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo; `slack` and `estate` are its two addresses."""

    slack: str
    estate: str
    process: "subprocess.Popen[str]"

    def stop(self) -> int:
        """Ctrl-C, as a person would; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()
        return self.process.returncode


def start_demo(state: Path, port: int) -> Demo:
    """Start it and return when it says that it is ready."""
    command = [sys.executable, "-m", "bot", "demo", "--headless", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--state", str(state)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    found = json.loads(process.stdout.readline())
    return Demo(slack=found["slack"], estate=found["estate"], process=process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while it is open, its driver keeps an event loop running here."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium.path(), args=chromium.FLAGS)
        yield running
        running.close()
