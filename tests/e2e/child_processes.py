"""Starts `firstlane run` over and over, and pays for the imports once.

Run as a program, this waits for lines on stdin: `run {environment}` forks a child that is the bot
and prints its process id; `reap` waits until one child is gone. Every child is a process of its
own and can be killed like any other. With `DIE_AT_COMMIT` in its environment it kills itself at
that transaction, counted among those that change something: a negative number before it is
committed, a positive one after.
"""

import gc
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self


class ChildProcesses:
    """The program from the outside. Leaving kills whatever still runs."""

    def __init__(self) -> None:
        self._program: subprocess.Popen[str] | None = None
        self._alive: set[int] = set()

    def __enter__(self) -> Self:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.child_processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()
        assert self._program is not None
        self._program.communicate()

    def run(self, environment: Mapping[str, str]) -> int:
        """Start the bot; returns its process id."""
        pid = self._ask(f"run {json.dumps(dict(environment))}")
        self._alive.add(pid)
        return pid

    def reap(self) -> None:
        """Wait until one killed bot is gone, as a supervisor of processes does."""
        self._alive.discard(self._ask("reap"))

    def clear(self) -> None:
        for pid in tuple(self._alive):
            os.kill(pid, 9)
            self.reap()

    def _ask(self, line: str) -> int:
        program = self._program
        assert program is not None
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(line + "\n")
        program.stdin.flush()
        return int(program.stdout.readline())


_CHANGES = re.compile(r"\s*(insert|update|delete|replace)\b", re.IGNORECASE)


def _set_kill(number: int) -> None:
    """SQLite itself says which statement comes next."""
    counted, changed = 0, False

    def next_statement(sql: str) -> None:
        nonlocal counted, changed
        if number > 0 and counted >= number:
            os.kill(os.getpid(), signal.SIGKILL)
        changed = changed or _CHANGES.match(sql) is not None
        if sql == "commit" and changed:
            counted, changed = counted + 1, False
            if counted == -number:
                os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        made = connect(*args, **kwargs)
        made.set_trace_callback(next_statement)
        return made

    if number:
        sqlite3.connect = traced  # type: ignore[assignment]


def _prepare() -> None:
    """What every child needs is there before it is born. No thread is started and no loop."""
    import bot.app.firstlane
    import bot.checks.probes.http
    import bot.cli.run  # noqa: F401
    from bot.files.runbooks.runbooks import shipped_runbooks

    shipped_runbooks()
    gc.freeze()  # no child looks through what all of them share


def _serve() -> None:
    from bot.cli import main

    _prepare()
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "reap":
            answer = os.waitpid(-1, 0)[0]
        else:
            answer = os.fork()
            if answer == 0:
                os.environ.update(json.loads(rest))
                _set_kill(int(os.environ.pop("DIE_AT_COMMIT", "0")))
                os.dup2(os.open(os.devnull, os.O_RDWR), 1)
                os._exit(main(["run"]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
