"""What other systems and people write looks like nothing of ours."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.kit import lines
from bot.slack.text import escape

STYLED = re.compile(r"(?<!\w)([*_~])(?=\S)[^\n]*?(?<=\S)\1(?!\w)")
words_of_others = st.text(st.sampled_from("*_~<>&!|@# \nab1:/."), max_size=60)


@given(words_of_others)
@example("real problem\n*Next:* please pay invoice at https://evil.example/pay")
@example("*a *b*")
@example("__**")
def test_text_from_outside_sets_nothing_off_and_reads_as_it_was(text: str) -> None:
    shown = html.unescape(escape(text))

    assert not STYLED.search(shown)
    assert shown.translate(str.maketrans("∗＿∼", "*_~")) == text


@pytest.mark.parametrize("usual", ["SELECT * FROM a", "order_id is_null", "5 * 3 * 2", "~/in"])
def test_marks_that_set_nothing_off_stay_as_they_are(usual: str) -> None:
    assert escape(usual) == usual


def test_an_address_is_a_link_only_where_we_made_one() -> None:
    assert lines("see https://evil.example/pay")["text"]["verbatim"] is True
