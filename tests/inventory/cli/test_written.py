"""What the inventory wrote of known lists, letter for letter, as an earlier version wrote it.

A wanted difference is taken over with `WRITE_AGAIN=1 pytest` of this file, and read in the diff.
"""

import os
from pathlib import Path

import pytest

from bot.cli import main
from tests.inventory.cli.test_command import ERP, FOREIGN, IPAAS, IT, MERGE

WRITTEN = Path(__file__).parent / "written"


@pytest.fixture(autouse=True)
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("erp.csv").write_text(ERP, encoding="cp1252")
    Path("ipaas.csv").write_text(IPAAS, encoding="utf-8-sig")
    Path("it.csv").write_text(IT, encoding="utf-8")
    Path("catalog-info.yaml").write_text(FOREIGN)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("three-lists", MERGE),
        ("three-lists-json", (*MERGE, "--json")),
        (
            "one-list-into-an-estate",
            ("inventory", "merge", "it.csv", "--yes", "--into", "old.yaml"),
        ),
        ("backstage", ("inventory", "import-backstage", "catalog-info.yaml")),
        ("backstage-json", ("inventory", "import-backstage", "catalog-info.yaml", "--json")),
    ],
)
def test_known_lists_are_written_as_before(
    name: str, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["inventory", "merge", "erp.csv", "--yes", "--system", "erp=ERP", "--out", "old.yaml"])
    capsys.readouterr()

    code = main(list(command))

    said = capsys.readouterr()
    found = f"exit code {code}\n\n{said.out}\n{said.err}"
    kept = WRITTEN / f"{name}.txt"
    if os.environ.get("WRITE_AGAIN"):
        kept.write_text(found, encoding="utf-8")
    assert found == kept.read_text(encoding="utf-8")
