"""Tests wait for what happens, and never for the clock: a busy machine must not make one fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# The date and its zone; whatever else `time` has counts seconds or lets them pass.
DATES = frozenset({"time.time", "time.tzset"})
WAITS = frozenset(
    {"asyncio.sleep", "asyncio.wait_for", "asyncio.timeout", "anyio.fail_after"}
    | {"anyio.move_on_after", "anyio.sleep"}
)
# Of threads, processes, locks, queues and futures: they give up after the seconds given.
WAITERS = frozenset({"wait", "join", "acquire", "result", "communicate"})
# The reason why each of these cannot fail on a slow machine.
ALLOWED = {
    "checks/http/test_hostile_ends.py asyncio.wait_for": "paces a far end that never ends",
    "test_packaging.py pause.wait with a limit": "paces how often a program is asked that runs",
}


def used(path: Path) -> Iterator[str]:
    """Clocks that are read, and waits that end by the clock."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "asyncio", "anyio"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and gives_up(node):
            yield f"{ast.unparse(node.func)} with a limit"


def gives_up(call: ast.Call) -> bool:
    """Whether it waits for some seconds and no longer."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WAITERS:
        return False
    named = any(word.arg == "timeout" for word in call.keywords)
    return named or any(
        isinstance(one, ast.Constant) and type(one.value) in (int, float) for one in call.args
    )


def test_no_test_asks_how_long_it_took_or_gives_up_after_some_seconds() -> None:
    found = {
        f"{path.relative_to(TESTS).as_posix()} {name}"
        for path in TESTS.rglob("*.py")
        for name in used(path)
        if (name.startswith("time.") and name not in DATES)
        or name in WAITS
        or name.endswith(" with a limit")
    }

    assert found == set(ALLOWED)
