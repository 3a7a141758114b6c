"""Keeps the house as it was drawn: who may know whom, what core may do, and how big a file gets."""

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BOT = ROOT / "bot"
PACKAGES = ("bot", "slack_standin", "estate_sim")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# A floor says what kind of code stands there. It may import itself and the floors it is given.
_RULES = {"language", "core"}
_DECISIONS = _RULES | {"store", "flows"}
_EDGES = {"checks", "delivery", "files", "slack", "web"}
_BUILT = _DECISIONS | _EDGES | {"jobs", "settings", "clock", "runtime"}
FLOORS = {
    "language": set(),
    "core": {"language"},
    "store": _RULES,
    "flows": _RULES | {"store"},
    "runtime": _DECISIONS,
    **dict.fromkeys(_EDGES, _DECISIONS | {"runtime"}),
    "jobs": _DECISIONS | {"checks", "runtime"},
    "settings": _RULES,
    "clock": set(),
    "terminal": _RULES | {"files"},
    "app": _BUILT | {"terminal"},
    "inventory": _BUILT | {"app", "terminal"},
    "cli": _BUILT | {"app", "terminal", "inventory", "slack_standin", "estate_sim"},
    "slack_standin": set(),
    "estate_sim": set(),
    "__main__": {"cli"},
    "__init__": set(),
}

# A wing says what the code is about. It may import itself, the wings before it, and what stands
# beside the wings on its floor and imports none of them.
WINGS = (
    "estate", "people", "changes", "monitoring", "triage", "incidents", "runbooks", "governance",
    "ask",
)  # fmt: skip
WINGED = ("core", "flows", "slack")
# Stand on a floor with wings, import several of them, and are imported by none.
ABOVE_WINGS = {
    "core": {"catalogue", "knowledge", "signals"},
    "flows": {
        "clock_set_back", "estate_views", "handle_absence", "looks", "newcomer_view", "outbox",
        "processes", "retention", "self_check", "standing_in", "tick", "views",
    },
    "slack": {
        "app", "commands", "home", "messages", "outbox", "registry", "which",
    },
}  # fmt: skip
BESIDE_WINGS = {"core": set(), "flows": set(), "slack": {"forms", "platform"}}
# What nearly every wing has of its own.
IN_EVERY_WING = {"__init__", "buttons", "commands", "forms", "notices", "words"}
MOST_FILES = 20

