"""The demo as a person starts it, and a Chromium to look at it with."""

import json
import os
import signal
import socket
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


def three_free_ports() -> int:
    # Another suite on this machine looks, too, and begins elsewhere.
    own = os.getpid() % 2965 * 3
    for port in (*range(30100 + own, 39000, 3), *range(30100, 30100 + own, 3)):
        if all(_free(number) for number in (port, port + 1, port + 2)):
            return port
    raise AssertionError("no three neighbouring ports are free")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while it is open, its driver keeps an event loop running here."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium.path(), args=chromium.FLAGS)
        yield running
        running.close()
