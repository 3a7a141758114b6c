"""Text from outside can never become a mark of ours, whatever it holds."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.language.marks import outside, render, when, who
from tests.builders import NOW

# Weighted towards what an attacker would write.
HOSTILE = st.text(
    st.one_of(st.sampled_from("‹›tp:<>@!\n\r\t\x00\u202e\ud800\udfff\u2028"), st.characters())
)


def shown(text: str) -> str:
    return render(text, time=lambda at: "[TIME]", person=lambda id: f"[{id}]", literal=str.upper)


@given(HOSTILE)
def test_no_mark_survives_in_text_from_outside(text: str) -> None:
    called: list[str] = []

    render(
        f"a {outside(text)} b",
        time=lambda at: called.append("time") or "",
        person=lambda id: called.append(id) or "",
    )

    assert called == []


@given(HOSTILE, HOSTILE)
def test_text_from_outside_on_both_sides_leaves_a_mark_of_ours_whole(one: str, other: str) -> None:
    text = f"{outside(one)}{who('bob')}{outside(other)}"

    seen: list[str] = []
    render(text, time=datetime.isoformat, person=lambda id: seen.append(id) or "")

    assert seen == ["bob"]


@given(HOSTILE, st.integers(min_value=1, max_value=400))
def test_text_from_outside_is_one_short_line_that_any_encoding_can_write(
    text: str, limit: int
) -> None:
    made = outside(text, limit)

    assert len(made) <= limit
    assert len(made.splitlines()) <= 1
    assert made.encode().decode() == made


@given(HOSTILE)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = outside(text)

    assert outside(once) == once


@given(HOSTILE)
def test_a_person_whose_id_holds_marks_is_still_one_person(id: str) -> None:
    seen: list[str] = []

    left = render(who(f"x{id}"), time=datetime.isoformat, person=lambda one: seen.append(one) or "")

    assert len(seen) == 1
    assert left == ""


def test_render_escapes_what_is_ours_and_replaces_the_marks() -> None:
    text = f"since {when(NOW)} with {who('bob')}, then {who(None)}"

    assert shown(text) == "SINCE [TIME] WITH [bob], THEN NOBODY"


def test_a_moment_comes_back_as_it_was_written() -> None:
    seen: list[datetime] = []

    render(when(NOW), time=lambda at: seen.append(at) or "", person=str)

    assert seen == [NOW]
