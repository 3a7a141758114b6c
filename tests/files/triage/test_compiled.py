"""The playbook as it is kept between starts."""

import shutil
from pathlib import Path

import pytest

from bot.core.triage.playbook import PlaybookEntry, match
from bot.files.content import runbooks_dir
from bot.files.triage.compiled import known_playbook
from bot.files.triage.playbooks import load_playbook

SHIPPED = runbooks_dir() / "playbooks"
WRONG = """\
family: netsuite
entries:
  - id: own-code
    pattern: ZZ-99
    sample: something else
    class: backlog
    meaning: A meaning.
    first_check: A check.
    fix: A fix.
    retry: wait
    lane: it
    layer: technical
    grade: B
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "playbooks"
    found.mkdir()
    shutil.copy(SHIPPED / "sql.yaml", found)
    return found


def said(entries: tuple[PlaybookEntry, ...]) -> list[tuple[object, ...]]:
    """All of each entry, down to what its branches need."""
    return [
        (entry, [(branch.source, branch.needs) for branch in entry.pattern.branches])
        for entry in entries
    ]


def test_what_was_kept_is_what_was_read(tmp_path: Path) -> None:
    plain, problems = load_playbook(SHIPPED)

    first, _ = known_playbook(SHIPPED, None, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    written = kept.stat().st_mtime_ns
    again, found = known_playbook(SHIPPED, None, tmp_path / "cache")

    assert said(plain.entries) == said(first.entries) == said(again.entries)
    assert found == problems
    assert kept.stat().st_mtime_ns == written
    for entry in plain.entries[::25]:
        found = [match(one, entry.sample, entry.systems)[0].entry for one in (again, plain)]
        assert found[0] == found[1]


def test_a_changed_file_is_read_anew(folder: Path, tmp_path: Path) -> None:
    before, _ = known_playbook(folder, None, tmp_path / "cache")

    (folder / "own.yaml").write_text(WRONG, encoding="utf-8")
    after, _ = known_playbook(folder, None, tmp_path / "cache")

    assert before.entry("own-code") is None
    assert after.entry("own-code") is not None
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_ones_own_mistakes_are_named_at_every_start(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "own.yaml").write_text(WRONG, encoding="utf-8")

    for _ in range(2):
        playbook, problems = known_playbook(folder, own, tmp_path / "cache")

        assert playbook.entries[0].id == "own-code"
        assert [problem.file for problem in problems] == ["own.yaml"]
        assert "does not lead to it" in problems[0].message


@pytest.mark.parametrize(
    "odd",
    [b"", b"\n", b"{}", b"\xff\x00", b'0 0\n{"entries": [], "problems": []}'],
    ids=["empty", "blank", "no head", "bytes", "another's"],
)
def test_an_odd_file_in_the_cache_is_passed_over(folder: Path, tmp_path: Path, odd: bytes) -> None:
    plain, _ = known_playbook(folder, None, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    for content in (odd, whole[:-20], whole[:-1] + b"]", whole.replace(b"sql", b"lqs")):
        kept.write_bytes(content)

        again, problems = known_playbook(folder, None, tmp_path / "cache")

        assert said(again.entries) == said(plain.entries)
        assert problems == ()
        assert kept.read_bytes() == whole


def test_a_place_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")

    found, problems = known_playbook(folder, None, tmp_path / "cache")

    assert found.entries
    assert problems == ()


def test_without_a_cache_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    known_playbook(folder, None, None)

    assert [path.name for path in tmp_path.iterdir()] == ["playbooks"]
