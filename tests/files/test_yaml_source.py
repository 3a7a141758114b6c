"""The text of a file: malformed, hostile or odd YAML is told with its line and column."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.files.yaml_source import MAX_BYTES, read_yaml, read_yaml_file


def told(text: bytes | str) -> list[str]:
    return [str(problem) for problem in read_yaml(text, file="f").problems]


def plain(text: str) -> object:
    source = read_yaml(text, file="f")
    assert source.root is not None, told(text)
    return source.root.plain()


MALFORMED = {
    "a tab as indentation": (
        "a: 1\n\tb: 2\n",
        "f:2:1: while scanning a plain scalar: found a tab character that violates indentation;"
        " indent with spaces, not with tabs",
    ),
    "an unclosed list": (
        "a: [1\nb: 2\n",
        "f:2:2: while parsing a flow sequence: did not find expected ',' or ']';"
        " what begins in line 1 is not closed, or lacks a comma",
    ),
    "a colon in a bare text": (
        "a: b: c\n",
        "f:1:5: mapping values are not allowed in this context;"
        " put quotes around a text that holds ': '",
    ),
    "an alias of nothing": (
        "a: *x\n",
        "f:1:4: the alias *x has no anchor before it; put quotes around a text that starts with *",
    ),
    "an alias of itself": ("a: &a [*a]\n", "f:1:8: the alias *a stands inside its own anchor"),
    "an empty file": ("# only words\n", "f:1:1: the file is empty"),
    "a list at the top": ("- 1\n", "f:1:1: the top level must be a mapping of keys"),
    "two documents": ("a: 1\n---\nb: 2\n", "f:2:1: only one document may stand in a file"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", "f:3:1: duplicate key 'a' (first in line 1)"),
    "a list as a key": ("? [1, 2]\n: 3\n", "f:1:3: a key must be plain text"),
    "a tag": (
        "a: !!python/object:os.system x\n",
        "f:1:4: the tag tag:yaml.org,2002:python/object:os.system is not used here; leave it out",
    ),
    "bytes that are no UTF-8": (
        b"a: 1\nb: caf\xe9\n",
        "f:2:7: this is not UTF-8 text; save the file as UTF-8",
    ),
    "a control character": ("a: 1\nbc: \x07\n", "f:2:5: a control character is not allowed here"),
    "a merge of a scalar": (
        "a:\n  <<: 3\n",
        "f:2:7: '<<' takes a mapping or a list of mappings",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_text_is_told_with_its_place(text: bytes | str, expected: str) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("warn: > 20m\n", 'put quotes around a text that starts with > or |, as in warn: "> 20m"'),
        ("fail: >= 3\n", 'put quotes around a text that starts with > or |, as in warn: "> 20m"'),
        ("a: | b\n", 'put quotes around a text that starts with > or |, as in warn: "> 20m"'),
        ("a: {warn: > 20m}\n", "put quotes around a text that starts with >"),
        ("a: @alice\n", "put quotes around a text that starts with @"),
        ("a: %{X}\n", "put quotes around a text that starts with %"),
        ("a: `x`\n", "put quotes around a text that starts with `"),
        (
            "a: {b: ${X}}\n",
            'put quotes around ${…} between braces or brackets, as in {token: "${TOKEN}"}',
        ),
        (
            "a: [Bearer ${X}, c]\nd: 1\n",
            'put quotes around ${…} between braces or brackets, as in {token: "${TOKEN}"}',
        ),
        (
            "a: {b: $.rows[*].at,\n  c: d}\n",
            'put quotes around a path with [ ] between braces, as in {failed: "$.jobs[*].id"}',
        ),
        (
            "a: [*].at\n",
            'put quotes around a text that starts with [, * or &, as in path: "[*].id"',
        ),
        ("a: != ok\n", "leave it out or, where it begins a text, quote that"),
        ("a: [1\nb: 2\n", "what begins in line 1 is not closed, or lacks a comma"),
    ],
)
def test_a_text_that_yaml_takes_for_a_sign_of_its_own_is_to_be_quoted(text, hint):
    (problem, *_) = read_yaml(text, file="f").problems

    assert problem.hint == hint


GOOD = """\
people:
  alice: {name: Alice, email: a@x.example}
connections:
  keg-labels:
    name: Keg labels
    from: erp
    checks:
      - id: one
        kind: http
