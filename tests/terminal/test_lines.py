"""Texts and questions from standard input: many answers for one start."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.files.content import example_catalogue
from bot.terminal.lines import LONGEST, lines

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _an_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", str(example_catalogue()))
    monkeypatch.chdir(tmp_path)


def given(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"one\ntwo", [(1, "one"), (2, "two")]),
        (b"one\r\n\n   \n two \n", [(1, "one"), (4, "two")]),
        (b"", []),
        (rb'"a \"quoted\" line\nand more"', [(1, 'a "quoted" line\nand more')]),
        (b'"cut off\n"bad \\q"\n', [(1, '"cut off'), (2, '"bad \\q"')]),
        (b'{"code": 5}\n[1]\n12\n', [(1, '{"code": 5}'), (2, "[1]"), (3, "12")]),
        (b'""\n"one" and "two"\n', [(2, '"one" and "two"')]),
        ("\ufeffgeöffnet\n".encode(), [(1, "geöffnet")]),
        (b"ge\xf6ffnet\n", [(1, "ge\ufffdffnet")]),
        (rb'"half \ud83d of a sign"', [(1, "half \ufffd of a sign")]),
    ],
)
def test_a_line_is_one_json_string_or_the_text_as_it_stands(
    raw: bytes, read: list[tuple[int, str]]
) -> None:
    assert [tuple(line) for line in lines(io.BytesIO(raw))] == read


@pytest.mark.parametrize("more", [0, 1, LONGEST, 5 * LONGEST + 3])
def test_of_a_huge_line_the_beginning_and_the_end_are_read(more: int) -> None:
    raw = b"start " + b"x" * (LONGEST + more) + b" end\nnext\n"

    first, second = lines(io.BytesIO(raw))

    assert first.text.startswith("start x")
    assert first.text.endswith("x end")
    assert len(first.text) <= LONGEST
    assert tuple(second) == (2, "next")


def test_each_text_gets_its_line_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b"invalid_grant\n\npurple monkey dishwasher\n")

    assert main(["explain", "-", "--json"]) == 1

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["line"], row["class"]) for row in rows] == [(1, "credentials"), (3, "unknown")]


def test_texts_are_explained_in_words_below_each_of_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b"invalid_grant\n")

    assert main(["explain", "-"]) == 0

    assert capsys.readouterr().out.startswith("> invalid_grant\nCredentials: ")


def test_nothing_to_explain_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b"\n\n")

    assert main(["explain", "-", "--json"]) == 0

    assert capsys.readouterr().out == ""


def test_each_question_gets_its_line_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b'"who owns the web shop orders?"\nwho owns the flux capacitor?\n')

    assert main(["ask", "-", "--json"]) == 1

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["line"], row["confident"]) for row in rows] == [(1, True), (2, False)]
    assert rows[0]["matches"][0]["id"] == "shop-orders"


def begun(tmp_path: Path) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "bot", "explain", "-", "--json"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environ, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe
    )


def test_an_answer_comes_before_the_next_line_does(tmp_path: Path) -> None:
    process = begun(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None

    for number in (1, 2):
        process.stdin.write(b"invalid_grant\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["line"] == number

    assert process.communicate()[1] == b""
    assert process.returncode == 0


def test_a_reader_who_has_enough_ends_it_without_a_word(tmp_path: Path) -> None:
    process = begun(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(b"invalid_grant\n")
    process.stdin.flush()
    process.stdout.readline()

    process.stdout.close()
    process.stdin.write(b"invalid_grant\n")
    process.stdin.close()

    assert process.stderr.read() == b""
    assert process.wait() == 0
    process.stderr.close()
