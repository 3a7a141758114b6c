"""Values of buttons: ours decode to what they were made of, others are refused in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.language.errors import Invalid, Refused
from bot.slack.ids import (
    Action,
    Origin,
    action_id,
    first_number,
    incident_number,
    step_click,
    value,
)
from tests.builders import NOW


def test_a_step_click_decodes_to_what_it_was_made_of() -> None:
    click = step_click(value(42, "health", "refused"))

    assert (click.incident, click.step, click.answer) == (42, "health", "refused")


def test_an_incident_is_the_first_part_of_a_value_that_has_several() -> None:
    assert first_number(value(42, "lane")) == first_number("42") == incident_number("42") == 42


@pytest.mark.parametrize("read", [incident_number, first_number])
@pytest.mark.parametrize(
    "junk", ["", "x", "|", "-1", "4.2", "²", "42a|x|y", "١", "٤٢|lane", " 42", "42\n", "0x1"]
)
def test_a_value_that_is_not_ours_is_refused_in_words(
    junk: str, read: Callable[[str], int]
) -> None:
    with pytest.raises(Invalid, match="older message"):
        read(junk)


def test_what_stands_behind_a_number_is_not_passed_over_where_nothing_should() -> None:
    with pytest.raises(Invalid, match="older message"):
        incident_number("1|ack")


OURS = Origin(install="0123456789abcdef", unsigned=False, clock=lambda: NOW)
POSTED = {"metadata": {"event_payload": {"install": OURS.install}}}


@pytest.mark.parametrize("unsigned", [False, True])
@pytest.mark.parametrize("block", ["", "zzz", "0", "incident", None])
@pytest.mark.parametrize(
    ("message", "as_ours"),
    [(POSTED, True), ({}, True), ({"metadata": {"event_payload": {"install": "f" * 16}}}, False)],
)
def test_a_button_without_a_stamp_is_ours_only_from_before_there_were_stamps(
    unsigned: bool, block: str | None, message: Mapping[str, Any], as_ours: bool
) -> None:
    click = {"actions": [{"block_id": block}], "message": message}
    here = replace(OURS, unsigned=unsigned)

    if unsigned and as_ours:
        here.must_have_made(click)
    else:
        with pytest.raises(Refused, match="another database"):
            here.must_have_made(click)


def test_a_button_with_our_stamp_is_ours() -> None:
    (block,) = OURS.blocks([{"type": "actions", "elements": []}])

    OURS.must_have_made({"actions": [{"block_id": block["block_id"]}]})


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