"""
SLIPS = {
    "no blank": ("name: Keg", "name:Keg", "5:9", "a blank is missing after this ':'"),
    "no blank at the end": ("kind: http", "kind:http", "9:13", "a blank is missing"),
    "three for four": ("    from", "   from", "6:4", "indented by 3, and the lines above begin"),
    "five for four": ("    from", "     from", "6:6", "indented by 5, and the line above, which"),
    "one for none": ("connections", " connections", "3:2", "indented by 1, and the lines above"),
    "an item's key": ("        kind", "       kind", "9:8", "the lines above begin after 6 or 8"),
    "an odd blank": ("    from", "  \u00a0 from", "6:3", "indent with ordinary spaces"),
    "only odd blanks": ("    from", "\u00a0" * 4 + "from", "6:1", "indent with ordinary spaces"),
    "an open quote": ("name: Keg", 'name: "Keg', "5:11", "this quote is never closed"),
    "an open single quote": ("name: Keg", "name: 'Keg", "5:11", "this quote is never closed"),
    "an apostrophe": ("Keg labels", "'O'Neill'", "5:14", "text goes on after its closing quote"),
    "a quoted word": ("Keg labels", '"Keg" labels', "5:17", "text goes on after its closing"),
    "an open brace": ("a@x.example}", "a@x.example", "3:12", "what begins in line 2 is not closed"),
    "an early end": ("connections:", "...\nconnections:", "3:1", "ends the file, and more follows"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_the_pen_is_told_in_its_own_line_with_what_to_do(name: str) -> None:
    old, new, place, words = SLIPS[name]
    assert told(GOOD) == []

    (problem,) = told(GOOD.replace(old, new, 1))

    assert problem.startswith(f"f:{place}: ")
    assert words in problem
    assert "Keg" not in problem


def test_a_hint_repeats_nothing_of_the_line_it_speaks_of():
    text = "a: {b: hunter2${X}hunter2}\n"

    assert "hunter2" not in "".join(map(str, read_yaml(text, file="f").problems))


def test_an_unfolding_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]" for i in range(20)]

    assert told("\n".join(lines)) == ["f:6:5: unfolds to more than 500,000 values"]


def test_a_chain_of_aliases_cannot_nest_without_end() -> None:
    lines = ["a: &a0 [x]", *(f"b{i}: &a{i + 1} [*a{i}]" for i in range(3000))]

    assert told("\n".join(lines)) == ["f:40:6: aliases nest more than 40 levels deep"]


def test_deep_nesting_is_refused_at_its_first_level_too_many() -> None:
    assert told("a: " + "[" * 100_000) == ["f:1:44: nested more than 40 levels deep"]


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    assert told(b"a: " + b"x" * MAX_BYTES) == ["f:1:1: the file is larger than 5 MB"]


def test_a_file_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    source = read_yaml_file(tmp_path / "gone.yaml")

    assert source.root is None
    assert [str(problem) for problem in source.problems] == [
        "gone.yaml: the file cannot be read: No such file or directory"
    ]


KEPT_AS_TEXT = ("12:30", "2027-12-31", "010", "1e3", "-3h", "1_000", "0x1f", "9" * 30)


def test_words_and_dates_stay_text_and_only_numbers_and_truth_are_read() -> None:
    text = f"a: [1, -2, 1.5, true, null, ~, '1', no, on, {', '.join(KEPT_AS_TEXT)}]"

    assert plain(text) == {
        "a": [1, -2, 1.5, True, None, None, "1", "no", "on", *KEPT_AS_TEXT],
    }


def test_anchors_are_shared_and_merged_with_own_keys_winning() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {z: 3, x: 9}\nc: *a\nd: {<<: [*a, *b], y: 5}\n"

    assert plain(text) == {
        "a": {"x": 1, "y": 2},
        "b": {"z": 3, "x": 9},
        "c": {"x": 1, "y": 2},
        "d": {"x": 1, "y": 5, "z": 3},
    }


def test_columns_count_characters_not_bytes() -> None:
    assert told("é: {ü: 1, ü: 2}\n") == ["f:1:11: duplicate key 'ü' (first in line 1)"]


def test_a_byte_order_mark_is_no_trouble() -> None:
    source = read_yaml(b"\xef\xbb\xbfa: 1\n", file="f")

    assert source.problems == ()
    assert source.root is not None
    assert source.root.get("a").column == 4


def test_text_with_dollars_is_ordinary_when_nothing_is_to_be_filled_in() -> None:
    assert plain("a: ${NAME}") == {"a": "${NAME}"}


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_text_whatsoever_makes_the_reader_raise(text: bytes | str) -> None:
    source = read_yaml(text, file="f")

    assert (source.root is not None) or source.problems