PURE = {
    "bisect", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum",
    "functools", "hashlib", "hmac", "html", "itertools", "json", "math", "re", "statistics",
    "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip

MAX_FILE, MAX_FUNCTION = 400, 36


def floor_of(path: Path) -> str:
    package, first = path.relative_to(ROOT).parts[:2]
    return first.removesuffix(".py") if package == "bot" else package


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


@cache
def imports_of(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and full dotted name of everything a module imports."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides its room"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def floors_entered(path: Path) -> Iterator[tuple[int, str]]:
    for line, name in imports_of(path):
        package, _, rest = name.partition(".")
        entered = rest.partition(".")[0] if package == "bot" else package
        if package in PACKAGES and entered in FLOORS:
            yield line, entered


def where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def test_every_module_stands_on_a_floor() -> None:
    homeless = [where(path) for path in MODULES if floor_of(path) not in FLOORS]

    assert homeless == []


@pytest.mark.parametrize("floor", sorted(FLOORS))
def test_a_floor_imports_only_the_floors_it_may_know(floor: str) -> None:
    strays = [
        f"{where(path, line)} imports {entered}"
        for path in MODULES
        if floor_of(path) == floor
        for line, entered in floors_entered(path)
        if entered != floor and entered not in FLOORS[floor]
    ]

    assert strays == []


def unit_of(path: Path) -> str:
    """The wing, or what stands beside the wings, that a module of a floor with wings is in."""
    return path.relative_to(BOT).parts[1].removesuffix(".py")


def units_entered(path: Path) -> Iterator[tuple[int, str]]:
    """What a module imports of its own floor."""
    for line, name in imports_of(path):
        parts = name.split(".")
        if parts[:2] == ["bot", floor_of(path)] and len(parts) > 2 and parts[2] != unit_of(path):
            yield line, parts[2]


@pytest.mark.parametrize("floor", WINGED)
def test_a_wing_imports_only_wings_before_it(floor: str) -> None:
    strays = [
        f"{where(path, line)} imports {entered}"
        for path in MODULES
        if floor_of(path) == floor
        for line, entered in units_entered(path)
        if not may_enter(floor, unit_of(path), entered)
    ]

    assert strays == []


def may_enter(floor: str, unit: str, entered: str) -> bool:
    above = ABOVE_WINGS[floor]
    if entered in above:
        return unit in above
    if unit in WINGS and entered in WINGS:
        return WINGS.index(entered) < WINGS.index(unit)
    return entered not in WINGS or unit in above


@pytest.mark.parametrize("floor", WINGED)
def test_every_folder_of_a_floor_with_wings_is_a_wing_or_named_here(floor: str) -> None:
    folders = {path.name for path in (BOT / floor).iterdir() if (path / "__init__.py").exists()}

    assert folders - {*WINGS, "outbox", *BESIDE_WINGS[floor]} == set()


def test_a_file_of_one_name_stands_in_one_wing() -> None:
    """Whoever knows where something is on one floor knows it on the others."""
    wings = defaultdict(set)
    for path in MODULES:
        if floor_of(path) in WINGED and unit_of(path) in WINGS and path.stem not in IN_EVERY_WING:
            wings[path.stem].add(unit_of(path))

    assert {name: sorted(found) for name, found in wings.items() if len(found) > 1} == {}


def test_no_folder_is_too_long_a_list() -> None:
    counted = Counter(path.parent for path in (*MODULES, *(ROOT / "tests").rglob("*.py")))

    assert {where(folder): n for folder, n in counted.items() if n > MOST_FILES} == {}


@pytest.mark.parametrize("floor", ["core", "flows"])
def test_what_decides_needs_nothing_that_can_reach_outside(floor: str) -> None:
    allowed = PURE | {"bot"} | ({"rapidfuzz", "dateutil"} if floor == "core" else set())

    strays = [
        f"{where(path, line)} imports {name}"
        for path in MODULES
        if floor_of(path) == floor
        for line, name in imports_of(path)
        if name.split(".")[0] not in allowed
    ]

    assert strays == []


@pytest.mark.parametrize("floor", ["core", "flows"])
def test_what_decides_neither_waits_nor_looks_at_a_clock(floor: str) -> None:
    strays = [
        f"{where(path, node.lineno)} {what}"
        for path in MODULES
        if floor_of(path) == floor
        for node in nodes_of(path)
        if (what := impurity(node))
    ]

    assert strays == []


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Else which one can be imported first is a matter of luck. An import inside a function
    counts, and so does one for the type checker: each says who has to know whom."""
    known = {module_name(path) for path in MODULES}
    knows = {
        module_name(path): {
            name if name in known else name.rpartition(".")[0] for _, name in imports_of(path)
        }
        & known
        for path in MODULES
    }

    try:
        TopologicalSorter(knows).prepare()
    except CycleError as circle:
        pytest.fail(" <- ".join(circle.args[1]))


# Whoever works with zones does it in `language.local_time`, which is tested over both changes of
# the clocks. The others have a reason of their own.
ZONES_ELSEWHERE = {
    "bot/checks/setting_types.py": "tells whether a zone's name is known",
    "bot/checks/http/settings.py": "hands its zone to those who read moments",
    "bot/checks/probes/sql.py": "hands its zone to those who read moments",
    "bot/language/zones.py": "tells whether a zone's name is known",
    "bot/checks/values.py": "looks up the zone that a far end names",
    "bot/files/changes/ical_times.py": "unfolds rules in their entry's zone, as RFC 5545 has it",
    "slack_standin/state/shapes.py": "shows people's zones as Slack does",
}


def test_wall_clock_arithmetic_is_done_in_one_place() -> None:
    strays = sorted(
        f"{where(path, line)} {what}"
        for path in MODULES
        if (name := where(path)) not in ZONES_ELSEWHERE and name != "bot/language/local_time.py"
        for line, what in zone_work(path)
    )

    assert strays == []


def zone_work(path: Path) -> Iterator[tuple[int, str]]:
    yield from ((line, name) for line, name in imports_of(path) if name.startswith("zoneinfo."))
    yield from (
        (line, name)
        for line, name in imports_of(path)
        if name.startswith("apscheduler.triggers") and not name.endswith(".BaseTrigger")
    )
    for node in nodes_of(path):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in ("astimezone", "combine"):
            continue
        called = [ast.unparse(one) for one in (*node.args, *(key.value for key in node.keywords))]
        if node.func.attr == "astimezone" and called not in ([], ["UTC"]):
            yield node.lineno, ast.unparse(node)
        if node.func.attr == "combine" and called[2:] not in ([], ["UTC"]):
            yield node.lineno, ast.unparse(node)


def impurity(node: ast.AST) -> str:
    """What a node does that a pure function may not; empty when it is fine."""
    if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
        return "waits"
    if not isinstance(node, ast.Call):
        return ""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if last not in ("now", "utcnow", "today", "time", "open"):
        return ""
    called = ast.unparse(node.func)
    if called.endswith((".now", ".utcnow", ".today", "time.time")):
        return "reads the clock"
    return "opens a file" if called == "open" else ""


def test_importing_everything_touches_neither_network_nor_other_files() -> None:
    """Imports run in a fresh interpreter that ends at the first socket, write or child process."""
    guard = """
import importlib, sys

def guard(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes and "__pycache__" in str(args[0]):
        return
    if writes or event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir"):
        raise SystemExit(f"importing {module} does {event} {args!r}")

sys.dont_write_bytecode = True
import aiohttp, asyncssh, httpx, pydantic  # what these do is not our concern
import slack_bolt.async_app, sqlalchemy, sqlite_utils
module = ""
sys.addaudithook(guard)
for module in sys.argv[1:]:
    importlib.import_module(module)
"""
    names = [module_name(path) for path in MODULES if path.stem != "__main__"]

    done = subprocess.run(
        [sys.executable, "-c", guard, *names], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_file_is_too_long_to_read_at_once() -> None:
    long = {
        where(path): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE
    }

    assert long == {}


def test_no_function_is_too_long_to_hold_in_mind() -> None:
    long = {
        f"{where(path, node.lineno)} {node.name}": lines
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := body_lines(node)) > MAX_FUNCTION
    }

    assert long == {}


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement to the last; signature and docstring are not counted."""
    rest = node.body[1:] if ast.get_docstring(node) else node.body
    return (rest[-1].end_lineno or 0) - rest[0].lineno + 1 if rest else 0


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("this is not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".ico", ".woff2", ".xz"}:
            yield name, path.read_text(encoding="utf-8")


def test_no_file_names_the_machine_it_was_written_on() -> None:
    # Put together here, so that this file does not name them either.
    machine = [
        f"/{'/'.join(parts)}/" for parts in (("work",), ("tmp", "wt"), ("tmp", "venv"), ("root",))
    ]
    registry = [
        "--index" + "-url",
        "--find" + "-links",
        "files.python" + "hosted.org",
        "pypi" + ".org/simple",
    ]

    named = [
        f"{name}: {text}"
        for name, content in tracked_texts()
        for text in (*machine, *registry)
        if text in content
    ]

    assert named == []
