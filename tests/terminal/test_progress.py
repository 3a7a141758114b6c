"""What long work says of itself, and to whom."""

import io
import sys
import threading

import pytest

from bot.terminal.progress import working


class Screen(io.StringIO):
    """A stream that may be a terminal, and tells when something is written to it."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal, self.written = terminal, threading.Event()

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_a_terminal_is_told_what_takes_long_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)

    with working("Reading the estate file"):
        assert screen.written.wait()
        assert screen.getvalue() == "Reading the estate file …"

    assert screen.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(("terminal", "quiet"), [(False, False), (True, True)])
def test_neither_a_pipe_nor_json_is_told_anything(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, quiet: bool
) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    before = threading.active_count()

    with working("Reading the estate file", quiet=quiet):
        assert threading.active_count() == before  # nobody waits to say something

    assert screen.getvalue() == ""
