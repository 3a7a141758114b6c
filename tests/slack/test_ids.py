"""Values of buttons: ours decode to what they were made of, others are refused in words."""

import pytest

from bot.core.errors import Invalid
from bot.slack.ids import Action, action_id, incident_number, step_click, value


def test_a_step_click_decodes_to_what_it_was_made_of() -> None:
    click = step_click(value(42, "health", "refused"))

    assert (click.incident, click.step, click.answer) == (42, "health", "refused")


def test_an_incident_is_the_first_part_of_every_value() -> None:
    assert incident_number(value(42, "lane")) == 42


@pytest.mark.parametrize("junk", ["", "x", "|", "-1", "4.2", "²", "42a|x|y"])
def test_a_value_that_is_not_ours_is_refused_in_words(junk: str) -> None:
    with pytest.raises(Invalid, match="older message"):
        incident_number(junk)


@pytest.mark.parametrize("junk", ["42", "42|step", "42|step|answer|more", "x|step|answer"])
def test_a_step_click_that_is_not_ours_is_refused_in_words(junk: str) -> None:
    with pytest.raises(Invalid, match="older message"):
        step_click(junk)


def test_several_buttons_of_one_kind_have_different_ids() -> None:
    assert action_id(Action.WHO, "1") != action_id(Action.WHO, "2")
    assert action_id(Action.WHO) == "connection:who"


def test_a_number_that_no_database_takes_is_no_incident() -> None:
    with pytest.raises(Invalid, match="There is no such incident"):
        incident_number(str(2**64))
