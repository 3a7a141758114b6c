"""What a pattern cannot fit without."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.triage.required_words import Pattern


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("Period closed", [(("period closed",),)]),
        ("one|two", [(("one",),), (("two",),)]),
        ("(one|two) more", [(("one", "two"), (" more",))]),
        ("(one)? more", [((" more",),)]),
        (r"\bcode \d{3}\b", [(("code ",),)]),
        (r"ab?cd", [(("cd",),)]),
        (r"[abc]def", [(("def",),)]),
        (r"x\.y\(z", [(("x.y(z",),)]),
        (r"(?!not )here", [(("here",),)]),
        (r"\w\d.", [()]),
        (r"(?P<name>a)b", [()]),
        (r"(one|\w)two", [(("two",),)]),
    ],
)
def test_the_words_that_a_pattern_asks_for(pattern, needs):
    found = Pattern(pattern).branches

    assert [branch.needs for branch in found] == needs


PIECES = st.sampled_from(
    ["ab", "c?", "[de]", r"\d", ".{0,3}", "(f|gh)", "(ij)?", r"\b", "|", "k{2}", "l{0,2}", "(?!m)n"]
)


@given(st.lists(PIECES, min_size=1, max_size=8), st.text(alphabet="ABcdefghijklmn1 ", max_size=20))
def test_no_pattern_is_passed_over_that_would_fit(pieces, text):
    pattern = Pattern("".join(pieces))

    found = any(branch.search(text, text.lower()) for branch in pattern.branches)

    assert found == bool(re.search(pattern.pattern, text, re.IGNORECASE))
