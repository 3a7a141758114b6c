"""What the documentation says is so: its YAML loads, its commands exist, its tables are whole."""

import re
import subprocess
import sys
import tomllib
from argparse import _SubParsersAction
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks import settings_models
from bot.cli import parser
from bot.core.changes import change_request
from bot.core.estate.history import ReleaseStage
from bot.core.incidents.incident import State
from bot.files.library import Library
from bot.settings import SETTINGS
from bot.slack.commands import COMMANDS
from tests.incident_diagram import diagram

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_in(text: str) -> Iterator[str]:
    """Every piece of code on a page: fenced lines and `spans`."""
    fences = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    for fence in fences:
        yield from fence.splitlines()
    yield from re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def subcommands() -> set[str]:
    found = next(a for a in parser()._actions if isinstance(a, _SubParsersAction))
    return set(found.choices)


def test_the_readme_describes_a_connection_that_loads_without_a_word(tmp_path: Path) -> None:
    estate = tmp_path / "my-connections.yaml"
    block = re.search(r"^```yaml\n(.*?)^```", page("README.md"), re.DOTALL | re.MULTILINE)
    assert block is not None
    estate.write_text(block[1], encoding="utf-8")

    library = Library(estate, environ={}, kinds=settings_models())
    library.reload(NOW)

    assert [str(problem) for problem in library.catalogue_problems] == []
    assert list(library.knowledge().catalogue.connections) == ["shop-orders"]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_that_a_page_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shell = {
        match[1]
        for code in code_in(text)
        if (match := re.match(r"(?:\$ )?(?:\.venv/bin/)?firstlane ([a-z]+)", code))
    }
    slash = {match[1] for code in code_in(text) if (match := re.match(r"/conn ([a-z]+)", code))}

    assert shell - subcommands() == set()
    assert slash - set(COMMANDS) == set()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_make_target_that_a_page_names_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))

    asked = {
        match[1]
        for code in code_in(path.read_text(encoding="utf-8"))
        if (match := re.match(r"make ([a-z-]+)", code))
    }

    assert asked - targets == set()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    dead = [
        target
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_source_file_that_a_page_names_is_there(path: Path) -> None:
    places = {
        code
        for code in code_in(path.read_text(encoding="utf-8"))
        if re.fullmatch(r"(bot|tests|docs|scripts|benchmarks)(/[\w.-]+)+", code)
    }

    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


def test_the_readme_lists_every_subcommand_and_every_slash_command() -> None:
    readme = page("README.md")

    missing = {name for name in subcommands() if f"`firstlane {name}" not in readme}
    unsaid = {name for name in COMMANDS if not re.search(rf"`(/conn )?{name}\b", readme)}

    assert (missing, unsaid) == (set(), set())


def test_the_settings_page_has_every_setting_as_the_program_has_it() -> None:
    rows = [
        f"| `{item.name}` | {f'`{item.default}`' if item.default else ''} | {item.help} |"
        for item in SETTINGS
    ]

    found = re.findall(r"^\| `[A-Z].*$", page("docs/settings.md"), re.MULTILINE)

    assert found == rows


def test_the_incident_page_shows_the_table_that_the_program_follows() -> None:
    text = page("docs/incidents.md")

    assert f"```mermaid\n{diagram()}\n```" in text
    assert [state for state in State if f"\n| `{state}` |" not in text] == []


def test_the_page_about_changes_shows_the_tables_that_the_program_follows() -> None:
    text = page("docs/changes.md")

    assert f"```mermaid\n{change_request.diagram()}\n```" in text
    assert [state for state in change_request.ChangeState if f"\n| `{state}` |" not in text] == []
    assert [stage for stage in ReleaseStage if f"\n| `{stage}` |" not in text] == []


def test_every_dependency_is_explained_once_and_nothing_else_is() -> None:
    project = tomllib.loads(page("pyproject.toml"))
    groups = project["dependency-groups"]
    wanted = [*project["project"]["dependencies"], *groups["build"], *groups["dev"]]

    explained = re.findall(r"^\| `([\w-]+)` \|", page("docs/dependencies.md"), re.MULTILINE)

    assert sorted(explained) == sorted(re.split(r"[<>=~]", item)[0] for item in wanted)


def test_every_run_time_dependency_is_used() -> None:
    imported_as = {
        "dnspython": "dns", "pyjwt": "jwt",
        "prometheus-client": "prometheus_client", "python-jsonpath": "jsonpath", "pyyaml": "yaml",
        "fpdf2": "fpdf", "python-dateutil": "dateutil",
        "slack-bolt": "slack_bolt", "slack-sdk": "slack_sdk", "sqlite-utils": "sqlite_utils",
    }  # fmt: skip
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    wanted = tomllib.loads(page("pyproject.toml"))["project"]["dependencies"]
    names = {re.split(r"[<>=~]", item)[0] for item in wanted} - {
        "tzdata",
        "sniffio",
    }  # data; and what httpx looks for

    unused = {
        name
        for name in names
        if not re.search(rf"^\s*(from|import) {imported_as.get(name, name)}\b", sources, re.M)
    }

    assert unused == set()


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=named)
def test_a_decision_says_why_what_and_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)

    assert headings == ["Context", "Decision", "Consequences"]
    assert 20 <= len(text.splitlines()) <= 60


@pytest.mark.parametrize("package", ["slack_standin", "estate_sim"])
def test_the_example_of_a_package_beside_the_bot_runs(package: str, tmp_path: Path) -> None:
    text = (ROOT / package / "README.md").read_text(encoding="utf-8")
    example = tmp_path / "example.py"
    example.write_text(text.split("```python\n")[1].split("```")[0], encoding="utf-8")

    done = subprocess.run([sys.executable, example], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
