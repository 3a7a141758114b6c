"""What a command loads before it answers: modules in a fresh interpreter, never seconds."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bot.cli import commands
from bot.files.content import example_catalogue, runbooks_dir
from bot.files.governance import FORMATS
from bot.flows.governance import kpi
from bot.inventory.core.lists import Field

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import json, sys
before = set(sys.modules)
from bot.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""
# Each of them costs tenths of a second, and a look-up needs none.
SLACK = {"slack_bolt", "slack_sdk", "aiohttp"}
PAPER = {"fpdf", "fontTools", "PIL", "openpyxl"}
REACHING = {"httpx", "asyncssh", "sqlalchemy", "cryptography", "dns", "apprise"} | {
    "slack_standin",
    "estate_sim",
}
KEEPING = {"sqlite_utils", "apscheduler", "prometheus_client", "icalendar", "bot.slack"} | {
    "bot.app.firstlane"
}
ALWAYS_LATER = SLACK | PAPER | REACHING | KEEPING
READING = {"pydantic", "yaml", "rapidfuzz", "rich"}


def loaded(command: list[str], folder: Path, cache: Path | str = "off") -> set[str]:
    """Names of the modules that a command loads, beyond those of Python's own start."""
    kept = {name: value for name, value in os.environ.items() if "FIRSTLANE" not in name}
    environ = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "FIRSTLANE_CATALOGUE": str(example_catalogue()),
        "FIRSTLANE_CACHE": str(cache),
        "FIRSTLANE_ESTATE": "http://127.0.0.1:9",
    }
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *command],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ended.stderr.splitlines()[-1]))


def unwanted(found: set[str], names: set[str]) -> set[str]:
    return {name for name in names if any(f"{one}.".startswith(f"{name}.") for one in found)}


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["explain", "--help"], ["dance"]])
def test_help_needs_nothing_but_python(command: list[str], tmp_path: Path) -> None:
    found = loaded(command, tmp_path)

    foreign = {name.split(".")[0] for name in found} - set(sys.stdlib_module_names)
    assert foreign == {"bot"}
    assert (
        unwanted(found, {"bot.core.estate.catalogue", "bot.files", "bot.checks", "bot.flows"})
        == set()
    )
    assert len(found) <= 80


@pytest.mark.parametrize(
    ("command", "most"),
    [
        (["validate"], 500),
        (["validate", str(runbooks_dir())], 450),
        (["ask", "who owns the web shop orders?"], 520),
        (["explain", "invalid_grant"], 420),
        (["audit"], 600),
        (["handbook"], 650),
        (["presets", "celigo-flow"], 650),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else None,
)
def test_a_look_up_loads_neither_slack_nor_what_reaches_outside(
    command: list[str], most: int, tmp_path: Path
) -> None:
    # What reading the content anew loads, validating it and one explanation tell.
    anew = command[0] in {"validate", "explain"}
    found = loaded(command, tmp_path, "off" if anew else os.environ["FIRSTLANE_CACHE"])

    assert unwanted(found, ALWAYS_LATER) == set()
    assert len(found) <= most


def test_an_explanation_from_the_cache_reads_no_yaml(tmp_path: Path) -> None:
    loaded(["explain", "invalid_grant"], tmp_path, tmp_path / "cache")

    found = loaded(["explain", "invalid_grant"], tmp_path, tmp_path / "cache")

    assert (
        unwanted(found, ALWAYS_LATER | READING | {"asyncio", "bot.core.estate.catalogue"}) == set()
    )
    assert len(found) <= 110


def test_a_check_loads_only_the_kinds_that_the_estate_names(tmp_path: Path) -> None:
    found = loaded(["check", "--json"], tmp_path)

    kinds = {"sql", "sftp", "dns", "tcp", "tls", "nagios", "statuspage", "reconcile"}
    assert unwanted(found, {f"bot.checks.{kind}" for kind in kinds}) == set()
    assert unwanted(found, SLACK | PAPER | KEEPING | {"sqlalchemy", "asyncssh"}) == set()


def test_a_run_without_a_token_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    found = loaded(["run"], tmp_path)

    assert unwanted(found, ALWAYS_LATER | READING) == set()


def test_the_register_names_functions_that_exist_and_values_that_are_so() -> None:
    for target in commands.targets():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function)), target
    assert tuple(Field) == commands.LIST_FIELDS
    assert tuple(FORMATS) == commands.HANDBOOK_FORMATS
    assert kpi.LOOK_BACK.days == commands.KPI_DAYS
