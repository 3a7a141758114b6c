"""Commands about runbooks and playbooks: they need no estate file."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.triage.playbook import ErrorClass
from bot.files.content import runbooks_dir

SMALL = """\
id: small
name: Small
summary: One question.
steps:
  - id: one
    title: One
    ask: Is it one?
    why: To know.
    answers:
      - {id: "yes", label: It is, runbook: generic, because: The generic one goes on.}
      - {id: "no", label: It is not, because: Nobody has to act.}
"""
OWN = """\
family: netsuite
entries:
  - id: own-code
    pattern: ZZ-99
    sample: ZZ-99 happened
    class: backlog
    meaning: A meaning.
    first_check: A check.
    fix: A fix.
    retry: wait
    lane: it
    layer: technical
    grade: B
"""


@pytest.fixture(autouse=True)
def _an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("FIRSTLANE_CATALOGUE", "FIRSTLANE_RUNBOOKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def explained(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


def test_a_known_text_is_explained_without_an_estate_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "TRAN_PERIOD_CLOSED: the posting period is closed"

    assert main(["explain", text, "--system", "NetSuite", "--json"]) == 0

    answer = explained(capsys)
    assert (answer["class"], answer["lane"], answer["layer"]) == (
        "period_closed",
        "it",
        "functional",
    )
    assert set(answer) == {"class", "lane", "layer", "retry", "entry", "reasons", "alternatives"}


def test_nonsense_is_unknown_and_names_no_lane(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "purple monkey dishwasher", "--json"]) == 1

    answer = explained(capsys)
    assert answer["class"] == ErrorClass.UNKNOWN
    assert (answer["lane"], answer["layer"], answer["entry"]) == (None, None, None)


def test_a_companys_own_entry_explains_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "own.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("FIRSTLANE_RUNBOOKS", str(tmp_path))

    assert main(["explain", "ZZ-99 again", "--json"]) == 0

    assert explained(capsys)["entry"] == "own-code"


def test_a_system_may_be_named_by_its_everyday_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", '{"code":"6240"}', "--system", "QuickBooks", "--json"]) == 0

    assert explained(capsys)["entry"] == "qbo-name"


def test_the_shipped_folder_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(runbooks_dir())]) == 0

    assert "good, 11 runbooks" in capsys.readouterr().out


def test_a_folder_of_ones_own_may_lead_to_shipped_runbooks_and_is_drawn(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")

    assert main(["validate", str(tmp_path), "--graph"]) == 0

    drawn = capsys.readouterr().out
    assert "```mermaid\nflowchart TD" in drawn
    assert "runbook: generic" in drawn


def test_a_dead_end_in_a_folder_is_named_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = SMALL.replace("runbook: generic", "runbook: lost")
    (tmp_path / "small.yaml").write_text(wrong, encoding="utf-8")

    assert main(["validate", str(tmp_path)]) == 1

    assert "small.yaml:10" in capsys.readouterr().out


def test_a_graph_needs_a_folder() -> None:
    assert main(["validate", "--graph"]) == 2
