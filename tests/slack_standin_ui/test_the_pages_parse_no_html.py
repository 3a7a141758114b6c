"""The browser UI's files: nothing in them turns text into HTML or code, or loads from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.slack_standin_ui.canned_server import UI

SCRIPTS = sorted(UI.rglob("*.js"))
DANGEROUS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(")
ELSEWHERE = re.compile(r"(?:from|import|src=|href=|url\()\s*[\"'(]*(?:https?:)?//")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(UI)))
def test_a_script_never_parses_html_nor_loads_from_elsewhere(script: Path) -> None:
    text = script.read_text(encoding="utf-8")

    assert DANGEROUS.findall(text) == []
    assert ELSEWHERE.findall(text) == []


def test_the_page_loads_only_its_own_files_and_forbids_the_rest() -> None:
    page = (UI / "index.html").read_text(encoding="utf-8")

    assert ELSEWHERE.findall(page) == []
    assert "default-src 'self'" in page
